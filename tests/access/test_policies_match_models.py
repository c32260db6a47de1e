"""The policies, grants and rights that the database holds are those that the code says, to the letter."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.backends.postgresql.psycopg_any import DateRange

from convergence.access.models import Readable, Scope, SiteRight
from convergence.access.rights import (
    CANDIDATE_RIGHTS,
    HOST_COMPARTMENTS,
    REFERENT_RIGHTS,
    SHARED_COMPARTMENTS,
    SITE_RIGHTS,
    Right,
)
from convergence.people import rights
from convergence.platform.policies import RowPolicy
from convergence.territories.models import Mission
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.domains import Domain
from convergence.vocabulary.roles import Role
from tests.builders import LONG_AGO, World, make_user, open_ended

Acting = Callable[[str], AbstractContextManager[None]]


def policy_of(model: type[models.Model]) -> RowPolicy | None:
    found = [constraint for constraint in model._meta.constraints if isinstance(constraint, RowPolicy)]
    assert len(found) <= 1, f"{model.__name__} says twice who reaches its rows"
    return found[0] if found else None


GUARDED = {model._meta.db_table: policy for model in apps.get_models() if (policy := policy_of(model))}


def held(table: str) -> dict[str, set[Any]]:
    """Policies, grants (table and columns), flags and triggers of a table, as the catalogue tells them."""
    queries = {
        "policies": "SELECT policyname, permissive, roles::text, cmd, qual, with_check FROM pg_policies"
        " WHERE tablename = %s",
        "grants": "SELECT grantee::regrole::text, privilege_type, NULL FROM pg_class c, aclexplode(c.relacl)"
        " WHERE c.oid = %s::regclass"
        " UNION SELECT grantee::regrole::text, privilege_type, attname FROM pg_attribute a, aclexplode(a.attacl)"
        " WHERE a.attrelid = %s::regclass",
        "flags": "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass",
        "triggers": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger"
        " WHERE tgrelid = %s::regclass AND tgname = 'stamp'",
    }
    with connection.cursor() as cursor:
        found = {}
        for name, query in queries.items():
            cursor.execute(query, [table] * query.count("%s"))
            found[name] = set(cursor.fetchall())
    return found


def test_the_guarded_tables_are_not_forgotten() -> None:
    assert len(GUARDED) > 20
    assert {"people_person", "situations_situation", "access_accessrecord", "platform_job"} <= set(GUARDED)


@pytest.mark.parametrize("table", sorted(GUARDED))
def test_a_table_is_guarded_as_its_model_says(db: None, acting_as: Acting, table: str) -> None:
    before = held(table)
    with acting_as("owner"), connection.cursor() as cursor:
        for name, *_rest in before["policies"]:
            cursor.execute(f"DROP POLICY {name} ON {table}")
        cursor.execute(f"REVOKE ALL ON {table} FROM convergence_web, convergence_worker, convergence_maint")
        cursor.execute(f"DROP TRIGGER IF EXISTS stamp ON {table}")
        cursor.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        assert held(table) != before
        for statement in GUARDED[table].statements(table):
            cursor.execute(statement)
    assert held(table) == before


def test_no_policy_stands_on_a_table_that_no_model_guards(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tablename FROM pg_policies")
        assert {name for (name,) in cursor.fetchall()} == set(GUARDED)


def test_a_policy_that_changes_calls_for_a_migration() -> None:
    policy = RowPolicy(name="example", read="true")
    assert policy == RowPolicy(name="example", read="true")
    for other in (
        RowPolicy(name="example", read="false"),
        RowPolicy(name="example", read="true", insert="true"),
        RowPolicy(name="example", read="true", update="true", update_columns=["location"]),
    ):
        assert policy != other
        assert policy.deconstruct() != other.deconstruct()


def written_rights() -> set[tuple[str, str, str, bool]]:
    return set(SiteRight.objects.values_list("kind", "role", "compartment", "may_write"))


def said_rights() -> set[tuple[str, str, str, bool]]:
    return {
        (kind, cell.role.value, cell.compartment.value, cell.may_write)
        for kind, cells in (("site", SITE_RIGHTS), ("mission", REFERENT_RIGHTS), ("candidacy", CANDIDATE_RIGHTS))
        for cell in cells
    } | {
        (kind, role, compartment.value, False)
        for kind, roles, compartments in (
            ("host", ["host"], HOST_COMPARTMENTS),
            ("domain", [domain.value for domain in Domain], SHARED_COMPARTMENTS),
        )
        for role in roles
        for compartment in compartments
    }


def test_the_database_holds_the_table_of_rights_of_the_code(world: World, acting_as: Acting) -> None:
    with acting_as("owner"):
        assert written_rights() == said_rights()
        assert rights.write_rights("default") is False


def readable() -> set[tuple[Any, ...]]:
    return set(Readable.objects.values_list("scope_id", "person_id", "compartment", "may_write", "valid", "origin"))


def test_a_right_that_changes_reaches_readable_and_every_existing_site_and_mission(
    world: World, acting_as: Acting, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = [cell for cell in SITE_RIGHTS if cell != (Role.SUPPORT_WORKER, Compartment.HEALTH, True)]
    monkeypatch.setattr(rights, "SITE_RIGHTS", [*kept, Right(Role.COORDINATOR, Compartment.IDENTITY, False)])
    monkeypatch.setattr(
        rights, "REFERENT_RIGHTS", [*REFERENT_RIGHTS, Right(Role.SUPPORT_WORKER, Compartment.JUSTICE, False)]
    )
    supervisor_scopes = Scope.objects.filter(kind="mission", role=Role.SUPPORT_WORKER)
    with acting_as("owner"):
        before = readable()
        assert not supervisor_scopes.exists()
        assert rights.write_rights("default") is True
        after = readable()
        missions = set(Mission.objects.filter(role=Role.SUPPORT_WORKER).values_list("pk", flat=True))
        assert set(supervisor_scopes.values_list("holder_id", flat=True)) == missions
        health = Scope.objects.get(kind="site", holder_id=world.site.pk, role=Role.SUPPORT_WORKER)
        coordination = Scope.objects.get(kind="site", holder_id=world.site.pk, role=Role.COORDINATOR)
    open_over = DateRange(LONG_AGO, None)
    assert (health.pk, world.anouk.pk, "health", True, open_over, "support") in before - after
    assert (coordination.pk, world.anouk.pk, "identity", False, open_over, "support") in after - before
    monkeypatch.undo()
    with acting_as("owner"):
        assert rights.write_rights("default") is True
        assert readable() == before


def test_a_new_mission_and_a_new_site_find_their_scopes_at_once(world: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        mission = Mission.objects.create(
            user=make_user("Seconde"), role=Role.COUNSELLOR, site=world.site, valid=open_ended()
        )
    with acting_as("owner"):
        assert Scope.objects.filter(kind="mission", holder_id=mission.pk, role=Role.COUNSELLOR).count() == 1
        site_roles = set(Scope.objects.filter(kind="site", holder_id=world.site.pk).values_list("role", flat=True))
    assert site_roles == {cell.role.value for cell in SITE_RIGHTS}
