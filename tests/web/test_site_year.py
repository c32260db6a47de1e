"""The site's year: posts agreed against hours paid, vacancies, who leaves soon."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.urls import reverse

from convergence.pathways.models import AgreedPosts, Contract, MonthHours
from convergence.support.alerts import rebuild_alerts
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World, make_person
from tests.web.team import enter

Acting = Callable[[str], AbstractContextManager[None]]


def text_of(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def client(world: World, time_machine: Any) -> Client:
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)
    return enter(world.users[Role.SITE_MANAGER])


def year_of(client: Client, world: World, year: int = 2026) -> str:
    return text_of(client.get(reverse("site-year", args=[world.site.pk, year])))


def test_the_manager_reads_posts_agreed_worked_and_vacant(world: World, client: Client, acting_as: Acting) -> None:
    assert "ne sont pas notés" in year_of(client, world)
    address = reverse("agreed-posts", args=[world.site.pk, 2026])
    assert client.post(address, {"posts": "2,5", "seen_version": ""}).status_code == 302
    page = year_of(client, world)
    # October holds the hours of Anouk and of Rosa: twice 98.67 worked and 14 of paid leave, 225.34 paid.
    assert "2,50 ETP conventionnés, 1,49 réalisés en moyenne sur 1 mois complet" in page
    assert "Il manque 154 heures payées" in page
    assert re.search(r"Octobre 2026 à clore 225,34 1,49", page)
    assert "Sous contrat 1 · 0,74 ETP" in page
    assert "Vacants 1,76 ETP" in page
    assert "1 820 heures payées par an" in page


def test_whoever_left_still_counts_and_a_month_half_typed_says_nothing_yet(
    world: World, client: Client, acting_as: Acting
) -> None:
    with acting_as("maint"):
        MonthHours.objects.filter(person=world.rosa).delete()
    AgreedPosts.objects.create(site=world.site, year=2026, full_time_equivalent="2.00")
    page = year_of(client, world)
    assert "réalisés en moyenne" not in page
    assert re.search(r"Octobre 2026 à (clore|compléter) 112,67 0,74", page)


def test_who_leaves_within_six_months_with_nothing_after_is_named(
    world: World, client: Client, acting_as: Acting
) -> None:
    with acting_as("maint"):
        bruno = make_person("Bruno", "Factice", world.site)
        ends = TODAY + timedelta(days=60)
        Contract.objects.create(
            person=bruno, site=world.site, kind="cddi", weekly_hours=26, valid=DateRange(date(2026, 1, 5), ends)
        )
        rebuild_alerts([bruno.pk], TODAY)
    page = year_of(client, world)
    assert re.search(r"Janvier 2027 · 1 personne, 0,74 ETP Bruno Factice CDDI, jusqu’au 21 janvier 2027", page)


@pytest.mark.parametrize("posts", ["0", "-1", "600", "beaucoup", ""])
def test_posts_that_cannot_be_are_refused(world: World, client: Client, posts: str) -> None:
    refused = client.post(reverse("agreed-posts", args=[world.site.pk, 2026]), {"posts": posts})
    assert refused.status_code == 422
    assert not AgreedPosts.objects.exists()


def test_two_managers_lose_nothing_and_a_correction_keeps_what_stood(world: World, client: Client) -> None:
    address = reverse("agreed-posts", args=[world.site.pk, 2026])
    client.post(address, {"posts": "12", "seen_version": ""})
    late = client.post(address, {"posts": "14", "seen_version": ""})
    assert late.status_code == 409
    assert re.search(r"Noté entre-temps par Ici-site-manager Exemple : 12,00 ETP", text_of(late))
    assert 'value="14"' in late.content.decode()
    fresh = AgreedPosts.objects.current().get()
    assert client.post(address, {"posts": "14", "seen_version": str(fresh.pk)}).status_code == 302
    assert sorted(AgreedPosts.objects.values_list("full_time_equivalent", flat=True)) == [12, 14]


def test_only_the_manager_writes_and_other_ages_are_nowhere(world: World, client: Client) -> None:
    counsellor = enter(world.users[Role.COUNSELLOR])
    assert counsellor.get(reverse("agreed-posts", args=[world.site.pk, 2026])).status_code == 403
    assert counsellor.get(reverse("site-year", args=[world.site.pk, 2026])).status_code == 200
    manager = enter(world.users[Role.SITE_MANAGER])
    for site, year in ((world.other_site.pk, 2026), (world.site.pk, 9999), (world.site.pk, 1800)):
        assert manager.get(reverse("site-year", args=[site, year])).status_code == 404
    assert "n’a pas commencé" in year_of(manager, world, 2027)


def test_more_posts_than_agreed_is_said_too(world: World, client: Client) -> None:
    client.post(reverse("agreed-posts", args=[world.site.pk, 2026]), {"posts": "0,5", "seen_version": ""})
    page = year_of(client, world)
    assert "Vacants aucun · 0,24 ETP de plus que convenu" in page
    assert "Les heures payées atteignent ce qui est convenu" in page
