"""Dates as people and spreadsheets write them, whole or in part.

Understood: 03/05/1998, 3.5.98, 3-5-1998, 3 mai 1998, mai 1998, 05/1998, 1998, 1998-05-03 (with a time or not),
19980503, 03051998, 00/00/1985, and the serial numbers of spreadsheets (days since 1900 or 1904).
"""

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import lru_cache

from django.utils.translation import gettext as _

from convergence.intake.cells import Cell, Remark, as_text, doubtful, folded, is_nothing, refused, shown

YOUNGEST = 14
OLDEST = 100
EARLIEST_EVENT = 1950
YEARS_AHEAD = 30
_SERIALS = range(1, 2_958_466)
_YEARS_AS_NUMBERS = range(1900, 2101)
# Spreadsheets believe in 29 February 1900: from serial 60 on, day 1 is 31 December 1899 minus one.
_EPOCH_1900 = date(1899, 12, 30)
_EPOCH_1904 = date(1904, 1, 1)

_FRENCH = "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre"
_ENGLISH = "january february march april may june july august september october november december"
_MONTH_NAMES = {name: number for names in (_FRENCH, _ENGLISH) for number, name in enumerate(names.split(), 1)}
_MONTH_NAMES |= {"janv": 1, "jan": 1, "fevr": 2, "fev": 2, "feb": 2, "mar": 3, "avr": 4, "apr": 4, "jun": 6, "juil": 7,
                 "juill": 7, "jul": 7, "aou": 8, "aug": 8, "sept": 9, "sep": 9, "oct": 10, "nov": 11,
                 "dec": 12}  # fmt: skip
_WEEKDAYS = {"lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche",
             "lun", "mer", "jeu", "ven", "sam", "dim"}  # fmt: skip
_ABOUT = {"vers", "env", "environ", "circa", "presume", "presumee", "approximativement", "estime", "estimee"}
_FILLERS = {"ne", "nee", "le", "en", "l", "an", "du", "au", "depuis", "debut", "jusqu", "jusque", "date"}


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A date of which the day, or the month and the day, may be unknown.

    :raises ValueError: no such day, or a day without its month.
    """

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if self.day is not None and self.month is None:
            raise ValueError("a day without its month")
        date(self.year, self.month or 1, self.day or 1)

    @property
    def whole(self) -> date | None:
        """The calendar date, when the day is known."""
        return date(self.year, self.month, self.day) if self.month and self.day else None

    @property
    def earliest(self) -> date:
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> date:
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    def __str__(self) -> str:
        if self.day and self.month:
            return f"{self.day:02}/{self.month:02}/{self.year:04}"
        return f"{self.month:02}/{self.year:04}" if self.month else f"{self.year:04}"


class Order(Enum):
    """Which number comes first in 03/05/1998."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


class Purpose(Enum):
    """What a date says: it decides the century of a year in two digits, and what is impossible."""

    BIRTH = "birth"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class Calendar:
    """How to read the dates of one column.

    :param today: the day of the import.
    :param starts_1904: serial numbers count from 1904 (workbooks made by old Macintosh versions).
    """

    today: date
    purpose: Purpose
    order: Order = Order.DAY_FIRST
    starts_1904: bool = False


class _Unreadable(Exception):
    """Carries the sentence."""


_NUMERIC = re.compile(r"^([\dxX?_*-]{1,2})\s*[/.\-\s]\s*([\dxX?_*-]{1,2})\s*[/.\-\s]\s*'?(\d{4}|\d{2})$")
_ISO = re.compile(r"^(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?$")
_MONTH_YEAR = re.compile(r"^(\d{1,2})\s*[/.\-]\s*(\d{4})$")
_TIME = re.compile(r"[T\s,]+\d{1,2}[:hH]\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:Z|[+-]\d{2}:?\d{2})?(?:\s*[AP]M)?$")
_LEADING_NUMBERS = re.compile(r"^(\d{1,2})\s*[/.\-\s]\s*(\d{1,2})\s*[/.\-\s]\s*(?:\d{4}|\d{2})\b")


def column_order(cells: Iterable[Cell]) -> Order:
    """The order of day and month in a column: month first only if a second number says so and no first one denies."""
    month_first = False
    for cell in cells:
        if isinstance(cell, str) and (match := _LEADING_NUMBERS.match(cell.strip())):
            first, second = int(match[1]), int(match[2])
            if first > 12:
                return Order.DAY_FIRST
            month_first = month_first or 12 < second <= 31
    return Order.MONTH_FIRST if month_first else Order.DAY_FIRST


