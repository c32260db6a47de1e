"""The tab of needs and its forms, as a counsellor fills them over several meetings, with what they refuse."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from html import unescape
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.urls import reverse

from convergence.people.models import Assignment, Person
from convergence.support.models import Need
from convergence.vocabulary.needs import NEEDS
from convergence.vocabulary.roles import Role
from tests.builders import LONG_AGO, TODAY, World, make_person, open_ended

Acting = Callable[[str], AbstractContextManager[None]]


@pytest.fixture
def lina(world: World, acting_as: Acting, time_machine: Any) -> Person:
    """Lina Modèle, followed by the counsellor, about whose needs nothing is noted."""
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)
    with acting_as("maint"):
        person = make_person("Lina", "Modèle", world.site)
        mission = world.users[Role.COUNSELLOR].missions.get()
        Assignment.objects.create(person=person, mission=mission, valid=open_ended())
    return person


def signed_in(world: World, role: Role = Role.COUNSELLOR) -> Client:
    client = Client()
    client.force_login(world.users[role])
    return client


@pytest.fixture
def client(world: World) -> Client:
    return signed_in(world)


def text_of(response: Any) -> str:
    words = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", unescape(words))


def page_of(client: Client, person: Person) -> str:
    return text_of(client.get(reverse("needs", args=[person.pk])))


def review(client: Client, person: Person, part: str = "daily_life", **fields: Any) -> Any:
    """Post a part of a review as the form shows it, hidden versions included."""
    address = reverse("review-needs", args=[person.pk, part])
    form = client.get(address).context["form"]
    shown = {name: field.initial for name, field in form.fields.items() if name.startswith("seen-")}
    return client.post(
        address, {"on": TODAY.isoformat()} | shown | {k.replace("_", "-", 1): v for k, v in fields.items()}
    )


def rate_twice(acting_as: Acting, person: Person) -> Need:
    """Mobility first urgent, then light; returns the latter."""
    with acting_as("maint"):
        about = {"person": person, "compartment": "social", "need": "mobility"}
        Need.objects.create(level=4, reason="Aucun bus le soir.", valid=DateRange(LONG_AGO, TODAY), **about)
        return Need.objects.create(level=1, reason="Le vélo prêté.", valid=open_ended(TODAY), **about)


def test_a_first_diagnosis_is_made_part_by_part_over_several_meetings(client: Client, lina: Person) -> None:
    assert "0 besoins vus sur 14" in page_of(client, lina).replace("0 besoin vu", "0 besoins vus")
    response = review(client, lina, rating_mobility="3", rating_money="prefers_not_to_say", reason_mobility="Loin.")
    assert (response.status_code, response.url) == (302, reverse("needs", args=[lina.pk]))
    said = page_of(client, lina)
    assert "2 besoins vus sur 14" in said
    assert "3 · difficulté importante" in said
    assert "ne souhaite pas répondre" in said
    left = said.split("une partie à chaque rencontre")[1].split(".")[0]
    assert "Savoirs de base" in left
    assert "Mobilité" not in left
    assert "Budget" not in left
    review(client, lina, "work", rating_basic_skills="0")
    assert "3 besoins vus sur 14" in page_of(client, lina)


def test_no_form_of_a_review_asks_for_more_than_five_needs(client: Client, lina: Person) -> None:
    for part in ("work", "home_and_rights", "health", "daily_life"):
        form = client.get(reverse("review-needs", args=[lina.pk, part])).context["form"]
        assert 2 <= len(form.histories) <= 5
    assert client.get(reverse("review-needs", args=[lina.pk, "invented"])).status_code == 404


def test_a_need_left_empty_or_skipped_stays_as_it_was(client: Client, lina: Person, acting_as: Acting) -> None:
    standing = rate_twice(acting_as, lina)
    assert review(client, lina, rating_money="2", rating_mobility="skipped").status_code == 302
    assert Need.objects.current().filter(person=lina, need="mobility").latest("valid").pk == standing.pk


def test_the_distance_travelled_is_said_drawn_and_tabled(client: Client, lina: Person, acting_as: Acting) -> None:
    rate_twice(acting_as, lina)
    response = client.get(reverse("needs", args=[lina.pk]))
    said = text_of(response)
    assert "Au début : 4 · urgent, à traiter en premier" in said
    assert "de 4 à 1 : plus léger" in said
    assert "Le vélo prêté." in said
    assert "Aucun bus le soir." not in said
    (line,) = [line for part in response.context["parts"] for line in part.lines if line.chart]
    assert [(dot.known, dot.said) for dot in line.chart.dots] == [
        (True, "4 · urgent, à traiter en premier"),
        (True, "1 · petite difficulté"),
    ]
    first, last = line.chart.dots
    assert first.x < last.x
    assert first.y < last.y, "a weight that grows lighter goes down"
    assert len(line.chart.strokes) == 1
    assert "8 janvier 2024" in said


def test_what_was_not_known_is_a_gap_in_the_drawing_and_never_a_zero(
    client: Client, lina: Person, acting_as: Acting
) -> None:
    rate_twice(acting_as, lina)
    assert review(client, lina, rating_mobility="does_not_know").status_code == 302
    response = client.get(reverse("needs", args=[lina.pk]))
    (line,) = [line for part in response.context["parts"] for line in part.lines if line.chart]
    assert [dot.known for dot in line.chart.dots] == [True, False]
    assert line.chart.strokes == ()
    assert line.chart.dots[-1].y > max(response.context["level_lines"])
    assert line.change == ""
    assert "0 · pas de difficulté" not in text_of(response)


def test_each_reads_and_rates_the_needs_of_her_compartments(world: World, client: Client, lina: Person) -> None:
    colleague = signed_in(world, Role.SUPPORT_WORKER)
    others = [signed_in(world, role) for role in (Role.SITE_MANAGER, Role.WORK_SUPERVISOR, Role.COORDINATOR)]
    assert review(client, lina, rating_justice="2", reason_justice="Horaires imposés.").status_code == 302
    said = page_of(colleague, lina)
    assert f"sur {len(NEEDS) - 1}" in said
    assert "Justice" not in said
    assert "rating-justice" not in client_form_fields(colleague, lina)
    refused = review(colleague, lina, rating_justice="0")
    assert refused.status_code == 422
    for other in others:
        assert other.get(reverse("needs", args=[lina.pk])).status_code == 403


def client_form_fields(client: Client, person: Person) -> list[str]:
    return list(client.get(reverse("review-needs", args=[person.pk, "daily_life"])).context["form"].fields)


def test_a_need_that_weighs_leads_to_what_may_answer_it(client: Client, lina: Person, acting_as: Acting) -> None:
    searching = f'{reverse("new-referral", args=[lina.pk])}?besoin=mobility"'
    with acting_as("maint"):
        Need.objects.create(person=lina, need="mobility", compartment="social", level=2, valid=open_ended())
    needs = reverse("needs", args=[lina.pk])
    assert searching not in client.get(needs).content.decode()
    with acting_as("maint"):
        Need.objects.update(level=3)
    assert searching in client.get(needs).content.decode()


def test_the_same_review_sent_twice_is_recorded_once(client: Client, lina: Person) -> None:
    address = reverse("review-needs", args=[lina.pk, "daily_life"])
    token = re.search(r'name="submission" value="([^"]+)"', client.get(address).content.decode())
    assert token
    sent = {"submission": token[1], "on": TODAY.isoformat(), "rating-mobility": "3"}
    assert [client.post(address, sent).status_code for _ in range(2)] == [302, 302]
    assert Need.objects.filter(person=lina).count() == 1


def test_the_second_of_two_who_rate_the_same_need_sees_the_first_one_s_and_loses_nothing(
    world: World, client: Client, lina: Person
) -> None:
    address = reverse("review-needs", args=[lina.pk, "daily_life"])
    review(signed_in(world, Role.SUPPORT_WORKER), lina, rating_mobility="1")
    mine = {"on": TODAY.isoformat(), "rating-mobility": "4", "reason-mobility": "Panne.", "seen-mobility": ""}
    response = client.post(address, mine)
    assert response.status_code == 409
    said = text_of(response)
    assert "relisez avant d’enregistrer" in said
    assert "1 · petite difficulté, 23 novembre 2026" in said
    assert "Panne." in said
    again = {name: response.context["form"][name].value() for name in mine}
    assert client.post(address, again).status_code == 302
    assert Need.objects.current().get(person=lina, need="mobility").level == 4


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Évaluez au moins un besoin"),
        ({"rating_mobility": "7"}, "Choisissez un niveau de 0 à 4"),
        ({"reason_mobility": "Des mots seuls."}, "les mots seuls ne seraient pas gardés"),
        ({"rating_mobility": "1", "on": "2026-11-24"}, "La date est dans le futur"),
        ({"rating_mobility": "1", "on": "hier"}, "date"),
        ({"rating_mobility": "1", "reason_mobility": "x" * 1001}, "1000"),
    ],
)
def test_what_cannot_be_noted_is_said_and_nothing_is_written(
    client: Client, lina: Person, fields: dict[str, str], words: str
) -> None:
    response = review(client, lina, **fields)
    assert response.status_code in (409, 422)
    assert words in text_of(response)
    assert not Need.objects.filter(person=lina).exists()


def test_a_rating_is_corrected_then_taken_back_and_all_of_it_stays_readable(
    client: Client, lina: Person, acting_as: Acting
) -> None:
    rated = rate_twice(acting_as, lina)
    address = reverse("correct-need", args=[lina.pk, rated.pk])
    assert client.get(address).context["form"].initial["reason"] == "Le vélo prêté."
    fields = {"code": "2", "reason": "Le vélo volé.", "on": TODAY.isoformat(), "seen_version": rated.pk}
    assert client.post(address, fields).status_code == 302
    late = client.post(address, fields | {"code": "0"})
    assert late.status_code == 409
    assert "2 · difficulté à suivre" in text_of(late)
    current = Need.objects.current().get(series=rated.series)
    said = text_of(client.get(reverse("need", args=[lina.pk, current.pk])))
    assert "Le vélo volé." in said
    assert "1 · petite difficulté" in said
    withdrawal = client.post(reverse("withdraw-need", args=[lina.pk, current.pk]), follow=True)
    assert "Cette évaluation a été retirée" in text_of(withdrawal)
    assert "4 · urgent, à traiter en premier" in page_of(client, lina)
    again = client.post(reverse("withdraw-need", args=[lina.pk, current.pk]), follow=True)
    assert again.status_code == 200
