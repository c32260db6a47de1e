"""Today: who needs something, and why; each role finds there what it is for."""

from collections import Counter
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Value
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from convergence.pathways.entry.reading import unanswered
from convergence.support.counts import territory_counts, totals
from convergence.territories.identity import Identity
from convergence.vocabulary.roles import Role
from convergence.web.desk.today import today_section as referrals
from convergence.web.handover import views as follow_ups
from convergence.web.likeness.pairs import open_pairs
from convergence.web.meetings.views import today_section as appointments
from convergence.web.requests import Request
from convergence.web.rules import CARE, EMPLOYER, signed_in
from convergence.web.settings.steps import today_section
from convergence.web.today.lines import GROUPS, PRESSING, asking_of, begun, complete, followed_by, supported_at
from convergence.web.today.site import ending_contracts, gaps, team_of

PAGE = 25


@signed_in
@require_GET
def home(request: Request) -> HttpResponse:
    """Today; for whoever has no mission and hosts somebody, those whom she hosts."""
    alone = request.identity.hosts and not request.identity.missions
    return redirect("hosted" if alone else "today")


@signed_in
@require_GET
def today(request: Request) -> HttpResponse:
    """One section for each thing that the actor does today; a calm page for those whom nothing awaits here."""
    identity = request.identity
    context: dict[str, Any] = today_section(identity)
    context |= follow_ups.today_section(identity)
    context |= waiting(identity)
    context |= referrals(identity)
    if identity.holds(*CARE):
        context |= people_section(request) | appointments(request)
    if identity.holds(Role.SITE_MANAGER):
        context |= site_section(request)
    if identity.holds(Role.WORK_SUPERVISOR):
        context |= team_section(request)
    if identity.holds(Role.COORDINATOR):
        counts = territory_counts()
        context |= {"shows_counts": True, "counts": counts, "total": totals(counts, _("En tout"))}
    if not context:
        context["calm"] = sorted(identity.roles)
    return render(request, "today/today.html", context)


def waiting(identity: Identity) -> dict[str, int]:
    """How many pairs of files and orientations wait for the actor's answer, those that do; one query for both."""
    pairs, sent = open_pairs(identity), unanswered(identity.site_ids(*EMPLOYER))
    rows = pairs.annotate(what=Value("likenesses")).values_list("what", "pk")
    rows = rows.union(sent.annotate(what=Value("unanswered")).values_list("what", "pk"), all=True)
    return dict(Counter(what for what, _pk in rows))


def people_section(request: Request) -> dict[str, Any]:
    """The people whom the actor follows, or all those of her sites; five queries whatever their number."""
    identity = request.identity
    assert identity.user is not None  # noqa: S101 - she holds a role
    follows = followed_by(identity.user, identity.today).values_list("person_id", Value("followed"))
    supports = supported_at(identity.site_ids(*CARE), identity.today).values_list("person_id", Value("supported"))
    people = list(follows.union(supports, all=True))
    followed = {person_id for person_id, why in people if why == "followed"}
    everybody = [person_id for person_id, why in people if why == "supported"]
    whole_site = request.GET.get("qui") == "tous" or not followed
    chosen = everybody if whole_site else followed
    lines = begun(chosen, identity.today, identity.user)
    page = Paginator(lines, PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    complete(shown, identity.today)
    asking = sum(line.group in PRESSING for line in lines)
    request.asking = asking_of(lines, identity.user, followed)
    return {
        "shows_people": True,
        "page": page,
        "groups": [
            (code, label, [line for line in shown if line.group == code])
            for code, label in GROUPS.items()
            if any(line.group == code for line in shown)
        ],
        "whole_site": whole_site,
        "follows": len(followed),
        "everybody": len(everybody),
        "chosen": len(chosen),
        "asking": asking,
        "here": request.get_full_path(),
    }


def team_section(request: Request) -> dict[str, Any]:
    """The names of the actor's team, then of the others at her sites; one query."""
    identity = request.identity
    assert identity.user is not None  # noqa: S101 - she holds a role
    return {"team": team_of(identity.user, identity.site_ids(Role.WORK_SUPERVISOR), identity.today)}


def site_section(request: Request) -> dict[str, Any]:
    """Contracts that end and files to complete at the actor's sites; three queries."""
    sites = request.identity.site_ids(Role.SITE_MANAGER)
    people, missing = gaps(sites, request.identity.today)
    ending = ending_contracts(sites, request.identity.today)
    return {
        "shows_site": True,
        "ending": [contract for contract in ending if contract.soon],
        "ending_later": [contract for contract in ending if not contract.soon],
        "gaps": missing,
        "site_people": people,
    }
