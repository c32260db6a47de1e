from math import isnan
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.power import Design


def test_with_the_236_people_of_paris_a_difference_of_two_shares_has_an_error_of_about_4_6_points() -> None:
    assert Design(treated=236, controls=236, baseline=0.5).standard_error() == pytest.approx(0.046, abs=1e-4)


def test_power_is_that_of_r_power_prop_test() -> None:
    """The examples of R's help page: n = 50, .50 against .75: power 0.740; power .90 at n = 50: share 0.8026141."""
    design = Design(treated=50, controls=50, baseline=0.5, power=0.90)

    assert design.power_of(0.25) == pytest.approx(0.740, abs=5e-4)
    assert 0.5 + design.minimum_detectable_effect() == pytest.approx(0.8026141, abs=5e-5)  # R’s own tolerance is 1e-4


@given(
    treated=st.integers(20, 2000),
    controls=st.integers(20, 2000),
    baseline=st.floats(0.05, 0.7),
    correlation=st.floats(0, 0.2),
    below=st.booleans(),
)
@settings(max_examples=30)
def test_the_smallest_effect_is_found_with_the_power_asked(
    treated: int, controls: int, baseline: float, correlation: float, below: bool
) -> None:
    sites = (30, 40, 50)
    design = Design(treated, controls, baseline, correlation, treated_clusters=sites, control_clusters=sites)
    effect = design.minimum_detectable_effect(below=below)

    if isnan(effect):
        assert design.power_of(-baseline if below else 1 - baseline) < 0.8
    else:
        assert (effect < 0) == below
        assert design.power_of(effect) == pytest.approx(0.8, abs=1e-6)


def test_sites_that_differ_cost_power_and_unequal_ones_more() -> None:
    def error(sites: tuple[int, ...], correlation: float) -> float:
        return Design(
            200, 200, 0.4, correlation, treated_clusters=sites, control_clusters=(50, 50, 50, 50)
        ).standard_error()

    alone = Design(200, 200, 0.4).standard_error()
    equal = error((50, 50, 50, 50), 0.05)
    assert error((50, 50, 50, 50), 0.0) == pytest.approx(alone)
    # Four sites of 50 and ρ = 0.05: each person is worth 1 / (1 + 49 × 0.05) of one.
    assert equal == pytest.approx(alone * (1 + 49 * 0.05) ** 0.5)
    assert error((170, 10, 10, 10), 0.05) > equal


def test_people_lost_cost_power_and_covariates_that_explain_give_some_back() -> None:
    whole, lost = Design(300, 300, 0.4), Design(300, 300, 0.4, kept=0.75)

    assert lost.standard_error() == pytest.approx(whole.standard_error() / 0.75**0.5)
    assert Design(300, 300, 0.4, kept=0.75, explained=0.25).standard_error() == pytest.approx(whole.standard_error())


def test_a_study_that_can_see_nothing_says_so() -> None:
    blind = Design(20, 20, 0.9)

    assert isnan(blind.minimum_detectable_effect())
    assert "Aucun effet possible ne serait trouvé" in blind.summary()


def test_the_summary_is_a_sentence_for_the_protocol() -> None:
    sentence = Design(236, 236, 0.4, 0.03, treated_clusters=(59,) * 4, control_clusters=(118, 118)).summary()

    assert sentence.startswith("236 personnes du dispositif et 236 de comparaison, 4 et 2 chantiers (corrélation 0,03)")
    assert "Un effet plus petit peut exister sans être vu." in sentence


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"treated": 0}, "au moins une personne dans chaque groupe"),
        ({"baseline": 1.0}, "la part attendue sans le dispositif doit être entre 0 et 1"),
        ({"power": 0.01}, "la puissance doit être entre 0.05 et 1"),
        ({"kept": 0.0}, "sont des parts entre 0 et 1"),
        ({"treated_clusters": (10, 10)}, "des deux groupes, ou d’aucun"),
        ({"treated_clusters": (10, 0), "control_clusters": (5, 5)}, "au moins une personne"),
        ({"treated_clusters": (10,), "control_clusters": (5,)}, "au moins trois chantiers"),
    ],
)
def test_a_study_that_cannot_be_is_refused(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ImpactError, match=sentence):
        Design(**{"treated": 100, "controls": 100, "baseline": 0.4} | wrong)


def test_an_effect_beyond_everybody_is_refused() -> None:
    with pytest.raises(ImpactError, match="hors de 0 à 100"):
        Design(100, 100, 0.9).power_of(0.2)
