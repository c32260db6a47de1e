"""Noting a placement or a training, correcting it, telling what came of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any, cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convergence.pathways.models import Placement, Training
from convergence.pathways.placements import recording
from convergence.pathways.placements.recording import Outcome, PlacementTerms, TrainingTerms, remarks_on
from convergence.people.models import Person
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.placements import LearningResult, TrainingKind
from convergence.web.handling import answer, see_anew, take_back
from convergence.web.path.common import form_page
from convergence.web.people.looking import open_person
from convergence.web.people.marks import hours_words, last_day
from convergence.web.placements.forms import OutcomeForm, PlacementForm, TrainingForm
from convergence.web.requests import Request
from convergence.web.rows import latest_of, row_of
from convergence.web.rules import EMPLOYER, open_to
from convergence.web.templatetags.display import period

Row = Placement | Training
Terms = PlacementTerms | TrainingTerms
Form = PlacementForm | TrainingForm


@dataclass(frozen=True)
class Sort:
    """What differs between the screens of a placement and those of a training."""

    name: str
    label: str | Promise
    form: type[PlacementForm] | type[TrainingForm]
    heading: str | Promise
    done: str | Promise


SORTS: dict[type[Row], Sort] = {
    Placement: Sort(
        "placement",
        gettext_lazy("Immersion (PMSMP)"),
        PlacementForm,
        gettext_lazy("Noter une immersion (PMSMP)"),
        gettext_lazy("L’immersion est notée."),
    ),
    Training: Sort(
        "training",
        gettext_lazy("Formation ou atelier"),
        TrainingForm,
        gettext_lazy("Noter une formation ou un atelier"),
        gettext_lazy("La formation est notée."),
    ),
}


def learning(person: Person) -> str:
    """Address of what a person learns elsewhere, on her path."""
    return f"{reverse('path', args=[person.pk])}#apprendre"


def row_named(person: Person, ids: dict[str, int]) -> Row:
    """The row that an address names.

    :raises Http404: no such row of this person, or not for this actor.
    """
    ((name, pk),) = ids.items()
    return row_of(Placement, person, pk) if name == "placement_id" else row_of(Training, person, pk)


def terms_of(row: Row) -> Terms:
    if isinstance(row, Placement):
        return recording.placement_terms_of(row)
    return recording.training_terms_of(row)


def note(person: Person, form: Form, today: date) -> Row:
    if isinstance(form, PlacementForm):
        terms, happened = form.terms(Outcome()), form.cleaned_data["happened"]
        with form.asking_whether_it_happened():
            return recording.note_placement(person.pk, terms, today, happened=happened)
    return recording.note_training(person.pk, form.terms(Outcome()), today)


def amend(row: Row, terms: Terms, seen: str, today: date, *, happened: bool = False) -> Row:
    if isinstance(row, Placement):
        return recording.amend_placement(row, cast(PlacementTerms, terms), seen, today, happened=happened)
    return recording.amend_training(row, cast(TrainingTerms, terms), seen, today)


def initial_of(terms: Terms) -> dict[str, Any]:
    """A form's values; its codes are those of the vocabulary."""
    return {name: getattr(terms, name) for name in vars(terms) if name != "outcome"}


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def new_placement(request: Request, person_id: int) -> HttpResponse:
    return _new(request, person_id, Placement)


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def new_training(request: Request, person_id: int) -> HttpResponse:
    return _new(request, person_id, Training)


def _new(request: Request, person_id: int, model: type[Row]) -> HttpResponse:
    """Note one; ``comme`` names an earlier spell at the same place, of which only the dates change."""
    person, _reach = open_person(request, person_id)
    today, sort = request.identity.today, SORTS[model]
    form = sort.form(request.POST or None, initial=_as_before(request, person, model))

    def work(form: Form) -> str:
        noted = note(person, form, today)
        messages.success(request, str(sort.done))
        over = noted.ends is not None and noted.ends <= today
        return reverse(f"{sort.name}-result", args=[person.pk, noted.pk]) if over else learning(person)

    def page(status: int) -> HttpResponse:
        return form_page(request, person, form, str(sort.heading), _("Enregistrer"), status, back=learning(person))

    return answer(request, form, work, page)


def _as_before(request: Request, person: Person, model: type[Row]) -> dict[str, Any]:
    named = request.GET.get("comme", "")
    if not (named.isascii() and named.isdigit() and len(named) < 19):
        return {}
    earlier = model._default_manager.filter(person=person, pk=int(named)).first()
    if earlier is None:
        return {}
    values = initial_of(terms_of(earlier))
    return {name: value for name, value in values.items() if name not in {"first_day", "last_day", "hours"}}


