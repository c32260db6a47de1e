"""The one shape of a code list."""

from enum import StrEnum
from typing import Self


class Term(StrEnum):
    """A code of a list (``.value``, English snake case) with the words that people read (``.label``, French)."""

    label: str

    # The label has a default only for type checkers, which take Term("code") for a call of __new__.
    def __new__(cls, value: str, label: str = "") -> Self:
        term = str.__new__(cls, value)
        term._value_ = value
        term.label = label
        return term

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """(value, label) pairs, in the order of the list."""
        return [(term.value, term.label) for term in cls]

    @classmethod
    def has(cls, code: str) -> bool:
        """Whether the code belongs to the list."""
        return code in cls._value2member_map_
