"""Form fields that several screens share."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from convergence.intake.cells import visible

EARLIEST, LATEST = date(1990, 1, 1), date(2100, 12, 31)
"""Between them lies every day of work integration; near year 9999 nothing could be reckoned from a day."""

A_LIFE_AGO = date(1900, 1, 1)


class DayField(forms.DateField):
    """A day, typed in the browser's own calendar.

    :param earliest: days before are refused as a mistyped year; a life's own facts may be older than the scheme.
    """

    def __init__(self, *, earliest: date = EARLIEST, **options: Any) -> None:
        options.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(**options)
        self.earliest = earliest

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day is not None and not self.earliest <= day <= LATEST:
            raise forms.ValidationError(_("Cette date est hors du possible : vérifiez l’année."), code="century")
        return day


class LineField(forms.CharField):
    """Words on one line, kept as an import keeps them: composed accents, nothing invisible.

    A name made of signs without width could be neither read nor opened; one that turns the writing round would
    turn round what stands beside it. A NUL is left for Django's validator, which refuses it in a sentence.
    """

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and "\x00" not in value:
            value = " ".join(visible(value).split())
        return super().to_python(value)
