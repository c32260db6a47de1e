"""Days and moments at which teams write things down, and the versions that this leaves; whole columns at a time.

Days are ``datetime64[D]``, moments naive ``datetime64[m]`` in the territory's own time zone; NaT is "not (yet)".
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from convergence.simulation.lives import calendar

Days = NDArray[np.datetime64]
Moments = NDArray[np.datetime64]
Numbers = NDArray[Any]

NEVER = np.datetime64("NaT")
_OPENS, _OPEN_MINUTES = 9 * 60, 8 * 60


def worked(days: Days) -> Days:
    """The days themselves, or the Friday before a week-end."""
    numbers = calendar.worked(days.astype("datetime64[D]").astype(np.int64))
    return np.asarray(np.where(np.isnat(days), NEVER, numbers.astype("datetime64[D]")))


def at_work(rng: np.random.Generator, days: Days) -> Moments:
    """A moment of each day, between 9 and 17 h."""
    minutes = _OPENS + rng.integers(0, _OPEN_MINUTES, len(days))
    found: Moments = days.astype("datetime64[m]") + minutes.astype("timedelta64[m]")
    return found


def later(rng: np.random.Generator, days: Days, least: int, most: int) -> Days:
    """Working days, ``least`` to ``most`` days after (one or two fewer where a week-end is met)."""
    return worked(days + rng.integers(least, most + 1, len(days)))


class Versions(NamedTuple):
    """Versions, fact by fact, earliest first.

    ``fact`` is the row of the fact; ``until`` its end as it was known from ``at`` to ``closed``.
    """

    fact: Numbers
    until: Days
    at: Moments
    closed: Moments


def versions(foreseen: Days, until: Days, began: Moments, ended: Moments) -> Versions:
    """Facts as they were told: with the end that was foreseen (NaT: none), then with the real one, once it was learnt.

    :param ended: when the end was learnt; NaT for a fact that still stands as it was first told.
    """
    stands = np.isnat(ended)
    fact = np.repeat(np.arange(len(until)), np.where(stands, 1, 2))
    final = np.r_[fact[1:] != fact[:-1], True][: len(fact)]  # the last version of its fact
    return Versions(
        fact,
        np.where(final & ~stands[fact], until[fact], foreseen[fact]),
        np.where(final & ~stands[fact], ended[fact], began[fact]),
        np.where(final, NEVER, ended[fact]).astype("datetime64[m]"),
    )


def one_after_the_other(lines: Numbers, moments: Moments) -> Moments:
    """Moments that strictly grow along each line, moved as little as that asks.

    :param lines: the line of each row; rows of a line stand together, in the order of their facts.
    """
    if not len(lines):
        return moments
    starts = np.flatnonzero(np.r_[True, lines[1:] != lines[:-1]])
    number = np.repeat(np.arange(len(starts)), np.diff(np.r_[starts, len(lines)]))
    rank = np.arange(len(lines)) - starts[number]
    # Lines are told apart by steps higher than any moment, so that one maximum runs over all of them.
    step = np.int64(1) << 32
    minutes = moments.astype("datetime64[m]").astype(np.int64) - rank
    highest = np.maximum.accumulate(number * step + minutes) - number * step
    return (highest + rank).astype("datetime64[m]")


def followed_by(lines: Numbers, values: Days) -> Days:
    """For each row the value of the next row of its line, NaT for the last; rows of a line stand together."""
    following = np.full(len(values), NEVER, dtype=values.dtype)
    if len(values) > 1:
        same = lines[1:] == lines[:-1]
        following[:-1][same] = values[1:][same]
    return following
