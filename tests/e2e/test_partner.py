"""The partner's page on a telephone: reached from the letter, answered with a thumb, closed when the person says so."""

import re
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import HEIGHT, PATIENCE, WIDTHS, Instance, overflows, violations

THUMB = 44  # pixels


@pytest.fixture
def team(sign_in: Callable[..., Page]) -> Page:
    return sign_in("counsellor")


def sent_referrals(team: Page) -> Iterator[str]:
    """Pages of referrals that wait for their partner, person after person."""
    for number in range(1, 9):
        people = team.request.get(f"/personnes/?page={number}").text()
        for person in dict.fromkeys(re.findall(r'"/personnes/(\d+)/"', people)):
            rows = team.request.get(f"/personnes/{person}/mises-en-relation/").text().split("<tr>")
            for row in rows:
                found = re.search(rf'"(/personnes/{person}/mises-en-relation/\d+/)"', row)
                if found and "Envoyée au partenaire" in row:
                    yield found[1]


def letters(instance: Instance) -> dict[Path, str]:
    return {path: path.read_text() for path in (instance.data / "letters").glob("*.log")}


def letter_with(instance: Instance, before: dict[Path, str], wanted: str) -> str:
    """What the newest letter says that matches, once it has left."""
    until = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < until:
        for path, written in letters(instance).items():
            found = re.search(wanted, written[len(before.get(path, "")) :])
            if found:
                return found[1]
        time.sleep(0.2)
    raise AssertionError(f"no letter says {wanted}")


@pytest.fixture(scope="module")
def waiting() -> list[str]:
    """Referrals that no test has taken yet."""
    return []


@pytest.fixture
def link(team: Page, instance: Instance, waiting: list[str]) -> str:
    """The address in a letter that the counsellor has just had sent; her page stays on the referral."""
    if not waiting:
        waiting.extend(islice(sent_referrals(team), 4))
    address = waiting.pop()
    team.goto(address)
    before = letters(instance)
    team.get_by_role("link", name="Envoyer un nouveau lien").click()
    team.locator("main form button[type=submit]").last.click()
    link = letter_with(instance, before, r"(http://\S+/reponse/[\w-]+/)")
    team.goto(address)
    return link


def test_the_partner_answers_in_two_taps_and_tells_the_start_and_the_end(
    open_page: Callable[..., Page], team: Page, link: str
) -> None:
    phone = open_page(375, has_touch=True, is_mobile=True, java_script_enabled=False)
    phone.goto(link)
    phone.get_by_text("Oui, c’est d’accord").tap()
    phone.get_by_role("button", name="Dire oui").tap()
    expect(phone.get_by_text("La place est retenue.")).to_be_visible()
    phone.get_by_text("C’est commencé").tap()
    phone.get_by_role("button", name="Noter le début").tap()
    expect(phone.get_by_text(re.compile("^Commencé le"))).to_be_visible()
    team.reload()
    expect(team.get_by_text("Commencée").first).to_be_visible()
    phone.get_by_text("C’est mené à bien").tap()
    phone.get_by_role("button", name="Noter la fin").tap()
    expect(phone.get_by_text(re.compile("^Mené à bien le"))).to_be_visible()
    team.reload()
    expect(team.get_by_text("Menée à bien").first).to_be_visible()
    expect(team.get_by_text(re.compile("^Lu par le partenaire le")).first).to_be_visible()


def test_the_page_is_made_for_a_thumb_a_keyboard_and_the_dark(open_page: Callable[..., Page], link: str) -> None:
    for width, options in ((WIDTHS["telephone"], {}), (WIDTHS["desk"], {"color_scheme": "dark"})):
        page = open_page(width, **options)
        page.goto(link)
        assert violations(page) == []
        page.get_by_text("Non, pas cette fois").click()
        assert violations(page) == []
        for between in WIDTHS.values():
            page.set_viewport_size({"width": between, "height": HEIGHT})
            assert not overflows(page)
        targets = page.locator("main summary:visible, main button:visible, main .choice:visible")
        heights = targets.evaluate_all("targets => targets.map(target => target.getBoundingClientRect().height)")
        assert len(heights) > 8
        assert min(heights) >= THUMB
    page.get_by_text("Oui, c’est d’accord").focus()
    page.locator(".answer-main > summary").press("Enter")
    expect(page.get_by_role("button", name="Dire oui")).to_be_visible()
    page.locator("#id_accept-day").fill("2020-01-01")
    page.get_by_role("button", name="Dire oui").press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    assert violations(page) == []


def test_an_agreement_withdrawn_closes_the_page_before_the_answer_arrives(
    open_page: Callable[..., Page], team: Page, link: str
) -> None:
    phone = open_page(375)
    phone.goto(link)
    phone.get_by_text("Non, pas cette fois").click()
    phone.get_by_role("radio", name="Pas de place").check()
    team.get_by_role("button", name=re.compile("La personne retire son accord")).click()
    expect(team.get_by_text("L’accord est retiré").first).to_be_visible()
    phone.get_by_role("button", name="Dire non").click()
    expect(phone.get_by_role("heading", name="Ce lien ne fonctionne plus")).to_be_visible()
    assert violations(phone) == []
    phone.get_by_role("button", name="Recevoir un nouveau lien").click()
    expect(phone.get_by_role("heading", name="Regardez vos e-mails")).to_be_visible()


def test_one_list_by_e_mail_code_leads_to_each_demand(
    open_page: Callable[..., Page], team: Page, link: str, instance: Instance
) -> None:
    address = re.search(r"· ([\w.+-]+@[\w.-]+)", team.content())
    assert address
    phone = open_page(WIDTHS["telephone"])
    phone.goto(link)
    phone.get_by_role("link", name=re.compile("Recevoir leur liste")).click()
    assert violations(phone) == []
    before = letters(instance)
    phone.get_by_label("Votre adresse e-mail").fill(address[1])
    phone.get_by_role("button", name="Recevoir un code").click()
    phone.get_by_label("Le code reçu").fill("0000 0000")
    phone.get_by_role("button", name="Voir mes demandes").click()
    expect(phone.get_by_role("alert")).to_contain_text("ce code ne marche pas")
    assert violations(phone) == []
    phone.get_by_label("Le code reçu").fill(letter_with(instance, before, r"(\d{4} \d{4})"))
    phone.get_by_role("button", name="Voir mes demandes").click()
    expect(phone.get_by_role("heading", name="À répondre")).to_be_visible()
    assert violations(phone) == []
    assert not overflows(phone)
    phone.get_by_role("button", name=re.compile("^Ouvrir")).first.click()
    expect(phone.get_by_role("heading", name="Votre réponse")).to_be_visible()
