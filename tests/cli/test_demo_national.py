"""Several territories as typed, at a small size; what is asked wrongly, and what a load that stops leaves behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from convergence.platform.clock import today
from convergence.vocabulary.roles import SITE_ROLES, TERRITORY_ROLES, Role
from tests.cli.test_demo import TABLES, Loaded, count, demo, url
from tests.conftest import drop_database, make_database
from tests.platform.test_bulk import STANDING

PEOPLE = 700


@pytest.fixture
def database(worker_id: str) -> Iterator[str]:
    name = f"national_{worker_id}"
    make_database(name)
    yield name
    drop_database(name)


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Loaded]:
    name, folder = f"country_{worker_id}", tmp_path_factory.mktemp("country")
    make_database(name)
    try:
        said = demo(name, folder, "--people", str(PEOPLE), "--territories", "3", "--seed", "11")
        assert said.returncode == 0, said.stderr
        yield Loaded(name, folder, said)
    finally:
        drop_database(name)


def test_the_people_asked_for_are_spread_over_the_territories_asked_for(country: Loaded) -> None:
    with country.connected() as connection:
        assert count(connection, "SELECT count(DISTINCT person_id) FROM people_support") == PEOPLE
        assert count(connection, "SELECT count(*) FROM territories_territory") == 3
        by_territory = connection.execute(
            "SELECT count(DISTINCT p.person_id) FROM people_support p JOIN territories_site s ON s.id = p.site_id"
            " GROUP BY s.territory_id"
        ).fetchall()
        assert len(by_territory) == 3
        assert min(number for (number,) in by_territory) > PEOPLE / 6


def test_each_territory_has_its_pooled_team_and_each_site_its_own(country: Loaded) -> None:
    with country.connected() as connection:
        held = "SELECT count(DISTINCT %s) FROM territories_mission WHERE role = '%s' AND valid @> current_date"
        for role in TERRITORY_ROLES:
            assert count(connection, held % ("territory_id", role.value)) == 3
        sites = count(connection, "SELECT count(*) FROM territories_site")
        for role in SITE_ROLES:
            assert count(connection, held % ("site_id", role.value)) == sites
        assert count(connection, "SELECT count(*) FROM support_sitestart") == sites
        assert count(connection, "SELECT count(DISTINCT territory_id) FROM territories_staffmeans") == 3


def test_sign_ins_lead_to_the_largest_site_and_the_largest_territory(country: Loaded) -> None:
    running = (
        "SELECT {} FROM people_support p JOIN territories_site s ON s.id = p.site_id"
        " WHERE p.superseded_at IS NULL AND upper_inf(p.valid) GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
    )
    mission = (
        "SELECT m.site_id, m.territory_id FROM territories_mission m JOIN access_user u ON u.id = m.user_id"
        " WHERE u.email = %s AND m.valid @> %s"
    )
    with country.connected() as connection:
        (site,) = connection.execute(running.format("p.site_id").encode()).fetchone() or (None,)
        (territory,) = connection.execute(running.format("s.territory_id").encode()).fetchone() or (None,)
        for role, (_, email, _) in zip(Role, country.sign_ins, strict=False):
            place = connection.execute(mission, [email, today()]).fetchone()
            expected = (
                (site, None) if role in SITE_ROLES else (None, territory) if role in TERRITORY_ROLES else (None, None)
            )
            assert place == expected


def test_each_territory_has_a_network_and_an_officer_to_try_with_her_domains(country: Loaded) -> None:
    with country.connected() as connection:
        partners = connection.execute("SELECT count(*) FROM network_partner GROUP BY territory_id").fetchall()
        assert len(partners) == 3
        assert sum(number for (number,) in partners) == pytest.approx(PEOPLE / 5, abs=3)
        elsewhere = (
            "SELECT count(*) FROM referrals_referral r LEFT JOIN network_offer o ON o.id = r.offer_id"
            " WHERE r.territory_id <> o.territory_id OR r.domain <> o.domain OR (o.id IS NULL) <> (r.state = 'asked')"
        )
        assert count(connection, elsewhere) == 0
        officers = [row for row in country.sign_ins if row[0].startswith(Role.PARTNERSHIP_OFFICER.label)]
        there = connection.execute(
            "SELECT m.territory_id, count(DISTINCT p.domains) FROM access_user u"
            " JOIN territories_mission m ON m.user_id = u.id JOIN territories_portfolio p ON p.mission_id = m.id"
            " WHERE u.email = ANY (%s) GROUP BY 1",
            [[email for _, email, _ in officers]],
        ).fetchall()
        assert len(there) == 3
        # Both officers of Paris and of the largest territory.
        assert sorted(number for _, number in there) in ([1, 1, 2], [1, 2, 2])


def test_what_was_made_readable_is_what_a_rebuild_makes(country: Loaded) -> None:
    rows = "SELECT scope_id, person_id, compartment, may_write, valid, origin, origin_id FROM access_readable"
    with country.connected() as connection:
        made = sorted(connection.execute(rows).fetchall(), key=str)
        connection.execute("DELETE FROM access_readable")
        # One row more of each source, taken back at once: the triggers make what they follow anew.
        connection.execute("UPDATE people_support SET source = source")
        connection.execute("UPDATE people_assignment SET source = source")
        connection.execute("UPDATE people_candidate SET source = source")
        assert sorted(connection.execute(rows).fetchall(), key=str) == made
        connection.rollback()
        assert len(made) > PEOPLE


def test_the_same_seed_loads_the_same_facts(country: Loaded, database: str, tmp_path: Path) -> None:
    again = demo(database, tmp_path, "--people", str(PEOPLE), "--territories", "3", "--seed", "11")
    assert again.returncode == 0, again.stderr
    told = (
        "SELECT n.person_id, n.kind, n.given_name, n.family_name FROM people_personname n ORDER BY n.id",
        "SELECT person_id, aspect, value, missing, valid, recorded_at, superseded_at FROM situations_situation"
        " ORDER BY id",
        "SELECT person_id, site_id, kind, valid, weekly_hours FROM pathways_contract ORDER BY id",
        "SELECT person_id, kind, begins_on, due_on, about FROM support_alert ORDER BY id",
        "SELECT email FROM access_user ORDER BY id",
    )
    with country.connected() as one, psycopg.connect(url("maint", database)) as other:
        for query in told:
            found = one.execute(query.encode()).fetchall()
            assert found
            assert other.execute(query.encode()).fetchall() == found


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--people", "0"], "n’est pas un nombre de 1 à"),
        (["--people", "beaucoup"], "« beaucoup » n’est pas un nombre"),
        (["--territories", "-3"], "n’est pas"),
        (["--seed", "-1"], "n’est pas"),
        (["--seed", "douze"], "« douze » n’est pas une graine"),
        (["--parameters", "absent.toml"], "absent.toml"),
        (["--persons", "3"], "Cette commande n’est pas comprise"),
    ],
)
def test_a_wrong_option_is_said_before_any_database_is_opened(
    tmp_path: Path, options: list[str], sentence: str
) -> None:
    said = demo("none_of_this_name", tmp_path, *options)
    assert said.returncode == 1
    assert sentence in said.stderr
    assert said.stderr.count("\n") <= 2
    assert "Traceback" not in said.stderr


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ("[poeple]\nage_mean = 30\n", "poeple"),
        ("[people]\nstreet_path = 1.5\n", "street_path"),
        ("[meetings\n", "TOML"),
    ],
)
def test_a_wrong_parameter_is_named_before_any_database_is_opened(
    tmp_path: Path, parameters: str, sentence: str
) -> None:
    file = tmp_path / "essai.toml"
    file.write_text(parameters, encoding="utf-8")
    said = demo("none_of_this_name", tmp_path, "--parameters", str(file))
    assert said.returncode == 1
    assert sentence in said.stderr
    assert "Traceback" not in said.stderr


def test_parameters_from_which_nothing_can_be_drawn_leave_the_instance_empty(database: str, tmp_path: Path) -> None:
    file = tmp_path / "essai.toml"
    file.write_text(
        '[[paris.sites]]\nname = "Plus tard"\noperator = "Essai"\nscheme = "convergence"\npublic_body = false\n'
        "opened = 2999-01-01\nsizes = [{ on = 2999-01-01, people = 10 }]\n",
        encoding="utf-8",
    )
    said = demo(database, tmp_path, "--parameters", str(file))
    assert said.returncode == 1
    assert said.stderr.startswith("Aucun chantier n’est ouvert avant le ")
    assert "Traceback" not in said.stderr
    assert_empty(database, tmp_path)


def test_a_file_of_parameters_is_followed(database: str, tmp_path: Path) -> None:
    file = tmp_path / "essai.toml"
    file.write_text('[paris]\nname = "Essai (démonstration)"\n', encoding="utf-8")
    said = demo(database, tmp_path, "--parameters", str(file), "--people", "30")
    assert said.returncode == 0, said.stderr
    with psycopg.connect(url("maint", database)) as connection:
        assert connection.execute("SELECT name FROM territories_territory").fetchall() == [("Essai (démonstration)",)]
        assert count(connection, "SELECT count(DISTINCT person_id) FROM people_support") == 30


def test_one_person_is_enough(database: str, tmp_path: Path) -> None:
    said = demo(database, tmp_path, "--people", "1")
    assert said.returncode == 0, said.stderr
    with psycopg.connect(url("maint", database)) as connection:
        assert count(connection, "SELECT count(DISTINCT person_id) FROM people_support") == 1


def test_far_more_territories_than_people_are_loaded_with_the_sign_ins_that_there_are(
    database: str, tmp_path: Path
) -> None:
    said = demo(database, tmp_path, "--people", "5", "--territories", "20")
    assert said.returncode == 0, said.stderr
    roles = {role for role, _email, _password in json.loads((tmp_path / "demonstration.json").read_text())}
    assert {role.label for role in TERRITORY_ROLES} < roles


def test_sign_ins_that_cannot_be_kept_stop_the_load(database: str, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    (folder / "demonstration.json").mkdir(parents=True)
    said = demo(database, folder, "--people", "30")
    assert said.returncode == 1
    assert "Traceback" not in said.stderr
    assert "demonstration.json" in said.stderr
    assert_empty(database, tmp_path)


@pytest.mark.faults
@pytest.mark.parametrize("stop", ["-KILL", "-TERM", "-INT"])
def test_a_load_stopped_half_way_leaves_an_empty_instance_where_another_begins(
    database: str, tmp_path: Path, stop: str
) -> None:
    command = [sys.executable, "-m", "convergence", "demo", "--people", "5000", "--territories", "4"]
    environment = os.environ | {"DATABASE_URL": url("maint", database), "CONVERGENCE_DATA": str(tmp_path)}
    with psycopg.connect(url("maint", database), autocommit=True) as watching:
        before = set(watching.execute(STANDING).fetchall())
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            wait_until_people_are_being_written(watching)
            subprocess.run(["kill", stop, str(process.pid)], check=True)
            said, complained = process.communicate(timeout=60)
        finally:
            process.kill()
        assert process.returncode != 0
        assert "Traceback" not in complained
        if stop == "-INT":
            assert "Interrompu : la base est restée vide." in said
        wait_until_nobody_else_is_there(watching)
        assert set(watching.execute(STANDING).fetchall()) == before
    assert_empty(database, tmp_path)
    again = demo(database, tmp_path, "--people", "30")
    assert again.returncode == 0, again.stderr


def wait_until_people_are_being_written(watching: psycopg.Connection[tuple[object, ...]]) -> None:
    """COPY, seen from outside: its rows are nobody's before the commit."""
    for _ in range(600):
        if watching.execute("SELECT FROM pg_stat_progress_copy").fetchone() is not None:
            return
        time.sleep(0.05)
    pytest.fail("nothing was ever written")


def wait_until_nobody_else_is_there(watching: psycopg.Connection[tuple[object, ...]]) -> None:
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    for _ in range(600):
        if count(watching, others) == 0:
            return
        time.sleep(0.05)
    pytest.fail("the load's connection is still there")


def assert_empty(database: str, folder: Path) -> None:
    assert not (folder / "demonstration.json").is_file()
    with psycopg.connect(url("maint", database)) as connection:
        for table in (*TABLES, "access_user"):
            assert count(connection, f"SELECT count(*) FROM {table}") == 0
