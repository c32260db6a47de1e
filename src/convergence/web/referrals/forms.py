"""Forms of referrals: a few fields each, to be filled with the person or with the partner on the telephone."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from convergence.network.models import Contact
from convergence.referrals.models import NEEDS_OF_OTHERS
from convergence.referrals.recording.facts import Suggestion
from convergence.referrals.recording.team import Consent
from convergence.referrals.sharing import LONGEST_MESSAGE, Line
from convergence.vocabulary.conferences import AgreementHow
from convergence.vocabulary.needs import NEEDS
from convergence.vocabulary.referrals import PARTNER_REFUSALS, PERSON_REFUSALS, Audience
from convergence.web.fields import DayField, VersionForm, WordsField

NO_DAY = {"required": gettext_lazy("Donnez une date.")}


def needs_offered() -> list[tuple[str, str]]:
    return [(code, NEEDS[code].label) for code in NEEDS_OF_OTHERS]


class ConsentForm(VersionForm):
    """How the person agreed to share, and what she was told."""

    explained = WordsField(
        gettext_lazy("Ce qui a été expliqué à la personne"),
        error_messages={"required": gettext_lazy("Dites en quelques mots ce qui a été expliqué à la personne.")},
        help_text=gettext_lazy("L’accord se retire à tout moment ; dire non ne change rien au contrat ni au parcours."),
    )
    how = forms.ChoiceField(
        label=gettext_lazy("Son accord"),
        choices=AgreementHow.choices(),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Dites comment la personne a donné son accord.")},
    )
    on = DayField(label=gettext_lazy("Donné le"), error_messages=NO_DAY)

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["on"].initial = today

    def consent(self) -> Consent:
        given = self.cleaned_data
        return Consent(given["how"], given["explained"], given["on"])


class AskForm(ConsentForm):
    """What the officers are asked to look for."""

    need = forms.ChoiceField(
        label=gettext_lazy("Besoin"),
        choices=lambda: [("", _("Choisir…")), *needs_offered()],
        error_messages={"required": gettext_lazy("Choisissez un besoin dans la liste.")},
    )
    words = WordsField(
        gettext_lazy("Ce qu’il faut savoir pour chercher"),
        required=False,
        help_text=gettext_lazy("Lu par l’équipe mutualisée du territoire : le strict nécessaire."),
    )
    field_order = ("need", "words", "explained", "how", "on")


class AgreeForm(ConsentForm):
    """What the partner will read, chosen with the person."""

    lines = forms.MultipleChoiceField(
        label=gettext_lazy("Ce que le partenaire lira"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("À choisir avec la personne. Rien d’autre n’est montré au partenaire."),
    )
    message = forms.CharField(
        label=gettext_lazy("Message pour le partenaire"),
        required=False,
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("À lire à la personne avant de l’envoyer."),
    )
    field_order = ("lines", "message", "explained", "how", "on")

    def __init__(self, *args: Any, offered: Iterable[Line], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["lines"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - for the type checker
        field.choices = [(line.code, f"{line.label}\u00a0: {line.text}") for line in offered]
        field.initial = ["name"]


class SendForm(VersionForm):
    """To whom of the partner the link goes."""

    contact = forms.ChoiceField(label=gettext_lazy("À qui"), required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, contacts: Iterable[Contact], other: bool = True, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["contact"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        known = [(str(who.series), f"{who.name}, {who.email}") for who in contacts]
        by_hand = [("", _("Par un autre moyen (téléphone, courrier) : la réponse se note ici"))]
        field.choices = known + (by_hand if other else [])
        field.initial = known[0][0] if known else ""


class ReasonForm(VersionForm):
    """Why the person says no."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Pourquoi"),
        choices=[(reason.value, reason.label) for reason in PERSON_REFUSALS],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choisissez pourquoi la personne refuse.")},
    )
    on = DayField(label=gettext_lazy("Le"), error_messages=NO_DAY)


class AnswerForm(VersionForm):
    """What the partner answers, as it told the team."""

    answer = forms.ChoiceField(
        label=gettext_lazy("Le partenaire…"),
        choices=[
            ("accept", gettext_lazy("accepte")),
            ("wait", gettext_lazy("met sur liste d’attente, ou est complet")),
            ("date", gettext_lazy("propose une date")),
            ("refuse", gettext_lazy("refuse")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Dites ce que le partenaire répond.")},
    )
    day = DayField(label=gettext_lazy("Date proposée"), required=False)
    hour = forms.TimeField(
        label=gettext_lazy("Heure"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    full_until = DayField(
        label=gettext_lazy("Complet jusqu’au"), required=False, help_text=gettext_lazy("Si le partenaire l’a dit.")
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Pourquoi il refuse"),
        required=False,
        choices=[("", gettext_lazy("Choisir…")), *((reason.value, reason.label) for reason in PARTNER_REFUSALS)],
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("answer") == "refuse" and not given.get("reason"):
            self.add_error("reason", _("Choisissez pourquoi la demande est refusée."))
        if given.get("answer") == "date" and not given.get("day") and "day" not in self.errors:
            self.add_error("day", _("Donnez une date."))
        if given.get("day") and not given.get("hour") and "hour" not in self.errors:
            self.add_error("hour", _("Donnez une heure."))
        return given

    def appointment(self) -> datetime | None:
        given = self.cleaned_data
        if not given.get("day"):
            return None
        return timezone.make_aware(datetime.combine(given["day"], given["hour"]))


class DayForm(VersionForm):
    """The day on which it began."""

    on = DayField(label=gettext_lazy("Le"), error_messages=NO_DAY)


class FinishForm(DayForm):
    """How it ended."""

    completed = forms.ChoiceField(
        label=gettext_lazy("Comment cela s’est terminé"),
        choices=[("yes", gettext_lazy("Mené à bien")), ("no", gettext_lazy("Interrompu"))],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Dites comment cela s’est terminé.")},
    )
    field_order = ("completed", "on")


class FactForm(DayForm):
    """What began in the person's life."""

    choice = forms.ChoiceField(label=gettext_lazy("Ce qui a changé"), widget=forms.RadioSelect, required=False)
    field_order = ("choice", "on")

    def __init__(self, *args: Any, suggestion: Suggestion, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["choice"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [*suggestion.choices, ("", _("Rien à noter dans sa situation"))]
        self.fields["on"].initial = suggestion.on


class NoteForm(forms.Form):
    """A message about the referral."""

    words = WordsField(gettext_lazy("Message"), error_messages={"required": gettext_lazy("Écrivez un message.")})
    audience = forms.ChoiceField(
        label=gettext_lazy("Qui le lit, avec l’équipe"), choices=Audience.choices(), widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, audiences: Collection[Audience], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["audience"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [(audience.value, audience.label) for audience in audiences]
        field.initial = audiences[0].value if isinstance(audiences, list) else ""
