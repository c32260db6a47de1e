"""What estimates say beside their number, and the last refusals."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from convergence.analysis.impact.balancing import EntropyBalancing
from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.matching import ScoreMatching
from convergence.analysis.impact.regression import Difference, Interacted, Regression
from convergence.analysis.impact.sample import Sample
from convergence.analysis.impact.scores import scores_of
from convergence.analysis.impact.weighting import ScoreWeighting
from tests.analysis.impact.confounding import confounded


def test_the_interval_and_p_are_student_s_at_the_level_asked() -> None:
    sample = confounded(1, 100)
    wide, narrow = Difference().fit(sample), Difference(level=0.8).fit(sample)
    law = stats.t(wide.freedom)
    assert wide.interval == pytest.approx(wide.value + np.array([-1, 1]) * law.ppf(0.975) * wide.standard_error)
    assert narrow.high - narrow.value == pytest.approx(law.ppf(0.9) * wide.standard_error)
    assert wide.p_value == pytest.approx(2 * law.sf(wide.value / wide.standard_error))
    assert "intervalle 80\u00a0%" in narrow.summary()


def test_people_without_an_equivalent_are_told_in_a_note() -> None:
    rng = np.random.default_rng(1)
    x = np.r_[rng.normal(size=150), rng.normal(size=100) + 1.6][:, None]
    sample = Sample(rng.normal(size=250), np.arange(250) >= 150, x, ["âge"])
    found = ScoreWeighting().fit(sample)
    assert 0.05 < found.diagnostics["outside"] < 0.5
    assert any("qu’aucune personne comparée n’atteint" in note for note in found.notes)
    assert not any("n’atteint" in note for note in ScoreWeighting().fit(confounded(1)).notes)


def test_one_person_who_holds_the_result_is_told_in_a_note() -> None:
    rng = np.random.default_rng(0)
    x = np.r_[rng.normal(size=40), 3.0, rng.normal(size=60) + 1][:, None]
    sample = Sample(rng.normal(size=101), np.arange(101) > 40, x, ["âge"])
    found = EntropyBalancing().fit(sample)
    assert found.diagnostics["largest_share"] > 0.1
    assert any("porte" in note and "du poids" in note for note in found.notes)


def test_covariates_that_were_left_out_are_told_in_a_note() -> None:
    plain = confounded(2, 200)
    columns = np.column_stack([plain.covariates, plain.covariates[:, 0] * 12])
    sample = Sample(plain.outcome, plain.treated, columns, ["âge", "revenu", "âge en mois"])
    for estimator in (Regression(), Interacted(), ScoreMatching(), ScoreWeighting(), EntropyBalancing()):
        found = estimator.fit(sample)
        assert found.value == pytest.approx(estimator.fit(plain).value)
        assert any("«\u00a0âge en mois\u00a0»" in note for note in found.notes)


def test_a_certain_person_compared_has_an_infinite_weight() -> None:
    sample = confounded(3, 100)
    scores = scores_of(sample)
    certain = scores.values.copy()
    certain[np.flatnonzero(~sample.treated)[0]] = 1.0
    with pytest.raises(ImpactError, match="Poids infinis"):
        replace(scores, values=certain).odds(sample.treated)
    certain = scores.values.copy()
    certain[np.flatnonzero(sample.treated)[0]] = 1.0  # of somebody followed, nothing is asked
    assert np.isfinite(replace(scores, values=certain).odds(sample.treated)).all()


def test_more_covariates_than_people_is_refused() -> None:
    rng = np.random.default_rng(0)
    sample = Sample(rng.normal(size=12), np.arange(12) < 6, rng.normal(size=(12, 10)), [str(i) for i in range(10)])
    with pytest.raises(ImpactError, match=r"12 personnes pour \d+ coefficients"):
        Regression().fit(sample)


def test_too_few_people_to_match_with_is_refused() -> None:
    rng = np.random.default_rng(4)
    sample = Sample(rng.normal(size=40), np.arange(40) >= 7, np.tile([[0.0], [1.0]], (20, 1)), ["oui"])
    with pytest.raises(ImpactError, match="demandez-en moins"):
        ScoreMatching(neighbours=8).fit(sample)
