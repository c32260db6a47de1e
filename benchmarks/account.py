"""How long the account of a territory takes, from lives to the break-even, and in how much memory.

People are drawn (simulation/). Benefits, which are measured on their own (`bench benefits`), are given amounts here.
Half of the people are compared with the rest: the answer means nothing, the work is that of a real contrast.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, TypeVar

import numpy as np
import polars as pl

from benchmarks.parts.people import drawn, peak
from convergence.analysis.benefits import assumptions
from convergence.analysis.benefits.results import AMOUNTS, Benefits
from convergence.analysis.costs import (
    Counterfactual,
    account_of,
    break_evens,
    conditions,
    costs_of,
    load_prices,
    stays_of,
    tornado,
)
from convergence.analysis.months import Lost, person_months

_UNTIL = date(2026, 1, 1)
T = TypeVar("T")


def main(arguments: Sequence[str]) -> int:
    """Draw people, make their account, and print the table."""
    parser = argparse.ArgumentParser(prog="./convergence bench account", description=__doc__)
    parser.add_argument("--people", type=int, default=5_000, help="people drawn (5,000)")
    parser.add_argument("--territories", type=int, default=1, help="territories (1)")
    parser.add_argument("--months", type=int, default=60, help="months (60)")
    parser.add_argument("--draws", type=int, default=1_000, help="joint draws (1,000)")
    options = parser.parse_args(arguments)
    tables, prices = drawn(_UNTIL, options.people, options.territories), load_prices()
    print("| Step | Seconds by the clock | Seconds of processor | Peak memory |\n|---|---:|---:|---:|")
    as_of = date.fromordinal(_UNTIL.toordinal() - 1)
    months = _timed("Months", lambda: person_months(tables, as_of, months=options.months, lost=Lost.CARRIED))
    days = _timed("Days by housing", lambda: stays_of(tables, months, prices))
    benefits = _given(months, options.months)
    ledger = _timed(
        "Ledger",
        lambda: costs_of(
            tables, months, days, prices, benefits=benefits, take_up=assumptions().take_up, lost=Lost.CARRIED
        ).constant(2024),
    )
    treated = np.arange(ledger.panel.people) % 2 == 0
    contrast = Counterfactual(ledger, treated, (~treated).astype(float), "half against half")
    account = _timed(f"Account, {options.draws:,} draws", lambda: account_of(contrast, seed=1, draws=options.draws))
    _timed("Break-even, three shares of capacity", lambda: break_evens(account))
    _timed("Tornado and conditions", lambda: (tornado(account), conditions(account)))
    print(f"\n{ledger.panel.people:,} people, {options.months} months, {len(ledger.lines)} lines.")
    return 0


def _given(frame: pl.DataFrame, months: int) -> Benefits:
    gross = frame["gross"].fill_null(0.0).to_numpy().reshape(-1, months).astype(np.float32)
    first = frame["month"].gather_every(months).to_numpy().astype("datetime64[M]")
    amounts: dict[str, Any] = {name: gross * np.float32(0.1) for name in AMOUNTS}
    return Benefits(first, **amounts)


def _timed(step: str, work: Callable[[], T]) -> T:
    clock, processor = time.perf_counter(), time.process_time()
    done = work()
    clock, processor = time.perf_counter() - clock, time.process_time() - processor
    print(f"| {step} | {clock:.1f} | {processor:.1f} | {peak():.2f} GB |", flush=True)
    return done


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
