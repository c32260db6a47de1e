"""What referrals and needs add up to: no name, no count under five, and none that follows from the others."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from convergence.people.models import Person, Support
from convergence.platform.identity import assume
from convergence.referrals.figures import Counts, UnmetNeed, answers, counts, unmet_needs
from convergence.referrals.models import Referral
from convergence.support.models import Need
from convergence.territories.models import Portfolio, Site, Territory
from convergence.vocabulary.roles import Role
from tests.builders import LONG_AGO, TODAY, World, offer_of, open_ended
from tests.referrals.conftest import Acting

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
MARCH = date(2026, 3, 2)


@pytest.fixture
def empty(world: World, acting_as: Acting) -> World:
    """Nothing was referred yet, no need rated."""
    with acting_as("maint"):
        Referral.objects.all().delete()
        Need.objects.all().delete()
    return world


def officer(world: World) -> None:
    assume(world.users[Role.PARTNERSHIP_OFFICER].pk, TODAY)


def people(number: int, site: Site) -> list[Person]:
    made = Person.objects.bulk_create(Person() for _ in range(number))
    Support.objects.bulk_create(Support(person=person, site=site, valid=open_ended()) for person in made)
    return made


def refer(
    number: int, site: Site, domain: str = "housing", need: str = "housing", *, opened: date = MARCH, **facts: Any
) -> None:
    """As many referrals of as many people; ``facts`` are those of the state."""
    compartment = "health" if domain in ("health", "disability") else "social"
    offer = offer_of(site.territory, domain)
    asked = facts.get("state") == "asked"
    Referral.objects.bulk_create(
        Referral(
            person=person,
            site=site,
            territory=site.territory,
            compartment=compartment,
            domain=domain,
            need=need,
            offer=None if asked else offer,
            opened_on=opened,
            source="team",
            **({"state": "draft"} | facts),
        )
        for person in people(number, site)
    )


SENT: dict[str, Any] = {"state": "sent", "agreed_on": MARCH, "sent_on": MARCH}
ANSWERED = SENT | {"answered_on": MARCH + timedelta(days=4)}
ACCEPTED = ANSWERED | {"state": "accepted", "accepted_on": MARCH + timedelta(days=4)}
REFUSED = ANSWERED | {"state": "refused", "ended_on": MARCH + timedelta(days=4)}


def counted(world: World) -> Counts:
    officer(world)
    return counts(world.territory.pk, *YEAR)


def test_referrals_are_counted_by_site_partner_and_where_they_stand(empty: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        refer(6, empty.site, **SENT)
        refer(7, empty.site, **ACCEPTED)
        refer(5, empty.other_site, **ACCEPTED)
        refer(5, empty.site, state="asked")
        refer(9, empty.site, opened=date(2025, 12, 31))
    figures = counted(empty)
    first, second = str(empty.site.pk), str(empty.other_site.pk)
    assert (figures.of("site", first, "housing"), figures.of("site", second, "housing")) == (18, 5)
    assert figures.of("site", None, "housing") == 23
    assert figures.of("site", first, "housing", "placed") == 7
    assert figures.of("stage", "placed", "housing") == figures.of("site", None, "housing", "placed") == 12
    assert figures.of("stage", "waiting", "housing") == 11
    assert (figures.of("state", "asked", "housing"), figures.of("state", "sent", "housing")) == (5, 6)
    assert figures.of("partner", "0", "housing") == 5
    partner = offer_of(empty.territory, "housing").partner_id
    assert figures.of("partner", str(partner), "housing", "waiting") == 6
    assert figures.of("site", first, "employment") == 0
    assert [domain.value for domain in figures.domains] == ["housing"]


def test_a_small_count_is_withheld_and_none_follows_from_the_others(empty: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        refer(7, empty.site, **SENT)
        refer(3, empty.other_site, **SENT)
        refer(4, empty.site, "employment", "finding_a_job", **SENT)
        refer(6, empty.site, "rights", "procedures", **SENT)
        refer(2, empty.site, "rights", "procedures", **ACCEPTED)
    figures = counted(empty)
    sites = [str(empty.site.pk), str(empty.other_site.pk)]
    assert [figures.of("site", site, "housing") for site in sites] == [None, None]
    assert figures.of("site", None, "housing") == 10
    assert [figures.of("site", site, "employment") for site in (*sites, None)] == [None, 0, None]
    assert figures.of("site", None, "rights") == 8
    assert [figures.of("stage", stage, "rights") for stage in ("waiting", "placed")] == [None, None]
    assert figures.of("site", None, "rights", "waiting") is None
    assert figures.of("state", "sent", "rights") is None


def test_refusals_tell_who_refused_and_why_and_only_together(empty: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        refer(6, empty.site, **REFUSED, refused_by="person", refusal_reason="too_far")
        refer(5, empty.site, **REFUSED, refused_by="partner", refusal_reason="no_place")
        refer(6, empty.site, **REFUSED, refused_by="partner", refusal_reason="not_eligible")
        refer(9, empty.site, "rights", "procedures", **REFUSED, refused_by="partner", refusal_reason="no_place")
        refer(1, empty.site, "rights", "procedures", **REFUSED, refused_by="person", refusal_reason="not_ready")
    figures = counted(empty)
    assert (figures.of("side", "person", "housing"), figures.of("side", "partner", "housing")) == (6, 11)
    assert figures.of("reason", "partner not_eligible", "housing") == 6
    assert figures.of("stage", "refused", "rights") == 10
    assert figures.of("side", "partner", "rights") is None
    assert figures.of("reason", "partner no_place", "rights") is None


def test_how_partners_answer_is_told_from_five_people_on_in_the_domains_covered(
    empty: World, acting_as: Acting
) -> None:
    with acting_as("maint"):
        refer(6, empty.site, **ACCEPTED)
        refer(2, empty.site, **REFUSED, refused_by="partner", refusal_reason="no_place")
        refer(2, empty.site, **SENT)
        refer(4, empty.site, "rights", "procedures", **ACCEPTED)
        refer(6, empty.site, "health", "access_to_care", **ACCEPTED)
    officer(empty)
    told = answers(empty.territory.pk, *YEAR)
    (housing,) = [row for row in told if row.partner_id and row.domain == "housing"]
    assert (housing.sent, housing.answered, housing.accepted, housing.share_accepted) == (10, 8, 6, 75)
    assert (housing.days_to_answer, housing.days_to_start) == (4, None)
    assert {(row.partner_id is None, row.domain) for row in told} == {
        (False, "housing"),
        (True, "housing"),
        (True, "health"),
    }
    assert next(row for row in told if row.partner_id is None and row.domain == "housing").accepted is None


@pytest.mark.parametrize("role", list(Role))
def test_only_those_who_lead_are_told(empty: World, acting_as: Acting, role: Role) -> None:
    with acting_as("maint"):
        refer(6, empty.site, **ACCEPTED)
        far = Territory.objects.create(name="Ailleurs")
    user = empty.users.get(role)
    if user is None:
        pytest.skip("no user of this role")
    assume(user.pk, TODAY)
    leads = role in (Role.PARTNERSHIP_OFFICER, Role.COORDINATOR, Role.SITE_MANAGER)
    assert bool(counts(empty.territory.pk, *YEAR).cells) is leads
    assert bool(answers(empty.territory.pk, *YEAR)) is (leads and role is not Role.SITE_MANAGER)
    assert counts(far.pk, *YEAR).cells == {}
    assert answers(far.pk, *YEAR) == []
    assert bool(unmet_needs()) is False


def rate(person: Person, level: int, since: date, until: date | None = None, need: str = "housing") -> None:
    Need.objects.create(person=person, compartment="social", need=need, level=level, valid=DateRange(since, until))


def unmet(world: World) -> dict[tuple[str, int | None], UnmetNeed]:
    officer(world)
    return {(row.need, row.site_id): row for row in unmet_needs()}


def test_needs_without_an_offer_are_counted_by_site_and_since_when_they_weigh(empty: World, acting_as: Acting) -> None:
    worse, again = TODAY - timedelta(days=200), TODAY - timedelta(days=40)
    with acting_as("maint"):
        weighed = people(6, empty.site)
        for person in weighed:
            rate(person, 3, worse, again)
            rate(person, 4, again)
        for person in people(5, empty.other_site):
            rate(person, 2, worse, again)
            rate(person, 3, again)
        for person in people(8, empty.site):
            rate(person, 3, worse, again)
            rate(person, 1, again)
        refer(7, empty.site, state="asked")
        refer(6, empty.site, **SENT)
        for referral in Referral.objects.filter(state="sent"):
            rate(referral.person, 4, worse)
        elsewhere = Territory.objects.create(name="Ailleurs")
        far = Site.objects.create(
            territory=elsewhere, operator=empty.site.operator, name="Loin", open_over=open_ended()
        )
        for person in people(9, far):
            rate(person, 4, worse)
    told = unmet(empty)
    assert told["housing", empty.site.pk].people == 13
    assert told["housing", empty.other_site.pk].people == 5
    whole = told["housing", None]
    assert (whole.people, whole.long_ago) == (18, 13)
    assert told["housing", empty.other_site.pk].median_days == 40
    assert {row.territory_id for row in told.values()} == {empty.territory.pk}


def test_small_numbers_of_needs_are_withheld_with_what_would_tell_them(empty: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        for number, site in ((8, empty.site), (2, empty.other_site)):
            for person in people(number, site):
                rate(person, 4, TODAY - timedelta(days=7))
        for person in people(4, empty.site):
            rate(person, 4, TODAY, need="mobility")
    told = unmet(empty)
    assert (told["housing", None].people, told["housing", None].long_ago) == (10, None)
    assert [told["housing", site.pk].people for site in (empty.site, empty.other_site)] == [None, None]
    assert told["housing", empty.site.pk].median_days is None
    assert told["mobility", None].people is None


def test_an_officer_is_told_the_needs_of_her_portfolio_alone(empty: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        for person in people(6, empty.site):
            rate(person, 4, LONG_AGO)
            rate(person, 3, LONG_AGO, need="mobility")
            Need.objects.create(person=person, compartment="health", need="access_to_care", level=4, valid=open_ended())
    assert {need for need, _site in unmet(empty)} == {"housing", "mobility"}
    with acting_as("maint"):
        mission = empty.users[Role.PARTNERSHIP_OFFICER].missions.get()
        Portfolio.objects.create(mission=mission, domains=["health", "housing"])
    assert {need for need, _site in unmet(empty)} == {"access_to_care", "housing"}


@given(st.lists(st.integers(1, 12), min_size=1, max_size=7))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_withheld_never_follows_from_what_is_shown(db: None, parts: list[int]) -> None:
    """Of each list of parts whose whole is shown, those withheld are none, or two at least and five people in all."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE convergence_owner")
        cursor.execute(
            "SELECT n, referrals_withheld(n, min(n) OVER () < 5, sum(n) OVER earlier, row_number() OVER earlier)"
            "  FROM unnest(%s::bigint[]) WITH ORDINALITY AS p (n, place) WINDOW earlier AS (ORDER BY n, place)",
            [parts],
        )
        rows = cursor.fetchall()
        cursor.execute("SET ROLE convergence_web")
    hidden = [n for n, withheld in rows if withheld]
    shown = [n for n, withheld in rows if not withheld]
    assert all(n >= 5 for n in shown)
    if sum(parts) >= 5:
        assert not hidden or (len(hidden) >= 2 and sum(hidden) >= 5)
    if min(parts) >= 5:
        assert not hidden
