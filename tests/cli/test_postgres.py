"""The server of our own: prepared, started, killed, orphaned, stopped, with its data kept."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from convergence.cli import postgres, roles
from convergence.cli.errors import OperatorError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder whose name has spaces and accents, like those people make."""
    place = tmp_path / "dossier à essayer" / "d'été"
    place.mkdir(parents=True)
    return place


@pytest.fixture
def server(folder: Path) -> Iterator[postgres.Server]:
    running = _start(folder)
    yield running
    running.stop()


def _start(folder: Path, *, fast: bool = True) -> postgres.Server:
    return postgres.start(folder / "postgresql", folder / "postgresql.log", fast=fast)


def _query(server: postgres.Server, statement: str, role: str = "postgres", database: str = "postgres") -> object:
    with psycopg.connect(server.url(role, database), autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else None


def test_it_speaks_french_and_sorts_by_code_point(server: postgres.Server) -> None:
    assert _query(server, "SHOW server_encoding") == [("UTF8",)]
    assert _query(server, "SELECT lower('ÉLÈVE')") == [("élève",)]
    assert _query(server, "SELECT datcollate FROM pg_database WHERE datname = 'postgres'") == [("C.UTF-8",)]


def test_it_opens_no_network_port_and_its_socket_is_closed_to_others(server: postgres.Server) -> None:
    assert _query(server, "SHOW listen_addresses") == [("",)]
    assert server.socket.stat().st_mode & 0o777 == 0o700


def test_data_is_kept_over_a_clean_stop(folder: Path) -> None:
    first = _start(folder)
    _query(first, "CREATE TABLE kept AS SELECT 42 AS answer")
    first.stop()
    assert not (folder / "postgresql" / "postmaster.pid").exists()
    assert not first.socket.exists()
    second = _start(folder)
    try:
        assert _query(second, "SELECT answer FROM kept") == [(42,)]
    finally:
        second.stop()


def test_data_is_kept_after_the_server_was_killed(folder: Path) -> None:
    first = _start(folder, fast=False)
    _query(first, "CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(first.process.pid, signal.SIGKILL)  # not waited for: it stays a zombie, with its lock
    second = _start(folder, fast=False)
    try:
        assert _query(second, "SELECT answer FROM kept") == [(42,)]
    finally:
        second.stop()
        first.process.wait()


def test_an_orphaned_server_is_stopped_and_replaced(folder: Path) -> None:
    first = _start(folder)
    _query(first, "CREATE TABLE kept AS SELECT 42 AS answer")
    second = _start(folder)
    try:
        assert first.process.wait(10) == 0
        assert _query(second, "SELECT answer FROM kept") == [(42,)]
    finally:
        second.stop()


def test_a_lock_that_names_an_unrelated_process_does_not_stop_it(folder: Path) -> None:
    _start(folder).stop()
    (folder / "postgresql" / "postmaster.pid").write_text(f"{os.getpid()}\n{folder}\n")
    second = _start(folder)
    try:
        assert _query(second, "SELECT 1") == [(1,)]
    finally:
        second.stop()


def test_a_server_dies_with_the_process_that_started_it(folder: Path) -> None:
    child = os.fork()
    if child == 0:
        started = _start(folder)
        (folder / "pid").write_text(str(started.process.pid))
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    pid = int((folder / "pid").read_text())
    deadline = time.monotonic() + 10
    while (folder / "postgresql" / "postmaster.pid").exists():
        assert time.monotonic() < deadline, f"server {pid} outlived its parent"
        time.sleep(0.05)
    shutil.rmtree(postgres.socket_path(folder / "postgresql"))


def test_an_interrupted_preparation_is_begun_again(folder: Path) -> None:
    unfinished = folder / "postgresql.new"
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18\n")
    running = _start(folder)
    try:
        assert _query(running, "SELECT 1") == [(1,)]
        assert not unfinished.exists()
    finally:
        running.stop()


def test_data_of_another_version_is_refused_in_one_sentence(folder: Path) -> None:
    data = folder / "postgresql"
    data.mkdir()
    (data / "PG_VERSION").write_text("12\n")
    with pytest.raises(OperatorError, match="écrites par PostgreSQL 12"):
        _start(folder)


def test_what_people_typed_does_not_reach_the_log(server: postgres.Server, folder: Path) -> None:
    _query(server, "CREATE TABLE names (name text PRIMARY KEY)")
    _query(server, "INSERT INTO names VALUES ('Fictive')")
    with pytest.raises(psycopg.errors.UniqueViolation):
        _query(server, "INSERT INTO names VALUES ('Fictive')")
    log = (folder / "postgresql.log").read_text()
    assert "duplicate key" in log
    assert "Fictive" not in log


def test_roles_are_created_once_and_again_without_change(server: postgres.Server) -> None:
    wanted = [
        ("convergence_maint", False, True, False),
        ("convergence_owner", True, False, False),
        ("convergence_web", False, False, False),
        ("convergence_worker", False, False, False),
    ]
    for _ in range(2):
        roles.create(server.url())
        found = _query(
            server,
            "SELECT rolname, rolcreatedb, rolbypassrls, rolsuper FROM pg_roles "
            "WHERE rolname LIKE 'convergence%' AND rolcanlogin ORDER BY 1",
        )
        assert found == wanted
    extensions = _query(server, "SELECT extname FROM pg_extension ORDER BY 1", "convergence_web", "convergence")
    assert extensions == [("btree_gist",), ("fuzzystrmatch",), ("pg_trgm",), ("plpgsql",), ("unaccent",)]


def test_only_the_owner_may_create_tables(server: postgres.Server) -> None:
    roles.create(server.url())
    _query(server, "CREATE TABLE mine ()", roles.OWNER, roles.DATABASE)
    for role in (roles.WEB, roles.WORKER, roles.MAINT):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            _query(server, "CREATE TABLE mine2 ()", role, roles.DATABASE)


def test_the_printed_script_does_the_same_through_psql(server: postgres.Server) -> None:
    psql = postgres.find_binaries() / "psql"
    for _ in range(2):
        answer = subprocess.run(
            [psql, "-q", "-d", server.url()],
            input=roles.script(),
            text=True,
            capture_output=True,
            check=False,
        )
        assert answer.returncode == 0, answer.stderr
    assert _query(server, "SELECT current_user", roles.WEB, roles.DATABASE) == [("convergence_web",)]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "postgresql://postgres@/postgres?host=/tmp/a",
            "postgresql://convergence_web@/convergence?host=/tmp/a",
        ),
        ("postgresql://u:p@db.example:5433/x", "postgresql://convergence_web@db.example:5433/convergence"),
    ],
)
def test_an_address_changes_role_and_keeps_its_server(url: str, expected: str) -> None:
    assert roles.as_role(url, roles.WEB) == expected
