"""The hours of one person: her months, and the weeks of her PHC."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convergence.pathways.hours.models import MonthHours, PhcWeek
from convergence.pathways.hours.phc import LONGEST_WORDS, note_week, plan_weeks, weeks_of
from convergence.pathways.hours.reading import RotaContract, rota, typed_of
from convergence.people.models import Person
from convergence.platform.errors import ChangedMeanwhile
from convergence.rules.french import month_said, said_in_full
from convergence.rules.periods import Period
from convergence.rules.phc import A_WEEK, LONGEST, monday_of, rising, weeks_left
from convergence.rules.worked_hours import absences_said
from convergence.vocabulary.compartments import Compartment
from convergence.web.fields import DayField, VersionForm
from convergence.web.handling import answer, retyped, take_back
from convergence.web.hours.cells import HoursField
from convergence.web.hours.phc_drawing import draw_rise
from convergence.web.people.looking import open_person
from convergence.web.requests import Request
from convergence.web.rules import SITE_TEAM, open_to
from convergence.web.templatetags.display import period

PAGE = 24
ALWAYS = Period(date(1990, 1, 1))


@open_to(*SITE_TEAM)
@require_safe
def person_hours(request: Request, person_id: int) -> HttpResponse:
    """Month by month, planned, worked, absent; each PHC with its weeks."""
    person, reach = open_person(request, person_id)
    today = request.identity.today
    rows = MonthHours.objects.current().filter(person=person).select_related("site").order_by("-month", "pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    contracts = rota(person_id=person.pk, during=ALWAYS)
    weeks = weeks_of(contract.series for contract in contracts)
    # A PHC that became an ordinary CDDI keeps the weeks by which it rose.
    planned = {week.contract for week in weeks}
    phcs = [contract for contract in contracts if contract.is_phc or contract.series in planned]
    context: dict[str, Any] = {
        "person": person,
        "page": page,
        "months": [(row, month_said(row.month), absences_said(typed_of(row))) for row in page.object_list],
        "may_write": Compartment.HOURS.value in reach.written,
        "phcs": [
            (
                contract,
                period(contract.period.first_day, contract.period.last_day, today),
                mine := [week for week in weeks if week.contract == contract.series],
                draw_rise(mine),
            )
            for contract in reversed(phcs)
        ],
    }
    return render(request, "hours/person.html", context)


def contract_of(person: Person, series: UUID) -> RotaContract:
    """:raises Http404: no such contract of this person, or not at a site where the actor works."""
    for contract in rota(person_id=person.pk, during=ALWAYS):
        if contract.series == series:
            return contract
    raise Http404


def next_weeks(phc: RotaContract, today: date) -> dict[str, Any]:
    """What the form offers: the weeks after those planned, from the hours of the last one; or a rise from four."""
    planned = weeks_of([phc.series])
    start = planned[-1].week + A_WEEK if planned else max(phc.period.first_day, monday_of(today))
    first = planned[-1].planned if planned else Decimal(4)
    return {"start": start, "weeks": weeks_left(phc.period, start, 12), "first": first, "step": "2", "every": 2}


class PlanForm(forms.Form):
    """The rise of a PHC, from a few hours to twenty."""

    start = DayField(label=gettext_lazy("À partir de la semaine du"))
    weeks = forms.IntegerField(label=gettext_lazy("Pendant combien de semaines"), min_value=1, max_value=LONGEST)
    first = HoursField(
        label=gettext_lazy("Heures la première semaine"),
        required=True,
        error_messages={"required": gettext_lazy("Combien d’heures la première semaine ? Souvent 4.")},
    )
    step = HoursField(
        label=gettext_lazy("Puis combien d’heures de plus"), help_text=gettext_lazy("0 pour rester au même.")
    )
    every = forms.IntegerField(label=gettext_lazy("Toutes les combien de semaines"), min_value=1, max_value=LONGEST)

    def clean_step(self) -> Any:
        step = self.cleaned_data["step"]
        if step is not None and step < 0:
            raise forms.ValidationError(
                _("Une PHC monte peu à peu : écrivez 0 ou plus. Une semaine se baisse une à une.")
            )
        return step or 0


@open_to(*SITE_TEAM)
@require_http_methods(["GET", "POST"])
def plan(request: Request, person_id: int, contract: UUID) -> HttpResponse:
    """Plan the weeks of a PHC at once."""
    person, _reach = open_person(request, person_id)
    phc = contract_of(person, contract)
    today = request.identity.today
    form = PlanForm(request.POST or None, initial=next_weeks(phc, today))

    def work(form: PlanForm) -> str:
        given = form.cleaned_data
        weeks = rising(given["start"], given["weeks"], given["first"], given["step"], given["every"])
        made = plan_weeks(phc, weeks, today)
        said = ngettext("%(n)s semaine est prévue.", "%(n)s semaines sont prévues.", made) % {"n": made}
        messages.success(request, said if made else _("Rien n’a changé : ces semaines étaient déjà prévues ainsi."))
        return f"{reverse('person-hours', args=[person.pk])}#phc"

    def page(status: int) -> HttpResponse:
        context = {"person": person, "form": form, "heading": _("Prévoir les semaines de la PHC")}
        return render(request, "hours/form.html", context | {"button": _("Prévoir ces semaines")}, status=status)

    return answer(request, form, work, page)


class WeekForm(VersionForm):
    planned = HoursField(
        label=gettext_lazy("Heures prévues"),
        required=True,
        error_messages={"required": gettext_lazy("Combien d’heures sont prévues ? 4 au moins.")},
    )
    done = HoursField(label=gettext_lazy("Heures faites"))
    told = forms.CharField(
        label=gettext_lazy("Ce qui a été fait"),
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "Le travail fait, lu par toute l’équipe du chantier. Rien de la santé ni de la vie privée."
        ),
    )


def week_of(person: Person, week_id: int) -> PhcWeek:
    """The week as it stands.

    :raises Http404: no such week of this person, or it was taken out of the plan.
    """
    shown = PhcWeek.objects.filter(person=person, pk=week_id).first()
    fresh = PhcWeek.objects.current().filter(person=person, series=shown.series).first() if shown else None
    if fresh is None:
        raise Http404
    return fresh


@open_to(*SITE_TEAM)
@require_http_methods(["GET", "POST"])
def week(request: Request, person_id: int, week_id: int) -> HttpResponse:
    """Note what became of a week, or change its plan."""
    person, _reach = open_person(request, person_id)
    shown = week_of(person, week_id)
    phc = contract_of(person, shown.contract)
    initial = {"planned": shown.planned, "done": shown.done, "told": shown.told, "seen_version": shown.pk}
    form = WeekForm(request.POST or None, initial=initial)
    theirs: list[PhcWeek] = []

    def work(form: WeekForm) -> str:
        given = form.cleaned_data
        note_week(
            shown, phc, given["planned"], given["done"], given["told"], given["seen_version"], request.identity.today
        )
        messages.success(request, _("La semaine est notée."))
        return f"{reverse('person-hours', args=[person.pk])}#phc"

    def show_theirs(error: ChangedMeanwhile) -> None:
        retyped(form, seen_version=str(error.fresh.pk) if error.fresh else "")
        theirs.extend([error.fresh] if error.fresh else [])

    def page(status: int) -> HttpResponse:
        context = {
            "person": person,
            "form": form,
            "heading": _("Semaine du %(day)s") % {"day": said_in_full(shown.week)},
            "button": _("Enregistrer la semaine"),
            "theirs": theirs,
            "withdraw": reverse("withdraw-phc-week", args=[person.pk, shown.pk]),
        }
        return render(request, "hours/form.html", context, status=status)

    return answer(request, form, work, page, show_theirs)


@open_to(*SITE_TEAM)
@require_POST
def withdraw_week(request: Request, person_id: int, week_id: int) -> HttpResponse:
    person, _reach = open_person(request, person_id)
    shown = week_of(person, week_id)
    # Another site's plan is its own affair, though the hours are read here.
    contract_of(person, shown.contract)
    take_back(request, shown, _("La semaine n’est plus au programme ; elle reste dans l’historique."))
    return redirect("person-hours", person_id=person.pk)
