"""How fast an empty instance is loaded: people a second, step by step.

Loads drawn territories into a temporary data folder with a PostgreSQL of its own, as `./convergence demo` does, and
prints how long each step took, how many rows stand and how large the database is.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from convergence.cli import maintenance
from convergence.cli.drawing import SEED

_STEPS = {"Droits": "rights", "Clés": "keys, indexes and exclusions", "Échéances": "alerts"}


def main(arguments: Sequence[str]) -> int:
    """Load, and print the table."""
    parser = argparse.ArgumentParser(prog="./convergence bench load", description=__doc__)
    parser.add_argument("--people", type=int, default=None, help="people hired in all (Paris at its own size)")
    parser.add_argument("--territories", type=int, default=1, help="territories (1)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="convergence-load-") as folder, maintenance.as_maint(Path(folder)):
        _measure(options.people, options.territories)
    return 0


def _measure(people: int | None, territories: int) -> None:
    from convergence.cli.demo import loading
    from convergence.platform.clock import today

    began = time.monotonic()
    times = [("drawing and writing", began)]

    def say(line: str) -> None:
        step = next((name for start, name in _STEPS.items() if line.startswith(start)), None)
        if step:
            times.append((step, time.monotonic()))

    loading.load(today(), loading.Wanted(people, territories, SEED), say=say)
    ended = time.monotonic()
    written, rows, size = _counted()
    print("| Step | Seconds |\n|---|---|")
    ends = [moment for _, moment in times[1:]] + [ended]
    for (step, start), end in zip(times, ends, strict=True):
        print(f"| {step} | {end - start:.1f} |")
    print(f"\n{written:,} people, {rows:,} rows, {size} in {ended - began:.0f} s: ", end="")
    print(f"{written / (ended - began):.0f} people a second.")


def _counted() -> tuple[int, int, str]:
    """People, rows of every table that a load fills, size of the database."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM people_person")
        (people,) = cursor.fetchone()
        cursor.execute(
            "SELECT sum(reltuples)::bigint FROM pg_class WHERE relkind = 'r' AND reltuples > 0"
            " AND relnamespace = 'public'::regnamespace"
        )
        (rows,) = cursor.fetchone()
        cursor.execute("SELECT pg_size_pretty(pg_database_size(current_database()))")
        (size,) = cursor.fetchone()
    return people, rows, size


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
