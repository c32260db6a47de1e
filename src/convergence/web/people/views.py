"""The list of people and one person's page."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from convergence.pathways.clocks import path_of
from convergence.pathways.linked import shared_by_links
from convergence.pathways.models import Candidacy, Contract
from convergence.rules.clocks import read
from convergence.rules.decisions import ahead
from convergence.situations.models import Situation
from convergence.support.contacts import latest_contacts
from convergence.support.models import Need
from convergence.support.needs import said
from convergence.territories.choices import Offered, offered_at
from convergence.territories.models import Mission, Site
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.domains import Domain
from convergence.vocabulary.housing import Housing
from convergence.vocabulary.missing import Missing
from convergence.vocabulary.needs import NEEDS
from convergence.vocabulary.roles import Role
from convergence.vocabulary.situations import ASPECTS
from convergence.web.lifeline import draw
from convergence.web.path.words import in_one_line
from convergence.web.people.around import around
from convergence.web.people.facts import choices_context
from convergence.web.people.forms import HousingStepForm
from convergence.web.people.listing import STAGES, Filters, listing
from convergence.web.people.looking import Reach, open_person
from convergence.web.people.marks import (
    contact_marks,
    contract_marks,
    contract_words,
    in_words,
    last_day,
    learning_marks,
    referral_marks,
    situation_marks,
)
from convergence.web.people.official import sayings
from convergence.web.requests import Request
from convergence.web.rules import CARE, EMPLOYER, SITE_TEAM, open_to
from convergence.web.support.common import fragments
from convergence.web.today.lines import Line, begun

PAGE = 50
MARKED_CONTACTS = 400
"""The life line shows at most this many contacts, the latest."""


@open_to(*SITE_TEAM)
@require_safe
def people(request: Request) -> HttpResponse:
    """Those whom the actor reads; search as you type asks for the results alone."""
    filters = Filters.of(request.GET)
    rows = listing(filters, request.identity.today)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    context = {"page": page, "filters": filters, "people": shown} | columns_for(request)
    for row in shown:
        row.housing_words = housing_words(row.housing, row.housing_missing)
        row.stage_words = STAGES[row.stage]
        row.last_day = last_day(row.contract_ends)
    if request.htmx and not request.htmx.boosted:
        return render(request, "people/results.html", context)
    return render(request, "people/list.html", context | choices_for(request))


def asking(person_id: int, today: date) -> list[Line]:
    """What asks for attention about her today, a line each, the most pressing first."""
    return [Line(person_id, [alert], today) for line in begun([person_id], today) for alert in line.alerts]


def columns_for(request: Request) -> dict[str, bool]:
    """Which columns the actor's roles can fill: a work supervisor reads names only."""
    return {
        "several_sites": len(request.identity.site_ids(*SITE_TEAM)) > 1,
        "sees_work": request.identity.holds(*EMPLOYER),
        "sees_social": request.identity.holds(*CARE),
        "admits": request.identity.holds(*EMPLOYER),
    }


def choices_for(request: Request) -> dict[str, Any]:
    """What the filters offer."""
    site_ids = request.identity.site_ids(*SITE_TEAM)
    counsellors = (
        Mission.objects.held_on(request.identity.today)
        .filter(site_id__in=site_ids, role__in=[Role.COUNSELLOR, Role.SUPPORT_WORKER])
        .select_related("user")
    )
    return {
        "sites": Site.objects.filter(pk__in=site_ids),
        "counsellors": {mission.user_id: mission.user for mission in counsellors}.values(),
        "housings": [*Housing.choices(), *Missing.choices()],
        "needs": [(need.code, need.label) for need in NEEDS.values() if need.compartment is not Compartment.JUSTICE],
        "stages": STAGES.items(),
    }


def housing_words(value: str | None, missing: str | None) -> str:
    """The housing in words; nothing where the actor reads nothing or nothing was recorded."""
    if missing:
        return Missing(missing).label
    return Housing(value).label if value else ""


