"""The estimators: their definitions by brute force, what they must not depend on, and what they refuse."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import expit

from convergence.analysis.impact.balancing import EntropyBalancing
from convergence.analysis.impact.doubly_robust import DoublyRobust
from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.estimates import Estimator
from convergence.analysis.impact.linear import Linear
from convergence.analysis.impact.matching import ScoreMatching
from convergence.analysis.impact.regression import Difference, Interacted, Regression
from convergence.analysis.impact.sample import Floats, Sample
from convergence.analysis.impact.scores import scores_of
from convergence.analysis.impact.weighting import ScoreWeighting
from convergence.simulation.trials import Trial, draw
from tests.analysis.impact.confounding import confounded

ADJUSTED: tuple[Estimator, ...] = (
    Regression(),
    Interacted(),
    ScoreMatching(),
    ScoreWeighting(),
    EntropyBalancing(),
    EntropyBalancing(moments=2),
    DoublyRobust(),
)
EVERY: tuple[Estimator, ...] = (Difference(), *ADJUSTED)
named = pytest.mark.parametrize("estimator", EVERY, ids=repr)


@pytest.mark.parametrize("estimator", [*ADJUSTED, DoublyRobust(folds=5)], ids=repr)
@pytest.mark.parametrize("sites", [0, 24])
def test_confounding_that_covariates_explain_is_undone(estimator: Estimator, sites: int) -> None:
    sample = confounded(4, 1500, sites=sites)
    found, naive = estimator.fit(sample), Difference().fit(sample)
    assert abs(found.value - 2) < 4 * found.standard_error < 0.6
    assert naive.low > 2.3
    assert found.low < found.value < found.high
    assert found.clusters == (sites or None)


@named
@settings(max_examples=6, deadline=None)
@given(seed=st.sampled_from([1, 4, 9, 16, 25]), scale=st.floats(0.1, 50), shift=st.floats(-100, 100))
def test_the_order_of_people_and_the_units_change_nothing(
    estimator: Estimator, seed: int, scale: float, shift: float
) -> None:
    sample = confounded(seed, 120, sites=9)
    order = np.random.default_rng(seed).permutation(120)
    mixed = Sample(
        sample.outcome[order] * scale + shift,
        sample.treated[order],
        sample.covariates[order] * [3.0, 0.01] + [10.0, -1.0],
        sample.names,
        None if sample.cluster is None else 100 - sample.cluster[order],
        sample.weights[order] * 7,
    )
    one, other = estimator.fit(sample), estimator.fit(mixed)
    assert other.value == pytest.approx(one.value * scale, rel=1e-6, abs=1e-6 * scale)
    assert other.standard_error == pytest.approx(one.standard_error * scale, rel=1e-6)
    assert other.freedom == pytest.approx(one.freedom, rel=1e-6)


@pytest.mark.parametrize("estimator", [e for e in EVERY if not isinstance(e, ScoreMatching)], ids=repr)
def test_a_weight_of_two_is_the_same_person_twice(estimator: Estimator) -> None:
    sample = confounded(7, 150)
    times = np.random.default_rng(0).integers(1, 4, 150)
    twice = sample.rows(np.repeat(np.arange(150), times))
    weighted = Sample(sample.outcome, sample.treated, sample.covariates, sample.names, None, times)
    assert estimator.fit(weighted).value == pytest.approx(estimator.fit(twice).value, rel=1e-7)


@named
def test_a_constant_outcome_has_no_interval(estimator: Estimator) -> None:
    sample = confounded(0, 80)
    with pytest.raises(ImpactError, match="ne varie pas"):
        estimator.fit(sample.with_outcome(np.ones(80)))


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_an_outcome_that_speaks_of_fewer_than_five_people_is_withheld(value: float) -> None:
    sample = confounded(0, 80)
    outcome = np.arange(80) % 2 * 1.0
    followed = np.flatnonzero(sample.treated)
    outcome[followed] = value
    assert Difference().fit(sample.with_outcome(outcome)).value != 0  # everybody, or nobody: no one is told apart
    outcome[followed[:4]] = 1 - value
    with pytest.raises(ImpactError, match="moins de 5 personnes ont ce résultat"):
        Difference().fit(sample.with_outcome(outcome))
    outcome[followed[4]] = 1 - value
    assert Difference().fit(sample.with_outcome(outcome)).standard_error > 0


def matched_by_definition(sample: Sample, neighbours: int, within: int) -> tuple[float, float]:
    """Abadie and Imbens (2006), one person after the other."""
    score = scores_of(sample).values
    followed, compared = np.flatnonzero(sample.treated), np.flatnonzero(~sample.treated)

    def nearest(i: int, among: list[int], count: int) -> list[int]:
        gaps = {j: abs(score[j] - score[i]) for j in among}
        limit = sorted(gaps.values())[count - 1]
        return [j for j, gap in gaps.items() if gap <= limit + 1e-12]

    served, squares, gains = dict.fromkeys(compared, 0.0), dict.fromkeys(compared, 0.0), []
    for i in followed:
        matches = nearest(i, list(compared), neighbours)
        gains.append(sample.outcome[i] - sample.outcome[matches].mean())
        for j in matches:
            served[j] += 1 / len(matches)
            squares[j] += 1 / len(matches) ** 2
    value = float(np.mean(gains))
    variance = float(((np.array(gains) - value) ** 2).sum())
    for j in compared:
        others = nearest(j, [k for k in compared if k != j], within)
        spread = len(others) / (len(others) + 1) * (sample.outcome[j] - sample.outcome[others].mean()) ** 2
        variance += (served[j] ** 2 - squares[j]) * float(spread)
    return value, variance**0.5 / len(followed)


@pytest.mark.parametrize("neighbours", [1, 5])
@pytest.mark.parametrize("rounded", [False, True])
def test_matching_is_what_its_definition_says_ties_included(neighbours: int, rounded: bool) -> None:
    sample = confounded(8, 120)
    if rounded:  # many people with one score
        sample = Sample(sample.outcome, sample.treated, np.round(sample.covariates), sample.names)
    found = ScoreMatching(neighbours).fit(sample)
    assert (found.value, found.standard_error) == pytest.approx(matched_by_definition(sample, neighbours, 2), rel=1e-9)


def test_the_score_is_at_the_maximum_of_the_likelihood() -> None:
    sample = confounded(9, 200)
    scores = scores_of(sample)

    def minus(b: Floats) -> float:
        e = expit(scores.design @ b)
        return -float(np.log(np.where(sample.treated, e, 1 - e)).sum())

    best = minimize(minus, np.zeros(3), tol=1e-12)
    assert scores.log_likelihood == pytest.approx(-best.fun, abs=1e-8)
    assert np.abs(scores.scores_by_person.sum(axis=0)).max() < 1e-8


def stacked_error(equations: Callable[[Floats], Floats], parameters: Floats, contrast: Floats) -> float:
    """The sandwich of stacked estimating equations, differentiated numerically (Stefanski and Boos 2002)."""
    step = 1e-6
    slopes = np.column_stack(
        [
            (equations(parameters + step * d).sum(axis=0) - equations(parameters - step * d).sum(axis=0)) / (2 * step)
            for d in np.eye(len(parameters))
        ]
    )
    at = equations(parameters)
    assert np.abs(at.sum(axis=0)).max() < 1e-6
    direction = np.linalg.solve(slopes.T, contrast)
    return float(np.sqrt(direction @ at.T @ at @ direction))


@pytest.mark.parametrize(("useless", "least", "room"), [(0, 1.0, 1.06), (20, 1.08, 1.5)])
def test_weighting_s_error_knows_that_the_score_was_estimated(useless: int, least: float, room: float) -> None:
    """Many covariates make residuals smaller than they are on other people: the error makes up for it."""
    plain, rng = confounded(10, 150), np.random.default_rng(0)
    columns = np.column_stack([plain.covariates, rng.random((150, useless)) < 0.3])
    sample = Sample(plain.outcome, plain.treated, columns, [str(number) for number in range(2 + useless)])
    scores, arm, y = scores_of(sample), sample.treated, sample.outcome
    found, count = ScoreWeighting().fit(sample), 3 + useless

    def equations(p: Floats) -> Floats:
        e = expit(scores.design @ p[:count])
        odds = np.where(arm, 0.0, e / (1 - e))
        return np.column_stack([scores.design * (arm - e)[:, None], arm * (y - p[-2]), odds * (y - p[-1])])

    parameters = np.r_[scores.coefficients, y[arm].mean(), y[arm].mean() - found.value]
    expected = stacked_error(equations, parameters, np.r_[np.zeros(count), 1, -1])
    assert least * expected < found.standard_error < room * expected


def bent_outcome() -> Sample:
    """An outcome that is not linear: what the score's estimation adds to the doubly robust error does not vanish."""
    plain = confounded(13, 200)
    return plain.with_outcome(plain.outcome + 3 * np.maximum(plain.covariates[:, 0], 0) ** 2)


