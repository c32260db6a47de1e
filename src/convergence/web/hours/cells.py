"""A cell of hours as people type it: « 7,5 », « 7.5 », « 7 h 30 »."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _

_DECIMAL = re.compile(r"([-−]?)(\d{1,4})(?:[.,](\d{1,2}))?\s*h?")
_CLOCK = re.compile(r"([-−]?)(\d{1,4})\s*[h:]\s*(\d{2})(?:\s*min)?")
_MINUTES = 60


def hours_of(text: str) -> Decimal | None:
    """Hours in hundredths; None for what is no number of hours. A sign before it is kept: the rules refuse it."""
    words = " ".join(text.lower().split())
    clock = _CLOCK.fullmatch(words)
    if clock and int(clock[3]) < _MINUTES:
        hours = (Decimal(clock[2]) + Decimal(clock[3]) / _MINUTES).quantize(Decimal("0.01"))
        return -hours if clock[1] else hours
    found = _DECIMAL.fullmatch(words)
    if found is None:
        return None
    hours = Decimal(f"{found[2]}.{found[3] or '0'}")
    return -hours if found[1] else hours


def said_plainly(hours: Decimal | None) -> str:
    """« 112,67 », « 7 »: as one would type it."""
    if hours is None:
        return ""
    whole = f"{hours:.2f}"
    return (whole.rstrip("0").rstrip(".") if "." in whole else whole).replace(".", ",")


class HoursField(forms.Field):
    """Hours typed on the numeric keyboard of a telephone."""

    def __init__(self, **options: Any) -> None:
        options.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "maxlength": 12})
        )
        options.setdefault("required", False)
        super().__init__(**options)

    def to_python(self, value: Any) -> Decimal | None:
        if value in self.empty_values or not str(value).strip():
            return None
        if isinstance(value, Decimal):
            return value
        hours = hours_of(str(value).replace("\x00", "?"))
        if hours is None:
            raise forms.ValidationError(
                _("« %(typed)s » n’est pas un nombre d’heures : écrivez par exemple 7,5 ou 7 h 30.")
                % {"typed": str(value).replace("\x00", "")[:20]}
            )
        return hours

    def prepare_value(self, value: Any) -> Any:
        return said_plainly(value) if isinstance(value, Decimal) else value
