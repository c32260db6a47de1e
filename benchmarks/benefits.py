"""How fast amounts are worked out: distinct keys once against OpenFisca asked of everybody, on the same people.

Straight: OpenFisca in batches of 5,000, month by month, each benefit pinned back (the direct engine). Factorised: cold,
with no table; warm, with the tables of the run before. The rates are person-months a second, of the processor as of the
clock; cells that differ by a cent or more are counted, and listed. Where --straight is below --people, the straight run
is that of so many whole batches and its rate stands for the rest, since a batch costs as much as the next.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.parts.people import peak
from convergence.analysis.benefits import AMOUNTS, Benefits, Circumstances, Direct, Factorised, disagreements
from convergence.analysis.benefits.direct import BATCH
from convergence.analysis.benefits.system import tax_system
from tests.analysis.benefits.people import drawn

SEED = 5
FIRST = "2024-01"
BLOCK = 100_000
"""People drawn at a time, so that a million's lives are never held together."""
LISTED = 20


@dataclass(frozen=True)
class Rate:
    """Person-months a second of a run."""

    name: str
    cells: int
    clock: float
    processor: float

    @property
    def a_second(self) -> float:
        return self.cells / self.clock

    def row(self, straight: Rate) -> str:
        ratio = straight.processor / straight.cells * self.cells / self.processor
        return (
            f"| {self.name} | {self.cells:,} | {self.clock:.1f} ({self.processor:.1f}) | {self.a_second:,.0f} | "
            f"{self.a_second / straight.a_second:.1f} ({ratio:.1f}) |"
        )


class Lives:
    """Drawn people, some after others, and how long drawing them took."""

    def __init__(self, people: int, months: int) -> None:
        self.people, self.months = people, months
        self.clock = self.processor = 0.0

    def __iter__(self) -> Iterator[Circumstances]:
        for block, begins in enumerate(range(0, self.people, BLOCK)):
            clock, processor = time.perf_counter(), time.process_time()
            drawn_ = drawn(SEED + block, min(BLOCK, self.people - begins), self.months, FIRST)
            self.clock += time.perf_counter() - clock
            self.processor += time.process_time() - processor
            yield drawn_


def timed(name: str, cells: int, run: Callable[[], object]) -> Rate:
    """How long a run takes."""
    clock, processor = time.perf_counter(), time.process_time()
    run()
    return Rate(name, cells, time.perf_counter() - clock, time.process_time() - processor)


def factorised(name: str, engine: Factorised, people: int, months: int) -> Rate:
    """Work out everybody, keeping nothing but the tables; the drawing is not counted."""
    drawn_ = Lives(people, months)

    def run() -> None:
        for block in drawn_:
            for _part in engine.blocks(block):
                pass

    whole = timed(name, people * months, run)
    return Rate(name, whole.cells, whole.clock - drawn_.clock, whole.processor - drawn_.processor)


def main(arguments: Sequence[str]) -> int:
    """Print the table for one number of people and months."""
    parser = argparse.ArgumentParser(prog="./convergence bench benefits", description=__doc__)
    parser.add_argument("--people", type=int, default=100_000, help="people (100,000)")
    parser.add_argument("--months", type=int, default=12, help="months of each life (12)")
    parser.add_argument(
        "--straight", type=int, default=2 * BATCH, help="of them, people of the straight run: whole batches (10,000)"
    )
    parser.add_argument("--no-warm", action="store_true", help="without the warm run")
    options = parser.parse_args(arguments)
    if min(options.people, options.months, options.straight) < 1:
        parser.error("at least one person and one month")
    people, months = options.people, options.months
    compared = min(max(options.straight, BATCH), people)
    some = next(iter(Lives(people, months))).of(slice(0, compared))
    tax_system()
    kept: list[Benefits] = []
    straight = timed("straight", some.people * months, lambda: kept.append(Direct().compute(some)))
    engine = Factorised()
    _ready = engine.laws
    rates = [straight, factorised("factorised, cold", engine, people, months)]
    if not options.no_warm:
        rates.append(factorised("factorised, warm", engine, people, months))
    print(f"{people:,} people × {months} months; {engine.tables.rows:,} distinct keys.")
    print("| run | person-months | seconds (processor) | person-months/s | × straight (processor) |")
    print("|---|---:|---:|---:|---:|")
    for rate in rates:
        print(rate.row(straight))
    print(f"Memory at its highest: {peak():.2f} GB.")
    _compare(kept[0], engine.compute(some))
    return 0


def _compare(straight: Benefits, factorised: Benefits) -> None:
    cells = straight.people * straight.months * len(AMOUNTS)
    found = disagreements(straight, factorised)
    print(f"{len(found):,} of {cells:,} cells differ by a cent or more: {1 - len(found) / cells:.4%} agree.")
    print("  ".join(f"{name} {count}" for name, count in Counter(cell.amount for cell in found).items()))
    for cell in found[:LISTED]:
        print(f"  {cell.amount}, person {cell.person}, {cell.month}: {cell.one:.2f} straight, {cell.other:.2f}")
    largest = max((abs(cell.one - cell.other) for cell in found), default=0.0)
    print(f"Largest difference: {largest:.2f} €; on the others, none reaches a cent.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
