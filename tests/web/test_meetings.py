"""Appointments on the person's tab, on Today and in one's own days; groups and joint support; as a team fills them."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from convergence.access.models import AccessRecord
from convergence.people.models import Assignment, OutsideReferent, Person
from convergence.platform.identity import assume
from convergence.support.models import Appointment, Contact, GroupAttendance, JointSupport
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World, make_person, open_ended

Acting = Callable[[str], AbstractContextManager[None]]

TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def lina(world: World, acting_as: Acting, time_machine: Any) -> Person:
    """Lina Modèle, followed by the counsellor, whose outside referent is Lise Factice."""
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)
    with acting_as("maint"):
        person = make_person("Lina", "Modèle", world.site)
        mission = world.users[Role.COUNSELLOR].missions.get()
        Assignment.objects.create(person=person, mission=mission, valid=open_ended())
        OutsideReferent.objects.create(
            person=person, role="Assistante sociale", name="Lise Factice", valid=open_ended()
        )
    return person


@pytest.fixture
def client(world: World, lina: Person) -> Client:
    made = Client()
    made.force_login(world.users[Role.COUNSELLOR])
    return made


@pytest.fixture
def other(world: World, lina: Person) -> Client:
    """The support worker of the same site."""
    made = Client()
    made.force_login(world.users[Role.SUPPORT_WORKER])
    return made


def text_of(response: Any) -> str:
    words = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", unescape(words))


def fields(world: World, **more: Any) -> dict[str, Any]:
    told = {
        "kind": "interview",
        "on": TODAY.isoformat(),
        "at": "14:30",
        "minutes": 60,
        "colleague": world.users[Role.COUNSELLOR].pk,
        "agreed": "on",
        "compartment": "social",
        "outcome": "",
    }
    return told | more


def agree(client: Client, world: World, lina: Person, **more: Any) -> Appointment:
    response: Any = client.post(reverse("new-appointment", args=[lina.pk]), fields(world, **more))
    assert response.status_code == 302, text_of(response)
    return Appointment.objects.current().filter(person=lina).latest("pk")


def test_an_appointment_is_on_the_tab_on_today_and_in_one_s_own_days(
    world: World, client: Client, lina: Person
) -> None:
    agree(client, world, lina, place="Mairie fictive")
    agree(client, world, lina, on=TOMORROW.isoformat(), kind="accompaniment", place="Préfecture fictive")
    tab = text_of(client.get(reverse("meetings", args=[lina.pk])))
    assert re.search(r"À venir .*14 h 30 – 15 h 30 .*Mairie fictive.*Préfecture fictive.* Passés", tab)
    today = text_of(client.get(reverse("today")))
    assert re.search(r"Mes rendez-vous .*14 h 30 – 15 h 30 .*Lina Modèle.*Demain.*Lina Modèle", today)
    assert "fictive" not in today
    mine = text_of(client.get(reverse("my-meetings")))
    assert re.search(r"Lina Modèle.*Mairie fictive.*Mardi 24 novembre.*Préfecture fictive", mine)


def test_a_presence_is_one_touch_from_today_and_is_undone_from_its_message(
    world: World, client: Client, lina: Person
) -> None:
    made = agree(client, world, lina)
    page = client.get(reverse("today")).content.decode()
    form = re.search(
        rf'<form method="post" class="presence" action="([^"]*/{made.pk}/presence/)">(.*?)</form>', page, re.S
    )
    assert form
    touch: dict[str, Any] = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[2]))
    answered = client.post(form[1], touch | {"outcome": "came"}, follow=True)
    assert answered.redirect_chain == [(reverse("today"), 302)]
    assert "Lina Modèle, c’est noté : présence." in text_of(answered)
    assert Contact.objects.current().get(person=lina).kind == "interview"
    undo = re.search(r'action="(/personnes/\d+/rendez-vous/\d+/rouvrir/)"', answered.content.decode())
    assert undo
    assert "de nouveau à noter" in text_of(client.post(undo[1], follow=True))
    assert not Contact.objects.current().filter(person=lina).exists()
    # The very same touch sent again is a touch about what no longer stands.
    assert client.post(form[1], touch | {"outcome": "came", "submission": ""}).status_code == 409


def test_the_same_form_twice_makes_one_appointment(world: World, client: Client, lina: Person) -> None:
    page = client.get(reverse("new-appointment", args=[lina.pk])).content.decode()
    token = re.search(r'name="submission" value="([^"]+)"', page)
    assert token
    for _time in range(2):
        sent = fields(world, submission=token[1])
        assert client.post(reverse("new-appointment", args=[lina.pk]), sent).status_code == 302
    assert Appointment.objects.current().filter(person=lina).count() == 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"on": "9999-12-31"}, "vérifiez l’année"),
        ({"on": "1950-01-01"}, "vérifiez l’année"),
        ({"at": "25:00"}, "par exemple 14:30"),
        ({"minutes": -30}, "Choisissez une durée"),
        ({"on": "2026-11-20"}, "dites si la personne est venue"),
        ({"on": "2026-11-25", "outcome": "came"}, "pas encore eu lieu"),
        ({"kind": "joint_meeting"}, "quels autres référents"),
        ({"kind": "accompaniment"}, "où vous allez"),
        ({"colleague": 999999}, "qui y va"),
        ({"compartment": "work"}, "qui peut lire"),
        ({"on": "2026-03-29", "at": "02:30", "outcome": "came"}, "heure d’été"),
    ],
)
def test_what_cannot_be_is_a_sentence_and_writes_nothing(
    world: World, client: Client, lina: Person, wrong: dict[str, Any], sentence: str
) -> None:
    response = client.post(reverse("new-appointment", args=[lina.pk]), fields(world, **wrong))
    assert response.status_code in {409, 422}
    assert sentence in text_of(response)
    assert not Appointment.objects.filter(person=lina).exists()


def test_a_colleague_already_taken_is_a_warning_that_says_nothing_of_whom(
    world: World, client: Client, lina: Person
) -> None:
    agree(client, world, lina)
    again = client.post(reverse("new-appointment", args=[lina.pk]), fields(world, at="15:00"), follow=True)
    told = text_of(again)
    assert f"{world.users[Role.COUNSELLOR]} a déjà un rendez-vous le 23 novembre 2026, de 14 h 30 à 15 h 30" in told
    assert Appointment.objects.current().filter(person=lina).count() == 2


def test_the_second_of_two_editors_is_told_and_loses_nothing(world: World, client: Client, lina: Person) -> None:
    made = agree(client, world, lina)
    address = reverse("change-appointment", args=[lina.pk, made.pk])
    moved = fields(world, on=TOMORROW.isoformat(), seen_version=made.pk)
    assert client.post(address, moved).status_code == 302
    second = client.post(address, moved | {"at": "09:15", "place": "Bureau fictif"})
    assert second.status_code == 409
    assert "Quelqu’un a changé ce rendez-vous" in text_of(second)
    assert 'value="Bureau fictif"' in second.content.decode()
    assert "24 nov. 2026, 14 h 30" in text_of(second)


def test_who_reads_no_judicial_constraint_sees_no_trace_of_such_an_appointment(
    world: World, client: Client, other: Client, lina: Person
) -> None:
    made = agree(client, world, lina, compartment="justice", place="Lieu fictif")
    assert "Lieu fictif" in text_of(client.get(reverse("meetings", args=[lina.pk])))
    assert "Lieu fictif" not in text_of(other.get(reverse("meetings", args=[lina.pk])))
    assert other.get(reverse("appointment", args=[lina.pk, made.pk])).status_code == 404


def test_a_colleague_s_hours_are_shown_as_taken_and_nothing_else(
    world: World, client: Client, other: Client, lina: Person
) -> None:
    agree(client, world, lina, compartment="justice", place="Lieu fictif")
    said = text_of(other.get(reverse("my-meetings")))
    assert f"{world.users[Role.COUNSELLOR]} · heures prises : 14 h 30 – 15 h 30" in said
    assert "Lieu fictif" not in said
    assert "Lina" not in said


def test_one_s_own_days_leave_a_record_of_whose_places_were_read(
    world: World, client: Client, lina: Person, acting_as: Acting
) -> None:
    agree(client, world, lina)
    client.get(reverse("my-meetings"))
    with acting_as("maint"):
        assert AccessRecord.objects.filter(person_id=lina.pk, page="my-meetings").count() == 1


def gathering(world: World, **more: Any) -> dict[str, Any]:
    told = {
        "kind": "workshop",
        "title": "Déclarer ses revenus",
        "on": TODAY.isoformat(),
        "minutes": 120,
        "colleagues": [world.users[Role.COUNSELLOR].pk],
        "compartment": "social",
    }
    return told | more


def test_a_workshop_is_typed_once_for_everybody_and_corrected(world: World, client: Client, lina: Person) -> None:
    sent = gathering(world, came=[lina.pk], absent=[world.anouk.pk])
    assert client.post(reverse("new-gathering"), sent).status_code == 302
    assert "Déclarer ses revenus" in text_of(client.get(reverse("meetings", args=[lina.pk])))
    assert Contact.objects.current().get(person=lina).kind == "meeting"
    row = GroupAttendance.objects.current().get(person=lina)
    assert "Déclarer ses revenus" in text_of(client.get(reverse("my-meetings")))
    address = reverse("gathering", args=[row.pk])
    seen = re.search(r'name="seen" value="([^"]+)"', client.get(address).content.decode())
    assert seen
    corrected = gathering(world, came=[world.anouk.pk], title="Déclarer en ligne", seen=seen[1])
    assert client.post(address, corrected).status_code == 302
    assert not Contact.objects.current().filter(person=lina).exists()
    assert not GroupAttendance.objects.current().filter(person=lina).exists()
    standing = GroupAttendance.objects.current().get(person=world.anouk, gathering=row.gathering)
    assert (standing.outcome, standing.title) == ("came", "Déclarer en ligne")
    second = client.post(address, corrected | {"title": "Autre"})
    assert second.status_code in {404, 409}


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"came": [], "absent": []}, "Cochez au moins une personne"),
        ({"on": "2026-11-24"}, "notez qui est venu le jour venu"),
        ({"on": "9999-01-01"}, "vérifiez l’année"),
        ({"title": "   "}, "Dites ce que le groupe a fait"),
    ],
)
def test_a_workshop_that_cannot_be_is_a_sentence(
    world: World, client: Client, lina: Person, wrong: dict[str, Any], sentence: str
) -> None:
    response = client.post(reverse("new-gathering"), gathering(world, came=[lina.pk]) | wrong)
    assert response.status_code in {409, 422}
    assert sentence in text_of(response)
    both = client.post(reverse("new-gathering"), gathering(world, came=[lina.pk], absent=[lina.pk]))
    assert "présente et absente" in text_of(both)
    elsewhere = client.post(reverse("new-gathering"), gathering(world, came=[world.sami.pk]))
    assert "dans la liste" in text_of(elsewhere)
    assert not GroupAttendance.objects.current().filter(person__in=[lina, world.sami], title__startswith="D").exists()


def test_two_hundred_people_are_written_at_once_in_a_few_queries(
    world: World, client: Client, acting_as: Acting, lina: Person, django_assert_max_num_queries: Any
) -> None:
    with acting_as("maint"):
        crowd = [make_person(f"Prénom{number}", "Exemple", world.site).pk for number in range(200)]
    with django_assert_max_num_queries(60):
        assert client.post(reverse("new-gathering"), gathering(world, came=crowd)).status_code == 302
    assert GroupAttendance.objects.current().filter(person__in=crowd).count() == 200
    assert Contact.objects.current().filter(person__in=crowd, kind="meeting").count() == 200


def informing(world: World, referent: OutsideReferent, on: date = TODAY, **more: Any) -> dict[str, Any]:
    told = {
        "referents": [str(referent.series)],
        "discussed": ["social"],
        "on": on.isoformat(),
        "informed_by": world.users[Role.COUNSELLOR].pk,
        "words": "Je vous propose de parler du logement avec votre assistante sociale.",
    }
    return told | more


def test_nothing_is_said_before_the_information_nor_after_the_objection(
    world: World, client: Client, lina: Person
) -> None:
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    referent = OutsideReferent.objects.get(person=lina)
    assert "une fois la personne informée" in text_of(client.get(reverse("meetings", args=[lina.pk])))
    assert client.post(reverse("new-joint-support", args=[lina.pk]), informing(world, referent)).status_code == 302
    joint = JointSupport.objects.get(person=lina)
    meeting = {"kind": "joint_meeting", "joint": [str(joint.series)]}
    before = fields(world, on="2026-11-20", outcome="came", **meeting)
    refused = client.post(reverse("new-appointment", args=[lina.pk]), before)
    assert "avant que la personne ait été informée" in text_of(refused)
    held = agree(client, world, lina, **meeting)
    planned = agree(client, world, lina, on=TOMORROW.isoformat(), **meeting)
    assert "Lise Factice, Assistante sociale" in text_of(client.get(reverse("joint-support", args=[lina.pk, joint.pk])))
    objection = {"on": TODAY.isoformat(), "words": "Je préfère pas.", "seen_version": joint.pk}
    assert client.post(reverse("joint-objection", args=[lina.pk, joint.pk]), objection).status_code == 302
    for made in (held, planned):
        assert Appointment.objects.current().get(series=made.series).outcome == "cancelled"
    assert "opposition" in text_of(client.get(reverse("meetings", args=[lina.pk])))
    gone = Appointment.objects.current().get(series=planned.series)
    again = client.post(reverse("reopen-appointment", args=[lina.pk, gone.pk]), follow=True)
    assert "à partir du jour où elle s’y oppose" in text_of(again)
    after = client.post(reverse("new-appointment", args=[lina.pk]), fields(world, **meeting))
    assert after.status_code in {409, 422}
    assert not Appointment.objects.current().filter(person=lina, outcome="").exists()


def test_an_information_that_says_nothing_is_refused(world: World, client: Client, lina: Person) -> None:
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    referent = OutsideReferent.objects.get(person=lina)
    address = reverse("new-joint-support", args=[lina.pk])
    wrongs: list[tuple[dict[str, Any], str]] = [
        ({"words": ""}, "dans quels mots"),
        ({"discussed": []}, "de quoi il est parlé"),
        ({"referents": []}, "le ou les référents"),
        ({"on": TOMORROW.isoformat()}, "le jour où vous la donnez"),
    ]
    for wrong, sentence in wrongs:
        response = client.post(address, informing(world, referent) | wrong)
        assert response.status_code in {409, 422}
        assert sentence in text_of(response)
    assert client.post(address, informing(world, referent, objects="on", objection="Non.")).status_code == 302
    assert JointSupport.objects.get(person=lina).objected_on == TODAY
    twice = client.post(address, informing(world, referent))
    assert "déjà notée pour ce référent" in text_of(twice)
