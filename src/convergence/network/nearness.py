"""How far a branch is: minutes by public transport where somebody noted them, else a straight line; it says which."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

from django.db import transaction
from django.db.models import ExpressionWrapper, F, FloatField, QuerySet
from django.utils.translation import gettext as _

from convergence.network.france import in_france
from convergence.network.models import Branch, SitePoint, Travel
from convergence.platform.dated import revise
from convergence.platform.errors import Refused
from convergence.territories.models import Site
from convergence.vocabulary.offers import Nearness

EARTH = 6371.0088
"""Mean radius of the Earth, kilometres (IUGG)."""
LONGEST_TRAVEL = 600


@dataclass(frozen=True)
class Point:
    """Degrees, WGS 84."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class Near:
    """How far something is, and how that was found.

    :ivar minutes: travel time by public transport, where known.
    :ivar kilometres: in a straight line, where both places are located.
    """

    how: Nearness
    minutes: int | None = None
    kilometres: float | None = None

    @property
    def rank(self) -> tuple[int, float]:
        """Nearest first: a kilometre of straight line counts as four minutes; what is not known comes last."""
        if self.minutes is not None:
            return 0, float(self.minutes)
        return (0, self.kilometres * MINUTES_PER_KILOMETRE) if self.kilometres is not None else (1, 0.0)


MINUTES_PER_KILOMETRE = 4
"""Only to put straight lines and travel times in one order: some 15 km/h door to door, as in a city."""


def kilometres(one: Point, other: Point) -> float:
    """Great-circle distance by the haversine formula, in kilometres."""
    north = radians(other.latitude - one.latitude)
    east = radians(other.longitude - one.longitude)
    chord = sin(north / 2) ** 2 + cos(radians(one.latitude)) * cos(radians(other.latitude)) * sin(east / 2) ** 2
    return 2 * EARTH * asin(min(1.0, sqrt(chord)))


def near(start: Point | None, branch: Branch | None, minutes: int | None) -> Near:
    """How far a branch is from a point."""
    there = point_of(branch)
    line = kilometres(start, there) if start and there else None
    if minutes is not None:
        return Near(Nearness.TRAVEL, minutes, line)
    return Near(Nearness.STRAIGHT_LINE if line is not None else Nearness.UNKNOWN, None, line)


def point_of(branch: Branch | None) -> Point | None:
    """Where a branch is, or None where nobody noted it."""
    if branch is None or branch.latitude is None or branch.longitude is None:
        return None
    return Point(branch.latitude, branch.longitude)


def near_site(site_id: int, branches: Collection[Branch]) -> dict[int, Near]:
    """How far each branch is from a site, by the branch's id; two queries."""
    noted = SitePoint.objects.filter(site_id=site_id).first()
    start = Point(noted.latitude, noted.longitude) if noted else None
    travels = Travel.objects.current().filter(site_id=site_id, branch_id__in=[branch.pk for branch in branches])
    minutes = {travel.branch_id: travel.minutes for travel in travels}
    return {branch.pk: near(start, branch, minutes.get(branch.pk)) for branch in branches}


@transaction.atomic
def note_travel(site: Site, branch: Branch, minutes: int, said_by: str) -> Travel:
    """Record minutes by public transport between a site and a branch, in place of what was noted before.

    :raises Refused: out of 1 to 600 minutes, or of two territories.
    """
    if not 1 <= minutes <= LONGEST_TRAVEL:
        raise Refused(_("Un trajet dure entre 1 et 600 minutes."))
    if site.territory_id != branch.territory_id:
        raise Refused(_("Ce chantier n’est pas du territoire de ce partenaire."))
    standing = Travel.objects.current().filter(site=site, branch=branch).first()
    values = {"minutes": minutes, "said_by": said_by.strip()[:120]}
    if standing is not None:
        return revise(standing, **values)
    travel = Travel(site=site, branch=branch, territory_id=branch.territory_id, **values)
    travel.save(force_insert=True)
    return travel


def place_site(site: Site, point: Point) -> SitePoint:
    """Record where a site is. :raises Refused: out of France or in the sea."""
    if not in_france(point.latitude, point.longitude):
        raise Refused(_("Ces coordonnées tombent en mer ou hors de France : vérifiez-les."))
    standing = SitePoint.objects.filter(site=site).first()
    if standing is None:
        return SitePoint.objects.create(site=site, territory_id=site.territory_id, **vars(point))
    standing.latitude, standing.longitude = point.latitude, point.longitude
    standing.save(update_fields=["latitude", "longitude"])
    return standing


@dataclass(frozen=True)
class Around:
    """Branches around a point, and how far each is, the nearest first.

    :ivar more: whether there are others within the radius.
    """

    branches: Sequence[tuple[Branch, Near]]
    more: bool


DEGREE = 111.195
"""Kilometres of a degree of latitude."""


def around(
    branches: "QuerySet[Branch]", start: Point, radius: float, *, most: int, site_id: int | None = None
) -> Around:
    """Located branches within ``radius`` kilometres of a point, in a straight line; two queries at most.

    :param site_id: the site that the point is of: travel times noted from there are told.
    """
    tall = radius / DEGREE
    wide = radius / (DEGREE * max(cos(radians(start.latitude)), 0.01))
    inside = branches.filter(
        latitude__range=(start.latitude - tall, start.latitude + tall),
        longitude__range=(start.longitude - wide, start.longitude + wide),
    )
    # A few kilometres are flat: enough to choose the nearest, whose distance is then measured.
    squeeze = cos(radians(start.latitude))
    north, east = F("latitude") - start.latitude, (F("longitude") - start.longitude) * squeeze
    away = ExpressionWrapper(north * north + east * east, output_field=FloatField())
    within = inside.annotate(away=away).filter(away__lte=(radius / DEGREE) ** 2)
    found: list[Branch] = list(within.order_by("away", "pk")[: most + 1])
    nearest = found[:most]
    travels = Travel.objects.current().filter(site_id=site_id, branch__in=nearest) if site_id else ()
    minutes = {travel.branch_id: travel.minutes for travel in travels}
    return Around([(branch, near(start, branch, minutes.get(branch.pk))) for branch in nearest], len(found) > most)
