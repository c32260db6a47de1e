"""Where somebody can be at the end of a month, how she can leave the path, and how long she has been in it."""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from convergence.vocabulary.base import Term
from convergence.vocabulary.housing import HousingStep

STEPS = tuple(HousingStep)
"""The five steps of housing, then institutions."""


class Work(IntEnum):
    """What somebody lives on by work; a later path is told apart, because its length is not counted from the entry."""

    PATH = 0, "en parcours"
    NONE = 1, "sans emploi"
    OTHER = 2, "autre emploi"
    AGAIN = 3, "de nouveau en parcours"

    label: str

    # The label has a default only for type checkers, which take Work(2) for a call of __new__.
    def __new__(cls, number: int, label: str = "") -> "Work":
        work = int.__new__(cls, number)
        work._value_ = number
        work.label = label
        return work


class Exit(Term):
    """The competing ways out of a first path; the category of a motive is the one in force on its day.

    Whoever is lost from sight (motive 8 of the ASP, *sans nouvelles*) stands apart from the other exits.
    """

    DURABLE = "durable", "Emploi durable"
    TRANSITION = "transition", "Emploi de transition"
    POSITIVE = "positive", "Sortie positive"
    OTHER = "other", "Autre sortie"
    REMOVED = "removed", "Sortie retirée du décompte"
    LOST = "lost", "Perdue de vue"


EXITS = tuple(Exit)
N_STEPS, N_CARE, N_WORK, N_EXITS = len(STEPS), 2, len(Work), len(EXITS)
PLACES = N_STEPS * N_CARE
"""Pairs of housing and care: 12."""
LIVING = N_WORK * PLACES
LOST, DECEASED = LIVING, LIVING + 1
N_STATES = LIVING + 2
"""Every living state, then lost from sight and deceased, which nobody leaves."""
HOUSED = 3
"""The first step that counts as housed: semi-durable, then autonomous; an institution does not."""
FIRST_MONTH_OF_BAND = (0, 1, 4, 7, 12, 18, 24, 26, 30, 36, 38, 48, 59)
"""First month of each band of duration in the path; 24, 36 and 59 are where contracts reach a legal term."""
TERM_BANDS = {24: 6, 36: 9, 60: 12}
"""The band in which each legal term falls."""
N_BANDS = len(FIRST_MONTH_OF_BAND)
LONGEST = 60
"""Months, the legal limit over all contracts (L5132-15-1 of the labour code)."""


def state(work: Work, step: int, care: int) -> int:
    """The number of a living state: ``work`` × 12 + ``step`` × 2 + ``care``.

    >>> state(Work.OTHER, 4, 1), LIVING
    (33, 48)
    """
    return int(work) * PLACES + step * N_CARE + care


def within(label: str) -> str:
    """A label in the middle of a sentence.

    >>> within("Hébergement collectif (CHU, CHRS)")
    'hébergement collectif (CHU, CHRS)'
    """
    return label[:1].lower() + label[1:]


def labels() -> tuple[str, ...]:
    """Every state in French, in the order of its number."""
    care = ("sans soins en cours", "en soins")
    living = tuple(
        f"{step.label}, {work.label}, {care[cared]}" for work in Work for step in STEPS for cared in range(N_CARE)
    )
    return (*living, "Perdue de vue", "Décédée")


def band_of(months: NDArray[np.integer] | range) -> NDArray[np.int64]:
    """The band of each month since the entry.

    >>> band_of(range(22, 28)).tolist()
    [5, 5, 6, 6, 7, 7]
    """
    return np.searchsorted(FIRST_MONTH_OF_BAND, np.asarray(months), side="right") - 1


WORK_OF = np.repeat(np.arange(N_WORK), PLACES)
"""The work of each living state (48,)."""
STEP_OF = np.tile(np.repeat(np.arange(N_STEPS), N_CARE), N_WORK)
"""The step of housing of each living state (48,)."""
CARE_OF = np.tile(np.arange(N_CARE), N_WORK * N_STEPS)
"""Whether in care, for each living state (48,)."""
IN_PATH = np.isin(WORK_OF, (Work.PATH, Work.AGAIN))
"""Whether a post of the scheme is held, for each living state (48,)."""
