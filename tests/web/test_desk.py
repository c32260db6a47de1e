"""The desk of those who keep a network: needs meet places there, and what waits is seen."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from convergence.access.models import User
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World


def text(response: Any) -> str:
    plain = re.sub(r"<[^>]+>", " ", response.content.decode().replace("\u00a0", " "))
    return " ".join(plain.split())


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def officer(world: World, time_machine: Any) -> Client:
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)
    return signed_in(world.users[Role.PARTNERSHIP_OFFICER])


BLOCKS = (
    "demandes",
    "attente",
    "places",
    "a-redemander",
    "complets",
    "etapes",
    "partenaires",
    "conventions",
    "reponses",
)


def test_each_block_has_its_whole_list_and_there_is_no_other(officer: Client) -> None:
    desk = officer.get(reverse("desk")).content.decode()
    for block in BLOCKS:
        assert f'id="{block}"' in desk
        assert officer.get(reverse("desk-list", args=[block])).status_code == 200
    assert officer.get(reverse("desk-list", args=["autre"])).status_code == 404
