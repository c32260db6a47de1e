"""Forms of appointments, group sessions and joint support."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from convergence.access.models import User
from convergence.people.models import OutsideReferent, PersonName
from convergence.support.meetings.groups import GROUP_COMPARTMENTS, Gathering
from convergence.support.meetings.joint import DISCUSSED
from convergence.support.meetings.recording import APPOINTMENT_COMPARTMENTS, Plan, moment
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.meetings import PRESENCES, AppointmentKind, GroupKind
from convergence.web.fields import DayField, LineField, VersionForm, WordsField

LENGTHS = (15, 30, 45, 60, 90, 120, 180, 240, 360, 480)
"""Usual lengths, in minutes."""


def length_words(minutes: int) -> str:
    """« 45 min », « 1 h », « 1 h 30 »."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}\u00a0min"
    return f"{hours}\u00a0h" + (f"\u00a0{rest:02d}" if rest else "")


class LengthField(forms.TypedChoiceField):
    """How long, among usual lengths; one that stands already is offered too."""

    def __init__(self, usual: int, **options: Any) -> None:
        super().__init__(label=_("Durée"), coerce=int, initial=usual, **options)
        self.offer(usual)
        self.error_messages["invalid_choice"] = _("Choisissez une durée dans la liste.")
        self.error_messages["required"] = _("Choisissez une durée dans la liste.")

    def offer(self, minutes: int) -> None:
        self.choices = [(length, length_words(length)) for length in sorted({*LENGTHS, minutes})]


