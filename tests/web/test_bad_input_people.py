"""What nobody could mean, typed in a person's forms: a sentence, and nothing kept."""

import unicodedata
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from convergence.pathways.models import Contract
from convergence.people.models import PersonName
from convergence.situations.models import Situation
from convergence.support.models import Note
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World
from tests.web.team import enter, text

UNSEEN = "\u200b\u202e\u2066\ufeff"


@pytest.fixture(autouse=True)
def _on_that_day(time_machine: Any) -> None:
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)


@pytest.fixture
def counsellor(world: World) -> Client:
    return enter(world.users[Role.COUNSELLOR])


def newcomer(world: World, **changes: str) -> dict[str, str]:
    return {"site": str(world.site.pk), "since": TODAY.isoformat(), "not_the_same": "1"} | changes


def test_a_name_that_nobody_could_see_is_no_name(world: World, counsellor: Client) -> None:
    response = counsellor.post(reverse("admit-person"), newcomer(world, given_name=UNSEEN))
    assert response.status_code == 422
    assert "au moins un prénom ou un nom" in text(response)


def test_a_name_is_kept_as_an_import_keeps_it(world: World, counsellor: Client) -> None:
    typed = UNSEEN + unicodedata.normalize("NFD", "Zoé") + "\n Anne"
    assert counsellor.post(reverse("admit-person"), newcomer(world, given_name=typed)).status_code == 302
    assert PersonName.objects.filter(given_name="Zoé Anne").count() == 1


def test_a_note_of_signs_that_nobody_sees_is_not_kept(world: World, counsellor: Client) -> None:
    before = Note.objects.filter(person=world.anouk).count()
    fields = {"body": UNSEEN, "compartment": "social", "on": TODAY.isoformat()}
    response = counsellor.post(reverse("notes", args=[world.anouk.pk]), fields)
    assert response.status_code == 422
    assert "Écrivez quelques mots." in text(response)
    assert Note.objects.filter(person=world.anouk).count() == before


def test_a_paper_does_not_expire_before_it_begins(world: World, counsellor: Client) -> None:
    permits = Situation.objects.filter(person=world.anouk, aspect="residence_permit")
    before = permits.count()
    newest = permits.current().order_by("-valid").first()
    fields = {
        "code": "receipt",
        "since": TODAY.isoformat(),
        "expires_on": "1950-01-01",
        "seen_version": str(newest.pk) if newest else "",
    }
    address = reverse("record-situation", args=[world.anouk.pk, "residence_permit"])
    response = counsellor.post(address, fields)
    assert response.status_code == 422
    assert "Cette date vient avant « Depuis le »" in text(response)
    assert permits.count() == before
    assert counsellor.post(address, fields | {"expires_on": TODAY.isoformat()}).status_code == 302


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"starts": "2099-01-01"}, "dans plus de deux ans"),
        ({"employer": "Employeur Factice"}, "pas les deux"),
        ({"site": "999999"}, "Chantier : sélectionnez un choix valide"),
    ],
)
def test_a_contract_s_sentence_says_what_to_mend(
    world: World, counsellor: Client, typed: dict[str, str], sentence: str
) -> None:
    before = Contract.objects.filter(person=world.anouk).count()
    fields = {"kind": "cddi", "programme": "cvg", "site": str(world.site.pk), "starts": TODAY.isoformat()}
    response = counsellor.post(reverse("new-contract", args=[world.anouk.pk]), fields | typed)
    assert response.status_code == 422
    assert sentence in text(response)
    assert "Une chose est à corriger" in text(response)
    assert Contract.objects.filter(person=world.anouk).count() == before
