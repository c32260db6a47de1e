"""The spreadsheet that a site keeps becomes people, in a real browser and through the real worker."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from playwright.sync_api import Page, expect

from tests.e2e.conftest import overflows, violations

TITLES = ["NOM", "Prénom", "DDN", "Date d’entrée ACI", "Hébergement", "Tél."]
ROWS = [
    ["Inventée", "Zénobie", "03/05/1988", "02/03/2026", "CHRS", "06 39 98 70 01"],
    ["Factice", "Théophraste", "1979", "15/06/2026", "chez un tiers", ""],
    ["Modèle", "Cunégonde", "31/02/1990", "15/06/2026", "hôtel", ""],
]


@pytest.fixture
def spreadsheet(tmp_path: Path) -> Path:
    path = tmp_path / "liste du chantier.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([TITLES, *ROWS]):
            sheet.write_row(number, 0, row)
    return path


def give(page: Page, spreadsheet: Path) -> None:
    """From the list of people to the preview."""
    page.goto("/personnes/")
    page.get_by_role("link", name="Importer une liste").click()
    page.get_by_label("Votre fichier").set_input_files(spreadsheet)
    page.get_by_role("button", name="Lire ce fichier").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Les colonnes de votre fichier")
    page.get_by_role("button", name="Vérifier les lignes").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vérifier avant d’importer")


def test_a_list_is_read_checked_imported_and_its_people_found(sign_in: Callable[..., Page], spreadsheet: Path) -> None:
    page = sign_in("counsellor")
    give(page, spreadsheet)
    assert violations(page) == []
    expect(page.get_by_text("Cunégonde").first).to_be_visible()
    page.get_by_role("button", name="Importer", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="Import terminé")).to_be_visible(timeout=60_000)
    with page.expect_download() as download:
        page.get_by_role("link", name="Lignes à corriger").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    for name in ("Zénobie Inventée", "Théophraste Factice"):
        page.goto(f"/personnes/?q={name}")
        page.get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    expect(page.get_by_role("link", name="Chez un tiers", exact=True)).to_be_visible()
    page.goto("/personnes/?q=Cunégonde")
    expect(page.get_by_role("link", name=re.compile("Cunégonde"))).to_have_count(0)
    # The same list again: nobody is new, nothing changes.
    give(page, spreadsheet)
    expect(page.get_by_role("button", name="Importer", exact=True)).to_have_count(0)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("liste.xlsx", b"PK\x03\x04 cut in the middle"),
        ("liste.csv", b""),
        ("photo.png", b"\x89PNG\r\n\x1a\n" + bytes(200)),
        ("liste.pdf", b"%PDF-1.7 something"),
    ],
)
def test_a_file_that_cannot_be_read_gets_one_sentence(
    sign_in: Callable[..., Page], tmp_path: Path, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    page = sign_in("counsellor", 320)
    page.goto("/importer/")
    page.get_by_label("Votre fichier").set_input_files(path)
    page.get_by_role("button", name="Lire ce fichier").click()
    summary: Any = page.get_by_role("alert").or_(page.locator(".error-summary")).first
    expect(summary).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Importer une liste")
    assert not overflows(page)
