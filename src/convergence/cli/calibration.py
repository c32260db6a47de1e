"""`./convergence calibration`: the published figures beside those that come out of simulated records."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

from convergence.cli.drawing import SEED, add_parameters_option
from convergence.cli.errors import OperatorError
from convergence.cli.folder import REPOSITORY

if TYPE_CHECKING:
    from convergence.analysis.dataset import Block, Tables
    from convergence.analysis.indicators import Figure
    from convergence.analysis.published import Row
    from convergence.simulation.parameters import Parameters

DOCUMENT = REPOSITORY / "docs" / "calibration.md"
SEEDS = tuple(range(1, 21))
"""Other draws, whose mean tells what the parameters give whatever the seed."""
AS_OF = date(2025, 12, 31)


@dataclass(frozen=True)
class Compared:
    """A row with the figure of the default seed, the mean over the other seeds, and in how many of these the published
    figure lies inside."""

    row: Row
    figure: Figure
    mean: float
    inside: int


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what may be changed."""
    add_parameters_option(parser)
    parser.add_argument("--write", action="store_true", help="écrit docs/calibration.md (paramètres d’origine)")


def main(options: argparse.Namespace) -> int:
    """Print the table, or write the document; 1 when a published figure lies outside."""
    from convergence.simulation.parameter_file import ParameterError
    from convergence.simulation.parameters import parameters

    if options.write and options.parameters:
        raise OperatorError(
            "Le document est celui des paramètres d’origine : --write et --parameters ne vont pas ensemble."
        )
    try:
        compared = compare(parameters(options.parameters))
    except ParameterError as error:
        raise OperatorError(str(error)) from None
    if options.write:
        DOCUMENT.write_text(document(compared), encoding="utf-8")
        print(f"{DOCUMENT.relative_to(REPOSITORY)} est écrit.")
    else:
        print(table(compared))
    outside = [each.row.what for each in compared if not each.row.holds(each.figure)]
    for what in outside:
        print(f"Hors de l’intervalle : {what}")
    return 1 if outside else 0


def compare(drawn: Parameters) -> list[Compared]:
    """Every row with its figures."""
    from convergence.analysis.published import published

    rows = published()
    figures = counted(rows, drawn, SEED)
    others = [counted(rows, drawn, seed) for seed in SEEDS]
    means = [fmean(each[place].value for each in others) for place in range(len(rows))]
    inside = [sum(row.holds(each[place]) for each in others) for place, row in enumerate(rows)]
    return [Compared(*each) for each in zip(rows, figures, means, inside, strict=True)]


def counted(rows: Sequence[Row], drawn: Parameters, seed: int) -> list[Figure]:
    """The figures of one draw: Paris, with two ordinary sites beside it for what is said of them."""
    beside = replace(drawn, comparison=replace(drawn.comparison, ordinary_sites=2))
    tables = records(beside, seed)
    return [row.count(tables) for row in rows]


def records(drawn: Parameters, seed: int) -> Tables:
    """The records of Paris, drawn, written as a dataset and read again with all its checks."""
    from convergence.analysis.dataset import About, Origin, read, write
    from convergence.simulation import model

    until = date.fromordinal(AS_OF.toordinal() + 1)
    blocks: list[Block] = [model.layout(drawn, until).tables]
    blocks += [block.tables for block in model.blocks(drawn, until, seed=seed)]
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / "dataset", blocks, About(until, AS_OF, Origin.SIMULATED, seed, ""))
        tables = read(Path(folder) / "dataset").tables
        return type(tables).cast({name: frame.collect().lazy() for name, frame in tables.to_dict().items()})


def table(compared: Sequence[Compared]) -> str:
    """The comparison in Markdown."""
    lines = [
        f"| Published figure | Published | Simulated | 95 % interval | Mean of {len(SEEDS)} other draws (inside in) "
        "| This software’s definition |",
        "|---|---|---|---|---|---|",
    ]
    for each in compared:
        row, figure = each.row, each.figure
        over = f" ({figure.numerator:.0f} of {figure.denominator})" if row.share and figure.denominator > 1 else ""
        low, high = row.said(max(figure.low, 0)), row.said(figure.high)
        others = f"{row.said(each.mean)} ({each.inside})"
        lines.append(
            f"| {row.what} ({row.source}) | {'> ' if row.least else ''}{row.said(row.published)} "
            f"| {row.said(figure.value)}{over} | {low} – {high} | {others} | {figure.definition} |"
        )
    return "\n".join(lines)


def document(compared: Sequence[Compared]) -> str:
    """`docs/calibration.md`."""
    return f"""# Calibration

Published figures of the scheme, beside those that come out of the *records* of a drawn Paris: the model
(`docs/simulation.md`) draws people's lives, writes them as the dataset that all analysis reads, and the indicator
functions count them as they would count real records. Nothing here is a result about the real scheme.
"Inside in" says in how many of the other draws the published figure lies inside their own interval: another seed or
another date draws other people, and about one figure in twenty then falls outside by chance.
Intervals are Wilson's for shares, Student's for the mean path, Poisson's for people supported; for people at work
they say how far the quarters lie apart, and for the extra means they are five points each way, our reading of “about”.

Made by `./convergence calibration --write` (seed {SEED}, parameters as they stand, records up to {AS_OF.isoformat()});
a test checks that this page is what the command makes and that each published figure lies inside the interval.
“Emmaüs Défi” and “two sites” (with Prélude) are paths whose last contract at a site was there. “Before the scheme”
is counted on two ordinary sites, drawn beside the four for this table alone. The publications do not say their exact
definitions: ours are printed, in the words that the software shows.

{table(compared)}
"""
