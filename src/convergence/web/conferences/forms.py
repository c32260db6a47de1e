"""Forms of case conferences."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from convergence.access.models import User
from convergence.people.models import PersonName
from convergence.support.conferences.recording import LONGEST, Agreement
from convergence.support.goals.models import Goal
from convergence.support.goals.recording import Task
from convergence.territories.models import Site
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.conferences import AgreementHow
from convergence.web.fields import DayField, LineField, VersionForm, WordsField
from convergence.web.goals.forms import ActionForm


class ConferenceForm(VersionForm):
    """When, whose teams, who attends."""

    held_on = DayField(label=_("Le"), error_messages={"required": _("Donnez une date.")})
    sites = forms.TypedMultipleChoiceField(
        label=_("Chantiers"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choisissez au moins un chantier."),
            "invalid_choice": _("Choisissez des chantiers de la liste."),
        },
    )
    colleagues = forms.TypedMultipleChoiceField(
        label=_("Qui participe"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choisissez des collègues de la liste.")},
    )
    guests = LineField(
        label=_("Et aussi"),
        required=False,
        max_length=300,
        help_text=_("Fonction et organisme, par exemple « assistante sociale de secteur »."),
    )

    def __init__(self, *args: Any, sites: Sequence[Site], team: Sequence[User], **options: Any) -> None:
        super().__init__(*args, **options)
        for name, choices in (
            ("sites", [(site.pk, str(site)) for site in sites]),
            ("colleagues", [(user.pk, str(user)) for user in team]),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
            field.choices = choices
        if len(sites) == 1:
            self.fields["sites"].initial = [sites[0].pk]


class AgendaForm(forms.Form):
    """Whom to discuss, and her agreement."""

    person = forms.TypedChoiceField(
        label=_("De qui parler"),
        coerce=int,
        error_messages={
            "required": _("Choisissez une personne."),
            "invalid_choice": _("Choisissez une personne de la liste."),
        },
    )
    agreed_on = DayField(
        label=_("Elle a donné son accord le"),
        error_messages={
            "required": _("Sans l’accord de la personne, on ne parle pas d’elle : dites quand il a été donné.")
        },
    )
    agreed_how = forms.ChoiceField(
        label=_("Comment"),
        choices=AgreementHow.choices(),
        widget=forms.RadioSelect,
        error_messages={"required": _("Dites comment la personne a donné son accord.")},
    )
    question = WordsField(
        _("De quoi parler"), required=False, help_text=_("L’équipe d’accompagnement le lira ; le papier imprimé, non.")
    )

    def __init__(self, *args: Any, names: Sequence[PersonName], today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        person = self.fields["person"]
        assert isinstance(person, forms.ChoiceField)  # noqa: S101 - for the type checker
        person.choices = [("", _("Choisir…")), *((name.person_id, str(name)) for name in names)]

    def agreement(self) -> Agreement:
        return Agreement(self.cleaned_data["agreed_on"], self.cleaned_data["agreed_how"])


class DecisionForm(ActionForm):
    """What is decided, who reads it; and the action that follows, towards one of the person's goals."""

    words = forms.CharField(
        label=_("Ce qui est décidé"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Écrivez ce qui est décidé.")},
    )
    compartment = forms.ChoiceField(
        label=_("Qui peut lire"),
        error_messages={
            "required": _("Choisissez qui peut lire la décision."),
            "invalid_choice": _("Choisissez qui peut lire la décision parmi les possibilités proposées."),
        },
    )
    goal = forms.ChoiceField(label=_("Une action qui en découle, pour l’objectif"), required=False)
    field_order = ("words", "compartment", "goal", "what", "by", "who", "due_on")

    def __init__(self, *args: Any, goals: Sequence[Goal], compartments: Sequence[Compartment], **options: Any) -> None:
        super().__init__(*args, **options)
        self.goals = {str(goal.pk): goal for goal in goals}
        for name, choices in (
            ("compartment", [(kind.value, kind.label) for kind in compartments]),
            ("goal", [("", _("Pas d’action")), *((pk, f"« {row.words} »") for pk, row in self.goals.items())]),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
            field.choices = choices
        # Without a goal there is no action, and nothing to say of it.
        if not self.data.get("goal"):
            for name in ("what", "by", "due_on"):
                self.fields[name].required = False
        if not goals:
            for name in ("goal", "what", "by", "who", "due_on"):
                del self.fields[name]

    def clean_who(self) -> str:
        return super().clean_who() if "who" in self.cleaned_data else ""

    def followed_by(self) -> tuple[Goal | None, Task | None]:
        """The goal and what is to be done for it, where an action follows."""
        goal = self.goals.get(self.cleaned_data.get("goal", ""))
        return (goal, self.task()) if goal else (None, None)
