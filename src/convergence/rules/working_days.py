"""Working days in the sense of the labour code (*jours ouvrables*): all but Sundays and public holidays."""

from datetime import date, timedelta
from functools import cache

_FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
_SUNDAY = 6


def is_working_day(day: date) -> bool:
    """Whether a day is neither a Sunday nor a public holiday (L3133-1 of the labour code)."""
    return day.weekday() != _SUNDAY and day not in holidays(day.year)


def working_days_before(day: date, count: int) -> date:
    """The day that comes so many working days before ``day``: two before a Thursday, the Tuesday."""
    return _walk(day, count, timedelta(days=-1))


def working_days_after(day: date, count: int) -> date:
    """The day that comes so many working days after ``day``."""
    return _walk(day, count, timedelta(days=1))


@cache
def holidays(year: int) -> frozenset[date]:
    """The eleven public holidays of a year in metropolitan France; Alsace and Moselle have two more."""
    sunday = easter(year)
    movable = (sunday + timedelta(days=days) for days in (1, 39, 50))
    return frozenset((*(date(year, month, day) for month, day in _FIXED), *movable))


def easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar (the algorithm of Meeus, Jones and Butcher)."""
    golden = year % 19
    century, of_century = divmod(year, 100)
    leap_centuries, rest = divmod(century, 4)
    shift = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - leap_centuries - shift + 15) % 30
    leap_years, of_four = divmod(of_century, 4)
    weekday = (32 + 2 * rest + 2 * leap_years - moon - of_four) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _walk(day: date, count: int, step: timedelta) -> date:
    while count:
        day += step
        if is_working_day(day):
            count -= 1
    return day
