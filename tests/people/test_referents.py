"""Who follows a person, and what only her referent reads: as long as her site supports her, and not a day more."""

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from convergence.access.models import Readable, User
from convergence.people.care import assign, stop
from convergence.people.entry import Newcomer, admit, end_support, open_support
from convergence.people.models import Assignment, Person, Support
from convergence.platform.dated import revise
from convergence.platform.errors import Refused
from convergence.platform.identity import assume
from convergence.situations.models import Situation
from convergence.territories.models import Mission
from convergence.vocabulary.roles import Role
from tests.builders import LONG_AGO, TODAY, World, make_user, open_ended

Acting = Callable[[str], AbstractContextManager[None]]
YESTERDAY = TODAY - timedelta(days=1)
FAR = date(2090, 1, 1)


def reads_justice(user: User, person: Person, day: date = TODAY) -> bool:
    assume(user.pk, day)
    return Situation.objects.filter(person=person, aspect="judicial_constraint").exists()


@pytest.fixture
def colleague(world: World, acting_as: Acting) -> Mission:
    """Another counsellor of the first site, who follows nobody."""
    with acting_as("maint"):
        user = make_user("Seconde")
        return Mission.objects.create(user=user, role=Role.COUNSELLOR, site=world.site, valid=open_ended())


@pytest.fixture
def mine(world: World) -> Mission:
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    return world.users[Role.COUNSELLOR].missions.get()


def also_followed(world: World, acting_as: Acting) -> None:
    """Somebody else of the team follows her too: a follow-up that stops leaves her with a referent."""
    with acting_as("maint"):
        mission = world.users[Role.SUPPORT_WORKER].missions.get()
        Assignment.objects.create(person=world.anouk, mission=mission, valid=open_ended())


@pytest.mark.parametrize("role", list(Role))
def test_at_the_site_the_referent_alone_reads_what_justice_asks(world: World, colleague: Mission, role: Role) -> None:
    assert reads_justice(world.users[role], world.anouk) == (role is Role.COUNSELLOR)
    assert not reads_justice(colleague.user, world.anouk)


def test_a_referent_reads_no_justice_from_the_day_support_ends(world: World, mine: Mission, acting_as: Acting) -> None:
    with acting_as("maint"):
        Assignment.objects.create(person=world.rosa, mission=mine, valid=open_ended())
    assert reads_justice(mine.user, world.rosa, YESTERDAY)
    assert not reads_justice(mine.user, world.rosa, TODAY)


def test_support_that_ends_today_takes_justice_away_tomorrow_though_the_follow_up_runs_on(
    world: World, mine: Mission
) -> None:
    assume(mine.user_id, TODAY)
    end_support(world.anouk.pk, world.site.pk, TODAY, today=TODAY)
    assert reads_justice(mine.user, world.anouk, TODAY)
    assert not reads_justice(mine.user, world.anouk, TODAY + timedelta(days=1))


def test_a_mission_of_another_site_gives_nothing_and_is_refused(world: World, acting_as: Acting) -> None:
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    elsewhere = world.elsewhere[Role.COUNSELLOR].missions.get()
    for role in (Role.COUNSELLOR, Role.SITE_MANAGER):
        assume(world.users[role].pk, TODAY)
        with pytest.raises(Refused, match="n’accompagne pas cette personne"), transaction.atomic():
            assign(world.anouk.pk, elsewhere, TODAY)
    with acting_as("maint"):
        Assignment.objects.create(person=world.anouk, mission=elsewhere, valid=open_ended())
    assert not reads_justice(elsewhere.user, world.anouk)


@pytest.mark.parametrize("ends", [None, FAR, TODAY + timedelta(days=2)])
def test_nobody_makes_herself_the_referent_of_somebody_already_followed(
    world: World, colleague: Mission, ends: date | None
) -> None:
    assume(colleague.user_id, TODAY)
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Assignment.objects.create(person=world.anouk, mission=colleague, valid=DateRange(LONG_AGO, ends))
    with pytest.raises(Refused, match="Un collègue a déjà suivi"), transaction.atomic():
        assign(world.anouk.pk, colleague, TODAY)
    assert not reads_justice(colleague.user, world.anouk)


