"""Somebody whom a site knew comes back to the same file; nothing of her is told to whoever did not know her."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.urls import reverse

from convergence.access.models import AccessRecord
from convergence.pathways.models import Pathway
from convergence.pathways.recording import Terms, sign
from convergence.people.coming_back import Former, Said, formerly_supported, resume_support
from convergence.people.models import Person, Support
from convergence.platform.errors import Refused
from convergence.platform.identity import assume
from convergence.territories.models import Operator, Site, Territory
from convergence.territories.periods import days
from convergence.vocabulary.roles import Role
from tests.builders import LONG_AGO, TODAY, World, make_person, open_ended

Acting = Callable[[str], AbstractContextManager[None]]

LEFT = TODAY - timedelta(days=200)
ZOE = Said("Zoé", "Modèle-Factice", 1985)


@pytest.fixture
def zoe(world: World, acting_as: Acting) -> Person:
    """Zoé Modèle-Factice, born in 1985, whom the first site supported until 200 days ago."""
    with acting_as("maint"):
        person = make_person("Zoé", "Modèle-Factice", world.site)
        Support.objects.filter(person=person).update(valid=days(LONG_AGO, LEFT))
        Pathway.objects.create(person=person, valid=days(LONG_AGO, LEFT))
    return person


def signed_in(world: World, role: Role = Role.COUNSELLOR, *, elsewhere: bool = False) -> None:
    assume((world.elsewhere if elsewhere else world.users)[role].pk, TODAY)


@pytest.mark.parametrize("role", [Role.COUNSELLOR, Role.SUPPORT_WORKER, Role.SITE_MANAGER])
def test_her_whole_name_and_year_find_her_without_accents_in_any_order(world: World, zoe: Person, role: Role) -> None:
    signed_in(world, role)
    assert not Person.objects.filter(pk=zoe.pk).exists()  # nobody reads the file any more
    found = [Former(zoe.pk, world.site.pk, LEFT)]
    assert formerly_supported(ZOE) == found
    assert formerly_supported(Said("zoe", "MODELE FACTICE", 1985)) == found
    assert formerly_supported(Said("Modèle-Factice", "Zoé", 1985)) == found


@pytest.mark.parametrize(
    "said",
    [
        Said("Zoé", "Modèle-Factice", 1986),
        Said("Zoé", "Modèle", 1985),
        Said("", "Modèle-Factice", 1985),
        Said("Zoé", "", 1985),
        Said("Chloé", "Modèle-Factice", 1985),
        Said("%", "%", 1985),
    ],
)
def test_less_than_that_finds_nobody(world: World, zoe: Person, said: Said) -> None:
    signed_in(world)
    assert formerly_supported(said) == []


def test_only_those_who_knew_her_find_her(world: World, zoe: Person) -> None:
    for role in Role:
        for elsewhere in (False, True):
            signed_in(world, role, elsewhere=elsewhere)
            knew = not elsewhere and role in {Role.COUNSELLOR, Role.SUPPORT_WORKER, Role.SITE_MANAGER}
            assert bool(formerly_supported(ZOE)) is knew, (role, elsewhere)
    assume(world.former[Role.COUNSELLOR].pk, TODAY)
    assert formerly_supported(ZOE) == []


@pytest.mark.parametrize(("ends", "found"), [(date(2024, 11, 23), True), (date(2024, 11, 22), False)])
def test_nobody_is_found_more_than_two_years_after(
    world: World, zoe: Person, acting_as: Acting, ends: date, found: bool
) -> None:
    with acting_as("maint"):
        Support.objects.filter(person=zoe).update(valid=days(LONG_AGO, ends))
    signed_in(world)
    assert bool(formerly_supported(ZOE)) is found


def test_somebody_supported_elsewhere_now_is_not_found(world: World, zoe: Person, acting_as: Acting) -> None:
    with acting_as("maint"):
        Support.objects.create(person=zoe, site=world.other_site, valid=open_ended(LEFT + timedelta(days=1)))
    signed_in(world)
    assert formerly_supported(ZOE) == []
    with pytest.raises(Refused, match="ne peut pas être reprise"):
        resume_support(zoe.pk, ZOE, world.site.pk, TODAY, today=TODAY)


def test_every_answer_is_put_on_record(world: World, zoe: Person, acting_as: Acting) -> None:
    signed_in(world)
    formerly_supported(Said("Personne", "Inventée", 1985))
    formerly_supported(ZOE)
    with acting_as("maint"):
        (record,) = AccessRecord.objects.filter(person_id=zoe.pk)
    assert (record.actor_id, record.page, record.compartments) == (
        world.users[Role.COUNSELLOR].pk,
        "formerly-supported",
        ["identity"],
    )


@pytest.mark.parametrize("elsewhere", [False, True])
def test_her_file_is_open_again_at_the_site_or_at_another_of_the_territory(
    world: World, zoe: Person, elsewhere: bool
) -> None:
    signed_in(world)
    site = world.other_site if elsewhere else world.site
    resume_support(zoe.pk, ZOE, site.pk, TODAY, today=TODAY)
    assert Person.objects.filter(pk=zoe.pk).exists() is not elsewhere
    signed_in(world, elsewhere=elsewhere)
    assert Person.objects.get(pk=zoe.pk).usual_name == "Zoé Modèle-Factice"
    assert Support.objects.current().filter(person=zoe, site=site).latest("valid").valid == DateRange(TODAY, None)


def test_a_new_path_begins_with_her_new_contract_and_the_former_one_stays(world: World, zoe: Person) -> None:
    signed_in(world)
    resume_support(zoe.pk, ZOE, world.site.pk, TODAY, today=TODAY)
    sign(zoe.pk, Terms("cddi", TODAY, TODAY + timedelta(days=180), "cvg", world.site.pk))
    paths = Pathway.objects.current().filter(person=zoe).order_by("valid")
    assert [path.valid for path in paths] == [days(LONG_AGO, LEFT), DateRange(TODAY, None)]


def test_what_cannot_be_is_refused(world: World, zoe: Person, acting_as: Acting) -> None:
    with acting_as("maint"):
        far = Territory.objects.create(name="Territoire Lointain")
        away = Site.objects.create(
            territory=far,
            operator=Operator.objects.create(name="Association Lointaine"),
            name="Chantier Lointain",
            open_over=open_ended(),
        )
    signed_in(world)
    for said, site, since in (
        (ZOE, world.site, TODAY + timedelta(days=1)),
        (ZOE, world.site, LEFT),
        (ZOE, away, TODAY),
        (Said("Zoé", "Modèle-Factice", 1986), world.site, TODAY),
    ):
        with pytest.raises(Refused):
            resume_support(zoe.pk, said, site.pk, since, today=TODAY)
    assert not Person.objects.filter(pk=zoe.pk).exists()


# On the screens -----------------------------------------------------------------------------------

ASKED = {"given_name": "Zoé", "family_name": "Modèle-Factice", "since": TODAY.isoformat()}


@pytest.fixture
def client(world: World, zoe: Person, time_machine: Any) -> Client:
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)
    made = Client()
    made.force_login(world.users[Role.COUNSELLOR])
    return made


def test_she_is_found_then_taken_back_in_two_touches(client: Client, world: World, zoe: Person) -> None:
    told = ASKED | {"birth_year": "1985", "site": str(world.site.pk)}
    found = client.post(reverse("come-back"), told)
    assert found.status_code == 200
    assert "Une personne accompagnée par Chantier des Saules jusqu’au" in found.content.decode()
    assert f'name="person" value="{zoe.pk}"' in found.content.decode()
    nobody = client.post(reverse("come-back"), told | {"birth_year": "1984"}).content.decode()
    assert "n’a accompagné personne de ce nom" in nobody
    taken: Any = client.post(reverse("come-back"), told | {"person": str(zoe.pk)})
    assert taken.url == reverse("person", args=[zoe.pk])
    assert client.get(taken.url).status_code == 200
    assert client.post(reverse("come-back"), told | {"person": str(zoe.pk)}).status_code == 409


def test_welcoming_somebody_says_that_she_was_known_before_a_second_file_is_made(
    client: Client, world: World, zoe: Person, acting_as: Acting
) -> None:
    told = ASKED | {"birth": "03/05/1985", "site": str(world.site.pk)}
    page = client.post(reverse("admit-person"), told).content.decode()
    assert "reprendre son dossier" in page
    assert 'name="not_the_same"' in page
    with acting_as("maint"):
        assert AccessRecord.objects.filter(person_id=zoe.pk, page="formerly-supported").count() == 1
        people = Person.objects.count()
    other: Any = client.post(reverse("admit-person"), told | {"not_the_same": "1"})
    assert other.status_code == 302
    with acting_as("maint"):
        assert Person.objects.count() == people + 1
