"""Days as people say them (first and last, both included) and as the database keeps them (end excluded)."""

from datetime import date, timedelta

from django.db.backends.postgresql.psycopg_any import DateRange

ONE_DAY = timedelta(days=1)


def days(first: date | None, last: date | None) -> DateRange:
    """The period from ``first`` to ``last``, both included; None leaves that side open."""
    return DateRange(first, last + ONE_DAY if last else None)


def first_day(period: DateRange) -> date | None:
    """The first day of a period, or None when its beginning is not known."""
    day: date | None = period.lower
    return day


def last_day(period: DateRange) -> date | None:
    """The last day of a period, or None when it is open."""
    return period.upper - ONE_DAY if period.upper else None
