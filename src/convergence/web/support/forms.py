"""Forms of contacts and notes."""

from collections.abc import Sequence, Set
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from convergence.intake.cells import visible
from convergence.support.notes import LONGEST
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.contacts import ContactKind
from convergence.web.fields import DayField


class ContactForm(forms.Form):
    """What happened, and on which day; one touch sends the kind alone, and means today."""

    kind = forms.ChoiceField(
        label=_("Ce qui s’est passé"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Dites ce qui s’est passé."),
            "invalid_choice": _("Choisissez une sorte de contact dans la liste."),
        },
    )
    on = DayField(label=_("Le jour"), error_messages={"required": _("Donnez une date.")})
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


class NoteForm(forms.Form):
    """A few words, who reads them, and the day they tell of."""

    body = forms.CharField(
        label=_("Quelques mots"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Écrivez quelques mots.")},
    )
    compartment = forms.ChoiceField(
        label=_("Qui peut lire"),
        error_messages={
            "required": _("Choisissez qui peut lire la note."),
            "invalid_choice": _("Choisissez qui peut lire la note parmi les possibilités proposées."),
        },
    )
    on = DayField(label=_("À propos du"), error_messages={"required": _("Donnez une date.")})
    next = forms.CharField(required=False, widget=forms.HiddenInput)
    # The version that the form shows, so that the second of two editors is told.
    seen_version = forms.IntegerField(required=False, min_value=0, max_value=2**62, widget=forms.HiddenInput)

    def __init__(self, *args: Any, compartments: Sequence[Compartment], today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        choice = self.fields["compartment"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 - for the type checker
        choice.choices = [(compartment.value, compartment.label) for compartment in compartments]
        if len(compartments) == 1:
            choice.widget = forms.HiddenInput()
            choice.initial = compartments[0].value
        self.fields["on"].initial = today

    def clean_body(self) -> str:
        body: str = self.cleaned_data["body"]
        if not visible(body).strip():
            raise forms.ValidationError(self.fields["body"].error_messages["required"], code="required")
        return body
