"""The end of a path: first when and why, then what that motive asks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from convergence.pathways.exits.recording import Corrected
from convergence.pathways.models import Contract
from convergence.pathways.recording import Terms
from convergence.rules.exits import JOB_KINDS, NAMED, category_of, employment_after
from convergence.situations.models import Situation
from convergence.territories.siret import clean_siret
from convergence.vocabulary.exits import ExitCategory, ExitMotive
from convergence.vocabulary.missing import Missing
from convergence.vocabulary.situations import ASPECTS, Aspect
from convergence.web.fields import DayField, LineField
from convergence.web.people.forms import FURTHEST_START
from convergence.web.people.marks import contract_words

GOES_ON = "goes_on"
STOPS = "stops"


def motive_choices(on: date) -> list[tuple[str, list[tuple[int, str]]]]:
    """The motives under what they count as on a day."""
    return [
        (
            _("Compte comme : %(category)s") % {"category": category.label.lower()},
            [(motive.value, motive.label) for motive in ExitMotive if category_of(motive, on) is category],
        )
        for category in ExitCategory
    ]


class WhenAndWhyForm(forms.Form):
    """The last day of the path and the motive; the rest of the screen follows from them."""

    last_day = DayField(
        label=gettext_lazy("Dernier jour du parcours"), error_messages={"required": gettext_lazy("Donnez une date.")}
    )
    motive = forms.TypedChoiceField(
        label=gettext_lazy("Motif de sortie"),
        coerce=lambda code: ExitMotive(int(code)),
        error_messages={
            "required": gettext_lazy("Choisissez un motif de sortie dans la liste."),
            "invalid_choice": gettext_lazy("Choisissez un motif de sortie dans la liste."),
        },
    )

    def __init__(self, *args: Any, today: date, first_day: date | None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today, self.first_day = today, first_day
        motive = self.fields["motive"]
        assert isinstance(motive, forms.TypedChoiceField)  # noqa: S101 - for the type checker
        motive.choices = [("", _("Choisir…")), *motive_choices(today)]

    def clean_last_day(self) -> date:
        day: date = self.cleaned_data["last_day"]
        if day > self.today:
            raise forms.ValidationError(_("Cette date est à venir : une fin de parcours se note le jour venu."))
        if self.first_day is not None and day < self.first_day:
            raise forms.ValidationError(
                _("La fin vient avant le début du parcours : l’une des deux dates est à corriger.")
            )
        return day


@dataclass(frozen=True)
class Seen:
    """One aspect as it was noted for the day of the exit, and the version that runs now."""

    aspect: Aspect
    fact: Situation | None
    version: str


class LeavingForm(forms.Form):
    """What the motive asks: employer or training, contracts that end, situations that day, what follows."""

    seen_version = forms.CharField(required=False, widget=forms.HiddenInput)
    employer = LineField(label=gettext_lazy("Employeur"), max_length=160)
    kind = forms.ChoiceField(label=gettext_lazy("Type de contrat"))
    starts = DayField(label=gettext_lazy("Premier jour"))
    ends = DayField(label=gettext_lazy("Dernier jour"), required=False, help_text=gettext_lazy("Vide sans terme fixé."))
    weekly_hours = forms.DecimalField(
        label=gettext_lazy("Heures par semaine"),
        max_digits=4,
        decimal_places=1,
        min_value=0,
        max_value=35,
        required=False,
        localize=True,
    )
    destination = LineField(label=gettext_lazy("Nom"), max_length=160)
    siret = forms.CharField(
        label=gettext_lazy("SIRET"), max_length=25, required=False, help_text=gettext_lazy("S’il est connu.")
    )
    follows = forms.ChoiceField(
        label=gettext_lazy("Et l’accompagnement ?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Dites si l’accompagnement continue.")},
    )
    sure = forms.BooleanField(
        label=gettext_lazy("Arrêter quand même l’accompagnement, malgré l’emploi durable"), required=False
    )

    def __init__(
        self,
        *args: Any,
        motive: ExitMotive,
        last_day: date,
        today: date,
        running: Iterable[Contract],
        seen: Iterable[Seen],
        may_stop: bool,
        **options: Any,
    ) -> None:
        """:param running: the person's contracts that run beyond the last day.
        :param seen: aspects to confirm or correct. :param may_stop: the actor's site may stop supporting her.
        """
        super().__init__(*args, **options)
        self.motive, self.last_day, self.today = motive, last_day, today
        self.running, self.seen = list(running), list(seen)
        self.durable = category_of(motive, last_day) is ExitCategory.DURABLE
        self._ask_where()
        for contract in self.running:
            self.fields[f"contract_{contract.pk}"] = forms.BooleanField(
                label=_("%(contract)s se termine aussi ce jour-là") % {"contract": contract_words(contract)},
                required=False,
                initial=True,
            )
        for each in self.seen:
            self._ask_situation(each)
        if not may_stop:
            del self.fields["follows"], self.fields["sure"]
            return
        follows = self.fields["follows"]
        assert isinstance(follows, forms.ChoiceField)  # noqa: S101 - for the type checker
        follows.choices = [
            (GOES_ON, _("Il continue : la personne reste dans les dossiers de l’équipe")),
            (STOPS, _("Il s’arrête ce jour-là : l’équipe ne lira plus son dossier ensuite")),
        ]
        follows.initial = STOPS if motive is ExitMotive.DEATH else GOES_ON
        if not self.durable:
            del self.fields["sure"]

    def _ask_where(self) -> None:
        kinds = JOB_KINDS.get(self.motive, ())
        if not kinds:
            for name in ("employer", "kind", "starts", "ends", "weekly_hours"):
                del self.fields[name]
            if self.motive not in NAMED:
                del self.fields["destination"], self.fields["siret"]
            else:
                training = self.motive is ExitMotive.TRAINING
                self.fields["destination"].label = _("Formation et organisme") if training else _("Nom de l’entreprise")
            return
        del self.fields["destination"]
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)  # noqa: S101 - for the type checker
        kind.choices = [(each.value, each.label) for each in kinds]
        kind.initial = kinds[0].value
        self.fields["starts"].initial = self.last_day + timedelta(days=1)

    def _ask_situation(self, seen: Seen) -> None:
        aspect = seen.aspect
        proposed = employment_after(self.motive) if aspect.code == "employment" else None
        if proposed is not None and seen.fact is not None and proposed in (seen.fact.value, seen.fact.missing):
            proposed = None
        self.fields[f"situation_{aspect.code}"] = forms.ChoiceField(
            label=aspect.label,
            required=False,
            choices=[("", kept_words(seen)), *aspect.values.choices(), *Missing.choices()],
            initial=proposed.value if proposed else "",
        )
        self.fields[f"seen_{aspect.code}"] = forms.CharField(
            required=False, widget=forms.HiddenInput, initial=seen.version
        )

    def clean_siret(self) -> str:
        return clean_siret(self.cleaned_data["siret"])

    def clean_starts(self) -> date:
        starts: date = self.cleaned_data["starts"]
        if starts > self.today + FURTHEST_START:
            raise forms.ValidationError(_("Ce contrat commencerait dans plus de deux ans : vérifiez l’année."))
        return starts

    def clean_weekly_hours(self) -> Any:
        hours = self.cleaned_data["weekly_hours"]
        if hours is not None and hours <= 0:
            raise forms.ValidationError(_("Un contrat compte plus de 0 heure par semaine ; laissez vide sinon."))
        return hours

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("follows") == STOPS and self.durable and not given.get("sure"):
            self.add_error(
                "sure",
                _(
                    "L’accompagnement continue d’ordinaire un an après un emploi durable : "
                    "cochez pour l’arrêter quand même."
                ),
            )
        return given

    def job(self) -> Terms | None:
        given = self.cleaned_data
        if "kind" not in given:
            return None
        return Terms(
            kind=given["kind"],
            starts=given["starts"],
            last_day=given["ends"],
            employer=given["employer"],
            weekly_hours=given["weekly_hours"],
        )

    def ended(self) -> frozenset[int]:
        given = self.cleaned_data
        return frozenset(contract.pk for contract in self.running if given[f"contract_{contract.pk}"])

    def corrected(self) -> list[Corrected]:
        given = self.cleaned_data
        return [
            Corrected(each.aspect.code, code, given[f"seen_{each.aspect.code}"])
            for each in self.seen
            if (code := given[f"situation_{each.aspect.code}"])
        ]

    @property
    def where_fields(self) -> list[Any]:
        names = ("employer", "destination", "kind", "starts", "ends", "weekly_hours", "siret")
        return [self[name] for name in names if name in self.fields]

    @property
    def contract_fields(self) -> list[Any]:
        return [self[f"contract_{contract.pk}"] for contract in self.running]

    @property
    def situation_fields(self) -> list[Any]:
        return [self[f"situation_{each.aspect.code}"] for each in self.seen]


def kept_words(seen: Seen) -> str:
    """« Confirmer : Chez un tiers », « Laisser non évalué »."""
    if seen.fact is None:
        return _("Rien de noté : laisser non évalué")
    return _("Confirmer : %(situation)s") % {"situation": seen.fact.label}


AT_EXIT = ("employment", "housing", "health_cover", "regular_doctor", "rqth", "aah")
"""Aspects that the half-year return tells of those who left, in the order of the screen."""


def seen_on(person_id: int, last_day: date, written: Iterable[str]) -> list[Seen]:
    """What was noted for the day of the exit, aspect by aspect, of what the actor writes; one query."""
    aspects = [ASPECTS[code] for code in AT_EXIT if ASPECTS[code].compartment.value in written]
    facts = Situation.objects.current().filter(person_id=person_id, aspect__in=[each.code for each in aspects])
    lines: dict[str, list[Situation]] = {}
    for fact in facts.order_by("valid"):
        lines.setdefault(fact.aspect, []).append(fact)
    return [
        Seen(
            aspect,
            next((fact for fact in lines.get(aspect.code, ()) if last_day in fact.valid), None),
            str(lines[aspect.code][-1].pk) if aspect.code in lines else "",
        )
        for aspect in aspects
    ]