def test_a_former_referent_does_not_take_her_follow_up_back(
    world: World, mine: Mission, colleague: Mission, acting_as: Acting
) -> None:
    with acting_as("maint"):
        Assignment.objects.filter(person=world.anouk).delete()
        ended = Assignment.objects.create(person=world.anouk, mission=mine, valid=DateRange(LONG_AGO, YESTERDAY))
        Assignment.objects.create(person=world.anouk, mission=colleague, valid=DateRange(YESTERDAY, None))
    assume(mine.user_id, TODAY)
    for valid in (open_ended(), DateRange(LONG_AGO, FAR)):
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            revise(ended, valid=valid)
    assert not reads_justice(mine.user, world.anouk)


@pytest.mark.parametrize("by", [Role.COUNSELLOR, Role.SUPPORT_WORKER, Role.SITE_MANAGER])
def test_a_colleague_or_the_manager_hands_a_person_over(world: World, colleague: Mission, by: Role) -> None:
    assume(world.users[by].pk, TODAY)
    assign(world.anouk.pk, colleague, TODAY)
    assert reads_justice(colleague.user, world.anouk)
    assert not reads_justice(world.users[Role.COUNSELLOR], world.anouk)


def test_each_site_that_supports_her_has_a_referent_of_its_own(
    world: World, mine: Mission, colleague: Mission, acting_as: Acting
) -> None:
    elsewhere = world.elsewhere[Role.COUNSELLOR].missions.get()
    with acting_as("maint"):
        Support.objects.create(person=world.anouk, site=world.other_site, valid=open_ended())
    assume(world.elsewhere[Role.SITE_MANAGER].pk, TODAY)
    assign(world.anouk.pk, elsewhere, TODAY)
    assume(mine.user_id, TODAY)
    assign(world.anouk.pk, colleague, TODAY)
    follows = Assignment.objects.current().filter(person=world.anouk, mission__role=Role.COUNSELLOR)
    assert set(follows.filter(valid__contains=TODAY).values_list("mission", flat=True)) == {elsewhere.pk, colleague.pk}
    assert follows.get(mission=mine).ends == TODAY


def test_the_work_supervisor_hands_nobody_over(world: World, colleague: Mission) -> None:
    assume(world.users[Role.WORK_SUPERVISOR].pk, TODAY)
    with pytest.raises((ProgrammingError, Refused)), transaction.atomic():
        assign(world.anouk.pk, colleague, TODAY)
    assert not reads_justice(colleague.user, world.anouk)


def test_the_first_referent_may_be_oneself(world: World, colleague: Mission) -> None:
    assume(colleague.user_id, TODAY)
    newcomer = admit(Newcomer(given_name="Lou", family_name="Factice"), world.site.pk, YESTERDAY)
    assign(newcomer.pk, colleague, TODAY)
    assert list(Assignment.objects.current().filter(person=newcomer).values_list("mission", flat=True)) == [
        colleague.pk
    ]


def test_handing_over_and_stopping_keep_what_was_known_before(
    world: World, mine: Mission, colleague: Mission, acting_as: Acting
) -> None:
    assume(mine.user_id, TODAY)
    before = Assignment.objects.get(person=world.anouk)
    assign(world.anouk.pk, colleague, YESTERDAY)
    rows = Assignment.objects.filter(person=world.anouk)
    assert {(row.mission_id, row.starts, row.ends) for row in rows.current()} == {
        (mine.pk, LONG_AGO, YESTERDAY),
        (colleague.pk, YESTERDAY, None),
    }
    before.refresh_from_db()
    assert before.superseded_at is not None
    assert (before.starts, before.ends) == (LONG_AGO, None)
    also_followed(world, acting_as)
    stopped = stop(rows.current().get(mission=colleague), TODAY)
    assert (stopped.starts, stopped.ends) == (YESTERDAY, TODAY)
    assert rows.filter(mission=colleague).count() == 2
    with pytest.raises(Refused):
        stop(stopped, YESTERDAY)


