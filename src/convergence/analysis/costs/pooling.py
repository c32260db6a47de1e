"""Lines to which too few people contribute to be shown by name: they are counted together."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from convergence.analysis.conventions import SMALLEST
from convergence.analysis.costs.codes import Payer, Perspective, SavingClass
from convergence.analysis.costs.lines import CERTAIN, Line, Lines
from convergence.analysis.costs.panel import Floats

TOGETHER = Lines(
    (
        Line(
            "other_cashable",
            "Autres prestations et recettes (moins de 5 personnes chacune)",
            Payer.OTHER,
            SavingClass.CASHABLE,
            CERTAIN,
            frozenset({Perspective.PUBLIC_FINANCE}),
        ),
        Line(
            "other_capacity",
            "Autres places et séjours (moins de 5 personnes chacun)",
            Payer.OTHER,
            SavingClass.CAPACITY,
            CERTAIN,
        ),
    )
)
"""The last lines of every ledger: empty but in accounts and tables, where they hold what is not shown by name."""


def pooled(lines: Lines, contributors: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Where each line is counted, (lines,): its own place, or that of the line of its class that holds small ones.

    A line is small where from one to four people of a side contribute to it: a night in prison, an allowance for
    disabled adults. Where small lines together still count fewer than five, the next smallest line joins them, so that
    nothing is found again by subtraction. Programme, production and rights to come concern whoever works: they stay.

    :param contributors: for each side, how many people have an amount on each line, (lines,).
    """
    target = np.arange(len(lines))
    first = len(lines) - len(TOGETHER)
    few = np.logical_or.reduce([(count > 0) & (count < SMALLEST) for count in contributors])
    for place, together in enumerate(TOGETHER.lines, start=first):
        of_class = np.flatnonzero(lines.of_class(together.saving_class))
        moved = [line for line in of_class if few[line] and line < first]
        rest = sorted(
            (
                line
                for line in of_class
                if not few[line] and line < first and any(count[line] for count in contributors)
            ),
            key=lambda line: (min(count[line] for count in contributors if count[line]), line),
        )
        while moved and rest and any(0 < count[moved].sum() < SMALLEST for count in contributors):
            moved.append(rest.pop(0))
        target[moved] = place
    return target


def together(amounts: Floats, target: NDArray[np.int64]) -> Floats:
    """Amounts (…, lines) with small lines counted where :func:`pooled` says, zero in their own place."""
    small = np.flatnonzero(target != np.arange(len(target)))
    if not small.size:
        return amounts
    changed = amounts.copy()
    for line in small:
        changed[..., target[line]] += amounts[..., line]
        changed[..., line] = 0
    return changed
