"""The calendar feed: a secret address that answers without a session, and tells hours only."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from convergence.access.models import User
from convergence.people.models import Person
from convergence.platform.identity import assume
from convergence.support.models import Appointment, CalendarFeed
from convergence.territories.models import Mission
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World, one_day
from tests.web.test_meetings import agree, client, lina, other, text_of

__all__ = ["client", "lina", "other"]

Acting = Callable[[str], AbstractContextManager[None]]


@pytest.fixture
def address(client: Client) -> str:
    return opened(client)


def opened(client: Client) -> str:
    """The secret address, as it is shown once."""
    found = re.search(r'value="http://testserver(/calendrier/[^"]+\.ics)"', text(client.post(reverse("my-feed"))))
    assert found
    return found[1]


def text(response: Any) -> str:
    return str(response.content.decode())


def read(address: str, **headers: str) -> Any:
    """The address asked for by a calendar program: no session, no cookie."""
    return Client(raise_request_exception=False).get(address, headers=headers)


def test_it_holds_the_hours_of_the_owner_s_appointments_and_says_nothing_of_anybody(
    world: World, client: Client, lina: Person, address: str
) -> None:
    agree(client, world, lina, place="Centre médico-psychologique fictif", purpose="Ordonnance.", compartment="health")
    agree(client, world, lina, at="16:00", colleague=world.users[Role.SUPPORT_WORKER].pk)
    response = read(address)
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Cache-Control"] == "private, no-cache"
    events = {str(event["uid"]): event for event in Calendar.from_ical(response.content).walk("VEVENT")}
    made = Appointment.objects.current().get(person=lina, compartment="health")
    event = events[f"{made.series}@convergence"]
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (made.starts_at, made.starts_at + timedelta(hours=1))
    said = response.content.decode().replace("\r\n ", "")
    for word in (
        "Lina",
        "Modèle",
        "médico",
        "Ordonnance",
        "Entretien",
        "interview",
        "personnes",
        "@convergence.example",
    ):
        assert word not in said
    assert {str(event["summary"]) for event in events.values()} == {"Rendez-vous (Convergence)"}
    assert {str(event["url"]) for event in events.values()} == {"http://testserver/rendez-vous/"}
    others = Appointment.objects.current().get(person=lina, colleague=world.users[Role.SUPPORT_WORKER])
    assert f"{others.series}@convergence" not in events


def test_what_did_not_change_is_not_sent_again(client: Client, address: str) -> None:
    first = read(address)
    again = read(address, if_none_match=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert read(address, if_none_match='"autre"').status_code == 200


def test_an_appointment_cancelled_leaves_the_feed(world: World, client: Client, lina: Person, address: str) -> None:
    made = agree(client, world, lina)
    assert str(made.series) in read(address).content.decode()
    client.post(reverse("cancel-appointment", args=[lina.pk, made.pk]), {"seen_version": made.pk})
    assert str(made.series) not in read(address).content.decode()


def test_a_new_address_closes_the_one_before_and_closing_closes_it(client: Client, address: str) -> None:
    assert ".ics" not in text(client.get(reverse("my-feed")))
    renewed = opened(client)
    assert read(address).status_code == 404
    assert read(renewed).status_code == 200
    assert "fermée" in text_of(client.post(reverse("close-my-feed"), follow=True))
    assert read(renewed).status_code == 404
    assert client.post(reverse("close-my-feed")).status_code == 302


def test_the_token_is_kept_nowhere(client: Client, address: str) -> None:
    token = address.rsplit("/", maxsplit=1)[-1].removesuffix(".ics")
    stored = bytes(CalendarFeed.objects.values_list("digest", flat=True)[0])
    assert len(stored) == 32
    assert token.encode() not in stored
    for wrong in (token[:-1], token + "x", "x" * 5000, "é"):
        assert read(f"/calendrier/{wrong}.ics").status_code == 404


def test_a_closed_account_or_an_ended_mission_answers_nothing(world: World, acting_as: Acting, other: Client) -> None:
    owner = world.users[Role.SUPPORT_WORKER]
    address = opened(other)
    with acting_as("maint"):
        Mission.objects.filter(user=owner).update(valid=one_day(TODAY - timedelta(days=30)))
    assert read(address).status_code == 404
    with acting_as("maint"):
        Mission.objects.filter(user=owner).update(valid=one_day(TODAY))
    assert read(address).status_code == 200
    with acting_as("maint"):
        User.objects.filter(pk=owner.pk).update(is_active=False)
    assert read(address).status_code == 404


def test_nobody_but_its_owner_sees_that_a_feed_exists(other: Client, client: Client) -> None:
    address = opened(client)
    assert "Aucune adresse" in text_of(other.get(reverse("my-feed")))
    assert other.post(reverse("close-my-feed")).status_code == 302
    assert read(address).status_code == 200


def test_my_account_leads_to_it_only_those_who_have_appointments(world: World, client: Client) -> None:
    funder = Client()
    funder.force_login(world.users[Role.FUNDER])
    assert reverse("my-feed") in text(client.get(reverse("my-account")))
    assert reverse("my-feed") not in text(funder.get(reverse("my-account")))
