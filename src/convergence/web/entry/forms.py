"""Forms of a person's entry. Whether what they say can be is judged when it is recorded."""

from collections.abc import Set
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from convergence.access.models import User
from convergence.pathways.entry.eligibility import Paper
from convergence.pathways.entry.recording import Choice, NewPass, Orientation
from convergence.pathways.recording import Terms
from convergence.rules.candidacies import paper_needed
from convergence.rules.eligibility import criteria
from convergence.territories.models import Site
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.contracts import ContractKind, Programme
from convergence.vocabulary.eligibility import ControlResult, CriterionLevel, DiagnosisAuthor
from convergence.vocabulary.orientations import CandidacyOutcome, Referrer
from convergence.vocabulary.sensitive import narrower
from convergence.web.fields import DayField, LineField
from convergence.web.path.forms import PassForm
from convergence.web.people.forms import NewcomerForm

LONGEST = 2000
DIAGNOSIS = "diagnosis:"


class WordsForm(forms.Form):
    """A form with words that all those who may hire will read: one that tells of health or justice is asked about once.

    ``kept`` is the answer: the words stay as they are.
    """

    words_field = ""
    kept = forms.BooleanField(
        label=gettext_lazy("Garder ces mots : ils ne disent rien de la santé ni de la justice"), required=False
    )

    @property
    def asks_to_keep(self) -> bool:
        return self.is_bound and self.words_field in self.errors

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        found = narrower(given.get(self.words_field) or "", Compartment.SOCIAL)
        if found and not given.get("kept"):
            self.add_error(
                self.words_field,
                _("« %(word)s » parle peut-être de santé ou de justice, et la direction lit ces mots : à retirer ?")
                % {"word": found[0][1]},
            )
        return given


class OrientationForm(forms.Form):
    """Who sent the person, and when."""

    referrer = forms.ChoiceField(
        label=gettext_lazy("Orientée par"), choices=[("", gettext_lazy("choisir…")), *Referrer.choices()]
    )
    body = LineField(
        label=gettext_lazy("Nom de l’organisme"),
        max_length=160,
        required=False,
        help_text=gettext_lazy("Vide si ce nom révèle un soin ou une mesure de justice : la sorte suffit."),
    )
    oriented_on = DayField(label=gettext_lazy("Reçue le"))
    seen_version = forms.CharField(required=False, widget=forms.HiddenInput)

    def orientation(self) -> Orientation:
        given = self.cleaned_data
        return Orientation(given["referrer"], given["oriented_on"], given["body"])