def looks_like_date(cell: Cell) -> bool:
    """Whether a cell is written as a whole date (a bare number is not)."""
    if isinstance(cell, date):
        return True
    if not isinstance(cell, str) or len(cell) > 40:
        return False
    text = _TIME.sub("", cell.strip())
    return bool(_NUMERIC.match(text) or _ISO.match(text) or _with_month_name(text))


def read_date(cell: Cell, how: Calendar) -> tuple[PartialDate | None, list[Remark]]:
    """The date that a cell holds; None with a remark when it holds none that can be.

    An empty cell, « inconnue » or 00/00/0000 is no date and deserves no remark. Impossible dates (31/02, the 31st
    century, a birth in the future or more than a hundred years ago) refuse the row.
    """
    if is_nothing(cell):
        return None, []
    remarks: list[Remark] = []
    try:
        value = _parse(cell, how, remarks)
        if value is not None:
            _check(value, cell, how)
    except _Unreadable as error:
        return None, [refused(str(error))]
    return value, remarks


def _parse(cell: Cell, how: Calendar, remarks: list[Remark]) -> PartialDate | None:
    match cell:
        case bool() | time():
            raise _Unreadable(_("%s n’est pas une date.") % shown(cell))
        case datetime() | date():
            return PartialDate(cell.year, cell.month, cell.day)
        case int() | float():
            return _from_number(float(cell), how)
        case _:
            return _from_text(as_text(cell), how, remarks)


def _from_number(number: float, how: Calendar) -> PartialDate:
    whole = int(number) if abs(number) < 1e9 else 0
    if whole == number and whole in _YEARS_AS_NUMBERS:
        return PartialDate(whole)
    if whole == number and 1_000_000 < whole <= 99_999_999 and (value := _from_digits(f"{whole:08}", how)):
        return value
    if whole in _SERIALS:
        try:
            return _from_serial(whole, starts_1904=how.starts_1904)
        except OverflowError:
            pass
    raise _Unreadable(_("%s n’est pas une date.") % shown(number))


@lru_cache(maxsize=4096)
def _from_serial(serial: int, *, starts_1904: bool) -> PartialDate:
    if starts_1904:
        day = _EPOCH_1904 + timedelta(days=serial)
    else:
        day = _EPOCH_1900 + timedelta(days=serial if serial >= 60 else serial + 1)
    return PartialDate(day.year, day.month, day.day)


def _from_digits(digits: str, how: Calendar) -> PartialDate | None:
    """19980503 or 03051998 (or 05031998 in a month-first column)."""
    readings = [(digits[:4], digits[4:6], digits[6:]), (digits[4:], digits[2:4], digits[:2])]
    if how.order is Order.MONTH_FIRST:
        readings[1] = (digits[4:], digits[:2], digits[2:4])
    for year, month, day in readings:
        if int(year) in _YEARS_AS_NUMBERS and 1 <= int(month) <= 12 and 1 <= int(day) <= 31:
            return _made(int(year), int(month), int(day), digits)
    return None


def _from_text(text: str, how: Calendar, remarks: list[Remark]) -> PartialDate | None:
    original = text
    text = _TIME.sub("", " ".join(text.split()).removeprefix("'")).strip(" .,;")
    if text.endswith("?"):
        text = text.rstrip(" ?")
        remarks.append(doubtful(_("%s : date incertaine.") % shown(original)))
    if match := _NUMERIC.match(text):
        return _from_three(match[1], match[2], match[3], original, how, remarks)
    if match := _ISO.match(text):
        return _made(int(match[1]), int(match[2]), int(match[3] or 0), original)
    if match := _MONTH_YEAR.match(text):
        return _made(int(match[2]), int(match[1]), 0, original)
    if text.isdigit() and text.isascii():
        if len(text) == 4:
            return _made(int(text), 0, 0, original)
        if len(text) == 6:
            return _from_three(text[:2], text[2:4], text[4:], original, how, remarks)
        if len(text) == 5 or len(text) == 8:
            return _from_number(float(text), how)
    if found := _with_month_name(text):
        day, month, year = found
        return _made(_century(year, month, day, how, original), month, day, original)
    return _from_words(text, original, how, remarks)


def _from_three(
    first: str, second: str, year: str, original: str, how: Calendar, remarks: list[Remark]
) -> PartialDate | None:
    """03, 05, 1998: each of the first two may be 00 or xx, unknown."""
    day, month = (int(part) if part.isdigit() else 0 for part in (first, second))
    if how.order is Order.MONTH_FIRST:
        day, month = month, day
    if month > 12 >= day and month <= 31:
        day, month = month, day
        remarks.append(doubtful(_("%s : le jour et le mois sont compris à l’envers.") % shown(original)))
    if year in {"00", "0000"} and not day and not month:
        return None
    return _made(_century(year, month, day, how, original), month, day, original)


