"""How long a million people take to project over sixty months with two hundred draws, and in how much memory.

Territories are drawn (simulation/), the model is fitted on them, and the stock is sized to the people asked for: cells
are territory × class × months since the entry × state, so that time does not grow with people but with cells.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from datetime import date

import numpy as np

from benchmarks.parts.people import drawn, peak
from convergence.analysis.dataset import Tables
from convergence.analysis.months import person_months
from convergence.analysis.profiles import profiles
from convergence.analysis.scenarios.classes import N_CLASSES, Classes
from convergence.analysis.scenarios.model import Model
from convergence.analysis.scenarios.observed import lives
from convergence.analysis.scenarios.population import Population
from convergence.analysis.scenarios.projection import project
from convergence.analysis.scenarios.reading import read_scenario
from convergence.analysis.scenarios.states import LONGEST, N_STATES

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
    tables = drawn(_UNTIL, options.drawn, options.territories)
    began = time.perf_counter(), time.process_time()
    model, population = _fitted(tables)
    fitted = time.perf_counter(), time.process_time()
    population = population.sized(options.people)
    held = peak()
    chosen = [read_scenario(options.scenario)] if options.scenario else []
    made = project(
        model, population, chosen, months=options.months, draws=options.draws, seed=1, scheduler=options.scheduler
    )
    done = time.perf_counter(), time.process_time()
    cells = len(population.territories) * N_CLASSES * (LONGEST + 1) * N_STATES
    entries = np.mean([projection.tally.entries.sum((1, 2)).mean() for projection in made.values()])
    print("| Step | Seconds by the clock | Seconds of processor | Peak memory |\n|---|---:|---:|---:|")
    for name, before, after, memory in (
        (f"Months of {options.drawn:,} people, model fitted", began, fitted, held),
        ("Projection", fitted, done, peak()),
    ):
        print(f"| {name} | {after[0] - before[0]:.1f} | {after[1] - before[1]:.1f} | {memory:.2f} GB |")
    print(
        f"\n{population.people:,.0f} people at the start and {entries:,.0f} who enter, {len(population.territories)} "
        f"territories, {cells:,} cells, {options.months} months, {options.draws} draws, {len(made)} scenarios."
    )
    return 0


def _fitted(tables: Tables) -> tuple[Model, Population]:
    as_of = date.fromordinal(_UNTIL.toordinal() - 1)
    people = profiles(tables)
    classes = Classes.fit(people)
    known = lives(tables, person_months(tables, as_of, months=LONGEST + 1), people, classes, "convergence")
    model = Model.fit_lives(known, classes, as_of)
    return model, Population.of(model, known)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
