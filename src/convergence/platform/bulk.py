"""Loading empty tables in bulk, as *maint*: what checks or follows each row stands aside, and comes back once."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice

from django.db import connection

NULL = "\\N"
_AT_ONCE = 4_000
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


@contextmanager
def set_aside(tables: Sequence[str]) -> Iterator[None]:
    """Empty tables without keys, indexes, exclusions and triggers for the length of the block; checks stay.

    They come back, verified against every row, when the block ends well; after an exception the transaction is to be
    rolled back. Nothing of it can be committed half-way: the database refuses.

    :raises django.db.DatabaseError: a table that holds rows; rows that a key, exclusion or reference refuses.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT platform_set_aside(VARIADIC %s::regclass[])", [list(tables)])
        yield
        cursor.execute("SELECT platform_put_back()")


def escaped(words: str) -> str:
    """Any text as COPY reads it."""
    return words.translate(_ESCAPED)


def copy_columns(table: str, columns: Mapping[str, Sequence[str]], *, frozen: bool = False) -> None:
    """COPY columns of equal length, already in PostgreSQL's text format.

    :param frozen: rows are written as they will stay, so that whoever reads them next has nothing to tidy up; only
        into a table that this transaction has set aside.
    :raises django.db.DatabaseError: a row that a type, a check or a key refuses.
    """
    rows = map("\t".join, zip(*columns.values(), strict=True))
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN{' WITH (FREEZE)' if frozen else ''}"
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        while some := list(islice(rows, _AT_ONCE)):
            copy.write("\n".join(some) + "\n")
