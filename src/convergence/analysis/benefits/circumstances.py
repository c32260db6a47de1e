"""What amounts depend on: a life month by month, as arrays."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from enum import Enum, IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convergence.analysis.benefits.errors import BenefitsError
from convergence.analysis.french import NBSP

HISTORY = 36
"""Months before the first on which amounts depend: from January two years before (AAH), thirty-five at most."""
FIRST_LAW = np.datetime64("2016-01", "M")
"""From this month on amounts are those of the law; before, published averages."""
FIRST_HOUSING_LAW = np.datetime64("2021-01", "M")
"""The same for housing aid, whose law before the contemporary resources of 2021 is not computed safely."""
EARLIEST = np.datetime64("2010-01", "M")


class Rented(IntEnum):
    """What a housing aid may be paid for."""

    NONE = 0
    PRIVATE = 1
    SOCIAL = 2
    RESIDENCE = 3


class History(Enum):
    """What is supposed of the months before the first: wages, and the rights to AAH and ASS.

    Housing before the first month is supposed to be that of the first month, since it only weighs on the in-work
    benefit of the first three.
    """

    NO_INCOME = "aucun revenu avant le premier mois"
    AS_FIRST = "même situation qu’au premier mois"


@dataclass(frozen=True, eq=False, repr=False)
class Circumstances:
    """People's lives, month by month, as far as amounts depend on them.

    Arrays are (people, months) unless said otherwise; what is given as one number holds for everybody.

    :param first_month: (people,) datetime64[M]; the months follow it.
    :param gross: gross wage, € a month, kept to the cent.
    :param hours: paid hours in the month, kept to a ten-thousandth; needed wherever there is a wage.
    :param aci: employed by a work-integration site (ACI), whose exemptions of contributions differ.
    :param public_employer: the site is run by a public body.
    :param housing: codes of :class:`Rented`.
    :param rent: € a month, charges left out, kept to the cent.
    :param disabled: a right to AAH is open (incapacity of 80 % or more is supposed).
    :param ass: a right to ASS is open.
    :param resident: satisfies the condition of residence and nationality of RSA and in-work benefit.
    :param birth: (people,) datetime64[M].
    :param couple: (people,) bool; the partner is supposed to be of the same age, without income.
    :param children: (people,) int; each supposed to be eight in the first month, since their ages are not in files.
    :param zone: (people,) 1 to 3, the zone of housing aid; Paris is in 1.
    :param history: what the months before the first were: an assumption of :class:`History`, or other circumstances
        of the same people that end the month before.
    :param notes: French sentences on what was supposed of these lives, carried to the results.
    :raises BenefitsError: shapes that do not fit, a negative wage, a wage without hours, a month before 2010.
    """

    first_month: NDArray[np.datetime64]
    gross: NDArray[np.float32]
    hours: NDArray[np.float32]
    aci: NDArray[np.bool_]
    public_employer: NDArray[np.bool_]
    housing: NDArray[np.int8]
    rent: NDArray[np.float32]
    disabled: NDArray[np.bool_]
    ass: NDArray[np.bool_]
    resident: NDArray[np.bool_]
    birth: NDArray[np.datetime64]
    couple: NDArray[np.bool_]
    children: NDArray[np.int8]
    history: History | Circumstances
    zone: NDArray[np.int8]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        shape = np.shape(self.gross)
        if len(shape) != 2 or not all(shape):
            raise BenefitsError(
                "Les circonstances se donnent en tableau (personnes, mois), avec au moins un de chaque."
            )
        for name, kind in _MONTHLY.items():
            object.__setattr__(self, name, _fitted(name, getattr(self, name), kind, shape))
        for name, kind in _PERSONAL.items():
            object.__setattr__(self, name, _fitted(name, getattr(self, name), kind, shape[:1]))
        self._check()

    def __repr__(self) -> str:
        return f"Circumstances({self.people} people, {self.months} months)"

    @property
    def people(self) -> int:
        return int(self.gross.shape[0])

    @property
    def months(self) -> int:
        return int(self.gross.shape[1])

    def of(self, chosen: NDArray[Any] | slice) -> Circumstances:
        """The same for some people, told by places or by a mask."""
        part = {name: getattr(self, name)[chosen] for name in (*_MONTHLY, *_PERSONAL)}
        history = self.history.of(chosen) if isinstance(self.history, Circumstances) else self.history
        return replace(self, **part, history=history)

    def with_history(self) -> tuple[Circumstances, int]:
        """The same preceded by `HISTORY` months, and how many those are."""
        if isinstance(self.history, Circumstances):
            early = self.history
            if early.people != self.people or np.any(early.first_month + early.months != self.first_month):
                raise BenefitsError("L’histoire des personnes doit finir le mois qui précède leur premier mois.")
            if early.months < HISTORY:
                raise BenefitsError(
                    f"L’histoire des personnes compte {early.months} mois{NBSP}: donnez-en au moins {HISTORY}."
                )
            before = {name: getattr(early, name)[:, early.months - HISTORY :] for name in _MONTHLY}
        else:
            before = {name: np.repeat(getattr(self, name)[:, :1], HISTORY, axis=1) for name in _MONTHLY}
            if self.history is History.NO_INCOME:
                for name in ("gross", "hours", "aci", "public_employer", "disabled", "ass"):
                    before[name] = np.zeros_like(before[name])
        whole = {name: np.concatenate([before[name], getattr(self, name)], axis=1) for name in _MONTHLY}
        return replace(self, first_month=self.first_month - HISTORY, **whole), HISTORY

    def _check(self) -> None:
        amounts = np.stack([self.gross.min(initial=0), self.hours.min(initial=0), self.rent.min(initial=0)])
        if not all(np.isfinite(getattr(self, name)).all() for name in ("gross", "hours", "rent")):
            raise BenefitsError(f"Un salaire, un loyer ou des heures manquent{NBSP}: dites ce que l’on en suppose.")
        if amounts.min() < 0:
            raise BenefitsError(f"Un salaire, un loyer ou des heures sont négatifs{NBSP}: corrigez le fichier.")
        without = int(((self.gross > 0) & (self.hours <= 0)).sum())
        if without:
            raise BenefitsError(
                f"{without} mois ont un salaire sans heures payées{NBSP}: donnez les heures, dont dépendent les "
                "cotisations."
            )
        if self.housing.min() < 0 or self.housing.max() > max(Rented) or self.zone.min() < 1 or self.zone.max() > 3:
            raise BenefitsError(f"Le logement est un code de 0 à 3, la zone de 1 à 3{NBSP}: corrigez le fichier.")
        if self.children.min() < 0:
            raise BenefitsError(f"Un nombre d’enfants est négatif{NBSP}: corrigez le fichier.")
        if self.first_month.min() < EARLIEST - HISTORY:
            raise BenefitsError(f"Aucun montant n’est connu avant 2010{NBSP}: commencez l’étude plus tard.")
        if np.any(self.birth > self.first_month):
            raise BenefitsError(f"Une personne naît après son premier mois{NBSP}: corrigez sa date de naissance.")


_MONTHLY: dict[str, Any] = {
    "gross": np.float32,
    "hours": np.float32,
    "aci": np.bool_,
    "public_employer": np.bool_,
    "housing": np.int8,
    "rent": np.float32,
    "disabled": np.bool_,
    "ass": np.bool_,
    "resident": np.bool_,
}
_PERSONAL: dict[str, Any] = {
    "first_month": "datetime64[M]",
    "birth": "datetime64[M]",
    "couple": np.bool_,
    "children": np.int8,
    "zone": np.int8,
}
_DECIMALS = {"gross": 2, "rent": 2, "hours": 4}
if {one.name for one in fields(Circumstances)} != {*_MONTHLY, *_PERSONAL, "history", "notes"}:
    raise AssertionError("every field has a type")


def _fitted(name: str, given: Any, kind: Any, shape: tuple[int, ...]) -> NDArray[Any]:
    try:
        array = np.broadcast_to(np.asarray(given).astype(np.float64 if name in _DECIMALS else kind), shape)
    except (ValueError, TypeError) as error:
        raise BenefitsError(
            f"Circonstances, «{NBSP}{name}{NBSP}»{NBSP}: forme {np.shape(given)} au lieu de {shape}."
        ) from error
    return np.round(array.astype(np.float64), _DECIMALS[name]).astype(kind) if name in _DECIMALS else array
