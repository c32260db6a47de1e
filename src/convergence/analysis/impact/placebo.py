"""Outcomes on which the scheme cannot have acted: an effect found there is a difference that adjusting did not see."""

from collections.abc import Mapping
from dataclasses import dataclass

from numpy.typing import ArrayLike

from convergence.analysis.french import number, p_value
from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.estimates import Estimate, Estimator
from convergence.analysis.impact.multiplicity import Adjusted, adjust
from convergence.analysis.impact.sample import Sample


@dataclass(frozen=True)
class Placebo:
    """Effects estimated on outcomes that cannot have any, and their probabilities corrected (Holm)."""

    estimates: Mapping[str, Estimate]
    tests: Adjusted

    @property
    def lit(self) -> tuple[str, ...]:
        """The outcomes on which an effect was found all the same."""
        return self.tests.rejected

    def summary(self) -> str:
        """Lines to paste in a paper, with what they mean."""
        lines = [
            f"  {name} : {number(found.value, 3)} [{number(found.low, 3)} ; {number(found.high, 3)}], "
            f"p corrigé {p_value(p)}"
            for (name, found), p in zip(self.estimates.items(), self.tests.adjusted, strict=True)
        ]
        if self.lit:
            verdict = (
                f"Un effet apparaît là où il ne peut pas y en avoir ({', '.join(self.lit)}) : les groupes diffèrent "
                "encore, et l’effet sur les autres critères est à lire comme biaisé."
            )
        else:
            verdict = (
                "Aucun effet là où il ne peut pas y en avoir. Cela ne prouve pas que les groupes sont comparables : "
                "une différence plus petite que ces intervalles n’est pas vue."
            )
        return "\n".join(["Critères témoins", *lines, f"  {verdict}"])


def placebo(estimator: Estimator, sample: Sample, outcomes: Mapping[str, ArrayLike], *, alpha: float = 0.05) -> Placebo:
    """The same estimator, on the same people, with outcomes fixed before entry or that nothing here moves.

    A negative control (Lipsitch, Tchetgen Tchetgen and Cohen 2010, Epidemiology 21:383-388) shares the hidden causes
    of the outcome but not the effect: take something of before entry that is *not* among the covariates.

    >>> from convergence.analysis.impact.regression import Difference
    >>> sample = Sample([3.0, 5, 4, 6, 5, 1, 2, 3, 2, 1], [True] * 5 + [False] * 5)
    >>> placebo(Difference(), sample, {"enfants": [0, 1, 2, 0, 1, 1, 0, 2, 1, 0]}).lit
    ()

    :param outcomes: (n,) values by name, in the order of the sample.
    :raises ImpactError: no outcome; one that is also a covariate, which adjusting makes equal by construction.
    """
    if not outcomes:
        raise ImpactError("Aucun critère témoin : donnez un fait d’avant l’entrée qui n’est pas une covariable.")
    if adjusted_for := [name for name in outcomes if name in sample.names]:
        raise ImpactError(
            f"Le critère témoin « {adjusted_for[0]} » est aussi une covariable : l’ajustement le rend égal "
            "par construction. Retirez-le de l’une des deux listes."
        )
    estimates = {name: estimator.fit(sample.with_outcome(values)) for name, values in outcomes.items()}
    return Placebo(estimates, adjust({name: found.p_value for name, found in estimates.items()}, alpha=alpha))
