"""Forms of goals and actions: a few fields each, to be filled with the person in front of one."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from convergence.access.models import User
from convergence.intake.cells import visible
from convergence.people.models import OutsideReferent
from convergence.support.goals.recording import Task
from convergence.vocabulary.domains import Domain
from convergence.vocabulary.goals import ActionBy, ActionOutcome, GoalResult
from convergence.web.fields import DayField, VersionForm, WordsField

COLLEAGUE, REFERENT = "user-", "referent-"


class GoalForm(VersionForm):
    """A goal in the person's words. Its domain says who reads it, and does not change."""

    words = WordsField(
        _("Ce qu’elle ou il veut, avec ses mots"),
        error_messages={"required": _("Écrivez l’objectif avec les mots de la personne.")},
    )
    domain = forms.ChoiceField(
        label=_("Domaine"),
        choices=[("", _("Choisir…")), *Domain.choices()],
        error_messages={"required": _("Choisissez le domaine de l’objectif dans la liste.")},
    )
    judicial = forms.BooleanField(
        label=_("Il y est question de contraintes judiciaires"),
        help_text=_("Seule la conseillère ou le conseiller référent le lira."),
        required=False,
    )
    on = DayField(label=_("Convenu le"), error_messages={"required": _("Donnez une date.")})

    def __init__(
        self, *args: Any, today: date, may_be_judicial: bool, correcting: bool = False, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.fields["on"].initial = today
        if correcting:
            del self.fields["domain"]
        if correcting or not may_be_judicial:
            del self.fields["judicial"]


class CloseGoalForm(VersionForm):
    """What became of a goal."""

    result = forms.ChoiceField(
        label=_("Ce qu’il est devenu"),
        choices=GoalResult.choices(),
        widget=forms.RadioSelect,
        error_messages={"required": _("Dites ce que l’objectif est devenu.")},
    )
    comment = WordsField(_("En quelques mots"), required=False)
    on = DayField(label=_("Le"), error_messages={"required": _("Donnez une date.")})


def words_of(referent: OutsideReferent) -> str:
    """« Lise Factice, assistante sociale », as an action says who does it."""
    role = referent.role[:1].lower() + referent.role[1:]
    return f"{referent.name}, {role}" if referent.name else referent.role


class ActionForm(VersionForm):
    """One thing to do: what, who does it, for when."""

    what = WordsField(_("Quoi"), error_messages={"required": _("Dites ce qui est à faire.")})
    by = forms.ChoiceField(label=_("Qui s’en charge"), error_messages={"required": _("Dites qui s’en charge.")})
    who = forms.CharField(
        label=_("Quel référent ou quel partenaire"),
        help_text=_("Seulement si son nom n’est pas dans la liste."),
        required=False,
        max_length=160,
    )
    due_on = DayField(label=_("Pour le"), error_messages={"required": _("Donnez une date.")})

    def __init__(
        self,
        *args: Any,
        person_name: str,
        team: Iterable[User],
        referents: Iterable[OutsideReferent],
        **options: Any,
    ) -> None:
        """:param team: the colleagues who may be asked, the actor first.

        :param referents: those whom the person has elsewhere and whom the goal's readers may know.
        """
        super().__init__(*args, **options)
        self.referents = {f"{REFERENT}{referent.pk}": words_of(referent) for referent in referents}
        by = self.fields["by"]
        assert isinstance(by, forms.ChoiceField)  # noqa: S101 - for the type checker
        by.choices = [
            ("", _("Choisir…")),
            (ActionBy.PERSON.value, person_name),
            *((f"{COLLEAGUE}{colleague.pk}", str(colleague)) for colleague in team),
            *self.referents.items(),
            (
                ActionBy.OUTSIDE_REFERENT.value,
                _("Un autre référent extérieur") if self.referents else ActionBy.OUTSIDE_REFERENT.label,
            ),
            (ActionBy.PARTNER.value, ActionBy.PARTNER.label),
        ]

    def clean_who(self) -> str:
        return visible(self.cleaned_data["who"]).strip()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        outside = given.get("by") in {ActionBy.OUTSIDE_REFERENT, ActionBy.PARTNER}
        if outside and not given.get("who") and "who" not in self.errors:
            self.add_error("who", _("Dites quel référent ou quel partenaire s’en charge."))
        return given

    def task(self) -> Task:
        given = self.cleaned_data
        code: str = given["by"]
        if code in self.referents:
            return Task(given["what"], ActionBy.OUTSIDE_REFERENT, given["due_on"], None, self.referents[code])
        colleague = int(code.removeprefix(COLLEAGUE)) if code.startswith(COLLEAGUE) else None
        by = ActionBy.USER if colleague else ActionBy(code)
        return Task(given["what"], by, given["due_on"], colleague, given["who"])


class SettleForm(VersionForm):
    """What became of an action: done, or not and why."""

    outcome = forms.ChoiceField(
        label=_("Est-ce fait ?"),
        choices=ActionOutcome.choices(),
        widget=forms.RadioSelect,
        error_messages={"required": _("Dites si c’est fait, et sinon pourquoi.")},
    )
    why = WordsField(_("Pourquoi"), required=False, help_text=_("À dire quand ce n’est pas fait."))
    on = DayField(label=_("Le"), error_messages={"required": _("Donnez une date.")})
