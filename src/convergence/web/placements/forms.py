"""Forms of placements and trainings; whether an agreement is lawful is judged by ``rules`` when it is noted."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from convergence.pathways.placements.recording import Outcome, PlacementTerms, TrainingTerms
from convergence.territories.siret import clean_siret
from convergence.vocabulary.placements import LearningResult, PlacementPurpose, TrainingKind
from convergence.web.fields import DayField, HappenedForm, LineField, VersionForm, WordsField


def hours_field(digits: int) -> forms.DecimalField:
    return forms.DecimalField(
        label=_("Heures en tout"), required=False, max_digits=digits, decimal_places=1, min_value=0, localize=True
    )


class SpellForm(VersionForm):
    """What a placement and a training share: first and last day, hours."""

    first_day = DayField(label=_("Premier jour"))
    last_day = DayField(label=_("Dernier jour"))

    def clean_hours(self) -> Any:
        # No hour noted and no hour spent are told apart by nobody: an empty field is the one way to say nothing.
        return self.cleaned_data["hours"] or None


class PlacementForm(HappenedForm, SpellForm):
    """An agreement of placement: where, why, when."""

    host = LineField(label=_("Structure d’accueil"), max_length=160)
    siret = forms.CharField(label=_("SIRET de la structure"), required=False, max_length=20)
    purpose = forms.ChoiceField(
        label=_("Objet"),
        choices=PlacementPurpose.choices(),
        widget=forms.RadioSelect,
        help_text=_("Un seul par convention."),
        error_messages={"required": _("Choisissez l’objet de l’immersion.")},
    )
    hours = hours_field(5)
    field_order = ("host", "siret", "purpose", "first_day", "last_day", "hours", "happened")

    def clean_siret(self) -> str:
        return clean_siret(self.cleaned_data["siret"])

    def terms(self, outcome: Outcome) -> PlacementTerms:
        given = self.cleaned_data
        return PlacementTerms(
            host=given["host"],
            purpose=PlacementPurpose(given["purpose"]),
            first_day=given["first_day"],
            last_day=given["last_day"],
            siret=given["siret"],
            hours=given["hours"],
            outcome=outcome,
        )


class TrainingForm(SpellForm):
    """A training or a workshop: what, with whom, when."""

    kind = forms.ChoiceField(
        label=_("Sorte de formation"),
        choices=[("", _("Choisir…")), *TrainingKind.choices()],
        error_messages={"required": _("Choisissez la sorte de formation dans la liste.")},
    )
    title = LineField(label=_("Intitulé"), max_length=160, required=False)
    organiser = LineField(label=_("Organisme"), max_length=160)
    hours = hours_field(6)
    field_order = ("kind", "title", "organiser", "first_day", "last_day", "hours")

    def terms(self, outcome: Outcome) -> TrainingTerms:
        given = self.cleaned_data
        return TrainingTerms(
            kind=TrainingKind(given["kind"]),
            organiser=given["organiser"],
            first_day=given["first_day"],
            last_day=given["last_day"],
            title=given["title"],
            hours=given["hours"],
            outcome=outcome,
        )


class OutcomeForm(VersionForm):
    """What came of it, the day it really ended, the hours really spent."""

    result = forms.ChoiceField(
        label=_("Ce qu’il en est sorti"),
        choices=LearningResult.choices(),
        widget=forms.RadioSelect,
        error_messages={"required": _("Dites comment cela s’est terminé.")},
    )
    told = WordsField(_("En quelques mots"), required=False, help_text=_("Si elle s’est arrêtée, dites pourquoi."))
    last_day = DayField(label=_("Dernier jour"))
    hours = hours_field(6)
    certified = forms.TypedChoiceField(
        label=_("Certificat, diplôme ou attestation de niveau"),
        required=False,
        empty_value=None,
        coerce=lambda value: value == "yes",
        choices=[("", _("sans objet, ou pas encore connu")), ("yes", _("obtenu")), ("no", _("pas obtenu"))],
    )

    def __init__(self, *args: Any, certifies: bool, **options: Any) -> None:
        """:param certifies: it may lead to a certificate."""
        super().__init__(*args, **options)
        if not certifies:
            del self.fields["certified"]

    def clean_hours(self) -> Any:
        return self.cleaned_data["hours"] or None

    def outcome(self) -> Outcome:
        given = self.cleaned_data
        return Outcome(LearningResult(given["result"]), given["told"], given.get("certified"))
