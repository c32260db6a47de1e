"""The end of a path in one guided screen, and the tab « Après », as a team fills them."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from convergence.pathways.models import Contract, Exit, Pathway
from convergence.people.models import Assignment, Person, Support
from convergence.platform.changes import settle
from convergence.platform.identity import assume
from convergence.situations.models import Situation
from convergence.support.contacts import record_contact
from convergence.support.models import Alert
from convergence.territories.periods import days
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World, add_situation, make_person, open_ended

Acting = Callable[[str], AbstractContextManager[None]]

STARTS = date(2025, 3, 3)
LAST_DAY = date(2026, 10, 30)


@pytest.fixture
def milo(world: World, acting_as: Acting, time_machine: Any) -> Person:
    """Milo Factice, followed by the counsellor, under a CDDI that runs on."""
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)
    with acting_as("maint"):
        person = make_person("Milo", "Factice", world.site, since=STARTS)
        Assignment.objects.create(
            person=person, mission=world.users[Role.COUNSELLOR].missions.get(), valid=open_ended(STARTS)
        )
        add_situation(person, "housing", "third_party", since=STARTS)
        add_situation(person, "employment", "cddi", since=STARTS)
        Pathway.objects.create(person=person, valid=open_ended(STARTS))
        Contract.objects.create(
            person=person, site=world.site, kind="cddi", programme="cvg", valid=days(STARTS, date(2027, 3, 2))
        )
    return person


def client_of(world: World, role: Role) -> Client:
    client = Client()
    client.force_login(world.users[role])
    return client


@pytest.fixture
def manager(world: World, milo: Person) -> Client:
    return client_of(world, Role.SITE_MANAGER)


@pytest.fixture
def client(world: World, milo: Person) -> Client:
    return client_of(world, Role.COUNSELLOR)


def text_of(response: Any) -> str:
    words = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", unescape(words))


def screen(client: Client, person: Person, motive: int, on: date = LAST_DAY) -> Any:
    return client.get(reverse("new-exit", args=[person.pk]), {"last_day": on.isoformat(), "motive": str(motive)})


def proposed(response: Any, **changed: str) -> dict[str, Any]:
    """What a browser would send back of the screen, less what is empty, but for ``changed``."""
    form = response.context["form"]
    told = {"motive": form.motive.value, "last_day": form.last_day.isoformat()}
    for name, _field in form.fields.items():
        value = form[name].value()
        if value not in (None, "", False):
            told[name] = "on" if value is True else value
    return {**told, **changed}


def send(client: Client, person: Person, told: dict[str, Any]) -> Any:
    return client.post(reverse("new-exit", args=[person.pk]), told)


def tab(client: Client, person: Person) -> str:
    return text_of(client.get(reverse("after", args=[person.pk])))


def test_the_screen_says_what_the_motive_counts_as_in_which_denominators_and_asks_what_it_needs(
    client: Client, milo: Person
) -> None:
    first = text_of(client.get(reverse("new-exit", args=[milo.pk])))
    assert "Quand, et pourquoi" in first
    assert "Ce que cette sortie compte" not in first
    found = screen(client, milo, 3)
    said = text_of(found)
    assert "Compte comme : emploi durable" in said
    assert "Heures non notées" in said
    assert "CDDI · Chantier des Saules se termine aussi ce jour-là" in said
    assert "Confirmer : Chez un tiers" in said
    assert "Rien de noté : laisser non évalué" in said
    told = proposed(found)
    assert told["situation_employment"] == "open_ended"
    assert told["starts"] == LAST_DAY + timedelta(days=1)
    assert told["follows"] == "goes_on"
    assert "Formation et organisme" in text_of(screen(client, milo, 5))
    unemployed = text_of(screen(client, milo, 7))
    assert "Vers quoi" not in unemployed
    assert "malgré l’emploi durable" not in unemployed


def test_the_end_of_a_path_is_noted_and_told_on_its_tab_then_turned_back(client: Client, milo: Person) -> None:
    told = proposed(screen(client, milo, 3), employer="Boulangerie Factice", siret="732 829 320 00074")
    assert send(client, milo, told).url == reverse("after", args=[milo.pk])
    said = tab(client, milo)
    assert "CDI non aidé ailleurs, le 30 octobre 2026" in said
    assert "Compte comme : emploi durable (code 3)" in said
    assert "CDI, Boulangerie Factice" in said
    assert "SIRET 73282932000074" in said
    assert Pathway.objects.current().get(person=milo).valid == days(STARTS, LAST_DAY)
    assert Situation.objects.filter(person=milo, aspect="housing").count() == 1
    assert "déjà notée" in text_of(client.get(reverse("new-exit", args=[milo.pk])))
    noted = Exit.objects.current().get(person=milo)
    undone = client.post(reverse("undo-exit", args=[milo.pk, noted.pk]), follow=True)
    assert "comme avant" in text_of(undone)
    assert "1 fin de parcours annulée" in tab(client, milo)
    assert Pathway.objects.current().get(person=milo).ends is None
    again = client.post(reverse("undo-exit", args=[milo.pk, noted.pk]), follow=True)
    assert "déjà annulée" in text_of(again)


def test_confirming_writes_nothing_and_correcting_notes_a_change_that_day(client: Client, milo: Person) -> None:
    told = proposed(screen(client, milo, 7), situation_housing="social_lease", situation_rqth="not_assessed")
    assert send(client, milo, told).status_code == 302
    housing = Situation.objects.current().filter(person=milo, aspect="housing").order_by("valid")
    assert [(fact.value, fact.starts) for fact in housing] == [("third_party", STARTS), ("social_lease", LAST_DAY)]
    assert Situation.objects.get(person=milo, aspect="rqth").missing == "not_assessed"
    assert not Situation.objects.filter(person=milo, aspect__in=["health_cover", "aah"]).exists()


def test_stopping_the_support_after_a_durable_job_is_warned_about(client: Client, milo: Person, world: World) -> None:
    told = proposed(screen(client, milo, 3, TODAY), employer="Boulangerie Factice", follows="stops")
    warned = send(client, milo, told)
    assert warned.status_code == 422
    assert "cochez pour l’arrêter quand même" in text_of(warned)
    assert not Exit.objects.filter(person=milo).exists()
    assert send(client, milo, told | {"sure": "on"}).status_code == 302
    assert Support.objects.current().get(person=milo).valid == days(STARTS, TODAY)


def test_an_end_noted_days_later_may_stop_the_support_on_its_day(world: World, client: Client, milo: Person) -> None:
    told = send(client, milo, proposed(screen(client, milo, 17)))
    assert (told.status_code, told["Location"]) == (302, reverse("people"))
    assert client.get(reverse("person", args=[milo.pk])).status_code == 404
    assume(world.users[Role.COUNSELLOR].pk, LAST_DAY)
    assert Exit.objects.current().filter(person=milo).exists()
    assert Support.objects.current().get(person=milo).valid == days(STARTS, LAST_DAY)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"last_day": "2025-03-02"}, "avant le début du parcours"),
        ({"last_day": "2026-11-24"}, "à venir"),
        ({"last_day": "9999-12-31"}, "hors du possible"),
        ({"motive": "99"}, "Choisissez un motif"),
        ({"motive": "3"}, "Employeur"),
        ({"siret": "1"}, ""),
        ({"seen_version": "0"}, "Quelqu’un a changé ce parcours"),
        ({"situation_housing": "owner", "seen_housing": "0"}, "a noté un changement"),
        ({"motive": "9", "employer": "Usine Factice", "kind": "temp", "starts": "2026-11-02", "ends": "2026-11-30"},
         "moins de six mois"),
        ({"motive": "3", "employer": "Usine Factice", "kind": "temp", "starts": "2026-11-02"}, "choix"),
        ({"motive": "5", "destination": "Formation Factice", "siret": "123"}, "14 chiffres"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_written(
    client: Client, milo: Person, told: dict[str, str], said: str
) -> None:
    response = send(client, milo, proposed(screen(client, milo, 7), **told))
    if not said:
        assert response.status_code == 302
        return
    assert response.status_code in (409, 422)
    assert said in text_of(response)
    assert not Exit.objects.filter(person=milo).exists()
    assert Pathway.objects.current().get(person=milo).ends is None


def test_the_same_screen_sent_twice_or_by_two_people_notes_one_end(
    manager: Client, client: Client, milo: Person
) -> None:
    page = screen(client, milo, 7)
    token = re.findall(r'name="submission" value="([^"]+)"', page.content.decode())[-1]
    told = proposed(page, submission=token)
    assert [send(client, milo, told).status_code for _ in range(2)] == [302, 302]
    late = send(manager, milo, {name: value for name, value in told.items() if name != "submission"})
    assert late.status_code == 409
    assert "déjà notée" in text_of(late)
    assert Exit.objects.filter(person=milo).count() == 1


def test_the_manager_notes_it_without_reading_what_is_not_of_work(manager: Client, milo: Person) -> None:
    page = screen(manager, milo, 7)
    assert "situation_employment" in page.context["form"].fields
    assert "situation_housing" not in page.context["form"].fields
    assert "Chez un tiers" not in text_of(page)
    assert send(manager, milo, proposed(page)).status_code == 302


def test_of_somebody_who_died_nothing_more_is_asked(world: World, client: Client, milo: Person) -> None:
    page = screen(client, milo, 17)
    form = page.context["form"]
    assert not [name for name in form.fields if name.startswith("situation_")]
    assert form["follows"].value() == "stops"
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    record_contact(milo.pk, "interview", TODAY - timedelta(days=60), actor_id=None, today=TODAY)
    settle(TODAY)
    assert "no_contact" in Alert.objects.filter(person=milo).values_list("kind", flat=True)
    assert send(client, milo, proposed(page, follows="goes_on")).status_code == 302
    assert not Alert.objects.filter(person=milo).exists()
    assert "Milo" not in text_of(client.get(reverse("today"), {"qui": "tous"}))