@open_to(*SITE_TEAM)
@require_safe
def person(request: Request, person_id: int) -> HttpResponse:
    """Her whole story on one page, within what the actor reads."""
    who, compartments = open_person(request, person_id)
    today = request.identity.today
    facts = list(Situation.objects.current().filter(person=who).order_by("aspect", "valid"))
    contracts = list(Contract.objects.current().filter(person=who).select_related("site").order_by("-valid"))
    contacts = list(latest_contacts(who.pk)[:MARKED_CONTACTS])
    marks = [*situation_marks(facts), *contract_marks(contracts), *contact_marks(contacts)]
    head = around(who.pk, today)
    marks += [*learning_marks(who.pk, head.learnt), *referral_marks(head.referrals)]
    if not head.supports:
        running = Candidacy.objects.current().filter(person=who).order_by("-valid").first()
        if running is not None:
            # A candidate is not supported yet: her candidacy is all that there is to read of her.
            return redirect("candidacy", person_id=who.pk, candidacy_id=running.pk)
    context: dict[str, Any] = {
        "person": who,
        "around": head,
        "age": head.civil.age(today) if head.civil else None,
        "line": draw(marks, today, request.GET.get("etendue"), lanes=lanes_for(compartments)),
        "running_facts": running_facts(facts, today),
        "contracts": [(in_words(contract, today), contract_words(contract)) for contract in contracts],
        "compartments": compartments,
        "own_sites": request.identity.site_ids(*EMPLOYER),
        "may_record": Compartment.SOCIAL.value in compartments.written,
        "may_employ": Compartment.WORK.value in compartments.written,
    }
    if Compartment.WORK.value in compartments:
        context["clocks"] = clocks_in_one_line(who.pk, today)
    if context["may_employ"]:
        names = [who.usual_name, *map(str, head.other_names)]
        context |= sayings(who.pk, names, contracts, today)
    if head.has_other_files:
        context["elsewhere"] = shared_by_links(who.pk, "person")
    context["now"] = asking(who.pk, today)
    context |= fragments(request, who, compartments, contacts[0] if contacts else None)
    if context["may_record"]:
        offered = offered_at(request.identity.sites(*EMPLOYER))
        context |= recording_context(request, facts, compartments, offered)
        context["needs"] = need_lines(Need.objects.current().filter(person=who).defer("reason").order_by("valid"))
    return render(request, "people/person.html", context)


def clocks_in_one_line(person_id: int, today: date) -> str:
    """Which of the three clocks ends first, and what it calls for; one query."""
    path = path_of(person_id)
    reading = read(path, today)
    return in_one_line(reading, ahead(path, reading))


def lanes_for(compartments: Reach) -> list[str]:
    """The lanes of the life line that hold something the actor may read."""
    readable = {aspect.domain.value for aspect in ASPECTS.values() if aspect.compartment.value in compartments}
    shown = [domain.value for domain in Domain if domain.value in readable]
    return [*shown, "contacts"] if Compartment.SOCIAL.value in compartments else shown


def running_facts(facts: list[Situation], today: date) -> list[tuple[str, str, Situation]]:
    """What is true today, aspect by aspect: (domain, label of the aspect, fact)."""
    running = {fact.aspect: fact for fact in facts if today in fact.valid}
    return [(aspect.domain.value, aspect.label, running[code]) for code, aspect in ASPECTS.items() if code in running]


def recording_context(
    request: Request, facts: list[Situation], compartments: Reach, offered: Offered
) -> dict[str, Any]:
    """The panel where a change of housing is noted in one touch, and the other aspects a click away.

    What the site sets aside is still offered where something is noted already.

    :param facts: the person's current facts, in the order of their periods.
    """
    aside = offered.aspects_aside - {fact.aspect for fact in facts}
    aspect = ASPECTS["housing"]
    running = next((fact for fact in reversed(facts) if fact.aspect == aspect.code), None)
    form = HousingStepForm(
        aspect=aspect, today=request.identity.today, initial={"seen_version": running.pk if running else ""}
    )
    groups: dict[str, list[Any]] = {}
    for other in ASPECTS.values():
        if other.compartment.value in compartments.written and other.code not in aside:
            groups.setdefault(other.domain.value, []).append(other)
    return {"housing_form": form, "aspect_groups": groups.items(), **choices_context(aspect)}


def need_lines(needs: Iterable[Need]) -> list[dict[str, Any]]:
    """Each need at its first review and now, in the vocabulary's order."""
    by_need: dict[str, list[Need]] = {}
    for need in needs:
        by_need.setdefault(need.need, []).append(need)
    lines = []
    for code, kind in NEEDS.items():
        reviews = by_need.get(code, [])
        if reviews:
            lines.append({"kind": kind, "first": said(reviews[0]), "now": said(reviews[-1])})
    return lines
