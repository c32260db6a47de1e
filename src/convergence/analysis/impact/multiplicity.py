"""Several outcomes looked at together: how sure of each one may still be."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from convergence.analysis.french import p_value, probability
from convergence.analysis.impact.errors import ImpactError

Floats = NDArray[np.float64]


class Method(Enum):
    """How probabilities are corrected, with the words of the report."""

    HOLM = "Holm (1979) : le risque d’annoncer à tort au moins un effet reste sous le seuil"
    BENJAMINI_HOCHBERG = (
        "Benjamini et Hochberg (1995) : parmi les effets annoncés, la part attendue de ceux qui n’existent pas "
        "reste sous le seuil"
    )


@dataclass(frozen=True)
class Adjusted:
    """Corrected probabilities of several tests, in the order in which they were given.

    ``adjusted`` compares with ``alpha`` directly: the test ``names[i]`` rejects where ``adjusted[i] <= alpha``.
    """

    method: Method
    names: tuple[str, ...]
    raw: tuple[float, ...]
    adjusted: tuple[float, ...]
    alpha: float

    @property
    def rejected(self) -> tuple[str, ...]:
        """The tests that still reject."""
        return tuple(name for name, p in zip(self.names, self.adjusted, strict=True) if p <= self.alpha)

    def summary(self) -> str:
        """One line a test, to paste in a paper."""
        width = max(map(len, self.names))
        lines = [
            f"{name:<{width}}  {probability(raw)}  corrigé {p_value(adjusted)}{'  *' if adjusted <= self.alpha else ''}"
            for name, raw, adjusted in zip(self.names, self.raw, self.adjusted, strict=True)
        ]
        return "\n".join([self.method.value, *lines])


def adjust(tests: Mapping[str, float], method: Method = Method.HOLM, *, alpha: float = 0.05) -> Adjusted:
    """Probabilities corrected for the number of tests made together.

    With m probabilities in increasing order p(1) ≤ … ≤ p(m):

    - Holm: the greatest of (m - j + 1) p(j) over j ≤ i. Family-wise error, whatever the dependence
      (Holm 1979, Scandinavian Journal of Statistics 6:65-70).
    - Benjamini-Hochberg: the smallest of m p(j) / j over j ≥ i. False discovery rate, under independence or positive
      dependence (Benjamini and Hochberg 1995, JRSS B 57:289-300; Benjamini and Yekutieli 2001).

    >>> adjust({"logement": 0.01, "emploi": 0.04, "soins": 0.03}).adjusted
    (0.03, 0.06, 0.06)

    :param tests: the p-value of each test, by the outcome's name.
    :raises ImpactError: no test, or a probability that is none.
    """
    if not tests:
        raise ImpactError("Aucun test à corriger : donnez la probabilité de chaque critère de jugement.")
    for name, p in tests.items():
        if not 0 <= p <= 1:
            raise ImpactError(
                f"La probabilité du critère « {name} » n’est pas un nombre entre 0 et 1 : "
                "retirez ce critère, ou estimez-le d’abord."
            )
    raw = np.array(list(tests.values()), dtype=np.float64)
    adjusted = _RULES[method](raw)
    return Adjusted(method, tuple(tests), tuple(raw.tolist()), tuple(adjusted.tolist()), alpha)


def _holm(raw: Floats) -> Floats:
    order = np.argsort(raw, kind="stable")
    steps = np.maximum.accumulate(raw[order] * np.arange(len(raw), 0, -1))
    return _back(np.minimum(steps, 1.0), order)


def _benjamini_hochberg(raw: Floats) -> Floats:
    order = np.argsort(raw, kind="stable")
    steps = raw[order] * len(raw) / np.arange(1, len(raw) + 1)
    return _back(np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1.0), order)


def _back(ordered: Floats, order: NDArray[np.intp]) -> Floats:
    placed = np.empty_like(ordered)
    placed[order] = ordered
    return placed


_RULES: dict[Method, Callable[[Floats], Floats]] = {
    Method.HOLM: _holm,
    Method.BENJAMINI_HOCHBERG: _benjamini_hochberg,
}


def family(names: Sequence[str]) -> str:
    """The sentence that says over what a correction was made.

    >>> print(family(["emploi"]))
    Un seul critère principal : aucune correction.
    """
    if len(names) == 1:
        return "Un seul critère principal : aucune correction."
    return f"Correction sur {len(names)} critères : {', '.join(names)}."
