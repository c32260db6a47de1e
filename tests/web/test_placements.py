"""Placements and trainings on the path: noted, judged, told what came of them, corrected by two at once."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from convergence.pathways.models import Placement, Training
from convergence.people.models import Person
from convergence.support.models import Alert
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World
from tests.web.team import enter
from tests.web.test_path import client, milo, page_of, post, text_of

__all__ = ["client", "milo"]

PLACEMENT = {
    "host": "Boulangerie Fictive",
    "siret": "",
    "purpose": "confirm",
    "first_day": "2026-11-09",
    "last_day": "2026-11-20",
    "hours": "70",
}
TRAINING = {
    "kind": "qualifying",
    "title": "CACES 1",
    "organiser": "Organisme Fictif",
    "first_day": "2026-09-01",
    "last_day": "2026-09-30",
    "hours": "105,5",
}


def noted(client: Client, milo: Person, **changes: str) -> Placement:
    assert post(client, "new-placement", milo.pk, **PLACEMENT | changes).status_code == 302
    return Placement.objects.current().filter(person=milo).latest("pk")


def tell(client: Client, row: Placement | Training, seen: int | None = None, **fields: Any) -> Any:
    name = "placement-result" if isinstance(row, Placement) else "training-result"
    told = {"last_day": "2026-11-20", "hours": "", "told": "", "seen_version": seen or row.pk} | fields
    return post(client, name, row.person_id, row.pk, **told)


def test_a_placement_is_noted_its_result_asked_for_then_told(client: Client, milo: Person) -> None:
    answer = post(client, "new-placement", milo.pk, **PLACEMENT)
    row = Placement.objects.current().get(person=milo)
    assert answer.headers["Location"] == reverse("placement-result", args=[milo.pk, row.pk])
    assert (row.valid.lower.isoformat(), row.valid.upper.isoformat(), row.hours) == (
        "2026-11-09",
        "2026-11-21",
        Decimal(70),
    )
    assert "résultat à noter" in page_of(client, milo)
    assert "Immersion · Boulangerie Fictive" in text_of(client.get(reverse("person", args=[milo.pk])))
    assert Alert.objects.filter(person=milo, kind="learning_result").count() == 1

    assert tell(client, row, result="job_offer", told="Un contrat fictif dès janvier.", hours="63").status_code == 302
    told = Placement.objects.current().get(person=milo)
    assert (told.result, told.told, told.hours) == ("job_offer", "Un contrat fictif dès janvier.", Decimal(63))
    assert "Une embauche est proposée" in page_of(client, milo)
    assert not Alert.objects.filter(person=milo, kind="learning_result").exists()
    page = text_of(client.get(reverse("placement", args=[milo.pk, row.pk])))
    assert "Un contrat fictif dès janvier." in page
    assert "remplacé depuis" in page


def test_a_training_says_whether_its_certificate_was_obtained(client: Client, milo: Person) -> None:
    assert post(client, "new-training", milo.pk, **TRAINING).status_code == 302
    row = Training.objects.current().get(person=milo)
    assert tell(client, row, result="completed", certified="yes", last_day="2026-09-30").status_code == 302
    told = Training.objects.current().get(person=milo)
    assert (told.certified, told.hours, str(told)) == (True, None, "CACES 1")
    assert "certificat obtenu" in page_of(client, milo)


def test_another_spell_at_the_same_place_only_asks_for_its_dates(client: Client, milo: Person) -> None:
    row = noted(client, milo)
    form = client.get(reverse("new-placement", args=[milo.pk]), {"comme": row.pk}).context["form"]
    assert (form["host"].value(), form["purpose"].value(), form["first_day"].value()) == (
        "Boulangerie Fictive",
        "confirm",
        None,
    )
    for nonsense in ("0", "x", "9" * 30):
        form = client.get(reverse("new-placement", args=[milo.pk]), {"comme": nonsense}).context["form"]
        assert form["host"].value() is None


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"first_day": "2026-12-01", "last_day": "2026-12-31"}, "au plus 30 jours : celle-ci va jusqu’au 30 décembre"),
        ({"last_day": "2026-11-01"}, "La fin de l’immersion vient avant son début"),
        ({"hours": "71"}, "ces dates font au plus 70 heures"),
        ({"hours": "-3"}, "supérieure ou égale à 0"),
        ({"siret": "12345678901234"}, "Ce SIRET n’existe pas"),
        ({"purpose": ""}, "Choisissez l’objet de l’immersion"),
        ({"host": " "}, "Ce champ est obligatoire"),
        ({"last_day": "9999-12-31"}, "Cette date est hors du possible"),
    ],
)
def test_an_unlawful_placement_is_a_sentence_and_nothing_typed_is_lost(
    client: Client, milo: Person, changes: dict[str, str], sentence: str
) -> None:
    response = post(client, "new-placement", milo.pk, **PLACEMENT | changes)
    assert response.status_code in {409, 422}
    assert sentence.lower() in text_of(response).lower()
    assert "CACES" not in text_of(response)
    assert response.context["form"]["hours"].value() == (PLACEMENT | changes)["hours"]
    assert not Placement.objects.filter(person=milo).exists()


def test_what_already_happened_is_noted_with_a_remark_what_is_to_come_is_not(client: Client, milo: Person) -> None:
    too_long = {"first_day": "2026-10-01", "last_day": "2026-11-14", "hours": ""}
    refused = post(client, "new-placement", milo.pk, **PLACEMENT | too_long)
    assert refused.status_code == 409
    assert "le noter comme cela s’est passé" in text_of(refused)
    row = noted(client, milo, **too_long, happened="on")
    page = text_of(client.get(reverse("placement", args=[milo.pk, row.pk])))
    assert "S’écarte des règles : Une convention d’immersion dure au plus 30 jours" in page

    to_come = {"first_day": "2026-12-01", "last_day": "2027-01-14", "happened": "on"}
    refused = post(client, "new-placement", milo.pk, **PLACEMENT | to_come)
    assert refused.status_code == 409
    assert Placement.objects.filter(person=milo).count() == 1
    # What came of one noted so is told without being judged again.
    assert tell(client, row, result="completed", last_day="2026-11-14").status_code == 302


@pytest.mark.parametrize(
    ("dates", "told", "sentence"),
    [
        ({}, {"result": "stopped"}, "pourquoi elle s’est arrêtée"),
        (
            {"last_day": "2026-12-04"},
            {"result": "stopped", "told": "Trop loin.", "last_day": "2026-12-04"},
            "celui où elle s’est arrêtée",
        ),
        (
            {"first_day": "2026-12-01", "last_day": "2026-12-04"},
            {"result": "completed", "last_day": "2026-12-04"},
            "Elle n’a pas commencé",
        ),
        ({}, {}, "Dites comment cela s’est terminé"),
    ],
)
def test_a_result_before_its_time_or_without_its_reason_is_refused(
    client: Client, milo: Person, dates: dict[str, str], told: dict[str, Any], sentence: str
) -> None:
    row = noted(client, milo, **dates, hours="")
    response = tell(client, row, **told)
    assert response.status_code in {409, 422}
    assert sentence in text_of(response)
    assert Placement.objects.get(person=milo).result == ""


def test_two_who_correct_at_once_and_one_who_sends_twice(client: Client, milo: Person) -> None:
    row = noted(client, milo)
    changed = PLACEMENT | {"host": "Garage Imaginaire", "seen_version": str(row.pk)}
    assert post(client, "correct-placement", milo.pk, row.pk, **changed).status_code == 302
    late = post(client, "correct-placement", milo.pk, row.pk, **changed | {"host": "Fleuriste Factice"})
    assert late.status_code == 409
    assert "Quelqu’un a modifié cela" in text_of(late)
    assert late.context["form"]["host"].value() == "Fleuriste Factice"
    assert Placement.objects.current().get(person=milo).host == "Garage Imaginaire"
    assert tell(client, row, result="completed").status_code == 409

    standing = Placement.objects.current().get(person=milo)
    assert post(client, "withdraw-placement", milo.pk, standing.pk).status_code == 302
    assert "C’est retiré" in text_of(client.get(reverse("placement", args=[milo.pk, standing.pk])))
    assert Placement.objects.filter(person=milo).count() == 2


def test_days_of_a_placement_are_days_under_contract(client: Client, milo: Person) -> None:
    before = page_of(client, milo)
    noted(client, milo)
    after = page_of(client, milo)
    for line in ("Le PASS IAE est le premier à prendre fin", "CDDI : encore", "Convergence : encore"):
        start = before.index(line)
        assert before[start : start + 80] == after[after.index(line) : after.index(line) + 80]


def test_who_reads_placements_is_who_reads_the_work_path(world: World, client: Client, milo: Person) -> None:
    row = noted(client, milo, first_day=(TODAY - timedelta(days=3)).isoformat(), last_day=TODAY.isoformat(), hours="")
    supervisor = enter(world.users[Role.WORK_SUPERVISOR])
    assert supervisor.get(reverse("placement", args=[milo.pk, row.pk])).status_code == 403
    assert "Boulangerie" not in text_of(supervisor.get(reverse("person", args=[milo.pk])))
    elsewhere = enter(world.elsewhere[Role.COUNSELLOR])
    assert elsewhere.get(reverse("placement", args=[milo.pk, row.pk])).status_code == 404
