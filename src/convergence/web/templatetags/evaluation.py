"""Amounts and numbers of an evaluation: `{% load evaluation %}`."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

from convergence.web.evaluation import words
from convergence.web.templatetags.display import NBSP, euros, number

register = template.Library()

register.filter("signed", words.signed)
register.filter("interval", words.interval)

NONE = "–"


@register.filter
def less(amount: float) -> str:
    """What is spent, with the sign that it has in a balance; a dash for nothing."""
    return NONE if round(amount) == 0 else words.signed(-amount)


@register.filter
def gained(amount: float) -> str:
    """What is avoided, with its sign; a dash for nothing."""
    return NONE if round(amount) == 0 else words.signed(amount)


@register.filter
def said(told: dict[str, Any]) -> str:
    """The value of a number of the report, in its unit."""
    return told.get("says") or NONE if told.get("value") is None else _in_unit(told["value"], told["unit"])


@register.filter
def shift(amount: float) -> str:
    """A difference with its sign: « +12,4 », « −292 000 »; « 0 » where it is nothing at this precision."""
    said = number(amount, 0 if abs(amount) >= 100 else 1)
    return f"+{said}" if amount > 0 and said.strip("0,") else said


@register.filter
def method(told: dict[str, Any]) -> str:
    """What a number says besides its value: the method that gave it."""
    return "" if told.get("value") is None else str(told.get("says") or "")


@register.filter
def said_between(told: dict[str, Any]) -> str:
    """Its interval, empty where it has none."""
    low, high = told.get("low"), told.get("high")
    if low is None and high is None:
        return ""
    return f"[{_in_unit(low, told['unit'])}{NBSP}; {_in_unit(high, told['unit'])}]"


def _in_unit(value: float | None, unit: str) -> str:
    if value is None:
        return NONE
    if unit in SHARES:
        return f"{number(100 * value, 1)}{NBSP}%"
    if unit.startswith("€"):
        return f"{euros(value)}{unit[1:]}"
    said = number(value, 0 if float(value).is_integer() else 3 if abs(value) < 1 else 2)
    return f"{said}{NBSP}{_(unit)}" if unit else said


SHARES = ("%", "part")