class AppointmentForm(VersionForm):
    """With whom of the team, when, where, what for, and who may read it."""

    kind = forms.ChoiceField(
        label=_("Sorte de rendez-vous"),
        choices=AppointmentKind.choices(),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez une sorte de rendez-vous.")},
    )
    on = DayField(label=_("Le jour"), error_messages={"required": _("Donnez une date.")})
    at = forms.TimeField(
        label=_("L’heure"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": _("Donnez une heure."), "invalid": _("Donnez une heure, par exemple 14:30.")},
    )
    minutes = LengthField(60)
    colleague = forms.TypedChoiceField(
        label=_("Qui y va"),
        coerce=int,
        error_messages={
            "required": _("Choisissez dans la liste qui y va."),
            "invalid_choice": _("Choisissez dans la liste qui y va."),
        },
    )
    place = LineField(
        label=_("Où"),
        required=False,
        max_length=200,
        help_text=_("Nécessaire pour un accompagnement : préfecture, médecin, visite d’un logement…"),
    )
    purpose = WordsField(_("Pour quoi"), required=False)
    joint = forms.MultipleChoiceField(
        label=_("Avec quels autres référents"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Ceux dont la personne a été informée, et auxquels elle ne s’est pas opposée."),
        error_messages={"invalid_choice": _("Choisissez les référents dans la liste.")},
    )
    agreed = forms.BooleanField(label=_("Convenu avec la personne"), required=False, initial=True)
    compartment = forms.ChoiceField(
        label=_("Qui peut le lire"),
        widget=forms.RadioSelect,
        help_text=_("Un lieu peut en dire long : un rendez-vous au centre médico-psychologique parle de santé."),
        error_messages={
            "required": _("Choisissez qui peut lire le rendez-vous parmi les possibilités proposées."),
            "invalid_choice": _("Choisissez qui peut lire le rendez-vous parmi les possibilités proposées."),
        },
    )
    outcome = forms.ChoiceField(
        label=_("S’il a déjà eu lieu"),
        required=False,
        choices=[("", _("Il est à venir")), *((term.value, term.label) for term in PRESENCES)],
    )
    result = WordsField(_("Ce qu’il en ressort"), required=False)

    def __init__(
        self,
        *args: Any,
        team: Iterable[User],
        written: Collection[str],
        joints: Sequence[tuple[str, str]],
        planned: bool = False,
        **options: Any,
    ) -> None:
        """:param joints: (series, name) of the referents with whom joint support stands.
        :param planned: it stands already, and its outcome is noted apart.
        """
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields
        fields["colleague"].choices = [(user.pk, str(user)) for user in team]
        allowed = [kind for kind in APPOINTMENT_COMPARTMENTS if kind.value in written]
        fields["compartment"].choices = [(kind.value, kind.label) for kind in allowed]
        fields["compartment"].initial = Compartment.SOCIAL.value
        fields["minutes"].offer(options.get("initial", {}).get("minutes", 60))
        fields["joint"].choices = joints
        if not joints:
            del fields["joint"]
        if planned:
            del fields["outcome"], fields["result"]

    def plan(self) -> Plan:
        """:raises Refused: the moment cannot be."""
        given = self.cleaned_data
        return Plan(
            kind=AppointmentKind(given["kind"]),
            starts_at=moment(given["on"], given["at"]),
            minutes=given["minutes"],
            colleague_id=given["colleague"],
            place=given["place"],
            purpose=given["purpose"],
            agreed=given["agreed"],
            compartment=Compartment(given["compartment"]),
            joint=tuple(UUID(series) for series in given.get("joint", ())),
        )


class OutcomeForm(VersionForm):
    """Whether the person came; one touch sends it alone."""

    outcome = forms.ChoiceField(
        label=_("Est-ce que la personne est venue ?"),
        choices=[(term.value, term.label) for term in PRESENCES],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Dites si la personne est venue."),
            "invalid_choice": _("Dites si la personne est venue."),
        },
    )
    result = WordsField(_("Ce qu’il en ressort"), required=False)
    next = forms.CharField(required=False, widget=forms.HiddenInput)


class CancelForm(VersionForm):
    """It does not take place."""

    why = WordsField(_("Pourquoi"), required=False)


class InformForm(forms.Form):
    """The person is told that the team speaks with other referents of hers."""

    referents = forms.MultipleChoiceField(
        label=_("Avec quels référents"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choisissez le ou les référents dans la liste."),
            "invalid_choice": _("Choisissez le ou les référents dans la liste."),
        },
    )
    discussed = forms.MultipleChoiceField(
        label=_("De quoi il est parlé avec eux"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Dites de quoi il est parlé avec ce référent.")},
    )
    on = DayField(label=_("Informée le"), error_messages={"required": _("Donnez une date.")})
    informed_by = forms.TypedChoiceField(
        label=_("Par qui"),
        coerce=int,
        error_messages={
            "required": _("Choisissez un nom dans la liste."),
            "invalid_choice": _("Choisissez un nom dans la liste."),
        },
    )
    words = WordsField(
        _("Dans quels mots"),
        error_messages={"required": _("Écrivez dans quels mots la personne a été informée.")},
    )
    objects = forms.BooleanField(
        label=_("Elle s’y oppose : rien n’est dit à ces référents"),
        required=False,
    )
    objection = WordsField(_("Si elle s’y oppose, ce qu’elle en dit"), required=False)

    def __init__(
        self,
        *args: Any,
        referents: Iterable[OutsideReferent],
        team: Iterable[User],
        written: Collection[str],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields
        fields["referents"].choices = [(str(row.series), referent_words(row)) for row in referents]
        fields["discussed"].choices = [(kind.value, kind.label) for kind in DISCUSSED if kind.value in written]
        fields["informed_by"].choices = [(user.pk, str(user)) for user in team]


class ObjectionForm(VersionForm):
    """The person objects, whenever she wishes and without giving a reason."""

    on = DayField(label=_("Le"), error_messages={"required": _("Donnez une date.")})
    words = WordsField(_("Ce qu’elle en dit, si elle le souhaite"), required=False)


class GatheringForm(forms.Form):
    """What a group did, and who was there."""

    kind = forms.ChoiceField(
        label=_("Sorte de temps collectif"), choices=GroupKind.choices(), initial=GroupKind.WORKSHOP.value
    )
    title = LineField(
        label=_("Intitulé"),
        max_length=120,
        help_text=_("Par exemple : faire sa déclaration de revenus en ligne."),
        error_messages={"required": _("Dites ce que le groupe a fait, en quelques mots.")},
    )
    on = DayField(label=_("Le jour"), error_messages={"required": _("Donnez une date.")})
    minutes = LengthField(120)
    colleagues = forms.TypedMultipleChoiceField(
        label=_("Collègues présents"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choisissez les collègues dans la liste.")},
    )
    compartment = forms.ChoiceField(
        label=_("Qui peut le lire"),
        choices=[(kind.value, kind.label) for kind in GROUP_COMPARTMENTS],
        initial=Compartment.SOCIAL.value,
        help_text=_("Un groupe de parole sur les consommations parle de santé."),
    )
    came = forms.TypedMultipleChoiceField(
        coerce=int, required=False, error_messages={"invalid_choice": _("Choisissez les personnes dans la liste.")}
    )
    absent = forms.TypedMultipleChoiceField(
        coerce=int, required=False, error_messages={"invalid_choice": _("Choisissez les personnes dans la liste.")}
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: Sequence[PersonName], team: Iterable[User], **options: Any) -> None:
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields
        known = [(name.person_id, str(name)) for name in people]
        fields["came"].choices = fields["absent"].choices = known
        fields["colleagues"].choices = [(user.pk, str(user)) for user in team]
        fields["minutes"].offer(options.get("initial", {}).get("minutes", 120))
        self.people = people

    def rows(self) -> list[tuple[PersonName, bool, bool]]:
        """(name, ticked present, ticked absent) of each person."""
        came, absent = ({str(pk) for pk in self[field].value() or ()} for field in ("came", "absent"))
        return [(name, str(name.person_id) in came, str(name.person_id) in absent) for name in self.people]

    def seen_rows(self) -> list[int]:
        return [int(pk) for pk in self.cleaned_data["seen"].split(",") if pk.isdecimal()]

    def gathering(self) -> Gathering:
        given = self.cleaned_data
        return Gathering(
            kind=GroupKind(given["kind"]),
            title=given["title"],
            on=given["on"],
            minutes=given["minutes"],
            colleagues=tuple(given["colleagues"]),
            compartment=Compartment(given["compartment"]),
        )


def referent_words(referent: OutsideReferent) -> str:
    """« Lise Factice, assistante sociale (Centre fictif) »."""
    said = ", ".join(part for part in (referent.name, referent.role) if part)
    return f"{said} ({referent.body})" if referent.body else said
