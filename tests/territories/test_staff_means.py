"""Who keeps whose staff means, at the database; a post's facts follow one another, earlier versions stay."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.platform.identity import assume
from convergence.territories import means
from convergence.territories.identity import Identity
from convergence.territories.models import Site, StaffMeans, Territory
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World, open_ended

GIVEN = means.Given(function=Role.COUNSELLOR, full_time_equivalent=Decimal("0.80"), support_share=100)


@pytest.fixture
def other_territory(acting_as: Any) -> Territory:
    with acting_as("maint"):
        return Territory.objects.create(name="Autre territoire")


def places(world: World, other: Territory) -> dict[str, Site | Territory]:
    return {
        "own site": world.site,
        "other site": world.other_site,
        "own territory": world.territory,
        "other territory": other,
    }


ALLOWED = {
    Role.ADMINISTRATOR: {"own site", "other site", "own territory", "other territory"},
    Role.SITE_MANAGER: {"own site"},
    Role.COORDINATOR: {"own territory"},
}


@pytest.mark.parametrize("role", list(Role))
def test_each_role_writes_the_means_of_its_own_place_only(world: World, other_territory: Territory, role: Role) -> None:
    user = world.users[role]
    for name, where in places(world, other_territory).items():
        assume(user.pk, TODAY)
        allowed = name in ALLOWED.get(role, set())
        assert means.may_keep(Identity.of(user, TODAY), where) is allowed, name
        if allowed:
            assert means.open_post(where, GIVEN, TODAY, None).pk
            continue
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            means.open_post(where, GIVEN, TODAY, None)


@pytest.mark.parametrize("role", list(Role))
def test_each_role_reads_the_means_of_its_own_place_only(
    world: World, other_territory: Territory, role: Role, acting_as: Any
) -> None:
    with acting_as("maint"):
        for where in places(world, other_territory).values():
            of_place = {"site": where} if isinstance(where, Site) else {"territory": where}
            StaffMeans.objects.create(**of_place, function=Role.COORDINATOR, full_time_equivalent=1, valid=open_ended())
    assume(world.users[role].pk, TODAY)
    read = {
        name
        for name, where in places(world, other_territory).items()
        if means.posts_of(where).filter(function=Role.COORDINATOR).exists()
    }
    assert read == ALLOWED.get(role, set())


@pytest.mark.parametrize("role", [Role.SITE_MANAGER, Role.COORDINATOR])
def test_a_mission_that_ended_keeps_no_means(world: World, role: Role) -> None:
    where = world.site if role is Role.SITE_MANAGER else world.territory
    assume(world.former[role].pk, TODAY)
    assert not StaffMeans.objects.exists()
    with pytest.raises(ProgrammingError), transaction.atomic():
        means.open_post(where, GIVEN, TODAY, None)


def test_nobody_closes_a_version_of_another_place(world: World) -> None:
    assume(world.elsewhere[Role.SITE_MANAGER].pk, TODAY)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE territories_staffmeans SET superseded_at = now() WHERE id = %s", [world.means.pk])
        assert cursor.rowcount == 0


def test_who_wrote_comes_from_the_database(world: World) -> None:
    assume(world.users[Role.SITE_MANAGER].pk, TODAY)
    made = means.open_post(world.site, GIVEN, TODAY, None)
    made.refresh_from_db()
    assert made.recorded_by == world.users[Role.SITE_MANAGER]


@pytest.fixture
def post(world: World) -> StaffMeans:
    """A post of the first site from 1 January to 31 December, its site manager asking."""
    assume(world.users[Role.SITE_MANAGER].pk, TODAY)
    return means.open_post(world.site, GIVEN, date(2026, 1, 1), date(2026, 12, 31))


def known(post: StaffMeans) -> list[tuple[date | None, date | None, Decimal]]:
    facts = StaffMeans.objects.filter(post=post.post).current().order_by("valid")
    return [(fact.starts, fact.last_day, fact.full_time_equivalent) for fact in facts]


def test_a_change_ends_what_was_the_day_before_and_keeps_the_end_foreseen(post: StaffMeans) -> None:
    full = replace(GIVEN, full_time_equivalent=Decimal("1.00"))
    means.change_post(post.post, means.seen_of(post.post), full, date(2026, 6, 1))
    assert known(post) == [
        (date(2026, 1, 1), date(2026, 5, 31), Decimal("0.80")),
        (date(2026, 6, 1), date(2026, 12, 31), Decimal("1.00")),
    ]
    superseded = StaffMeans.objects.filter(post=post.post).exclude(superseded_at=None).get()
    assert superseded.last_day == date(2026, 12, 31)


def test_a_change_on_the_first_day_corrects_the_whole(post: StaffMeans) -> None:
    full = replace(GIVEN, full_time_equivalent=Decimal("1.00"))
    means.change_post(post.post, means.seen_of(post.post), full, date(2026, 1, 1))
    assert known(post) == [(date(2026, 1, 1), date(2026, 12, 31), Decimal("1.00"))]


def test_a_change_when_the_post_does_not_exist_is_refused(post: StaffMeans) -> None:
    with pytest.raises(Refused, match="n’existe pas à cette date"):
        means.change_post(post.post, means.seen_of(post.post), GIVEN, date(2027, 1, 1))


def test_a_correction_keeps_the_earlier_version(post: StaffMeans) -> None:
    means.correct(post, means.seen_of(post.post), replace(GIVEN, support_share=50), date(2026, 2, 1), None)
    versions = StaffMeans.objects.filter(series=post.series).order_by("recorded_at", "pk")
    assert [(v.support_share, v.starts, v.superseded_at is None) for v in versions] == [
        (100, date(2026, 1, 1), False),
        (50, date(2026, 2, 1), True),
    ]


def test_the_second_of_two_editors_is_told_what_the_first_wrote(post: StaffMeans) -> None:
    seen = means.seen_of(post.post)
    means.correct(post, seen, replace(GIVEN, support_share=50), date(2026, 1, 1), None)
    with pytest.raises(ChangedMeanwhile) as refused:
        means.correct(post, seen, replace(GIVEN, support_share=60), date(2026, 1, 1), None)
    assert refused.value.fresh.support_share == 50
    means.correct(post, means.seen_of(post.post), replace(GIVEN, support_share=60), date(2026, 1, 1), None)
    assert StaffMeans.objects.filter(post=post.post).current().get().support_share == 60


def test_correcting_a_line_that_was_withdrawn_is_refused(post: StaffMeans) -> None:
    seen = means.seen_of(post.post)
    means.take_back(post)
    with pytest.raises(Refused, match="retirée"):
        means.correct(post, seen, GIVEN, date(2026, 1, 1), None)


def test_two_facts_of_one_post_never_overlap(post: StaffMeans, world: World) -> None:
    with pytest.raises(IntegrityError, match="staff_means_post_one_at_a_time"), transaction.atomic():
        StaffMeans.objects.create(
            post=post.post, site=world.site, function=Role.COUNSELLOR, full_time_equivalent=1, valid=open_ended()
        )