class NewCandidacyForm(OrientationForm, NewcomerForm):
    """Somebody sent to a site; ``person`` when it is somebody whom the team knows already."""

    site = forms.ModelChoiceField(label=gettext_lazy("Chantier"), queryset=Site.objects.none())
    person = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)
    field_order = ("given_name", "family_name", "birth", "phone", "site", "referrer", "body", "oriented_on")

    def __init__(self, *args: Any, today: date, sites: list[Site], **options: Any) -> None:
        super().__init__(*args, today=today, **options)
        site = self.fields["site"]
        assert isinstance(site, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        site.queryset = Site.objects.filter(pk__in=[each.pk for each in sites])
        site.initial = sites[0].pk if len(sites) == 1 else None
        self.fields["oriented_on"].initial = today


class MeetingForm(WordsForm):
    """Who met the candidate, when, whether she came, in a few words."""

    words_field = "words"
    on = DayField(label=gettext_lazy("Le jour"))
    came = forms.TypedChoiceField(
        label=gettext_lazy("La personne est-elle venue ?"),
        choices=[("yes", gettext_lazy("oui")), ("no", gettext_lazy("non"))],
        coerce=lambda value: value == "yes",
    )
    colleague = forms.ModelChoiceField(label=gettext_lazy("Avec qui"), queryset=User.objects.none())
    words = forms.CharField(
        label=gettext_lazy("Quelques mots"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Lus par celles et ceux qui embauchent ici ; rien de la santé ni de la justice."),
    )
    field_order = ("on", "came", "colleague", "words", "kept")

    def __init__(self, *args: Any, colleagues: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        colleague = self.fields["colleague"]
        assert isinstance(colleague, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        colleague.queryset = colleagues
        self.fields["on"].initial = today


class DecisionForm(WordsForm):
    """What is decided, when and why; for a hiring, the first day and what its steps depend on."""

    words_field = "reason"
    outcome = forms.ChoiceField(
        label=gettext_lazy("Décision"),
        widget=forms.RadioSelect,
        choices=CandidacyOutcome.choices(),
        error_messages={"required": gettext_lazy("Choisissez une décision dans la liste.")},
    )
    decided_on = DayField(label=gettext_lazy("Décidée le"))
    reason = forms.CharField(
        label=gettext_lazy("Pourquoi"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Obligatoire pour un refus du chantier : la personne peut le demander."),
    )
    first_day = DayField(
        label=gettext_lazy("Premier jour de travail prévu"),
        required=False,
        help_text=gettext_lazy("Pour une embauche seulement."),
    )
    foreign_permit = forms.BooleanField(
        label=gettext_lazy("La personne travaille avec un titre de séjour"), required=False
    )
    registered_at_france_travail = forms.BooleanField(
        label=gettext_lazy("Elle est inscrite à France Travail"), required=False
    )
    seen_version = forms.CharField(required=False, widget=forms.HiddenInput)
    field_order = ("outcome", "decided_on", "reason", "kept", "first_day")

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["decided_on"].initial = today

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        hired = given.get("outcome") == CandidacyOutcome.HIRED
        if hired and not given.get("first_day") and "first_day" not in self.errors:
            self.add_error("first_day", _("Indiquez le premier jour prévu : les démarches d’embauche en dépendent."))
        if not hired and given.get("first_day"):
            self.add_error("first_day", _("Cette décision n’est pas une embauche : laissez ce jour vide."))
        return given

    def choice(self) -> Choice:
        given = self.cleaned_data
        return Choice(
            outcome=CandidacyOutcome(given["outcome"]),
            decided_on=given["decided_on"],
            reason=given["reason"].strip(),
            first_day=given["first_day"],
            foreign_permit=given["foreign_permit"],
            registered_at_france_travail=given["registered_at_france_travail"],
        )


class ProofForm(forms.Form):
    """What was shown: the proof of one criterion, or a diagnosis; its dates."""

    what = forms.ChoiceField(label=gettext_lazy("Ce que la pièce prouve"))
    made_on = DayField(label=gettext_lazy("Établie le"))
    valid_until = DayField(
        label=gettext_lazy("Valable jusqu’au"),
        required=False,
        help_text=gettext_lazy("Si la pièce porte une date de fin (RQTH, titre de séjour)."),
    )

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        what = self.fields["what"]
        assert isinstance(what, forms.ChoiceField)  # noqa: S101 - for the type checker
        by_level = {
            level.label: [(row.criterion.value, row.criterion.label) for row in criteria(today) if row.level is level]
            for level in CriterionLevel
        }
        diagnoses = [(f"{DIAGNOSIS}{author.value}", author.label) for author in DiagnosisAuthor]
        what.choices = [("", _("choisir…")), *by_level.items(), (_("Diagnostic établi par"), diagnoses)]
        self.papers = [
            (row.criterion.label, paper_needed(row.criterion, today)) for row in criteria(today) if row.proof
        ]

    def paper(self) -> Paper:
        given = self.cleaned_data
        what: str = given["what"]
        is_diagnosis = what.startswith(DIAGNOSIS)
        return Paper(
            made_on=given["made_on"],
            criterion="" if is_diagnosis else what,
            diagnosis_by=what.removeprefix(DIAGNOSIS) if is_diagnosis else "",
            valid_until=given["valid_until"],
        )


class StepForm(forms.Form):
    """The day on which a line of the checklist was done; empty says that it was not."""

    done_on = DayField(
        label=gettext_lazy("Fait le"),
        required=False,
        help_text=gettext_lazy("Vide si ce n’est pas fait, après une erreur."),
    )
    seen_version = forms.CharField(required=False, widget=forms.HiddenInput)


class ControlForm(forms.Form):
    """A control of eligibility, from the day that its letter bears."""

    asked_on = DayField(label=gettext_lazy("Demandé le"), help_text=gettext_lazy("La date du courrier reçu."))


class ControlAnswerForm(forms.Form):
    """When the papers were sent, and how the control ended."""

    answered_on = DayField(label=gettext_lazy("Justificatifs envoyés le"), required=False)
    closed_on = DayField(label=gettext_lazy("Résultat connu le"), required=False)
    result = forms.ChoiceField(
        label=gettext_lazy("Résultat"),
        required=False,
        choices=[("", gettext_lazy("pas encore connu")), *ControlResult.choices()],
    )
    seen_version = forms.CharField(required=False, widget=forms.HiddenInput)


class StartForm(forms.Form):
    """The contract of the first day, and the PASS that opens with it where it is known."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Type de contrat"),
        choices=[(kind.value, kind.label) for kind in (ContractKind.CDDI, ContractKind.CDI_INCLUSION)],
    )
    programme = forms.ChoiceField(label=gettext_lazy("Programme"), choices=Programme.choices())
    starts = DayField(label=gettext_lazy("Premier jour"))
    last_day = DayField(label=gettext_lazy("Dernier jour"), required=False)
    weekly_hours = forms.DecimalField(
        label=gettext_lazy("Heures par semaine"), max_digits=4, decimal_places=1, min_value=0, localize=True
    )
    pass_first_day = DayField(
        label=gettext_lazy("Premier jour du PASS IAE"),
        required=False,
        help_text=gettext_lazy("Vide s’il n’est pas encore connu, ou s’il court déjà et se trouve dans le parcours."),
    )
    number = forms.CharField(
        label=gettext_lazy("Numéro de PASS IAE"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("Douze chiffres, par exemple 99999 24 00001 ; vide s’il n’est pas connu."),
    )
    seen_version = forms.CharField(required=False, widget=forms.HiddenInput)
    clean_number = PassForm.clean_number

    def __init__(self, *args: Any, without: Set[str] = frozenset(), **options: Any) -> None:
        """:param without: programmes that the site sets aside."""
        super().__init__(*args, **options)
        programme = self.fields["programme"]
        assert isinstance(programme, forms.ChoiceField)  # noqa: S101 - for the type checker
        programme.choices = [(code, label) for code, label in Programme.choices() if code not in without]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        starts, last = given.get("starts"), given.get("last_day")
        if starts and last and last < starts:
            self.add_error("last_day", _("Le dernier jour vient avant le premier."))
        if given.get("kind") != ContractKind.CDDI and given.get("programme") not in {None, Programme.NONE.value}:
            self.add_error("programme", _("Seul un CDDI peut relever d’un programme (Convergence, PHC)."))
        hours = given.get("weekly_hours")
        if hours is not None and not 0 < hours <= 35:
            self.add_error("weekly_hours", _("Un contrat compte plus de 0 et au plus 35 heures par semaine."))
        if given.get("number") and not given.get("pass_first_day"):
            self.add_error("pass_first_day", _("Indiquez aussi le premier jour de ce PASS."))
        return given

    def terms(self, site_id: int) -> Terms:
        given = self.cleaned_data
        return Terms(
            kind=given["kind"],
            starts=given["starts"],
            last_day=given["last_day"],
            programme=given["programme"],
            site_id=site_id,
            weekly_hours=given["weekly_hours"],
        )

    def new_pass(self) -> NewPass | None:
        first_day = self.cleaned_data["pass_first_day"]
        return NewPass(first_day, self.cleaned_data["number"]) if first_day else None
