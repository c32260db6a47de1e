"""How often a 95 % interval holds the truth: estimators of an effect on comparisons drawn with a known one.

Each situation is drawn a thousand times from its own seed (`simulation/trials.py`), and every estimator's interval is
held against the true mean effect on the people followed. Then situations where what the estimators assume is false:
how often the interval still holds the truth, and how often the diagnostics say that something is wrong.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from convergence.analysis.impact.balance import ALIKE, balance_of
from convergence.analysis.impact.balancing import EntropyBalancing
from convergence.analysis.impact.bounds import lee
from convergence.analysis.impact.doubly_robust import DoublyRobust
from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.estimates import THESE_SITES, Estimator
from convergence.analysis.impact.matching import ScoreMatching
from convergence.analysis.impact.regression import Difference, Interacted
from convergence.analysis.impact.sample import Floats, Sample
from convergence.analysis.impact.sensitivity import e_value_of_difference
from convergence.analysis.impact.weighting import ScoreWeighting
from convergence.simulation.trials import Drawn, Trial, draw

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "coverage.md"
DRAWS, VIOLATION_DRAWS = 1000, 400
BLOCK = 100

METHODS: Mapping[str, Estimator] = {
    "Matching": ScoreMatching(),
    "Weighting": ScoreWeighting(),
    "Entropy balancing": EntropyBalancing(),
    "Doubly robust": DoublyRobust(),
    "Interacted regression": Interacted(),
}
WILD: Mapping[str, Estimator] = {"Interacted regression, wild cluster bootstrap": Interacted(site_errors="wild")}


@dataclass(frozen=True)
class Situation:
    """Comparisons to draw; ``sites_told``: whether estimators learn who was where."""

    name: str
    trial: Trial
    sites_told: bool = True

    def drawn(self, number: int, truth: float) -> Drawn:
        """The comparison of this number, the same on every machine and whatever else is drawn."""
        seed = zlib.crc32(self.name.encode())
        return draw(self.trial, np.random.default_rng([seed, number]), truth=truth)

    def sample(self, drawn: Drawn) -> Sample:
        return Sample(
            drawn.outcome, drawn.treated, drawn.covariates, drawn.names, drawn.site if self.sites_told else None
        )


def holding() -> list[Situation]:
    """Situations where what the estimators assume is true."""
    many, few = (12, 12), (6, 8)
    found = [
        Situation(
            f"{sum(sites)} sites, {sites[0]} followed; {'a yes or no' if binary else 'a measure'}; correlation {alike}",
            Trial(sites=sites, binary=binary, correlation=alike),
        )
        for sites in (many, few)
        for binary in (False, True)
        for alike in (0.0, 0.03, 0.1)
    ]
    return [
        *found,
        Situation("600 people without sites", Trial(), sites_told=False),
        Situation(
            "240 people, 14 sites, 6 followed; a yes or no; correlation 0.03",
            Trial(people=240, sites=few, binary=True, correlation=0.03),
        ),
        Situation("240 people without sites, 22 covariates", Trial(people=240, others=18), sites_told=False),
        Situation("24 sites, 22 covariates; correlation 0.03", Trial(others=18, correlation=0.03)),
        Situation("14 sites, 22 covariates; correlation 0.03", Trial(sites=few, others=18, correlation=0.03)),
        Situation("effects that differ, 24 sites; correlation 0.03", Trial(heterogeneity=0.3, correlation=0.03)),
        Situation("8 sites, 4 followed; correlation 0.03", Trial(sites=(4, 4), correlation=0.03)),
        Situation("24 sites, 4 followed; correlation 0.03", Trial(sites=(4, 20), correlation=0.03)),
    ]


def drawn_errors() -> list[Situation]:
    """Those on which the wild cluster bootstrap is measured too."""
    return [each for each in holding() if each.name.startswith("14 sites") and "measure" in each.name]


@dataclass(frozen=True)
class Violation:
    """A situation where an assumption is false, the estimator that is misled, and what is seen of its people."""

    situation: Situation
    estimator: Estimator
    seen_only: bool = False


def violations() -> list[Violation]:
    """The first one has nothing wrong: what its diagnostics say is their rate of false alarms."""
    robust, base = DoublyRobust(), Trial(correlation=0.03)
    return [
        Violation(Situation("Nothing is wrong", base), robust),
        Violation(Situation("A cause that nobody wrote down", replace(base, hidden=0.7)), robust),
        Violation(Situation("Groups compared as they are", base), Difference()),
        Violation(Situation("Groups that hardly overlap", replace(base, confounding=1.5)), robust),
        Violation(Situation("Groups that do not overlap", replace(base, confounding=3.0)), robust),
        Violation(
            Situation("Sites not told, correlation 0.1", replace(base, correlation=0.1), sites_told=False), robust
        ),
        Violation(
            Situation("Three sites in each group, correlation 0.1", replace(base, sites=(3, 3), correlation=0.1)),
            robust,
        ),
        Violation(Situation("People lost from sight, low outcomes first", replace(base, losses=0.25)), robust, True),
    ]


def covered(situation: Situation, methods: Mapping[str, Estimator], numbers: range) -> Floats:
    """(draws, methods, 2): whether the interval holds the truth (NaN where it was refused), and the error."""
    truth = situation.trial.truth
    found = np.full((len(numbers), len(methods), 2), np.nan)
    for row, number in enumerate(numbers):
        sample = situation.sample(situation.drawn(number, truth))
        for column, method in enumerate(methods.values()):
            try:
                estimate = method.fit(sample)
            except ImpactError:
                continue
            found[row, column] = estimate.low <= truth <= estimate.high, estimate.value - truth
    return found


LIGHTS = ("Balance", "Overlap", "Effective people", "Placebo", "Scope", "E-value", "Lee")


def lit(violation: Violation, numbers: range) -> Floats:
    """(draws, 3 + lights): whether the interval holds the truth, the error, whether refused, then what is said."""
    situation, truth = violation.situation, violation.situation.trial.truth
    found = np.full((len(numbers), 3 + len(LIGHTS)), np.nan)
    for row, number in enumerate(numbers):
        drawn = situation.drawn(number, truth)
        whole = situation.sample(drawn)
        sample = whole.rows(drawn.seen) if violation.seen_only else whole
        try:
            estimate = violation.estimator.fit(sample)
        except ImpactError:
            found[row, 2] = 1.0
            continue
        # What an estimator without weights leaves is what there was.
        weights = DoublyRobust().weigh(sample) if isinstance(violation.estimator, DoublyRobust) else None
        balance = balance_of(sample, weights)
        placebo = violation.estimator.fit(
            sample.with_outcome(drawn.before[drawn.seen] if violation.seen_only else drawn.before)
        )
        bound = e_value_of_difference(estimate.value, estimate.standard_error, float(sample.outcome.std())).bound
        found[row] = (
            estimate.low <= truth <= estimate.high,
            estimate.value - truth,
            0.0,
            balance.worst > ALIKE,
            estimate.diagnostics.get("outside", 0.0) > 0.05,
            balance.effective_controls < sample.control_count / 4,
            placebo.p_value < 0.05,
            estimate.scope == THESE_SITES,
            bound,
            _lee_holds(whole, drawn, truth) if violation.seen_only else np.nan,
        )
    return found


def _lee_holds(whole: Sample, drawn: Drawn, truth: float) -> float:
    """Whether the interval of the bounds for people lost from sight holds the truth."""
    outcome = np.where(drawn.seen, drawn.outcome, np.nan)
    bounds = lee(outcome, drawn.treated, weights=DoublyRobust().weigh(whole), cluster=drawn.site, draws=100)
    return float(bounds.low <= truth <= bounds.high)


def drawn_in_blocks(pool: ProcessPoolExecutor, work: Callable[[range], Floats], draws: int) -> Floats:
    """What ``work`` says of so many draws, by blocks."""
    blocks = [range(start, min(start + BLOCK, draws)) for start in range(0, draws, BLOCK)]
    return np.concatenate(list(pool.map(work, blocks)))


def holding_line(situation: Situation, found: Floats) -> str:
    """One line of the first table: coverage by method, the largest mean error in standard deviations of estimates."""
    cells = []
    for column in range(found.shape[1]):
        held = found[:, column, 0]
        refused = int(np.isnan(held).sum())
        cells.append(f"{np.nanmean(held):.1%}" + (f" ({refused} refused)" if refused else ""))
    bias = np.nanmean(found[:, :, 1], axis=0) / np.nanstd(found[:, :, 1], axis=0)
    return f"| {situation.name} | {' | '.join(cells)} | {np.abs(bias).max():.2f} |"


def violation_line(violation: Violation, found: Floats) -> str:
    """One line of the second table."""
    refused = found[:, 2]
    if refused.all():
        return f"| {violation.situation.name} | – | – | 100% |" + " – |" * len(LIGHTS)
    some = found[refused == 0]
    lights = [f"{some[:, 3 + number].mean():.0%}" for number in range(5)]
    error = f"{some[:, 1].mean():+.2f}"
    lee_holds = "–" if np.isnan(some[:, 9]).all() else f"{some[:, 9].mean():.0%}"
    cells = [
        f"{some[:, 0].mean():.0%}",
        error,
        f"{refused.mean():.0%}",
        *lights,
        f"{np.median(some[:, 8]):.2f}",
        lee_holds,
    ]
    return f"| {violation.situation.name} | {' | '.join(cells)} |"


def lines(part: str, only: str, draws: int, processes: int) -> list[str]:
    """Lines of a table, for the situations whose names hold ``only``."""
    made = []
    # Started afresh, so that each keeps its algebra to one thread.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        if part == "violations":
            for violation in violations():
                if only in violation.situation.name:
                    some = drawn_in_blocks(pool, partial(lit, violation), min(draws, VIOLATION_DRAWS))
                    made.append(violation_line(violation, some))
        else:
            methods = WILD if part == "wild" else METHODS
            for situation in drawn_errors() if part == "wild" else holding():
                if only in situation.name:
                    some = drawn_in_blocks(pool, partial(covered, situation, methods), draws)
                    made.append(holding_line(situation, some))
    return made


def table(part: str, rows: Sequence[str]) -> list[str]:
    """A table of docs/coverage.md."""
    cells = {
        "holding": ["Situation", *METHODS, "Largest bias"],
        "wild": ["Situation", *WILD, "Bias"],
        "violations": ["Situation", "Coverage", "Mean error", "Refused", *LIGHTS],
    }[part]
    return [f"| {' | '.join(cells)} |", "|" + "---|" * len(cells), *rows]


def written(text: str, part: str, rows: Sequence[str]) -> str:
    """The page with its table of this name made anew."""
    begin, end = f"<!-- {part} -->\n", f"<!-- end of {part} -->"
    before, _, rest = text.partition(begin)
    after = rest.partition(end)[2]
    return "\n".join([before + begin.rstrip(), *table(part, rows), end + after])


def main(arguments: Sequence[str]) -> int:
    """Print the tables, or write the page."""
    parser = argparse.ArgumentParser(prog="./convergence bench coverage", description=__doc__)
    parser.add_argument("--draws", type=int, default=DRAWS, help=f"draws of each situation ({DRAWS})")
    parser.add_argument("--only", default="", help="situations whose names hold these words")
    parser.add_argument("--part", choices=["holding", "wild", "violations"], help="one of the tables")
    parser.add_argument("--processes", type=int, default=min(2, os.cpu_count() or 1), help="processes")
    parser.add_argument("--write", action="store_true", help="write docs/coverage.md")
    options = parser.parse_args(arguments)
    if options.draws < 1 or options.processes < 1:
        parser.error("at least one draw, and one process")
    if options.write and (options.only or options.part or options.draws != DRAWS):
        parser.error("the page is that of all situations, drawn as often as it says")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    started = time.perf_counter()
    parts = {
        part: lines(part, options.only, options.draws, options.processes)
        for part in ([options.part] if options.part else ["holding", "wild", "violations"])
    }
    for part, rows in parts.items():
        print("\n".join(table(part, rows)))
    if options.write:
        text = DOCUMENT.read_text(encoding="utf-8")
        for part, rows in parts.items():
            text = written(text, part, rows)
        DOCUMENT.write_text(text, encoding="utf-8")
    print(f"{time.perf_counter() - started:.0f} s", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
