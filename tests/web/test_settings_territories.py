"""Several territories in one instance: whoever administers one sees and changes that one; long lists stay short."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from convergence.access.models import User
from convergence.platform.identity import assume
from convergence.territories.models import Mission, Operator, Site, Territory
from convergence.vocabulary.roles import Role
from tests.builders import LONG_AGO, TODAY, World, make_user, open_ended
from tests.territories.elsewhere import Elsewhere, build_elsewhere
from tests.web.test_settings import _letters_go_to_the_outbox, _on_that_day, page_of, seen_at, signed_in
from tests.web.test_settings_places import site_form

__all__ = ["_letters_go_to_the_outbox", "_on_that_day"]

SIRET = "73282932000074"


@pytest.fixture
def elsewhere(world: World, acting_as: Any) -> Elsewhere:
    with acting_as("maint"):
        return build_elsewhere(world)


@pytest.fixture
def here(elsewhere: Elsewhere) -> Client:
    """The browser of the administrator of the world's territory."""
    return signed_in(elsewhere.here)


def test_she_sees_her_territory_in_every_list(here: Client, world: World, elsewhere: Elsewhere) -> None:
    for name in ("sites", "territories", "accounts", "setup"):
        shown = page_of(here.get(reverse(name)))
        assert "Pays Modèle" not in shown, name
        assert "La-bas-counsellor" not in shown, name
    assert "Chantier des Saules" in page_of(here.get(reverse("sites")))
    assert "Ici-counsellor Exemple" in page_of(here.get(reverse("accounts")))
    assert "Financeurs" not in page_of(here.get(reverse("settings")))


def test_what_is_elsewhere_answers_as_if_it_were_not(here: Client, world: World, elsewhere: Elsewhere) -> None:
    assume(elsewhere.here.pk, TODAY)
    mission = elsewhere.counsellor.missions.get()
    for name, argument in (
        ("site", elsewhere.site.pk),
        ("change-site", elsewhere.site.pk),
        ("site-setup", elsewhere.site.pk),
        ("site-means", elsewhere.site.pk),
        ("site-choices", elsewhere.site.pk),
        ("territory", elsewhere.territory.pk),
        ("change-territory", elsewhere.territory.pk),
        ("territory-setup", elsewhere.territory.pk),
        ("territory-means", elsewhere.territory.pk),
        ("territory-choices", elsewhere.territory.pk),
        ("account", elsewhere.counsellor.pk),
        ("change-account", elsewhere.there.pk),
        ("give-mission", elsewhere.counsellor.pk),
        ("change-mission", mission.pk),
    ):
        assert here.get(reverse(name, args=[argument])).status_code == 404, name
    for name in ("open-territory", "funders", "open-funder"):
        assert here.get(reverse(name)).status_code == 403, name
    assert here.get(reverse("change-operator", args=[elsewhere.operator.pk])).status_code == 409


def test_she_opens_a_site_an_account_and_a_mission_on_her_territory(here: Client, world: World) -> None:
    here.post(reverse("open-site"), site_form(world))
    site = Site.objects.get(name="Chantier des Ormes")
    account = {"given_name": "Aliénor", "family_name": "Inventée", "email": "alienor@convergence.example"}
    here.post(reverse("open-account"), account)
    opened = User.objects.get(email="alienor@convergence.example")
    address = reverse("give-mission", args=[opened.pk])
    roles = [code for code, _label in here.get(address).context["form"].fields["role"].choices]
    assert "evaluator" not in roles
    places = page_of(here.get(address))
    assert "Pays Modèle" not in places
    assert "Toute l’instance" not in places
    given = {"role": "counsellor", "place": f"site-{site.pk}", "since": TODAY.isoformat(), "last_day": ""}
    assert here.post(address, given).status_code == 302
    assert opened.missions.get().site == site
    assert here.post(address, given | {"role": "administrator", "place": "all"}).status_code == 422