def bent_score() -> Sample:
    """A score that is not logistic: what the regression's estimation adds does not vanish."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(1000, 2))
    first = x[:, 0]
    treated = rng.random(1000) < expit(1.2 * np.abs(first) ** 1.5 * np.sign(first) * (1 + (first > 0)) - 1)
    return Sample(treated + first + rng.normal(size=1000) * (1 + 2 * (first < 0)), treated, x, ["a", "b"])


def crowded() -> Sample:
    plain = confounded(15, 160)
    useless = np.random.default_rng(5).random((160, 20)) < 0.3
    columns = np.column_stack([plain.covariates, useless])
    return Sample(plain.outcome, plain.treated, columns, [str(number) for number in range(22)])


@pytest.mark.parametrize(
    ("drawn", "least", "room"), [(bent_outcome, 1.0, 1.1), (bent_score, 1.0, 1.02), (crowded, 1.08, 1.5)]
)
def test_the_doubly_robust_error_knows_that_both_models_were_estimated(
    drawn: Callable[[], Sample], least: float, room: float
) -> None:
    sample = drawn()
    scores, arm, y = scores_of(sample), sample.treated, sample.outcome
    found, design = DoublyRobust().fit(sample), scores.design
    count = design.shape[1]
    slopes = np.linalg.lstsq(design[~arm], y[~arm], rcond=None)[0]

    def equations(p: Floats) -> Floats:
        e = expit(design @ p[:count])
        odds, residual = np.where(arm, 0.0, e / (1 - e)), y - design @ p[count:-2]
        return np.column_stack(
            [
                design * (arm - e)[:, None],
                design * np.where(arm, 0.0, residual)[:, None],
                arm * (residual - p[-2]),
                odds * (residual - p[-1]),
            ]
        )

    residual = y - design @ slopes
    weights = DoublyRobust().weigh(sample)
    parameters = np.r_[scores.coefficients, slopes, residual[arm].mean(), weights[~arm] @ residual[~arm]]
    expected = stacked_error(equations, parameters, np.r_[np.zeros(2 * count), 1, -1])
    assert least * expected < found.standard_error < room * expected


def test_entropy_balancing_s_error_is_hc2_of_the_weighted_regression() -> None:
    """The estimate is the mean of the people followed less that regression's prediction at their means."""
    sample = confounded(10, 150)
    found, weights, arm = EntropyBalancing().fit(sample), EntropyBalancing().weigh(sample), sample.treated
    centred = sample.covariates - sample.covariates[arm].mean(axis=0)
    matrix = np.column_stack([np.ones(150), centred])
    linear = Linear.fit(matrix[~arm], sample.outcome[~arm], weights[~arm])
    assert found.value == pytest.approx(sample.outcome[arm].mean() - linear.coefficients[0])
    followed = (sample.outcome - centred @ linear.coefficients[1:])[arm]
    expected = linear.person_error(0, "HC2") ** 2 + followed.var(ddof=1) / len(followed)
    assert found.standard_error**2 == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("moments", [1, 2])
