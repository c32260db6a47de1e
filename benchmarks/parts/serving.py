"""Servers under measure, on 127.0.0.1: an instance exactly as `run` starts it, and the bare page beside it."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from pathlib import Path

import psycopg
from psycopg import sql

from benchmarks.bare import SCHEMA, SHOWN
from convergence.cli.errors import OperatorError
from convergence.cli.folder import REPOSITORY

HOST = "127.0.0.1"
READY_WITHIN = 900.0
"""Seconds; migrating a large territory's tables may come first."""
# As cli/run.py starts granian.
GRANIAN = ["--interface", "wsgi", "--workers", "2", "--blocking-threads", "4", "--no-ws", "--log-level", "warning"]


def stop_cleanly() -> None:
    """Whatever ends this process by a signal, the servers that it started are stopped first."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)


@contextmanager
def instance(data: Path, port: int) -> Iterator[None]:
    """`./convergence run` on this data folder: PostgreSQL, web and worker, until leaving."""
    command = [sys.executable, "-m", "convergence", "run", "--data", str(data), "--port", str(port)]
    with _running(command, os.environ):
        _wait(port, "/sante/pret")
        yield


@contextmanager
def bare_page(owner_url: str, port: int) -> Iterator[None]:
    """The bare list page, its rows in a schema of its own that is dropped on leaving."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        _make_rows(connection)
        try:
            environment = {
                "PATH": os.environ["PATH"],
                "PYTHONPATH": os.pathsep.join([str(REPOSITORY), str(REPOSITORY / "src")]),
                "DJANGO_SETTINGS_MODULE": "benchmarks.bare.settings",
                "DATABASE_URL": owner_url,
            }
            command = [sys.executable, "-m", "granian", *GRANIAN, "--host", HOST, "--port", str(port)]
            with _running([*command, "benchmarks.bare.wsgi:application"], environment):
                _wait(port, "/")
                yield
        finally:
            connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(SCHEMA)))


def _make_rows(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(SCHEMA)))
    connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(SCHEMA)))
    table = sql.Identifier(SCHEMA, "bare_row")
    connection.execute(
        sql.SQL(
            "CREATE TABLE {} (id bigint PRIMARY KEY, name text, site text, stage text, ends date, referent text,"
            " housing text)"
        ).format(table)
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            sql.SQL("INSERT INTO {} VALUES (%s, %s, %s, %s, %s, %s, %s)").format(table),
            [
                (number, f"Prénom Fictif {number:02}", "Chantier Exemple", "sous contrat",
                 date(2026, 1, 1) + timedelta(days=number), "Référente Exemple", "Hôtel")
                for number in range(SHOWN)
            ],
        )  # fmt: skip


@contextmanager
def _running(command: Sequence[str], environment: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        command,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    _started.append(process)
    try:
        yield process
    finally:
        _started.remove(process)
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(30)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


_started: list[subprocess.Popen[str]] = []


def _wait(port: int, path: str) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        for process in _started:
            if process.poll() is not None:
                said = process.stderr.read() if process.stderr else ""
                raise OperatorError(f"Ce qui devait être mesuré s’est arrêté. {said.strip()[-500:]}")
        connection = http.client.HTTPConnection(HOST, port, timeout=30)
        with suppress(OSError, http.client.HTTPException):
            connection.request("GET", path)
            status = connection.getresponse().status
            if status == http.HTTPStatus.OK:
                return
            if status == http.HTTPStatus.INTERNAL_SERVER_ERROR:
                raise OperatorError(f"Le port {port} répond 500.")
        connection.close()
        time.sleep(0.05)
    raise OperatorError(f"Rien ne répond sur le port {port}.")
