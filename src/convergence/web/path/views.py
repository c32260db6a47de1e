"""The path page: three clocks, what must be decided, what was decided, and what may follow."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from convergence.pathways.clocks import path_of
from convergence.pathways.linked import shared_by_links
from convergence.pathways.models import Contract, Extension, HoursDerogation, Pass, Suspension
from convergence.pathways.placements.reading import learning_of
from convergence.people.models import Host
from convergence.rules.clocks import Reading, read
from convergence.rules.decisions import ahead
from convergence.rules.elsewhere import remarks_from_elsewhere
from convergence.rules.pass_clock import PassClock
from convergence.rules.path import Path
from convergence.rules.periods import Period
from convergence.rules.planning import Answer, Goal, Plan, plan
from convergence.rules.remarks import Remark, remarks
from convergence.rules.words import decision_said
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.decisions import ClockName, DecisionState
from convergence.vocabulary.structures import EmployerKind
from convergence.web.path.bars import draw_clocks
from convergence.web.path.forms import WhatNextForm
from convergence.web.path.words import FORMS, Ahead, binding_said, decision_called_for, first_decision
from convergence.web.people.looking import open_person
from convergence.web.people.marks import contract_words, in_words, last_day
from convergence.web.requests import Request
from convergence.web.rules import EMPLOYER, open_to
from convergence.web.templatetags.display import period

TONES = {DecisionState.GRANTED: "ok", DecisionState.REFUSED: "late", DecisionState.ASKED: "soon"}


@dataclass(frozen=True)
class DecisionLine:
    """An extension as the page lists it."""

    row: Extension
    what: str
    state: str
    tone: str


@open_to(*EMPLOYER)
@require_safe
def path_page(request: Request, person_id: int) -> HttpResponse:
    person, reach = open_person(request, person_id)
    today = request.identity.today
    path = path_of(person.pk)
    reading = read(path, today)
    decisions = ahead(path, reading)
    first = first_decision(reading, decisions)
    form = WhatNextForm(request.GET if "vers" in request.GET else None, today=today)
    context: dict[str, Any] = {
        "person": person,
        "reading": reading,
        "drawing": draw_clocks(path, reading),
        "binding": binding_said(reading),
        "called_for": decision_called_for(first, today) if first else "",
        "first": Ahead(first, "", FORMS.get(first.kind, "")) if first else None,
        "ahead": [Ahead(each, decision_said(each, today), FORMS.get(each.kind, "")) for each in decisions],
        "counts": pass_counts(reading),
        "remarks": [*remarks(path, today), *remarks_of_links(person.pk, path, today)],
        "may_write": Compartment.WORK.value in reach.written,
        "form": form,
        "answer": what_next(path, form, today),
    }
    return render(request, "path/path.html", context | recorded(person.pk, today))


def remarks_of_links(person_id: int, path: Path, today: date) -> list[Remark]:
    """What the person's other files would change in the clocks; one query, the look at them on record."""
    shared = shared_by_links(person_id, "path")
    days = [Period(first, last) for first, last in shared.days]
    return remarks_from_elsewhere(path, days, [Period(one.first_day, one.last_day) for one in shared.passes], today)


def recorded(person_id: int, today: date) -> dict[str, Any]:
    """The decisions and contracts that stand, the latest first; seven queries."""
    suspensions = Suspension.objects.current().filter(person_id=person_id).order_by("-valid")
    extensions = Extension.objects.current().filter(person_id=person_id).defer("reason").order_by("-pk")
    derogations = HoursDerogation.objects.current().filter(person_id=person_id).order_by("-valid")
    contracts = Contract.objects.current().filter(person_id=person_id).select_related("site").order_by("-valid")
    return {
        "passes": Pass.objects.current().filter(person_id=person_id).order_by("-valid"),
        "suspensions": [(row, period(row.starts, last_day(row.ends), today)) for row in suspensions],
        "extensions": [_extension_line(row) for row in extensions],
        "derogations": [(row, period(row.starts, last_day(row.ends), today)) for row in derogations],
        "learning": [
            (line, period(line.first_day, line.last_day, today), line.last_day < today)
            for line in learning_of(person_id)
        ],
        "hosts": [
            (host, period(host.starts, last_day(host.ends), today), host.ends is not None and host.ends <= today)
            for host in Host.objects.current().filter(person_id=person_id).select_related("user").order_by("-valid")
        ],
        "contracts": [(in_words(row, today), contract_words(row)) for row in contracts],
    }


def _extension_line(row: Extension) -> DecisionLine:
    state = DecisionState(row.state)
    return DecisionLine(row, ClockName(row.clock).label, state.label, TONES.get(state, ""))


def pass_counts(reading: Reading) -> list[tuple[str, date]]:
    """The three ends of the PASS, where one differs from another: by our facts, by law, in the State's tool."""
    clock = reading.pass_iae
    if not isinstance(clock, PassClock):
        return []
    ends = [
        ("Selon les faits notés ici, comptés comme la plateforme", clock.by_platform),
        ("Selon la loi, 24 mois et chaque jour suspendu rendu", clock.by_law),
    ]
    if clock.official is not None:
        ends.insert(0, ("Selon l’outil de l’État", clock.official))
    return ends if len({day for _label, day in ends}) > 1 else []


@dataclass(frozen=True)
class WhatNext:
    """The best ways on, each in steps, and what stops the path or what was asked for."""

    plans: tuple[Plan, ...]
    why: str
    complete: bool


def what_next(path: Path, form: WhatNextForm, today: date) -> WhatNext:
    """The lawful ways on from the contract under way, towards what the form asks if it asks anything."""
    goal = Goal(structures=(EmployerKind.ACI, EmployerKind.EI))
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        there = EmployerKind(given["vers"] or EmployerKind.ACI)
        goal = Goal(
            until=given["jusqu"],
            structures=(EmployerKind.ACI,) if there is EmployerKind.ACI else (EmployerKind.ACI, there),
            ends_in=None if there is EmployerKind.ACI else there,
            passerelle=given["passerelle"],
        )
    found: Answer = plan(path, goal, today)
    return WhatNext(found.plans, found.why, found.complete)
