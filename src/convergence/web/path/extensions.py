"""Extensions of the PASS or of a CDDI: prepared, asked for, granted or refused, taken back."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convergence.pathways.clocks import path_of
from convergence.pathways.decisions.recording import Demand, ask, grant, prepare, reject
from convergence.pathways.models import Extension
from convergence.rules.decisions import Decision, decisions
from convergence.rules.law import motive_rule
from convergence.rules.words import decision_said
from convergence.vocabulary.decisions import Approver, ClockName, DecisionKind, DecisionState
from convergence.vocabulary.extensions import ExtensionMotive
from convergence.web.fields import VersionForm
from convergence.web.handling import answer, see_anew, take_back
from convergence.web.path.common import form_page
from convergence.web.path.forms import AskForm, DemandForm, GrantForm, RefuseForm
from convergence.web.people.looking import open_person
from convergence.web.requests import Request
from convergence.web.rows import latest_of, row_of
from convergence.web.rules import CARE, EMPLOYER, open_to

KINDS = {ClockName.PASS: DecisionKind.EXTEND_PASS, ClockName.CDDI: DecisionKind.EXTEND_CDDI}


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def new_pass(request: Request, person_id: int) -> HttpResponse:
    return _new(request, person_id, ClockName.PASS, _("Prolonger le PASS IAE"))


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def new_cddi(request: Request, person_id: int) -> HttpResponse:
    return _new(request, person_id, ClockName.CDDI, _("Prolonger le CDDI au-delà de 24 mois"))


def _new(request: Request, person_id: int, clock: ClockName, heading: str) -> HttpResponse:
    """Prepare a demand, pre-filled with the ground that leads furthest."""
    person, _reach = open_person(request, person_id)
    today = request.identity.today
    open_ones = [each for each in decisions(path_of(person.pk), today) if each.kind is KINDS[clock]]
    form = DemandForm(request.POST or None, clock=clock, initial=_proposed(open_ones))

    def work(form: DemandForm) -> str:
        given = form.cleaned_data
        motive = ExtensionMotive(given["motive"])
        demand = Demand(
            clock,
            motive,
            Approver(given["approver"]) if "approver" in given else approver_of(motive, today),
            given["until"],
            given["training_ends_on"],
        )
        made = prepare(person.pk, demand, today)
        messages.success(request, _("La demande est prête ; notez le jour où vous l’envoyez."))
        return reverse("extension", args=[person.pk, made.pk])

    def page(status: int) -> HttpResponse:
        said = [decision_said(each, today) for each in open_ones]
        return form_page(request, person, form, heading, _("Préparer la demande"), status, said=said)

    return answer(request, form, work, page)


def _proposed(open_ones: list[Decision]) -> dict[str, Any]:
    first = next(iter(open_ones), None)
    if first is None:
        return {}
    return {
        "motive": first.motive.value if first.motive else None,
        "until": first.new_last_day,
        "approver": first.approvers[0].value if first.approvers else None,
    }


def approver_of(motive: ExtensionMotive, on: date) -> Approver:
    """Who decides on a ground of extension of the PASS, by law."""
    row = motive_rule(motive, on)
    return Approver.AUTHORISED_PRESCRIBER if row is None or row.prescriber else Approver.EMPLOYER


@open_to(*EMPLOYER)
@require_safe
def extension(request: Request, person_id: int, extension_id: int) -> HttpResponse:
    """A demand, where it stands, and every version of it."""
    person, _reach = open_person(request, person_id)
    shown = latest_of(row_of(Extension, person, extension_id))
    rows = Extension.objects.filter(series=shown.series).select_related("recorded_by").order_by("-pk")
    state = DecisionState(shown.state)
    context = {
        "person": person,
        "shown": shown,
        "state": state.label,
        "clock": ClockName(shown.clock).label,
        "motive": ExtensionMotive(shown.motive).label,
        "approver": Approver(shown.approver).label,
        "to_send": state is DecisionState.DRAFT and shown.approver != Approver.EMPLOYER,
        "to_decide": state is DecisionState.DRAFT and shown.approver == Approver.EMPLOYER,
        "writes_review": request.identity.holds(*CARE),
        "to_answer": state is DecisionState.ASKED,
        "versions": [(row, DecisionState(row.state).label) for row in rows],
    }
    return render(request, "path/extension.html", context)


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def send(request: Request, person_id: int, extension_id: int) -> HttpResponse:
    """Note that the demand was sent."""

    def note(shown: Extension, form: VersionForm) -> Extension:
        given = form.cleaned_data
        return ask(shown, given["asked_on"], given["seen_version"], request.identity.today)

    words = (_("Demande envoyée"), _("Noter l’envoi"), _("L’envoi de la demande est noté."))
    return _answered(request, person_id, extension_id, AskForm, note, words)


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def accept(request: Request, person_id: int, extension_id: int) -> HttpResponse:
    """Note that the demand was granted, possibly for less than was asked for."""

    def note(shown: Extension, form: VersionForm) -> Extension:
        given = form.cleaned_data
        return grant(shown, given["decided_on"], given["until"], given["seen_version"], request.identity.today)

    words = (_("Prolongation accordée"), _("Noter l’accord"), _("L’accord est noté ; les dates sont recalculées."))
    return _answered(request, person_id, extension_id, GrantForm, note, words)


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def decline(request: Request, person_id: int, extension_id: int) -> HttpResponse:
    """Note that the demand was refused, why, and since when that is certain."""

    def note(shown: Extension, form: VersionForm) -> Extension:
        given = form.cleaned_data
        answered = (given["decided_on"], given["notified_on"], given["reason"])
        return reject(shown, *answered, given["seen_version"], request.identity.today)

    words = (_("Prolongation refusée"), _("Noter le refus"), _("Le refus est noté, avec ses raisons."))
    return _answered(request, person_id, extension_id, RefuseForm, note, words)


def _answered(
    request: Request,
    person_id: int,
    extension_id: int,
    form_class: type[VersionForm],
    note: Callable[[Extension, VersionForm], Extension],
    words: tuple[str, str, str],
) -> HttpResponse:
    """One step of a demand: heading, button, and what is said once it is noted."""
    person, _reach = open_person(request, person_id)
    shown = latest_of(row_of(Extension, person, extension_id))
    today = request.identity.today
    heading, button, done = words
    initial = {"asked_on": today, "decided_on": today, "until": shown.until, "seen_version": shown.pk}
    form = form_class(request.POST or None, initial=initial)

    def work(form: VersionForm) -> str:
        noted = note(shown, form)
        messages.success(request, done)
        return reverse("extension", args=[person.pk, noted.pk])

    def page(status: int) -> HttpResponse:
        return form_page(request, person, form, heading, button, status)

    return answer(request, form, work, page, partial(see_anew, form))


@open_to(*EMPLOYER)
@require_POST
def withdraw_extension(request: Request, person_id: int, extension_id: int) -> HttpResponse:
    person, _reach = open_person(request, person_id)
    shown = row_of(Extension, person, extension_id)
    take_back(request, shown, _("La demande est retirée ; elle reste lisible dans l’historique."))
    return redirect("extension", person_id=person.pk, extension_id=shown.pk)
