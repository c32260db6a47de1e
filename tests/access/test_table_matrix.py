"""Every table that can lead to a person, read as every role: the first of the two matrices."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from convergence.access.models import User
from convergence.people.models import Candidate, Person
from convergence.platform.identity import assume
from convergence.vocabulary.roles import Role
from tests.access.catalogue import PERSON, granted_to, tables_leading_to_a_person
from tests.access.matrix import check_section
from tests.builders import TODAY, World

Acting = Callable[[str], AbstractContextManager[None]]


def rows_about(table: str, person: Person) -> int:
    column = "id" if table == PERSON else "person_id"
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table}" WHERE {column} = %s', [person.pk])
        return int(cursor.fetchone()[0])


def compartments_read(table: str, person: Person) -> str:
    """The compartments of the rows that are read, where each row names its own; empty elsewhere."""
    if "compartment" not in columns_of(table) or table == "access_readable":
        return ""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT DISTINCT compartment FROM "{table}" WHERE person_id = %s ORDER BY 1', [person.pk])
        return ", ".join(compartment for (compartment,) in cursor.fetchall())


def columns_of(table: str) -> set[str]:
    with connection.cursor() as cursor:
        return {column.name for column in connection.introspection.get_table_description(cursor, table)}


def readable_tables() -> list[str]:
    """Tables about persons that the web role may select from at all."""
    granted = granted_to("convergence_web")
    return [
        table.name
        for table in tables_leading_to_a_person()
        if "SELECT" in granted.get(table.name, set())
        and (table.name == PERSON or "person_id" in columns_of(table.name))
    ]


def test_every_table_that_leads_to_a_person_has_a_forced_policy(db: None) -> None:
    tables = tables_leading_to_a_person()
    assert PERSON in {table.name for table in tables}
    assert [table.name for table in tables if not table.forced] == []


def test_every_other_table_granted_to_the_web_role_is_a_known_library_s_or_has_a_policy(db: None) -> None:
    libraries = {
        "account_emailaddress",
        "account_emailconfirmation",
        "django_content_type",
        "django_migrations",
        "django_session",
        "mfa_authenticator",
        "procrastinate_events",
        "procrastinate_jobs",
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relforcerowsecurity"
        )
        forced = {name for (name,) in cursor.fetchall()}
    assert set(granted_to("convergence_web")) - forced == libraries


@pytest.mark.parametrize("role", ["convergence_web", "convergence_worker"])
def test_the_deployed_roles_bypass_nothing_and_own_nothing(db: None, role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = %s", [role])
        assert cursor.fetchone() == (False, False, False)
        cursor.execute(
            "SELECT count(*) FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = %s)",
            [role],
        )
        assert cursor.fetchone() == (0,)


def test_the_matrix_passes_over_no_empty_table(world: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        assert [table for table in readable_tables() if not rows_about(table, world.anouk)] == [
            "access_accessrecord"  # only the data-protection officer reads it, and nobody has looked yet
        ]


def test_each_role_reads_the_compartments_that_its_mission_gives_and_nothing_else(world: World) -> None:
    lines = []
    for table in readable_tables():
        cells = []
        for role in Role:
            assume(world.users[role].pk, TODAY)
            assert rows_about(table, world.sami) == 0, f"{role} reads {table} of a person of another site"
            cells.append(compartments_read(table, world.anouk) or ("yes" if rows_about(table, world.anouk) else "·"))
        lines.append(f"| {table} | {' | '.join(cells)} |")
    head = f"| table | {' | '.join(Role)} |\n|---|{'---|' * len(Role)}"
    check_section("tables", "\n".join([head, *lines]))


NAMED = {"people_person", "people_personname", "people_civilstatus"}
PATH = {
    f"pathways_{name}"
    for name in ("pathway", "contract", "pass", "officialpass", "suspension", "extension", "hoursderogation")
}
HOST_READS = NAMED | PATH | {"access_readable", "people_host", "pathways_placement", "pathways_training"}
CANDIDACY_READS = NAMED | {"access_readable", "people_personkey", "people_candidate"}


def tables_read(person: Person) -> set[str]:
    return {table for table in readable_tables() if rows_about(table, person)}


def test_a_host_reads_the_tables_that_its_page_shows_and_no_other(world: World) -> None:
    host = User.objects.get(given_name="Hôte")
    assume(host.pk, TODAY)
    assert tables_read(world.anouk) == HOST_READS


@pytest.mark.parametrize("role", [Role.COUNSELLOR, Role.SUPPORT_WORKER, Role.SITE_MANAGER])
def test_a_site_reads_the_path_of_somebody_whom_it_considers_and_only_her_name_after_a_refusal(
    world: World, acting_as: Acting, role: Role
) -> None:
    """Anouk is supported by the first site, which has rows about her everywhere, candidacies included."""
    until = DateRange(TODAY - timedelta(days=30), TODAY + timedelta(days=700))
    with acting_as("maint"):
        candidate = Candidate.objects.create(person=world.anouk, site=world.other_site, valid=until)
    assume(world.elsewhere[role].pk, TODAY)
    assert tables_read(world.anouk) == CANDIDACY_READS | PATH
    with acting_as("maint"):
        Candidate.objects.filter(pk=candidate.pk).update(closed_from=TODAY)
    assume(world.elsewhere[role].pk, TODAY)
    assert tables_read(world.anouk) == CANDIDACY_READS


@pytest.mark.parametrize("role", list(Role))
def test_a_mission_that_ended_reads_nothing(world: World, role: Role) -> None:
    assume(world.former[role].pk, TODAY)
    for table in readable_tables():
        for person in (world.anouk, world.sami, world.rosa):
            assert rows_about(table, person) == 0, table


@pytest.mark.parametrize("role", list(Role))
def test_the_former_team_reads_up_to_the_last_day_and_not_after(world: World, role: Role) -> None:
    user, yesterday = world.users[role], TODAY.replace(day=TODAY.day - 1)
    for table in readable_tables():
        assume(user.pk, yesterday)
        before = rows_about(table, world.rosa)
        reads_anouk = rows_about(table, world.anouk)
        assume(user.pk, TODAY)
        after = rows_about(table, world.rosa)
        assert after == 0, table
        assert bool(before) == bool(reads_anouk) or table in {"people_assignment", "access_readable"}, table


def test_an_unset_identity_on_a_reused_connection_reads_nothing_and_raises_nothing(world: World) -> None:
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    assert rows_about(PERSON, world.anouk) == 1
    assume(None, TODAY)
    for table in readable_tables():
        assert rows_about(table, world.anouk) == 0


def test_a_closed_account_reads_nothing(world: World, acting_as: Acting) -> None:
    counsellor = world.users[Role.COUNSELLOR]
    with acting_as("maint"):
        User.objects.filter(pk=counsellor.pk).update(is_active=False)
    assume(counsellor.pk, TODAY)
    assert rows_about(PERSON, world.anouk) == 0
