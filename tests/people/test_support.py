"""A site begins and ends its support of a person: who may say so, from which day, and who reads until when."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from convergence.access.models import User
from convergence.people.entry import Newcomer, admit, end_support, open_support
from convergence.people.models import Person, PersonName, Support
from convergence.platform.errors import Refused
from convergence.platform.identity import assume
from convergence.territories.models import Site, Territory
from convergence.vocabulary.roles import Role
from tests.builders import LONG_AGO, TODAY, World, open_ended

Acting = Callable[[str], AbstractContextManager[None]]
DAY = timedelta(days=1)
LOU = Newcomer(given_name="Lou", family_name="Factice", birth_year=1990)
ADMITTERS = {Role.COUNSELLOR, Role.SUPPORT_WORKER, Role.SITE_MANAGER}


def reads(user: User, person: Person, day: date = TODAY) -> bool:
    assume(user.pk, day)
    return PersonName.objects.filter(person=person).exists()


def supports(person: Person) -> set[tuple[object, ...]]:
    rows = Support.objects.current().filter(person=person)
    return {(row.site_id, row.starts, row.ends) for row in rows}


@pytest.fixture
def far_site(world: World, acting_as: Acting) -> Site:
    """A site of another territory."""
    with acting_as("maint"):
        territory = Territory.objects.create(name="Territoire lointain")
        return Site.objects.create(
            territory=territory, operator=world.site.operator, name="Chantier lointain", open_over=open_ended()
        )


@pytest.mark.parametrize("role", list(Role))
def test_the_support_team_and_the_manager_admit_people_at_their_own_site_only(world: World, role: Role) -> None:
    assume(world.users[role].pk, TODAY)
    if role in ADMITTERS:
        lou = admit(LOU, world.site.pk, TODAY)
        assert supports(lou) == {(world.site.pk, TODAY, None)}
    else:
        with pytest.raises(Refused, match="accueillir"):
            admit(LOU, world.site.pk, TODAY)
    with pytest.raises(Refused, match="accueillir"):
        admit(LOU, world.other_site.pk, TODAY)


def test_somebody_whose_mission_ended_admits_nobody(world: World) -> None:
    assume(world.former[Role.COUNSELLOR].pk, TODAY)
    with pytest.raises(Refused):
        admit(LOU, world.site.pk, TODAY)


def test_nobody_is_admitted_from_a_day_to_come(world: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        before = Person.objects.count()
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    with pytest.raises(Refused):
        admit(LOU, world.site.pk, TODAY + DAY)
    with acting_as("maint"):
        assert Person.objects.count() == before


def test_another_site_of_the_territory_supports_her_too_and_its_team_reads_from_that_day(world: World) -> None:
    there = world.elsewhere[Role.COUNSELLOR]
    assert not reads(there, world.anouk)
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    open_support(world.anouk.pk, world.other_site.pk, TODAY, today=TODAY)
    assert supports(world.anouk) == {(world.site.pk, LONG_AGO, None), (world.other_site.pk, TODAY, None)}
    assert reads(there, world.anouk)
    assert not reads(there, world.anouk, TODAY - DAY)
    assert reads(world.users[Role.COUNSELLOR], world.anouk)


@pytest.mark.parametrize("role", list(Role))
def test_those_who_keep_her_file_hand_her_over_and_nobody_else(world: World, role: Role) -> None:
    assume(world.users[role].pk, TODAY)
    if role in ADMITTERS:
        open_support(world.anouk.pk, world.other_site.pk, TODAY, today=TODAY)
    else:
        with pytest.raises(Refused, match="confier"):
            open_support(world.anouk.pk, world.other_site.pk, TODAY, today=TODAY)
    with pytest.raises(Refused, match="confier"):
        open_support(world.sami.pk, world.site.pk, TODAY, today=TODAY)


def test_a_site_of_another_territory_a_day_to_come_and_a_support_that_runs_are_refused_in_a_sentence(
    world: World, far_site: Site
) -> None:
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    for site, since, said in (
        (far_site, TODAY, "confier"),
        (world.other_site, TODAY + DAY, "futur"),
        (world.site, TODAY, "accompagne déjà"),
    ):
        with pytest.raises(Refused, match=said):
            open_support(world.anouk.pk, site.pk, since, today=TODAY)
    assert supports(world.anouk) == {(world.site.pk, LONG_AGO, None)}


def test_the_team_reads_up_to_the_last_day_and_not_after(world: World) -> None:
    counsellor = world.users[Role.COUNSELLOR]
    assume(counsellor.pk, TODAY)
    end_support(world.anouk.pk, world.site.pk, TODAY, today=TODAY)
    assert supports(world.anouk) == {(world.site.pk, LONG_AGO, TODAY + DAY)}
    for role in (Role.COUNSELLOR, Role.WORK_SUPERVISOR, Role.SITE_MANAGER):
        assert reads(world.users[role], world.anouk, TODAY)
        assert not reads(world.users[role], world.anouk, TODAY + DAY)


def test_whoever_takes_over_reads_on_when_the_first_site_leaves(world: World) -> None:
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    open_support(world.anouk.pk, world.other_site.pk, TODAY, today=TODAY)
    end_support(world.anouk.pk, world.site.pk, TODAY - DAY, today=TODAY)
    assert not reads(world.users[Role.COUNSELLOR], world.anouk)
    assert reads(world.elsewhere[Role.COUNSELLOR], world.anouk)


@pytest.mark.parametrize("role", list(Role))
def test_those_who_keep_her_file_at_the_site_end_its_support_and_nobody_else(world: World, role: Role) -> None:
    assume(world.elsewhere[role].pk, TODAY)
    with pytest.raises(Refused, match="terminer"):
        end_support(world.anouk.pk, world.site.pk, TODAY, today=TODAY)
    assume(world.users[role].pk, TODAY)
    if role in ADMITTERS:
        end_support(world.anouk.pk, world.site.pk, TODAY, today=TODAY)
    else:
        with pytest.raises(Refused, match="terminer"):
            end_support(world.anouk.pk, world.site.pk, TODAY, today=TODAY)


def test_another_site_s_team_does_not_end_the_support_of_the_first(world: World) -> None:
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    open_support(world.anouk.pk, world.other_site.pk, TODAY, today=TODAY)
    with pytest.raises(Refused, match="terminer"):
        end_support(world.anouk.pk, world.other_site.pk, TODAY, today=TODAY)


def test_a_last_day_to_come_or_before_the_support_or_after_its_end_is_refused(world: World) -> None:
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    for last_day, said in ((TODAY + DAY, "futur"), (LONG_AGO - DAY, "n’accompagnait pas")):
        with pytest.raises(Refused, match=said):
            end_support(world.anouk.pk, world.site.pk, last_day, today=TODAY)
    end_support(world.anouk.pk, world.site.pk, TODAY - DAY, today=TODAY)
    # She no longer keeps the file.
    with pytest.raises(Refused, match="terminer"):
        end_support(world.anouk.pk, world.site.pk, TODAY, today=TODAY)


def test_the_end_of_a_support_keeps_the_version_before_it(world: World, acting_as: Acting) -> None:
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    end_support(world.anouk.pk, world.site.pk, TODAY, today=TODAY)
    with acting_as("maint"):
        first, second = Support.objects.filter(person=world.anouk).order_by("pk")
    assert first.series == second.series
    assert (first.ends, second.ends) == (None, TODAY + DAY)
    assert first.superseded_at is not None
    assert second.recorded_by == world.users[Role.COUNSELLOR]


@pytest.mark.parametrize(
    "call",
    [
        "admit_person(%(site)s, %(future)s)",
        "open_support(%(person)s, %(other)s, %(future)s)",
        "open_support(%(person)s, %(other)s, NULL)",
        "end_support(%(person)s, %(site)s, %(future)s)",
    ],
)
def test_the_database_itself_refuses_days_to_come(world: World, call: str) -> None:
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    known: dict[str, int | date] = {
        "site": world.site.pk,
        "other": world.other_site.pk,
        "person": world.anouk.pk,
        "future": TODAY + 2 * DAY,
    }
    with pytest.raises(DatabaseError, match="the actor does not"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT {call}", known)
