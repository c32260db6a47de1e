"""Periods between two days that both belong to them, as contracts and decisions say them (« du 1er au 30 »)."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from convergence.rules.spans import add_months

A_DAY = timedelta(days=1)
FOREVER = date.max


class Period(NamedTuple):
    """First and last day, both included; without a last day it runs on."""

    first_day: date
    last_day: date | None = None

    @property
    def end(self) -> date:
        """The last day, or the end of time."""
        return self.last_day or FOREVER

    @property
    def days(self) -> int:
        """Number of days, the last included."""
        return (self.end - self.first_day).days + 1

    def covers(self, day: date) -> bool:
        return self.first_day <= day <= self.end


def last_day_of(first_day: date, months: int) -> date:
    """The last day of so many months from a first day: 5 January and four months make 4 May."""
    return add_months(first_day, months) - A_DAY


def months_within(period: Period, months: int) -> bool:
    """Whether a period lasts at least so many months."""
    return period.end >= last_day_of(period.first_day, months)


def merged(periods: Iterable[Period]) -> list[Period]:
    """The days covered, as periods that neither meet nor overlap, in order."""
    found: list[Period] = []
    for period in sorted(periods, key=attrgetter("first_day")):
        before = found[-1].end if found else None
        if before is None or (before != FOREVER and period.first_day > before + A_DAY):
            found.append(period)
        elif period.end > before:
            found[-1] = Period(found[-1].first_day, period.last_day)
    return found


def gaps(periods: Iterable[Period]) -> Iterator[Period]:
    """The stretches between periods that no period covers, in order."""
    for before, after in pairwise(merged(periods)):
        yield Period(before.end + A_DAY, after.first_day - A_DAY)


def overlap(one: Period, other: Period) -> Period | None:
    """The days that two periods share, or None."""
    first = max(one.first_day, other.first_day)
    last = min(one.end, other.end)
    return None if first > last else Period(first, None if last == FOREVER else last)


def days_in(stretches: Iterable[Period], day: date) -> int:
    """Number of days of stretches that do not overlap, up to a day and with it."""
    begun = [stretch for stretch in stretches if stretch.first_day <= day]
    return sum((min(stretch.end, day) - stretch.first_day).days + 1 for stretch in begun)
