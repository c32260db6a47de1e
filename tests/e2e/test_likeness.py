"""The same person in two files, from the comparison to the link and back, with the keyboard and at every width."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.conftest import WIDTHS, overflows, violations

LINES = "ul.attention a.person"


def compared(page: Page) -> None:
    """The territory's files are compared now, and the first pairs are there."""
    page.goto("/ressemblances/")
    page.get_by_role("button", name="Comparer les dossiers maintenant").click()
    for _ in range(30):
        if page.locator(LINES).count():
            return
        page.wait_for_timeout(500)
        page.goto("/ressemblances/")
    raise AssertionError("no pair was found in the demonstration")


def test_the_coordinator_links_two_files_and_undoes_it(sign_in: Callable[..., Page]) -> None:
    page = sign_in("coordinator")
    compared(page)
    assert violations(page) == []
    names = page.locator(LINES).first.inner_text()
    page.locator(LINES).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Est-ce la même personne ?")
    for width in WIDTHS.values():
        page.set_viewport_size({"width": width, "height": 900})
        assert violations(page) == [], width
        assert not overflows(page), width
    page.get_by_label("Ce qui vous fait décider").fill("Vu avec les deux équipes.")
    page.get_by_role("button", name="C’est la même personne").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Deux dossiers liés")
    expect(page.get_by_text("Vu avec les deux équipes.")).to_be_visible()
    page.get_by_role("button", name="Défaire ce lien").press("Enter")
    expect(page.get_by_text("plus rien n’est partagé")).to_be_visible()
    page.goto("/ressemblances/")
    expect(page.get_by_role("link", name=names, exact=True)).to_be_visible()


def test_two_files_are_told_apart_without_scripts_and_taken_back(sign_in: Callable[..., Page]) -> None:
    page = sign_in("coordinator", width=320, java_script_enabled=False)
    compared(page)
    page.locator(LINES).last.click()
    page.get_by_role("button", name="Ce sont deux personnes").click()
    expect(page.get_by_text("ne seront plus proposés")).to_be_visible()
    page.get_by_role("button", name="Annuler").click()
    expect(page.get_by_text("de nouveau à décider")).to_be_visible()


def test_data_protection_reads_the_decisions(sign_in: Callable[..., Page]) -> None:
    page = sign_in("data_protection_officer", width=320)
    page.get_by_role("link", name="Voir les rapprochements de dossiers").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Rapprochements de dossiers")
    assert violations(page) == []
    assert not overflows(page)
