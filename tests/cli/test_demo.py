"""Paris as typed: loaded into a fresh database by the *maint* role, seen through the deployed roles."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from convergence.cli.drawing import SEED
from convergence.platform.clock import today
from convergence.platform.sealing import unseal, unseal_for_instance, unwrap
from convergence.simulation.filing import file
from convergence.simulation.model import blocks
from convergence.simulation.network import networks
from convergence.simulation.network.catalogue import WORDS
from convergence.simulation.parameters import parameters
from convergence.vocabulary.domains import Domain
from convergence.vocabulary.roles import Role
from tests.conftest import drop_database, make_database
from tests.platform.test_bulk import STANDING

TABLES = (
    "territories_site",
    "territories_mission",
    "territories_staffmeans",
    "people_person",
    "people_personkey",
    "people_personname",
    "people_support",
    "pathways_contract",
    "situations_situation",
    "support_need",
    "support_contact",
    "support_note",
    "support_alert",
    "access_readable",
)


RECORDS = {
    "supports": "people_support",
    "pathways": "pathways_pathway",
    "contracts": "pathways_contract",
    "passes": "pathways_pass",
    "extensions": "pathways_extension",
    "situations": "situations_situation",
    "needs": "support_need",
    "contacts": "support_contact",
    "notes": "support_note",
    "referrals": "referrals_referral",
    "sharings": "people_sharing",
    "sought": "referrals_referralnote",
}
NETWORK = {
    "partners": "network_partner",
    "branches": "network_branch",
    "contacts": "network_contact",
    "agreements": "network_agreement",
    "offers": "network_offer",
    "capacities": "network_capacity",
    "exchanges": "network_exchange",
    "points": "network_sitepoint",
    "ways": "network_travel",
}


@dataclass
class Loaded:
    """A database that `demo` has filled, and what the command said."""

    name: str
    folder: Path
    said: subprocess.CompletedProcess[str]

    @property
    def sign_ins(self) -> list[list[str]]:
        found: list[list[str]] = json.loads((self.folder / "demonstration.json").read_text(encoding="utf-8"))
        return found

    @contextmanager
    def connected(self, role: str = "maint") -> Iterator[psycopg.Connection[Any]]:
        with psycopg.connect(url(role, self.name)) as connection:
            yield connection

    def counts(self) -> dict[str, int]:
        with self.connected() as connection:
            return {table: count(connection, f"SELECT count(*) FROM {table}") for table in TABLES}


def url(role: str, database: str) -> str:
    return os.environ[f"DATABASE_URL_{role.upper()}"].replace("/convergence?", f"/{database}?")


def count(connection: psycopg.Connection[Any], query: str, *parameters: Any) -> int:
    row = connection.execute(query, parameters).fetchone()
    assert row is not None
    return int(row[0])


def demo(database: str, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "convergence", "demo", *options],
        env=os.environ | {"DATABASE_URL": url("maint", database), "CONVERGENCE_DATA": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Loaded]:
    name, folder = f"demo_{worker_id}", tmp_path_factory.mktemp("demo")
    make_database(name)
    try:
        said = demo(name, folder)
        assert said.returncode == 0, said.stderr
        yield Loaded(name, folder, said)
    finally:
        drop_database(name)


def test_paris_is_loaded_with_its_four_sites_and_some_220_people_under_contract(loaded: Loaded) -> None:
    counts = loaded.counts()
    assert counts["territories_site"] == 4
    assert 1_000 <= counts["people_person"] == counts["people_personkey"] <= 2_000
    assert min(counts.values()) > 0
    with loaded.connected() as connection:
        working = "SELECT count(DISTINCT person_id) FROM pathways_contract WHERE site_id IS NOT NULL AND valid @> %s"
        assert 190 <= count(connection, working, today()) <= 250


def test_what_is_written_is_what_was_drawn(loaded: Loaded) -> None:
    drawn = {"people_person": 0} | dict.fromkeys(RECORDS.values(), 0)
    for block in blocks(parameters(), today(), seed=SEED):
        filed = file(block, parameters().means, today(), SEED)
        drawn["people_person"] += len(filed.people)
        for name, table in RECORDS.items():
            drawn[table] += len(filed.records[name].person)
    with loaded.connected() as connection:
        for table, rows in drawn.items():
            assert count(connection, f"SELECT count(*) FROM {table}") == rows > 0


def test_the_network_is_written_as_drawn_and_its_places_are_held_by_the_referrals_that_keep_one(loaded: Loaded) -> None:
    network = next(networks(parameters(), today(), seed=SEED))
    with loaded.connected() as connection:
        for name, table in NETWORK.items():
            rows = len(getattr(network, name)[0])
            assert count(connection, f"SELECT count(*) FROM {table}") == rows > 0
        states = (
            "SELECT count(*) FROM referrals_referral r WHERE r.superseded_at IS NULL AND r.state = ANY (%s) AND {} "
            "(SELECT FROM network_hold h WHERE h.referral = r.series AND h.offer_id = r.offer_id AND h.firm = %s)"
        )
        firm, asked = ["accepted", "started", "completed", "interrupted"], ["sent"]
        for which, is_firm in ((firm, True), (asked, False)):
            assert count(connection, states.format("EXISTS"), which, is_firm) > 0
            assert count(connection, states.format("NOT EXISTS"), which, is_firm) == 0
        kept = sum(
            count(connection, states.format("EXISTS"), which, is_firm)
            for which, is_firm in ((firm, True), (asked, False))
        )
        assert count(connection, "SELECT count(*) FROM network_hold") == kept


def test_what_was_said_with_partners_opens_under_the_key_of_the_instance(loaded: Loaded) -> None:
    with loaded.connected() as connection:
        sealed = connection.execute("SELECT words FROM network_exchange LIMIT 20").fetchall()
    assert {unseal_for_instance(words, "network_exchange.words") for (words,) in sealed} <= set(WORDS)


def test_what_a_partner_reads_of_somebody_is_sealed_with_her_key_and_names_the_offer(loaded: Loaded) -> None:
    with loaded.connected() as connection:
        shares = connection.execute(
            "SELECT s.person_id, k.wrapped, s.content, o.name, p.name FROM referrals_share s"
            " JOIN people_personkey k USING (person_id)"
            " JOIN referrals_referral r ON r.series = s.referral AND r.superseded_at IS NULL"
            " JOIN network_offer o ON o.id = r.offer_id JOIN network_partner p ON p.id = o.partner_id LIMIT 30"
        ).fetchall()
        without = (
            "SELECT count(*) FROM referrals_share s WHERE NOT EXISTS"
            " (SELECT FROM people_sharing g WHERE g.referral = s.referral)"
        )
        assert count(connection, without) == 0
    assert len(shares) == 30
    for person_id, wrapped, content, offer, partner in shares:
        told = json.loads(unseal(content, unwrap(wrapped, person_id), f"referrals_share.content:{person_id}"))
        assert (told["offer"], told["partner"]) == (offer, partner)
        assert told["lines"][0]["code"] == "name"


def test_each_officer_has_needs_to_find_an_offer_for_in_her_domains_alone(loaded: Loaded) -> None:
    with loaded.connected() as connection:
        covered = dict(
            connection.execute(
                "SELECT m.user_id, p.domains FROM territories_portfolio p"
                " JOIN territories_mission m ON m.id = p.mission_id WHERE m.valid @> %s",
                [today()],
            ).fetchall()
        )
    assert len(covered) == 2
    assert sorted(domain for domains in covered.values() for domain in domains) == sorted(Domain)
    for officer, domains in covered.items():
        with loaded.connected("web") as web:
            web.execute("SELECT identify(%s, %s)", [officer, today()])
            read = web.execute(
                "SELECT domain, state, count(*) FROM referrals_referral WHERE superseded_at IS NULL GROUP BY 1, 2"
            ).fetchall()
            assert {domain for domain, _, _ in read} <= set(domains)
            assert sum(number for _, state, number in read if state == "asked") > 0
            assert sum(number for _, state, number in read if state == "sent") > 0
            assert count(web, "SELECT count(*) FROM network_partner") > 200
            assert count(web, "SELECT count(*) FROM people_person") > 0
            assert count(web, "SELECT count(*) FROM support_note") == 0


def test_one_site_has_a_handful_of_what_the_model_does_not_draw(loaded: Loaded) -> None:
    with loaded.connected() as connection:
        for table, least in {
            "pathways_training": 5,
            "pathways_amendment": 1,
            "people_host": 1,
            "support_groupattendance": 12,
            "support_thirdparty": 1,
            "support_thirdpartywarning": 1,
            "support_fundanswer": 16,
        }.items():
            assert least <= count(connection, f"SELECT count(*) FROM {table}") <= 20, table
            assert count(connection, f"SELECT count(*) FROM {table} WHERE recorded_by_id IS NULL") == 0
        host, person = connection.execute("SELECT user_id, person_id FROM people_host").fetchone() or (None, None)
    with loaded.connected("web") as web:
        web.execute("SELECT identify(%s, %s)", [host, today()])
        assert web.execute("SELECT id FROM people_person").fetchall() == [(person,)]


def test_everybody_has_a_usual_name_that_stands_and_a_site_that_supports_or_considers_her(loaded: Loaded) -> None:
    with loaded.connected() as connection:
        for missing in (
            "SELECT count(*) FROM people_person p WHERE NOT EXISTS (SELECT FROM people_personname n"
            " WHERE n.person_id = p.id AND n.kind = 'usual' AND n.superseded_at IS NULL)",
            "SELECT count(*) FROM people_person p WHERE NOT EXISTS (SELECT FROM people_support s"
            " WHERE s.person_id = p.id AND s.superseded_at IS NULL) AND NOT EXISTS (SELECT FROM people_candidate c"
            " WHERE c.person_id = p.id AND c.superseded_at IS NULL AND (c.valid @> current_date))",
            "SELECT count(*) FROM people_support p WHERE NOT EXISTS (SELECT FROM people_assignment a"
            " JOIN territories_mission m ON m.id = a.mission_id AND m.role = 'counsellor'"
            " WHERE a.person_id = p.person_id)",
            "SELECT count(*) FROM people_person p WHERE NOT EXISTS (SELECT FROM people_civilstatus c"
            " WHERE c.person_id = p.id AND c.superseded_at IS NULL)",
        ):
            assert count(connection, missing) == 0


def test_keys_indexes_and_triggers_stand_as_in_an_empty_instance(loaded: Loaded, worker_id: str) -> None:
    name = f"empty_{worker_id}"
    make_database(name)
    try:
        with psycopg.connect(url("maint", name)) as empty, loaded.connected() as full:
            expected = set(empty.execute(STANDING).fetchall())
            assert set(full.execute(STANDING).fetchall()) == expected
            assert len(expected) > 300
    finally:
        drop_database(name)


def test_alerts_are_those_that_a_change_of_facts_would_make(loaded: Loaded) -> None:
    """Facts are read again through the screens' own way, person by person, for a few people."""
    script = (
        "import django; django.setup()\n"
        "from django.db import transaction\n"
        "from convergence.platform.clock import today\n"
        "from convergence.support.alerts import alert_of\n"
        "from convergence.support.gathering import facts_of\n"
        "from convergence.support.models import Alert\n"
        "from convergence.rules.alerts import alerts_of\n"
        "people = sorted(set(Alert.objects.values_list('person_id', flat=True)))\n"
        "assert len(people) > 150\n"
        "for person, facts in facts_of(people).items():\n"
        "    stored = [alert_of(row) for row in Alert.objects.filter(person_id=person)]\n"
        "    key = lambda alert: (alert.kind, alert.begins_on, alert.due_on, sorted(alert.about.items()))\n"
        "    assert sorted(stored, key=key) == sorted(alerts_of(facts, today()), key=key)\n"
    )
    environment = os.environ | {
        "DATABASE_URL": url("maint", loaded.name),
        "CONVERGENCE_DATA": str(loaded.folder),
        "DJANGO_SETTINGS_MODULE": "convergence.platform.settings",
    }
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_loading_twice_is_refused_in_one_line_and_changes_nothing(loaded: Loaded) -> None:
    before, sign_ins = loaded.counts(), loaded.sign_ins
    again = demo(loaded.name, loaded.folder)
    assert again.returncode == 1
    assert again.stderr == "La base contient déjà un territoire : la démonstration n’a pas été chargée.\n"
    assert loaded.counts() == before
    assert loaded.sign_ins == sign_ins


