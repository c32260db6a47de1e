"""Policies of the tables that lead to a person: need-to-know as conditions on ``readable``."""

from collections.abc import Sequence
from typing import Any

from convergence.platform.policies import SCOPES, TODAY, RowPolicy, VersionRows
from convergence.vocabulary.compartments import Compartment


def reaches(table: str, person: str, compartment: str, *, writing: bool = False) -> str:
    """SQL condition: one of the actor's scopes reads (or writes) this compartment of the person today.

    :param person: column of ``table`` that holds the person's id.
    :param compartment: SQL expression of the compartment: a quoted code, or a column of ``table``.
    """
    return (
        f"EXISTS (SELECT 1 FROM access_readable r WHERE r.person_id = {table}.{person}"
        f" AND r.compartment = {compartment} AND r.scope_id = ANY ({SCOPES})"
        f" AND r.valid @> {TODAY}{' AND r.may_write' if writing else ''})"
    )


def _conditions(policy: "PersonRows | PersonVersions", table: str, *, updated: bool) -> dict[str, str]:
    compartment = f"'{policy.compartment}'" if policy.compartment else f"{table}.compartment"
    write = reaches(table, policy.person, compartment, writing=True) if policy.writable else ""
    return {
        "SELECT": reaches(table, policy.person, compartment),
        "INSERT": write,
        "UPDATE": write if updated else "",
    }


class PersonRows(RowPolicy):
    """Rows about one person, in one compartment (a constant of the table, or a column of the row).

    :param compartment: the table's compartment; empty when each row names its own in ``compartment``.
    :param person: the column that holds the person's id.
    :param derived: rows that follow from facts, deleted and made anew by whoever may write there.
    :param writable: False where rows come from definer functions only.
    """

    def __init__(
        self,
        *,
        name: str,
        compartment: str = "",
        person: str = "person_id",
        derived: bool = False,
        writable: bool = True,
    ) -> None:
        super().__init__(name=name)
        self.compartment = Compartment(compartment).value if compartment else ""
        self.person = person
        self.derived = derived
        self.writable = writable

    def conditions(self, table: str) -> dict[str, str]:
        conditions = _conditions(self, table, updated=False)
        return conditions | ({"DELETE": conditions["INSERT"]} if self.derived else {})

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, arguments, keywords = super().deconstruct()
        return path, arguments, keywords | {"writable": self.writable}


class PersonVersions(VersionRows):
    """Versions about one person: only inserted and superseded; parameters as for ``PersonRows``.

    :param insert_if: one more SQL condition on new versions.
    """

    def __init__(
        self,
        *,
        name: str,
        compartment: str = "",
        person: str = "person_id",
        writable: bool = True,
        insert_if: str = "",
    ) -> None:
        super().__init__(name=name)
        self.compartment = Compartment(compartment).value if compartment else ""
        self.person = person
        self.writable = writable
        self.insert_if = insert_if

    def conditions(self, table: str) -> dict[str, str]:
        conditions = _conditions(self, table, updated=True)
        if self.insert_if:
            conditions["INSERT"] = f"{conditions['INSERT']} AND {self.insert_if}"
        return conditions

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, arguments, keywords = super().deconstruct()
        return path, arguments, keywords | {"writable": self.writable}


class PersonAtSiteVersions(PersonVersions):
    """Versions about a person at one site (``site_id`` of the row), on her working side.

    Whoever reads her working side through that site reads and writes them: of a candidate, she writes nothing else
    there. A team that supports the person elsewhere reads them only if ``read_elsewhere``.
    """

    def __init__(self, *, name: str, person: str = "person_id", read_elsewhere: bool = False, **options: Any) -> None:
        options.setdefault("compartment", Compartment.WORK.value)
        super().__init__(name=name, person=person, **options)
        self.read_elsewhere = read_elsewhere

    def conditions(self, table: str) -> dict[str, str]:
        here = (
            f"EXISTS (SELECT 1 FROM access_readable r JOIN access_scope s ON s.id = r.scope_id"
            f" WHERE r.person_id = {table}.{self.person} AND r.compartment = '{self.compartment}'"
            f" AND r.scope_id = ANY ({SCOPES}) AND r.valid @> {TODAY}"
            f" AND s.kind = 'site' AND s.holder_id = {table}.site_id)"
        )
        read = reaches(table, self.person, f"'{self.compartment}'") if self.read_elsewhere else here
        write = here if self.writable else ""
        return {"SELECT": read, "INSERT": write, "UPDATE": write}
