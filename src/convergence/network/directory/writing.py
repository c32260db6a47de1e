"""Batches of rows, written by the database's functions in a few statements each."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from convergence.network.directory.models import Kind
from convergence.network.directory.validating import Judged, Problem

AT_ONCE = 1_000
"""Rows of a batch."""


class Verdict(NamedTuple):
    """What became of a good row: created, updated, same, older, reopened, duplicate or orphan.

    :param file, row: where the same identifier was met before, for a duplicate.
    """

    number: int
    word: str
    file: int | None
    row: int | None


def write(run: UUID, kind: Kind, file: int, rows: Sequence[tuple[int, Judged]]) -> list[Verdict]:
    """Create or update records, in the order of the rows; none is written twice by one import."""
    batch = ",".join(
        f'{{"row_number":{number},{_columns(judged)},"data":{judged.text}}}' for number, judged in rows if judged.text
    )
    name = "directory_write_structures" if kind is Kind.STRUCTURE else "directory_write_services"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {name}(%s, %s::smallint, %s::jsonb)", [run, file, f"[{batch}]"])  # noqa: S608
        return [Verdict(*verdict) for verdict in cursor.fetchall()]


def _columns(judged: Judged) -> str:
    columns = {"id": judged.external_id, "source": judged.source, "updated": judged.updated_on.isoformat()}
    if judged.structure_id:
        columns["structure"] = judged.structure_id
    return json.dumps(columns, ensure_ascii=False)[1:-1]


def saw(run: UUID, kind: Kind, file: int, refused: Sequence[tuple[int, Judged]]) -> None:
    """Refused rows that we know were met: a complete file does not close them."""
    known = [(judged.external_id, number) for number, judged in refused if judged.external_id]
    if not known:
        return
    ids, rows = zip(*known, strict=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT directory_saw(%s, %s, %s::smallint, %s, %s)", [run, kind, file, list(ids), list(rows)])


Told = tuple[int, str, Problem]
"""(row number, external id, problem)."""


def tell(run: UUID, kind: Kind, file: int, problems: Sequence[Told]) -> None:
    """Keep what was wrong, for the report."""
    if not problems:
        return
    columns: list[list[Any]] = [list(column) for column in zip(*_flat(problems), strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO network_refusedrow (import_id, file, kind, row, external_id, field, value, reason, kept)"
            " SELECT %s, %s, %s, * FROM unnest(%s::int[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bool[])",
            [run, file, kind, *columns],
        )


def _flat(problems: Sequence[Told]) -> Iterator[tuple[Any, ...]]:
    for number, external_id, problem in problems:
        yield number, external_id, problem.field, problem.value, problem.reason, problem.kept


def close(run: UUID, kind: Kind, source: str) -> int:
    """Close what a complete import of a source no longer holds; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT directory_close(%s, %s, %s)", [run, kind, source])
        (closed,) = cursor.fetchone()
    return int(closed)


def refresh_towns() -> None:
    """Put each town where its entries stand."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT directory_refresh_towns()")
