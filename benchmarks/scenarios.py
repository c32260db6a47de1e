"""How long a million people take to project over sixty months with two hundred draws, and in how much memory.

Territories are drawn (simulation/), the model is fitted on them, and the stock is sized to the people asked for: cells
are territory × class × months since the entry × state, so that time does not grow with people but with cells.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Sequence
from datetime import date

import numpy as np

from convergence.analysis.dataset import SCHEMAS, Tables
from convergence.analysis.dataset.arrays import as_frame
from convergence.analysis.months import person_months
from convergence.analysis.profiles import profiles
from convergence.analysis.scenarios.classes import N_CLASSES, Classes
from convergence.analysis.scenarios.model import Model
from convergence.analysis.scenarios.observed import lives
from convergence.analysis.scenarios.population import Population
from convergence.analysis.scenarios.projection import project
from convergence.analysis.scenarios.reading import read_scenario
from convergence.analysis.scenarios.states import LONGEST, N_STATES
from convergence.simulation.model import blocks, layout
from convergence.simulation.parameters import parameters

_UNTIL = date(2026, 1, 1)


def main(arguments: Sequence[str]) -> int:
    """Draw, fit, project, and print the table."""
    parser = argparse.ArgumentParser(prog="./convergence bench scenarios", description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000, help="people in the projection (1,000,000)")
    parser.add_argument("--drawn", type=int, default=10_000, help="people hired on whom the model is fitted (10,000)")
    parser.add_argument("--territories", type=int, default=13, help="territories (13)")
    parser.add_argument("--months", type=int, default=60, help="months (60)")
    parser.add_argument("--draws", type=int, default=200, help="draws of the parameters (200)")
    parser.add_argument("--scenario", default=None, help="a scenario beside today, by its file or its name")
    parser.add_argument("--scheduler", default=None, help="tcp://host:port of a Dask cluster")
    options = parser.parse_args(arguments)
    tables = _drawn(options.drawn, options.territories)
    began = time.perf_counter(), time.process_time()
    model, population = _fitted(tables)
    fitted = time.perf_counter(), time.process_time()
    population = population.sized(options.people)
    held = _peak()
    chosen = [read_scenario(options.scenario)] if options.scenario else []
    made = project(
        model, population, chosen, months=options.months, draws=options.draws, seed=1, scheduler=options.scheduler
    )
    done = time.perf_counter(), time.process_time()
    cells = len(population.territories) * N_CLASSES * (LONGEST + 1) * N_STATES
    entries = np.mean([projection.tally.entries.sum((1, 2)).mean() for projection in made.values()])
    print("| Step | Seconds by the clock | Seconds of processor | Peak memory |\n|---|---:|---:|---:|")
    for name, before, after, peak in (
        (f"Months of {options.drawn:,} people, model fitted", began, fitted, held),
        ("Projection", fitted, done, _peak()),
    ):
        print(f"| {name} | {after[0] - before[0]:.1f} | {after[1] - before[1]:.1f} | {peak:.2f} GB |")
    print(
        f"\n{population.people:,.0f} people at the start and {entries:,.0f} who enter, {len(population.territories)} "
        f"territories, {cells:,} cells, {options.months} months, {options.draws} draws, {len(made)} scenarios."
    )
    return 0


def _drawn(people: int, territories: int) -> Tables:
    drawn, frames = parameters(), {}
    whole = layout(drawn, _UNTIL, people=people, territories=territories).tables
    parts = [block.tables for block in blocks(drawn, _UNTIL, people=people, territories=territories, seed=1)]
    for table, schema in SCHEMAS.items():
        arrays = [whole[table]] if table in whole else [part[table] for part in parts]
        frames[table] = as_frame(arrays, schema, table)
    return Tables.cast(frames)


def _fitted(tables: Tables) -> tuple[Model, Population]:
    as_of = date.fromordinal(_UNTIL.toordinal() - 1)
    people = profiles(tables)
    classes = Classes.fit(people)
    known = lives(tables, person_months(tables, as_of, months=LONGEST + 1), people, classes, "convergence")
    model = Model.fit_lives(known, classes, as_of)
    return model, Population.of(model, known)


def _peak() -> float:
    """Largest memory that the process had, in GB (Linux counts it in kB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
