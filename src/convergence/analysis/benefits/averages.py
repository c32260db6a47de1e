"""Published averages where the law of the time is not computed, and the sentences that say so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convergence.analysis.benefits.assumptions import Assumptions
from convergence.analysis.benefits.circumstances import FIRST_HOUSING_LAW, FIRST_LAW, Circumstances, History
from convergence.analysis.french import NBSP

MINIMUM_INCOME_AGE = 25 * 12
"""Months of age from which RSA is due without children or long work before."""


def published(
    assumed: Assumptions,
    name: str,
    month: np.datetime64,
    age: NDArray[Any],
    children: NDArray[Any],
    cells: Mapping[str, NDArray[Any]],
) -> NDArray[np.float32]:
    """The mean amount of a benefit for those whose situation opens it, 0 for the others.

    RSA without a wage, AAH nor ASS; the in-work benefit with a wage of at most full-time; both from 25, or with
    children, and under the condition of residence.

    :param age: months; ``cells`` the circumstances of the month, (people,) each.
    """
    amount = assumed.average(name, date.fromisoformat(f"{month}-01")).amount
    grown = cells["resident"] & ((age >= MINIMUM_INCOME_AGE) | (children > 0))
    paid, other = cells["gross"] > 0, cells["disabled"] | cells["ass"]
    entitled = {
        "rsa": grown & ~paid & ~other,
        "in_work_benefit": grown & paid,
        "aah": cells["disabled"],
        "ass": cells["ass"] & ~paid & ~cells["disabled"],
        "housing_aid": cells["housing"] > 0,
    }[name]
    return np.where(entitled, amount, 0.0).astype(np.float32)


def notes_of(circumstances: Circumstances, assumed: Assumptions) -> tuple[str, ...]:
    """What the amounts of these people rest on, in French sentences."""
    first = circumstances.first_month.min()
    notes = list(circumstances.notes)
    if isinstance(circumstances.history, History):
        notes.append(f"Avant le premier mois de chacun{NBSP}: {circumstances.history.value}.")
    notes.append(
        "RSA et prime d’activité sont ceux de chaque mois selon les trois mois précédents. La CAF les fixe par "
        "trimestre, ce qui retarde leurs changements de deux mois au plus."
    )
    names = ["rsa", "in_work_benefit", "aah", "ass"] if first < FIRST_LAW else []
    names += ["housing_aid"] if first < FIRST_HOUSING_LAW else []
    for name in names:
        told = [one for one in assumed.averages if one.name == name]
        sources = " ; ".join(dict.fromkeys(one.source for one in told))
        doubt = " [à vérifier avant impression]" if any(one.status == "memory" for one in told) else ""
        until = "2021" if name == "housing_aid" else "2016"
        notes.append(f"Avant {until}, {_LABELS[name]}{NBSP}: moyenne publiée. Source{NBSP}: {sources}{doubt}.")
    if circumstances.children.any():
        notes.append(f"L’âge des enfants n’est pas connu{NBSP}: chacun est supposé avoir huit ans au premier mois.")
    if circumstances.couple.any():
        notes.append("Le conjoint est supposé du même âge et sans revenu.")
    return tuple(notes)


_LABELS = {
    "rsa": "RSA",
    "in_work_benefit": "RSA activité",
    "aah": "AAH",
    "ass": "ASS",
    "housing_aid": "aide au logement",
}