def test_each_role_has_one_sign_in_with_a_mission_today(loaded: Loaded) -> None:
    assert [role for role, _, _ in loaded.sign_ins[: len(Role)]] == [role.label for role in Role]
    (other, *_), (host, *_) = loaded.sign_ins[len(Role) :]
    assert other.startswith("Partenariats, Paris (démonstration) (")
    assert host == "Structure qui accueille une personne"
    with loaded.connected() as connection:
        for role, (_, email, password) in zip(Role, loaded.sign_ins, strict=False):
            held = (
                "SELECT count(*) FROM territories_mission m JOIN access_user u ON u.id = m.user_id"
                " WHERE u.email = %s AND u.is_active AND m.role = %s AND m.valid @> %s"
            )
            assert count(connection, held, email, role.value, today()) == 1
            assert email in loaded.said.stdout
            assert password in loaded.said.stdout
    assert len({password for _, _, password in loaded.sign_ins}) == 1


def test_nobody_reads_the_sign_ins_but_their_owner(loaded: Loaded) -> None:
    assert (loaded.folder / "demonstration.json").stat().st_mode & 0o077 == 0


def test_a_counsellor_sees_the_people_and_candidates_of_her_site_only(loaded: Loaded) -> None:
    email = next(email for role, email, _ in loaded.sign_ins if role == Role.COUNSELLOR.label)
    with loaded.connected() as maint:
        counsellor, site = maint.execute(
            "SELECT u.id, m.site_id FROM access_user u JOIN territories_mission m ON m.user_id = u.id"
            " WHERE u.email = %s",
            [email],
        ).fetchone() or (None, None)
        supported = maint.execute(
            "SELECT person_id FROM people_support WHERE site_id = %(site)s AND superseded_at IS NULL"
            " AND valid @> %(on)s UNION SELECT person_id FROM people_candidate WHERE site_id = %(site)s"
            " AND superseded_at IS NULL AND valid @> %(on)s ORDER BY person_id",
            {"site": site, "on": today()},
        ).fetchall()
        everybody = count(maint, "SELECT count(*) FROM people_person")
    with loaded.connected("web") as web:
        web.execute("SELECT identify(%s, %s)", [counsellor, today()])
        assert web.execute("SELECT id FROM people_person ORDER BY id").fetchall() == supported
        assert count(web, "SELECT count(*) FROM support_alert") > 0
    assert 0 < len(supported) < everybody / 2


