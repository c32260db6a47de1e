"""What was decided so that paths could go on: the PASS of each, its extensions, and those of CDDIs past 24 months.

The model draws contracts alone; whoever signed one beyond what the clocks allowed had a decision for it. Those of the
drawn people were all granted, on the ground of particularly great difficulties, before the contract that needed them.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from convergence.rules.law import value_or_oldest
from convergence.simulation.moments import Days, later, worked
from convergence.vocabulary.decisions import Approver, ClockName

Places = NDArray[np.int64]
_MONTH_ENDS = 2
"""Days by which two years of contracts, counted from month to month, pass the 730 that the platform counts."""


class Passes(NamedTuple):
    """One row a PASS: whose (``person``, a place), and its first day."""

    person: Places
    since: Days


class Extensions(NamedTuple):
    """One row a decision: of which clock, how far it goes, and its days for a PASS (-1 for a CDDI)."""

    person: Places
    clock: NDArray[np.object_]
    approver: NDArray[np.object_]
    until: Days
    days: Places
    asked_on: Days
    decided_on: Days


def decided(
    rng: np.random.Generator, person: Places, path: Places, since: Days, until: Days, cddi: NDArray[np.bool_]
) -> tuple[Passes, Extensions]:
    """The decisions that these contracts needed; all arguments (contracts,).

    :param until: the day after the term; every contract belongs to a path and has a term.
    :param cddi: the contract is a CDDI, which its own clock counts as well as the PASS.
    """
    order = np.lexsort((since, path, person))
    person, path, since, until, cddi = person[order], path[order], since[order], until[order], cddi[order]
    opens = np.r_[True, path[1:] != path[:-1]][: len(path)]
    begins, stay = np.flatnonzero(opens), np.cumsum(opens) - 1
    first = since[begins][stay]
    held = int(value_or_oldest("pass.days", since.min().item())) if len(since) else 0
    beyond_pass = (until - first).astype(np.int64) - held
    beyond_pass[beyond_pass <= _MONTH_ENDS] = 0
    added = np.clip(_more_than_before(beyond_pass, stay), 0, 365)
    worked_days = np.where(cddi, (until - since).astype(np.int64), 0)
    total = np.cumsum(worked_days)
    counted = total - (total - worked_days)[begins][stay]
    renewed = cddi & (counted > held + _MONTH_ENDS)
    whose, pass_since = person[begins], since[begins]
    reached = pass_since + held + np.bincount(stay, added, len(begins)).astype(np.int64)
    opened = np.r_[True, (whose[1:] != whose[:-1]) | (pass_since[1:] >= reached[:-1])][: len(whose)]
    extended = np.flatnonzero((added > 0) & opened[stay])
    rows = np.concatenate([extended, np.flatnonzero(renewed)])
    of_pass = np.arange(len(rows)) < len(extended)
    decided_on = worked(later(rng, since[rows], -30, -8))
    extensions = Extensions(
        person[rows],
        np.where(of_pass, ClockName.PASS.value, ClockName.CDDI.value).astype(object),
        np.where(of_pass, Approver.AUTHORISED_PRESCRIBER.value, Approver.EMPLOYER.value).astype(object),
        until[rows] - 1,
        np.where(of_pass, added[rows], -1),
        worked(decided_on - 20),
        decided_on,
    )
    return Passes(whose[opened], pass_since[opened]), extensions


def _more_than_before(reached: Places, stay: Places) -> Places:
    """How much further each contract of a stay goes than those before it; (contracts,)."""
    furthest = np.maximum.accumulate(reached + stay * 100_000) - stay * 100_000
    before = np.r_[0, furthest[:-1]][: len(reached)]
    begins = np.r_[True, stay[1:] != stay[:-1]][: len(stay)]
    more: Places = furthest - np.where(begins, 0, before)
    return more
