"""Starts a throw-away PostgreSQL for the tests, as this module is imported.

Loaded by `-p tests.plugin`, since pytest-django reads the settings before any other hook of ours is called.
The address goes to the settings and to the workers of pytest-xdist through the environment: one server
serves them all, and dies with the process that started it.
"""

from __future__ import annotations

import atexit
import base64
import os
import shutil
import tempfile
from pathlib import Path

import psycopg

from convergence.cli import postgres, roles

# Member of the four roles without inheriting from them: a test has no right before it says who it is.
TEST_ROLE = "convergence_test"
_FOLDER_PREFIX = "convergence-test-"
_ROOM_NEEDED = 2**30


def _start() -> None:
    parent = _memory_or_disk()
    _sweep(parent)
    folder = Path(tempfile.mkdtemp(prefix=f"{_FOLDER_PREFIX}{os.getpid()}-", dir=parent))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    server = postgres.start(folder / "postgresql", folder / "postgresql.log", fast=True)
    atexit.register(server.stop)
    roles.install_extensions(server.url(database="template1"))
    roles.create(server.url())
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {TEST_ROLE} LOGIN CREATEDB NOINHERIT".encode())
        connection.execute(f"GRANT {', '.join(roles.ROLES)} TO {TEST_ROLE}".encode())
    data = folder / "data"
    data.mkdir()
    os.environ.update(
        DATABASE_URL=server.url(TEST_ROLE, roles.DATABASE),
        CONVERGENCE_TEST_SUPERUSER_URL=server.url(),
        CONVERGENCE_DATA=str(data),
        CONVERGENCE_SECRET_KEY="for the tests only, and long enough to please the checks of the framework",
        CONVERGENCE_MASTER_KEY=base64.b64encode(bytes(range(32))).decode(),
    )
    for role in roles.ROLES:
        os.environ[f"DATABASE_URL_{role.rpartition('_')[2].upper()}"] = server.url(role, roles.DATABASE)


def _memory_or_disk() -> Path:
    memory = Path("/dev/shm")  # noqa: S108 (a folder of ours is made in it, with rights 0700)
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _ROOM_NEEDED:
        return memory
    return Path(tempfile.gettempdir())


def _sweep(parent: Path) -> None:
    """Remove what killed runs left behind: in memory it would stay until the machine restarts."""
    for folder in parent.glob(f"{_FOLDER_PREFIX}*"):
        owner = folder.name.removeprefix(_FOLDER_PREFIX).partition("-")[0]
        if not Path("/proc", owner).exists():
            shutil.rmtree(folder, ignore_errors=True)


if "PYTEST_XDIST_WORKER" not in os.environ and "CONVERGENCE_TEST_SUPERUSER_URL" not in os.environ:
    _start()