def test_nobody_in_particular_sees_nobody(loaded: Loaded) -> None:
    with loaded.connected("web") as web:
        web.execute("SELECT identify(NULL, %s)", [today()])
        assert count(web, "SELECT count(*) FROM people_person") == 0


def test_what_the_triggers_made_readable_is_what_a_rebuild_makes(loaded: Loaded) -> None:
    rows = "SELECT scope_id, person_id, compartment, may_write, valid, origin, origin_id FROM access_readable"
    with loaded.connected() as connection:
        made = Counter(connection.execute(rows).fetchall())
        assert count(connection, "SELECT rebuild_readable()") == made.total() > 0
        assert Counter(connection.execute(rows).fetchall()) == made
        connection.rollback()


def test_facts_keep_the_day_they_were_learnt_and_their_author(loaded: Loaded) -> None:
    with loaded.connected() as connection:
        assert count(connection, "SELECT count(*) FROM situations_situation WHERE recorded_at >= %s", today()) == 0
        assert count(connection, "SELECT count(*) FROM situations_situation WHERE superseded_at IS NOT NULL") > 0
        assert count(connection, "SELECT count(*) FROM people_person WHERE created_at >= %s", today()) == 0
        assert count(connection, "SELECT count(*) FROM support_note WHERE recorded_by_id IS NULL") == 0


def test_words_open_under_the_key_of_the_person_alone(loaded: Loaded) -> None:
    with loaded.connected() as connection:
        notes = connection.execute(
            "SELECT k.person_id, k.wrapped, n.body"
            " FROM support_note n JOIN people_personkey k USING (person_id) LIMIT 50"
        ).fetchall()
    assert len({wrapped for _, wrapped, _ in notes}) > 1
    for person_id, wrapped, body in notes:
        assert unseal(body, unwrap(wrapped, person_id), f"support_note.body:{person_id}").endswith(".")


def test_what_a_command_without_an_address_fills_is_the_data_folder(tmp_path: Path) -> None:
    folder = tmp_path / "données à part"
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "CONVERGENCE"))
    }
    command = [sys.executable, "-m", "convergence", "demo", "--people", "50", "--data", str(folder)]
    first = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert first.returncode == 0, first.stderr
    assert "@convergence.example" in first.stdout
    assert (folder / "demonstration.json").exists()
    again = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert again.returncode == 1
    assert "déjà un territoire" in again.stderr
