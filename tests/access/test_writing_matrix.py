"""Who writes rows about whom: every table about persons, tried as every role, against the table of rights."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, ProgrammingError, connection, transaction
from psycopg.errors import InsufficientPrivilege

from convergence.access.models import User
from convergence.access.policies import PersonRows, PersonVersions
from convergence.access.rights import REFERENT_RIGHTS, SITE_RIGHTS
from convergence.people.models import Person
from convergence.platform.identity import assume
from convergence.vocabulary.roles import Role
from tests.access.matrix import check_section
from tests.builders import TODAY, World

Acting = Callable[[str], AbstractContextManager[None]]


@dataclass(frozen=True)
class Guarded:
    """A table about persons, and what its model says of writing in it."""

    table: str
    policy: PersonRows | PersonVersions
    columns: tuple[str, ...]

    @property
    def change(self) -> str:
        """How a row ceases to count: versions are superseded, derived rows are deleted, others never cease."""
        if isinstance(self.policy, PersonVersions):
            return f"UPDATE {self.table} SET superseded_at = now()"
        return f"DELETE FROM {self.table}"


def guarded_tables() -> list[Guarded]:
    found = []
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if isinstance(constraint, PersonRows | PersonVersions):
                columns = tuple(
                    str(field.column)
                    for field in model._meta.concrete_fields
                    if not field.generated and field.column != "id"
                )
                found.append(Guarded(model._meta.db_table, constraint, columns))
    return sorted(found, key=lambda guarded: guarded.table)


def sample_rows(guarded: Guarded, person: Person) -> dict[str, str]:
    """A row about the person for each compartment that the table holds of her, as JSON."""
    compartment = f"'{guarded.policy.compartment}'" if guarded.policy.compartment else "t.compartment"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT ON (1) {compartment}, to_jsonb(t)::text FROM {guarded.table} t"
            f" WHERE t.{guarded.policy.person} = %s ORDER BY 1",
            [person.pk],
        )
        return dict(cursor.fetchall())


def may(statement: str, parameters: list[Any]) -> bool:
    """Whether the policies let a statement through to some row; what it wrote is undone."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            reached: int = cursor.rowcount
            transaction.set_rollback(True)
    except IntegrityError:
        return True  # the policy is asked first: only then do two facts stand in each other's way
    except ProgrammingError as error:
        if not isinstance(error.__cause__, InsufficientPrivilege):
            raise
        return False
    return reached > 0


def insertion(guarded: Guarded) -> str:
    """Takes one parameter: the row as JSON."""
    columns = ", ".join(guarded.columns)
    source = f"jsonb_populate_record(NULL::{guarded.table}, %s)"
    return f"INSERT INTO {guarded.table} ({columns}) SELECT {columns} FROM {source}"


def may_change(guarded: Guarded, person: Person, compartment: str) -> bool:
    where = f" WHERE {guarded.policy.person} = %s"
    if not guarded.policy.compartment:
        return may(f"{guarded.change}{where} AND compartment = %s", [person.pk, compartment])
    return may(guarded.change + where, [person.pk])


def expected(guarded: Guarded, role: Role, compartment: str) -> tuple[bool, bool]:
    """(may insert, may change) a row about somebody of her own site, says the table of rights."""
    rights = [*SITE_RIGHTS, *REFERENT_RIGHTS]
    writes = guarded.policy.writable and any(
        cell.role == role and cell.compartment == compartment and cell.may_write for cell in rights
    )
    ceases = isinstance(guarded.policy, PersonVersions) or guarded.policy.derived
    return writes, writes and ceases


@pytest.fixture
def samples(world: World, acting_as: Acting) -> dict[int, list[tuple[Guarded, dict[str, str]]]]:
    with acting_as("maint"):
        return {
            person.pk: [(guarded, rows) for guarded in guarded_tables() if (rows := sample_rows(guarded, person))]
            for person in (world.anouk, world.sami)
        }


Samples = dict[int, list[tuple[Guarded, dict[str, str]]]]


def found(samples: Samples, person: Person, user: User) -> dict[tuple[str, str], tuple[bool, bool]]:
    """(may insert, may change) by table and compartment."""
    assume(user.pk, TODAY)
    return {
        (guarded.table, compartment): (may(insertion(guarded), [row]), may_change(guarded, person, compartment))
        for guarded, rows in samples[person.pk]
        for compartment, row in rows.items()
    }


def test_no_table_about_persons_is_left_out(world: World, samples: Samples) -> None:
    tried = {guarded.table for guarded, _rows in samples[world.anouk.pk]}
    assert {"people_person", "people_support", "people_personkey", "support_alert", "support_note"} <= tried
    assert {compartment for _guarded, rows in samples[world.anouk.pk] for compartment in rows} == {
        "identity",
        "contact",
        "hours",
        "work",
        "social",
        "health",
        "justice",
    }
    for person_id, tables in samples.items():
        for guarded, rows in tables:
            assert all(json.loads(row)[guarded.policy.person] == person_id for row in rows.values())


def test_each_role_writes_about_a_person_of_its_site_what_the_table_of_rights_says(
    world: World, samples: Samples
) -> None:
    wrote: dict[str, dict[Role, list[str]]] = {}
    for role in Role:
        outcome = found(samples, world.anouk, world.users[role])
        for guarded, rows in samples[world.anouk.pk]:
            for compartment in rows:
                got = outcome[guarded.table, compartment]
                assert got == expected(guarded, role, compartment), (guarded.table, role, compartment)
            wrote.setdefault(guarded.table, {})[role] = [
                "yes" if guarded.policy.compartment else compartment
                for compartment in rows
                if outcome[guarded.table, compartment][0]
            ]
    lines = [
        f"| {table} | {' | '.join(', '.join(by_role[role]) or '·' for role in Role)} |"
        for table, by_role in sorted(wrote.items())
    ]
    head = f"| table | {' | '.join(Role)} |\n|---|{'---|' * len(Role)}"
    check_section("writing", "\n".join([head, *lines]))


@pytest.mark.parametrize("role", list(Role))
def test_nobody_writes_about_a_person_of_another_site(world: World, samples: Samples, role: Role) -> None:
    assert set(found(samples, world.sami, world.users[role]).values()) == {(False, False)}
    assert set(found(samples, world.anouk, world.elsewhere[role]).values()) == {(False, False)}


@pytest.mark.parametrize("role", list(Role))
def test_a_mission_that_ended_writes_nothing(world: World, samples: Samples, role: Role) -> None:
    assert set(found(samples, world.anouk, world.former[role]).values()) == {(False, False)}


def test_nobody_in_particular_writes_nothing(world: World, samples: Samples) -> None:
    user = User(pk=None)
    assert set(found(samples, world.anouk, user).values()) == {(False, False)}


def test_a_row_cannot_be_moved_into_a_compartment_that_its_writer_writes(world: World, samples: Samples) -> None:
    """A situation of justice, said to be social, must not tell a support worker that another one stands there."""
    (row,) = [rows["justice"] for guarded, rows in samples[world.anouk.pk] if guarded.table == "situations_situation"]
    (situations,) = [g for g in guarded_tables() if g.table == "situations_situation"]
    assume(world.users[Role.SUPPORT_WORKER].pk, TODAY)
    disguised = json.dumps(json.loads(row) | {"compartment": "social"})
    told = pytest.raises(IntegrityError, match="situation_compartment_of_its_aspect")
    with told, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(insertion(situations), [disguised])
