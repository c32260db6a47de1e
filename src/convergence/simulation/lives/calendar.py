"""Days as int64 numbers since 1 January 1970, months as int64 numbers since January 1970; all functions on arrays."""

from datetime import date

import numpy as np

from convergence.simulation.tables import Array

NEVER = np.int64(2**40)
"""A day later than all others: what has not ended."""
MONTH = 30.4375
"""Days in a mean month."""


def day_of(day: date) -> int:
    return int(np.datetime64(day, "D").astype(np.int64))


def dates(days: Array) -> Array:
    """datetime64[D], NaT where the day is ``NEVER`` or later."""
    held = np.where(days >= NEVER, 0, days).astype("datetime64[D]")
    held[days >= NEVER] = np.datetime64("NaT")
    return held


def month_of(days: Array) -> Array:
    """Number of the month in which each day falls."""
    return np.asarray(days, np.int64).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def first_of(months: Array) -> Array:
    """First day of each month."""
    return np.asarray(months, np.int64).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def year_of(days: Array) -> Array:
    return 1970 + np.floor_divide(month_of(days), 12)


def plus_months(days: Array, months: Array | int) -> Array:
    """The same day so many months later, or the last day of a shorter month."""
    month = month_of(days)
    target = month + months
    first = first_of(target)
    return np.asarray(np.minimum(first + (days - first_of(month)), first_of(target + 1) - 1))


def worked(days: Array) -> Array:
    """The day itself, or the Friday before a week-end (1 January 1970 was a Thursday)."""
    weekday = (days + 3) % 7
    return np.asarray(days - np.maximum(weekday - 4, 0))
