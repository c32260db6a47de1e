"""The National Supported Work demonstration and its CPS comparison: published answers, to their last decimals.

Data: Cunningham's (2021) files in the package ``causaldata``; Lalonde (1986), Dehejia and Wahba (2002).
"""

from typing import Any

import numpy as np
import pytest
from causaldata import cps_mixtape, nsw_mixtape

from convergence.analysis.impact.balancing import EntropyBalancing
from convergence.analysis.impact.matching import ScoreMatching
from convergence.analysis.impact.regression import Difference, Interacted, PersonErrors, Regression
from convergence.analysis.impact.sample import Sample
from convergence.analysis.impact.scores import scores_of
from convergence.analysis.impact.weighting import ScoreWeighting

EIGHT = ("age", "educ", "black", "hisp", "marr", "nodegree", "re74", "re75")
SCORE = (
    "age",
    "age²",
    "age³",
    "educ",
    "educ²",
    "marr",
    "nodegree",
    "black",
    "hisp",
    "re74",
    "re75",
    "u74",
    "u75",
    "educ×re74",
)

Columns = dict[str, Any]


def columns_of(frame: Any) -> Columns:
    found = {name: frame[name].to_numpy(dtype=np.float64) for name in frame.columns if name != "data_id"}
    return found | {
        "age²": found["age"] ** 2,
        "age³": found["age"] ** 3,
        "educ²": found["educ"] ** 2,
        "u74": (found["re74"] == 0) * 1.0,
        "u75": (found["re75"] == 0) * 1.0,
        "educ×re74": found["educ"] * found["re74"],
    }


def sample(columns: Columns, names: tuple[str, ...] = ()) -> Sample:
    matrix = np.column_stack([columns[name] for name in names]) if names else None
    return Sample(columns["re78"], columns["treat"], matrix, names)


@pytest.fixture(scope="module")
def experiment() -> Columns:
    return columns_of(nsw_mixtape.load_pandas().data)


@pytest.fixture(scope="module")
def observed(experiment: Columns) -> Columns:
    """The people treated in the experiment, with the people of a survey for comparison."""
    others, treated = columns_of(cps_mixtape.load_pandas().data), experiment["treat"] == 1
    return {name: np.concatenate([values[treated], others[name]]) for name, values in experiment.items()}


@pytest.fixture(scope="module")
def scored(observed: Columns) -> Sample:
    return sample(observed, SCORE)


def test_the_people_are_those_of_the_publications(experiment: Columns, observed: Columns) -> None:
    both = sample(experiment)
    assert (both.treated_count, both.control_count) == (185, 260)
    assert len(sample(observed)) == 16_177


@pytest.mark.parametrize(("errors", "expected"), [("classical", 632.8534), ("HC2", 670.9965), ("HC3", 672.6821)])
def test_difference_of_means(experiment: Columns, errors: PersonErrors, expected: float) -> None:
    found = Difference(errors).fit(sample(experiment))
    assert found.value == pytest.approx(1794.3424, abs=0.01)
    assert found.standard_error == pytest.approx(expected, abs=0.01)


def test_least_squares_with_covariates(experiment: Columns) -> None:
    names = ("age", "age²", "educ", "nodegree", "black", "hisp", "re74", "re75")
    found = Regression("classical").fit(sample(experiment, names))
    assert (found.value, found.standard_error) == pytest.approx((1672.2031, 638.3966), abs=0.01)


def test_lin_s_interacted_regression(experiment: Columns) -> None:
    found = Interacted(centre="all", errors="HC2").fit(sample(experiment, EIGHT))
    assert (found.value, found.standard_error) == pytest.approx((1621.5831, 694.7216), abs=0.01)
    assert found.estimand == "ATE"


def test_the_naive_difference_with_the_survey(observed: Columns) -> None:
    found = Difference("classical").fit(sample(observed))
    assert (found.value, found.standard_error) == pytest.approx((-8497.516, 712.02), abs=0.01)


def test_the_score(scored: Sample) -> None:
    scores = scores_of(scored)
    assert scores.log_likelihood == pytest.approx(-404.15991, abs=1e-4)
    assert scores.values[scored.treated].mean() == pytest.approx(0.425357, abs=1e-4)
    assert scores.values[~scored.treated].mean() == pytest.approx(0.006648, abs=1e-4)


def test_weighting_by_the_score(scored: Sample) -> None:
    found = ScoreWeighting().fit(scored)
    assert found.value == pytest.approx(1782.209, abs=0.05)
    assert found.diagnostics["effective_controls"] == pytest.approx(70.15, abs=0.05)


def test_five_nearest_neighbours_on_the_score(scored: Sample) -> None:
    assert ScoreMatching(neighbours=5).fit(scored).value == pytest.approx(1725.082, abs=0.05)


def test_entropy_balancing_on_the_means(observed: Columns) -> None:
    found = EntropyBalancing().fit(sample(observed, EIGHT))
    assert found.value == pytest.approx(1270.735, abs=0.5)
    assert found.diagnostics["effective_controls"] == pytest.approx(417.68, abs=0.5)
