"""Days and working hours."""

from datetime import date, datetime, timedelta
from random import Random

SATURDAY = 5


def plus_months(day: date, months: int) -> date:
    """The same day of another month; the 28th at most, so that it exists in all of them."""
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, min(day.day, 28))


def months_between(first: date, last: date) -> float:
    return (last - first).days / 30.4375


def worked(day: date) -> date:
    """The day itself, or the Friday before a week-end."""
    return day - timedelta(days=max(0, day.weekday() - SATURDAY + 1))


def later(rng: Random, day: date, least: int, most: int) -> date:
    """A working day, ``least`` to ``most`` days later (one or two fewer where a week-end is met)."""
    return worked(day + timedelta(days=least + int(rng.random() * (most - least + 1))))


def at_work(rng: Random, day: date) -> datetime:
    """A moment of that day, between 9 and 17 h."""
    hour, minute = divmod(int(rng.random() * 8 * 60), 60)
    return datetime(day.year, day.month, day.day, 9 + hour, minute)
