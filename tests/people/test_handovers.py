"""Handing people over: the giver follows until the other accepts, and nobody is left without a referent."""

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from convergence.access.models import User
from convergence.people.care import assign, stop
from convergence.people.entry import end_support
from convergence.people.handovers.giving import (
    Absence,
    accept,
    check_followed,
    decline,
    offer,
    received_by,
    take_back,
)
from convergence.people.handovers.models import HandOver
from convergence.people.models import Assignment, Support
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.platform.identity import assume
from convergence.situations.models import Situation
from convergence.territories import administering
from convergence.territories.models import Mission
from convergence.vocabulary.handovers import HandOverState
from convergence.vocabulary.roles import Role
from tests.builders import LONG_AGO, TODAY, World, make_user, open_ended

Acting = Callable[[str], AbstractContextManager[None]]
MONDAY, FRIDAY = date(2026, 12, 7), date(2026, 12, 18)
A_DAY = timedelta(days=1)


@pytest.fixture
def mine(world: World) -> Mission:
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    return world.users[Role.COUNSELLOR].missions.get()


@pytest.fixture
def colleague(world: World, acting_as: Acting) -> Mission:
    """Another counsellor of the first site, who follows nobody."""
    with acting_as("maint"):
        user = make_user("Seconde")
        return Mission.objects.create(user=user, role=Role.COUNSELLOR, site=world.site, valid=open_ended())


def offered(world: World, giver: Mission, receiver: Mission, absence: Absence, by: User | None = None) -> HandOver:
    actor = by or giver.user
    assume(actor.pk, TODAY)
    (asked,) = offer([world.anouk.pk], giver, receiver, absence, actor_id=actor.pk, today=TODAY)
    return asked


def followed_by(world: World, day: date, reader: User) -> list[str]:
    assume(reader.pk, TODAY)
    rows = Assignment.objects.current().valid_on(day).filter(person=world.anouk).select_related("mission__user")
    return [row.mission.user.given_name for row in rows]


def reads_justice(world: World, user: User, day: date) -> bool:
    assume(user.pk, day)
    return Situation.objects.filter(person=world.anouk, aspect="judicial_constraint").exists()


def test_until_it_is_accepted_the_giver_follows_and_reads_alone(
    world: World, mine: Mission, colleague: Mission
) -> None:
    offered(world, mine, colleague, Absence(TODAY))
    assert followed_by(world, TODAY, mine.user) == ["Ici-counsellor"]
    assert reads_justice(world, mine.user, TODAY)
    assert not reads_justice(world, colleague.user, TODAY)
    assume(colleague.user_id, TODAY)
    assert [asked.person_id for asked in received_by(colleague.user, TODAY)] == [world.anouk.pk]


def test_an_absence_moves_the_follow_up_and_what_only_a_referent_reads_for_its_days_and_no_other(
    world: World, mine: Mission, colleague: Mission
) -> None:
    asked = offered(world, mine, colleague, Absence(MONDAY, FRIDAY))
    assume(colleague.user_id, TODAY)
    accept(asked, today=TODAY)
    for day, follows in (
        (MONDAY - A_DAY, "Ici-counsellor"),
        (MONDAY, "Seconde"),
        (FRIDAY, "Seconde"),
        (FRIDAY + A_DAY, "Ici-counsellor"),
    ):
        assert followed_by(world, day, colleague.user) == [follows]
        assert reads_justice(world, mine.user, day) == (follows == "Ici-counsellor")
        assert reads_justice(world, colleague.user, day) == (follows == "Seconde")
    assume(colleague.user_id, TODAY)
    assert received_by(colleague.user, TODAY) == []


def test_accepted_late_it_begins_that_day_and_a_departure_has_no_end(
    world: World, mine: Mission, colleague: Mission
) -> None:
    asked = offered(world, mine, colleague, Absence(TODAY))
    later = TODAY + 3 * A_DAY
    assume(colleague.user_id, later)
    accept(asked, today=later)
    assert followed_by(world, later - A_DAY, colleague.user) == ["Ici-counsellor"]
    assert followed_by(world, later + 900 * A_DAY, colleague.user) == ["Seconde"]


