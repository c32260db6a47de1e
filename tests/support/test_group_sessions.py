"""What is done in a group: one row in each file, one contact for each presence, corrected without losing what stood."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from convergence.people.models import Person
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.platform.identity import assume
from convergence.support.meetings.groups import MOST_PEOPLE, Gathering, correct_gathering, record_gathering, rows_of
from convergence.support.models import Contact, GroupAttendance
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.meetings import GroupKind
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World

YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture(autouse=True)
def counsellor(world: World) -> int:
    user = world.users[Role.COUNSELLOR]
    assume(user.pk, TODAY)
    return user.pk


def workshop(**more: Any) -> Gathering:
    told: dict[str, Any] = {"kind": GroupKind.WORKSHOP, "title": "Lire sa fiche de paie", "on": TODAY, "minutes": 90}
    return Gathering(**(told | {"colleagues": ()} | more))


def record(world: World, came: list[int], absent: list[int], **more: Any) -> UUID:
    team = [world.users[Role.COUNSELLOR].pk]
    return record_gathering(workshop(**more), came, absent, among=[*came, *absent], team=team, today=TODAY)


def correct(world: World, series: UUID, came: list[int], absent: list[int], seen: list[int], **more: Any) -> None:
    correct_gathering(
        series,
        workshop(**more),
        came,
        absent,
        among=[*came, *absent],
        team=[],
        seen=seen,
        actor_id=world.users[Role.COUNSELLOR].pk,
        today=TODAY,
    )


def met_on(person: Person) -> list[date | None]:
    return [row.starts for row in Contact.objects.current().filter(person=person, kind="meeting").order_by("valid")]


def test_only_a_presence_is_a_contact(world: World, lina: Person) -> None:
    series = record(world, [lina.pk], [world.anouk.pk])
    assert {(row.person_id, row.outcome) for row in rows_of(series)} == {
        (lina.pk, "came"),
        (world.anouk.pk, "absent"),
    }
    assert met_on(lina) == [TODAY]
    assert met_on(world.anouk) == []


def test_a_correction_moves_contacts_with_presences_and_keeps_what_stood(world: World, lina: Person) -> None:
    series = record(world, [lina.pk], [world.anouk.pk])
    first = [row.pk for row in rows_of(series)]
    correct(world, series, [lina.pk, world.anouk.pk], [], first, on=YESTERDAY)
    assert met_on(lina) == [YESTERDAY]
    assert met_on(world.anouk) == [YESTERDAY]
    with pytest.raises(ChangedMeanwhile):
        correct(world, series, [lina.pk], [], first)
    second = [row.pk for row in rows_of(series)]
    correct(world, series, [], [lina.pk], second, on=YESTERDAY, title="Lire un bulletin de paie")
    assert met_on(lina) == met_on(world.anouk) == []
    assert [(row.person_id, row.title) for row in rows_of(series)] == [(lina.pk, "Lire un bulletin de paie")]
    assert GroupAttendance.objects.filter(gathering=series).count() == 5


def test_a_correction_that_changes_nothing_writes_nothing(world: World, lina: Person) -> None:
    series = record(world, [lina.pk], [])
    seen = [row.pk for row in rows_of(series)]
    correct(world, series, [lina.pk], [], seen)
    assert [row.pk for row in rows_of(series)] == seen


def test_nobody_learns_from_one_file_who_else_was_there(world: World, lina: Person) -> None:
    series = record(world, [lina.pk], [])
    assume(world.elsewhere[Role.COUNSELLOR].pk, TODAY)
    assert rows_of(series) == []


def test_what_is_no_gathering_is_refused(world: World, lina: Person) -> None:
    wrongs: list[tuple[dict[str, Any], str]] = [
        ({"minutes": 0}, "5 minutes"),
        ({"title": " "}, "Dites ce que le groupe"),
        ({"on": TODAY + timedelta(days=1)}, "futur"),
        ({"compartment": Compartment.JUSTICE}, "qui peut lire"),
        ({"colleagues": (world.elsewhere[Role.COUNSELLOR].pk,)}, "collègues"),
    ]
    for more, sentence in wrongs:
        with pytest.raises(Refused, match=sentence):
            record(world, [lina.pk], [], **more)
    with pytest.raises(Refused, match="présente et absente"):
        record(world, [lina.pk], [lina.pk])
    with pytest.raises(Refused, match="au plus"):
        record(world, list(range(MOST_PEOPLE + 1)), [])
    with pytest.raises(Refused, match="dans la liste"):
        record_gathering(workshop(), [lina.pk], [], among=[], team=[], today=TODAY)
    assert not GroupAttendance.objects.current().filter(person=lina).exists()
