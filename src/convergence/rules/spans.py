"""Lengths of time as calendars say them: days, or months that end on a shorter month's last day."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

_SHORTEST_MONTH = 28
_SAID = re.compile(r"(?P<n>\d+) (?P<unit>day|month)s? (?P<side>before|after)")


@dataclass(frozen=True)
class Span:
    """So many days or months, negative before a date and positive after it."""

    days: int = 0
    months: int = 0

    @classmethod
    def of(cls, said: str) -> "Span":
        """« 3 months before », « 30 days after », « the day ».

        :raises ValueError: said otherwise.
        """
        if said == "the day":
            return cls()
        found = _SAID.fullmatch(said)
        if found is None:
            raise ValueError(f"not a length of time: {said!r}")
        n = int(found["n"]) * (-1 if found["side"] == "before" else 1)
        return cls(days=n) if found["unit"] == "day" else cls(months=n)

    def reckoned_from(self, day: date) -> date:
        """The date that far from ``day``; the 31st falls on the last day of a shorter month."""
        return add_months(day, self.months) + timedelta(days=self.days)


def add_months(day: date, months: int) -> date:
    """The same day so many months later (earlier when negative), or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if day.day <= _SHORTEST_MONTH:
        return date(year, month + 1, day.day)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def month_of(day: date) -> date:
    """The first day of a day's month."""
    return day.replace(day=1)


def last_of(month: date) -> date:
    """The last day of a month given by its first."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def next_month(month: date) -> date:
    """The first day of the month after."""
    return add_months(month, 1)
