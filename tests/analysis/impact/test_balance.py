"""The table of balance, what it says, and its figures."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from convergence.analysis.impact.balance import balance_of
from convergence.analysis.impact.balancing import EntropyBalancing
from convergence.analysis.impact.estimates import Estimate
from convergence.analysis.impact.regression import Difference
from convergence.analysis.impact.sample import Sample
from convergence.analysis.impact.scores import scores_of
from convergence.analysis.impact.weighting import ScoreWeighting
from tests.analysis.impact.confounding import confounded


def test_differences_and_ratios_are_those_of_the_definition() -> None:
    sample = confounded(1)
    row = balance_of(sample).rows[0]
    one, other = sample.covariates[sample.treated, 0], sample.covariates[~sample.treated, 0]
    assert row.before.difference == pytest.approx((one.mean() - other.mean()) / one.std(ddof=1))
    assert row.before.ratio == pytest.approx(one.var(ddof=1) / other.var(ddof=1))
    assert row.before == row.after


def test_weighting_makes_alike_what_was_not() -> None:
    sample = confounded(1, 800)
    before, after = balance_of(sample), balance_of(sample, ScoreWeighting().weigh(sample))
    assert before.worst > 0.3
    assert any("«\u00a0âge\u00a0»" in note for note in before.notes)
    assert after.worst < 0.1
    assert after.notes == ()
    assert after.rows[0].before == before.rows[0].before
    assert balance_of(sample, EntropyBalancing().weigh(sample)).worst < 1e-8


def test_unequal_spreads_and_few_effective_people_are_said() -> None:
    rng = np.random.default_rng(0)
    arm = np.arange(400) < 100
    x = np.where(arm, 0.4, 1.0) * rng.normal(size=400) + 1.6 * arm
    sample = Sample(rng.normal(size=400), arm, x[:, None], ["âge"])
    assert any("inégalement dispersés" in note for note in balance_of(sample).notes)
    after = balance_of(sample, EntropyBalancing().weigh(sample))
    assert after.effective_controls < 75
    assert any("peu d’entre elles ressemblent" in note for note in after.notes)


def test_means_that_speak_of_fewer_than_five_people_are_withheld() -> None:
    flag = np.zeros(60)
    flag[[0, 1, 2, *range(30, 40)]] = 1
    sample = Sample(np.arange(60.0), np.arange(60) < 30, np.column_stack([flag, np.arange(60) % 9]), ["rare", "âge"])
    balance = balance_of(sample)
    rare, age = balance.table()
    assert rare["before_followed"] is None
    assert rare["after_compared"] is None
    assert isinstance(age["before_followed"], float)
    assert "< 5" in balance.summary()
    assert np.isnan(balance.rows[0].after.ratio)


def test_a_value_that_only_one_group_has_is_never_called_alike() -> None:
    flag = np.r_[np.ones(30), np.arange(30) % 2]
    row = balance_of(Sample(np.arange(60.0), np.arange(60) < 30, flag[:, None], ["oui"])).rows[0]
    assert row.after.difference == np.inf
    assert not row.alike


def test_figures_are_drawn() -> None:
    sample = confounded(1)
    balance = balance_of(sample, ScoreWeighting().weigh(sample))
    figure = Figure()
    love, overlap, forest = figure.subplots(3)
    balance.plot(love)
    assert [label.get_text() for label in love.get_yticklabels()] == ["âge", "revenu"]
    assert len(love.collections) == 2
    assert love.collections[0].get_offsets()[0, 0] == pytest.approx(balance.rows[0].before.difference)
    scores_of(sample).plot(overlap, sample.treated)
    shares = [patch.get_height() * patch.get_width() for patch in overlap.patches]
    assert sum(share for share in shares if share > 0) == pytest.approx(1)
    assert sum(share for share in shares if share < 0) == pytest.approx(-1)
    assert min(share for share in shares if share > 0) * sample.treated_count > 4.99
    assert max(share for share in shares if share < 0) * sample.control_count < -4.99
    found: Estimate = Difference().fit(sample)
    found.plot(forest, position=2)
    assert list(forest.lines[0].get_xdata()) == [found.low, found.high]
