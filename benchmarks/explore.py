"""How long an evaluation's page takes to sum its draws anew when a slider moves.

Without a folder of results, draws are made of random amounts: 500 draws, 60 months, 40 lines, three contrasts.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from convergence.analysis.explore import Explorer, Settings
from convergence.analysis.explore.about import About, Contrast, Line, Perspective, Price, TakeUp
from convergence.analysis.explore.results import Floats

DRAWS, MONTHS, SAVINGS, COSTS = 500, 60, 34, 6
CONTRASTS = ("ordinary", "none", "before_after")


def drawn() -> Explorer:
    """Amounts that mean nothing, of the size of a real evaluation."""
    random = np.random.default_rng(1)
    price, take_up = Price(1, 2, 3, "nuitée", 2024, "mesure", True), TakeUp(0.5, 0.7, 0.9, "mesure")
    lines = tuple(
        Line(
            f"line_{number}",
            f"Ligne {number}",
            f"payer_{number % 12}",
            "programme" if number >= SAVINGS else ("cashable", "capacity")[number % 2],
            ("public",),
            "",
            price if number % 2 else None,
            None if number % 2 else take_up,
        )
        for number in range(SAVINGS + COSTS)
    )
    arrays: dict[str, Floats] = {
        name: random.uniform(0.8, 1.2, (DRAWS, len(lines))).astype(np.float32) for name in ("price", "take_up")
    }
    for code in CONTRASTS:
        for name, width in (("savings", SAVINGS), ("cost", COSTS)):
            arrays[f"{name}.{code}"] = random.uniform(0, 50, (DRAWS, MONTHS, width)).astype(np.float32)
            arrays[f"central_{name}.{code}"] = arrays[f"{name}.{code}"].mean(axis=0)
    about = About(
        people=236,
        observed=(236,) * MONTHS,
        year=2024,
        interval=0.95,
        contrasts=tuple(Contrast(code, code, code, "") for code in CONTRASTS),
        perspectives=(Perspective("public", "Finances publiques", ""),),
        payers={f"payer_{number}": f"Payeur {number}" for number in range(12)},
        lines=lines,
    )
    return Explorer(about, arrays)


def main(arguments: Sequence[str]) -> int:
    """Print the table of docs/performance.md."""
    parser = argparse.ArgumentParser(prog="./convergence bench explore", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="what ./convergence evaluate wrote")
    parser.add_argument("--times", type=int, default=100)
    options = parser.parse_args(arguments)
    began = time.perf_counter()
    explorer = Explorer.load(options.folder) if options.folder else drawn()
    read = time.perf_counter() - began
    about, lasted = explorer.about, []
    priced = next((line.item for line in about.lines if line.price), None)
    for turn in range(options.times):
        settings = Settings(
            contrast=about.contrasts[turn % len(about.contrasts)].code,
            perspective=about.perspectives[0].code,
            capacity_share=(turn % 21) / 20,
            discount=0.025,
            price_factors={priced: 0.8 + 0.02 * (turn % 20)} if priced else {},
        )
        began = time.perf_counter()
        explorer.curve(settings)
        explorer.balance(settings, min(24, explorer.horizon))
        lasted.append(1000 * (time.perf_counter() - began))
    size = f"{explorer.draws} × {explorer.horizon} × {len(about.lines)}"
    print("| draws × months × lines | read, ms | an answer p50, ms | p95 |\n|---|---:|---:|---:|")
    print(f"| {size} | {1000 * read:.0f} | {np.quantile(lasted, 0.5):.1f} | {np.quantile(lasted, 0.95):.1f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
