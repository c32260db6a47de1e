"""Row-level policies and grants, declared in a model's ``Meta.constraints`` and written by its migration.

A table's policy is part of its definition, reviewed and migrated with it. The deployed roles *web* and
*worker* share the same rules: a job acts for the person who asked for it. *owner* sees everything only so
that ``SECURITY DEFINER`` functions and migrations work; nobody signs in as owner.
See docs/decisions/0002-who-sees-what.md.
"""

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import BaseConstraint, Model

WEB_ROLES = "convergence_web, convergence_worker"

# Each is wrapped in a scalar sub-select so that it is evaluated once for a statement, and an unset or
# emptied setting means "nobody", never an error.
ACTOR = "(SELECT nullif(current_setting('app.actor', true), '')::bigint)"
TODAY = "(SELECT nullif(current_setting('app.today', true), '')::date)"
SCOPES = "(SELECT nullif(current_setting('app.scopes', true), '')::bigint[])::bigint[]"
ROLES = "(SELECT nullif(current_setting('app.roles', true), '')::text[])::text[]"
# A partner's link is an actor too: one referral, the offer that it is about, and whose offer it is.
LINK = "(SELECT nullif(current_setting('app.link', true), '')::uuid)"
LINK_OFFER = "(SELECT nullif(current_setting('app.offer', true), '')::bigint)"
LINK_PARTNER = "(SELECT nullif(current_setting('app.partner', true), '')::bigint)"

SIGNED_IN = f"{ACTOR} IS NOT NULL"
OWN_ROW = f"actor_id = {ACTOR}"


def holds_role(*roles: str) -> str:
    """SQL condition: the actor holds one of these roles today."""
    wanted = ", ".join(f"'{role}'" for role in roles)
    return f"{ROLES} && ARRAY[{wanted}]::text[]"


class RowPolicy(BaseConstraint):
    """Forces row-level security on a table and says, per verb, which rows the deployed roles reach.

    :param read, insert, update, delete: SQL conditions on the row; a verb without one is refused.
    :param update_columns: the only columns that may be changed (all of them when empty).
    """

    def __init__(
        self,
        *,
        name: str,
        read: str = "",
        insert: str = "",
        update: str = "",
        delete: str = "",
        update_columns: Sequence[str] = (),
    ) -> None:
        super().__init__(name=name)
        self.read, self.insert, self.update, self.delete = read, insert, update, delete
        self.update_columns = tuple(update_columns)

    def conditions(self, table: str) -> dict[str, str]:
        """SQL condition by verb; subclasses may derive them from the table's name."""
        return {"SELECT": self.read, "INSERT": self.insert, "UPDATE": self.update, "DELETE": self.delete}

    def statements(self, table: str) -> list[str]:
        sql = [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY {self.name}_owner ON {table} TO convergence_owner USING (true) WITH CHECK (true)",
            f"GRANT ALL ON {table} TO convergence_maint",
        ]
        for verb, condition in self.conditions(table).items():
            if not condition:
                continue
            columns = f" ({', '.join(self.update_columns)})" if verb == "UPDATE" and self.update_columns else ""
            clause = {
                "SELECT": f"USING ({condition})",
                "DELETE": f"USING ({condition})",
                "INSERT": f"WITH CHECK ({condition})",
                "UPDATE": f"USING ({condition}) WITH CHECK ({condition})",
            }[verb]
            sql += [
                f"GRANT {verb}{columns} ON {table} TO {WEB_ROLES}",
                f"CREATE POLICY {self.name}_{verb.lower()} ON {table} FOR {verb} TO {WEB_ROLES} {clause}",
            ]
        return sql

    # What Django asks of a constraint -------------------------------------------------------------

    def constraint_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        assert model is not None  # noqa: S101 - Django's signature allows None
        assert schema_editor is not None  # noqa: S101
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))
        return ""

    def create_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        assert model is not None  # noqa: S101 - Django's signature allows None
        return ";\n".join(self.statements(model._meta.db_table))

    def remove_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        assert model is not None  # noqa: S101 - Django's signature allows None
        table = model._meta.db_table
        names = [f"{self.name}_{verb}" for verb in ("owner", "select", "insert", "update", "delete")]
        drops = [f"DROP POLICY IF EXISTS {name} ON {table}" for name in names]
        return ";\n".join([*drops, f"REVOKE ALL ON {table} FROM {WEB_ROLES}"])

    def validate(self, model: Any, instance: Any, exclude: Any = None, using: str = "default") -> None:
        """Nothing to check in Python: the database refuses."""

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path = f"{self.__class__.__module__}.{self.__class__.__name__}"
        keywords = {key: value for key, value in vars(self).items() if value and not key.startswith("violation")}
        return path, (), keywords

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RowPolicy) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash((self.__class__, self.name))


class VersionRows(RowPolicy):
    """Rows that derive from ``Version``: only inserted and superseded, stamped by the database."""

    def __init__(self, *, name: str, read: str = "", insert: str = "", update: str = "") -> None:
        super().__init__(name=name, read=read, insert=insert, update=update, update_columns=("superseded_at",))

    def statements(self, table: str) -> list[str]:
        stamp = (
            f"CREATE OR REPLACE TRIGGER stamp BEFORE INSERT OR UPDATE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION platform_stamp_version()"
        )
        return [*super().statements(table), stamp]

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, arguments, keywords = super().deconstruct()
        keywords.pop("update_columns")
        return path, arguments, keywords
