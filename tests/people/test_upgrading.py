"""A migration runs on a database that earlier ones have made, in a session of its own."""

import importlib
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.migrations import RunSQL

from convergence.people import migrations
from convergence.people.models import Candidate
from tests.builders import LONG_AGO, World
from tests.conftest import TEMPLATE

Acting = Callable[[str], AbstractContextManager[None]]

NAMED = [path.stem for path in sorted(Path(next(iter(migrations.__path__))).glob("[0-9]*.py"))]
LATER = [name for name in NAMED if name > "0002_readable"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", LATER)
def test_what_names_a_setting_of_an_extension_calls_it_first(name: str) -> None:
    """The first migration that needs the library loads it; on a database already there, nobody has."""
    module = importlib.import_module(f"{migrations.__name__}.{name}")
    statements = [operation.sql for operation in module.Migration.operations if isinstance(operation, RunSQL)]
    if not any("SET pg_trgm." in str(sql) for sql in statements):
        return
    owner = os.environ["DATABASE_URL_OWNER"].replace("/convergence?", f"/{TEMPLATE}?")
    with psycopg.connect(owner) as session:
        for sql in statements:
            session.execute(str(sql).replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION").encode())
        session.rollback()


def test_a_candidacy_closed_before_the_day_was_kept_is_closed_since_it_was_noted(
    world: World, acting_as: Acting
) -> None:
    noted = datetime(2026, 3, 2, 10, tzinfo=UTC)
    valid = {
        "open": DateRange(LONG_AGO, None),
        "refused": DateRange(LONG_AGO, date(2028, 3, 2)),
        "started": DateRange(LONG_AGO, date(2026, 2, 2)),
    }
    with acting_as("maint"):
        kept = {
            what: Candidate.objects.create(
                person=person, site=world.other_site, valid=valid[what], recorded_at=noted, superseded_at=closed
            ).pk
            for what, person, closed in (
                ("open", world.anouk, None),
                ("refused", world.sami, noted),
                ("started", world.rosa, None),
            )
        }
    module = importlib.import_module(f"{migrations.__name__}.0017_path_of_candidates")
    with acting_as("owner"), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # written in the same transaction here, unlike in an upgrade
        cursor.execute(module.CLOSED)
        rows = Candidate.objects.in_bulk(kept.values())
    assert {what: rows[pk].closed_from for what, pk in kept.items()} == {
        "open": None,
        "refused": date(2026, 3, 2),
        "started": date(2026, 2, 2),
    }
    assert rows[kept["open"]].superseded_at is None
    assert rows[kept["refused"]].superseded_at == noted
