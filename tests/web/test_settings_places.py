"""Territories, operators, sites and funders, as an administrator uses the pages."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from convergence.territories.models import Funder, Operator, Site, Territory
from convergence.vocabulary.roles import Role
from tests.builders import LONG_AGO, World
from tests.web.test_settings import _on_that_day, page_of, seen_at, signed_in

__all__ = ["_on_that_day"]


@pytest.fixture
def client(world: World) -> Client:
    """The administrator's browser."""
    return signed_in(world.users[Role.ADMINISTRATOR])


def site_form(world: World, **changed: object) -> dict[str, object]:
    given: dict[str, object] = {
        "name": "Chantier des Ormes",
        "territory": world.territory.pk,
        "operator": world.site.operator_id,
        "antenna_of": "",
        "siret": "",
        "opened_on": "2026-01-05",
        "last_day": "",
    }
    return given | changed


def test_a_site_is_added_with_its_siret_its_dates_and_its_main_site(client: Client, world: World) -> None:
    given = site_form(world, siret="732 829 320 00074", antenna_of=world.site.pk, last_day="2027-06-30")
    client.post(reverse("open-site"), given)
    site = Site.objects.get(name="Chantier des Ormes")
    shown = page_of(client.get(reverse("site", args=[site.pk])))
    assert (site.siret, site.opened_on, site.last_day) == ("73282932000074", date(2026, 1, 5), date(2027, 6, 30))
    assert "732 829 320 00074" in shown
    assert "Antenne de" in shown
    assert "Chantier des Ormes" in page_of(client.get(reverse("site", args=[world.site.pk])))


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"siret": "7328293200007A"}, "Un SIRET ne contient que des chiffres."),
        ({"siret": "73282932000075"}, "un chiffre est sans doute mal recopié"),
        ({"siret": "123"}, "celui-ci en a 3"),
        ({"last_day": "2026-01-04"}, "Le dernier jour vient avant le premier."),
        ({"opened_on": "9999-12-31"}, "vérifiez l’année"),
        ({"opened_on": "0000-00-00"}, "date valide"),
        ({"name": ""}, "obligatoire"),
        ({"territory": "abc"}, "choix"),
        ({"operator": "99999999999999999999999"}, "choix"),
    ],
)
def test_a_site_that_makes_no_sense_is_refused_in_a_sentence(
    client: Client, world: World, changed: dict[str, object], sentence: str
) -> None:
    response = client.post(reverse("open-site"), site_form(world, **changed))
    assert response.status_code == 422
    assert sentence in page_of(response)
    assert not Site.objects.filter(name="Chantier des Ormes").exists()


def test_two_sites_of_a_territory_never_bear_one_name(client: Client, world: World) -> None:
    response = client.post(reverse("open-site"), site_form(world, name=world.site.name))
    assert response.status_code == 409
    assert "Un chantier de ce territoire porte déjà ce nom." in page_of(response)


def test_an_antenna_has_its_main_site_s_operator_and_no_antenna_of_its_own(client: Client, world: World) -> None:
    client.post(reverse("open-operator"), {"name": "Association Modèle"})
    other = Operator.objects.get(name="Association Modèle")
    response = client.post(reverse("open-site"), site_form(world, operator=other.pk, antenna_of=world.site.pk))
    assert "Une antenne a la même structure porteuse" in page_of(response)
    client.post(reverse("open-site"), site_form(world, antenna_of=world.site.pk))
    address = reverse("change-site", args=[world.site.pk])
    given = site_form(world, name=world.site.name, antenna_of=world.other_site.pk, seen=seen_at(client, address))
    assert "il ne peut pas en être une" in page_of(client.post(address, given))