def test_a_site_of_another_territory_is_not_offered_nor_taken(here: Client, world: World, elsewhere: Elsewhere) -> None:
    response = here.post(reverse("open-site"), site_form(world, territory=elsewhere.territory.pk))
    assert response.status_code == 422
    assert not Site.objects.filter(name="Chantier des Ormes").exists()


def test_whoever_works_elsewhere_too_keeps_her_account_and_her_code(
    here: Client, world: World, elsewhere: Elsewhere, acting_as: Any
) -> None:
    shared = world.users[Role.COUNSELLOR]
    with acting_as("maint"):
        Mission.objects.create(user=shared, role=Role.COUNSELLOR, site=elsewhere.site, valid=open_ended())
    Authenticator.objects.create(user=shared, type="totp", data={})
    shown = page_of(here.get(reverse("account", args=[shared.pk])))
    assert "seule l’administration de toute l’instance change son compte" in shown
    assert "Fermer le compte" not in shown
    for name in ("change-account", "close-account", "remove-second-factor", "send-invitation", "reopen-account"):
        response = here.post(reverse(name, args=[shared.pk]), {"seen": "x", "last_day": TODAY.isoformat()})
        assert response.status_code == 409, name
    shared.refresh_from_db()
    assert shared.is_active
    assert Authenticator.objects.filter(user=shared).exists()


# -- Bad input -------------------------------------------------------------------------------------------------------


@pytest.fixture
def admin(world: World) -> Client:
    assume(world.users[Role.ADMINISTRATOR].pk, TODAY)
    return signed_in(world.users[Role.ADMINISTRATOR])


def test_the_siret_of_another_s_establishment_is_refused(admin: Client, world: World, elsewhere: Elsewhere) -> None:
    admin.post(reverse("open-site"), site_form(world, siret=SIRET))
    theirs = site_form(world, name="Chantier des Aulnes", operator=elsewhere.operator.pk, siret=SIRET)
    response = admin.post(reverse("open-site"), theirs)
    assert response.status_code == 422
    assert "Ce SIRET est celui d’un établissement d’une autre structure, Association Exemple" in page_of(response)
    twice = admin.post(reverse("open-site"), site_form(world, name="Chantier des Aulnes", siret=SIRET))
    assert twice.status_code == 409
    assert "Un autre chantier a déjà ce SIRET." in page_of(twice)
    assert Site.objects.filter(siret=SIRET).count() == 1


def test_an_antenna_may_share_the_siret_of_its_site_and_a_successor_takes_it_over(admin: Client, world: World) -> None:
    admin.post(reverse("open-site"), site_form(world, siret=SIRET, last_day="2026-06-30"))
    main = Site.objects.get(name="Chantier des Ormes")
    antenna = site_form(world, name="Antenne des Ormes", siret=SIRET, antenna_of=main.pk)
    assert admin.post(reverse("open-site"), antenna).status_code == 302
    later = site_form(world, name="Chantier des Charmes", siret=SIRET, opened_on="2026-07-01")
    assert admin.post(reverse("open-site"), later).status_code == 302


@pytest.mark.parametrize("name", ["ASSOCIATION exemple", "  Association   Exemple "])
def test_an_operator_is_not_added_twice(admin: Client, world: World, name: str) -> None:
    response = admin.post(reverse("open-operator"), {"name": name})
    assert response.status_code == 409
    assert "Une structure porteuse porte déjà ce nom." in page_of(response)
    assert Operator.objects.count() == 1


