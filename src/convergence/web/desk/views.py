"""The desk: what is asked, what waits, needs that no offer answers, places; each list one click away."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from convergence.network.policies import KEEPERS
from convergence.referrals.figures import unmet_needs
from convergence.vocabulary.referrals import ReferralState
from convergence.web.desk.blocks import (
    AGAIN,
    ANSWERS,
    ASKED,
    ENDING,
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
from convergence.web.people.looking import record_look
from convergence.web.requests import Request
from convergence.web.rules import open_to

PAGE = 50
ABOUT_PEOPLE = (ASKED, WAITING)
ABOUT_PARTNERS = (FREE, TO_ASK, AGAIN, STEPS, SILENT, ENDING)


@open_to(*KEEPERS)
@require_safe
def desk(request: Request) -> HttpResponse:
    """The first page of whoever keeps a territory's network; ten queries."""
    place = covered(request)
    today = request.identity.today
    standing = stand(place.territory.pk, today)
    asked = [each for each in standing if each.line.referral.state == ReferralState.ASKED]
    others = [each for each in standing if each.line.referral.state != ReferralState.ASKED]
    about_people = [block_of(ASKED, asked), block_of(WAITING, others)]
    _look(request, about_people)
    needs = lines_of([row for row in unmet_needs() if row.territory_id == place.territory.pk])
    about_partners = [
        block_of(kind, kind.rows(place.territory.pk, place.domains, today)) for kind in (*ABOUT_PARTNERS, ANSWERS)
    ]
    context = {
        "place": place,
        "asked": about_people[0],
        "waiting": about_people[1],
        "late": sum(each.late for each in standing),
        "needs": needs,
        "blocks": about_partners[:-1],
        "answers": about_partners[-1],
    }
    return render(request, "desk/desk.html", context)


@open_to(*KEEPERS)
@require_safe
def whole_list(request: Request, block: str) -> HttpResponse:
    """One block of the desk, whole."""
    kind = _kind(block)
    place = covered(request)
    rows = kind.rows(place.territory.pk, place.domains, request.identity.today)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    shown = Block(kind, list(page.object_list), page.paginator.count)
    if kind in ABOUT_PEOPLE:
        _look(request, [shown])
    return render(request, "desk/list.html", {"place": place, "block": shown, "page": page})


@open_to(*KEEPERS)
@require_safe
def needs(request: Request) -> HttpResponse:
    """Needs that no offer answers, by need and by site, as a table and on a map: what one negotiates with."""
    place = covered(request)
    lines = lines_of([row for row in unmet_needs() if row.territory_id == place.territory.pk])
    context: dict[str, Any] = {"place": place, "lines": lines}
    return render(request, "desk/needs.html", context | drawn(lines, place.territory.pk, request.GET))


def _kind(code: str) -> Kind:
    if code not in KINDS:
        raise Http404
    return KINDS[code]


def _look(request: Request, blocks: list[Block]) -> None:
    """Names are shown: who looks is on record."""
    people = {each.line.referral.person_id for block in blocks for each in block.rows}
    if people:
        record_look(request, people)
