"""Dates, durations and numbers as people say them in French: `{% load display %}`.

Plain functions first (views and exports may call them), each also a filter. No function reads the
clock: what depends on the day takes it as an argument (`{{ fact.start|since:today }}`).
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from decimal import Decimal

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()

NBSP = "\u00a0"
NARROW_NBSP = "\u202f"
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
SHORT_MONTHS = (
    "janv.", "févr.", "mars", "avr.", "mai", "juin", "juill.", "août", "sept.", "oct.", "nov.", "déc.",
)  # fmt: skip
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
DAYS_SAID_IN_DAYS = 60


def _date(value: dt.date | dt.datetime) -> dt.date:
    return value.date() if isinstance(value, dt.datetime) else value


def _day_number(value: dt.date) -> str:
    return "1er" if value.day == 1 else str(value.day)


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """The exact date: « 3 mai 2026 »; empty when there is none."""
    if value is None:
        return ""
    value = _date(value)
    return f"{_day_number(value)}{NBSP}{MONTHS[value.month - 1]} {value.year}"


@register.filter
def short_day(value: dt.date | dt.datetime | None, today: dt.date | None = None) -> str:
    """« 3 mai », with the year when it is not today's; « 14 déc. 2027 »."""
    if value is None:
        return ""
    value = _date(value)
    said = f"{_day_number(value)}{NBSP}{SHORT_MONTHS[value.month - 1]}"
    return said if today and today.year == value.year else f"{said} {value.year}"


@register.filter
def long_day(value: dt.date | dt.datetime, today: dt.date | None = None) -> str:
    """« lundi 23 novembre », with the year when it is not today's."""
    value = _date(value)
    said = f"{WEEKDAYS[value.weekday()]} {_day_number(value)}{NBSP}{MONTHS[value.month - 1]}"
    return said if today and today.year == value.year else f"{said} {value.year}"


@register.filter
def hour(value: dt.time | dt.datetime) -> str:
    """« 9 h 30 », « 14 h »."""
    return f"{value.hour}{NBSP}h" + (f"{NBSP}{value.minute:02d}" if value.minute else "")


def whole_months(start: dt.date, end: dt.date) -> int:
    """Completed months from `start` to `end` (at least 0); the 31st completes on a shorter month's last day."""
    months = (end.year - start.year) * 12 + end.month - start.month
    last = calendar.monthrange(end.year, end.month)[1]
    if end.day < min(start.day, last):
        months -= 1
    return max(months, 0)


def duration(start: dt.date, end: dt.date) -> str:
    """A length of time in words: « 12 jours », « 5 mois », « 3 ans et 5 mois »; empty under one day.

    Days under two months, then completed months, then completed years and months.
    """
    start, end = _date(start), _date(end)
    days = (end - start).days
    if days < 1:
        return ""
    if days < DAYS_SAID_IN_DAYS:
        return ngettext("%(n)s jour", "%(n)s jours", days).replace(" ", NBSP) % {"n": days}
    months = whole_months(start, end)
    years, rest = divmod(months, 12)
    said_years = ngettext("%(n)s an", "%(n)s ans", years).replace(" ", NBSP) % {"n": years}
    said_months = f"{max(rest, 1) if not years else rest}{NBSP}{_('mois')}"
    if not years:
        return said_months
    return f"{said_years} {_('et')} {said_months}" if rest else said_years


@register.filter
def duration_to(start: dt.date, end: dt.date) -> str:
    """`duration` as a filter: `{{ contract.start|duration_to:today }}`."""
    return duration(start, end)


@register.filter
def since(start: dt.date | None, today: dt.date) -> str:
    """« depuis le 3 mai, 2 mois »; « depuis une date inconnue » for None; « à partir du… » for a date to come."""
    if start is None:
        return _("depuis une date inconnue")
    start = _date(start)
    if start > today:
        return _("à partir du %(day)s") % {"day": short_day(start, today)}
    if start == today:
        return _("depuis aujourd’hui")
    return _("depuis le %(day)s, %(length)s") % {
        "day": short_day(start, today),
        "length": duration(start, today),
    }


def period(start: dt.date | None, end: dt.date | None, today: dt.date) -> str:
    """A period in words, exact dates: « du 3 mai 2026 au 4 juin 2026, 32 jours », « depuis le 3 mai 2026, 6 mois ».

    `end` is the last day, inclusive; None means that it lasts still. A None `start` is unknown.
    """
    if end is None:
        if start is None:
            return _("depuis une date inconnue")
        if start > today:
            return _("à partir du %(day)s") % {"day": day(start)}
        if start == today:
            return _("depuis aujourd’hui, %(day)s") % {"day": day(start)}
        return _("depuis le %(day)s, %(length)s") % {"day": day(start), "length": duration(start, today)}
    if start is None:
        return _("d’une date inconnue au %(end)s") % {"end": day(end)}
    if start == end:
        return _("le %(day)s") % {"day": day(start)}
    return _("du %(start)s au %(end)s, %(length)s") % {
        "start": day(start),
        "end": day(end),
        "length": duration(start, end + dt.timedelta(days=1)),
    }


@register.filter
def from_today(value: dt.date | dt.datetime, today: dt.date) -> str:
    """How far a day is: « aujourd’hui », « demain », « hier », « dans 3 jours », « il y a 2 mois »."""
    value = _date(value)
    days = (value - today).days
    near = {0: _("aujourd’hui"), 1: _("demain"), -1: _("hier")}
    if days in near:
        return near[days]
    if days > 0:
        return _("dans %(length)s") % {"length": duration(today, value)}
    return _("il y a %(length)s") % {"length": duration(value, today)}


@register.filter
def number(value: float | Decimal | int | None, places: int = 0) -> str:
    """« 1 087 », « 12,5 » (`|number:1`), with the minus sign of typography; empty for None."""
    if value is None:
        return ""
    said = f"{value:,.{places}f}"
    if not any(figure in said for figure in "123456789"):
        said = said.lstrip("-")
    return said.replace(",", NARROW_NBSP).replace(".", ",").replace("-", "\u2212")


@register.filter
def euros(value: float | Decimal | int | None, places: int = 0) -> str:
    """« 1 087 € »."""
    return "" if value is None else f"{number(value, places)}{NBSP}€"


@register.filter
def phone(value: str) -> str:
    """A French number in pairs, « 01 99 00 12 34 »; any other one as it was typed."""
    digits = re.sub(r"[^\d+]", "", value)
    digits = re.sub(r"^(\+33|0033)0?", "0", digits)
    if re.fullmatch(r"0\d{9}", digits):
        return NBSP.join(digits[place : place + 2] for place in range(0, 10, 2))
    return value


@register.filter
def and_list(values: list[str]) -> str:
    """« santé, logement et droits »."""
    said = [str(value) for value in values]
    if len(said) < 2:
        return "".join(said)
    return f"{', '.join(said[:-1])} {_('et')} {said[-1]}"
