"""The whole application as a newcomer starts it, and a real browser.

One ``./convergence run`` on the demonstration territory that a first start has loaded serves all these tests: real
processes, the deployed roles, hashed static files, the strict content policy. The tests change it as people would,
and never rely on each other's changes.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from convergence.vocabulary.roles import Role
from tests.starts import FirstStart, copy, running

REPOSITORY = Path(__file__).resolve().parents[2]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
PATIENCE = 15_000  # milliseconds
WIDTHS = {"telephone": 320, "tablet": 768, "desk": 1280}
HEIGHT = 900

# Playwright keeps an event loop in this thread; Django must not refuse the database to the other tests for it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
expect.set_options(timeout=PATIENCE)


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the groups in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "e2e" in Path(item.fspath).parts:
            item.add_marker(pytest.mark.e2e)
            # One process runs them all, so that the application is started once.
            item.add_marker(pytest.mark.xdist_group("browser"))
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="chromium est absent (apt install chromium)"))


@dataclass(frozen=True)
class Instance:
    """A running application: its address, and [role, e-mail, password] of its demonstration's sign-ins."""

    url: str
    data: Path
    sign_ins: list[list[str]]


@pytest.fixture(scope="session")
def instance(first_start: FirstStart, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    data = copy(first_start.data, tmp_path_factory.mktemp("application") / "données de l’essai")
    with running(data) as run:
        yield Instance(f"http://127.0.0.1:{run.port}", data, json.loads((data / "demonstration.json").read_text()))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, instance: Instance) -> Iterator[Callable[..., Page]]:
    """``open_page(width=1280)`` gives a fresh browser's page; errors in its console fail the test."""
    contexts, complaints = [], []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            complaints.append(message.text)

    def make(width: int = 1280, **options: Any) -> Page:
        context = browser.new_context(
            base_url=instance.url, viewport={"width": width, "height": HEIGHT}, locale="fr-FR", **options
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture(scope="session")
def sessions() -> dict[str, Any]:
    """What the browser of each role keeps once she has signed in."""
    return {}


@pytest.fixture
def sign_in(open_page: Callable[..., Page], instance: Instance, sessions: dict[str, Any]) -> Callable[..., Page]:
    """``sign_in("counsellor", width=320)`` opens *Today* as the demonstration's sign-in of that role.

    She signs in the first time and after somebody signed her out: a password is checked slowly, on purpose.
    """

    def enter(role: str, width: int = 1280, **options: Any) -> Page:
        page = open_page(width, **options)
        page.context.add_cookies(sessions.get(role, []))
        page.goto("/aujourdhui/")
        if "/login/" in page.url:
            type_in(page, role)
            sessions[role] = page.context.cookies()
        return page

    def type_in(page: Page, role: str) -> None:
        _label, email, password = next(row for row in instance.sign_ins if row[0] == Role(role).label)
        page.goto("/compte/login/")
        page.get_by_label("Adresse e-mail").fill(email)
        page.get_by_label("Mot de passe").fill(password)
        page.get_by_role("button", name="Se connecter").click()
        page.wait_for_url("**/aujourdhui/")

    return enter


def violations(page: Page) -> list[str]:
    """What axe finds wrong with the page, one line each."""
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found]


def overflows(page: Page) -> bool:
    """Whether the page is wider than its window."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
