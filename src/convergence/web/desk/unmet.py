"""Needs that no offer answers, as lines of a table and marks on a map."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from convergence.network.models import SitePoint
from convergence.network.nearness import Near, Point, kilometres
from convergence.referrals.figures import UnmetNeed
from convergence.territories.models import Site
from convergence.vocabulary.needs import NEEDS
from convergence.vocabulary.offers import Nearness
from convergence.web.network.drawing import Spot, draw

ROOM = 1.15
"""The map reaches a little farther than its farthest site."""


@dataclass
class NeedLine:
    """One need on the territory: in all, and by site."""

    whole: UnmetNeed
    sites: dict[int, UnmetNeed] = field(default_factory=dict)

    @property
    def label(self) -> str:
        return NEEDS[self.whole.need].label

    @property
    def median_months(self) -> int | None:
        """How long half of those people have waited at least, in whole months."""
        return None if self.whole.median_days is None else self.whole.median_days // 30


def lines_of(rows: Iterable[UnmetNeed]) -> list[NeedLine]:
    """The needs of one territory, those that weigh on most people first; the ones withheld last."""
    rows = list(rows)
    lines = {row.need: NeedLine(row) for row in rows if row.site_id is None}
    for row in rows:
        if row.site_id is not None and row.need in lines:
            lines[row.need].sites[row.site_id] = row
    return sorted(lines.values(), key=lambda line: (-(line.whole.people or 0), line.label))


@dataclass(frozen=True)
class SiteRow:
    """A site and how many people wait there for each need, in the order of the lines."""

    number: int | None
    site: Site
    labelled: list[tuple[str, UnmetNeed | None]]


def drawn(lines: list[NeedLine], territory_id: int, query: Mapping[str, Any]) -> dict[str, Any]:
    """The table by site, and the map of one need (``besoin``), or of the first; two queries."""
    concerned = {site for line in lines for site in line.sites}
    sites = list(Site.objects.filter(territory_id=territory_id, pk__in=concerned).select_related("point"))
    wanted = str(query.get("besoin", ""))
    chosen = next((line for line in lines if line.whole.need == wanted), lines[0] if lines else None)
    placed = [(site, Point(site.point.latitude, site.point.longitude)) for site in sites if _point(site)]
    numbers: dict[int, int] = {}
    context: dict[str, Any] = {"chosen": chosen, "unplaced": [site for site in sites if not _point(site)]}
    if chosen is not None and placed:
        middle = Point(
            sum(point.latitude for _site, point in placed) / len(placed),
            sum(point.longitude for _site, point in placed) / len(placed),
        )
        radius = max(1.0, ROOM * max(kilometres(middle, point) for _site, point in placed))
        marks = [_spot(site, point, middle, chosen) for site, point in placed]
        plan = draw(middle, round(radius, 1), marks)
        by_point = {(spot.point, spot.name): number for number, spot in plan.spots}
        numbers = {site.pk: by_point[point, _said(site, chosen)] for site, point in placed}
        context["map"] = plan
    rows = [
        SiteRow(numbers.get(site.pk), site, [(line.label, line.sites.get(site.pk)) for line in lines]) for site in sites
    ]
    rows.sort(key=lambda row: (row.number is None, row.number or 0, str(row.site)))
    return context | {"rows": rows}


def _point(site: Site) -> SitePoint | None:
    return getattr(site, "point", None)


def _spot(site: Site, point: Point, middle: Point, line: NeedLine) -> Spot:
    cell = line.sites.get(site.pk)
    near = Near(Nearness.STRAIGHT_LINE, None, kilometres(middle, point))
    return Spot(point, near, _said(site, line), line.whole.domain, cell.people if cell else None)


def _said(site: Site, line: NeedLine) -> str:
    cell = line.sites.get(site.pk)
    if cell is None:
        return _("%(site)s : personne") % {"site": site}
    if cell.people is None:
        return _("%(site)s : nombre non montré") % {"site": site}
    return _("%(site)s : %(n)s personnes") % {"site": site, "n": cell.people}
