"""Tables loaded in bulk: all that checks them stands aside, and is back, to the letter, or nothing happened."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from convergence.platform.bulk import copy_columns, set_aside
from tests.builders import World
from tests.conftest import drop_database, make_database

Acting = Callable[[str], AbstractContextManager[None]]

TABLES = ["people_person", "people_support", "people_assignment", "access_readable", "support_note"]
STANDING = """
    SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated::text,
           condeferrable::text || condeferred::text
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace
     UNION ALL
    SELECT 'index', tablename, indexname, indexdef, '', '' FROM pg_indexes WHERE schemaname = 'public'
     UNION ALL
    SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(t.oid), tgenabled::text, ''
      FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
     WHERE NOT tgisinternal AND c.relnamespace = 'public'::regnamespace
     UNION ALL
    SELECT 'table', relname, '', coalesce(relacl::text, ''), relrowsecurity::text || relforcerowsecurity::text, ''
      FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
"""


def standing() -> set[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(STANDING)
        return set(cursor.fetchall())


def of_tables(found: set[tuple[Any, ...]], kind: str) -> set[str]:
    return {name for what, table, name, *_ in found if what == kind and table in TABLES}


@pytest.fixture
def maint(acting_as: Acting) -> Iterator[None]:
    with acting_as("maint"):
        yield


def test_keys_indexes_and_triggers_stand_aside_and_come_back_to_the_letter(maint: None) -> None:
    before = standing()
    with set_aside(TABLES):
        during = standing()
        assert of_tables(during, "index") == set()
        assert {
            definition for what, table, _, definition, *_ in during if what == "constraint" and table in TABLES
        } == {
            definition
            for what, table, _, definition, *_ in before
            if what == "constraint" and table in TABLES and definition.startswith(("CHECK", "NOT NULL", "TRIGGER"))
        }
        triggers = {enabled for what, table, _, _, enabled, _ in during if what == "trigger" and table in TABLES}
        assert triggers == {"D"}
    assert standing() == before
    assert of_tables(before, "index")
    assert of_tables(before, "trigger") == {"stamp", "readable", "assignment_followed_after"}


def test_rows_written_meanwhile_stand_and_keep_their_dates(maint: None) -> None:
    with set_aside(TABLES), connection.cursor() as cursor:
        cursor.execute("INSERT INTO people_person (created_at) VALUES ('2020-01-02 10:00+01') RETURNING id")
        (person,) = cursor.fetchone()
    with connection.cursor() as cursor:
        cursor.execute("SELECT created_at::date::text FROM people_person WHERE id = %s", [person])
        assert cursor.fetchone() == ("2020-01-02",)


def test_a_row_that_leads_nowhere_is_refused_when_keys_come_back(maint: None) -> None:
    before = standing()
    with pytest.raises(DatabaseError, match="foreign key"), transaction.atomic(), set_aside(TABLES):
        copy_columns(
            "support_note",
            {
                "series": ["00000000-0000-4000-8000-000000000001"],
                "recorded_at": ["2020-01-02 10:00"],
                "source": ["test"],
                "valid": ["[2020-01-02,2020-01-03)"],
                "person_id": ["-1"],
                "compartment": ["social"],
                "body": [r"\\x00"],
            },
            frozen=True,
        )
    assert standing() == before


def test_a_check_goes_on_checking(maint: None) -> None:
    with pytest.raises(DatabaseError, match="note_compartment"), transaction.atomic(), set_aside(TABLES):
        copy_columns(
            "support_note",
            {
                "series": ["00000000-0000-4000-8000-000000000001"],
                "recorded_at": ["2020-01-02 10:00"],
                "source": ["test"],
                "valid": ["[2020-01-02,2020-01-03)"],
                "person_id": ["1"],
                "compartment": ["identity"],
                "body": [r"\\x00"],
            },
            frozen=True,
        )


def test_a_failure_meanwhile_leaves_everything_in_its_place(maint: None) -> None:
    before = standing()
    with pytest.raises(ZeroDivisionError), transaction.atomic(), set_aside(TABLES):
        raise ZeroDivisionError
    assert standing() == before


def test_tables_that_hold_rows_are_refused_and_keep_them(world: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        before = standing()
        with pytest.raises(DatabaseError, match="holds rows"), transaction.atomic(), set_aside(["people_person"]):
            raise AssertionError("never reached")
        assert standing() == before
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM people_person")
            assert cursor.fetchone()[0] > 0


@pytest.mark.parametrize("table", ["pg_catalog.pg_class", "people_readable_source", "mine"])
def test_only_tables_of_the_instance_stand_aside(maint: None, table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE mine (id int)")
    with pytest.raises(DatabaseError, match="is not a table of ours"), transaction.atomic(), set_aside([table]):
        raise AssertionError("never reached")


def test_nothing_comes_back_that_was_not_set_aside(maint: None) -> None:
    with (
        pytest.raises(DatabaseError, match="nothing was set aside"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT platform_put_back()")


def test_what_maint_writes_in_its_place_is_never_run(maint: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE platform_aside (place integer, name text, takes text, gives text)")
        cursor.execute("INSERT INTO platform_aside VALUES (1, 'x', '', 'ALTER ROLE convergence_maint SUPERUSER')")
    with (
        pytest.raises(DatabaseError, match="nothing was set aside"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT platform_put_back()")
    with pytest.raises(DatabaseError, match="already exists"), transaction.atomic(), set_aside(TABLES):
        raise AssertionError("never reached")


@pytest.mark.parametrize("role", ["web", "worker"])
def test_the_roles_that_serve_people_set_nothing_aside(db: None, acting_as: Acting, role: str) -> None:
    for call in ("platform_set_aside('people_person')", "platform_put_back()"):
        with (
            acting_as(role),
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"SELECT {call}")


def test_a_commit_before_all_is_back_is_refused(worker_id: str) -> None:
    name = f"bulk_{worker_id}"
    make_database(name)
    address = os.environ["DATABASE_URL_MAINT"].replace("/convergence?", f"/{name}?")
    try:
        with psycopg.connect(address) as own:
            before = set(own.execute(STANDING).fetchall())
            own.commit()
            own.execute("SELECT platform_set_aside('support_note')")
            with pytest.raises(psycopg.Error, match="was not put back"):
                own.commit()
            assert set(own.execute(STANDING).fetchall()) == before
    finally:
        drop_database(name)
