"""A server whose date moves: the real application in a thread of the tests, before a real browser and real commits.

The application reads the date of its process, so that ``time_machine`` moves it whole: sessions, forms, rules, *Today*.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.db import connections, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.http import FileResponse, HttpRequest, HttpResponse
from playwright.sync_api import Page

from convergence.support.models import SiteStart
from convergence.territories.models import Mission, Operator, Site, Territory
from convergence.vocabulary.roles import Role
from tests.builders import PASSWORD, make_user
from tests.conftest import drop_database, make_database
from tests.e2e.conftest import Instance

PARIS = ZoneInfo("Europe/Paris")
OPENED = date(2022, 1, 3)


@dataclass
class Moving:
    """The server, the day on which it lives, and who works there.

    :param team: e-mail addresses by (rank of the site, role).
    """

    team: dict[tuple[int, Role], str]
    open_page: Callable[..., Page]
    today: date = OPENED
    _travel: time_machine.travel | None = None
    _signed_in: dict[str, tuple[Page, int]] = field(default_factory=dict)

    def go_to(self, day: date) -> None:
        """It is nine in the morning of that day, in Paris."""
        self.stay()
        self._travel = time_machine.travel(datetime.combine(day, time(9), tzinfo=PARIS), tick=True)
        self._travel.start()
        self.today = day

    def stay(self) -> None:
        if self._travel:
            self._travel.stop()
            self._travel = None

    def as_(self, role: Role, site: int = 0, width: int = 1280) -> Page:
        """The page of a colleague, in a browser of her own; she signs in once a year."""
        email = self.team[site, role]
        page, year = self._signed_in.get(email, (None, 0))
        if page is None:
            page = self.open_page(width)
        if year != self.today.year:
            page.context.clear_cookies()
            page.goto("/compte/login/")
            page.get_by_label("Adresse e-mail").fill(email)
            page.get_by_label("Mot de passe").fill(PASSWORD)
            page.get_by_role("button", name="Se connecter").click()
            page.wait_for_url("**/aujourdhui/")
            self._signed_in[email] = (page, self.today.year)
        return page


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """What is wrong is seen in the browser."""


class KeptFiles(StaticFilesHandler):
    """Static files that the browser keeps, as their hashed names let it in production."""

    def serve(self, request: HttpRequest) -> HttpResponse | FileResponse:
        response = super().serve(request)
        response["Cache-Control"] = "max-age=86400, immutable"
        return response


@pytest.fixture
def instance(django_db_setup: None, django_db_blocker: Any, worker_id: str, settings: Any) -> Iterator[Instance]:
    """In place of the one whose clock is today's: the application, on a migrated database of its own."""
    # Signing in is slow on purpose, and what is told here is not that: a session lasts a year.
    settings.SESSION_COOKIE_AGE = 366 * 24 * 3600
    name = f"moving_{worker_id}"
    make_database(name)
    before = {alias: connections.settings[alias]["NAME"] for alias in connections}
    with django_db_blocker.unblock():
        for alias in connections:
            connections.settings[alias]["NAME"] = name
        server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
        server.set_app(KeptFiles(WSGIHandler()))
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield Instance(f"http://127.0.0.1:{server.server_port}", settings.DATA, [])
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
            for alias in connections:
                connections.settings[alias]["NAME"] = before[alias]
    drop_database(name)


@pytest.fixture
def moving(instance: Instance, open_page: Callable[..., Page]) -> Iterator[Moving]:
    """Two sites of two structures on one territory, a team at each, nobody accompanied yet."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        team = thread.submit(committed_territory).result(60)
    made = Moving(team, open_page)
    yield made
    made.stay()


def committed_territory() -> dict[tuple[int, Role], str]:
    try:
        with transaction.atomic():
            with connections["default"].cursor() as cursor:
                cursor.execute("SET LOCAL ROLE convergence_maint")
            return make_territory()
    finally:
        with suppress(Exception):
            connections.close_all()


def make_territory() -> dict[tuple[int, Role], str]:
    territory = Territory.objects.create(name="Pays Exemple")
    running = DateRange(OPENED, None)
    team = {}
    structures = [("Association Exemple", "Chantier des Érables"), ("Régie Factice", "Chantier du Canal")]
    for rank, (operator, name) in enumerate(structures):
        held_by = Operator.objects.create(name=operator)
        site = Site.objects.create(territory=territory, operator=held_by, name=name, open_over=running)
        SiteStart.objects.create(site=site, started_on=OPENED)
        for role in (Role.COUNSELLOR, Role.WORK_SUPERVISOR, Role.SITE_MANAGER):
            user = make_user(f"{role.value.replace('_', '-')}-{rank}")
            Mission.objects.create(user=user, role=role, site=site, valid=running)
            team[rank, role] = user.email
    return team
