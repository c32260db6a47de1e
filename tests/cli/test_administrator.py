"""`./convergence administrator` as typed: on a committed database through the *maint* role, then at a real sign-in."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from argon2 import PasswordHasher

from convergence.cli import databases, postgres, release, roles
from convergence.cli.folder import DataFolder
from convergence.platform.clock import today
from tests.conftest import drop_database, make_database
from tests.starts import FirstStart, copy

CAPUCINE = ("Capucine@Convergence.example", "Capucine", "Inventée")
ADDRESS = "capucine@convergence.example"


def url(role: str, database: str) -> str:
    return os.environ[f"DATABASE_URL_{role.upper()}"].replace("/convergence?", f"/{database}?")


def typed(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "convergence", "administrator", *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def refused(*arguments: str, **environment: str) -> str:
    """The single line with which the command refuses."""
    answer = typed(*arguments, **environment)
    assert (answer.returncode, answer.stdout) == (1, "")
    (line,) = answer.stderr.splitlines()
    return line


def rows(database: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url("maint", database)) as connection:
        return connection.execute(query.encode()).fetchall()


def everything(database: str) -> list[list[tuple[Any, ...]]]:
    return [
        rows(database, f"SELECT * FROM {table} ORDER BY id")
        for table in ("access_user", "territories_mission", "territories_settingchange")
    ]


@pytest.fixture
def empty(worker_id: str) -> Iterator[str]:
    """An instance without any account."""
    name = f"administrator_{worker_id}"
    make_database(name)
    try:
        yield name
    finally:
        drop_database(name)


def test_the_first_administrator_is_named_once_and_it_stays_on_the_record(empty: str) -> None:
    maint = url("maint", empty)
    assert not release.has_account(maint)
    answer = typed(*CAPUCINE, DATABASE_URL=maint)
    assert answer.returncode == 0, answer.stderr
    (line,) = answer.stdout.splitlines()
    assert line.startswith(f"Capucine Inventée administre Convergence dès aujourd’hui ({ADDRESS})")
    password = line.rpartition(" ")[2]
    assert len(password.split("-")) == 7
    assert release.has_account(maint)

    ((account, email, given_name, family_name, is_active, hashed),) = rows(
        empty, "SELECT id, email, given_name, family_name, is_active, password FROM access_user"
    )
    assert (email, given_name, family_name, is_active) == (ADDRESS, "Capucine", "Inventée", True)
    assert PasswordHasher().verify(hashed.removeprefix("argon2"), password)
    held = rows(
        empty, "SELECT user_id, role, lower(valid), upper(valid), site_id, territory_id FROM territories_mission"
    )
    assert held == [(account, "administrator", today(), None, None, None)]
    kept = rows(empty, "SELECT setting, row_id, actor_id, before FROM territories_settingchange")
    assert kept == [("access_user", account, None, {"administers": False})]

    # The deployed web role takes her for what she is.
    with psycopg.connect(url("web", empty)) as web:
        web.execute("SELECT identify(%s, %s)", [account, today()])
        assert web.execute("SELECT current_setting('app.roles')").fetchone() == ("{administrator}",)

    before = everything(empty)
    again = typed(*CAPUCINE, DATABASE_URL=maint)
    assert (again.returncode, again.stdout) == (
        0,
        f"Capucine Inventée administre déjà Convergence ({ADDRESS}) : rien n’a été changé.\n",
    )
    assert everything(empty) == before


def test_an_account_that_is_there_keeps_its_names_and_its_password(empty: str) -> None:
    maint = url("maint", empty)
    with psycopg.connect(maint) as connection:
        connection.execute(
            "INSERT INTO access_user (email, given_name, family_name, is_active, created_at, password)"
            " VALUES (%s, 'Capucine', 'Factice', true, now(), 'argon2$kept')",
            [ADDRESS],
        )
    answer = typed(*CAPUCINE, DATABASE_URL=maint)
    assert answer.stdout == (
        f"Capucine Factice administre Convergence dès aujourd’hui ({ADDRESS}), avec son mot de passe habituel.\n"
    )
    assert rows(empty, "SELECT family_name, password FROM access_user") == [("Factice", "argon2$kept")]
    assert len(rows(empty, "SELECT FROM territories_mission")) == 1

    # What somebody else changes as *maint* is kept by the triggers.
    with psycopg.connect(maint) as connection:
        connection.execute("UPDATE access_user SET is_active = false")
        connection.execute("UPDATE territories_mission SET valid = daterange(lower(valid), lower(valid) + 1)")
    kept = rows(empty, "SELECT setting, actor_id FROM territories_settingchange ORDER BY id")
    assert kept == [("access_user", None), ("access_user", None), ("territories_mission", None)]
    with psycopg.connect(maint) as connection:
        connection.execute("UPDATE territories_mission SET valid = daterange('2024-01-08', '2024-02-01')")
    before = everything(empty)
    assert "Ce compte est fermé" in refused(*CAPUCINE, DATABASE_URL=maint)
    assert everything(empty) == before


def test_whoever_administers_a_territory_is_named_for_the_whole(empty: str) -> None:
    maint = url("maint", empty)
    typed(*CAPUCINE, DATABASE_URL=maint)
    with psycopg.connect(maint) as connection:
        connection.execute("INSERT INTO territories_territory (name) VALUES ('Pays Exemple')")
        connection.execute("UPDATE territories_mission SET territory_id = (SELECT id FROM territories_territory)")
    answer = typed(*CAPUCINE, DATABASE_URL=maint)
    assert "administre Convergence dès aujourd’hui" in answer.stdout
    places = rows(empty, "SELECT territory_id IS NULL FROM territories_mission ORDER BY id")
    assert places == [(False,), (True,)]


def test_what_is_not_an_address_or_a_name_is_refused_in_one_line_and_changes_nothing(empty: str) -> None:
    maint = url("maint", empty)
    assert "Saisissez une adresse de courriel valide." in refused(
        "pas une adresse", "Capucine", "Inventée", DATABASE_URL=maint
    )
    # A sign without width is no name.
    assert refused(ADDRESS, "\u200b ", "Inventée", DATABASE_URL=maint).startswith("Prénom : ")
    assert refused(ADDRESS, "Capucine", "I" * 81, DATABASE_URL=maint).startswith("Nom : ")
    assert "PRÉNOM" in refused(ADDRESS, DATABASE_URL=maint)
    assert everything(empty) == [[], [], []]


def test_another_role_than_maint_is_refused_in_one_line(empty: str) -> None:
    said = refused(*CAPUCINE, DATABASE_URL=url("web", empty))
    assert said == "Cette commande demande l’adresse de convergence_maint dans DATABASE_URL."


def test_a_database_that_does_not_answer_is_said_in_one_line(tmp_path: Path) -> None:
    nowhere = postgres.address(tmp_path, roles.MAINT, roles.DATABASE)
    said = refused(*CAPUCINE, DATABASE_URL=nowhere)
    assert said == "La base de données ne répond pas : vérifiez son adresse."


def test_without_an_address_it_reaches_a_data_folder_at_rest_and_at_work(
    empty_start: FirstStart, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith(("DATABASE_", "CONVERGENCE"))]:
        monkeypatch.delenv(name)
    folder = DataFolder(copy(empty_start.data, tmp_path / "données à part"))
    at_rest = typed(*CAPUCINE, "--data", str(folder.path))
    assert at_rest.returncode == 0, at_rest.stderr
    assert "mot de passe à changer" in at_rest.stdout
    with folder.taken(), databases.opened(folder) as database:
        at_work = typed("rose@convergence.example", "Rose", "Factice", "--data", str(folder.path))
        assert at_work.returncode == 0, at_work.stderr
        with psycopg.connect(database.urls[roles.MAINT]) as connection:
            assert connection.execute("SELECT count(*) FROM territories_mission").fetchone() == (2,)
