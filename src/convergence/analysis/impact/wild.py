"""The wild cluster bootstrap: what a coefficient's test is worth when sites are few."""

from dataclasses import dataclass
from itertools import product
from math import sqrt
from typing import Final, Literal

import numpy as np
from scipy.linalg import solve_triangular

from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.linear import Linear
from convergence.analysis.impact.sample import Codes, Floats

_WEBB: Final = np.array([-sqrt(1.5), -1.0, -sqrt(0.5), sqrt(0.5), 1.0, sqrt(1.5)])
Law = Literal["rademacher", "webb"]


@dataclass(frozen=True)
class Wild:
    """The wild cluster bootstrap of one coefficient, the null being imposed (Cameron, Gelbach and Miller 2008).

    Residuals of the regression under the hypothesis keep or change sign by site (Rademacher; all the 2^G combinations
    where there are no more than ``draws``) or take one of six factors (Webb 2014, for fewer than a dozen sites); the
    t statistic with CR1 errors is compared with those so drawn. The interval holds the hypotheses that are not refused.

    >>> rng = np.random.default_rng(4)
    >>> site, arm = np.repeat(np.arange(10), 8), np.repeat([0.0, 1.0], 40)
    >>> y = arm + rng.normal(size=80) + rng.normal(scale=0.3, size=10)[site]
    >>> wild = Wild(np.column_stack([np.ones(80), arm]), y, np.ones(80), site, which=1)
    >>> low, high = wild.interval(0.95)
    >>> bool(low < 1 < high), wild.p_value(0.0) < 0.05, abs(wild.p_value(low) - 0.05) < 0.01
    (True, True, True)
    """

    matrix: Floats
    outcome: Floats
    weights: Floats
    groups: Codes
    which: int
    law: Law = "rademacher"
    draws: int = 999
    seed: int = 0

    def p_value(self, hypothesis: float) -> float:
        """Two-sided p of "the coefficient is ``hypothesis``"."""
        return self._p(hypothesis, *self._parts())

    def interval(self, level: float) -> tuple[float, float]:
        """Hypotheses whose p is above 1 − level, found by bisection each side of the estimate."""
        parts = self._parts()
        fitted, error = parts[0].coefficients[self.which], self._error(parts[0])
        ends = []
        for side in (-1.0, 1.0):
            inside, outside = fitted, fitted + side * 2 * error
            for _ in range(60):
                if self._p(outside, *parts) < 1 - level:
                    break
                inside, outside = outside, fitted + 2 * (outside - fitted)
            else:
                raise ImpactError("Trop peu de chantiers pour borner l’effet\u00a0: le tirage ne refuse aucune valeur.")
            while abs(outside - inside) > 1e-4 * error:
                middle = (inside + outside) / 2
                if self._p(middle, *parts) < 1 - level:
                    outside = middle
                else:
                    inside = middle
            ends.append(float(inside))
        return ends[0], ends[1]

    def _parts(self) -> tuple[Linear, Linear, Floats, Floats]:
        """The regression; that without the column, of the outcome and of the column (stacked); signs (draws, G)."""
        full = Linear.fit(self.matrix, self.outcome, self.weights)
        others = np.delete(self.matrix, self.which, axis=1)
        without = Linear.fit(others, self.outcome, self.weights)
        column = Linear.fit(others, self.matrix[:, self.which], self.weights)
        return full, without, column.residuals, self._signs()

    def _signs(self) -> Floats:
        count = int(self.groups.max()) + 1
        if self.law == "rademacher" and 2**count <= self.draws:
            return np.array(list(product((-1.0, 1.0), repeat=count)))
        rng = np.random.default_rng(self.seed)
        values = _WEBB if self.law == "webb" else np.array([-1.0, 1.0])
        return rng.choice(values, size=(self.draws, count))

    def _error(self, full: Linear) -> float:
        return full.cluster_error(self.which, self.groups, "CR1")[0]

    def _p(self, hypothesis: float, full: Linear, without: Linear, column: Floats, signs: Floats) -> float:
        count = signs.shape[1]
        unit = np.zeros(self.matrix.shape[1])
        unit[self.which] = 1.0
        direction = solve_triangular(full.r, unit, trans="T")
        restricted = without.residuals - hypothesis * column
        # By site: Q_g'u_g and Q_g'Q_g, from which every draw's coefficient and error follow without its residuals.
        scores = np.column_stack([np.bincount(self.groups, each, count) for each in (full.q * restricted[:, None]).T])
        contribution = full.q @ direction
        cross = np.column_stack([np.bincount(self.groups, each, count) for each in (full.q * contribution[:, None]).T])
        along = scores @ direction
        moved = signs @ scores
        by_site = signs * along - moved @ cross.T
        drawn = (moved @ direction) / np.sqrt((by_site**2).sum(axis=1))
        seen = (along.sum()) / sqrt(float(((along - scores.sum(axis=0) @ cross.T) ** 2).sum()))
        # The draw that changes no sign is the sample itself: it counts as at least as large whatever the rounding.
        larger = np.abs(drawn) >= abs(seen) * (1 - 1e-9)
        if len(signs) == 2**count and self.law == "rademacher":
            return float(larger.mean())
        return float((larger.sum() + 1) / (len(signs) + 1))
