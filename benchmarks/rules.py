"""How long the three clocks and the next decision of 100,000 paths take.

Paths are drawn from a fixed seed: contracts of four to twelve months, some at another employer, gaps, suspensions,
extensions granted, asked for and refused, decisions on the CDDI. Each is read on one day by the same functions as a
page: the three clocks, what binds, the next decision, the notices.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from convergence.rules.clocks import read
from convergence.rules.decisions import ahead
from convergence.rules.path import KIND_OF, Contract, Extension, Pass, Path, Renewal, Suspension
from convergence.rules.periods import A_DAY, Period, last_day_of
from convergence.rules.schedule import notices_for
from convergence.vocabulary.decisions import DecisionState
from convergence.vocabulary.extensions import ExtensionMotive
from convergence.vocabulary.structures import EmployerKind

ON = date(2026, 11, 23)
BLOCK = 2_000


def drawn(rng: Random) -> Path:
    """A path begun in the five years before the day asked, with what happens on the way."""
    first_day = ON - timedelta(days=rng.randrange(1, 1826))
    contracts: list[Contract] = []
    since, structure, employer = first_day, EmployerKind.ACI, "A"
    while since <= ON:
        if rng.random() < 0.1:
            structure, employer = rng.choice((EmployerKind.ACI, EmployerKind.EI, EmployerKind.AI)), f"B{len(contracts)}"
        until = last_day_of(since, rng.choice((4, 6, 6, 12, 12, 12)))
        contracts.append(Contract(KIND_OF[structure], since, until, employer, recruited_directly=rng.random() < 0.5))
        since = until + A_DAY if rng.random() < 0.85 else until + timedelta(days=rng.randrange(2, 90))
    return Path(
        contracts=tuple(contracts),
        passes=(_pass(rng, first_day),),
        renewals=_renewals(rng, first_day),
        born_on=date(rng.randrange(1958, 2006), rng.randrange(1, 13), rng.randrange(1, 29)),
        disabled_worker=(Period(first_day),) if rng.random() < 0.12 else (),
    )


def _pass(rng: Random, first_day: date) -> Pass:
    suspensions = tuple(
        Suspension(starts, starts + timedelta(days=rng.randrange(15, 120)))
        for starts in (first_day + timedelta(days=rng.randrange(30, 600)) for _ in range(rng.choice((0, 0, 0, 1, 2))))
    )
    years = (ON - first_day).days // 365
    granted = (Extension(ExtensionMotive.DIFFICULTIES, 365, decided_on=ON),) * max(0, min(3, years - 1))
    state = rng.choice((None, None, DecisionState.ASKED, DecisionState.REFUSED))
    asked = (Extension(ExtensionMotive.DIFFICULTIES, 180, state, ON, ON, ON),) if state and years else ()
    one = Pass(first_day, suspensions, granted + asked)
    return replace(one, official_last_day=first_day + timedelta(days=730)) if rng.random() < 0.3 else one


def _renewals(rng: Random, first_day: date) -> tuple[Renewal, ...]:
    years = (ON - first_day).days // 365
    return tuple(
        Renewal(ExtensionMotive.DIFFICULTIES, last_day_of(first_day, 12 * (year + 1)))
        for year in range(2, min(years + 1, 5))
    )


def paths(seed: int, count: int) -> list[Path]:
    """So many paths of a block, the same on every machine."""
    rng = Random(seed)  # noqa: S311 (drawn paths are no secret)
    return [drawn(rng) for _ in range(count)]


def measured(block: tuple[int, int]) -> tuple[float, Counter[str]]:
    """Seconds of processor that reading the paths of a block took (not drawing them), and what was found."""
    these = paths(*block)
    found: Counter[str] = Counter()
    started = time.process_time()
    for path in these:
        reading = read(path, ON)
        binds, decision = reading.binds, next(iter(ahead(path, reading)), None)
        found[f"binds first: {binds.name.value if binds else 'nothing'}"] += 1
        found[f"to decide: {decision.kind.value if decision else 'nothing'}"] += 1
        found["warnings"] += len(notices_for(path, reading))
    return time.process_time() - started, found


def main(arguments: Sequence[str]) -> int:
    """Read the paths and print how long it took, and what was found."""
    parser = argparse.ArgumentParser(prog="./convergence bench rules", description=__doc__)
    parser.add_argument("--paths", type=int, default=100_000, help="paths (100,000)")
    parser.add_argument("--processes", type=int, default=min(2, os.cpu_count() or 1), help="processes")
    options = parser.parse_args(arguments)
    if options.paths < 1 or options.processes < 1:
        parser.error("at least one path, and one process")
    blocks = [(seed, min(BLOCK, options.paths - start)) for seed, start in enumerate(range(0, options.paths, BLOCK))]
    spent, found = 0.0, Counter[str]()
    started = time.perf_counter()
    with ProcessPoolExecutor(options.processes) as pool:
        for seconds, part in pool.map(measured, blocks):
            spent += seconds
            found += part
    elapsed = time.perf_counter() - started
    print(f"{options.paths:,} paths, {options.processes} processes: {elapsed:.1f} s by the clock, drawing included")
    print(f"clocks, decision and warnings: {1e6 * spent / options.paths:.0f} µs of processor a path,")
    print(f"or {spent / options.processes:.1f} s for all of them on {options.processes} free processors")
    for what, number in sorted(found.items()):
        print(f"  {what:<50} {number:>9,}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
