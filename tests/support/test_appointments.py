"""Appointments: agreed, moved, cancelled, and the contact that a presence is, written once and undone with it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from convergence.people.models import Person
from convergence.platform.changes import settle
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.platform.identity import assume
from convergence.support.meetings.reading import appointments_of, to_note
from convergence.support.meetings.recording import (
    Plan,
    busy,
    cancel_appointment,
    change_appointment,
    moment,
    note_outcome,
    plan_appointment,
    reopen_appointment,
    withdraw_appointment,
)
from convergence.support.models import Alert, Appointment, Contact
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.meetings import AppointmentKind
from convergence.vocabulary.roles import Role
from tests.builders import PARIS, TODAY, World

Acting = Callable[[str], AbstractContextManager[None]]

WRITTEN = {"identity", "contact", "work", "social", "health", "justice"}
YESTERDAY, TOMORROW, NEXT_WEEK = (TODAY + timedelta(days=days) for days in (-1, 1, 7))


@pytest.fixture(autouse=True)
def counsellor(world: World) -> int:
    user = world.users[Role.COUNSELLOR]
    assume(user.pk, TODAY)
    return user.pk


def plan(counsellor: int, on: date = TODAY, hour: int = 10, **more: Any) -> Plan:
    told: dict[str, Any] = {"kind": AppointmentKind.INTERVIEW, "minutes": 60, "colleague_id": counsellor} | more
    return Plan(starts_at=moment(on, time(hour)), **told)


def agree(lina: Person, wanted: Plan, **more: Any) -> Appointment:
    told: dict[str, Any] = {"team": [wanted.colleague_id], "written": WRITTEN, "actor_id": wanted.colleague_id} | more
    return plan_appointment(lina.pk, wanted, today=TODAY, **told)


def note(appointment: Appointment, outcome: str, **more: Any) -> Appointment:
    told: dict[str, Any] = {"seen_version": str(appointment.pk), "actor_id": appointment.colleague_id} | more
    return note_outcome(appointment, outcome, told.pop("result", ""), today=TODAY, **told)


def contacts(lina: Person) -> list[tuple[str, date | None]]:
    return [(contact.kind, contact.starts) for contact in Contact.objects.current().filter(person=lina)]


@pytest.mark.parametrize(
    ("kind", "outcome", "written"),
    [
        ("interview", "came", "interview"),
        ("interview", "late", "interview"),
        ("accompaniment", "came", "accompaniment"),
        ("visit", "came", "visit"),
        ("interview", "excused", None),
        ("interview", "absent", None),
    ],
)
def test_a_presence_writes_the_contact_that_it_is_and_an_absence_none(
    counsellor: int, lina: Person, kind: str, outcome: str, written: str | None
) -> None:
    made = agree(lina, plan(counsellor, kind=AppointmentKind(kind), place="Préfecture fictive"))
    assert contacts(lina) == []
    noted = note(made, outcome, result="Dossier déposé.")
    assert noted.outcome == outcome
    assert noted.result == "Dossier déposé."
    assert contacts(lina) == ([(written, TODAY)] if written else [])


def test_a_presence_noted_by_mistake_is_undone_with_its_contact(counsellor: int, lina: Person) -> None:
    noted = note(agree(lina, plan(counsellor)), "came")
    again = reopen_appointment(noted)
    assert again.outcome == ""
    assert contacts(lina) == []
    note(again, "absent")
    assert contacts(lina) == []
    with pytest.raises(ChangedMeanwhile):
        reopen_appointment(noted)


def test_a_contact_typed_by_hand_that_day_is_not_written_again_nor_taken_back(counsellor: int, lina: Person) -> None:
    Contact(person=lina, kind="interview", valid=DateRange(TODAY, TOMORROW)).save(force_insert=True)
    noted = note(agree(lina, plan(counsellor)), "came")
    assert contacts(lina) == [("interview", TODAY)]
    reopen_appointment(noted)
    assert contacts(lina) == [("interview", TODAY)]


def test_a_presence_answers_the_alert_that_nobody_met_the_person(counsellor: int, lina: Person) -> None:
    assert Alert.objects.filter(person=lina, kind="no_contact").count() == 0
    made = agree(lina, plan(counsellor, YESTERDAY), outcome="absent")
    settle(TODAY)
    assert Alert.objects.get(person=lina, kind="no_contact").begins_on < TODAY
    note(reopen_appointment(made), "came")
    settle(TODAY)
    assert Alert.objects.get(person=lina, kind="no_contact").begins_on == YESTERDAY + timedelta(days=30)


def test_a_past_day_asks_whether_the_person_came_and_a_day_to_come_does_not_know(counsellor: int, lina: Person) -> None:
    with pytest.raises(Refused, match="dites si la personne est venue"):
        agree(lina, plan(counsellor, YESTERDAY))
    assert agree(lina, plan(counsellor, YESTERDAY), outcome="came").outcome == "came"
    with pytest.raises(Refused, match="pas encore eu lieu"):
        agree(lina, plan(counsellor, TOMORROW), outcome="came")
    with pytest.raises(Refused, match="pas encore eu lieu"):
        note(agree(lina, plan(counsellor, TOMORROW)), "absent")


def test_moving_and_cancelling_keep_what_stood(counsellor: int, lina: Person) -> None:
    made = agree(lina, plan(counsellor, TOMORROW, purpose="Parler du logement."))
    moved = change_appointment(
        made, plan(counsellor, NEXT_WEEK, 15), team=[], written=WRITTEN, seen_version=str(made.pk), today=TODAY
    )
    assert timezone.localtime(moved.starts_at) == datetime.combine(NEXT_WEEK, time(15), tzinfo=PARIS)
    with pytest.raises(ChangedMeanwhile):
        cancel_appointment(made, "", seen_version=str(made.pk))
    gone = cancel_appointment(moved, "Malade.", seen_version=str(moved.pk))
    assert (gone.outcome, gone.result) == ("cancelled", "Malade.")
    assert Appointment.objects.filter(series=made.series).count() == 3
    with pytest.raises(Refused, match="déjà noté"):
        note(gone, "came")


def test_a_moment_that_cannot_be_is_a_sentence(counsellor: int) -> None:
    with pytest.raises(Refused, match="heure d’été"):
        moment(date(2026, 3, 29), time(2, 30))
    for year in (9999, 1899, 2101):
        with pytest.raises(Refused, match="vérifiez l’année"):
            moment(date(year, 12, 31), time(23, 59))
    assert moment(date(2026, 10, 25), time(2, 30)).tzinfo is not None


def test_what_makes_no_appointment_is_refused(counsellor: int, lina: Person, world: World) -> None:
    wanted = plan(counsellor, TOMORROW)
    for refused, sentence in [
        (replace(wanted, minutes=0), "entre 5 minutes et 12 heures"),
        (replace(wanted, minutes=721), "entre 5 minutes et 12 heures"),
        (replace(wanted, kind=AppointmentKind.ACCOMPANIMENT), "où vous allez"),
        (replace(wanted, kind=AppointmentKind.JOINT_MEETING), "quels autres référents"),
        (replace(wanted, place="x" * 1001), "trop long"),
    ]:
        with pytest.raises(Refused, match=sentence):
            agree(lina, refused)
    with pytest.raises(Refused, match="qui y va"):
        agree(lina, replace(wanted, colleague_id=world.elsewhere[Role.COUNSELLOR].pk), team=[counsellor])
    with pytest.raises(Refused, match="qui peut lire"):
        agree(lina, replace(wanted, compartment=Compartment.JUSTICE), written={"social"})
    assert not Appointment.objects.filter(person=lina).exists()


def test_who_does_not_read_its_compartment_learns_only_that_the_colleague_is_taken(
    counsellor: int, lina: Person, world: World
) -> None:
    agree(lina, plan(counsellor, TOMORROW, 15, compartment=Compartment.JUSTICE, place="Lieu fictif"))
    assume(world.users[Role.SUPPORT_WORKER].pk, TODAY)
    read = appointments_of(counsellor, DateRange(TOMORROW, NEXT_WEEK))
    assert lina.pk not in {line.person_id for line in read}
    taken = busy([counsellor], moment(TOMORROW, time(15, 30)), 15)
    assert [(found.user_id, found.starts_at, found.minutes) for found in taken] == [
        (counsellor, moment(TOMORROW, time(15)), 60)
    ]
    assert busy([counsellor], moment(TOMORROW, time(16)), 60) == []
    assume(world.elsewhere[Role.COUNSELLOR].pk, TODAY)
    assert busy([counsellor], moment(TOMORROW, time(15, 30)), 15) == []


def test_a_colleague_s_day_lists_names_in_order_and_what_is_left_to_note(
    counsellor: int, lina: Person, acting_as: Acting, django_assert_num_queries: Any
) -> None:
    later = agree(lina, plan(counsellor, TODAY, 15, place="Bureau fictif"))
    sooner = agree(lina, plan(counsellor, TODAY, 9))
    cancel_appointment(
        agree(lina, plan(counsellor, TODAY, 11)), "", seen_version=str(Appointment.objects.latest("pk").pk)
    )
    with django_assert_num_queries(1):
        lines = appointments_of(counsellor, DateRange(TODAY, TOMORROW))
        told = [(line.person_name, line.starts.hour, line.ends.hour, line.place) for line in lines]
    assert told == [("Lina Modèle", 9, 10, ""), ("Lina Modèle", 15, 16, "Bureau fictif")]
    assert to_note(counsellor, TODAY) == []
    assume(counsellor, NEXT_WEEK)
    assert [line.appointment for line in to_note(counsellor, NEXT_WEEK) if line.person_id == lina.pk] == [later, sooner]


def test_one_noted_by_mistake_is_taken_back_with_its_contact(counsellor: int, lina: Person) -> None:
    withdraw_appointment(agree(lina, plan(counsellor), outcome="came"))
    assert contacts(lina) == []
    assert not Appointment.objects.current().filter(person=lina).exists()
