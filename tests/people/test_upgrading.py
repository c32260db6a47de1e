"""A migration runs on a database that earlier ones have made, in a session of its own."""

import importlib
import os
from pathlib import Path

import psycopg
import pytest
from django.db.migrations import RunSQL

from convergence.people import migrations
from tests.conftest import TEMPLATE

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
