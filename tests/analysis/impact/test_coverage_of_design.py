"""Over a thousand draws with a known answer, 95 % intervals hold it between 92 and 98 times in a hundred."""

import numpy as np
import pytest

from convergence.analysis.impact.bounds import lee, manski
from convergence.analysis.impact.differences import DifferenceInDifferences, EventStudy
from convergence.analysis.impact.durations import Durations, Whole
from convergence.analysis.impact.panel import Panel
from convergence.analysis.impact.sample import Floats
from convergence.analysis.impact.survival import IncidenceDifference, RestrictedMean

DRAWS = 1000
EXPECTED = (0.92, 0.98)

pytestmark = pytest.mark.slow


def within(hits: int, draws: int = DRAWS) -> bool:
    return EXPECTED[0] <= hits / draws <= EXPECTED[1]


@pytest.mark.parametrize("correlation", [0.0, 0.05])
def test_survival_intervals_hold_the_truth_with_censoring_and_sites(correlation: float) -> None:
    """Two ways out, exponential; sites share a frailty of that variance. The truth is a mean over 400,000 people."""
    random = np.random.default_rng(17)
    rates = {True: (0.03, 0.04), False: (0.05, 0.04)}

    def drawn(people: int, sites: int, censored: bool) -> tuple[Durations, Floats, Whole]:
        site = np.arange(people) % sites
        treated = site % 2 == 0
        shape = 1 / correlation if correlation else np.inf
        frailty = random.gamma(shape, 1 / shape, sites)[site] if correlation else np.ones(people)
        ways = [
            random.exponential(1 / (frailty * np.where(treated, rates[True][way], rates[False][way]))) for way in (0, 1)
        ]
        months, event = np.minimum(*ways), np.where(ways[0] < ways[1], 1, 2)
        followed = random.uniform(12, 60, people) if censored else np.full(people, np.inf)
        seen = months <= followed
        durations = Durations(
            np.minimum(months, followed), np.where(seen, event, 0), treated, events=("a", "b"), cluster=site
        )
        return durations, months, event

    truth, months, event = drawn(400_000, 40_000, censored=False)
    arm = truth.treated
    kept = np.minimum(months, 10.0)
    mean = kept[arm].mean() - kept[~arm].mean()
    gone = (months <= 10) & (event == 1)
    share = gone[arm].mean() - gone[~arm].mean()
    hits = [0, 0]
    for _ in range(DRAWS):
        durations, *_ = drawn(400, 20, censored=True)
        estimates = RestrictedMean(10).fit(durations), IncidenceDifference(10, 1).fit(durations)
        for rank, (found, answer) in enumerate(zip(estimates, (mean, share), strict=True)):
            hits[rank] += found.low <= answer <= found.high

    assert within(hits[0]), hits
    assert within(hits[1]), hits


@pytest.mark.parametrize("correlation", [0.0, 0.10])
def test_differences_hold_the_truth_over_twelve_sites_and_two_starts(correlation: float) -> None:
    random = np.random.default_rng(23)
    site = np.repeat(np.arange(12), 10 * 5)
    unit, period = np.repeat(np.arange(120), 5), np.tile(np.arange(5), 120)
    start = np.where(site < 3, 2.0, np.where(site < 6, 3.0, np.nan))
    reached = period >= start
    truth = np.mean(period[reached] - start[reached] + 1)
    hits = leads = 0
    for _ in range(DRAWS):
        # Sites change together from one period to the next, by a shock of their own.
        shocks = random.normal(0, np.sqrt(correlation), (12, 5))[site, period]
        noise = random.normal(0, np.sqrt(1 - correlation), len(unit))
        outcome = random.normal(0, 1, 120)[unit] + 0.2 * period + shocks + noise
        outcome += np.where(reached, period - start + 1, 0.0)
        panel = Panel(outcome, period, start, unit=unit, cluster=site)
        found = DifferenceInDifferences().fit(panel)
        hits += found.low <= truth <= found.high
        study = EventStudy().fit(panel)
        leads += study.low[0] <= 0 <= study.high[0]

    assert within(hits), hits
    assert within(leads), leads


def test_bounds_hold_the_effect_whatever_became_of_those_lost() -> None:
    """Whoever fails is lost one time in three in the comparison; the effect is at the end of the bounds."""
    random = np.random.default_rng(29)
    hits = monotone = 0
    for _ in range(DRAWS):
        arm = np.arange(400) < 200
        outcome = (random.random(400) < np.where(arm, 0.6, 0.4)) * 1.0
        outcome[~arm & (outcome == 0) & (random.random(400) < 1 / 3)] = np.nan
        worst = manski(outcome, arm)
        hits += worst.low <= 0.6 - 0.4 <= worst.high
        # Among people who would be followed in either arm: 0.4 / 0.8 compared, and as many treated at least.
        bounds = lee(outcome, arm, draws=60)
        monotone += bounds.low <= 0.75 - 0.5 <= bounds.high

    assert within(hits), hits
    assert monotone / DRAWS >= EXPECTED[0]
