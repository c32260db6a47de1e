"""What the State's tool says, on the person's page and on its own: beside ours, its day, its history."""

# ruff: noqa: F811 - fixtures are imported by their names

import re
from datetime import date
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.urls import reverse

from convergence.pathways.models import Contract, OfficialHire, OfficialPass
from convergence.platform.dated import revise
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World
from tests.web.intake_screens import Acting, client, page_of, reading, signed_in  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def told(world: World, acting_as: Acting) -> None:
    """A PASS under another name, and a hiring that ends before our contract does."""
    with acting_as("maint"):
        OfficialPass.objects.filter(person=world.anouk).update(
            number="999992400042",
            holder="Anouk Modele",
            said_on=date(2026, 11, 2),
            valid=DateRange(date(2024, 1, 8), date(2026, 1, 7)),
        )
        OfficialHire.objects.filter(person=world.anouk).update(
            said_on=date(2026, 11, 2), valid=DateRange(date(2024, 1, 8), date(2025, 1, 8))
        )


def person_page(client: Client, world: World) -> str:
    response: Any = client.get(reverse("person", args=[world.anouk.pk]))
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page_of(response)))


def test_the_pass_its_state_and_the_day_it_was_said_stand_on_her_page(client: Client, world: World) -> None:
    page = person_page(client, world)
    assert "PASS 99999 24 00042 Valide, du 8 janvier 2024 au 6 janvier 2026" in page
    assert "fin passée" in page
    assert "dit par les emplois le 2 novembre 2026" in page
    assert "au nom de Anouk Modele" in page


def test_a_hiring_that_differs_stands_beside_our_contract(client: Client, world: World) -> None:
    page = person_page(client, world)
    assert "diffère Chantier des Saules, du 8 janvier 2024 au 7 janvier 2025" in page
    assert "Noté ici : CDDI" in page


def test_what_agrees_is_not_said_twice(client: Client, world: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        Contract.objects.filter(person=world.anouk).update(valid=DateRange(date(2024, 1, 8), date(2025, 1, 8)))
        OfficialPass.objects.filter(person=world.anouk).update(holder="FICTIVE Anouk")
    page = person_page(client, world)
    assert "diffère" not in page
    assert "au nom de" not in page
    assert "PASS 99999 24 00042" in page


def test_a_contract_that_is_not_noted_is_said(client: Client, world: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        Contract.objects.filter(person=world.anouk).delete()
    assert "Noté ici : aucun contrat à ces dates" in person_page(client, world)


def test_a_work_supervisor_reads_nothing_of_it(world: World, client: Client) -> None:
    assert "99999" not in person_page(signed_in(world, Role.WORK_SUPERVISOR), world)


def test_every_version_is_listed_and_the_standing_one_can_be_taken_back(client: Client, world: World) -> None:
    reading(world)
    first = OfficialPass.objects.get()
    second = revise(first, state="expired", said_on=TODAY)
    address = reverse("official-sayings", args=[world.anouk.pk])
    page = page_of(client.get(address))
    assert "Valide</td>" in page
    assert "Expiré</td>" in page
    assert client.post(address, {"of": "pass", "row": second.pk}).status_code == 302
    reading(world)
    assert not OfficialPass.objects.current().exists()
    assert OfficialPass.objects.count() == 2, "taken back, and still readable"
    assert "Retirer" in page_of(client.get(address)), "the hiring stands"


@pytest.mark.parametrize("row", ["", "abc", "99999999", "²", "-1", "9" * 30, "9" * 5_000])
def test_taking_back_what_is_not_there_is_a_sentence(client: Client, world: World, row: str) -> None:
    address = reverse("official-sayings", args=[world.anouk.pk])
    client.post(address, {"of": "pass", "row": row})
    assert "déjà été retirée ou remplacée" in page_of(client.get(address))
    reading(world)
    assert OfficialPass.objects.current().exists()


def test_nobody_takes_back_what_was_said_of_somebody_else(client: Client, world: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        his = OfficialPass.objects.get(person=world.sami)
    client.post(reverse("official-sayings", args=[world.anouk.pk]), {"of": "pass", "row": his.pk})
    with acting_as("maint"):
        assert OfficialPass.objects.get(pk=his.pk).superseded_at is None