@pytest.mark.parametrize(
    ("since", "last_day", "sentence"),
    [
        ("2026-12-02", "", "Ce chantier est fermé à cette date."),
        ("2023-01-01", "2024-01-07", "finirait avant l’ouverture du chantier"),
    ],
)
def test_a_mission_outside_the_dates_of_its_site_is_refused(
    admin: Client, world: World, acting_as: Any, since: str, last_day: str, sentence: str
) -> None:
    with acting_as("maint"):
        Site.objects.filter(pk=world.other_site.pk).update(open_over=(LONG_AGO, TODAY.replace(month=12, day=1)))
    before = Mission.objects.count()
    given = {"role": "counsellor", "place": f"site-{world.other_site.pk}", "since": since, "last_day": last_day}
    response = admin.post(reverse("give-mission", args=[world.users[Role.FUNDER].pk]), given)
    assert response.status_code == 409
    assert sentence in page_of(response)
    assert Mission.objects.count() == before
    mission = world.elsewhere[Role.COUNSELLOR].missions.get()
    address = reverse("change-mission", args=[mission.pk])
    dates = {"seen": seen_at(admin, address), "since": since, "last_day": last_day}
    assert sentence in page_of(admin.post(address, dates))
    mission.refresh_from_db()
    assert mission.since == LONG_AGO


# -- Many of everything ----------------------------------------------------------------------------------------------


@pytest.fixture
def crowd(world: World, acting_as: Any) -> None:
    """Thirteen territories of thirty sites, and two people at each of a hundred sites."""
    with acting_as("maint"):
        for number in range(13):
            territory = Territory.objects.create(name=f"Pays {number:02}")
            operator = Operator.objects.create(name=f"Structure {number:02}")
            Site.objects.bulk_create(
                Site(territory=territory, operator=operator, name=f"Chantier {place:02}", open_over=open_ended())
                for place in range(30)
            )
        for number, site in enumerate(Site.objects.order_by("pk")[:60]):
            user = make_user(f"Quelqu-un-{number}")
            Mission.objects.create(user=user, role=Role.COUNSELLOR, site=site, valid=open_ended())


def test_lists_of_four_hundred_sites_are_paged_searched_and_cost_the_same(
    admin: Client, world: World, crowd: None, django_assert_max_num_queries: Any
) -> None:
    for name in ("sites", "setup", "accounts", "operators", "territories", "settings", "today"):
        with django_assert_max_num_queries(15):
            response = admin.get(reverse(name))
        assert len(response.content) < 150_000, name
    first = page_of(admin.get(reverse("sites")))
    assert "1 à 50 sur 392" in first
    assert first.count('<th scope="row">') == 50
    found = page_of(admin.get(reverse("sites"), {"q": "pays 07 chantier 29"}))
    assert found.count('<th scope="row">') == 1
    assert "Aucun chantier ne correspond" in page_of(admin.get(reverse("sites"), {"q": "zz"}))


def test_the_page_of_a_territory_and_of_one_of_its_sites_cost_the_same(
    admin: Client, crowd: None, django_assert_max_num_queries: Any
) -> None:
    territory = Territory.objects.get(name="Pays 03")
    site = territory.sites.get(name="Chantier 03")
    for name, place in (
        ("territory", territory),
        ("territory-setup", territory),
        ("site", site),
        ("site-setup", site),
        ("site-choices", site),
        ("change-site", site),
    ):
        with django_assert_max_num_queries(16):
            admin.get(reverse(name, args=[place.pk]))


def test_sites_of_one_name_are_told_apart_where_one_chooses_or_reads(
    admin: Client, world: World, crowd: None, acting_as: Any
) -> None:
    two = Site.objects.filter(name="Chantier 03").order_by("territory__name")[:2]
    with acting_as("maint"):
        user = make_user("Sur-deux-territoires")
        for site in two:
            Mission.objects.create(user=user, role=Role.COUNSELLOR, site=site, valid=open_ended())
    client = signed_in(user)
    for name in ("people", "import-people", "admit-person", "my-account", "today"):
        shown = page_of(client.get(reverse(name)))
        assert "Chantier 03 (Pays 00)" in shown, name
    assert "Chantier 03 (Pays 01)" in page_of(client.get(reverse("people")))
    assert "Chantier 03 (Pays 00)" in page_of(admin.get(reverse("account", args=[user.pk])))
    listed = page_of(admin.get(reverse("accounts"), {"q": "Sur-deux"}))
    assert "Chantier 03 (Pays 01)" in listed
