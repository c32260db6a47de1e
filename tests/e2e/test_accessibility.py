"""Every page, for those who read it with their ears, their keyboard, a telephone or in the dark."""

import itertools
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import HEIGHT, WIDTHS, overflows, violations

PAGES = {
    "counsellor": [
        "/aujourdhui/",
        "/personnes/",
        "/personnes/accueillir/",
        "/mon-compte/",
        "/rendez-vous/collectif/nouveau/",
    ],
    "work_supervisor": ["/aujourdhui/", "/personnes/", "/heures/"],
    "site_manager": ["/aujourdhui/", "/personnes/", "/reglages/"],
    "coordinator": ["/aujourdhui/", "/reglages/"],
    "partnership_officer": ["/aujourdhui/", "/reseau/", "/reseau/carte/?lieu=paris", "/reseau/partenaires/nouveau/"],
    "evaluator": ["/evaluation/", "/evaluation/demander/", "/evaluation/jeux/deposer/"],
    "administrator": ["/aujourdhui/", "/reglages/", "/reglages/comptes/", "/reglages/chantiers/"],
}


@pytest.mark.parametrize("role", PAGES)
def test_pages_are_accessible_and_fit_the_screen(sign_in: Callable[..., Page], role: str) -> None:
    page = sign_in(role, WIDTHS["telephone"])
    addresses = list(PAGES[role])
    if role == "counsellor":
        page.goto("/personnes/")
        person = page.get_by_role("rowheader").get_by_role("link").first.get_attribute("href") or ""
        addresses += [person, f"{person}noter/housing/", f"{person}contrats/nouveau/", f"{person}identite/"]
        path = f"{person}parcours/"
        addresses += [path, f"{path}?vers=ei", f"{path}prolonger/cddi/", f"{path}suspensions/nouvelle/"]
        addresses += [f"{path}contrat/", f"{path}derogation/", f"{path}pass/"]
        addresses += [f"{path}immersions/nouvelle/", f"{path}formations/nouvelle/", f"{path}accueil/nouveau/"]
        addresses += [f"{person}rendez-vous/", f"{person}rendez-vous/nouveau/"]
        addresses += [f"{person}documents/", f"{person}documents/deposer/residence_permit/"]
        addresses += [f"{person}besoins/", f"{person}besoins/evaluer/daily_life/", f"{person}objectifs/nouveau/"]
    if role == "site_manager":
        page.goto("/candidatures/?onglet=fermees")
        candidacy = page.get_by_role("rowheader").get_by_role("link").first.get_attribute("href") or ""
        entry = f"/personnes/{candidacy.split('/')[2]}/eligibilite/"
        addresses += ["/candidatures/", "/candidatures/nouvelle/", candidacy, f"{candidacy}decision/", entry]
    if role == "partnership_officer":
        page.goto("/reseau/offres/")
        offer = page.locator("a.offer-name").first.get_attribute("href") or ""
        page.goto(offer)
        partner = page.locator("nav.crumbs a").nth(1).get_attribute("href") or ""
        addresses += [offer, f"{offer}places/", partner, f"{partner}echanges/nouveau/", "/places/adresse-inconnue/"]
    for address in addresses:
        page.set_viewport_size({"width": WIDTHS["telephone"], "height": HEIGHT})
        page.goto(address)
        # A screen that turns or a window that is pulled: the same page, laid out anew.
        for name, width in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": HEIGHT})
            assert not overflows(page), (address, name)
            # Between the two, the same page is only laid out in another way.
            if name != "tablet":
                assert violations(page) == [], (address, name)


def test_the_dark_theme_keeps_its_contrasts(sign_in: Callable[..., Page]) -> None:
    page = sign_in("counsellor", color_scheme="dark")
    page.goto("/personnes/")
    page.get_by_role("rowheader").get_by_role("link").first.click()
    assert violations(page) == []


def test_the_tour_is_made_with_the_keyboard_alone(sign_in: Callable[..., Page]) -> None:
    page = sign_in("counsellor")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.goto("/personnes/")
    page.get_by_role("rowheader").get_by_role("link").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/personnes/*/")
    page.locator("#noter input[type=radio]").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_text("La nouvelle situation est enregistrée.")).to_be_visible()


def test_the_marks_of_the_life_line_are_reached_in_time_order(sign_in: Callable[..., Page]) -> None:
    page = sign_in("counsellor")
    page.goto("/personnes/")
    page.get_by_role("rowheader").get_by_role("link").first.click()
    marks = page.locator("#ligne-de-vie svg a")
    names = marks.evaluate_all("marks => marks.map(mark => mark.getAttribute('aria-label'))")
    assert len(names) > 3
    assert all(names)
    lefts = marks.evaluate_all(
        "marks => marks.map(mark => mark.querySelector('path, rect, circle').getBoundingClientRect().left)"
    )
    dot = 12  # pixels: a dot is drawn around its day, a bar from it
    assert all(before <= after + dot for before, after in itertools.pairwise(lefts))


def test_everything_works_without_scripts(sign_in: Callable[..., Page]) -> None:
    page = sign_in("counsellor", java_script_enabled=False)
    page.goto("/personnes/")
    page.get_by_label("Étape").select_option("under_contract")
    page.get_by_role("button", name="Filtrer").click()
    page.get_by_role("rowheader").get_by_role("link").first.click()
    page.locator("#noter").get_by_role("radio", name="Hébergement collectif").check()
    page.get_by_role("button", name="Enregistrer la nouvelle situation").click()
    expect(page.get_by_text("La nouvelle situation est enregistrée.")).to_be_visible()