@open_to(*EMPLOYER)
@require_safe
def detail(request: Request, person_id: int, **ids: int) -> HttpResponse:
    """One of them, what came of it, and every version of it."""
    person, reach = open_person(request, person_id)
    shown = latest_of(row_named(person, ids))
    today, sort = request.identity.today, SORTS[type(shown)]
    rows = type(shown)._default_manager.filter(series=shown.series).select_related("recorded_by").order_by("-pk")
    context = {
        "person": person,
        "shown": shown,
        "sort": sort,
        "where": shown.host if isinstance(shown, Placement) else shown.organiser,
        "kind": "" if isinstance(shown, Placement) else TrainingKind(shown.kind).label,
        "hours": hours_words(shown.hours),
        "when": period(shown.starts, last_day(shown.ends), today),
        "result": LearningResult(shown.result).label if shown.result else "",
        "begun": shown.starts is not None and shown.starts <= today,
        "remarks": remarks_on(shown) if isinstance(shown, Placement) else [],
        "may_write": Compartment.WORK.value in reach.written,
        "versions": [
            (row, period(row.starts, last_day(row.ends), today), LearningResult(row.result).label if row.result else "")
            for row in rows
        ],
    } | _addresses(person, shown, sort)
    return render(request, "placements/detail.html", context)


def _addresses(person: Person, shown: Row, sort: Sort) -> dict[str, str]:
    own = [person.pk, shown.pk]
    return {
        "to_result": reverse(f"{sort.name}-result", args=own),
        "to_correct": reverse(f"correct-{sort.name}", args=own),
        "to_withdraw": reverse(f"withdraw-{sort.name}", args=own),
        "to_repeat": f"{reverse(f'new-{sort.name}', args=[person.pk])}?comme={shown.pk}",
    }


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def correct(request: Request, person_id: int, **ids: int) -> HttpResponse:
    """Correct where, why or when."""
    person, _reach = open_person(request, person_id)
    shown = latest_of(row_named(person, ids))
    terms = terms_of(shown)
    form = SORTS[type(shown)].form(request.POST or None, initial=initial_of(terms) | {"seen_version": shown.pk})

    def change(form: Form) -> Row:
        given = form.cleaned_data
        seen, wanted = given["seen_version"], form.terms(terms.outcome)
        if isinstance(form, PlacementForm):
            with form.asking_whether_it_happened():
                return amend(shown, wanted, seen, request.identity.today, happened=given["happened"])
        return amend(shown, wanted, seen, request.identity.today)

    return _changed(request, person, shown, form, change, _("Corriger"))


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def result(request: Request, person_id: int, **ids: int) -> HttpResponse:
    """Tell what came of it; stopped early, it ends on the day on which it stopped."""
    person, _reach = open_person(request, person_id)
    shown = latest_of(row_named(person, ids))
    terms = terms_of(shown)
    certified = {True: "yes", False: "no"}.get(terms.outcome.certified) if terms.outcome.certified is not None else ""
    initial = {
        "result": terms.outcome.result,
        "told": terms.outcome.told,
        "last_day": terms.last_day,
        "hours": terms.hours,
        "certified": certified,
        "seen_version": shown.pk,
    }
    form = OutcomeForm(request.POST or None, certifies=isinstance(shown, Training), initial=initial)

    def change(form: OutcomeForm) -> Row:
        given = form.cleaned_data
        told = replace(terms, outcome=form.outcome(), last_day=given["last_day"], hours=given["hours"])
        return amend(shown, told, given["seen_version"], request.identity.today)

    return _changed(request, person, shown, form, change, _("Ce qu’il en est sorti"))


def _changed(
    request: Request, person: Person, shown: Row, form: Any, change: Callable[[Any], Row], heading: str
) -> HttpResponse:
    """One form about what stands; heading, and where it leads."""
    sort = SORTS[type(shown)]

    def work(form: Any) -> str:
        changed = change(form)
        messages.success(request, _("C’est noté ; la version précédente reste lisible."))
        return reverse(sort.name, args=[person.pk, changed.pk])

    def page(status: int) -> HttpResponse:
        said = [f"{sort.label}, {period(shown.starts, last_day(shown.ends), request.identity.today)}"]
        back = reverse(sort.name, args=[person.pk, shown.pk])
        return form_page(request, person, form, heading, _("Enregistrer"), status, said=said, back=back)

    return answer(request, form, work, page, partial(see_anew, form))


@open_to(*EMPLOYER)
@require_POST
def withdraw(request: Request, person_id: int, **ids: int) -> HttpResponse:
    """Take back what was noted by mistake; it stays in the history."""
    person, _reach = open_person(request, person_id)
    shown = row_named(person, ids)
    take_back(request, shown, _("C’est retiré ; ce qui était noté reste dans l’historique."))
    return redirect(SORTS[type(shown)].name, person.pk, shown.pk)