def test_a_site_that_closed_is_folded_and_the_second_editor_is_told(client: Client, world: World) -> None:
    address = reverse("change-site", args=[world.site.pk])
    seen = seen_at(client, address)
    given = site_form(world, name=world.site.name, opened_on=LONG_AGO.isoformat(), seen=seen)
    assert client.post(address, given | {"last_day": "2026-11-20"}).status_code == 302
    assert "Un chantier fermé" in page_of(client.get(reverse("sites")))
    response = client.post(address, given | {"last_day": "2026-12-31"})
    assert response.status_code == 409
    assert "Valeur enregistrée entre-temps : 20 novembre 2026" in page_of(response)


def test_a_territory_is_added_renamed_and_shows_its_sites_and_team(client: Client, world: World) -> None:
    response = client.post(reverse("open-territory"), {"name": "territoire EXEMPLE"})
    assert "Un territoire porte déjà ce nom." in page_of(response)
    client.post(reverse("open-territory"), {"name": "Autre territoire"})
    assert Territory.objects.filter(name="Autre territoire").exists()
    address = reverse("change-territory", args=[world.territory.pk])
    client.post(address, {"name": "Territoire renommé", "seen": seen_at(client, address)})
    shown = page_of(client.get(reverse("territory", args=[world.territory.pk])))
    assert "Territoire renommé" in shown
    assert "Chantier des Saules" in shown
    assert "Ici-coordinator Exemple" in shown
    assert "Ici-counsellor Exemple" not in shown


def test_a_site_shows_who_works_there_today_and_folds_the_others(client: Client, world: World) -> None:
    shown = page_of(client.get(reverse("site", args=[world.site.pk])))
    today, past = shown.split("<details", 1)
    assert "Ici-counsellor Exemple" in today
    assert "Avant-counsellor Exemple" not in today
    assert "Avant-counsellor Exemple" in past
    assert "Ailleurs-counsellor Exemple" not in shown


def test_an_operator_is_renamed(client: Client, world: World) -> None:
    address = reverse("change-operator", args=[world.site.operator_id])
    client.post(address, {"name": "Association Renommée", "seen": seen_at(client, address)})
    assert "Association Renommée" in page_of(client.get(reverse("operators")))


def test_a_funder_changes_name_and_the_earlier_name_keeps_its_dates(client: Client, world: World) -> None:
    address = reverse("name-funder", args=[world.funder.pk])
    given = {"name": "Financeur Modèle", "since": "2026-04-01", "seen": seen_at(client, address)}
    shown = page_of(client.post(address, given, follow=True))
    assert "Financeur Modèle" in shown
    assert "31 mars 2026" in shown
    response = client.post(address, given | {"seen": seen_at(client, address)})
    assert "a déjà changé de nom" in page_of(response)
    assert Funder.objects.count() == 2


def test_two_funders_never_bear_one_name_at_once(client: Client, world: World) -> None:
    response = client.post(reverse("open-funder"), {"name": world.funder.name, "since": "", "last_day": ""})
    assert response.status_code == 409
    assert "Un financeur porte déjà ce nom à ces dates." in page_of(response)
    client.post(reverse("open-funder"), {"name": world.funder.name, "since": "", "last_day": "2024-01-07"})
    assert Funder.objects.count() == 2


@pytest.mark.parametrize("name", ["site", "change-site", "territory", "change-operator", "funder", "name-funder"])
def test_what_does_not_exist_is_not_found(client: Client, name: str) -> None:
    assert client.get(reverse(name, args=[999_999_999_999_999_999])).status_code == 404


def test_what_a_site_said_before_stays_readable_on_its_page(client: Client, world: World) -> None:
    assert "version antérieure" not in page_of(client.get(reverse("site", args=[world.site.pk])))
    address = reverse("change-site", args=[world.site.pk])
    given = site_form(world, name="Chantier des Ormes", siret="73282932000074", seen=seen_at(client, address))
    shown = page_of(client.post(address, given, follow=True))
    assert "Une version antérieure" in shown
    for line in ("Nom : Chantier des Saules", "SIRET : vide", "Ouvert : depuis le 8 janvier 2024"):
        assert line in shown
    assert "Ici-administrator Exemple" in shown
