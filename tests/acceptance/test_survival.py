"""Remission of leukaemia under 6-MP and placebo (Freireich et al. 1963, Blood 21:699-716): `gehan.dat` of lifelines."""

from importlib.resources import files

import numpy as np
import pytest

from convergence.analysis.impact.cox import Cox, Ties
from convergence.analysis.impact.durations import Durations
from convergence.analysis.impact.survival import KaplanMeier, log_rank

TOLERANCE = 1e-4


@pytest.fixture(scope="module")
def freireich() -> Durations:
    """Weeks to relapse; the group of reference is 6-MP, whose hazard the published coefficients divide by."""
    text = files("lifelines.datasets").joinpath("gehan.dat").read_text(encoding="ascii")
    group, weeks, relapse = np.array([line.split() for line in text.splitlines() if line], dtype=np.int64).T
    return Durations(weeks, relapse, group == 2)


def test_the_curve_of_6_mp(freireich: Durations) -> None:
    curve = KaplanMeier().fit(freireich).curves[0]

    published = {6: 0.8571, 7: 0.8067, 10: 0.7529, 13: 0.6902, 16: 0.6275, 22: 0.5378, 23: 0.4482}
    assert curve.months.tolist() == list(published)
    np.testing.assert_allclose(curve.share, list(published.values()), atol=TOLERANCE)


def test_the_log_rank_test(freireich: Durations) -> None:
    assert log_rank(freireich).statistic == pytest.approx(16.7929, abs=TOLERANCE)


@pytest.mark.parametrize(("ties", "published"), [(Ties.EFRON, 1.5721), (Ties.BRESLOW, 1.5092)])
def test_cox_with_the_ties_of_efron_and_of_breslow(freireich: Durations, ties: Ties, published: float) -> None:
    """The coefficient of placebo against 6-MP."""
    assert -Cox(ties).fit(freireich).coefficients[0] == pytest.approx(published, abs=TOLERANCE)
