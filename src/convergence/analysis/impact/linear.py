"""Least squares, and the errors of its coefficients: by person (HC0 to HC3) and by site (CR1, CR2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np
from scipy.linalg import solve_triangular

from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.sample import Codes, Flags, Floats

_DEPENDENT: Final = 1e-10
"""Share of a column's variance, left by those before it, under which it says nothing new."""


def independent(columns: Floats, names: Sequence[str], before: Floats | None = None) -> tuple[Flags, tuple[str, ...]]:
    """Columns that say something which the constant, ``before`` and the columns to their left do not say.

    :param columns: (n, k); ``before``: (n, m) columns that are kept whatever happens.
    :returns: (k,) which are kept, and one French sentence that names the others (none where all are kept).

    >>> kept, notes = independent(np.array([[0.0, 1, 1], [1, 3, 1], [2, 5, 1], [4, 9, 1]]), ["âge", "double", "un"])
    >>> kept.tolist(), len(notes)
    ([True, False, False], 1)
    """
    fixed = np.empty((len(columns), 0)) if before is None else before
    everything = np.column_stack([fixed, columns])
    centred = everything - everything.mean(axis=0)
    lengths = np.linalg.norm(centred, axis=0)
    varies = lengths > 1e-9 * np.abs(everything).max(axis=0, initial=0.0)
    scaled = centred / np.where(varies, lengths, 1.0)
    left = scaled.T @ scaled
    # Column after column, what it explains is taken off the others; a dependent one has nothing left at its turn.
    for number in range(len(left)):
        if varies[number] and (own := left[number, number]) > _DEPENDENT:
            left = left - np.outer(left[:, number], left[number]) / own
        else:
            varies[number] = False
    kept: Flags = varies[fixed.shape[1] :]
    dropped = [name for name, stays in zip(names, kept, strict=True) if not stays]
    if not dropped:
        return kept, ()
    listed = ", ".join(f"«\u00a0{name}\u00a0»" for name in dropped)
    return kept, (f"Laissées de côté, car constantes ou déduites des autres caractéristiques\u00a0: {listed}.",)


@dataclass(frozen=True)
class Linear:
    """Weighted least squares of y (n,) on X (n, p), in the form that every error below starts from.

    ``q`` is the orthonormal basis of √w·X, ``r`` its triangle, ``residuals`` those of √w·y.
    """

    coefficients: Floats
    q: Floats
    r: Floats
    residuals: Floats

    @classmethod
    def fit(cls, matrix: Floats, outcome: Floats, weights: Floats) -> "Linear":
        """Fit by QR.

        :raises ImpactError: fewer people than coefficients.
        """
        if len(matrix) <= matrix.shape[1]:
            raise ImpactError(
                f"{len(matrix)} personnes pour {matrix.shape[1]} coefficients\u00a0: retirez des caractéristiques."
            )
        scale = np.sqrt(weights)
        q, r = np.linalg.qr(matrix * scale[:, None])
        y = outcome * scale
        projected = q.T @ y
        return cls(solve_triangular(r, projected), q, r, y - q @ projected)

    @property
    def leverages(self) -> Floats:
        found: Floats = np.einsum("ij,ij->i", self.q, self.q)
        return found

    def person_error(self, which: int, kind: str) -> float:
        """Standard error of one coefficient, people being independent.

        ``classical``: s²(X'X)⁻¹. HC0 to HC3: White (1980), MacKinnon and White (1985); HC2 of a difference of two means
        is Neyman's (1923) error.
        """
        n, p = self.q.shape
        squares = self.residuals**2
        if kind == "classical":
            squares = np.full(n, squares.sum() / (n - p))
        elif kind == "HC1":
            squares = squares * n / (n - p)
        elif kind in {"HC2", "HC3"}:
            # A person alone in her column has a leverage of one and no residual: she says nothing of the error.
            left = np.maximum(1 - self.leverages, 1e-12)
            squares = squares / left ** (1 if kind == "HC2" else 2)
        contribution = self.q @ self._direction(which)
        return sqrt(float((contribution**2 * squares).sum()))

    def cluster_error(self, which: int, groups: Codes, kind: str) -> tuple[float, float]:
        """Standard error of one coefficient and its degrees of freedom, sites being independent.

        CR1: Liang and Zeger (1986) times G/(G−1)·(n−1)/(n−p), with G−1 degrees. CR2: Bell and McCaffrey (2002),
        residuals of site g times (I−H_gg)^(−1/2), with Satterthwaite's degrees under independent errors of equal
        variance (on the scale √w); where I−H_gg is singular its generalised inverse is taken (Pustejovsky and Tipton
        2018). With one person per site CR2 is HC2.
        """
        count = int(groups.max()) + 1
        direction = self._direction(which)
        scores = np.column_stack(
            [np.bincount(groups, column, count) for column in (self.q * self.residuals[:, None]).T]
        )
        n, p = self.q.shape
        if kind == "CR1":
            factor = count / (count - 1) * (n - 1) / (n - p)
            return sqrt(factor * float(((scores @ direction) ** 2).sum())), count - 1.0
        if count == n:
            blocks = 1 - self.leverages
            widened = _inverse_root(blocks)
            adjusted = scores @ direction * widened
            u = (widened * (self.q @ direction))[:, None] * self.q
            d = (widened * (self.q @ direction)) ** 2
        else:
            order = np.argsort(groups, kind="stable")
            ends = np.cumsum(np.bincount(groups, minlength=count))[:-1]
            products = np.stack([block.T @ block for block in np.split(self.q[order], ends)])
            values, vectors = np.linalg.eigh(products)
            # Q_g'(I − Q_g Q_g')^(−1/2) = B_g Q_g' with B_g of size p, whatever the size of the site.
            weights = _inverse_root(1 - values)
            b = np.einsum("gij,gj,gkj->gik", vectors, weights, vectors)
            adjusted = np.einsum("gi,gij,j->g", scores, b, direction)
            u = np.einsum("gij,gjk,k->gi", b, products, direction)
            d = np.einsum("gi,gij,j->g", u, b, direction)
        # Satterthwaite: (Σλ)²/Σλ² for λ the eigenvalues of diag(d) − uu'.
        trace = float(d.sum() - (u**2).sum())
        square = float((d**2).sum() - 2 * (d * (u**2).sum(axis=1)).sum() + ((u.T @ u) ** 2).sum())
        return sqrt(float((adjusted**2).sum())), trace**2 / square

    def _direction(self, which: int) -> Floats:
        unit = np.zeros(self.q.shape[1])
        unit[which] = 1.0
        found: Floats = solve_triangular(self.r, unit, trans="T")
        return found


def _inverse_root(values: Floats) -> Floats:
    found: Floats = np.where(values > 1e-9, 1 / np.sqrt(np.maximum(values, 1e-9)), 0.0)
    return found
