"""The map of what is offered around a site or a town, drawn here, beside the same as a list."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, Count, F, Func, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from convergence.network.models import Branch, Offer, SitePoint
from convergence.network.nearness import Around, Point, around
from convergence.network.policies import KEEPERS, READERS
from convergence.network.reading import Filters, OfferLine, offer_lines, offers
from convergence.people.likeness.spelling import plain
from convergence.territories.models import Site
from convergence.vocabulary.domains import Domain
from convergence.vocabulary.offers import OfferKind
from convergence.web.network.drawing import Map, Spot, draw
from convergence.web.network.saying import Said, said_of_nearness, said_of_places
from convergence.web.requests import Request
from convergence.web.rules import open_to

RADII = (2, 5, 10, 25)
USUAL_RADIUS = 5
MOST = 60
"""Establishments drawn; beyond, a smaller radius or a filter shows the rest."""
MOST_TOWNS = 12
SMALLEST_REACH = 0.5
"""Kilometres: nearer, what is drawn would be finer than the coordinates."""


@dataclass(frozen=True)
class Start:
    """Where the map is centred.

    :ivar site: the site, where it starts from one.
    :ivar town: the town's name, where it starts from one.
    """

    point: Point | None = None
    site: Site | None = None
    town: str = ""

    @property
    def name(self) -> str:
        return str(self.site) if self.site else self.town[:1].upper() + self.town[1:]


@open_to(*READERS)
@require_safe
def show(request: Request) -> HttpResponse:
    """Offers around a site of the actor's territories, or around a town."""
    today = request.identity.today
    filters = Filters.of(request.GET, OfferKind)
    radius = _radius(request.GET)
    sites = _sites(request)
    start = _start(request.GET, sites, filters.area)
    context: dict[str, Any] = {
        "filters": filters,
        "sites": sites,
        "start": start,
        "radius": radius,
        "radii": RADII,
        "domains": Domain.choices(),
        "kinds": OfferKind.choices(),
        "may_keep": bool(request.identity.territory_ids(*KEEPERS)),
        "most": MOST,
    }
    if start.point is not None:
        drawn, lines, more = _drawn(start, radius, filters, today)
        context |= {"map": drawn, "lines": lines, "more": more}
    return render(request, "network/map_drawn.html" if request.htmx else "network/map.html", context)


def _drawn(start: Start, radius: float, filters: Filters, today: Any) -> "tuple[Map, list[tuple[int, Any]], bool]":
    """The map and its list; seven queries at most."""
    assert start.point is not None  # noqa: S101 - for the type checker
    kept = offers(Filters(filters.words, filters.domain, filters.kind, free=filters.free, to_ask=filters.to_ask), today)
    where = Branch.objects.filter(closed_on=None, pk__in=kept.order_by().values("branch")).select_related("partner")
    found = around(where, start.point, radius, most=MOST, site_id=start.site.pk if start.site else None)
    here = offer_lines(kept.filter(branch__in=[branch.pk for branch, _near in found.branches]), today)
    by_branch: dict[int, list[OfferLine]] = {}
    for line in here:
        by_branch.setdefault(line.offer.branch_id or 0, []).append(line)
    spots = _spots(found, by_branch)
    # The nearest of many fill the map: nothing farther is drawn.
    reach = max((spot.near.kilometres or 0 for spot, _branch in spots), default=radius) if found.more else radius
    reach = max(reach, SMALLEST_REACH)
    drawn = draw(start.point, reach, [spot for spot, _branch in spots], _towns(start.point, reach))
    at = {id(spot): branch for spot, branch in spots}
    rows = [(number, _row(spot, at[id(spot)], by_branch, today)) for number, spot in drawn.spots]
    return drawn, rows, found.more


def _spots(found: Around, by_branch: Mapping[int, list[OfferLine]]) -> list[tuple[Spot, Branch]]:
    spots = []
    for branch, how in found.branches:
        lines = by_branch.get(branch.pk, [])
        known = [line.places.free for line in lines if line.places.free is not None]
        domains = {line.offer.domain for line in lines}
        spot = Spot(
            Point(branch.latitude or 0.0, branch.longitude or 0.0),
            how,
            branch.partner.name,
            domains.pop() if len(domains) == 1 else "",
            sum(known) if known else None,
        )
        spots.append((spot, branch))
    return spots


@dataclass(frozen=True)
class Row:
    """An establishment as the list beside the map shows it."""

    branch: Branch
    distance: str
    offers: list[tuple[Offer, Said]]


def _row(spot: Spot, branch: Branch, by_branch: Mapping[int, list[OfferLine]], today: Any) -> Row:
    lines = by_branch.get(branch.pk, [])
    said = [(line.offer, said_of_places(line.places, line.capacity, today)) for line in lines]
    return Row(branch, said_of_nearness(spot.near), said)


def _sites(request: Request) -> list[Site]:
    """Sites of the territories where the actor works, those whose place is known first."""
    held = {mission.territory_id for mission in request.identity.missions if mission.role in KEEPERS}
    own = {site.pk for site in request.identity.sites(*READERS)}
    rows = Site.objects.filter(Q(territory_id__in=held) | Q(pk__in=own)).select_related("point")
    return sorted(rows, key=lambda site: (not hasattr(site, "point"), str(site)))


def _start(query: Mapping[str, Any], sites: list[Site], town: str) -> Start:
    if town:
        return _around_town(town)
    wanted = str(query.get("chantier", ""))
    site = next((site for site in sites if str(site.pk) == wanted), sites[0] if sites else None)
    point: SitePoint | None = getattr(site, "point", None)
    return Start(Point(point.latitude, point.longitude) if point else None, site)


def _around_town(town: str) -> Start:
    """The middle of what the network knows in a town; without an outside service nothing else says where it is."""
    there = Branch.objects.filter(latitude__isnull=False).exclude(commune="")
    if town.isdigit():
        there = there.filter(postcode__startswith=town)
    else:
        there = there.annotate(place=Func(F("commune"), function="plain")).filter(place__startswith=plain(town))
    found = there.aggregate(latitude=Avg("latitude"), longitude=Avg("longitude"))
    if found["latitude"] is None:
        return Start(None, None, town)
    return Start(Point(found["latitude"], found["longitude"]), None, town)


def _towns(middle: Point, radius: float) -> list[tuple[str, Point]]:
    """Names of the towns around that the network knows best, in their middle; one query."""
    near = Branch.objects.filter(
        latitude__range=(middle.latitude - radius / 111, middle.latitude + radius / 111),
        longitude__range=(middle.longitude - radius / 60, middle.longitude + radius / 60),
    ).exclude(commune="")
    rows = (
        near.order_by()
        .values("commune")
        .annotate(n=Count("pk"), latitude=Avg("latitude"), longitude=Avg("longitude"))
        .order_by("-n", "commune")[:MOST_TOWNS]
    )
    return [(row["commune"], Point(row["latitude"], row["longitude"])) for row in rows]


def _radius(query: Mapping[str, Any]) -> int:
    text = str(query.get("rayon", ""))
    wanted = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else USUAL_RADIUS
    return wanted if wanted in RADII else USUAL_RADIUS
