"""People who have two files, with the truth known: what a search for them is measured on.

A crowd is drawn, some of its people get a second file as another site would have opened it, and each file is written
down with the faults of real ones. Beside them stand those who are easily mistaken: brothers and sisters, twins,
namesakes. The rates are estimates of our own, stated here; nobody has published them for this field.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random

import numpy as np

from convergence.simulation.names import draw_family_names, draw_given_names, without_accents
from convergence.vocabulary.people import NameKind, Sex

Name = tuple[NameKind, str, str]

FILES_TWICE = 0.05
"""Share of people who have a second file."""

ON_ENTRY = {"year_only": 0.04, "no_birth": 0.02, "first_of_january": 0.05, "no_sex": 0.04}
"""Faults of any file: people who arrived without papers, an interview that was cut short."""

SECOND_TIME = {
    "accents": 0.40,  # typed in capitals, or in a hurry
    "given_by_ear": 0.20,
    "family_by_ear": 0.15,
    "slip": 0.08,  # a letter dropped, doubled or swapped, in either name
    "swapped": 0.04,
    "compound_dropped": 0.35,  # of compound names
    "compound_joined": 0.25,  # of compound names
    "shortened": 0.02,
    "birth_name": 0.12,  # of women: one file has the name of birth, the other that of marriage
    "both_names_noted": 0.5,  # of those: one of the files has both
    "year_only": 0.06,
    "no_birth": 0.02,
    "first_of_january": 0.04,
    "day_month_swapped": 0.03,
    "day_off": 0.04,
    "month_off": 0.02,
    "year_off": 0.03,
    "no_sex": 0.08,
    "wrong_sex": 0.005,
}
"""Faults that the second file has and the first has not."""

MISTAKABLE = {"sibling": 0.04, "twin": 0.004, "namesake": 0.02, "same_given_and_year": 0.02}
"""Share of people beside whom somebody stands who is easily taken for them."""


@dataclass(frozen=True)
class File:
    """One file about somebody.

    :param person: whose it is in truth.
    :param birth: year, month and day, as far as they are noted.
    """

    number: int
    person: int
    names: tuple[Name, ...]
    birth: tuple[int | None, int | None, int | None]
    sex: str


@dataclass
class Crowd:
    """Files, and the truth: the pairs of file numbers, lower first, that are about one person."""

    files: list[File] = field(default_factory=list)
    pairs: set[tuple[int, int]] = field(default_factory=set)


def draw(seed: int, files: int, twice: float = FILES_TWICE) -> Crowd:
    """About ``files`` files, some of which are second ones; the same seed always yields the same crowd.

    :param twice: share of people who have a second file.
    :raises ValueError: less than one file, or a share outside 0–1.
    """
    if files < 1 or not 0 <= twice <= 1:
        raise ValueError(f"A crowd has at least one file, and a share lies within 0–1: not {files} and {twice}.")
    rng = Random(seed)
    people = round(files / (1 + twice))
    truths = _people(seed, rng, people)
    seconds = rng.sample(range(people), round(people * twice))
    written = [(truth.person, _as_noted(rng, truth)) for truth in truths]
    written += [(person, written_again(rng, truths[person])) for person in seconds]
    rng.shuffle(written)
    crowd = Crowd([replace(file, number=number) for number, (_person, file) in enumerate(written)])
    first: dict[int, int] = {}
    for file in crowd.files:
        if file.person in first:
            crowd.pairs.add((first[file.person], file.number))
        else:
            first[file.person] = file.number
    return crowd


def _people(seed: int, rng: Random, count: int) -> list[File]:
    """Who they are in truth; the mistakable ones take the place of others."""
    drawn = np.random.default_rng(seed)
    women = drawn.random(count) < 0.32
    given, family = draw_given_names(drawn, women), draw_family_names(drawn, count)
    people = []
    for person in range(count):
        birth = rng.randint(1957, 2004), rng.randint(1, 12), rng.randint(1, 28)
        name = NameKind.USUAL, str(given[person]), str(family[person])
        sex = Sex.WOMAN if women[person] else Sex.MAN
        people.append(File(person, person, (name,), birth, sex.value))
    places = iter(rng.sample(range(count), count))
    for kind, share in MISTAKABLE.items():
        for _ in range(round(count * share / 2)):
            one, other = next(places), next(places)
            people[other] = _mistakable(rng, kind, people[one], people[other])
    return people


def _mistakable(rng: Random, kind: str, one: File, other: File) -> File:
    """``other``, made easy to take for ``one``."""
    ((_, given, family),), ((_, own_given, own_family),) = one.names, other.names
    year = one.birth[0] or 0
    if kind == "sibling":
        nearby = year + rng.choice([-6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6])
        return replace(other, names=((NameKind.USUAL, own_given, family),), birth=(nearby, *other.birth[1:]))
    if kind == "twin":
        names = ((NameKind.USUAL, own_given, family),) if own_given != given else other.names
        return replace(other, names=names, birth=one.birth if own_given != given else other.birth)
    if kind == "namesake":
        return replace(other, names=one.names, sex=one.sex)
    return replace(other, names=((NameKind.USUAL, given, own_family),), birth=(year, *other.birth[1:]), sex=one.sex)


def _as_noted(rng: Random, truth: File) -> File:
    """The truth as far as it was known on entry."""
    sex = "" if rng.random() < ON_ENTRY["no_sex"] else truth.sex
    return replace(truth, birth=_less_known(rng, truth.birth, ON_ENTRY), sex=sex)


def _less_known(
    rng: Random, birth: tuple[int | None, int | None, int | None], rates: dict[str, float]
) -> tuple[int | None, int | None, int | None]:
    chance = rng.random()
    if chance < rates["no_birth"]:
        return None, None, None
    if chance < rates["no_birth"] + rates["year_only"]:
        return birth[0], None, None
    if chance < rates["no_birth"] + rates["year_only"] + rates["first_of_january"]:
        return birth[0], 1, 1
    return birth


def written_again(rng: Random, truth: File) -> File:
    """The second file about somebody, with its own faults."""
    rates = SECOND_TIME

    def happens(fault: str) -> bool:
        return rng.random() < rates[fault]

    ((_, given, family),) = truth.names
    names: list[Name] = []
    if truth.sex == Sex.WOMAN and happens("birth_name"):
        other = str(draw_family_names(np.random.default_rng(rng.getrandbits(32)), 1)[0])
        if happens("both_names_noted"):
            names.append((NameKind.BIRTH, given, family))
        family = other
    if happens("given_by_ear"):
        given = by_ear(rng, given)
    if happens("family_by_ear"):
        family = by_ear(rng, family)
    if happens("slip"):
        if rng.random() < 0.5:
            given = slip(rng, given)
        else:
            family = slip(rng, family)
    given, family = _compound(rng, given), _compound(rng, family)
    if happens("shortened"):
        given = given[:4]
    if happens("accents"):
        given, family = without_accents(given).upper(), without_accents(family).upper()
    if happens("swapped"):
        given, family = family, given
    sex = "" if happens("no_sex") else truth.sex
    if sex and happens("wrong_sex"):
        sex = (Sex.MAN if sex == Sex.WOMAN else Sex.WOMAN).value
    return replace(
        truth, names=((NameKind.USUAL, given, family), *names), birth=_birth_again(rng, truth.birth), sex=sex
    )


def _birth_again(
    rng: Random, birth: tuple[int | None, int | None, int | None]
) -> tuple[int | None, int | None, int | None]:
    year, month, day = (part or 1 for part in birth)
    chance, faults = rng.random(), SECOND_TIME
    for fault in ("day_month_swapped", "day_off", "month_off", "year_off"):
        if chance < faults[fault]:
            break
        chance -= faults[fault]
    else:
        return _less_known(rng, birth, faults)
    step = rng.choice([-1, 1])
    if fault == "day_month_swapped":
        return (year, day, month) if day <= 12 else (year, month, max(1, day - 1))
    if fault == "day_off":
        return year, month, min(max(day + step, 1), 28)
    if fault == "month_off":
        return year, min(max(month + step, 1), 12), day
    return year + step, month, day


def _compound(rng: Random, name: str) -> str:
    """A compound name as it may be written again: one part of it, or its parts joined, or unchanged."""
    parts = re.split(r"[ -]", name)
    if len(parts) < 2:
        return name
    chance = rng.random()
    if chance < SECOND_TIME["compound_dropped"]:
        # What stands beside a particle is the name; of two names, the first remains more often.
        return parts[-1] if len(parts[0]) < 4 else parts[0] if rng.random() < 0.7 else parts[-1]
    if chance < SECOND_TIME["compound_dropped"] + SECOND_TIME["compound_joined"]:
        return "".join(parts[:1] + [part.lower() for part in parts[1:]]) if rng.random() < 0.5 else " ".join(parts)
    return name


_HEARD: tuple[tuple[str, str], ...] = (
    ("ou", "u"), ("u", "ou"), ("ou", "oo"), ("ph", "f"), ("f", "ph"), ("ss", "s"), ("s", "ss"), ("mm", "m"),
    ("m", "mm"), ("tt", "t"), ("t", "th"), ("th", "t"), ("kh", "k"), ("k", "kh"), ("ka", "ca"), ("ca", "ka"),
    ("co", "ko"), ("qu", "k"), ("dj", "j"), ("j", "dj"), ("ch", "sh"), ("y", "i"), ("i", "y"), ("é", "ai"),
    ("è", "ai"), ("ai", "é"), ("au", "o"), ("o", "au"), ("eau", "o"), ("h", ""), ("e", "é"), ("a", "e"), ("z", "s"),
    ("ï", "i"), ("n", "nn"), ("l", "ll"), ("w", "ou"), ("en", "an"), ("an", "en"),
)  # fmt: skip
"""How the same sounds are also written."""


def by_ear(rng: Random, name: str) -> str:
    """The name as somebody may write it who only heard it; once in a while no differently."""
    heard = name.lower()
    for _ in range(rng.choice([1, 1, 2])):
        possible = [(old, new) for old, new in _HEARD if old in heard[1:]]
        if possible:
            old, new = rng.choice(possible)
            heard = heard[0] + heard[1:].replace(old, new, 1)
    return _capitals_of(heard)


def slip(rng: Random, name: str) -> str:
    """The name with one slip of the fingers: a letter left out, doubled, or swapped with the next."""
    if len(name) < 3:
        return name
    place = rng.randrange(1, len(name) - 1)
    kinds: list[Callable[[], str]] = [
        lambda: name[:place] + name[place + 1 :],
        lambda: name[:place] + name[place] + name[place:],
        lambda: name[:place] + name[place + 1] + name[place] + name[place + 2 :],
    ]
    return rng.choice(kinds)()


def _capitals_of(name: str) -> str:
    return re.sub(r"(^|[ -])(\w)", lambda found: found[1] + found[2].upper(), name)
