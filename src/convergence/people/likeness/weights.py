"""The figures of ``weights.toml``, and how often names and births are met among the people compared."""

import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import log2
from typing import Any

from convergence.people.likeness.spelling import part_of
from convergence.vocabulary.likeness import DayAgreement, NameAgreement, SexAgreement, YearAgreement


@dataclass(frozen=True, slots=True)
class Identity:
    """What is compared of one person; nothing else is known here.

    :param key: stands for the person.
    :param names: (given name, family name) under every name noted; either may be empty.
    :param sex: a code of the vocabulary; empty when not noted.
    """

    key: int
    names: tuple[tuple[str, str], ...]
    year: int | None = None
    month: int | None = None
    day: int | None = None
    sex: str = ""


@cache
def figures() -> dict[str, dict[str, float]]:
    """The tables of ``weights.toml``.

    :raises ValueError: a share that is no share, an unlikely threshold.
    """
    text = files("convergence.people.likeness").joinpath("weights.toml").read_text(encoding="utf-8")
    tables: dict[str, Any] = tomllib.loads(text)
    shares = [tables["name"][level] for level in ("equal", "sound", "close", "part", "shortened", "remote")]
    shares += [tables["prior"]["doubled"], tables["proposed"]["probability"]]
    if not all(0 < share < 1 for share in shares):
        raise ValueError("weights.toml: a share or a probability lies outside 0–1.")
    return tables


class Frequencies:
    """Shares of the people compared who bear a name, a sound or a word, or were born on a day or in a year."""

    def __init__(self, people: Iterable[Identity]) -> None:
        self._others = figures()["frequency"]["others"]
        self._names: Counter[str] = Counter()
        self._sounds: Counter[str] = Counter()
        self._words: Counter[str] = Counter()
        self._years: Counter[int] = Counter()
        self._days: Counter[tuple[int, int]] = Counter()
        self.people = 0
        for person in people:
            self.people += 1
            parts = {part_of(text) for name in person.names for text in name}
            self._names.update({part.bag for part in parts})
            self._sounds.update({part.sound for part in parts})
            self._words.update({word for part in parts for word in part.words})
            if person.year:
                self._years[person.year] += 1
            if person.month and person.day:
                self._days[person.month, person.day] += 1
        self._total = self.people + self._others

    def name(self, bag: str) -> float:
        return (self._names[bag] + 1) / self._total

    def sound(self, sound: str) -> float:
        return (self._sounds[sound] + 1) / self._total

    def word(self, word: str) -> float:
        return (self._words[word] + 1) / self._total

    def year(self, year: int) -> float:
        return (self._years[year] + self._others / figures()["year"]["near_of"]) / self._total

    def day(self, month: int, day: int) -> float:
        return (self._days[month, day] + self._others / 365) / self._total


def prior(people: int) -> float:
    """Bits against two people taken at random being one, given how many are compared."""
    return log2(2 * figures()["prior"]["doubled"] / max(people, 2))


def probability(bits: float) -> float:
    """How likely a pair is, 0–1, from the prior and the weights together."""
    return 1 / (1 + 2 ** -max(min(bits, 60), -60))


def year_weight(level: YearAgreement, share: float) -> float:
    table = figures()["year"]
    return log2(table["equal"] / share) if level is YearAgreement.EQUAL else table[level.value]


def day_weight(level: DayAgreement, share: float) -> float:
    table = figures()["day"]
    return log2(table["equal"] / share) if level is DayAgreement.EQUAL else table[level.value]


def sex_weight(level: SexAgreement) -> float:
    return figures()["sex"][level.value]


def name_weight(level: NameAgreement, share: float, *, family: bool) -> float:
    """Bits that the agreement of two given or two family names is worth.

    :param share: how many bear what the two have in common.
    """
    table = figures()["name"]
    if level is NameAgreement.MISSING:
        return table["missing"]
    if level is NameAgreement.DIFFERENT:
        return table["different_family" if family else "different_given"]
    return max(0.0, log2(table[level.value] / share))