def test_one_ends_one_s_own_follow_up_though_another_followed_before(
    world: World, mine: Mission, colleague: Mission, acting_as: Acting
) -> None:
    with acting_as("maint"):
        Assignment.objects.filter(person=world.anouk).delete()
        Assignment.objects.create(person=world.anouk, mission=colleague, valid=DateRange(LONG_AGO, YESTERDAY))
        running = Assignment.objects.create(person=world.anouk, mission=mine, valid=DateRange(YESTERDAY, None))
    also_followed(world, acting_as)
    assume(mine.user_id, TODAY)
    assert stop(running, TODAY + timedelta(days=9)).ends == TODAY + timedelta(days=9)


def test_a_mission_that_does_not_run_that_day_follows_nobody(world: World) -> None:
    assume(world.users[Role.SITE_MANAGER].pk, TODAY)
    former = world.former[Role.COUNSELLOR].missions.get()
    with pytest.raises(Refused):
        assign(world.anouk.pk, former, TODAY)


def readable_of(person: Person) -> set[tuple[Any, ...]]:
    columns = ("scope_id", "compartment", "may_write", "valid", "origin", "origin_id")
    return set(Readable.objects.filter(person_id=person.pk).values_list(*columns))


def readable_of_support(person: Person) -> set[tuple[Any, ...]]:
    """But what a site reads of its candidate, and a host of whom it receives."""
    return {row for row in readable_of(person) if row[4] in ("support", "assignment")}


@pytest.mark.parametrize("gone", ["deleted", "withdrawn"])
def test_a_support_that_is_gone_leaves_nothing_readable(world: World, acting_as: Acting, gone: str) -> None:
    with acting_as("maint"):
        assert readable_of_support(world.anouk)
        supports = Support.objects.filter(person=world.anouk)
        if gone == "deleted":
            supports.delete()
        else:
            supports.update(superseded_at=datetime.now().astimezone())
        assert readable_of_support(world.anouk) == set()


def test_a_follow_up_that_is_gone_leaves_justice_to_nobody(world: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        Assignment.objects.filter(person=world.anouk).delete()
        assert "justice" not in {row[1] for row in readable_of(world.anouk)}
    assert not reads_justice(world.users[Role.COUNSELLOR], world.anouk)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["admit", "open", "end", "assign"]),
        st.sampled_from([Role.COUNSELLOR, Role.SITE_MANAGER, Role.WORK_SUPERVISOR]),
        st.booleans(),
        st.integers(0, 5),
        st.integers(0, 9),
    ),
    min_size=4,
    max_size=12,
)


@given(steps=STEPS)
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_readable_made_anew_is_what_the_triggers_made_of_it(
    world: World, acting_as: Acting, steps: list[tuple[str, Role, bool, int, int]]
) -> None:
    """Each step: what is done, by whom, at the first site or the second, about which person, how many days ago."""
    with transaction.atomic():
        people = {True: [world.anouk.pk, world.rosa.pk], False: [world.sami.pk, world.rosa.pk]}
        for verb, role, here, number, days in steps:
            crowd, site, other = (
                (world.users, world.site, world.other_site) if here else (world.elsewhere, world.other_site, world.site)
            )
            day, person = TODAY - timedelta(days=days), people[here][number % len(people[here])]
            assume(crowd[role].pk, TODAY)
            # Whatever is refused changes nothing; whatever is done must be told by readable.
            with suppress(Refused, ProgrammingError, IntegrityError), transaction.atomic():
                if verb == "admit":
                    people[here].append(admit(Newcomer(given_name="Lou", family_name="Factice"), site.pk, day).pk)
                elif verb == "open":
                    open_support(person, other.pk, day, today=TODAY)
                    people[not here].append(person)
                elif verb == "end":
                    end_support(person, site.pk, day, today=TODAY)
                else:
                    assign(person, crowd[Role.COUNSELLOR].missions.get(), day)
                event(f"{verb} done")
        columns = ("scope_id", "person_id", "compartment", "may_write", "valid", "origin", "origin_id")
        with acting_as("maint"):
            followed = sorted(Readable.objects.values_list(*columns), key=repr)
            with connection.cursor() as cursor:
                cursor.execute("SELECT rebuild_readable()")
                assert cursor.fetchone() == (len(followed),)
            assert sorted(Readable.objects.values_list(*columns), key=repr) == followed
        transaction.set_rollback(True)
