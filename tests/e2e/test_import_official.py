"""The export of les emplois, in a real browser and through the real worker: let in, then held against what is noted."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.conftest import overflows, violations
from tests.e2e.test_guide import picture
from tests.intake.emplois import as_xlsx, line

TODAY = date.today()
EMPLOYER = "ASSOCIATION EXEMPLE"


def said(day: date) -> str:
    return day.strftime("%d/%m/%Y")


HIRED = TODAY - timedelta(days=60)
AMARA = {
    "family": "FICTIVE",
    "given": "Amarante",
    "birth": "12/04/1987",
    "employer": EMPLOYER,
    "number": "99999 26 00042",
    "applied": said(HIRED - timedelta(days=20)),
    "starts": said(HIRED),
    "ends": said(HIRED + timedelta(days=180)),
    "pass_starts": said(HIRED),
    "pass_ends": said(HIRED + timedelta(days=729)),
    "pass_state": "Valide",
}
MARRIED = AMARA | {
    "family": "FICTIVE-MODELE",
    "ends": said(HIRED + timedelta(days=300)),
    "pass_state": "Valide (suspendu)",
}
STRANGER = AMARA | {"family": "INVENTEE", "given": "Zulma", "birth": "03/05/1979", "number": "999992600043"}


def give(page: Page, folder: Path, *lines: dict[str, str]) -> None:
    """From the first step to the preview."""
    path = folder / "candidatures.xlsx"
    path.write_bytes(as_xlsx(*lines))
    page.goto("/importer/")
    page.get_by_label("Votre fichier").set_input_files(path)
    page.get_by_role("button", name="Lire ce fichier").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Export des emplois de l’inclusion")
    assert violations(page) == []
    page.get_by_role("button", name="Vérifier les personnes").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vérifier avant de noter")


def write(page: Page) -> None:
    page.get_by_role("button", name="Noter ce que disent les emplois").click()
    expect(page.get_by_role("heading", level=1, name="Import terminé")).to_be_visible(timeout=60_000)


def test_somebody_is_let_in_then_what_differs_is_shown_side_by_side_and_hers_stays(
    sign_in: Callable[..., Page], tmp_path: Path
) -> None:
    page = sign_in("counsellor")
    give(page, tmp_path, line(**AMARA))
    page.get_by_role("checkbox", name="Ouvrir son dossier (Amarante Fictive)").check()
    write(page)
    give(page, tmp_path, line(**MARRIED), line(**STRANGER))
    assert violations(page) == []
    versus = page.get_by_role("group", name="Contrat (Amarante Fictive-Modele)")
    expect(versus.get_by_role("radio", name="Garder")).to_be_checked()
    expect(page.get_by_role("group", name="Nom (Amarante Fictive-Modele)")).to_contain_text("Amarante Fictive")
    picture(page, "import-official", height=1100)
    page.set_viewport_size({"width": 320, "height": 640})
    assert not overflows(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    write(page)
    expect(page.get_by_text("différences, ce que vous aviez noté est gardé")).to_be_visible()
    expect(page.get_by_text("personne inconnue, sans dossier ouvert")).to_be_visible()

    page.goto("/personnes/?q=Amarante")
    page.get_by_role("link", name="Amarante Fictive").click()
    panel = page.locator("#emplois")
    expect(panel).to_contain_text("PASS 99999 26 00042")
    expect(panel).to_contain_text("Valide, suspendu")
    expect(panel).to_contain_text("au nom de Amarante Fictive-Modele")
    expect(panel).to_contain_text("diffère")
    assert violations(page) == []
    panel.get_by_role("link", name="L’historique").click()
    expect(page.get_by_role("row").filter(has_text="99999 26 00042")).to_have_count(2)
    assert violations(page) == []
    for width in (320, 768):
        page.set_viewport_size({"width": width, "height": 640})
        assert not overflows(page)

    give(page, tmp_path, line(**MARRIED))
    expect(page.get_by_role("heading", name="Rien de nouveau")).to_be_visible()
    page.goto("/personnes/?q=Zulma")
    expect(page.get_by_role("link", name="Zulma")).to_have_count(0)
