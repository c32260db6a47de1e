"""From an empty instance to a site at work, wholly through the screens: each does what is theirs."""

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import PATIENCE, overflows, violations
from tests.e2e.test_guide import picture
from tests.starts import FirstStart, bare_environment, copy, running

PASSWORD = "phrase longue et fictive"
PEOPLE = "Nom;Prénom;DDN;Date d’entrée\nInventée;Zénobie;03/05/1988;{day}\nFactice;Théophraste;1979;{day}\n"


@pytest.fixture
def empty_instance(empty_start: FirstStart, tmp_path: Path) -> Iterator[tuple[str, Path, str]]:
    """An instance without a territory: (address, data folder, password of its first administrator)."""
    data = copy(empty_start.data, tmp_path / "données")
    with running(data, "--empty") as run:
        who = ("ondine@convergence.example", "Ondine", "Fictive")
        named = subprocess.run(
            [sys.executable, "-m", "convergence", "administrator", *who, "--data", str(data)],
            env=bare_environment(),
            capture_output=True,
            text=True,
            check=True,
        )
        yield f"http://127.0.0.1:{run.port}", data, named.stdout.strip().rpartition(" ")[2]


@pytest.fixture
def somebody(browser: Browser, empty_instance: tuple[str, Path, str]) -> Iterator[Callable[[], Page]]:
    """``somebody()`` gives the page of a browser of their own."""
    contexts = []

    def make() -> Page:
        context = browser.new_context(
            base_url=empty_instance[0], viewport={"width": 1280, "height": 900}, locale="fr-FR"
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


def enter(page: Page, email: str, password: str) -> None:
    page.goto("/compte/login/")
    page.get_by_label("Adresse e-mail").fill(email)
    page.get_by_label("Mot de passe").fill(password)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url("**/aujourdhui/")


def fill(page: Page, button: str, **given: str) -> None:
    for label, value in given.items():
        page.get_by_label(re.compile(f"^{label}")).fill(value)
    page.get_by_role("button", name=button).click()


def invitation(data: Path, email: str) -> str:
    """The path of the one-use link in the letter that left for this address."""
    for _ in range(100):
        for path in (data / "letters").glob("*") if (data / "letters").exists() else ():
            for raw in path.read_bytes().split(b"-" * 79):
                letter = message_from_bytes(raw.strip(), policy=policy.default)
                if email in str(letter["to"]):
                    found = re.search(r"https?://[^/]+(/\S+)", letter.get_content())
                    assert found
                    return found[1]
        time.sleep(0.1)
    pytest.fail(f"no letter left for {email}")


def open_account(page: Page, label: str, given: str, email: str) -> None:
    """From the list of steps: an account with the mission that the step asks for, and back to the list."""
    page.get_by_role("link", name=f"Ouvrir un compte\u00a0: {label}").click()
    fill(page, "Ouvrir le compte", Prénom=given, Nom="Imaginaire", **{"Adresse e-mail": email})
    expect(page.get_by_role("heading", level=1, name="Donner une mission")).to_be_visible()
    page.get_by_role("button", name="Donner cette mission").click()
    expect(page.get_by_role("heading", level=1, name="Mise en route")).to_be_visible()


def test_an_empty_instance_becomes_a_site_at_work_through_its_screens(
    empty_instance: tuple[str, Path, str], somebody: Callable[[], Page], tmp_path: Path
) -> None:
    _url, data, password = empty_instance
    admin = somebody()
    enter(admin, "ondine@convergence.example", password)

    # The entity: a territory, an operator, a site. What makes no sense is refused, and nothing is half-done.
    admin.goto("/reglages/territoires/nouveau/")
    fill(admin, "Ajouter ce territoire", Nom="Pays Exemple")
    expect(admin.get_by_role("heading", level=1, name="Mise en route")).to_be_visible()
    territory_steps = admin.url
    admin.goto("/reglages/structures/nouvelle/")
    fill(admin, "Ajouter cette structure", Nom="Association Exemple")
    admin.goto(territory_steps)
    admin.get_by_role("link", name="Ajouter un chantier").click()
    admin.get_by_label("Structure porteuse").select_option("Association Exemple")
    site = {"Nom": "Chantier Exemple", "SIRET": "732 829 320 00074", "Ouvert le": "2026-01-05"}
    fill(admin, "Ajouter ce chantier", **site, **{"Fermé après le": "2025-12-31"})
    expect(admin.get_by_text("Le dernier jour vient avant le premier.").first).to_be_visible()
    fill(admin, "Ajouter ce chantier", **{"Fermé après le": ""})
    expect(admin.get_by_role("heading", level=1, name="Mise en route")).to_be_visible()
    assert violations(admin) == []
    picture(admin, "setup", height=860)

    # The missions: each from the step that misses it.
    open_account(admin, "Direction du chantier", "Aliénor", "alienor@convergence.example")
    open_account(admin, "Insertion professionnelle", "Basile", "basile@convergence.example")
    open_account(admin, "Encadrement technique", "Cyprien", "cyprien@convergence.example")
    expect(admin.locator("#etape-team")).to_contain_text("fait")
    expect(admin.locator("#etape-means")).to_contain_text("À faire par\u00a0: Direction du chantier")
    expect(admin.locator("#etape-people").get_by_role("link")).to_have_count(0)

    # The counsellor comes in by the letter, and finds on Today what is hers to do.
    counsellor = somebody()
    counsellor.goto(invitation(data, "basile@convergence.example"))
    for field in counsellor.locator("input[type=password]").all():
        field.fill(PASSWORD)
    counsellor.locator("main").get_by_role("button").click()
    expect(counsellor.locator("input[type=password]")).to_have_count(0)
    enter(counsellor, "basile@convergence.example", PASSWORD)
    counsellor.get_by_role("link", name=re.compile("les personnes accompagnées")).click()
    site_steps = counsellor.url.partition("#")[0]
    expect(counsellor.locator("#etape-start")).to_contain_text("plus tard")
    counsellor.get_by_role("link", name="Importer une liste").click()
    path = tmp_path / "liste.csv"
    path.write_text(PEOPLE.format(day="05/01/2026"), encoding="utf-8")
    counsellor.get_by_label("Votre fichier").set_input_files(path)
    counsellor.get_by_role("button", name="Lire ce fichier").click()
    counsellor.get_by_role("button", name="Vérifier les lignes").click()
    counsellor.get_by_role("button", name="Importer", exact=True).click()
    expect(counsellor.get_by_role("heading", level=1, name="Import terminé")).to_be_visible(timeout=30_000)

    # The first day, with its counts.
    counsellor.goto(site_steps)
    expect(counsellor.locator("#etape-people")).to_contain_text("par Basile Imaginaire")
    counsellor.get_by_role("link", name="Noter le premier jour").click()
    counsellor.get_by_role("button", name="Noter le premier jour").click()
    expect(counsellor.get_by_text("le chantier accompagnait 2 personnes")).to_be_visible()
    expect(counsellor.get_by_role("row", name=re.compile("^Année de naissance"))).to_contain_text("2")
    assert violations(counsellor) == []
    counsellor.set_viewport_size({"width": 320, "height": 700})
    assert not overflows(counsellor)
    counsellor.goto("/aujourdhui/")
    expect(counsellor.get_by_role("heading", name="Mise en route")).to_have_count(0)
    admin.reload()
    expect(admin.locator("#etape-start")).to_contain_text("Démarré le")
