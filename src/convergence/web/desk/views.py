"""The desk: what is asked, what waits, needs that no offer answers, places; each list one click away."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from convergence.network.policies import KEEPERS
from convergence.referrals.figures import unmet_needs
from convergence.referrals.shown import shown
from convergence.vocabulary.referrals import ReferralState
from convergence.web.desk.blocks import (
    AGAIN,
    ANSWERS,
    ASKED,
    ENDING,
    FIRST,
    FREE,
    KINDS,
    SILENT,
    STEPS,
    TO_ASK,
    WAITING,
    Block,
    Kind,
    block_of,
    stand,
)
from convergence.web.desk.common import covered
from convergence.web.desk.unmet import drawn, lines_of
from convergence.web.requests import Request
from convergence.web.rules import open_to

PAGE = 50
ABOUT_PEOPLE = (ASKED, WAITING)
ABOUT_PARTNERS = (FREE, TO_ASK, AGAIN, STEPS, SILENT, ENDING)


@open_to(*KEEPERS)
@require_safe
def desk(request: Request) -> HttpResponse:
    """The first page of whoever keeps a territory's network; what is counted comes after it, block by block."""
    place = covered(request)
    today = request.identity.today
    standing = stand(place.territory.pk, today)
    asked = [each for each in standing if each.line.referral.state == ReferralState.ASKED]
    others = [each for each in standing if each.line.referral.state != ReferralState.ASKED]
    named = shown([*asked[:FIRST], *others[:FIRST]], page=_page_of(request))
    first = len(asked[:FIRST])
    context = {
        "place": place,
        "asked": Block(ASKED, named[:first], len(asked)),
        "waiting": Block(WAITING, named[first:], len(others)),
        "late": sum(each.late for each in standing),
        "blocks": [block_of(kind, kind.rows(place.territory.pk, place.domains, today)) for kind in ABOUT_PARTNERS],
        "answers": ANSWERS,
    }
    return render(request, "desk/desk.html", context)


@open_to(*KEEPERS)
@require_safe
def whole_list(request: Request, block: str) -> HttpResponse:
    """One block of the desk, whole; its first rows alone, where the desk asks for it once it is there."""
    kind = _kind(block)
    place = covered(request)
    rows = kind.rows(place.territory.pk, place.domains, request.identity.today)
    if request.htmx:
        return render(request, "desk/block.html", {"place": place, "block": block_of(kind, rows)})
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    listed = list(page.object_list)
    if kind in ABOUT_PEOPLE:
        listed = shown(listed, page=_page_of(request))
    found = Block(kind, listed, page.paginator.count)
    return render(request, "desk/list.html", {"place": place, "block": found, "page": page})


@open_to(*KEEPERS)
@require_safe
def needs(request: Request) -> HttpResponse:
    """Needs that no offer answers, by need and by site, as a table and on a map: what one negotiates with.

    The desk asks for the table alone, once it is there.
    """
    place = covered(request)
    lines = lines_of([row for row in unmet_needs() if row.territory_id == place.territory.pk])
    if request.htmx:
        return render(request, "desk/needs_short.html", {"place": place, "needs": lines})
    context: dict[str, Any] = {"place": place, "lines": lines}
    return render(request, "desk/needs.html", context | drawn(lines, place.territory.pk, request.GET))


def _kind(code: str) -> Kind:
    if code not in KINDS:
        raise Http404
    return KINDS[code]


def _page_of(request: Request) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""
