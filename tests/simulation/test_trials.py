"""Drawn comparisons are what their parameters say: their truth, their correlation, their confounding."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from convergence.analysis.impact.sample import Sample
from convergence.analysis.impact.scores import scores_of
from convergence.simulation.trials import Trial, draw

CROWD = Trial(people=100_000, sites=(1000, 1000))


def test_one_seed_gives_one_comparison_and_another_another() -> None:
    one, same, other = (draw(Trial(), np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert (one.outcome == same.outcome).all()
    assert (one.outcome != other.outcome).all()
    assert len(one.outcome) == 600


def test_each_site_is_in_one_group_and_holds_four_people_or_more() -> None:
    drawn = draw(Trial(people=120, sites=(5, 9)), np.random.default_rng(0))
    assert np.bincount(drawn.site).min() >= 4
    assert len(np.bincount(drawn.site)) == 14
    assert set(drawn.site[drawn.treated]) == set(range(5))
    assert len(set(np.bincount(drawn.site))) > 3


@pytest.mark.parametrize("heterogeneity", [0.0, 0.3])
@pytest.mark.parametrize("binary", [False, True])
def test_the_truth_is_what_the_people_drawn_get_on_average(heterogeneity: float, binary: bool) -> None:
    trial = replace(CROWD, heterogeneity=heterogeneity, binary=binary, correlation=0.1, hidden=0.4)
    drawn = draw(trial, np.random.default_rng(1))
    assert drawn.effect == trial.truth
    assert drawn.here == pytest.approx(trial.truth, abs=0.004 if binary else 0.006)


def test_a_constant_effect_is_its_own_truth_and_none_is_zero() -> None:
    assert Trial(effect=0.25).truth == 0.25
    assert Trial(effect=0.0, binary=True).truth == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize("correlation", [0.0, 0.1])
def test_people_of_one_site_are_as_alike_as_was_asked(correlation: float) -> None:
    drawn = draw(replace(CROWD, correlation=correlation, effect=0.0), np.random.default_rng(2))
    matrix = np.column_stack([np.ones(len(drawn.outcome)), drawn.covariates])
    left = drawn.outcome - matrix @ np.linalg.lstsq(matrix, drawn.outcome, rcond=None)[0]
    size = np.bincount(drawn.site)
    means = np.bincount(drawn.site, left) / size
    within = ((left - means[drawn.site]) ** 2).sum() / (len(left) - len(size))
    between = means.var() - within * (1 / size).mean()
    assert within + between == pytest.approx(1, abs=0.02)
    assert between == pytest.approx(correlation, abs=0.01)


def test_who_is_in_the_scheme_is_logistic_in_the_covariates() -> None:
    trial = replace(CROWD, confounding=0.5, composition=0.2)
    drawn = draw(trial, np.random.default_rng(3))
    scores = scores_of(Sample(drawn.outcome, drawn.treated, drawn.covariates, drawn.names))
    # Two normal laws of variance 1 + 0.2² with means apart by m: the log-odds have the slope m / 1.04.
    expected = [0.5 / 1.04, -0.3 / 1.04, 0.25, 0.4]
    assert scores.coefficients[1:] / scores.scale == pytest.approx(expected, abs=0.06)


def test_a_hidden_cause_is_in_both_outcomes_and_in_no_covariate() -> None:
    hidden, open_ = (draw(replace(CROWD, hidden=h, effect=0.0), np.random.default_rng(4)) for h in (1.0, 0.0))

    def adjusted(drawn: Any, outcome: Any) -> float:
        matrix = np.column_stack([np.ones(len(outcome)), drawn.treated, drawn.covariates])
        return float(np.linalg.lstsq(matrix, outcome, rcond=None)[0][1])

    assert adjusted(hidden, hidden.outcome) == pytest.approx(0.6, abs=0.04)
    assert adjusted(hidden, hidden.before) == pytest.approx(0.6, abs=0.04)
    assert adjusted(open_, open_.outcome) == pytest.approx(0, abs=0.03)
    assert adjusted(open_, open_.before) == pytest.approx(0, abs=0.03)


def test_those_lost_from_sight_are_people_compared_with_low_outcomes() -> None:
    drawn = draw(replace(CROWD, losses=0.2), np.random.default_rng(5))
    assert drawn.seen[drawn.treated].all()
    others = ~drawn.treated
    assert 0.2 < 1 - drawn.seen[others].mean() < 0.3
    assert drawn.outcome[others & ~drawn.seen].mean() < drawn.outcome[others & drawn.seen].mean() - 0.4
    assert draw(Trial(), np.random.default_rng(5)).seen.all()


def test_covariates_that_move_nothing_change_nothing_else() -> None:
    plain, more = (draw(Trial(others=others), np.random.default_rng(6)) for others in (0, 3))
    assert more.covariates.shape == (600, 7)
    assert len(more.names) == len(set(more.names)) == 7
    assert (more.covariates[:, :4] == plain.covariates).all()
    assert (more.outcome == plain.outcome).all()


@pytest.mark.parametrize("wrong", [{"sites": (0, 4)}, {"people": 50}, {"correlation": 1.0}, {"losses": 0.6}])
def test_parameters_without_a_meaning_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"at least one site|a correlation"):
        Trial(**wrong)
