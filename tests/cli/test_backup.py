"""The backup and the restoration of docs/deploy.md, as written there."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from convergence.cli import databases, postgres, roles
from convergence.cli.folder import DataFolder
from tests.starts import FirstStart, copy

# Each table with its owner, its rights and the number of its policies.
SHAPE = """
    SELECT c.relname, c.relowner::regrole::text, c.relforcerowsecurity, c.relacl::text,
           (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid)
      FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'S') ORDER BY 1
"""


@pytest.fixture
def migrated(
    empty_start: FirstStart, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[DataFolder, databases.Database]]:
    for variable in ("DATABASE_URL", *databases.ROLE_VARIABLES.values()):
        monkeypatch.delenv(variable, raising=False)
    folder = DataFolder(copy(empty_start.data, tmp_path / "data"))
    with folder.taken(), databases.opened(folder) as database:
        yield folder, database


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[postgres.Server]:
    """A new server, on which only the script of `./convergence roles` was run."""
    place = tmp_path / "elsewhere"
    place.mkdir()
    server = postgres.start(place / "postgresql", place / "log", fast=True)
    roles.create(server.url())
    yield server
    server.stop()


def test_a_backup_by_maint_restores_on_another_server(
    tmp_path: Path, migrated: tuple[DataFolder, databases.Database], elsewhere: postgres.Server
) -> None:
    folder, database = migrated
    binaries, dump = postgres.find_binaries(), tmp_path / "convergence.dump"
    with psycopg.connect(database.urls[roles.OWNER]) as connection:
        shape = connection.execute(SHAPE).fetchall()
        migrations = connection.execute("SELECT app, name FROM django_migrations ORDER BY id").fetchall()
    assert shape
    subprocess.run([binaries / "pg_dump", "--format=custom", f"--file={dump}", database.urls[roles.MAINT]], check=True)

    into = elsewhere.url(database=roles.DATABASE)
    subprocess.run([binaries / "pg_restore", "--exit-on-error", f"--dbname={into}", dump], check=True)

    with psycopg.connect(elsewhere.url(roles.OWNER, roles.DATABASE)) as connection:
        assert connection.execute(SHAPE).fetchall() == shape
        assert connection.execute("SELECT app, name FROM django_migrations ORDER BY id").fetchall() == migrations
    check = [sys.executable, "-m", "convergence", "manage", "migrate", "--check"]
    owner = databases.environment(folder, elsewhere.url(roles.OWNER, roles.DATABASE))
    assert subprocess.run(check, env=owner, check=False).returncode == 0
