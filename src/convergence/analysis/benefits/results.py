"""What comes out: amounts by person and month, and what each rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convergence.analysis.benefits.circumstances import FIRST_HOUSING_LAW, FIRST_LAW

AMOUNTS = (
    "rsa",
    "in_work_benefit",
    "aah",
    "ass",
    "housing_aid",
    "employee_contributions",
    "social_levies",
    "employer_contributions",
    "income_tax",
    "net_wage",
)
"""The amounts, all positive, in euros a month."""


class Origin(IntEnum):
    """What an amount rests on."""

    LAW = 0
    PUBLISHED_AVERAGE = 1

    @property
    def label(self) -> str:
        return ("calculé selon la loi du mois", "moyenne publiée")[self]


@dataclass(frozen=True, eq=False, repr=False)
class Benefits:
    """What people receive and pay: float32 arrays (people, months), euros a month, all positive.

    Rights of the law before take-up, month by month: RSA and in-work benefit move each month with the three months
    before, where the CAF fixes them for a quarter, which moves their changes by two months at the most.

    :param employee_contributions: withheld from the gross wage; ``social_levies`` are CSG and CRDS on it.
    :param employer_contributions: net of the general reduction, or of the exemption of work-integration sites.
    :param income_tax: a twelfth of the tax of the calendar year, counted on the wages known in it.
    :param net_wage: before income tax.
    :param first_month: (people,) datetime64[M].
    :param notes: French sentences on what the amounts rest on, to print with them.
    """

    first_month: NDArray[np.datetime64]
    rsa: NDArray[np.float32]
    in_work_benefit: NDArray[np.float32]
    aah: NDArray[np.float32]
    ass: NDArray[np.float32]
    housing_aid: NDArray[np.float32]
    employee_contributions: NDArray[np.float32]
    social_levies: NDArray[np.float32]
    employer_contributions: NDArray[np.float32]
    income_tax: NDArray[np.float32]
    net_wage: NDArray[np.float32]
    notes: tuple[str, ...] = field(default=())

    def __repr__(self) -> str:
        return f"Benefits({self.people} people, {self.months} months)"

    @property
    def people(self) -> int:
        return int(self.rsa.shape[0])

    @property
    def months(self) -> int:
        return int(self.rsa.shape[1])

    def origin(self, name: str) -> NDArray[np.int8]:
        """What each cell of an amount rests on: codes of :class:`Origin`, (people, months)."""
        months = self.first_month[:, None] + np.arange(self.months)
        first = {"housing_aid": FIRST_HOUSING_LAW}.get(name, FIRST_LAW if name in _BY_LAW_SINCE_2016 else None)
        if first is None:
            return np.full(months.shape, Origin.LAW, np.int8)
        return np.where(months < first, Origin.PUBLISHED_AVERAGE, Origin.LAW).astype(np.int8)


_BY_LAW_SINCE_2016 = ("rsa", "in_work_benefit", "aah", "ass")


def joined(parts: Sequence[Benefits], places: Sequence[NDArray[Any]]) -> Benefits:
    """Parts of one group put back in order: ``places`` tells where each part's people stand in the whole."""
    people = sum(part.people for part in parts)
    whole: dict[str, NDArray[Any]] = {"first_month": np.empty(people, "datetime64[M]")}
    whole |= {name: np.empty((people, parts[0].months), np.float32) for name in AMOUNTS}
    for part, place in zip(parts, places, strict=True):
        for name, array in whole.items():
            array[place] = getattr(part, name)
    notes = dict.fromkeys(note for part in parts for note in part.notes)
    return Benefits(**whole, notes=tuple(notes))


@dataclass(frozen=True)
class Disagreement:
    """A cell on which two computations differ by more than what was allowed."""

    amount: str
    person: int
    month: str
    one: float
    other: float


def disagreements(one: Benefits, other: Benefits, within: float = 0.01) -> list[Disagreement]:
    """The cells of two results of the same people that differ by more than ``within`` euros."""
    found = []
    for name in AMOUNTS:
        first, second = getattr(one, name).astype(float), getattr(other, name).astype(float)
        for person, elapsed in np.argwhere(~(np.abs(first - second) <= within)):
            month = str(one.first_month[person] + int(elapsed))
            found.append(Disagreement(name, int(person), month, first[person, elapsed], second[person, elapsed]))
    return found
