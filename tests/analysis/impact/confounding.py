"""Samples for the tests of the estimators: drawn from a seed, with confounding that the covariates explain."""

import numpy as np

from convergence.analysis.impact.sample import Floats, Sample


def confounded(
    seed: int, people: int = 400, *, effect: float = 2.0, sites: int = 0, whole_sites: bool = False
) -> Sample:
    """People whose two covariates move both their group and their outcome.

    ``sites``: in how many sites they are; each site has one group only where ``whole_sites``.
    """
    rng = np.random.default_rng(seed)
    x: Floats = rng.normal(size=(people, 2))
    site = np.sort(rng.integers(0, sites, people)) if sites else None
    if whole_sites and site is not None:
        treated = site % 2 == 0
        x[:, 0] += 0.5 * treated
    else:
        treated = rng.random(people) < 1 / (1 + np.exp(-0.7 * x[:, 0] + 0.4 * x[:, 1]))
    outcome = effect * treated + x @ [1.0, -0.5] + rng.normal(size=people)
    if site is not None:
        outcome = outcome + rng.normal(scale=0.3, size=sites)[site]
    return Sample(outcome, treated, x, ("âge", "revenu"), site)