def test_whoever_replaces_an_absent_colleague_hands_over_no_more_than_she_holds(
    world: World, mine: Mission, colleague: Mission
) -> None:
    first = offered(world, mine, colleague, Absence(MONDAY, FRIDAY))
    assume(colleague.user_id, TODAY)
    accept(first, today=TODAY)
    third = world.users[Role.SUPPORT_WORKER].missions.get()
    second = offered(world, colleague, third, Absence(MONDAY + 2 * A_DAY))
    assume(third.user_id, TODAY)
    accept(second, today=TODAY)
    assert followed_by(world, MONDAY + A_DAY, mine.user) == ["Seconde"]
    assert followed_by(world, MONDAY + 2 * A_DAY, mine.user) == ["Ici-support-worker"]
    assert followed_by(world, FRIDAY + A_DAY, mine.user) == ["Ici-counsellor"]
    assert not reads_justice(world, third.user, FRIDAY)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20), st.booleans(), st.booleans()), max_size=4))
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_handed_over_one_referent_follows_every_day(
    world: World, mine: Mission, colleague: Mission, moves: list[tuple[int, int, bool, bool]]
) -> None:
    with transaction.atomic():
        for begins, length, back, for_good in moves:
            giver, receiver = (colleague, mine) if back else (mine, colleague)
            first = TODAY + begins * A_DAY
            absence = Absence(first, None if for_good else first + length * A_DAY)
            with suppress(Refused):  # she who gives does not follow her then
                asked = offered(world, giver, receiver, absence)
                assume(receiver.user_id, TODAY)
                accept(asked, today=TODAY)
        assume(mine.user_id, TODAY)
        hers = [row.valid for row in Assignment.objects.current().filter(person=world.anouk)]
        for ahead in range(45):
            assert sum(TODAY + ahead * A_DAY in valid for valid in hers) == 1
        check_followed()
        transaction.set_rollback(True)


def test_one_answers_once_and_what_was_taken_back_is_no_longer_there(
    world: World, mine: Mission, colleague: Mission
) -> None:
    asked = offered(world, mine, colleague, Absence(MONDAY, FRIDAY))
    with pytest.raises(Refused, match="déjà confiée"), transaction.atomic():
        offered(world, mine, colleague, Absence(FRIDAY))
    take_back(asked)
    assume(colleague.user_id, TODAY)
    with pytest.raises(ChangedMeanwhile, match="déjà reçu une réponse"):
        accept(asked, today=TODAY)
    again = offered(world, mine, colleague, Absence(MONDAY, FRIDAY))
    assume(colleague.user_id, TODAY)
    decline(again)
    with pytest.raises(ChangedMeanwhile):
        accept(again, today=TODAY)
    assert followed_by(world, MONDAY, mine.user) == ["Ici-counsellor"]


@pytest.mark.parametrize("by", [Role.COUNSELLOR, Role.SUPPORT_WORKER, Role.SITE_MANAGER])
def test_the_team_and_its_manager_hand_over_and_nobody_to_herself(
    world: World, mine: Mission, colleague: Mission, by: Role
) -> None:
    assert offered(world, mine, colleague, Absence(MONDAY), by=world.users[by]).state == HandOverState.OFFERED
    with pytest.raises(Refused, match="à soi-même"):
        offered(world, mine, colleague, Absence(MONDAY), by=colleague.user)


def test_past_the_screens_nobody_offers_to_herself_nor_answers_for_another(
    world: World, mine: Mission, colleague: Mission
) -> None:
    refused = pytest.raises(ProgrammingError, match="row-level security")
    assume(colleague.user_id, TODAY)
    for state in HandOverState:
        with refused, transaction.atomic():
            HandOver.objects.create(
                person=world.anouk, giver=mine, receiver=colleague, valid=open_ended(TODAY), state=state
            )
    asked = offered(world, mine, colleague, Absence(MONDAY, FRIDAY))
    with refused, transaction.atomic():
        accept(asked, today=TODAY)
    assume(colleague.user_id, TODAY)
    with refused, transaction.atomic():
        take_back(asked)
    with refused, transaction.atomic():
        Assignment.objects.create(person=world.anouk, mission=colleague, valid=open_ended(TODAY))


