"""Noting the end of a path, and turning it back."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from convergence.pathways.exits.models import Exit
from convergence.pathways.exits.reading import hours_worked, verdicts_of
from convergence.pathways.exits.recording import Leaving, exit_of, latest_pathway, leave
from convergence.pathways.models import Contract, Pathway
from convergence.people.models import Person, Support
from convergence.platform.changes import settle
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.rules.exits import category_of
from convergence.support.after.exits import open_with, undo_with_support
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.exits import ExitMotive
from convergence.web.exits.forms import GOES_ON, STOPS, LeavingForm, WhenAndWhyForm, seen_on
from convergence.web.handling import answer, retyped
from convergence.web.people.looking import Reach, open_person
from convergence.web.requests import Request
from convergence.web.rules import EMPLOYER, open_to


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def new(request: Request, person_id: int) -> HttpResponse:
    """One screen: when and why, what it counts in, what it led to, what is true that day, what follows."""
    person, reach = open_person(request, person_id)
    if Compartment.WORK.value not in reach.written:
        raise Http404
    pathway = latest_pathway(person.pk)
    already = exit_of(pathway) if pathway else None
    if pathway is None or (already is not None and request.method != "POST"):
        return render(request, "exits/none.html", {"person": person, "already": already})
    today = request.identity.today
    contracts = contracts_of(person, pathway)
    asked = request.POST if request.method == "POST" else request.GET
    first = first_form(asked, pathway, contracts, today)
    form = leaving_form(request, person, reach, first, contracts) if first.is_bound and first.is_valid() else None
    context: dict[str, Any] = {"person": person, "first": first, "form": form, "pathway": pathway}
    if form is not None:
        context |= told(pathway, contracts, form)
    if form is None:
        status = 422 if request.method == "POST" else 200
        return render(request, "exits/new.html", context, status=status)
    form.fields["seen_version"].initial = pathway.pk

    def work(form: LeavingForm) -> str:
        given = form.cleaned_data
        leaving = Leaving(
            motive=form.motive,
            last_day=form.last_day,
            job=form.job(),
            destination=given.get("destination", ""),
            siret=given.get("siret", ""),
            ends=form.ended(),
            situations=form.corrected(),
            leaves_sites=own_sites(request, person) if given.get("follows") == STOPS else (),
        )
        noted = leave(person.pk, leaving, given["seen_version"], today)
        if form.durable and given.get("follows") == GOES_ON and Compartment.SOCIAL.value in reach.written:
            open_with(noted, today)
        messages.success(request, _("La fin de parcours est notée."))
        if leaving.leaves_sites and form.last_day < today:
            return reverse("people")
        return reverse("after", args=[person.pk])

    def show_theirs(error: ChangedMeanwhile) -> None:
        fresh = {f"seen_{each.aspect.code}": each.version for each in seen_on(person.pk, form.last_day, reach.written)}
        current = latest_pathway(person.pk)
        retyped(form, seen_version=str(current.pk) if current else "", **fresh)

    def page(status: int) -> HttpResponse:
        return render(request, "exits/new.html", context, status=status)

    return answer(request, form, work, page, show_theirs)


@open_to(*EMPLOYER)
@require_POST
def undo_exit(request: Request, person_id: int, exit_id: int) -> HttpResponse:
    """Turn an end of path back; what was noted stays in the history."""
    person, reach = open_person(request, person_id)
    noted = Exit.objects.filter(person=person, pk=exit_id).first()
    if noted is None or Compartment.WORK.value not in reach.written:
        raise Http404
    try:
        undo_with_support(noted)
        settle(request.identity.today)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("La fin de parcours est annulée : ce qu’elle avait changé est comme avant."))
    return redirect("after", person_id=person.pk)


def contracts_of(person: Person, pathway: Pathway) -> list[Contract]:
    """The contracts of the path, the latest last; one query."""
    rows = Contract.objects.current().filter(person=person).select_related("site").order_by("valid")
    return [row for row in rows if pathway.starts is None or (row.starts is not None and row.starts >= pathway.starts)]


def first_form(asked: QueryDict, pathway: Pathway, contracts: list[Contract], today: date) -> WhenAndWhyForm:
    """Bound once a motive is asked for; until then the last day is that of the path, of its last contract, or today."""
    ends = pathway.ends or (contracts[-1].ends if contracts else None)
    known = ends - timedelta(days=1) if ends is not None and ends <= today else today
    return WhenAndWhyForm(
        asked if "motive" in asked else None, today=today, first_day=pathway.starts, initial={"last_day": known}
    )


def leaving_form(
    request: Request, person: Person, reach: Reach, first: WhenAndWhyForm, contracts: list[Contract]
) -> LeavingForm:
    motive: ExitMotive = first.cleaned_data["motive"]
    last_day: date = first.cleaned_data["last_day"]
    after = last_day + timedelta(days=1)
    return LeavingForm(
        request.POST if request.method == "POST" else None,
        motive=motive,
        last_day=last_day,
        today=request.identity.today,
        running=[row for row in contracts if row.ends is None or row.ends > after],
        seen=[] if motive is ExitMotive.DEATH else seen_on(person.pk, last_day, reach.written),
        may_stop=bool(own_sites(request, person)),
    )


def told(pathway: Pathway, contracts: list[Contract], form: LeavingForm) -> dict[str, Any]:
    """What the screen says of the motive before anything is noted."""
    return {
        "category": category_of(form.motive, form.last_day).label,
        "verdicts": verdicts_of(pathway, contracts, hours_worked(pathway.person_id), form.motive, form.last_day),
    }


def own_sites(request: Request, person: Person) -> list[int]:
    """Ids of the actor's sites that support the person today."""
    sites = request.identity.site_ids(*EMPLOYER)
    supports = Support.objects.current().valid_on(request.identity.today).filter(person=person, site_id__in=sites)
    return list(supports.values_list("site_id", flat=True))
