"""Policies of the tables that lead to a person: need-to-know as conditions on ``readable``."""

from collections.abc import Sequence
from typing import Any, ClassVar

from convergence.platform.policies import SCOPES, TODAY, RowPolicy, VersionRows
from convergence.vocabulary.compartments import Compartment


def reaches(
    table: str, person: str, compartment: str, *also: str, writing: bool = False, supporting: bool = False
) -> str:
    """SQL condition: one of the actor's scopes reads (or writes) this compartment of the person today.

    :param person: column of ``table`` that holds the person's id.
    :param compartment: SQL expression of the compartment: a quoted code, or a column of ``table``.
    :param also: codes of compartments of which one is enough, too.
    :param supporting: by a support of the actor's site alone: not because it considers her.
    """
    named = f"IN ({', '.join([compartment, *map(_quoted, also)])})" if also else f"= {compartment}"
    only = f"{' AND r.may_write' if writing else ''}{_BY_SUPPORT if supporting else ''}"
    return (
        f"EXISTS (SELECT 1 FROM access_readable r WHERE r.person_id = {table}.{person}"
        f" AND r.compartment {named} AND r.scope_id = ANY ({SCOPES})"
        f" AND r.valid @> {TODAY}{only})"
    )


_BY_SUPPORT = " AND r.origin = 'support'"


def _quoted(compartment: str) -> str:
    return f"'{Compartment(compartment).value}'"


def _conditions(policy: "PersonRows | PersonVersions", table: str, *, updated: bool) -> dict[str, str]:
    compartment = f"'{policy.compartment}'" if policy.compartment else f"{table}.compartment"
    asked = policy.person, compartment
    write = reaches(table, *asked, writing=True, supporting=policy.supporting) if policy.writable else ""
    return {
        "SELECT": reaches(table, *asked, *policy.also, supporting=policy.supporting),
        "INSERT": write,
        "UPDATE": write if updated else "",
    }


class PersonRows(RowPolicy):
    """Rows about one person, in one compartment (a constant of the table, or a column of the row).

    :param compartment: the table's compartment; empty when each row names its own in ``compartment``.
    :param person: the column that holds the person's id.
    :param derived: rows that follow from facts, deleted and made anew by whoever may write there.
    :param writable: False where rows come from definer functions only.
    :param also: parts of the file (``path``, ``hosted``) whose readers read these rows too, without writing them.
    """

    supporting: ClassVar[bool] = False

    def __init__(
        self,
        *,
        name: str,
        compartment: str = "",
        person: str = "person_id",
        derived: bool = False,
        writable: bool = True,
        also: Sequence[str] = (),
    ) -> None:
        super().__init__(name=name)
        self.compartment = Compartment(compartment).value if compartment else ""
        self.person = person
        self.derived = derived
        self.writable = writable
        self.also = tuple(also)

    def conditions(self, table: str) -> dict[str, str]:
        conditions = _conditions(self, table, updated=False)
        return conditions | ({"DELETE": conditions["INSERT"]} if self.derived else {})

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, arguments, keywords = super().deconstruct()
        return path, arguments, keywords | {"writable": self.writable}


class PersonVersions(VersionRows):
    """Versions about one person: only inserted and superseded; parameters as for ``PersonRows``.

    :param insert_if: one more SQL condition on new versions.
    :param supporting: reached by those whose site supports the person, not by those who only consider her.
    """

    def __init__(
        self,
        *,
        name: str,
        compartment: str = "",
        person: str = "person_id",
        writable: bool = True,
        insert_if: str = "",
        also: Sequence[str] = (),
        supporting: bool = False,
    ) -> None:
        super().__init__(name=name)
        self.compartment = Compartment(compartment).value if compartment else ""
        self.person = person
        self.writable = writable
        self.insert_if = insert_if
        self.also = tuple(also)
        self.supporting = supporting

    def conditions(self, table: str) -> dict[str, str]:
        conditions = _conditions(self, table, updated=True)
        if self.insert_if:
            conditions["INSERT"] = f"{conditions['INSERT']} AND {self.insert_if}"
        return conditions

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, arguments, keywords = super().deconstruct()
        return path, arguments, keywords | {"writable": self.writable}


class PersonAtSiteVersions(PersonVersions):
    """Versions about a person at one site (``site_id`` of the row): what its team notes of her as a candidate.

    Read and written by those who keep her working side at that site, or the candidacies that it received. A team that
    supports the person elsewhere reads them only if ``read_elsewhere``.
    """

    def __init__(self, *, name: str, person: str = "person_id", read_elsewhere: bool = False, **options: Any) -> None:
        options.setdefault("compartment", Compartment.WORK.value)
        super().__init__(name=name, person=person, **options)
        self.read_elsewhere = read_elsewhere

    def conditions(self, table: str) -> dict[str, str]:
        read = self._here(table)
        if self.read_elsewhere:
            read = f"{reaches(table, self.person, _quoted(self.compartment))} OR {read}"
        write = self._here(table, " AND r.may_write") if self.writable else ""
        return {"SELECT": read, "INSERT": write, "UPDATE": write}

    def _here(self, table: str, writing: str = "") -> str:
        return (
            f"EXISTS (SELECT 1 FROM access_readable r JOIN access_scope s ON s.id = r.scope_id"
            f" WHERE r.person_id = {table}.{self.person}"
            f" AND r.compartment IN ('{self.compartment}', '{Compartment.CANDIDACY.value}')"
            f" AND r.scope_id = ANY ({SCOPES}) AND r.valid @> {TODAY}{writing}"
            f" AND s.kind = 'site' AND s.holder_id = {table}.site_id)"
        )
