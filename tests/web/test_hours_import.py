"""Hours from a file of payroll: previewed, written in one transaction, closed months refused by name."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from convergence.intake.reading import Limits
from convergence.pathways.models import Contract, MonthHours
from convergence.vocabulary.roles import Role
from convergence.web.hours import imports
from tests.builders import TODAY, World, make_person, open_ended
from tests.web.team import enter

Acting = Callable[[str], AbstractContextManager[None]]
TITLES = ["Matricule", "Nom", "Prénom", "Mois", "Heures travaillées", "Congés payés"]


def text_of(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def workbook(*rows: list[Any]) -> SimpleUploadedFile:
    stream = BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Paie")
        for number, row in enumerate([TITLES, *rows]):
            sheet.write_row(number, 0, row)
    return SimpleUploadedFile("paie.xlsx", stream.getvalue())


@pytest.fixture
def client(world: World, time_machine: Any) -> Client:
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)
    return enter(world.users[Role.SITE_MANAGER])


def preview(client: Client, world: World, file: SimpleUploadedFile, month: str = "") -> Any:
    return client.post(reverse("import-hours", args=[world.site.pk]), {"file": file, "month": month})


def packed_in(response: Any) -> str:
    found = re.search(r'name="packed" value="([^"]+)"', response.content.decode())
    assert found
    return found[1]


def write(client: Client, world: World, packed: str) -> Any:
    return client.post(reverse("write-hours", args=[world.site.pk]), {"packed": packed}, follow=True)


def hours(acting_as: Acting, world: World, month: date) -> list[tuple[Decimal | None, dict[str, str]]]:
    with acting_as("maint"):
        rows = MonthHours.objects.current().filter(person=world.anouk, month=month)
        return [(row.worked, row.absences) for row in rows]


def test_a_file_is_previewed_then_written_whole(world: World, client: Client, acting_as: Acting) -> None:
    file = workbook(
        [f"EX-{world.anouk.pk}", "FICTIVE", "Anouk", "10/2026", 100.67, 12],
        ["", "Fictive", "Anouk", "11/2026", 80, 0],
    )
    shown = preview(client, world, file)
    said = text_of(shown)
    assert re.search(r"2 lignes à écrire, 0 déjà notées? ainsi, 0 laissées? de côté", said)
    assert (
        "98,67 faites sur 112,67 prévues, congés payés 14 h 100,67 faites sur 112,67 prévues, congés payés 12 h" in said
    )
    assert hours(acting_as, world, date(2026, 10, 1)) == [(Decimal("98.67"), {"paid_leave": "14.00"})]
    assert "2 lignes d’heures sont écrites" in text_of(write(client, world, packed_in(shown)))
    assert hours(acting_as, world, date(2026, 10, 1)) == [(Decimal("100.67"), {"paid_leave": "12.00"})]
    assert hours(acting_as, world, date(2026, 11, 1)) == [(Decimal(80), {})]
    again = preview(client, world, workbook(["", "Fictive", "Anouk", "11/2026", 80, 0]))
    assert re.search(r"0 lignes? à écrire, 1 déjà notée ainsi", text_of(again))


def test_a_closed_month_is_refused_by_name_and_the_others_go_on(world: World, client: Client) -> None:
    client.post(reverse("close-month", args=[world.site.pk, "2026-10"]))
    file = workbook(["", "Fictive", "Anouk", "10/2026", 100, 0], ["", "Fictive", "Anouk", "11/2026", 80, 0])
    said = text_of(preview(client, world, file))
    assert "1 ligne à écrire" in said
    assert re.search(r"Ligne 2 Anouk Fictive Octobre 2026 est clos depuis le 23 novembre 2026 : rouvrez-le", said)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (["", "Factice", "Zoé", "10/2026", 50, 0], "ne s’appelle Zoé Factice"),
        (["EX-0", "", "", "10/2026", 50, 0], "Aucune personne sous contrat ici en octobre 2026"),
        (["", "Imaginaire", "Sami", "10/2026", 50, 0], "ne s’appelle Sami Imaginaire"),
        (["", "Fictive", "Anouk", "10/2026", 173.33, 0], "35 heures par semaine"),
        (["", "Fictive", "Anouk", "12/2026", 50, 0], "n’a pas commencé"),
        (["", "Fictive", "Anouk", "10/2026", "plein", 0], "n’est pas un nombre d’heures"),
    ],
)
def test_what_cannot_be_taken_stays_out_with_its_reason(
    world: World, client: Client, row: list[Any], words: str
) -> None:
    said = text_of(preview(client, world, workbook(row)))
    assert re.search(r"0 lignes? à écrire", said)
    assert words in said


def test_namesakes_are_told_apart_by_their_number_and_a_wrong_number_is_refused(
    world: World, client: Client, acting_as: Acting
) -> None:
    with acting_as("maint"):
        other = make_person("Anouk", "Fictive", world.site)
        Contract.objects.create(person=other, site=world.site, kind="cddi", weekly_hours=20, valid=open_ended())
    number = f"EX-{world.anouk.pk}"
    said = text_of(preview(client, world, workbook(["", "Fictive", "Anouk", "11/2026", 80, 0])))
    assert "Plusieurs personnes s’appellent Anouk Fictive" in said
    assert "1 ligne à écrire" in text_of(
        preview(client, world, workbook([number, "Fictive", "Anouk", "11/2026", 80, 0]))
    )
    said = text_of(preview(client, world, workbook([number, "Modèle", "Lina", "11/2026", 80, 0])))
    assert "sous un autre nom que Lina Modèle" in said
    twice = workbook([number, "", "", "11/2026", 80, 0], [number, "", "", "11/2026", 70, 0])
    assert "La ligne 2 parle déjà de cette personne" in text_of(preview(client, world, twice))


def test_what_changed_since_the_preview_undoes_everything(world: World, client: Client, acting_as: Acting) -> None:
    rows = [["", "Fictive", "Anouk", "10/2026", 100, 0], ["", "Fictive", "Anouk", "11/2026", 80, 0]]
    first, second = (packed_in(preview(client, world, workbook(*some))) for some in (rows, rows[1:]))
    write(client, world, second)
    with acting_as("maint"):
        MonthHours.objects.current().filter(month=date(2026, 11, 1)).update(worked=70)
    refused = write(client, world, first)
    assert refused.status_code == 409
    assert "rien n’est écrit, donnez-le de nouveau" in text_of(refused)
    assert hours(acting_as, world, date(2026, 10, 1)) == [(Decimal("98.67"), {"paid_leave": "14.00"})]


def test_a_plan_is_its_maker_s_for_that_site_and_cannot_be_altered(world: World, client: Client) -> None:
    packed = packed_in(preview(client, world, workbook(["", "Fictive", "Anouk", "11/2026", 80, 0])))
    for tried in (packed[:-8] + "AAAAAAA=", "%%%", ""):
        assert write(client, world, tried).status_code in (409, 422)
    counsellor = enter(world.users[Role.COUNSELLOR])
    assert "n’est plus valable" in text_of(write(counsellor, world, packed))
    supervisor = enter(world.users[Role.WORK_SUPERVISOR])
    assert write(supervisor, world, packed).status_code == 403


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (SimpleUploadedFile("paie.xlsx", b"PK\x03\x04 abime"), "fichier"),
        (SimpleUploadedFile("vide.csv", b""), "vide"),
        (SimpleUploadedFile("liste.csv", "Nom;Prénom\nFictive;Anouk\n".encode()), "ne dit pas"),
    ],
)
def test_a_file_that_is_no_payroll_is_refused_in_a_sentence(
    world: World, client: Client, file: SimpleUploadedFile, words: str
) -> None:
    file.seek(0)
    refused = preview(client, world, file)
    assert refused.status_code == 409
    assert words in text_of(refused)


def test_a_file_too_big_is_refused_before_it_is_read(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "LIMITS", Limits(bytes=1000))
    for size in (2_000, 200_000):
        refused = preview(client, world, SimpleUploadedFile("paie.csv", b"Nom;Mois\n" * (size // 9)))
        assert refused.status_code == 413
        assert "trop lourd" in text_of(refused)
