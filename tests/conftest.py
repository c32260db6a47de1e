"""One migrated database per test process, reached as the deployed roles.

The template is migrated once as *owner*, and cloned twice for each process: as it is, and with the small world of
tests/builders.py committed in it, for the tests that ask for ``world``. Tests sign in as a role that is a member of
the four, and run as *web* unless they say otherwise with ``acting_as``: a policy that hides a row in production hides
it here.
"""

import copy
import gc
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import psycopg
import pytest
from django.db import connection, connections, transaction
from django.db.backends.signals import connection_created
from django.template import Context, Template
from django.test.signals import template_rendered
from django.utils.safestring import SafeString
from hypothesis import HealthCheck, settings
from psycopg import sql

from tests import starts
from tests.builders import World, build_world

TEMPLATE = "convergence_template"

# What the tests of one of these draw, load or estimate once a process: one process runs them all.
TOGETHER = (
    "tests/acceptance/",
    "tests/analysis/costs/",
    "tests/analysis/impact/",
    "tests/analysis/scenarios/",
    "tests/cli/test_demo.py",
    "tests/cli/test_demo_national.py",
    "tests/simulation/",
)

# No test fails because the machine is busy.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """First, since pytest-xdist reads the groups in the same hook, and was called before us."""
    for item in items:
        place = next(filter(item.nodeid.startswith, TOGETHER), None)
        if place and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(place))


def pytest_collection_finish() -> None:
    """What was imported and collected stays: the collector of garbage does not go through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def _run_as_web(sender: Any, connection: Any, **_: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE convergence_web")


def _superuser() -> psycopg.Connection[Any]:
    return psycopg.connect(os.environ["CONVERGENCE_TEST_SUPERUSER_URL"], autocommit=True)


def make_database(name: str) -> None:
    """A clone of the migrated template, owned by *owner*; the first caller of the run migrates the template."""
    with _superuser() as server:
        server.execute("SELECT pg_advisory_lock(1)")
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone():
            server.execute(f"CREATE DATABASE {TEMPLATE} OWNER convergence_owner".encode())
            owner = os.environ["DATABASE_URL_OWNER"].replace("/convergence?", f"/{TEMPLATE}?")
            subprocess.run(
                [sys.executable, "-m", "django", "migrate", "--verbosity=0"],
                env=os.environ | {"DATABASE_URL": owner, "DJANGO_SETTINGS_MODULE": "convergence.platform.settings"},
                check=True,
            )
        clone = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER convergence_owner STRATEGY file_copy")
        server.execute(clone.format(sql.Identifier(name), sql.Identifier(TEMPLATE)))
        server.execute("SELECT pg_advisory_unlock(1)")


def drop_database(name: str) -> None:
    with _superuser() as server:
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _reach(name: str) -> None:
    """All connections go to this database from now on."""
    for alias in connections:
        if connections[alias].settings_dict["NAME"] != name:
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = name


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before its transaction begins: a test that asks for the world goes to the database that holds it."""
    worker = getattr(item.config, "workerinput", {"workerid": "master"})["workerid"]
    _reach(f"world_{worker}" if "world" in getattr(item, "fixturenames", ()) else f"test_{worker}")


@pytest.fixture(scope="session")
def committed_world(django_db_blocker: Any, worker_id: str) -> Iterator[World]:
    """Makes both databases of this process, and the world in one of them."""
    asked_for = connection.settings_dict["NAME"]
    bare, inhabited = f"test_{worker_id}", f"world_{worker_id}"
    make_database(bare)
    make_database(inhabited)
    connection_created.connect(_run_as_web)
    _reach(inhabited)
    with django_db_blocker.unblock(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE convergence_maint")
        world = build_world()
    _reach(asked_for)
    yield world
    with django_db_blocker.unblock():
        connections.close_all()
    connection_created.disconnect(_run_as_web)
    drop_database(bare)
    drop_database(inhabited)


@pytest.fixture(scope="session")
def django_db_setup(committed_world: World) -> None:
    """The databases are there, migrated: pytest-django makes none of its own."""


@pytest.fixture(scope="session", autouse=True)
def _only_pages_are_kept(django_test_environment: None) -> None:
    """Of a page, the test client keeps what it was rendered with, and no copy of it for every part that it includes."""
    Template._render = _render_and_tell  # type: ignore[attr-defined]


def _render_and_tell(template: Template, context: Context) -> SafeString:
    if context.template is template:
        template_rendered.send(sender=template, template=template, context=context)
    return template.nodelist.render(context)


@pytest.fixture
def acting_as(db: None) -> Callable[[str], AbstractContextManager[None]]:
    """``with acting_as("maint"):`` runs a block as another deployed role, in the test's own transaction."""

    @contextmanager
    def act(role: str) -> Iterator[None]:
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE convergence_{role}")
            try:
                yield
            finally:
                cursor.execute("SET ROLE convergence_web")

    return act


@pytest.fixture
def world(db: None, committed_world: World) -> World:
    """Two sites of one territory, a user for every role at each, and three people; see tests/builders.py."""
    return copy.deepcopy(committed_world)


@pytest.fixture(scope="session")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> starts.FirstStart:
    """What a newcomer's first start left: a data folder with the demonstration."""
    return starts.with_the_demonstration(tmp_path_factory)


@pytest.fixture(scope="session")
def empty_start(tmp_path_factory: pytest.TempPathFactory) -> starts.FirstStart:
    """What a first start left when it was told to load no demonstration."""
    return starts.empty(tmp_path_factory)
