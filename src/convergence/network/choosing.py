"""Offers that may answer a need at a site: those with a place first, then the nearest."""

from dataclasses import dataclass
from datetime import date
from math import cos, radians

from django.db.models import Case, Exists, ExpressionWrapper, F, FloatField, OuterRef, Subquery, Value, When
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce, Sqrt

from convergence.network.models import SitePoint, Travel
from convergence.network.nearness import DEGREE, MINUTES_PER_KILOMETRE, Near, near_site
from convergence.network.reading import Filters, OfferLine, free_figures, offer_lines, offers, relied_on
from convergence.vocabulary.offers import Nearness

FAR = 10_000.0
"""Minutes by which what nobody has located comes last."""


@dataclass(frozen=True)
class Choice:
    """An offer, what one may say of its places, and how far it is from the site."""

    line: OfferLine
    near: Near


def offers_for(site_id: int, filters: Filters, on: date, *, most: int) -> list[Choice]:
    """Offers of the site's territory that the filters keep: free ones first, then those to ask about; six queries."""
    point = SitePoint.objects.filter(site_id=site_id).first()
    minutes = Travel.objects.current().filter(site_id=site_id, branch=OuterRef("branch")).values("minutes")[:1]
    away: Value | ExpressionWrapper[CombinedExpression] = Value(FAR)
    if point is not None:
        squeeze = cos(radians(point.latitude))
        north = F("branch__latitude") - point.latitude
        east = (F("branch__longitude") - point.longitude) * squeeze
        line = Sqrt(ExpressionWrapper(north * north + east * east, output_field=FloatField()))
        away = ExpressionWrapper(line * DEGREE * MINUTES_PER_KILOMETRE, output_field=FloatField())
    rows = offers(filters, on).filter(territory__sites=site_id)
    ranked = rows.annotate(
        order=Case(
            When(Exists(free_figures(on).filter(offer=OuterRef("pk"))), then=0),
            When(Exists(relied_on(on).filter(offer=OuterRef("pk"))), then=2),
            default=1,
        ),
        minutes=Coalesce(Subquery(minutes, output_field=FloatField()), away, Value(FAR)),
    )
    lines = offer_lines(ranked.order_by("order", "minutes", "key", "pk")[:most], on)
    branches = {line.offer.branch_id: line.offer.branch for line in lines if line.offer.branch}
    distances = near_site(site_id, list(branches.values()))
    return [Choice(line, distances.get(line.offer.branch_id or 0, Near(Nearness.UNKNOWN))) for line in lines]
