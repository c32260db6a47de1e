"""A name as it is compared: without accents, capitals, hyphens; its words, their sounds."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from convergence.people.likeness.sounds import bones_of, sound_of

_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h"}
)
_WORD = re.compile(r"[^\W_]+")

PARTICLES = frozenset(
    re.findall(r"\w+", "el al ben bin ibn ould abd abdel abou bou ait de du des da di do dos la le les van von")
)
"""Words that many names share: never enough to say that two names have a part in common."""


def plain(text: str) -> str:
    """Lower case without accents; letters that Unicode does not take apart are written as they are read."""
    parted = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in parted if not unicodedata.combining(letter)).translate(_LETTERS)


@dataclass(frozen=True, slots=True)
class Part:
    """A given name or a family name, ready to be compared.

    :param words: its words in alphabetical order, so that Marie-Claire and Claire Marie are one name.
    :param joined: its letters without any separation, as they were written.
    :param sound: how it is heard as one word.
    :param bones: the consonants of that, particles aside.
    """

    words: tuple[str, ...]
    joined: str
    sound: str
    bones: str

    @property
    def bag(self) -> str:
        return " ".join(self.words)


@lru_cache(maxsize=200_000)
def part_of(text: str) -> Part:
    words = _WORD.findall(plain(text))
    joined = "".join(words)
    bare = "".join(word for word in words if word not in PARTICLES) or joined
    return Part(tuple(sorted(words)), joined, sound_of(joined), bones_of(bare))
