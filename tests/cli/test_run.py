"""`run` as typed, with its real processes: started twice, interrupted, killed, refused."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from convergence.cli import postgres, roles
from tests.starts import (
    PATIENCE,
    FirstStart,
    Run,
    bare_environment,
    command,
    copy,
    free_port,
    ordinary_account,
    running,
)

pytestmark = pytest.mark.xdist_group("run")  # one process has a copy of the first data folder for them all


def _elsewhere(url: str) -> dict[str, str]:
    return bare_environment() | {"DATABASE_URL": url}


def _lives(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


def _refused(*arguments: str, environment: dict[str, str] | None = None) -> str:
    """Return the single line with which `run` refuses."""
    answer = subprocess.run(
        command(*arguments),
        capture_output=True,
        text=True,
        env=environment or bare_environment(),
        check=False,
        timeout=PATIENCE,
    )
    assert answer.returncode == 1, answer.stdout + answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1, answer.stderr
    return answer.stderr


@pytest.fixture(scope="module")
def data(first_start: FirstStart, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demonstration, at rest."""
    return copy(first_start.data, tmp_path_factory.mktemp("rest") / "d'été")


@pytest.fixture(scope="module")
def at_work(first_start: FirstStart, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A start in a copy of that folder, for all those who only look at what runs there."""
    with running(copy(first_start.data, tmp_path_factory.mktemp("work") / "data")) as run:
        yield run


def _stops_everything(run: Run, number: signal.Signals) -> str:
    """What is still said when a signal stops it: its processes end, its database is at rest."""
    children = run.children()
    assert set(children) == {"postgres", "granian", "worker"}
    code, said = run.stop(number)
    assert code == 0, said
    assert [pid for pid in children.values() if _lives(pid)] == []
    assert not (run.data / "postgresql" / "postmaster.pid").exists()
    assert "database system is shut down" in (run.data / "logs" / "postgresql.log").read_text()[-500:]
    return said


def _count_territories(data: Path) -> int:
    url = postgres.address(postgres.socket_path(data / "postgresql"), roles.MAINT, roles.DATABASE)
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM territories_territory").fetchone()
    return int(row[0]) if row else -1


def test_the_first_start_loads_the_demonstration_and_gives_a_sign_in_per_role(
    first_start: FirstStart, at_work: Run
) -> None:
    assert first_start.code == 0, first_start.said
    assert _count_territories(at_work.data) == 1
    file = first_start.data / "demonstration.json"
    assert file.stat().st_mode & 0o777 == 0o600
    signins = json.loads(file.read_text())
    assert len({role for role, _, _ in signins}) == len(signins) >= 4
    for role, email, password in signins:
        assert re.search(rf"{re.escape(role)} +{re.escape(email)} +{re.escape(password)}", first_start.said)
        assert email.endswith(".example")


def test_the_second_start_keeps_the_data_prepares_nothing_again_and_ends_with_control_c(data: Path) -> None:
    keys = {file.name: file.read_text() for file in (data / "keys").iterdir()}
    with running(data) as run:
        assert "Mise à jour" not in run.said
        assert "Chargement" not in run.said
        assert _count_territories(data) == 1
        assert run.get("/sante/pret")[0] == 200
        said = _stops_everything(run, signal.SIGINT)
    assert "Tout est arrêté" in said
    assert {file.name: file.read_text() for file in (data / "keys").iterdir()} == keys


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_and_leaves_the_database_at_rest(data: Path, number: signal.Signals) -> None:
    with running(data) as run:
        _stops_everything(run, number)


def test_each_process_knows_its_own_database_role_only(at_work: Run) -> None:
    for name, role in (("granian", "convergence_web"), ("worker", "convergence_worker")):
        environment = Path(f"/proc/{at_work.children()[name]}/environ").read_text()
        assert re.findall(r"postgresql://(\w+)@", environment) == [role]


def test_an_account_that_is_not_root_runs_it_too_and_empty_when_asked(empty_start: FirstStart, tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("this is not root: the other tests show it")
    account = ordinary_account()
    if not account:
        pytest.skip("this machine lets nobody change accounts by unshare")
    with running(copy(empty_start.data, tmp_path / "data"), "--empty", prefix=account) as run:
        again = (run.postgres_command(), run.get("/sante/pret")[0], run.said, run.stop()[0])
    first = (empty_start.postgres, empty_start.ready, empty_start.said, empty_start.code)
    for postgres_command, ready, said, code in (first, again):
        assert "/postgres\0-D" in postgres_command
        assert ready == 200
        assert "comptes fictifs" not in said
        assert code == 0
    assert not (empty_start.data / "demonstration.json").exists()
    assert not (tmp_path / "data" / "demonstration.json").exists()


def test_django_commands_reach_the_database_of_the_folder_at_work_or_at_rest(data: Path, at_work: Run) -> None:
    def check(data: Path) -> int:
        return subprocess.run(
            [sys.executable, "-m", "convergence", "manage", "migrate", "--check"],
            env=bare_environment() | {"CONVERGENCE_DATA": str(data)},
            capture_output=True,
            check=False,
            timeout=PATIENCE,
        ).returncode

    assert check(data) == 0
    assert check(at_work.data) == 0


def test_keys_are_for_the_account_alone(data: Path) -> None:
    assert (data.stat().st_mode & 0o777, (data / "keys").stat().st_mode & 0o777) == (0o700, 0o700)
    assert {file.stat().st_mode & 0o777 for file in (data / "keys").iterdir()} == {0o600}


def test_the_database_killed_stops_the_rest_and_the_next_start_recovers_it(data: Path) -> None:
    with running(data) as run:
        os.kill(run.children()["postgres"], signal.SIGKILL)
        rest, _ = run.process.communicate(timeout=PATIENCE)
        assert run.process.returncode == 1
        assert "Le processus postgresql s’est arrêté" in rest
    with running(data):
        assert _count_territories(data) == 1


def test_after_the_launcher_itself_was_killed_nothing_stays_and_the_next_start_works(data: Path) -> None:
    with running(data) as run:
        children = run.children().values()
        run.process.kill()
        run.process.wait()
        deadline = time.monotonic() + PATIENCE
        while any(_lives(pid) for pid in children):
            assert time.monotonic() < deadline
            time.sleep(0.05)
    with running(data):
        assert _count_territories(data) == 1


def test_a_folder_in_use_is_refused_in_one_line(at_work: Run) -> None:
    said = _refused("--data", str(at_work.data), "--port", str(free_port()))
    assert "est déjà utilisé par une autre commande" in said


def test_a_port_already_taken_is_refused_in_one_line(data: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"Le port {port} est déjà pris" in _refused("--data", str(data), "--port", str(port))


def test_a_folder_that_cannot_be_written_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = _refused("--data", str(tmp_path / "file" / "data"), "--port", str(free_port()))
    assert "Impossible d’écrire" in said


def test_a_lost_master_key_is_said_before_anything_starts(data: Path) -> None:
    key = data / "keys" / "master_key"
    kept = key.rename(data / "kept")
    try:
        assert "La clé maîtresse" in _refused("--data", str(data), "--port", str(free_port()))
        assert not key.exists()
    finally:
        kept.rename(key)


def test_the_sign_in_page_and_its_style_sheets_are_served(at_work: Run) -> None:
    assert at_work.get("/sante/vie")[0] == 200
    status, place, _ = at_work.get("/")
    assert status == 302
    status, _, page = at_work.get(place)
    assert status == 200
    sheets = re.findall(r'href="(/static/[^"]+\.css)"', page)
    assert sheets
    assert {at_work.get(sheet)[0] for sheet in sheets} == {200}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[postgres.Server]:
    """A server that somebody else looks after."""
    place = tmp_path / "server"
    place.mkdir()
    running = postgres.start(place / "postgresql", place / "log", fast=True)
    yield running
    running.stop()


def test_with_a_server_of_ones_own_none_is_started(tmp_path: Path, server: postgres.Server) -> None:
    data = tmp_path / "data"
    with running(data, "--empty", environment=_elsewhere(server.url())) as run:
        assert set(run.children()) == {"granian", "worker"}
        assert not (data / "postgresql").exists()
        assert "comptes fictifs" not in run.said
        # The command that it gives works as it stands, in a shell with the same environment.
        (told,) = re.findall(r"\./convergence administrator E-MAIL PRÉNOM NOM (--data .*)\n", run.said)
        first = [sys.executable, "-m", "convergence", "administrator", "rose@convergence.example", "Rose", "Factice"]
        named = subprocess.run(
            [*first, *shlex.split(told)],
            env=_elsewhere(server.url()),
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        assert "Rose Factice administre Convergence dès aujourd’hui" in named.stdout, named.stderr
    with psycopg.connect(server.url()) as connection:
        passwords = connection.execute(
            "SELECT rolpassword FROM pg_authid WHERE rolname = ANY (%s)", [list(roles.ROLES)]
        ).fetchall()
    assert len({password for (password,) in passwords}) == len(roles.ROLES)
    assert all(password.startswith("SCRAM-SHA-256$") for (password,) in passwords)


def test_a_server_that_does_not_answer_is_said_in_one_line(tmp_path: Path) -> None:
    nobody = _elsewhere(f"postgresql://postgres@127.0.0.1:{free_port()}/postgres")
    said = _refused("--data", str(tmp_path / "data"), "--port", str(free_port()), environment=nobody)
    assert "Le serveur de DATABASE_URL ne répond pas comme prévu" in said


def test_an_account_that_may_not_create_roles_is_told_the_way(tmp_path: Path, server: postgres.Server) -> None:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("CREATE ROLE small LOGIN")
    arguments = ("--data", str(tmp_path / "data"), "--port", str(free_port()))
    said = _refused(*arguments, environment=_elsewhere(server.url("small")))
    assert "./convergence roles" in said
    assert "DATABASE_URL_MAINT" in said
