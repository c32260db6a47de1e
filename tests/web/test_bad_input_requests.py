"""Requests that no screen sends get a page in words, never an error of the server."""

from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World
from tests.web.team import enter, text


@pytest.fixture(autouse=True)
def _on_that_day(time_machine: Any) -> None:
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)


def test_a_session_cookie_that_no_database_could_hold_is_no_session(world: World) -> None:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = "\x00" * 20
    response = client.get(reverse("today"))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


def test_a_button_s_address_opened_after_signing_in_again_says_that_nothing_was_done(world: World) -> None:
    client = enter(world.users[Role.COUNSELLOR])
    response = client.get(reverse("undo-contact", args=[world.anouk.pk, 1]))
    assert response.status_code == 405
    assert response["Allow"] == "POST"
    assert "n’a pas été fait" in text(response)


def test_too_many_letters_asked_for_are_refused_in_french(world: World) -> None:
    cache.clear()
    client = Client()
    address = reverse("account_reset_password")
    answers = [client.post(address, {"email": "personne@convergence.example"}) for _ in range(6)]
    cache.clear()
    assert answers[0].status_code == 302
    assert answers[-1].status_code == 429
    assert "Trop d’essais" in text(answers[-1])


@pytest.mark.parametrize("name", ["today", "people", "export-people", "person", "notes"])
def test_nothing_of_a_signed_in_session_stays_on_a_shared_computer(world: World, name: str) -> None:
    client = enter(world.users[Role.COUNSELLOR])
    held = [world.anouk.pk] if name in {"person", "notes"} else []
    response = client.get(reverse(name, args=held))
    assert response.status_code == 200
    assert {"no-store", "private"} <= set(response["Cache-Control"].split(", "))
