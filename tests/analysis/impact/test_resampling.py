"""The bootstrap agrees with the linearised errors, draws whole sites, and is refused where it is wrong."""

import numpy as np
import pytest

from convergence.analysis.impact.balancing import EntropyBalancing
from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.estimates import Estimator
from convergence.analysis.impact.matching import ScoreMatching
from convergence.analysis.impact.regression import Difference
from convergence.analysis.impact.resampling import Bootstrap
from convergence.analysis.impact.sample import Sample
from convergence.analysis.impact.weighting import ScoreWeighting
from tests.analysis.impact.confounding import confounded


@pytest.mark.parametrize("estimator", [ScoreWeighting(), EntropyBalancing()], ids=repr)
def test_the_bootstrap_finds_the_linearised_error(estimator: Estimator) -> None:
    sample = confounded(1, 200)
    own, drawn = estimator.fit(sample), Bootstrap(estimator, draws=120).fit(sample)
    assert drawn.value == own.value
    assert drawn.standard_error == pytest.approx(own.standard_error, rel=0.25)
    assert drawn.notes[0].startswith("Erreur par bootstrap\u00a0: 120 tirages de personnes")
    assert drawn.diagnostics["effective_controls"] == own.diagnostics["effective_controls"]


def test_whole_sites_are_drawn() -> None:
    sample = confounded(5, 400, sites=24, whole_sites=True)
    own, drawn = (each.fit(sample) for each in (ScoreWeighting(), Bootstrap(ScoreWeighting(), draws=120)))
    alone = Sample(sample.outcome, sample.treated, sample.covariates, sample.names)
    assert drawn.standard_error == pytest.approx(own.standard_error, rel=0.25)
    assert drawn.standard_error > 1.15 * ScoreWeighting().fit(alone).standard_error
    assert "tirages de chantiers" in drawn.notes[0]


def test_one_seed_gives_one_error() -> None:
    sample = confounded(2, 120)
    one, same, other = (Bootstrap(Difference(), 100, seed).fit(sample).standard_error for seed in (1, 1, 2))
    assert one == same != other


def test_where_it_would_be_wrong_it_is_refused() -> None:
    with pytest.raises(ImpactError, match="appariement"):
        Bootstrap(ScoreMatching())
    with pytest.raises(ImpactError, match="100 tirages"):
        Bootstrap(ScoreWeighting(), draws=20)


def test_an_estimate_that_hangs_on_a_few_people_is_refused() -> None:
    rng = np.random.default_rng(0)
    flag = np.zeros(60)
    flag[[0, 1, 30]] = 1  # one person compared has what two of those followed have: she is not in every draw
    sample = Sample(rng.normal(size=60), np.arange(60) < 30, np.column_stack([flag, rng.normal(size=60)]), ["a", "b"])
    with pytest.raises(ImpactError, match="ne se refait pas"):
        Bootstrap(ScoreWeighting(), draws=100).fit(sample)
