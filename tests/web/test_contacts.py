"""Recording a contact from a screen: one touch, harmless twice, undone from the message."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from convergence.access.models import AccessRecord
from convergence.people.models import Person
from convergence.support.models import Alert, Contact
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World
from tests.web.team import add_person, enter, text

Acting = Callable[[str], AbstractContextManager[None]]


@pytest.fixture
def awa(world: World, acting_as: Acting, time_machine: Any) -> Person:
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)
    with acting_as("maint"):
        return add_person(world, "Awa", met=32)


@pytest.fixture
def counsellor(world: World, awa: Person) -> Client:
    client = enter(world.users[Role.COUNSELLOR])
    return client


def one_touch(client: Client, person: Person, **changes: str) -> Any:
    form = {"kind": "call_no_answer", "next": "/aujourdhui/", "submission": str(uuid.uuid4())}
    return client.post(reverse("record-contact", args=[person.pk]), form | changes)


def contacts_of(person: Person, acting_as: Acting) -> list[str]:
    with acting_as("maint"):
        return list(Contact.objects.current().filter(person=person).order_by("pk").values_list("kind", flat=True))


def test_called_no_answer_takes_one_touch_from_today_and_is_told_there(
    counsellor: Client, awa: Person, acting_as: Acting
) -> None:
    response = one_touch(counsellor, awa)
    assert (response.status_code, response["Location"]) == (302, "/aujourdhui/")
    page = text(counsellor.get("/aujourdhui/"))
    assert "Awa Modèle, c’est noté : appel sans réponse." in page
    assert "Dernier appel sans réponse le 23." in page
    assert contacts_of(awa, acting_as) == ["meeting", "call_no_answer"]


def test_a_second_touch_the_same_day_and_the_same_form_twice_are_harmless(
    counsellor: Client, awa: Person, acting_as: Acting
) -> None:
    token = str(uuid.uuid4())
    for submission in (token, token, str(uuid.uuid4()), ""):
        assert one_touch(counsellor, awa, submission=submission).status_code == 302
    assert contacts_of(awa, acting_as) == ["meeting", "call_no_answer"]


def test_the_message_undoes_it_and_the_alert_comes_back(counsellor: Client, awa: Person, acting_as: Acting) -> None:
    one_touch(counsellor, awa, kind="meeting")
    with acting_as("maint"):
        assert Alert.objects.get(person=awa, kind="no_contact").begins_on == TODAY + timedelta(days=30)
        contact = Contact.objects.current().get(person=awa, recorded_by__isnull=False)
    address = reverse("undo-contact", args=[awa.pk, contact.pk])
    assert f'action="{address}"' in counsellor.get("/aujourdhui/").content.decode()
    undone = counsellor.post(address, headers={"referer": "http://testserver/aujourdhui/?qui=tous"})
    assert undone["Location"] == "/aujourdhui/?qui=tous"
    assert "C’est annulé" in text(counsellor.get("/aujourdhui/"))
    with acting_as("maint"):
        assert Alert.objects.get(person=awa, kind="no_contact").begins_on == TODAY - timedelta(days=2)
    counsellor.post(address)
    assert "n’est plus dans le dossier" in text(counsellor.get("/aujourdhui/"))


def test_a_contact_is_recorded_with_its_kind_and_day_on_its_own_page(
    counsellor: Client, awa: Person, acting_as: Acting
) -> None:
    page = text(counsellor.get(reverse("record-contact", args=[awa.pk])))
    assert "Un contact avec Awa Modèle" in page
    assert f'value="{TODAY.isoformat()}"' in page
    day = TODAY - timedelta(days=2)
    response = one_touch(counsellor, awa, kind="visit", on=day.isoformat(), next="")
    assert response["Location"] == reverse("person", args=[awa.pk])
    with acting_as("maint"):
        contact = Contact.objects.current().get(person=awa, kind="visit")
        assert contact.starts == day
        assert AccessRecord.objects.filter(person_id=awa.pk, page="record-contact").count() == 2


@pytest.mark.parametrize(
    ("form", "status", "words"),
    [
        ({"kind": ""}, 422, "Dites ce qui s’est passé."),
        ({"kind": "seance"}, 422, "Choisissez une sorte de contact"),
        ({"on": ""}, 422, "Donnez une date."),
        ({"on": "31/02/2026"}, 422, "date"),
        ({"on": "9999-12-31"}, 422, "hors du possible"),
        ({"on": (TODAY + timedelta(days=1)).isoformat()}, 409, "La date est dans le futur"),
        ({"kind": "\x00"}, 422, ""),
    ],
)
def test_bad_input_gets_a_sentence_and_records_nothing(
    counsellor: Client, awa: Person, acting_as: Acting, form: dict[str, str], status: int, words: str
) -> None:
    response = one_touch(counsellor, awa, **form)
    assert response.status_code == status
    assert words in text(response)
    assert contacts_of(awa, acting_as) == ["meeting"]


@pytest.mark.parametrize("next_", ["https://ailleurs.example/", "//ailleurs.example/", "javascript:alert(1)", "\\\\x"])
def test_a_form_never_leads_to_another_site(counsellor: Client, awa: Person, next_: str) -> None:
    assert one_touch(counsellor, awa, next=next_)["Location"] == reverse("person", args=[awa.pk])


def test_nobody_else_records_or_undoes(world: World, awa: Person, counsellor: Client, acting_as: Acting) -> None:
    one_touch(counsellor, awa)
    with acting_as("maint"):
        contact = Contact.objects.current().get(person=awa, kind="call_no_answer")
    undo = reverse("undo-contact", args=[awa.pk, contact.pk])
    for users, refusals in ((world.users, {403}), (world.elsewhere, {403, 404})):
        for role, user in users.items():
            if users is world.users and role in {Role.COUNSELLOR, Role.SUPPORT_WORKER}:
                continue
            client = enter(user)
            assert one_touch(client, awa).status_code in refusals, role
            assert client.post(undo).status_code in refusals, role
    colleague = enter(world.users[Role.SUPPORT_WORKER])
    colleague.post(undo)
    assert "se retire par la personne qui l’a noté" in text(colleague.get("/aujourdhui/"))
    assert contacts_of(awa, acting_as) == ["meeting", "call_no_answer"]


def test_an_undone_contact_of_somebody_else_s_file_is_not_reached(
    counsellor: Client, awa: Person, world: World
) -> None:
    assert counsellor.post(reverse("undo-contact", args=[world.sami.pk, 1])).status_code == 404
    assert counsellor.get(reverse("undo-contact", args=[awa.pk, 1])).status_code == 405
