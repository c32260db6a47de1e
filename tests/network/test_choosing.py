"""Offers that may answer a need at a site: a place first, then a figure to ask for, what is full last; the nearest."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from convergence.network.choosing import Choice, offers_for
from convergence.network.models import Branch, Capacity, Hold, Offer, Partner, SitePoint, Travel
from convergence.network.reading import Filters
from convergence.platform.identity import assume
from convergence.territories.models import Territory
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World, open_ended
from tests.referrals.conftest import Acting

HOUSING = Filters(domain="housing")


def offer(
    territory: Territory, name: str, north: float | None, free: int | None, said_on: date = TODAY, minutes: int = 0
) -> Offer:
    """An offer so many degrees north of the site, of whose places somebody said so many free."""
    partner = Partner.objects.create(territory=territory, name=f"Bailleur {name}", kind="landlord")
    where = {} if north is None else {"latitude": 48.9 + north, "longitude": 2.38}
    branch = Branch.objects.create(partner=partner, name="Siège", **where)
    made = Offer.objects.create(
        partner=partner, branch=branch, domain="housing", kind="housing_place", name=name, open_over=open_ended()
    )
    if free is not None:
        Capacity.objects.create(offer=made, free=free, places=9, said_by="partner", said_on=said_on)
    if minutes:
        Travel.objects.create(site=SitePoint.objects.get(territory=territory).site, branch=branch, minutes=minutes)
    return made


@pytest.fixture
def around(world: World, acting_as: Acting) -> World:
    with acting_as("maint"):
        Offer.objects.exclude(name="Offre fictive").update(open_over=DateRange(None, TODAY))
        Offer.objects.filter(name="Offre fictive").update(domain="employment")
        SitePoint.objects.filter(site=world.site).update(latitude=48.9, longitude=2.38)
        offer(world.territory, "Loin et libre", 0.09, 2)
        offer(world.territory, "Près et libre", 0.01, 1)
        offer(world.territory, "Quelque part et libre", None, 3)
        offer(world.territory, "Long trajet et libre", 0.005, 1, minutes=90)
        offer(world.territory, "Près et plein", 0.01, 0)
        offer(world.territory, "Près et ancien", 0.01, 4, TODAY - timedelta(days=60))
        Hold.objects.create(
            offer=offer(world.territory, "Près et retenu", 0.001, 1), referral=world.means.post, held_on=TODAY
        )
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    return world


def found(world: World, **more: int) -> list[Choice]:
    return offers_for(world.site.pk, HOUSING, TODAY, **({"most": 20} | more))


def test_a_place_comes_first_then_the_nearest_by_transport_where_it_is_known(around: World) -> None:
    assert [choice.line.offer.name for choice in found(around)] == [
        "Près et libre",
        "Loin et libre",
        "Long trajet et libre",
        "Quelque part et libre",
        "Près et ancien",
        "Près et retenu",
        "Près et plein",
    ]


def test_each_says_how_far_it_is_and_how_that_is_known(around: World) -> None:
    near = {choice.line.offer.name: choice.near for choice in found(around)}
    assert near["Long trajet et libre"].minutes == 90
    assert near["Près et libre"].minutes is None
    assert near["Près et libre"].kilometres == pytest.approx(1.11, abs=0.01)
    assert near["Quelque part et libre"].kilometres is None


def test_a_site_that_nobody_located_finds_them_too_in_as_many_queries(around: World, acting_as: Acting) -> None:
    with CaptureQueriesContext(connection) as few:
        assert len(found(around, most=1)) == 1
    with CaptureQueriesContext(connection) as many:
        assert len(found(around)) == 7
    assert len(many) == len(few) <= 6
    with acting_as("maint"):
        SitePoint.objects.all().delete()
    assert found(around)[0].line.offer.name == "Long trajet et libre"