def test_entropy_balancing_balances_exactly(moments: int) -> None:
    sample = confounded(11, 300)
    weights = EntropyBalancing(moments=moments).weigh(sample)
    x, arm = sample.covariates, sample.treated
    centre = x[arm].mean(axis=0)
    assert weights[~arm] @ x[~arm] == pytest.approx(centre, abs=1e-8)
    if moments == 2:
        assert weights[~arm] @ (x[~arm] - centre) ** 2 == pytest.approx(x[arm].var(axis=0), abs=1e-8)
    assert weights[~arm].min() > 0
    assert (weights[arm].sum(), weights[~arm].sum()) == pytest.approx((1, 1))
    # The entropy is least where log weights are linear in what is balanced.
    terms = np.column_stack([np.ones(len(x)), x, *([(x - centre) ** 2] if moments == 2 else [])])[~arm]
    left = np.linalg.lstsq(terms, np.log(weights[~arm]), rcond=None)[1]
    assert left == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(("score_right", "outcome_right"), [(True, False), (False, True)])
def test_the_doubly_robust_estimate_needs_one_model_only(score_right: bool, outcome_right: bool) -> None:
    values, singles = [], []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        x = rng.normal(size=800)
        bent = 3 * np.maximum(x, 0)
        treated = rng.random(800) < expit((x if score_right else bent) - 1.5)
        outcome = treated + (x if outcome_right else bent) + rng.normal(size=800)
        sample = Sample(outcome, treated, x[:, None], ["x"])
        values.append(DoublyRobust().fit(sample).value)
        singles.append((Regression() if score_right else ScoreWeighting()).fit(sample).value)
    assert np.mean(values) == pytest.approx(1, abs=0.1)
    assert abs(np.mean(singles) - 1) > 0.12


