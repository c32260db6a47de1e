"""Words that often tell of health or of justice, so that whoever types one is reminded of who will read it."""

import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files

from convergence.vocabulary.compartments import Compartment

FROM_WIDE_TO_NARROW = (Compartment.WORK, Compartment.SOCIAL, Compartment.HEALTH, Compartment.JUSTICE)
"""Compartments in which one writes words, those with the most readers first."""


@cache
def beginnings() -> dict[Compartment, tuple[str, ...]]:
    """The beginnings of words of each compartment, plain: no accent, no capital."""
    text = files("convergence.vocabulary").joinpath("sensitive_words.toml").read_text(encoding="utf-8")
    return {Compartment(row["code"]): tuple(row["beginnings"]) for row in tomllib.loads(text)["compartment"]}


def narrower(written: str, than: Compartment) -> list[tuple[Compartment, str]]:
    """Words of a text that belong to a compartment with fewer readers: (compartment, the word), one for each.

    :param than: where the text is about to be written.
    """
    plain = _plain(written)
    found = []
    for compartment in FROM_WIDE_TO_NARROW[FROM_WIDE_TO_NARROW.index(than) + 1 :]:
        match = _pattern(compartment).search(plain) if compartment in beginnings() else None
        if match:
            found.append((compartment, written[match.start() : match.end()]))
    return found


@cache
def _pattern(compartment: Compartment) -> re.Pattern[str]:
    starts = "|".join(re.escape(beginning) for beginning in beginnings()[compartment])
    return re.compile(rf"\b(?:{starts})[\w-]*")


def _plain(text: str) -> str:
    """As many characters as the text, without accents or capitals."""
    text = text.replace("’", "'")
    return "".join(_plain_sign(sign) for sign in text)


def _plain_sign(sign: str) -> str:
    bare = unicodedata.normalize("NFD", sign)[0].lower()
    return bare if len(bare) == 1 else sign