def _with_month_name(text: str) -> tuple[int, int, str] | None:
    """(day or 0, month, year as typed) of « lundi 3 mai 1998 », « mai 98 », « 03-mai-98 », « May 3, 1998 »."""
    if not any(c.isalpha() for c in text):
        return None
    words = [word for word in re.sub(r"(\d)(er|e|st|nd|rd|th)\b", r"\1", folded(text)).split() if word not in _WEEKDAYS]
    words = [word for word in words if word not in {"le", "de", "ne", "nee"}]
    if len(words) == 2 and words[0] in _MONTH_NAMES and re.fullmatch(r"\d{4}|\d{2}", words[1]):
        return 0, _MONTH_NAMES[words[0]], words[1]
    if len(words) != 3 or not re.fullmatch(r"\d{4}|\d{2}", words[2]):
        return None
    day, month = (words[0], words[1]) if words[1] in _MONTH_NAMES else (words[1], words[0])
    if month not in _MONTH_NAMES or not re.fullmatch(r"\d{1,2}", day):
        return None
    return int(day), _MONTH_NAMES[month], words[2]


def _from_words(text: str, original: str, how: Calendar, remarks: list[Remark]) -> PartialDate | None:
    """« vers 1985 », « né en 1985 », « depuis le 3 mai 2020 »: the words around the date are left out."""
    words = text.split(" ")
    while words and (key := folded(words[0])) in _ABOUT | _FILLERS | {"jusqu au", "jusqu a", "ne e"}:
        if key in _ABOUT:
            remarks.append(doubtful(_("%s : date approximative.") % shown(original)))
        words = words[1:]
    if words and len(" ".join(words)) < len(text):
        return _from_text(" ".join(words), how, remarks)
    raise _Unreadable(_("%s n’est pas une date : écrivez par exemple 03/05/1998.") % shown(original))


def _century(year: str, month: int, day: int, how: Calendar, original: str) -> int:
    """The year in full: of two centuries, the one that gives a birth a working age, or an event that is not far."""
    if len(year) == 4:
        return int(year)
    recent = how.today.year // 100 * 100 + int(year)
    if how.purpose is Purpose.EVENT:
        return recent if recent <= how.today.year + YEARS_AHEAD else recent - 100
    known = PartialDate(recent, month if 1 <= month <= 12 else None)
    if recent > how.today.year or age_on(known.earliest, how.today) < YOUNGEST:
        recent -= 100
    if how.today.year - recent > OLDEST:
        raise _Unreadable(_("%s : écrivez l’année en quatre chiffres.") % shown(original))
    return recent


def _made(year: int, month: int, day: int, original: str | Cell) -> PartialDate:
    if not 1 <= year <= 9999:
        raise _Unreadable(_("%s : cette année n’existe pas.") % shown(original))
    if month > 12:
        raise _Unreadable(_("%s : il n’y a pas de mois numéro %d.") % (shown(original), month))
    if day and month and day > calendar.monthrange(year, month)[1]:
        raise _Unreadable(_("%s : ce jour n’existe pas dans le calendrier.") % shown(original))
    return PartialDate(year, month or None, (day or None) if month else None)


def _check(value: PartialDate, cell: Cell, how: Calendar) -> None:
    century = (value.year - 1) // 100 + 1
    if century > (how.today.year - 1) // 100 + 1:
        raise _Unreadable(_("%s : cette date est au %dᵉ siècle, vérifiez l’année.") % (shown(cell), century))
    if how.purpose is Purpose.EVENT:
        if value.year < EARLIEST_EVENT or value.year > how.today.year + YEARS_AHEAD:
            raise _Unreadable(_("%s : l’année %d n’est pas possible ici.") % (shown(cell), value.year))
        return
    if value.earliest > how.today:
        raise _Unreadable(_("%s : cette date de naissance est dans le futur.") % shown(cell))
    if age_on(value.earliest, how.today) < YOUNGEST:
        raise _Unreadable(
            _("%s : la personne aurait moins de %d ans, vérifiez la date de naissance.") % (shown(cell), YOUNGEST)
        )
    if age_on(value.latest, how.today) > OLDEST:
        raise _Unreadable(
            _("%s : la personne aurait plus de %d ans, vérifiez la date de naissance.") % (shown(cell), OLDEST)
        )


def age_on(birth: date, day: date) -> int:
    """Whole years of age on a day."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
