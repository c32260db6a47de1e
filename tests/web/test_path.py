"""The path page and its forms, as a counsellor fills them, with what they refuse."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.urls import reverse

from convergence.pathways.models import Contract, Extension, HoursDerogation, OfficialPass, Pass, Pathway, Suspension
from convergence.people.models import Person
from convergence.vocabulary.roles import SITE_ROLES, Role
from tests.builders import TODAY, World, make_person

Acting = Callable[[str], AbstractContextManager[None]]

STARTS = date(2025, 3, 3)
PASS_END = date(2027, 3, 2)


@pytest.fixture
def milo(world: World, acting_as: Acting, time_machine: Any) -> Person:
    """Milo Modèle, in a CDDI until the end of 2026, with a PASS that ends on 2 March 2027."""
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)
    with acting_as("maint"):
        person = make_person("Milo", "Modèle", world.site)
        Pathway.objects.create(person=person, valid=DateRange(STARTS, None))
        Contract.objects.create(
            person=person,
            site=world.site,
            kind="cddi",
            programme="cvg",
            weekly_hours=26,
            valid=DateRange(STARTS, date(2027, 1, 1)),
        )
        Pass.objects.create(person=person, valid=DateRange(STARTS, None))
    return person


@pytest.fixture
def client(world: World) -> Client:
    made = Client()
    made.force_login(world.users[Role.COUNSELLOR])
    return made


def text_of(response: Any) -> str:
    """What the page says, without its markup."""
    words = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", unescape(words))


def page_of(client: Client, person: Person, **asked: str) -> str:
    return text_of(client.get(reverse("path", args=[person.pk]), asked))


def post(client: Client, name: str, *ids: int, **fields: Any) -> Any:
    return client.post(reverse(name, args=ids), fields)


SUSPENSION = {
    "reason": "contract_suspended",
    "first_day": "2026-10-01",
    "last_day": "2026-12-31",
    "declared_on": TODAY.isoformat(),
    "declared_by": "employer",
}
DEMAND = {"motive": "difficulties", "until": "2028-03-01"}


def demand_of(client: Client, milo: Person) -> Extension:
    assert post(client, "extend-pass", milo.pk, **DEMAND).status_code == 302
    return Extension.objects.current().get(person=milo)


def answer_to(client: Client, name: str, row: Extension, **fields: str) -> Any:
    return post(client, name, row.person_id, row.pk, seen_version=row.pk, **fields)


# -- The page ----------------------------------------------------------------------------------------------------


def test_what_binds_first_is_named_with_the_decision_and_by_when(client: Client, milo: Person) -> None:
    said = page_of(client, milo)
    assert "Le PASS IAE est le premier à prendre fin : le 2 mars 2027." in said
    assert "Prolonger le PASS IAE : décision à préparer avant le 1er janvier 2027 (insertion professionnelle)." in said
    assert "Convergence : encore" in said
    assert "Renouveler le contrat avant le 31 décembre 2026" in said


def test_the_bars_share_one_scale_the_first_to_end_on_top(client: Client, milo: Person) -> None:
    response = client.get(reverse("path", args=[milo.pk]))
    drawing = response.context["drawing"]
    assert [bar.clock.name.value for bar in drawing.bars] == ["pass", "cddi", "convergence"]
    assert drawing.bars[0].binds
    for bar in drawing.bars:
        assert bar.used.x == 0
        assert bar.used.width == drawing.today
        assert bar.left.x == drawing.today
        assert bar.left.x + bar.left.width <= 100.01
    assert drawing.bars[2].left.width > drawing.bars[1].left.width
    assert [tick.label for tick in drawing.ticks] == ["2026", "2027", "2028", "2029", "2030"]


def test_official_dates_stand_beside_ours_and_the_difference_is_explained(
    client: Client, milo: Person, acting_as: Acting
) -> None:
    with acting_as("maint"):
        OfficialPass.objects.create(
            person=milo, number="999992500001", state="valid", said_on=TODAY, valid=DateRange(STARTS, date(2027, 4, 1))
        )
    said = page_of(client, milo)
    assert "Selon l’outil de l’État 31 mars 2027" in said
    assert "29 jours plus tard que les faits notés ici" in said


def test_the_best_ways_on_are_told_and_what_was_asked_is_judged_with_the_article(client: Client, milo: Person) -> None:
    assert "Ce qui est possible ensuite" in page_of(client, milo)
    assert "PASS IAE prolongé jusqu’au 1er mars 2028" in page_of(client, milo)
    said = page_of(client, milo, vers="aci", jusqu="2031-06-30")
    assert "Le PASS IAE finit le 1er mars 2030 et ne se prolonge plus : 1 095 jours" in said
    assert "(art. R5132-1-8 C. trav.)" in said
    assert "Choisissez un jour à venir" in page_of(client, milo, vers="aci", jusqu="2020-01-01")


def test_somebody_without_a_pass_or_a_contract_is_told_the_next_step(
    world: World, client: Client, milo: Person, acting_as: Acting
) -> None:
    with acting_as("maint"):
        newcomer = make_person("Nour", "Inventée", world.site)
        Pass.objects.filter(person=milo).delete()
    assert "Aucun contrat ni PASS IAE n’est noté" in page_of(client, newcomer)
    assert "Aucun PASS IAE n’est noté : sans lui, deux horloges seulement sont lues." in page_of(client, milo)
    assert post(client, "note-pass", milo.pk, first_day="2025-03-03", number="99999 25 00001").status_code == 302
    assert Pass.objects.current().get(person=milo).number == "999992500001"


def test_a_pass_noted_by_mistake_is_taken_back_and_one_not_suspended_is_not_ended(client: Client, milo: Person) -> None:
    early = post(client, "end-pass", milo.pk, on=TODAY.isoformat())
    assert early.status_code == 409
    assert "Un PASS prend fin après 12 mois de suspension" in text_of(early)
    assert post(client, "withdraw-pass", milo.pk, Pass.objects.get(person=milo).pk).status_code == 302
    assert "Aucun PASS IAE n’est noté" in page_of(client, milo)
    assert Pass.objects.filter(person=milo).count() == 1


def test_tabs_lead_from_one_page_of_the_file_to_the_other(client: Client, milo: Person) -> None:
    for name in ("person", "path"):
        body = client.get(reverse(name, args=[milo.pk])).content.decode()
        assert f'<a href="{reverse("path", args=[milo.pk])}"' in body
        assert f'<a href="{reverse(name, args=[milo.pk])}" aria-current="page"' in body


def test_the_summary_says_the_clocks_in_one_line_to_those_who_read_the_work_path(world: World, milo: Person) -> None:
    said = "Le PASS IAE est le premier à prendre fin : le 2 mars 2027."
    team = {role: Client() for role in SITE_ROLES}
    for role, somebody in team.items():
        somebody.force_login(world.users[role])
    address = reverse("person", args=[milo.pk])
    readers = {role for role, somebody in team.items() if said in text_of(somebody.get(address))}
    assert readers == {Role.COUNSELLOR, Role.SUPPORT_WORKER, Role.SITE_MANAGER}


# -- Suspensions ---------------------------------------------------------------------------------------------------


def test_a_suspension_is_declared_ended_and_taken_back(client: Client, milo: Person) -> None:
    assert post(client, "new-suspension", milo.pk, **SUSPENSION).status_code == 302
    assert "le 1er juin 2027" in page_of(client, milo)
    row = Suspension.objects.current().get(person=milo)
    ended = SUSPENSION | {"last_day": "2026-11-20", "seen_version": row.pk}
    assert post(client, "suspension", milo.pk, row.pk, **ended).status_code == 302
    late = post(client, "suspension", milo.pk, row.pk, **ended)
    assert late.status_code == 409
    assert "Quelqu’un a modifié cela" in text_of(late)
    standing = Suspension.objects.current().get(person=milo)
    assert standing.ends == date(2026, 11, 21)
    assert post(client, "withdraw-suspension", milo.pk, standing.pk).status_code == 302
    assert "Aucune suspension notée" in page_of(client, milo)
    assert Suspension.objects.filter(person=milo).count() == 2


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"first_day": "2025-11-01"}, "Une suspension se déclare au plus tard 365 jours après son début"),
        ({"first_day": "2026-12-01", "last_day": "2027-03-01"}, "jamais d’avance"),
        ({"declared_on": "2026-12-24"}, "La date de la déclaration est à venir"),
        ({"last_day": "2026-09-01"}, "La fin de la suspension vient avant son début"),
        ({"last_day": "31 décembre"}, "Saisissez une date valide"),
    ],
)
def test_an_unlawful_suspension_is_refused_and_nothing_typed_is_lost(
    client: Client, milo: Person, changes: dict[str, str], sentence: str
) -> None:
    response = post(client, "new-suspension", milo.pk, **SUSPENSION | changes)
    assert response.status_code in {409, 422}
    assert sentence in text_of(response)
    assert next(iter(changes.values())) in response.content.decode()
    assert not Suspension.objects.filter(person=milo).exists()


def test_a_suspension_that_overlaps_another_is_refused(client: Client, milo: Person) -> None:
    post(client, "new-suspension", milo.pk, **SUSPENSION)
    again = post(client, "new-suspension", milo.pk, **SUSPENSION | {"first_day": "2026-11-01"})
    assert again.status_code == 409
    assert "Le PASS est déjà suspendu à partir du 1er novembre 2026" in text_of(again)


# -- Extensions -----------------------------------------------------------------------------------------------------


def test_an_extension_goes_from_draft_to_granted_and_the_dates_follow(client: Client, milo: Person) -> None:
    form = client.get(reverse("extend-pass", args=[milo.pk]))
    assert form.context["form"].initial["until"] == date(2028, 3, 1)
    row = demand_of(client, milo)
    assert "La demande est envoyée" in text_of(client.get(reverse("extension", args=[milo.pk, row.pk])))
    assert answer_to(client, "ask-extension", row, asked_on=TODAY.isoformat()).status_code == 302
    asked = Extension.objects.current().get(person=milo)
    granted = answer_to(client, "grant-extension", asked, decided_on=TODAY.isoformat(), until="2028-03-01")
    assert granted.status_code == 302
    said = page_of(client, milo)
    assert "Le CDDI est le premier à prendre fin : le 2 mars 2027." in said
    assert "Accordée" in said


def test_a_refusal_is_shown_with_its_reasons_and_another_demand_may_follow(client: Client, milo: Person) -> None:
    answer_to(client, "ask-extension", demand_of(client, milo), asked_on=TODAY.isoformat())
    asked = Extension.objects.current().get(person=milo)
    today = TODAY.isoformat()
    unsaid = answer_to(client, "refuse-extension", asked, decided_on=today)
    assert unsaid.status_code == 409
    assert "Un refus est motivé par écrit" in text_of(unsaid)
    answer_to(client, "refuse-extension", asked, decided_on=today, notified_on=today, reason="Projet trop flou.")
    refused = Extension.objects.current().get(person=milo)
    assert "Projet trop flou." in text_of(client.get(reverse("extension", args=[milo.pk, refused.pk])))
    assert post(client, "extend-pass", milo.pk, **DEMAND).status_code == 302


def test_an_extension_over_the_cap_is_refused_with_the_article(client: Client, milo: Person) -> None:
    response = post(client, "extend-pass", milo.pk, **DEMAND | {"until": "2028-04-01"})
    assert response.status_code == 409
    assert "art. R5132-1-8, 2° c C. trav." in text_of(response)
    assert not Extension.objects.filter(person=milo).exists()


def test_the_same_answer_by_two_people_is_told_to_the_second(client: Client, milo: Person) -> None:
    row = demand_of(client, milo)
    answer_to(client, "ask-extension", row, asked_on=TODAY.isoformat())
    second = answer_to(client, "ask-extension", row, asked_on=TODAY.isoformat())
    assert second.status_code == 409
    assert Extension.objects.filter(person=milo).count() == 2


def test_a_training_needs_its_last_day_and_an_answer_its_demand(client: Client, milo: Person) -> None:
    response = post(client, "extend-pass", milo.pk, motive="training", until="2027-06-30")
    assert response.status_code == 422
    assert "Indiquez le dernier jour de la formation" in text_of(response)
    row = demand_of(client, milo)
    early = answer_to(client, "grant-extension", row, decided_on=TODAY.isoformat(), until="2028-03-01")
    assert "n’attend pas de réponse" in text_of(early)


def test_a_demand_noted_by_mistake_is_taken_back_and_stays_readable(client: Client, milo: Person) -> None:
    row = demand_of(client, milo)
    assert post(client, "withdraw-extension", milo.pk, row.pk).status_code == 302
    assert "Cette demande a été retirée" in text_of(client.get(reverse("extension", args=[milo.pk, row.pk])))
    assert not Extension.objects.current().filter(person=milo).exists()


# -- Contracts and hours -----------------------------------------------------------------------------------------------


def renewal_form(client: Client, milo: Person) -> dict[str, Any]:
    initial = client.get(reverse("renew-contract", args=[milo.pk])).context["form"].initial
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in initial.items()
        if value is not None
    }


def test_a_renewal_is_prefilled_with_the_lawful_term(client: Client, milo: Person) -> None:
    fields = renewal_form(client, milo)
    assert (fields["starts"], fields["last_day"]) == ("2027-01-01", PASS_END.isoformat())
    assert post(client, "renew-contract", milo.pk, **fields).status_code == 302
    assert Contract.objects.current().filter(person=milo).count() == 2


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"weekly_hours": "40"}, "au plus 35 heures par semaine"),
        ({"weekly_hours": "12"}, "au moins 20 heures par semaine"),
        ({"last_day": "2027-12-31"}, "Le PASS IAE finit le 2 mars 2027"),
        ({"starts": "2026-11-01"}, "Un autre contrat court déjà chez cet employeur"),
        ({"last_day": "2026-01-01"}, "Le dernier jour vient avant le premier"),
    ],
)
def test_a_renewal_beyond_the_law_is_refused(
    client: Client, milo: Person, changes: dict[str, str], sentence: str
) -> None:
    response = post(client, "renew-contract", milo.pk, **renewal_form(client, milo) | changes)
    assert response.status_code in {409, 422}
    assert sentence in text_of(response)
    assert Contract.objects.filter(person=milo).count() == 1


def test_a_contract_at_another_employer_at_the_same_dates_is_refused(client: Client, milo: Person) -> None:
    elsewhere = {"kind": "ei", "employer": "Atelier Inventé", "starts": "2026-06-01", "last_day": "2026-12-31"}
    response = post(client, "new-contract", milo.pk, **elsewhere)
    assert response.status_code == 409
    assert "Un autre contrat d’insertion court déjà à ces dates" in text_of(response)


def test_a_derogation_allows_fewer_hours_and_is_taken_back(client: Client, milo: Person) -> None:
    leave = {"kind": "individual", "first_day": "2027-01-01", "last_day": "2027-12-31", "weekly_hours": "12"}
    too_long = post(client, "new-derogation", milo.pk, **leave | {"last_day": "2028-01-01"})
    assert "Une dérogation dure au plus 12 mois" in text_of(too_long)
    needless = post(client, "new-derogation", milo.pk, **leave | {"weekly_hours": "22"})
    assert "aucune dérogation n’est nécessaire" in text_of(needless)
    assert post(client, "new-derogation", milo.pk, **leave).status_code == 302
    fewer = renewal_form(client, milo) | {"weekly_hours": "12"}
    assert post(client, "renew-contract", milo.pk, **fewer).status_code == 302
    row = HoursDerogation.objects.current().get(person=milo)
    post(client, "withdraw-derogation", milo.pk, row.pk)
    assert not HoursDerogation.objects.current().filter(person=milo).exists()


def test_the_same_form_twice_does_its_work_once(client: Client, milo: Person) -> None:
    token = {"submission": "00000000-0000-4000-8000-000000000001"}
    for _time in range(2):
        assert post(client, "new-suspension", milo.pk, **SUSPENSION, **token).status_code == 302
    assert Suspension.objects.filter(person=milo).count() == 1


def test_nothing_is_recorded_for_somebody_of_another_site(world: World, milo: Person) -> None:
    client = Client()
    client.force_login(world.elsewhere[Role.COUNSELLOR])
    for name in (
        "path",
        "new-suspension",
        "extend-pass",
        "extend-cddi",
        "renew-contract",
        "new-derogation",
        "note-pass",
    ):
        assert client.get(reverse(name, args=[milo.pk])).status_code == 404


def test_a_path_that_is_over_says_so(client: Client, milo: Person, acting_as: Acting) -> None:
    with acting_as("maint"):
        Pathway.objects.filter(person=milo).update(valid=DateRange(STARTS, TODAY - timedelta(days=1)))
    assert "La fin du parcours est notée" in page_of(client, milo)
