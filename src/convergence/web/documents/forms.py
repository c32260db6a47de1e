"""Forms of documents: what it is, its pages, and what it proves."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from convergence.rules.calendars import calendar_of_aspect
from convergence.situations.models import Situation
from convergence.support.documents.contents import LIMITS, Page, pages_of
from convergence.support.documents.recording import LONGEST
from convergence.vocabulary.documents import DOCUMENTS, DocumentKind
from convergence.vocabulary.situations import ASPECTS
from convergence.web.fields import DayField, LineField

ACCEPTED = "application/pdf,image/jpeg,image/png"
NOTE, LEAVE = "note", "leave"


class SeveralFiles(forms.FileInput):
    """One field, any number of files as they were uploaded."""

    allow_multiple_selected = True

    def use_required_attribute(self, initial: Any) -> bool:
        """A photograph may stand in its place."""
        return False

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        return list(files.getlist(name)) if hasattr(files, "getlist") else []


class PagesField(forms.FileField):
    """The files of a document, in their order; what they hold is judged by ``PagesForm``."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        return list(data or [])


class PagesForm(forms.Form):
    """The pages of a document: photographs taken on the spot, files, or both."""

    front = PagesField(label=_("Photographier le recto"), required=False)
    back = PagesField(label=_("Photographier le verso, s’il y en a un"), required=False)
    files_given = PagesField(label=_("Choisir un ou plusieurs fichiers"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("front", "back"):
            taken = {"accept": "image/jpeg,image/png", "capture": "environment", "data-most": LIMITS.bytes}
            self.fields[name].widget = SeveralFiles(attrs=taken)
        self.fields["files_given"].widget = SeveralFiles(attrs={"accept": ACCEPTED, "data-most": LIMITS.bytes})

    def pages(self) -> list[Page]:
        """The pages, cleaned.

        :raises NotADocument: with a French sentence.
        """
        given = [file for name in ("front", "back", "files_given") for file in self.cleaned_data[name]]
        return pages_of(file.read() for file in given)


class WordsForm(forms.Form):
    """What is said of a document beside its kind."""

    words = LineField(
        label=_("Précision"),
        required=False,
        max_length=LONGEST,
        help_text=_("Ce qui aide à le retrouver : l’employeur, l’année, le numéro de page."),
    )
    expires_on = DayField(required=False)

    def limit_to(self, kind: DocumentKind) -> None:
        """Without what this kind does not have."""
        if kind.has_expiry:
            self.fields["expires_on"].label = kind.expiry_label
        else:
            del self.fields["expires_on"]


class DepositForm(WordsForm, PagesForm):
    """A new document; where it proves a situation, that situation is noted with it and carries the expiry."""

    note = forms.ChoiceField(widget=forms.RadioSelect)
    code = forms.ChoiceField(error_messages={"required": _("Choisissez une situation dans la liste.")})
    since = DayField(
        label=_("Depuis le"), error_messages={"required": _("Donnez la date à partir de laquelle c’est vrai.")}
    )
    until = DayField(required=False)
    seen_version = forms.CharField(required=False, widget=forms.HiddenInput)
    # The version of the document that a newer one replaces.
    seen_document = forms.CharField(required=False, widget=forms.HiddenInput)

    PROOF = ("note", "code", "since", "until", "seen_version")

    def __init__(self, *args: Any, kind: DocumentKind, running: Situation | None, today: date, **options: Any) -> None:
        """:param running: the situation as noted today, for a kind that proves one."""
        super().__init__(*args, **options)
        self.kind, self.running = kind, running
        self.limit_to(kind)
        if not kind.aspect:
            for name in self.PROOF:
                del self.fields[name]
            return
        self._prove(kind, today)

    def _prove(self, kind: DocumentKind, today: date) -> None:
        aspect, running = ASPECTS[kind.aspect], self.running
        note, code = self.fields["note"], self.fields["code"]
        assert isinstance(note, forms.ChoiceField)  # noqa: S101 - for the type checker
        assert isinstance(code, forms.ChoiceField)  # noqa: S101 - for the type checker
        note.label = _t("Situation « %(aspect)s »") % {"aspect": aspect.label}
        note.choices = [
            (NOTE, _t("Noter ce que dit ce document")),
            (LEAVE, _t("Garder le document sans rien changer à la situation")),
        ]
        note.initial = NOTE
        code.label, code.choices = aspect.label, aspect.values.choices()
        code.initial = self._value(today)
        same = running is not None and running.value == code.initial
        self.fields["since"].initial = running.starts if running and same and not running.expires_on else today
        self.fields["seen_version"].initial = running.pk if running else ""
        code.required = self.fields["since"].required = self.data.get("note") != LEAVE
        if aspect.has_expiry:
            self.fields["until"].label = aspect.expiry_label
        else:
            del self.fields["until"]

    def _value(self, today: date) -> str:
        """The value already noted, where this kind of document proves it too."""
        if self.running is not None and self.running.value:
            calendar = calendar_of_aspect(self.kind.aspect, self.kind.value, today)
            if calendar is not None and calendar == calendar_of_aspect(self.kind.aspect, self.running.value, today):
                return self.running.value
        return self.kind.value

    @property
    def notes_the_situation(self) -> bool:
        return bool(self.kind.aspect) and self.cleaned_data["note"] == NOTE

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.kind.aspect and given.get("note") == NOTE:
            since, until = given.get("since"), given.get("until")
            if since and until and until < since:
                self.add_error("until", _("Cette date vient avant « Depuis le » : vérifiez les deux."))
        return given


class CorrectionForm(WordsForm):
    """What a document is, said better: another kind that the same people read."""

    kind = forms.ChoiceField(label=_("Genre de document"))
    seen_version = forms.CharField(required=False, widget=forms.HiddenInput)

    field_order = ("kind", "words", "expires_on")

    def __init__(self, *args: Any, subject: DocumentKind, **options: Any) -> None:
        super().__init__(*args, **options)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)  # noqa: S101 - for the type checker
        alike = [other for other in DOCUMENTS.values() if other.compartment is subject.compartment]
        kind.choices = [(other.code, other.label) for other in alike]
        self.fields["expires_on"].label = _("Valable jusqu’au")
        if not any(other.has_expiry for other in alike):
            del self.fields["expires_on"]
