"""Brings a database and the static files to the state of this code, at no cost when they are there."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import psycopg
from psycopg import sql

from convergence.cli.errors import OperatorError
from convergence.cli.folder import REPOSITORY, DataFolder

_SOURCES = REPOSITORY / "src" / "convergence"


def digest() -> str:
    """Return a name for this code and what it depends on: it changes when any file of either does."""
    found = hashlib.sha256((REPOSITORY / "requirements" / "production.txt").read_bytes())
    for file in sorted(_SOURCES.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            found.update(str(file.relative_to(_SOURCES)).encode() + b"\0" + file.read_bytes())
    return found.hexdigest()


def bring(folder: DataFolder, owner_url: str, environment: Mapping[str, str]) -> None:
    """Migrate the database as its owner and collect the static files, each only when something changed."""
    wanted = digest()
    collecting = None
    stamp = folder.static / ".release"
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(folder.static, ignore_errors=True)
        collecting = _manage(environment, folder.logs / "static.log", "collectstatic", "--no-input")
    with psycopg.connect(owner_url, autocommit=True) as connection:
        if _state(connection) != wanted + _migrations(connection):
            print("Mise à jour de la base de données…", flush=True)
            _finish(
                _manage(environment, folder.logs / "migrate.log", "migrate", "--no-input"),
                f"La mise à jour de la base de données a échoué (journal : {folder.logs / 'migrate.log'}).",
            )
            connection.execute(
                sql.SQL("COMMENT ON DATABASE {} IS {}").format(
                    sql.Identifier(connection.info.dbname), sql.Literal(wanted + _migrations(connection))
                )
            )
    if collecting is not None:
        _finish(
            collecting,
            f"La préparation des fichiers statiques a échoué (journal : {folder.logs / 'static.log'}).",
        )
        stamp.write_text(wanted)


def _state(connection: psycopg.Connection[tuple[object, ...]]) -> str:
    """Return what was last noted on the database: the code that migrated it, the migrations it then had."""
    row = connection.execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
    ).fetchone()
    return str(row[0]) if row else ""


def _migrations(connection: psycopg.Connection[tuple[object, ...]]) -> str:
    """Return the migrations the database has: after the restoration of a backup the note alone would lie."""
    if connection.execute("SELECT to_regclass('django_migrations')").fetchone() == (None,):
        return ""
    row = connection.execute("SELECT md5(string_agg(app || name, ',' ORDER BY id)) FROM django_migrations")
    return f" {(row.fetchone() or ('',))[0]}"


def is_empty(maint_url: str) -> bool:
    """Tell whether the database holds no territory yet."""
    with psycopg.connect(maint_url) as connection:
        return connection.execute("SELECT FROM territories_territory LIMIT 1").fetchone() is None


def has_account(maint_url: str) -> bool:
    """Tell whether anybody could sign in."""
    with psycopg.connect(maint_url) as connection:
        return connection.execute("SELECT FROM access_user LIMIT 1").fetchone() is not None


def _manage(environment: Mapping[str, str], log: Path, *arguments: str) -> subprocess.Popen[bytes]:
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "convergence", "manage", *arguments],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def _finish(process: subprocess.Popen[bytes], sentence: str) -> None:
    if process.wait() != 0:
        raise OperatorError(sentence)
