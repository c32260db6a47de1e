"""The one-year review on screen: corrected on a form, printed, refused in a sentence."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from convergence.reports.models import Review, ReviewNeed
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World


@pytest.fixture
def client(world: World, time_machine: Any) -> Client:
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)
    made = Client()
    made.force_login(world.users[Role.COUNSELLOR])
    return made


def address(world: World, name: str = "review") -> str:
    return reverse(name, args=[world.anouk.pk, world.samples[world.anouk.pk]["extension_id"]])


def typed(client: Client, world: World, **changes: str) -> dict[str, Any]:
    form = client.get(address(world)).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in shown.items() if value is not None} | changes


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


def test_the_form_shows_what_is_written_and_keeps_corrections(client: Client, world: World) -> None:
    fields = typed(client, world, done="Relu avec Anouk.", mark_housing="good", words_housing="Bail signé.")
    assert (fields["months"], fields["mark_justice"]) == (10, "weak")
    assert client.post(address(world), fields).status_code == 302
    standing = Review.objects.current().get(person=world.anouk)
    assert standing.done == "Relu avec Anouk."
    assert ReviewNeed.objects.current().get(person=world.anouk, need="housing").words == "Bail signé."
    again = client.post(address(world), fields | {"done": "Autre."})
    assert again.status_code == 409
    assert "Quelqu’un a modifié ce bilan" in text_of(again)
    assert "Autre." in again.content.decode()


@pytest.mark.parametrize(("months", "sentence"), [("13", "12"), ("0", "1"), ("six", "nombre entier")])
def test_months_are_between_one_and_twelve(client: Client, world: World, months: str, sentence: str) -> None:
    response = client.post(address(world), typed(client, world, months=months))
    assert response.status_code == 422
    assert sentence in text_of(response)
    assert Review.objects.filter(person=world.anouk).count() == 1


def test_it_is_printed_under_a_name_that_says_nothing(client: Client, world: World) -> None:
    pdf = client.get(address(world, "review-pdf"))
    assert pdf.content.startswith(b"%PDF-")
    assert pdf["Content-Disposition"] == 'attachment; filename="bilan.pdf"'
    assert "no-store" in pdf["Cache-Control"]
    assert client.get(address(world, "review-sheet")).content.startswith(b"PK")


def test_a_support_worker_who_is_not_the_referent_leaves_justice_to_him(world: World, client: Client) -> None:
    colleague = Client()
    colleague.force_login(world.users[Role.SUPPORT_WORKER])
    page = colleague.get(address(world))
    assert "mark_justice" not in page.context["form"].fields
    assert "À compléter par le référent, seul à les lire : Justice." in text_of(page)


def test_the_demand_leads_to_its_review(client: Client, world: World) -> None:
    shown = client.get(address(world, "extension"))
    assert address(world) in shown.content.decode()
