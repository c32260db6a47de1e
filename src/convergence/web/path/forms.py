"""Forms of a path's decisions. Whether they are lawful is judged by ``rules`` when they are recorded."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from convergence.vocabulary.decisions import Approver, ClockName, DerogationKind
from convergence.vocabulary.extensions import ExtensionMotive, SuspensionReason
from convergence.vocabulary.structures import EmployerKind
from convergence.web.fields import DayField, HappenedForm, VersionForm

WHO_DECLARES = [(each.value, each.label) for each in (Approver.EMPLOYER, Approver.AUTHORISED_PRESCRIBER)]


class PassForm(forms.Form):
    """The PASS IAE from its first day."""

    first_day = DayField(label=_("Premier jour du PASS"))
    number = forms.CharField(
        label=_("Numéro de PASS IAE"),
        required=False,
        max_length=20,
        help_text=_("Douze chiffres, par exemple 99999 24 00001 ; vide s’il n’est pas connu."),
    )
    by_prescriber = forms.BooleanField(
        label=_("Ouvert par un prescripteur habilité avant la fin du délai de deux ans"), required=False
    )

    def __init__(self, *args: Any, another: bool, **options: Any) -> None:
        """:param another: an earlier PASS is noted."""
        super().__init__(*args, **options)
        if not another:
            del self.fields["by_prescriber"]

    def clean_number(self) -> str:
        number = "".join(self.cleaned_data["number"].split()).upper()
        if number and (len(number) != 12 or not number.isascii() or not number.isalnum()):
            raise forms.ValidationError(_("Un numéro de PASS IAE compte douze chiffres, par exemple 99999 24 00001."))
        return number


class EndPassForm(forms.Form):
    """The day on which the PASS of somebody long suspended is ended, and the person told."""

    on = DayField(label=_("Notifiée à la personne le"))


class SuspensionForm(VersionForm):
    """A suspension of the PASS, as declared."""

    reason = forms.ChoiceField(label=_("Pourquoi"), choices=SuspensionReason.choices())
    first_day = DayField(label=_("Premier jour"))
    last_day = DayField(
        label=_("Dernier jour"), help_text=_("Prévu s’il n’est pas passé : il se corrige à la reprise.")
    )
    declared_on = DayField(label=_("Déclarée le"))
    declared_by = forms.ChoiceField(label=_("Déclarée par"), choices=WHO_DECLARES)


class DemandForm(forms.Form):
    """An extension to prepare: on which ground, decided by whom, until when."""

    motive = forms.ChoiceField(label=_("Motif"), choices=ExtensionMotive.choices())
    until = DayField(label=_("Jusqu’au"))
    approver = forms.ChoiceField(label=_("Qui décide"), choices=WHO_DECLARES)
    training_ends_on = DayField(
        label=_("Fin de la formation"),
        required=False,
        help_text=_("Pour le motif « Fin d’une formation » seulement."),
    )

    def __init__(self, *args: Any, clock: ClockName, **options: Any) -> None:
        super().__init__(*args, **options)
        if clock is ClockName.PASS:
            # The law says who decides on each ground of the PASS.
            del self.fields["approver"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        training = given.get("motive") == ExtensionMotive.TRAINING
        if training and not given.get("training_ends_on") and "training_ends_on" not in self.errors:
            self.add_error("training_ends_on", _("Indiquez le dernier jour de la formation."))
        if not training and given.get("training_ends_on"):
            self.add_error("training_ends_on", _("Ce motif n’est pas une formation : laissez cette date vide."))
        return given


class AskForm(VersionForm):
    asked_on = DayField(label=_("Demande envoyée le"))


class GrantForm(VersionForm):
    decided_on = DayField(label=_("Décision du"))
    until = DayField(label=_("Accordée jusqu’au"))


class RefuseForm(VersionForm):
    decided_on = DayField(label=_("Décision du"))
    notified_on = DayField(
        label=_("Notifiée le"),
        required=False,
        help_text=_("Le jour, certain, où la structure et la personne ont su le refus."),
    )
    reason = forms.CharField(
        label=_("Raisons du refus"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )


class DerogationForm(forms.Form):
    kind = forms.ChoiceField(label=_("Sorte de dérogation"), choices=DerogationKind.choices())
    first_day = DayField(label=_("Premier jour"))
    last_day = DayField(label=_("Dernier jour"))
    weekly_hours = forms.DecimalField(
        label=_("Heures par semaine"), max_digits=4, decimal_places=1, min_value=Decimal("0.5"), localize=True
    )

    def clean_weekly_hours(self) -> Decimal:
        hours: Decimal = self.cleaned_data["weekly_hours"]
        if hours >= 20:
            raise forms.ValidationError(_("À partir de 20 heures par semaine, aucune dérogation n’est nécessaire."))
        return hours


class AmendmentForm(HappenedForm, VersionForm):
    """Other hours, another term, or both, from a day on."""

    takes_effect = DayField(label=_("Prend effet le"))
    weekly_hours = forms.DecimalField(
        label=_("Nouvelles heures par semaine"),
        help_text=_("Vide si elles ne changent pas."),
        max_digits=4,
        decimal_places=1,
        min_value=Decimal("0.5"),
        max_value=Decimal(35),
        required=False,
        localize=True,
        error_messages={"max_value": _("Un contrat compte plus de 0 et au plus 35 heures par semaine.")},
    )
    last_day = DayField(label=_("Nouveau dernier jour"), required=False, help_text=_("Vide s’il ne change pas."))
    signed_on = DayField(label=_("Signé le"))
    field_order = ("takes_effect", "weekly_hours", "last_day", "signed_on", "happened")


class WhatNextForm(forms.Form):
    """Where the path might lead: kind of structure, by when."""

    vers = forms.ChoiceField(
        label=_("Où"),
        required=False,
        choices=[(kind.value, kind.label) for kind in EmployerKind if kind is not EmployerKind.ORDINARY],
    )
    jusqu = DayField(label=_("Jusqu’au"), required=False)
    passerelle = forms.BooleanField(label=_("Avec un contrat passerelle"), required=False)

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today

    def clean_jusqu(self) -> date | None:
        day: date | None = self.cleaned_data["jusqu"]
        if day is not None and day <= self.today:
            raise forms.ValidationError(_("Choisissez un jour à venir."))
        return day
