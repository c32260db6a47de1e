"""What leaves for a day without a network: as little as may be, on record; and what comes back, once."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from convergence.access.models import AccessRecord
from convergence.support.models import Appointment, Note
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World, one_day
from tests.web.team import enter

Acting = Callable[[str], AbstractContextManager[None]]


@pytest.fixture(autouse=True)
def the_day(time_machine: Any) -> None:
    time_machine.move_to(f"{TODAY.isoformat()}T08:00:00+01:00", tick=False)


def meet(world: World, role: Role, **changes: Any) -> Appointment:
    given = {
        "person": world.anouk,
        "kind": "interview",
        "starts_at": datetime(2026, 11, 23, 13, 30, tzinfo=UTC),
        "minutes": 45,
        "colleague": world.users[role],
        "place": "Gare fictive",
        "purpose": "But fictif.",
        "valid": one_day(TODAY),
    }
    return Appointment.objects.create(**given | changes)


@pytest.fixture
def meetings(world: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        Appointment.objects.all().delete()
        meet(world, Role.COUNSELLOR)
        meet(
            world,
            Role.COUNSELLOR,
            compartment="health",
            starts_at=datetime(2026, 11, 23, 15, 0, tzinfo=UTC),
            place="Centre de soins fictif",
        )
        meet(world, Role.SUPPORT_WORKER)
        later = TODAY + timedelta(days=1)
        meet(world, Role.COUNSELLOR, starts_at=datetime(2026, 11, 24, 9, tzinfo=UTC), valid=one_day(later))


def test_the_day_holds_hours_names_and_ordinary_places_of_one_s_own_appointments_and_is_on_record(
    world: World, meetings: None, acting_as: Acting
) -> None:
    answer = enter(world.users[Role.COUNSELLOR]).get(reverse("offline-day"))
    day = answer.json()
    assert [(a["at"], a["until"], a["name"], a["place"]) for a in day["appointments"]] == [
        ("14:30", "15:15", "Anouk Fictive", "Gare fictive"),
        ("16:00", "16:45", "Anouk Fictive", ""),
    ]
    assert [code for code, _label in day["appointments"][0]["compartments"]] == ["social", "work", "health", "justice"]
    assert "But fictif" not in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    with acting_as("maint"):
        looks = AccessRecord.objects.filter(page="offline-day")
        assert list(looks.values_list("person_id", flat=True)) == [world.anouk.pk]


def test_the_page_that_stays_on_the_device_is_the_same_for_everybody(world: World) -> None:
    mine = enter(world.users[Role.COUNSELLOR]).get(reverse("offline")).content
    assert mine == Client().get(reverse("offline")).content
    assert b"Ici-counsellor" not in mine
    worker = Client().get(reverse("offline-worker"))
    assert worker["Content-Type"].startswith("text/javascript")
    assert reverse("people") not in worker.content.decode()


def test_signing_out_asks_the_browser_to_erase_and_no_other_answer_does(world: World) -> None:
    client = enter(world.users[Role.COUNSELLOR])
    assert "Clear-Site-Data" not in client.get(reverse("today"))
    assert client.post(reverse("account_logout"))["Clear-Site-Data"] == '"storage"'
    assert "Clear-Site-Data" not in client.get(reverse("account_login"))


def send(client: Client, person_id: int, **changes: str) -> Any:
    given = {"body": "Mots fictifs.", "compartment": "social", "on": TODAY.isoformat(), "kept": "1"}
    return client.post(reverse("offline-note", args=[person_id]), given | changes)


def test_a_note_received_twice_is_written_once(world: World, acting_as: Acting) -> None:
    client, token = enter(world.users[Role.COUNSELLOR]), str(uuid.uuid4())
    assert send(client, world.anouk.pk, submission=token).json() == {"written": True}
    assert send(client, world.anouk.pk, submission=token).status_code == 302
    with acting_as("maint"):
        found = Note.objects.filter(person=world.anouk, recorded_by=world.users[Role.COUNSELLOR])
        assert [(note.body, note.compartment) for note in found] == [("Mots fictifs.", "social")]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"body": " "}, "Écrivez quelques mots."),
        ({"compartment": "identity"}, "Choisissez qui peut lire"),
        ({"on": "2027-01-01"}, "La date est dans le futur"),
    ],
)
def test_a_note_that_cannot_be_written_is_a_sentence(world: World, changes: dict[str, str], sentence: str) -> None:
    answer = send(enter(world.users[Role.COUNSELLOR]), world.anouk.pk, **changes)
    assert answer.status_code == 422
    assert sentence in answer.json()["sentence"]


def test_a_note_about_somebody_who_has_left_is_not_written(world: World, acting_as: Acting) -> None:
    assert send(enter(world.users[Role.COUNSELLOR]), world.rosa.pk).status_code == 404
    assert send(enter(world.users[Role.SITE_MANAGER]), world.anouk.pk).status_code == 403
