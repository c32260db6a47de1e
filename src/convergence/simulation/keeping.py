"""What was done so that the drawn people's rights went on: the last declaration, renewal or visit of each.

The model draws rights alone. Most of what their calendars ask for was done in time and noted; the rest still asks.
"""

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from convergence.rules.calendars import calendar_of
from convergence.rules.facts import Facts, SituationFact, Spell
from convergence.rules.rights import RightTime, times_of
from convergence.simulation.moments import Days, worked
from convergence.vocabulary.right_acts import RIGHT_ACTS

_NOTED = 0.9
"""Share of what was to be done that somebody did, and noted."""

_OF_ASPECT = {act.aspect: act.code for act in RIGHT_ACTS.values()}


class Acts(NamedTuple):
    """One row an act: of which of the given rights, which act, for which time, on which day."""

    right: NDArray[np.int64]
    act: NDArray[np.object_]
    occurrence: Days
    done_on: Days


def kept(
    rng: np.random.Generator, aspect: NDArray[np.object_], value: NDArray[np.object_], since: Days, last: date
) -> Acts:
    """The last act for each of these rights that stand, where there was one; all arguments (rights,).

    :param last: the last day on which anything is known.
    """
    found = list(_done(rng, aspect, value, since, last))
    rows, acts, times, days = zip(*found, strict=True) if found else ((), (), (), ())
    return Acts(
        np.array(rows, dtype=np.int64),
        np.array(acts, dtype=object),
        np.array(times, dtype="datetime64[D]"),
        np.array(days, dtype="datetime64[D]"),
    )


def _done(
    rng: np.random.Generator, aspect: NDArray[np.object_], value: NDArray[np.object_], since: Days, last: date
) -> Iterator[tuple[int, str, np.datetime64, np.datetime64]]:
    asking = np.flatnonzero(np.isin(aspect, list(_OF_ASPECT)) & ~np.isnat(since))
    end = np.datetime64(last)
    for right, chance, moment in zip(asking.tolist(), rng.random(len(asking)), rng.random(len(asking)), strict=True):
        act = _OF_ASPECT[aspect[right]]
        time = _last_time(act, aspect[right], value[right], since[right].item(), last)
        if time is None or chance > _NOTED:
            continue
        lasting = time.row.counted == "last act"
        # A visit is counted from itself: the last one lies within what its calendar grants.
        length = (time.due_on - (time.on if lasting else time.begins_on)).days
        ends = end if lasting else min(end, np.datetime64(time.due_on))
        day = worked(np.array([ends - int(moment * length)]))[0]
        if day >= since[right]:
            yield right, act, day if lasting else np.datetime64(time.on), day


@cache
def _last_time(act: str, aspect: str, value: str, since: date, last: date) -> RightTime | None:
    """The last time that has begun for a right open since a day."""
    row = calendar_of(act, value, last)
    if row is None:
        return None
    fact = SituationFact(aspect, value, "", Spell(since, None), None)
    begun = [time for time in times_of(row, fact, Facts(), last) if time.begins_on <= last or row.counted == "last act"]
    return begun[-1] if begun else None
