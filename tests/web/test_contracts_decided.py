"""Contracts signed within the clocks, what already happened noted all the same, amendments, a hiring that resumes."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.urls import reverse

from convergence.pathways.clocks import path_of
from convergence.pathways.models import Amendment, Contract, Suspension
from convergence.people.models import Person
from convergence.platform.identity import assume
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World
from tests.web.test_path import STARTS, SUSPENSION, client, milo, page_of, post, text_of

__all__ = ["client", "milo"]

Acting = Callable[[str], AbstractContextManager[None]]

DIRECT = {"recruited_directly": "on", "exempt_from_minimum": "on"}


def contract_at(world: World, starts: str, last_day: str, **more: str) -> dict[str, Any]:
    terms = {"kind": "cddi", "programme": "cvg", "site": world.site.pk, "employer": "", "weekly_hours": "26"}
    return terms | {"starts": starts, "last_day": last_day} | more


def ended_on(milo: Person, first_day_after: date, acting_as: Acting) -> None:
    with acting_as("maint"):
        Contract.objects.filter(person=milo).update(valid=DateRange(STARTS, first_day_after))


# -- A hiring ends the suspension ----------------------------------------------------------------------------------


def test_a_hiring_ends_the_suspension_under_way_the_day_before_and_says_so(
    world: World, client: Client, milo: Person, acting_as: Acting
) -> None:
    ended_on(milo, date(2026, 10, 1), acting_as)
    post(client, "new-suspension", milo.pk, **SUSPENSION)
    terms = contract_at(world, "2026-12-01", "2027-04-30")
    assert "elle s’arrête la veille, le 30 novembre 2026" in text_of(
        client.post(reverse("new-contract", args=[milo.pk]), terms, follow=True)
    )
    standing = Suspension.objects.current().get(person=milo)
    assert standing.valid == DateRange(date(2026, 10, 1), date(2026, 12, 1))
    assert Suspension.objects.filter(person=milo).count() == 2
    assert "le 1er mai 2027" in page_of(client, milo)


def test_a_suspension_that_begins_on_the_day_of_the_hiring_is_taken_back(
    world: World, client: Client, milo: Person, acting_as: Acting
) -> None:
    ended_on(milo, date(2026, 10, 1), acting_as)
    post(client, "new-suspension", milo.pk, **SUSPENSION)
    hired = contract_at(world, "2026-10-01", "2027-02-28")
    assert post(client, "new-contract", milo.pk, **hired).status_code == 302
    assert Suspension.objects.current().get(person=milo).starts == date(2026, 10, 1)
    assert Contract.objects.current().filter(person=milo).count() == 2


def test_neither_a_renewal_nor_a_refused_hiring_touches_the_suspension(
    world: World, client: Client, milo: Person, acting_as: Acting
) -> None:
    post(client, "new-suspension", milo.pk, **SUSPENSION | {"last_day": "2027-03-31"})
    renewed = contract_at(world, "2027-01-01", "2027-03-02")
    assert post(client, "renew-contract", milo.pk, **renewed).status_code == 302
    refused = contract_at(world, "2027-03-03", "2030-12-31")
    assert post(client, "new-contract", milo.pk, **refused).status_code == 409
    assert Suspension.objects.filter(person=milo).count() == 1


# -- Proposed, or happened already ---------------------------------------------------------------------------------


def test_a_contract_beyond_the_clocks_is_refused_unless_it_has_begun_so(
    world: World, client: Client, milo: Person, acting_as: Acting
) -> None:
    to_come = contract_at(world, "2027-01-01", "2027-12-31", happened="on")
    refused = post(client, "new-contract", milo.pk, **to_come)
    assert refused.status_code == 409
    assert "Le PASS IAE finit le 2 mars 2027 : le contrat finit ce jour-là au plus tard" in text_of(refused)
    assert "comme cela s’est passé" not in text_of(refused)

    ended_on(milo, date(2026, 11, 1), acting_as)
    begun = contract_at(world, "2026-11-01", "2027-10-31", weekly_hours="12")
    refused = post(client, "new-contract", milo.pk, **begun)
    assert refused.status_code == 409
    assert "au moins 20 heures par semaine" in text_of(refused)
    assert "C’est déjà commencé dans ces termes" in text_of(refused)
    assert Contract.objects.filter(person=milo).count() == 1
    assert post(client, "new-contract", milo.pk, **begun, happened="on").status_code == 302
    said = page_of(client, milo)
    assert "Le contrat va jusqu’au 31 octobre 2027, les CDDI seulement jusqu’au 2 mars 2027" in said
    assert "le PASS IAE seulement jusqu’au 2 mars 2027" in said
    assert "Contrat du 1er novembre 2026 : un CDDI compte au moins 20 heures par semaine" in said


def test_one_that_overlaps_another_is_refused_even_if_it_has_begun(world: World, client: Client, milo: Person) -> None:
    at_once = contract_at(world, "2026-11-01", "2026-12-31", happened="on")
    here = post(client, "new-contract", milo.pk, **at_once)
    assert "Un autre contrat court déjà chez cet employeur à partir du 1er novembre 2026" in text_of(here)
    there = post(client, "new-contract", milo.pk, **at_once | {"site": "", "employer": "Entreprise Factice"})
    assert "Un autre contrat d’insertion court déjà à ces dates" in text_of(there)
    assert (here.status_code, there.status_code) == (409, 409)
    assert Contract.objects.filter(person=milo).count() == 1


def test_who_recruited_and_a_shorter_cddi_are_read_by_the_rules(
    world: World, client: Client, milo: Person, acting_as: Acting
) -> None:
    ended_on(milo, date(2026, 9, 1), acting_as)
    short = contract_at(world, "2026-12-01", "2027-01-31")
    assert "Un CDDI dure au moins 4 mois" in text_of(post(client, "new-contract", milo.pk, **short))
    assert post(client, "new-contract", milo.pk, **short, **DIRECT).status_code == 302
    latest = max(path_of(milo.pk).contracts, key=lambda each: each.first_day)
    assert (latest.recruited_directly, latest.exempt_from_minimum) == (True, True)
    row = Contract.objects.current().filter(person=milo).latest("pk")
    assert "Recrutement direct par le chantier" in text_of(client.get(reverse("contract", args=[milo.pk, row.pk])))


# -- Amendments ----------------------------------------------------------------------------------------------------

CHANGE = {"takes_effect": "2026-12-01", "weekly_hours": "30", "last_day": "", "signed_on": TODAY.isoformat()}


@pytest.fixture
def counsellor(world: World, milo: Person) -> None:
    """What a test reads before any page is read as the counsellor."""
    assume(world.users[Role.COUNSELLOR].pk, TODAY)


def standing(milo: Person) -> Contract:
    return Contract.objects.current().get(person=milo)


def change(client: Client, milo: Person, seen: int | None = None, **fields: Any) -> Any:
    row = standing(milo)
    return post(client, "new-amendment", milo.pk, row.pk, **CHANGE | {"seen_version": seen or row.pk} | fields)


@pytest.mark.usefixtures("counsellor")
def test_an_amendment_changes_hours_and_term_is_listed_and_undone(client: Client, milo: Person) -> None:
    assert change(client, milo, last_day="2027-02-28").status_code == 302
    row = standing(milo)
    assert (row.weekly_hours, row.ends) == (Decimal(30), date(2027, 3, 1))
    said = text_of(client.get(reverse("contract", args=[milo.pk, row.pk])))
    assert "À partir du 1er décembre 2026 : 30 h par semaine au lieu de 26 h" in said
    assert "terme le 28 février 2027 au lieu du 31 décembre 2026" in said

    assert change(client, milo, takes_effect="2027-01-04", weekly_hours="28").status_code == 302
    first, last = Amendment.objects.current().filter(person=milo).order_by("valid")
    refused = client.post(reverse("withdraw-amendment", args=[milo.pk, first.pk]), follow=True)
    assert "Un avenant a pris la suite de celui-ci" in text_of(refused)
    for row_ in (last, first):
        assert post(client, "withdraw-amendment", milo.pk, row_.pk).status_code == 302
    row = standing(milo)
    assert (row.weekly_hours, row.ends) == (Decimal(26), date(2027, 1, 1))
    assert Contract.objects.filter(person=milo).count() == 5


@pytest.mark.usefixtures("counsellor")
def test_a_term_brought_forward_is_not_undone_over_a_contract_signed_since(
    world: World, client: Client, milo: Person, acting_as: Acting
) -> None:
    assert change(client, milo, weekly_hours="", last_day="2026-12-31", takes_effect="2026-12-01").status_code == 409
    assert change(client, milo, weekly_hours="", last_day="2026-12-15", takes_effect="2026-12-01").status_code == 302
    shortened = Amendment.objects.current().get(person=milo)
    for site in (world.site, world.other_site):
        with transaction.atomic():
            with acting_as("maint"):
                Contract.objects.create(
                    person=milo, site=site, kind="cddi", valid=DateRange(date(2026, 12, 16), date(2027, 6, 16))
                )
            told = text_of(client.post(reverse("withdraw-amendment", args=[milo.pk, shortened.pk]), follow=True))
            assert "retiré : le contrat est comme avant lui" not in told, site
            assert Contract.objects.current().filter(person=milo, valid__endswith=date(2026, 12, 16)).exists(), site
            transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"weekly_hours": "40"}, "au plus 35 heures par semaine"),
        ({"weekly_hours": "12"}, "en dessous, il faut une dérogation du préfet"),
        ({"weekly_hours": "26"}, "Rien ne change"),
        ({"weekly_hours": ""}, "Rien ne change"),
        ({"last_day": "2027-12-31"}, "Le PASS IAE finit le 2 mars 2027"),
        ({"last_day": "2026-11-30"}, "Le nouveau dernier jour vient avant la prise d’effet"),
        ({"takes_effect": "2027-01-15"}, "pendant le contrat, avant son terme"),
        ({"takes_effect": "2025-01-15"}, "pendant le contrat, avant son terme"),
        ({"signed_on": "2026-12-01"}, "notez l’avenant le jour où il est signé"),
        ({"signed_on": "0001-01-01"}, "Cette date est hors du possible"),
    ],
)
@pytest.mark.usefixtures("counsellor")
def test_an_amendment_that_cannot_be_is_a_sentence(
    client: Client, milo: Person, fields: dict[str, Any], sentence: str
) -> None:
    response = change(client, milo, **fields)
    assert response.status_code in {409, 422}
    assert sentence in text_of(response)
    assert not Amendment.objects.filter(person=milo).exists()
    assert Contract.objects.filter(person=milo).count() == 1


@pytest.mark.usefixtures("counsellor")
def test_two_amendments_at_once_and_one_before_another(client: Client, milo: Person) -> None:
    seen = standing(milo).pk
    assert change(client, milo).status_code == 302
    late = change(client, milo, seen=seen, weekly_hours="32")
    assert late.status_code == 409
    assert "Quelqu’un a modifié" in text_of(late)
    before = change(client, milo, takes_effect="2026-11-24", weekly_hours="28")
    assert "Un avenant prend déjà effet après, le 1er décembre 2026" in text_of(before)
    assert Amendment.objects.filter(person=milo).count() == 1


@pytest.mark.usefixtures("counsellor")
def test_the_second_to_correct_a_contract_is_shown_what_the_first_wrote(
    world: World, client: Client, milo: Person
) -> None:
    seen = standing(milo)
    terms = contract_at(world, STARTS.isoformat(), "2026-12-31", seen_version=str(seen.pk))
    assert post(client, "correct-contract", milo.pk, seen.pk, **terms | {"weekly_hours": "30"}).status_code == 302
    late = post(client, "correct-contract", milo.pk, seen.pk, **terms | {"weekly_hours": "32"})
    assert late.status_code == 409
    assert "Quelqu’un a modifié ce contrat pendant que vous écriviez" in text_of(late)
    assert "CDDI 30 h · Chantier des Saules" in text_of(late)
    assert late.context["form"]["weekly_hours"].value() == "32"
    assert standing(milo).weekly_hours == 30
