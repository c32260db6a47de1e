"""Whom an interval speaks of; the error of a weighted difference; the wild cluster bootstrap by brute force."""

from itertools import product

import numpy as np
import pytest

from convergence.analysis.impact.clusters import difference_error, inference_on
from convergence.analysis.impact.estimates import SUCH_SITES, THESE_PEOPLE, THESE_SITES
from convergence.analysis.impact.linear import Linear
from convergence.analysis.impact.regression import Difference, Regression
from convergence.analysis.impact.sample import Floats, Sample
from convergence.analysis.impact.weighting import ScoreWeighting, difference
from convergence.analysis.impact.wild import Law, Wild
from tests.analysis.impact.confounding import confounded


def nested(sites: int, people: int = 10, seed: int = 0) -> Sample:
    """As many sites of one size in each group, with an effect of the site."""
    rng = np.random.default_rng(seed)
    site = np.repeat(np.arange(sites), people)
    outcome = rng.normal(size=sites)[site] + rng.normal(size=len(site)) + site % 2
    return Sample(outcome, site % 2 == 1, cluster=site)


@pytest.mark.parametrize("whole_sites", [True, False])
def test_the_error_of_a_difference_is_cr2_of_the_regression_on_the_two_groups(whole_sites: bool) -> None:
    sample = confounded(1, 150, sites=11, whole_sites=whole_sites)
    assert sample.cluster is not None
    _, influence = difference(sample.outcome, sample.treated, Difference().weigh(sample))
    matrix = np.column_stack([np.ones(150), sample.treated])
    expected = Linear.fit(matrix, sample.outcome, sample.weights).cluster_error(1, sample.cluster, "CR2")
    assert difference_error(sample.treated, sample.weights, influence, sample.cluster) == pytest.approx(expected)


def test_people_one_by_one_give_neyman_s_error_and_welch_like_freedom() -> None:
    sample = confounded(2, 60)
    y, arm = sample.outcome, sample.treated
    _, influence = difference(y, arm, Difference().weigh(sample))
    error, _ = difference_error(arm, sample.weights, influence, np.arange(60))
    assert error == pytest.approx((y[arm].var(ddof=1) / arm.sum() + y[~arm].var(ddof=1) / (~arm).sum()) ** 0.5)


def test_errors_are_those_of_sites_from_four_sites_in_each_group() -> None:
    few, some, many = (inference_on(nested(count)) for count in (6, 8, 20))
    assert (few.scope, few.clusters) == (THESE_SITES, None)
    assert "ces chantiers, et non pour d’autres" in few.notes[0]
    assert (some.scope, some.clusters, some.few) == (SUCH_SITES, 8, True)
    assert "8 chantiers, soit moins de vingt" in some.notes[0]
    assert (many.scope, many.clusters, many.notes) == (SUCH_SITES, 20, ())
    assert inference_on(confounded(0)).scope == THESE_PEOPLE


def test_with_few_sites_the_correction_is_taken_even_where_another_error_was_asked() -> None:
    few, many = nested(8), nested(24)
    assert Difference(site_errors="CR1").fit(few).standard_error == Difference().fit(few).standard_error
    assert Difference(site_errors="CR1").fit(few).freedom == pytest.approx(6)
    assert Difference(site_errors="CR1").fit(many).freedom == 23


def test_under_four_sites_errors_are_by_person_and_the_summary_says_so() -> None:
    sample = nested(6)
    alone = Sample(sample.outcome, sample.treated)
    found = Difference().fit(sample)
    assert found.standard_error == Difference().fit(alone).standard_error
    assert "ces chantiers, et non d’autres" in found.summary()


def test_what_sites_share_widens_the_interval() -> None:
    sample = confounded(5, 600, sites=24, whole_sites=True)
    alone = Sample(sample.outcome, sample.treated, sample.covariates, sample.names)
    assert ScoreWeighting().fit(sample).standard_error > 1.2 * ScoreWeighting().fit(alone).standard_error


@pytest.mark.parametrize("hypothesis", [0.0, 0.6])
def test_wild_bootstrap_by_brute_force(hypothesis: float) -> None:
    sample = nested(8, 5, seed=4)
    site, y = sample.cluster, sample.outcome
    assert site is not None
    matrix = np.column_stack([np.ones(40), sample.treated, np.arange(40) % 5])
    others = np.delete(matrix, 1, axis=1)

    def statistic(outcome: Floats) -> float:
        fitted = Linear.fit(matrix, outcome, np.ones(40))
        return float((fitted.coefficients[1] - hypothesis) / fitted.cluster_error(1, site, "CR1")[0])

    moved = y - hypothesis * sample.treated
    fitted = others @ np.linalg.lstsq(others, moved, rcond=None)[0]
    residuals = moved - fitted
    drawn = [
        statistic(hypothesis * sample.treated + fitted + residuals * np.array(signs)[site])
        for signs in product((-1.0, 1.0), repeat=8)
    ]
    expected = np.mean(np.abs(drawn) >= abs(statistic(y)) * (1 - 1e-9))
    assert 0.02 < expected < 0.98
    assert Wild(matrix, y, np.ones(40), site, 1).p_value(hypothesis) == pytest.approx(expected)


@pytest.mark.parametrize("law", ["rademacher", "webb"])
def test_the_wild_interval_holds_what_is_not_refused(law: Law) -> None:
    sample = nested(11, seed=2)
    matrix = np.column_stack([np.ones(len(sample)), sample.treated])
    assert sample.cluster is not None
    wild = Wild(matrix, sample.outcome, sample.weights, sample.cluster, 1, law)
    low, high = wild.interval(0.95)
    assert wild.p_value(low + 0.05) > 0.05 > wild.p_value(low - 0.05)
    assert wild.p_value(high - 0.05) > 0.05 > wild.p_value(high + 0.05)


def test_an_estimate_with_drawn_errors_says_so() -> None:
    sample = confounded(6, 200, sites=10, whole_sites=True)
    plain, drawn = Regression().fit(sample), Regression(site_errors="wild").fit(sample)
    assert drawn.value == plain.value
    assert drawn.low < 2 < drawn.high
    assert (drawn.low, drawn.high) != (plain.low, plain.high)
    assert "wild cluster bootstrap, 10 chantiers" in drawn.notes[0]
