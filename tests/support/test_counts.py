"""Counts for a coordinator: small ones never leave the database, nor what would tell them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import given
from hypothesis import strategies as st

from convergence.pathways.models import Contract
from convergence.people.models import Person, Support
from convergence.platform.identity import assume
from convergence.situations.models import Situation
from convergence.support.counts import MEASURES, SiteCounts, territory_counts, totals
from convergence.territories.models import Site
from convergence.vocabulary.roles import Role
from tests.builders import LONG_AGO, TODAY, World, open_ended

Acting = Callable[[str], AbstractContextManager[None]]


def populate(site: Site, people: int, *, under_contract: int, ending: int, housed: int) -> None:
    """People at a site; the first ones are under contract, the first of these end soon, the first are housed."""
    for number in range(people):
        person = Person.objects.create()
        Support.objects.create(person=person, site=site, valid=open_ended())
        if number < under_contract:
            last = TODAY + timedelta(days=60 if number < ending else 300)
            Contract.objects.create(person=person, site=site, kind="cddi", valid=DateRange(LONG_AGO, last))
        if number < housed:
            Situation.objects.create(
                person=person, aspect="housing", compartment="social", value="hotel", valid=open_ended()
            )


@pytest.fixture
def sites(world: World, acting_as: Acting) -> tuple[Site, Site]:
    with acting_as("maint"):
        made = []
        for name in ("Chantier Fictif A", "Chantier Fictif B"):
            made.append(
                Site.objects.create(
                    territory=world.territory, operator=world.site.operator, name=name, open_over=open_ended()
                )
            )
    return made[0], made[1]


def counts_of(world: World, *names: str) -> list[SiteCounts]:
    assume(world.users[Role.COORDINATOR].pk, TODAY)
    return [counts for counts in territory_counts() if counts.site in names]


def test_a_coordinator_gets_counts_by_site_of_her_territory(
    world: World, acting_as: Acting, sites: tuple[Site, Site]
) -> None:
    with acting_as("maint"):
        populate(sites[0], 30, under_contract=22, ending=7, housed=24)
        populate(sites[1], 12, under_contract=6, ending=0, housed=7)
    one, other = counts_of(world, "Chantier Fictif A", "Chantier Fictif B")
    assert one == SiteCounts("Chantier Fictif A", 30, 22, 7, 6)
    assert other == SiteCounts("Chantier Fictif B", 12, 6, None, 5)
    assert totals([one, other], "En tout") == SiteCounts("En tout", 42, 28, None, 11)


def test_a_contract_that_another_follows_does_not_end_soon(
    world: World, acting_as: Acting, sites: tuple[Site, Site]
) -> None:
    with acting_as("maint"):
        populate(sites[0], 20, under_contract=12, ending=6, housed=0)
        for contract in Contract.objects.filter(site=sites[0], valid__endswith=TODAY + timedelta(days=60)):
            valid = DateRange(contract.ends, TODAY + timedelta(days=260))
            Contract.objects.create(person=contract.person, site=sites[0], kind="cddi", valid=valid)
    (counts,) = counts_of(world, "Chantier Fictif A")
    assert (counts.under_contract, counts.ending_soon) == (12, None)


def test_a_count_is_withheld_where_what_it_leaves_is_under_five(
    world: World, acting_as: Acting, sites: tuple[Site, Site]
) -> None:
    with acting_as("maint"):
        populate(sites[0], 20, under_contract=18, ending=18, housed=0)
        populate(sites[1], 4, under_contract=4, ending=4, housed=4)
    one, other = counts_of(world, "Chantier Fictif A", "Chantier Fictif B")
    assert one == SiteCounts("Chantier Fictif A", 20, None, None, 20)
    assert other == SiteCounts("Chantier Fictif B", None, None, None, None)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.COORDINATOR])
def test_every_other_role_gets_no_count(world: World, role: Role) -> None:
    assume(world.users[role].pk, TODAY)
    assert territory_counts() == []


def test_a_coordinator_whose_mission_ended_or_of_another_territory_gets_no_count(world: World) -> None:
    assume(world.former[Role.COORDINATOR].pk, TODAY)
    assert territory_counts() == []
    assume(None, TODAY)
    assert territory_counts() == []


def test_no_count_shown_nor_its_difference_with_a_whole_is_between_one_and_four(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT n, n + a, n + b, support_shown(n, ARRAY[n + a, n + b])
              FROM generate_series(0, 12) n, generate_series(0, 9) a, generate_series(0, 9) b
            """
        )
        for counted, whole, larger, shown in cursor.fetchall():
            telling = counted < 5 or 0 < whole - counted < 5 or 0 < larger - counted < 5
            assert shown == (None if telling else counted)


@given(st.lists(st.tuples(*[st.none() | st.integers(5, 60)] * 4), min_size=1, max_size=5))
def test_a_total_is_shown_only_where_every_site_is(rows: list[tuple[int | None, ...]]) -> None:
    counts = [SiteCounts("x", *row) for row in rows]
    whole = totals(counts, "En tout")
    for place, measure in enumerate(MEASURES):
        column = [row[place] for row in rows]
        assert getattr(whole, measure) == (None if None in column else sum(filter(None, column)))
