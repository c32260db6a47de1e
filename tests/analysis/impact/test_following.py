"""People lost from sight whose loss the covariates explain no longer bias an effect; what they do not explain does."""

import numpy as np
import pytest

from convergence.analysis.impact.doubly_robust import DoublyRobust
from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.following import StillFollowed
from convergence.analysis.impact.regression import Difference
from convergence.analysis.impact.sample import Floats, Sample

EFFECT = 0.10


def lost(seed: int, people: int = 800, *, hidden: bool = False) -> tuple[Sample, Floats]:
    """A randomised comparison with a known effect in shares, where those doing badly are lost, in the scheme less.

    What makes people do badly is a covariate, unless ``hidden``.
    """
    rng = np.random.default_rng(seed)
    x = rng.normal(size=people)
    treated = rng.random(people) < 0.5
    done = rng.random(people) < np.clip(0.45 + 0.15 * x + EFFECT * treated, 0.02, 0.98)
    chance = 1 / (1 + np.exp(-np.where(treated, 2.0, 0.2 + 1.6 * x)))
    outcome = np.where(rng.random(people) < chance, done.astype(np.float64), np.nan)
    told = rng.normal(size=people) if hidden else x
    return Sample(np.zeros(people), treated, told[:, None], ("situation",)), outcome


def seen(sample: Sample, outcome: Floats) -> Sample:
    known = np.isfinite(outcome)
    return sample.rows(known).with_outcome(outcome[known])


def test_weighting_by_the_chance_of_being_followed_removes_the_bias_that_covariates_explain() -> None:
    """40 draws of a known effect: the mean of the plain difference misses it by far, that of the weighted one holds."""
    draws = [lost(seed) for seed in range(40)]
    plain = np.array([Difference().fit(seen(*each)).value for each in draws])
    weighted = [StillFollowed(Difference()).fit(*each) for each in draws]
    values = np.array([each.value for each in weighted])
    truth = np.mean([_truth(seed) for seed in range(40)])
    error = float(values.std(ddof=1)) / np.sqrt(len(values))

    assert plain.mean() < truth - 6 * error
    assert abs(values.mean() - truth) < 2.5 * error
    assert np.mean([each.low <= EFFECT <= each.high for each in weighted]) >= 0.9


def _truth(seed: int) -> float:
    """The effect on the people of a draw, the shares being clipped."""
    x = np.random.default_rng(seed).normal(size=800)
    return float(np.mean(np.clip(0.55 + 0.15 * x, 0.02, 0.98) - np.clip(0.45 + 0.15 * x, 0.02, 0.98)))


def test_what_no_covariate_explains_stays_and_the_estimate_says_so() -> None:
    draws = [lost(seed, hidden=True) for seed in range(20)]
    weighted = [StillFollowed(Difference()).fit(*each) for each in draws]
    assert np.mean([each.value for each in weighted]) < EFFECT - 0.03
    assert all("n’explique pas de la perte des autres n’est pas corrigé" in each.notes[0] for each in weighted)


def test_it_wraps_any_estimator_and_counts_who_is_lost() -> None:
    sample, outcome = lost(3)
    known = np.isfinite(outcome)
    found = StillFollowed(DoublyRobust()).fit(sample, outcome)
    assert found.method == "Estimateur doublement robuste, pondéré par la chance d’être encore suivie"
    assert found.treated + found.controls == known.sum()
    shares = [1 - known[side].mean() for side in (sample.treated, ~sample.treated)]
    assert [found.diagnostics[name] for name in ("lost_treated", "lost_controls")] == pytest.approx(shares)
    assert 0 < found.diagnostics["effective_followed"] < known.sum()


def test_where_the_loss_has_nothing_to_do_with_anything_weights_are_nearly_equal() -> None:
    sample, _ = lost(1, 4000)
    random = np.random.default_rng(2).random(4000) < 0.7
    weights = StillFollowed().weigh(sample, random)
    assert weights[random] == pytest.approx(1.0, abs=0.1)
    assert (weights[~random] == 0).all()
    for side in (sample.treated, ~sample.treated):
        assert weights[side].sum() == pytest.approx((random & side).sum(), rel=0.01)


def test_a_characteristic_that_all_those_lost_have_gives_finite_weights() -> None:
    sample, _ = lost(4, 200)
    followed = sample.covariates[:, 0] > -0.8
    weights = StillFollowed().weigh(sample, followed)
    assert np.isfinite(weights).all()
    assert weights[followed].min() > 0


def test_who_carries_too_much_is_refused_in_a_sentence() -> None:
    sample, outcome = lost(5, 100)
    with pytest.raises(ImpactError, match="Personne n’est perdu de vue"):
        StillFollowed().fit(sample, np.zeros(100))
    with pytest.raises(ImpactError, match="100 personnes mais 99 résultats"):
        StillFollowed().fit(sample, outcome[1:])
    nearly_nobody = np.where(sample.treated & (np.cumsum(sample.treated) > 4), np.nan, 1.0)
    with pytest.raises(ImpactError, match="Moins de 5 personnes suivies ont un résultat connu"):
        StillFollowed().fit(sample, nearly_nobody)
