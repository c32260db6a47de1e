"""Form fields and forms that several screens share, and the one question that several forms put."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from convergence.intake.cells import visible
from convergence.pathways.decisions.judging import MayHaveHappened
from convergence.support.goals.recording import LONGEST

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


class WordsField(forms.CharField):
    """A few words that will be sealed."""

    def __init__(self, label: Any, *, rows: int = 2, **options: Any) -> None:
        super().__init__(label=label, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": rows}), **options)

    def clean(self, value: Any) -> Any:
        kept = visible(super().clean(value)).strip()
        if self.required and not kept:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return kept


class VersionForm(forms.Form):
    """A form about what stands: the second of two editors is told (``handling.see_anew``)."""

    seen_version = forms.CharField(required=False, widget=forms.HiddenInput)


class HappenedForm(forms.Form):
    """A form about what is proposed, or has happened already: the question is put once the rules stand against it."""

    happened = forms.BooleanField(
        label=_("C’est déjà commencé dans ces termes : le noter comme cela s’est passé"),
        help_text=_("Ce qui s’écarte des règles sera signalé dans le parcours."),
        required=False,
        widget=forms.HiddenInput,
    )

    @contextmanager
    def asking_whether_it_happened(self) -> Iterator[None]:
        """Show the question where what is done inside is refused by a rule that a past fact would pass."""
        try:
            yield
        except MayHaveHappened:
            field = self.fields["happened"]
            field.widget = forms.CheckboxInput()
            raise