def test_matching_by_site_sums_widened_residuals_by_site() -> None:
    sample = confounded(14, 90, sites=10)
    arm, site, y = sample.treated, sample.cluster, sample.outcome
    assert site is not None
    matcher = ScoreMatching(3)
    weights = matcher.weigh(sample)
    matrix = np.column_stack([np.ones(90), sample.covariates])
    residual = y - matrix @ np.linalg.lstsq(matrix[~arm], y[~arm], rcond=None)[0]
    scaled = matrix[~arm] * np.sqrt(weights[~arm])[:, None]
    hat = np.einsum("ij,jk,ik->i", scaled, np.linalg.inv(scaled.T @ scaled), scaled)
    influence = np.zeros(90)
    influence[arm] = weights[arm] * (residual[arm] - weights[arm] @ residual[arm])
    left = (1 - hat) / (1 - weights[~arm])
    influence[~arm] = -weights[~arm] * (residual[~arm] - weights[~arm] @ residual[~arm]) / np.sqrt(left)
    total = np.zeros(10)
    for group in (arm, ~arm):
        for g in range(10):
            here = group & (site == g)
            total[g] += influence[here].sum() / np.sqrt(1 - weights[here].sum())
    assert matcher.fit(sample).standard_error == pytest.approx(np.sqrt((total**2).sum()), rel=1e-9)


def test_cross_fitting_deals_whole_sites_and_the_seed_decides() -> None:
    sample = confounded(12, 300, sites=20)
    one, same, other = (DoublyRobust(folds=4, seed=seed).fit(sample) for seed in (1, 1, 2))
    assert one == same
    assert one.value != other.value
    alone = Sample(sample.outcome, sample.treated, sample.covariates, sample.names)
    assert one.value != DoublyRobust(folds=4, seed=1).fit(alone).value
    assert one.value == pytest.approx(DoublyRobust().fit(sample).value, abs=one.standard_error)


@pytest.mark.parametrize("estimator", [ScoreMatching(), ScoreWeighting(), DoublyRobust()], ids=repr)
def test_groups_that_a_covariate_separates_have_no_overlap(estimator: Estimator) -> None:
    x = np.r_[np.arange(20.0), np.arange(30.0, 50)][:, None]
    sample = Sample(np.arange(40.0) % 7, [False] * 20 + [True] * 20, x, ["âge"])
    with pytest.raises(ImpactError, match="«\u00a0âge\u00a0» sépare"):
        estimator.fit(sample)


def test_entropy_balancing_refuses_means_out_of_reach() -> None:
    x = np.r_[np.arange(20.0), np.arange(15.0, 35)][:, None]
    with pytest.raises(ImpactError, match="aucune pondération des personnes comparées n’atteint"):
        EntropyBalancing().fit(Sample(np.arange(40.0) % 7, [False] * 20 + [True] * 20, x, ["âge"]))


@pytest.mark.parametrize("estimator", [ScoreMatching(), ScoreWeighting(), DoublyRobust()], ids=repr)
def test_most_people_without_equivalent_are_refused(estimator: Estimator) -> None:
    rng = np.random.default_rng(0)
    x = np.r_[rng.normal(size=100), rng.normal(size=60) + 4][:, None]
    sample = Sample(rng.normal(size=160), np.arange(160) >= 100, x, ["âge"])
    with pytest.raises(ImpactError, match=r"n’ont aucun équivalent|portent tout le résultat"):
        estimator.fit(sample)


@pytest.mark.parametrize("estimator", [ScoreMatching(), ScoreWeighting(), DoublyRobust(), EntropyBalancing()], ids=repr)
def test_without_covariates_there_is_nothing_to_adjust_on(estimator: Estimator) -> None:
    with pytest.raises(ImpactError, match="caractéristiques connues à l’entrée"):
        estimator.fit(Sample(np.arange(12.0), [True] * 6 + [False] * 6))


def test_parameters_without_a_meaning_are_refused() -> None:
    for made in (lambda: ScoreMatching(0), lambda: EntropyBalancing(3), lambda: DoublyRobust(folds=1)):
        with pytest.raises(ImpactError, match=r"au moins un voisin|les moyennes|deux parts"):
            made()


def test_the_summary_says_what_was_estimated_on_whom() -> None:
    found = ScoreWeighting().fit(confounded(1, sites=12))
    lines = found.summary().splitlines()
    assert lines[0] == "Pondération par le score\u00a0: effet moyen sur les personnes suivies (ATT)"
    assert any("Student" in line for line in lines)
    assert any("12 chantiers" in line for line in lines)
    assert any("moins de vingt" in line for line in lines)


def test_entropy_balancing_ends_where_rounding_hides_what_a_step_gains() -> None:
    """Its third step left 4e-9, which the sum of exponentials no longer showed."""
    drawn = draw(Trial(), np.random.default_rng([1, 822]))
    sample = Sample(drawn.outcome, drawn.treated, drawn.covariates, drawn.names)
    assert EntropyBalancing().fit(sample).diagnostics["imbalance"] < 1e-9
