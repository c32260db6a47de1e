"""Forms of hand-overs: whom, to whom, for how long; and what one answers."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from convergence.people.handovers.giving import Absence
from convergence.people.models import PersonName
from convergence.support.balance import Load
from convergence.web.fields import DayField

ABSENCE, DEPARTURE = "absence", "departure"


class PeopleForm(forms.Form):
    """Some people of a list, or all of them."""

    everybody = forms.BooleanField(required=False)
    people = forms.TypedMultipleChoiceField(
        label=_("Personnes"),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("La liste a changé pendant que vous choisissiez : relisez-la.")},
    )

    def __init__(self, *args: Any, names: Sequence[PersonName], **options: Any) -> None:
        super().__init__(*args, **options)
        people, everybody = self.fields["people"], self.fields["everybody"]
        assert isinstance(people, forms.ChoiceField)  # noqa: S101 - for the type checker
        people.required = "everybody" not in self.data
        people.error_messages["required"] = str(_("Choisissez au moins une personne."))
        people.choices = [(name.person_id, str(name)) for name in names]
        everybody.label = str(_("Toutes : %(n)s personnes")) % {"n": len(names)}
        if len(names) < 2:
            del self.fields["everybody"]

    def chosen(self) -> list[int]:
        if self.cleaned_data.get("everybody"):
            return [int(value) for value, _label in self.fields["people"].choices]  # type: ignore[attr-defined]
        people: list[int] = self.cleaned_data["people"]
        return people


class ReferentsForm(PeopleForm):
    """Who follows those whom nobody follows."""

    mission = forms.TypedChoiceField(
        label=_("Qui les suit désormais"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choisissez qui les suit."),
            "invalid_choice": _("Choisissez quelqu’un de la liste."),
        },
    )

    def __init__(self, *args: Any, loads: Sequence[Load], **options: Any) -> None:
        super().__init__(*args, **options)
        mission = self.fields["mission"]
        assert isinstance(mission, forms.ChoiceField)  # noqa: S101 - for the type checker
        mission.choices = [(load.mission.pk, f"{load.mission.user}, {load.mission}") for load in loads]


class OfferForm(ReferentsForm):
    """Handing people over: for an absence, with its last day, or for good."""

    kind = forms.ChoiceField(
        label=_("Pour quoi"),
        choices=[(ABSENCE, _("Une absence : elles reviennent ensuite d’elles-mêmes")), (DEPARTURE, _("Un départ"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Dites si c’est une absence ou un départ.")},
    )
    first = DayField(label=_("À partir du"), error_messages={"required": _("Donnez le premier jour.")})
    last = DayField(label=_("Dernier jour d’absence"), required=False)
    field_order = ("everybody", "people", "kind", "first", "last", "mission")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["mission"].label = _("À qui")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("kind") == ABSENCE and not given.get("last") and "last" not in self.errors:
            self.add_error("last", _("Donnez le dernier jour de l’absence."))
        return given

    def absence(self) -> Absence:
        given = self.cleaned_data
        return Absence(given["first"], given["last"] if given["kind"] == ABSENCE else None)


class AnswerForm(forms.Form):
    """What a colleague answers to those who are handed over to her."""

    offers = forms.TypedMultipleChoiceField(
        label=_("Personnes"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choisissez au moins une personne."),
            "invalid_choice": _("La liste a changé pendant que vous lisiez : relisez-la."),
        },
    )
    answer = forms.ChoiceField(
        label=_("Réponse"),
        choices=[("accept", _("Accepter")), ("decline", _("Refuser"))],
        error_messages={
            "required": _("Dites si vous acceptez."),
            "invalid_choice": _("Dites si vous acceptez."),
        },
    )

    def __init__(self, *args: Any, choices: Sequence[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        offers = self.fields["offers"]
        assert isinstance(offers, forms.ChoiceField)  # noqa: S101 - for the type checker
        offers.choices = choices
        offers.initial = [value for value, _label in choices]