@pytest.mark.parametrize(
    ("absence", "sentence"),
    [
        (Absence(FRIDAY, MONDAY), "vient avant le premier"),
        (Absence(TODAY - A_DAY), "est passé"),
    ],
)
def test_dates_that_do_not_suit_are_a_sentence(
    world: World, mine: Mission, colleague: Mission, absence: Absence, sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        offered(world, mine, colleague, absence)


def test_a_colleague_of_another_site_or_without_a_mission_then_is_refused(
    world: World, mine: Mission, acting_as: Acting
) -> None:
    elsewhere = world.elsewhere[Role.COUNSELLOR].missions.get()
    over = world.former[Role.COUNSELLOR].missions.get()
    with pytest.raises(Refused, match="même chantier"):
        offered(world, mine, elsewhere, Absence(MONDAY))
    with pytest.raises(Refused, match="ne court pas"):
        offered(world, mine, over, Absence(MONDAY))


def test_a_follow_up_that_stops_with_nobody_after_it_is_refused_unless_support_stops_too(
    world: World, mine: Mission, colleague: Mission
) -> None:
    assume(mine.user_id, TODAY)
    hers = Assignment.objects.current().get(person=world.anouk, mission=mine)
    with transaction.atomic():
        stop(hers, TODAY + A_DAY)
        with pytest.raises(Refused, match="jamais sans référent"):
            check_followed()
        transaction.set_rollback(True)
    with transaction.atomic():
        assign(world.anouk.pk, colleague, TODAY)
        check_followed()
        transaction.set_rollback(True)
    end_support(world.anouk.pk, world.site.pk, TODAY, today=TODAY)
    stop(hers, TODAY + A_DAY)
    check_followed()


def test_who_follows_from_a_site_that_no_longer_supports_her_does_not_count(
    world: World, mine: Mission, acting_as: Acting
) -> None:
    with acting_as("maint"):
        left = world.elsewhere[Role.COUNSELLOR].missions.get()
        Support.objects.create(person=world.anouk, site=world.other_site, valid=DateRange(LONG_AGO, TODAY))
        Assignment.objects.create(person=world.anouk, mission=left, valid=open_ended())
    assume(mine.user_id, TODAY)
    with transaction.atomic():
        stop(Assignment.objects.current().get(person=world.anouk, mission=mine), TODAY + A_DAY)
        with pytest.raises(Refused, match="jamais sans référent"):
            check_followed()
        transaction.set_rollback(True)


def test_a_mission_that_follows_people_does_not_end_before_they_are_handed_over(
    world: World, mine: Mission, colleague: Mission
) -> None:
    administrator = world.users[Role.ADMINISTRATOR]
    assume(administrator.pk, TODAY)

    def end() -> None:
        fresh = Mission.objects.get(pk=mine.pk)
        seen = administering.fingerprint(fresh)
        administering.date_mission(fresh, seen, LONG_AGO, FRIDAY, actor_id=administrator.pk)

    with pytest.raises(Refused, match="resteraient sans référent"):
        end()
    asked = offered(world, mine, colleague, Absence(FRIDAY + A_DAY))
    assume(colleague.user_id, TODAY)
    accept(asked, today=TODAY)
    assume(administrator.pk, TODAY)
    end()
    assert Mission.objects.get(pk=mine.pk).last_day == FRIDAY


def test_an_account_closes_at_once_and_its_mission_when_nobody_depends_on_it(world: World, mine: Mission) -> None:
    administrator = world.users[Role.ADMINISTRATOR]
    assume(administrator.pk, TODAY)
    account = User.objects.get(pk=mine.user_id)
    administering.close_account(account, administering.fingerprint(account), TODAY, actor_id=administrator.pk)
    assert Mission.objects.get(pk=mine.pk).last_day is None
    assert not reads_justice(world, mine.user, TODAY)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.scopes')")
        assert cursor.fetchone() == ("{}",)


def test_the_database_itself_refuses_at_the_commit(world: World, mine: Mission) -> None:
    assume(mine.user_id, TODAY)
    hers = Assignment.objects.current().get(person=world.anouk, mission=mine)
    with transaction.atomic():
        stop(hers, TODAY + A_DAY)
        with pytest.raises(IntegrityError, match="without a referent"), transaction.atomic():
            connection.check_constraints()
        transaction.set_rollback(True)
