"""The main job on real input, in a real browser, from sign-in to the people found after an import."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Instance


@pytest.fixture
def somebody(sign_in: Callable[..., Page]) -> tuple[Page, str, str]:
    """A counsellor on the page of somebody of her site: (page, name, address)."""
    page = sign_in("counsellor")
    page.get_by_role("navigation").first.get_by_role("link", name="Personnes").click()
    link = page.get_by_role("rowheader").get_by_role("link").nth(3)
    name = link.inner_text()
    link.click()
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    return page, name, page.url


def test_a_change_of_housing_takes_two_clicks_and_shows_in_the_life_line(somebody: tuple[Page, str, str]) -> None:
    page, _name, _address = somebody
    panel = page.locator("#noter")
    panel.get_by_role("radio", name="Logement autonome").check()
    panel.get_by_role("button", name="Enregistrer la nouvelle situation").click()
    expect(page.get_by_text("La nouvelle situation est enregistrée.")).to_be_visible()
    line = page.locator("#ligne-de-vie")
    expect(line.get_by_role("link", name=re.compile("Logement autonome")).first).to_be_visible()


def test_a_fact_opens_its_history_and_its_correction_keeps_the_earlier_version(
    somebody: tuple[Page, str, str],
) -> None:
    page, _name, _address = somebody
    page.get_by_text("Un autre changement").click()
    page.get_by_role("link", name="Recours DALO ou DAHO").click()
    page.get_by_role("radio", name="Recours déposé").check()
    page.get_by_role("button", name="Enregistrer la nouvelle situation").click()
    page.get_by_role("link", name="Recours déposé").first.click()
    page.get_by_role("link", name="Corriger").click()
    page.get_by_role("radio", name="Reconnue prioritaire").check()
    page.get_by_role("button", name="Enregistrer la correction").click()
    history = page.get_by_role("table")
    expect(history.get_by_role("rowheader")).to_have_text([re.compile("Reconnue prioritaire"), re.compile("Recours")])


def test_a_name_is_found_while_it_is_typed_with_a_typo_and_in_swapped_order(somebody: tuple[Page, str, str]) -> None:
    page, name, address = somebody
    page.goto("/personnes/")
    given, *family = name.split(" ")
    typed = f"{' '.join(family)} {given}".lower().replace("é", "e")
    page.keyboard.press("/")
    page.keyboard.type(typed, delay=10)
    expect(page.locator("#resultats").get_by_role("link", name=name)).to_be_visible()
    expect(page).to_have_url(re.compile("q="))
    page.locator("#resultats").get_by_role("link", name=name).click()
    expect(page).to_have_url(address)


def test_filters_stay_in_the_address_and_the_list_is_exported(sign_in: Callable[..., Page]) -> None:
    page = sign_in("counsellor")
    page.goto("/personnes/")
    page.get_by_label("Étape").select_option("under_contract")
    expect(page).to_have_url(re.compile("etape=under_contract"))
    page.reload()
    expect(page.get_by_label("Étape")).to_have_value("under_contract")
    with page.expect_download() as download:
        page.get_by_role("link", name="Exporter cette liste").click()
    assert download.value.suggested_filename == "personnes.xlsx"


def test_a_colleague_of_the_same_role_at_another_site_sees_none_of_it(
    somebody: tuple[Page, str, str], sign_in: Callable[..., Page], open_page: Callable[..., Page], instance: Instance
) -> None:
    _page, name, address = somebody
    admin = sign_in("administrator")
    admin.goto("/reglages/chantiers/")
    admin.get_by_role("link", name=re.compile("Rejoué")).first.click()
    row = admin.get_by_role("row").filter(has_text="Insertion professionnelle").first
    row.get_by_role("link").first.click()
    email = admin.get_by_text(re.compile(r"@convergence\.example")).first.inner_text()
    email = re.search(r"[\w.-]+@convergence\.example", email)[0]  # type: ignore[index]
    colleague = open_page()
    colleague.goto("/compte/login/")
    colleague.get_by_label("Adresse e-mail").fill(email)
    colleague.get_by_label("Mot de passe").fill(instance.sign_ins[0][2])
    colleague.get_by_role("button", name="Se connecter").click()
    colleague.wait_for_url("**/aujourdhui/")
    response = colleague.goto(address)
    assert response is not None
    assert response.status == 404
    expect(colleague.get_by_text(name)).to_have_count(0)
    colleague.goto(f"/personnes/?q={name}")
    expect(colleague.get_by_role("link", name=name, exact=True)).to_have_count(0)


def test_a_note_typed_in_a_lost_session_comes_back_after_signing_in(
    somebody: tuple[Page, str, str], instance: Instance
) -> None:
    page, _name, address = somebody
    words = "Contente de son stage fictif, souhaite rester dans le quartier."
    page.locator("#note").get_by_label("Quelques mots").fill(words)
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Enregistrer la note").click()
    email, password = next((row[1], row[2]) for row in instance.sign_ins if row[0] == "Insertion professionnelle")
    page.get_by_label("Adresse e-mail").fill(email)
    page.get_by_label("Mot de passe").fill(password)
    page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_label("Quelques mots")).to_have_value(words)
    page.get_by_role("button", name="Enregistrer la note").click()
    page.goto(address)
    expect(page.get_by_text(words)).to_be_visible()
    expect(page.locator("#note").get_by_label("Quelques mots")).to_have_value("")
