"""Forms of contacts and notes."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from convergence.intake.cells import visible
from convergence.support.notes import LONGEST
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.contacts import ContactKind
from convergence.vocabulary.sensitive import narrower
from convergence.web.fields import DayField


class ContactForm(forms.Form):
    """What happened, and on which day; one touch sends the kind alone, and means today."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Ce qui s’est passé"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Dites ce qui s’est passé."),
            "invalid_choice": gettext_lazy("Choisissez une sorte de contact dans la liste."),
        },
    )
    on = DayField(label=gettext_lazy("Le jour"), error_messages={"required": gettext_lazy("Donnez une date.")})
    next = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, today: date, without: Set[str] = frozenset(), **options: Any) -> None:
        """:param without: kinds that the site sets aside."""
        super().__init__(*args, **options)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)  # noqa: S101 - for the type checker
        kind.choices = [(code, label) for code, label in ContactKind.choices() if code not in without]
        self.fields["on"].initial = today
        if self.is_bound and "on" not in self.data:
            self.data = self.data.copy()  # type: ignore[attr-defined]
            self.data["on"] = today.isoformat()  # type: ignore[index]


@dataclass(frozen=True)
class Reminder:
    """A word that others would read than those whom it concerns.

    :param instead: where the note may be written instead, for somebody who writes there.
    """

    word: str
    instead: Compartment | None
    belongs: Compartment

    @property
    def sentence(self) -> str:
        if self.belongs is Compartment.JUSTICE:
            return _(
                "« %(word)s » parle peut-être de justice : seules les contraintes de temps et de contrat se notent, "
                "pour la seule référente ou le seul référent, jamais une infraction ni une condamnation."
            ) % {"word": self.word}
        return _("« %(word)s » parle peut-être de santé : plutôt dans le volet Santé ?") % {"word": self.word}


class NoteForm(forms.Form):
    """A few words, who reads them, and the day they tell of.

    A word of health or justice typed where more people read is asked about once (``reminder``): the button that
    answers sends ``move_to``, a narrower compartment, or ``kept``, and the note is written as it stands.
    """

    body = forms.CharField(
        label=gettext_lazy("Quelques mots"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Écrivez quelques mots.")},
    )
    compartment = forms.ChoiceField(
        label=gettext_lazy("Qui peut lire"),
        error_messages={
            "required": gettext_lazy("Choisissez qui peut lire la note."),
            "invalid_choice": gettext_lazy("Choisissez qui peut lire la note parmi les possibilités proposées."),
        },
    )
    on = DayField(label=gettext_lazy("À propos du"), error_messages={"required": gettext_lazy("Donnez une date.")})
    next = forms.CharField(required=False, widget=forms.HiddenInput)
    # The version that the form shows, so that the second of two editors is told.
    seen_version = forms.IntegerField(required=False, min_value=0, max_value=2**62, widget=forms.HiddenInput)
    reminder: Reminder | None = None

    def __init__(self, *args: Any, compartments: Sequence[Compartment], today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        choice = self.fields["compartment"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 - for the type checker
        choice.choices = [(compartment.value, compartment.label) for compartment in compartments]
        if len(compartments) == 1:
            choice.widget = forms.HiddenInput()
            choice.initial = compartments[0].value
        self.fields["on"].initial = today
        self.writable = [compartment.value for compartment in compartments]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        written, where = given.get("body", ""), given.get("compartment")
        if self.data.get("move_to") in self.writable:
            given["compartment"] = self.data["move_to"]
        elif written and where and "kept" not in self.data:
            for belongs, word in narrower(written, Compartment(where)):
                self.reminder = Reminder(word, belongs if belongs.value in self.writable else None, belongs)
                raise forms.ValidationError(self.reminder.sentence, code="reminder")
        return given

    def clean_body(self) -> str:
        body: str = self.cleaned_data["body"]
        if not visible(body).strip():
            raise forms.ValidationError(self.fields["body"].error_messages["required"], code="required")
        return body
