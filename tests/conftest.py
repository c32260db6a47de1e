"""One migrated database per test process, reached as the deployed roles.

The template is migrated once as *owner*, and cloned for each process. Tests sign in as a role that is a member
of the four, and run as *web* unless they say otherwise with ``acting_as``: a policy that hides a row in
production hides it here.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import psycopg
import pytest
from django.db import connection, connections
from django.db.backends.signals import connection_created
from hypothesis import HealthCheck, settings
from psycopg import sql

from tests.builders import World, build_world

TEMPLATE = "convergence_template"

# No test fails because the machine is busy.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


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


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any, worker_id: str) -> Iterator[None]:
    name = f"test_{worker_id}"
    make_database(name)
    for alias in connections:
        connections[alias].settings_dict["NAME"] = name
    connection_created.connect(_run_as_web)
    yield
    with django_db_blocker.unblock():
        connections.close_all()
    connection_created.disconnect(_run_as_web)
    drop_database(name)


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
def world(acting_as: Callable[[str], AbstractContextManager[None]]) -> World:
    """Two sites of one territory, a user for every role at each, and three people; see tests/builders.py."""
    with acting_as("maint"):
        return build_world()
