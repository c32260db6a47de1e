"""Forms of a review: one part at a time, and one rating to correct."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from convergence.intake.cells import visible
from convergence.support.needs import LONGEST, NeedHistory, Rating
from convergence.vocabulary.missing import Missing
from convergence.vocabulary.needs import LEVELS
from convergence.web.fields import DayField, VersionForm

RATINGS = [(str(level), f"{level} · {words}") for level, words in LEVELS.items()] + Missing.choices()
SKIPPED = "skipped"
"""What an untouched need means too: once a button is chosen, only another one can undo it."""


def rating_field(label: Any, *, may_skip: bool) -> forms.ChoiceField:
    choices = [*RATINGS, (SKIPPED, _("Ne rien noter cette fois"))] if may_skip else RATINGS
    return forms.ChoiceField(
        label=label,
        choices=choices,
        required=not may_skip,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choisissez un niveau de 0 à 4, ou dites pourquoi il n’est pas connu."),
            "invalid_choice": _("Choisissez un niveau de 0 à 4, ou dites pourquoi il n’est pas connu."),
        },
    )


class ReasonField(forms.CharField):
    """Why a need is rated as it is, in a few words."""

    def __init__(self, **options: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 2})
        super().__init__(label=_("Pourquoi"), required=False, max_length=LONGEST, widget=widget, **options)

    def clean(self, value: Any) -> Any:
        return visible(super().clean(value)).strip()


class ReviewForm(forms.Form):
    """Some needs of one part, as they are on a day: for each a rating, and why. An untouched need stays as it was."""

    on = DayField(label=_("Vu ensemble le"), error_messages={"required": _("Donnez une date.")})

    def __init__(self, *args: Any, histories: Sequence[NeedHistory], today: date, **options: Any) -> None:
        """:param histories: the needs to rate, each with the ratings that it has."""
        super().__init__(*args, **options)
        self.histories = histories
        self.fields["on"].initial = today
        for history in histories:
            code = history.kind.code
            self.fields[f"rating-{code}"] = rating_field(history.kind.label, may_skip=True)
            self.fields[f"reason-{code}"] = ReasonField()
            latest = history.latest
            self.fields[f"seen-{code}"] = forms.CharField(
                required=False, initial=latest.rating.pk if latest else "", widget=forms.HiddenInput
            )

    def rows(self) -> list[tuple[NeedHistory, BoundField, BoundField, BoundField]]:
        """For the template: each need with its rating, its reason and the hidden version."""
        return [
            (history, *(self[f"{part}-{history.kind.code}"] for part in ("rating", "reason", "seen")))  # type: ignore[misc]
            for history in self.histories
        ]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for history in self.histories:
            code = history.kind.code
            if given.get(f"reason-{code}") and not self.rated(code) and f"rating-{code}" not in self.errors:
                self.add_error(f"rating-{code}", _("Choisissez un niveau : les mots seuls ne seraient pas gardés."))
        if not self.errors and not self.ratings():
            self.add_error(None, _("Évaluez au moins un besoin."))
        return given

    def rated(self, code: str) -> str:
        """The rating chosen; empty where the need is left as it is."""
        chosen = self.cleaned_data.get(f"rating-{code}", "")
        return "" if chosen == SKIPPED else chosen

    def ratings(self) -> dict[str, Rating]:
        """What was chosen, by code of the need."""
        given = self.cleaned_data
        return {
            code: Rating(self.rated(code), given.get(f"reason-{code}", ""), given.get(f"seen-{code}", ""))
            for code in (history.kind.code for history in self.histories)
            if self.rated(code)
        }


class CorrectionForm(VersionForm):
    """One rating, corrected."""

    reason = ReasonField()
    on = DayField(label=_("Vu ensemble le"), error_messages={"required": _("Donnez une date.")})

    def __init__(self, *args: Any, label: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["code"] = rating_field(label, may_skip=False)

    def rating(self) -> Rating:
        given = self.cleaned_data
        return Rating(given["code"], given["reason"], given["seen_version"])
