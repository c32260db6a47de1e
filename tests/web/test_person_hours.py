"""The tab of a person's hours, and the weeks of a PHC as her team writes them."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.urls import reverse

from convergence.pathways.models import Contract, PhcWeek
from convergence.people.models import Person, Support
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World, make_person
from tests.web.team import enter

Acting = Callable[[str], AbstractContextManager[None]]
RISE = {"start": "2026-11-02", "weeks": "6", "first": "4", "step": "2", "every": "2"}


def text_of(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def bruno(world: World, time_machine: Any, acting_as: Acting) -> Person:
    """Somebody whose PHC began in November."""
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)
    with acting_as("maint"):
        person = make_person("Bruno", "Factice", world.site)
        Contract.objects.create(
            person=person,
            site=world.site,
            kind="cddi",
            programme="phc",
            weekly_hours=4,
            valid=DateRange(date(2026, 11, 2), date(2027, 5, 1)),
        )
    return person


@pytest.fixture
def series(bruno: Person, acting_as: Acting) -> UUID:
    with acting_as("maint"):
        return Contract.objects.current().get(person=bruno).series


@pytest.fixture
def client(world: World, bruno: Person) -> Client:
    return enter(world.users[Role.WORK_SUPERVISOR])


def test_the_supervisor_reads_months_in_the_person_s_tab_and_no_contract(world: World, client: Client) -> None:
    page = text_of(client.get(reverse("person-hours", args=[world.anouk.pk])))
    assert re.search(r"Octobre 2026 Chantier des Saules 112,67 98,67 Congés payés 14 h", page)
    assert "Parcours" not in page
    assert client.get(reverse("person-hours", args=[world.sami.pk])).status_code == 404


def test_a_rise_is_planned_drawn_and_foreseen_in_the_month(
    world: World, client: Client, bruno: Person, series: UUID
) -> None:
    tab = reverse("person-hours", args=[bruno.pk])
    assert "Aucune semaine n’est prévue" in text_of(client.get(tab))
    assert client.post(reverse("plan-phc", args=[bruno.pk, series]), RISE).status_code == 302
    page = client.get(tab).content.decode()
    assert page.count('class="phc-planned"') == 6
    assert "Semaine du 7\u00a0décembre 2026" in page
    form = client.get(reverse("hours-month", args=[world.site.pk, date(2026, 11, 1)])).context["form"]
    # Four weeks of November at 4, 4, 6 and 6 hours, and one day of a week at 8.
    assert form[f"{series.hex}-planned"].value() == "21,6"


def test_what_was_done_is_noted_and_the_two_who_write_lose_nothing(
    world: World, client: Client, bruno: Person, series: UUID
) -> None:
    client.post(reverse("plan-phc", args=[bruno.pk, series]), RISE)
    week = PhcWeek.objects.current().get(contract=series, week=date(2026, 11, 9))
    address = reverse("phc-week", args=[bruno.pk, week.pk])
    told = {"planned": "4", "done": "3,5", "told": "Tri du textile.", "seen_version": str(week.pk)}
    assert client.post(address, told).status_code == 302
    assert "3,50 h faites Tri du textile." in text_of(client.get(reverse("person-hours", args=[bruno.pk])))
    late = client.post(address, told | {"told": "Accueil des donateurs."})
    assert late.status_code == 409
    assert "Tri du textile." in text_of(late)
    assert "Accueil des donateurs." in text_of(late)
    # A plan made again leaves what was noted.
    client.post(reverse("plan-phc", args=[bruno.pk, series]), RISE | {"first": "6"})
    weeks = PhcWeek.objects.current().filter(contract=series).order_by("week")
    assert [week.planned for week in weeks] == [6, 4, 8, 8, 10, 10]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"first": "3"}, "commence à 4 heures"),
        ({"first": "26"}, "au plus 20 heures par semaine"),
        ({"first": ""}, "Combien d’heures la première semaine"),
        ({"step": "-2"}, "écrivez 0 ou plus"),
        ({"weeks": "60"}, "en dehors du contrat PHC"),
        ({"weeks": "1000"}, "104"),
        ({"start": "2200-01-01"}, "hors du possible"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_whole(
    client: Client, bruno: Person, series: UUID, changes: dict[str, str], words: str
) -> None:
    refused = client.post(reverse("plan-phc", args=[bruno.pk, series]), RISE | changes)
    assert refused.status_code in (409, 422)
    assert words in text_of(refused)
    assert not PhcWeek.objects.filter(contract=series).exists()


def test_an_ordinary_contract_has_no_such_plan_and_a_week_is_taken_out(
    world: World, client: Client, bruno: Person, series: UUID
) -> None:
    ordinary = world.samples[world.anouk.pk]["contract"]
    assert "n’est pas une PHC" in text_of(client.post(reverse("plan-phc", args=[world.anouk.pk, ordinary]), RISE))
    assert client.get(reverse("plan-phc", args=[bruno.pk, ordinary])).status_code == 404
    client.post(reverse("plan-phc", args=[bruno.pk, series]), RISE)
    week = PhcWeek.objects.current().get(contract=series, week=date(2026, 12, 7))
    client.post(reverse("withdraw-phc-week", args=[bruno.pk, week.pk]))
    assert "7\u00a0décembre" not in client.get(reverse("person-hours", args=[bruno.pk])).content.decode()


def test_a_week_planned_at_another_site_is_not_taken_out_here(
    world: World, client: Client, bruno: Person, series: UUID, acting_as: Acting
) -> None:
    client.post(reverse("plan-phc", args=[bruno.pk, series]), RISE)
    week = PhcWeek.objects.current().get(contract=series, week=date(2026, 12, 7))
    with acting_as("maint"):
        Support.objects.create(person=bruno, site=world.other_site, valid=DateRange(TODAY, None))
    elsewhere = enter(world.elsewhere[Role.WORK_SUPERVISOR])
    assert elsewhere.get(reverse("person-hours", args=[bruno.pk])).status_code == 200
    assert elsewhere.post(reverse("withdraw-phc-week", args=[bruno.pk, week.pk])).status_code == 404
    assert PhcWeek.objects.current().filter(pk=week.pk).exists()
