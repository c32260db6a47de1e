"""An evaluation brought by the command line, read by a funder in a browser: sliders by keyboard, any width, any ear."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import HEIGHT, REPOSITORY, WIDTHS, Instance, overflows, violations
from tests.evidence.made import write_results


@pytest.fixture
def published(instance: Instance, tmp_path: Path) -> None:
    """The made evaluation, published by the command line while the application is at work."""
    write_results(tmp_path)
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_URL", "CONVERGENCE_"))
    }
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "-m", "convergence", "evaluation", str(tmp_path), "--publish"]
    subprocess.run(
        [*command, "--name", "Essai au navigateur", "--data", str(instance.data)],
        env=environment,
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
    )


def test_a_funder_explores_an_evaluation_by_keyboard(sign_in: Callable[..., Page], published: None) -> None:
    page = sign_in("funder")
    page.get_by_role("link", name="Ouvrir les évaluations").click()
    page.get_by_role("link", name="Essai au navigateur").first.click()  # each test publishes its own
    answer = page.get_by_role("status").first
    expect(answer).to_contain_text("Par rapport à un chantier d’insertion ordinaire")
    before = answer.inner_text()
    page.get_by_label("Places libérées comptées").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(answer).to_contain_text("65 % des places")
    expect(page).to_have_url(re.compile(r"\?places=65$"))
    assert answer.inner_text() != before
    expect(page.get_by_label("Places libérées comptées")).to_be_focused()
    page.get_by_text("Prix", exact=True).click()
    page.get_by_label("Nuitées d’hébergement").press("End")
    expect(page.get_by_text("30,00 € / nuitée")).to_be_visible()
    page.get_by_label("Avant–après").check()
    expect(answer).to_contain_text("la situation à l’entrée, tenue constante")
    # The address says all of it: opened anew, it is the same page.
    said = answer.inner_text()
    page.reload()
    assert page.get_by_role("status").first.inner_text() == said
    page.locator("summary", has_text="Tableau derrière les courbes").click()
    expect(page.get_by_role("columnheader", name="Personnes observées")).to_be_visible()
    page.get_by_text("de coût du programme par personne").click()
    expect(page.get_by_text("Ce que le programme coûte de plus")).to_be_visible()
    for width in WIDTHS.values():
        page.set_viewport_size({"width": width, "height": HEIGHT})
        assert not overflows(page), width
        assert violations(page) == [], width


def test_an_evaluation_is_read_in_the_dark(sign_in: Callable[..., Page], published: None) -> None:
    page = sign_in("funder", color_scheme="dark")
    page.get_by_role("link", name="Ouvrir les évaluations").click()
    assert violations(page) == []
    page.get_by_role("link", name="Essai au navigateur").first.click()
    expect(page.get_by_role("status").first).to_contain_text("Par rapport à un chantier d’insertion ordinaire")
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")
    assert violations(page) == []
