from itertools import product
from math import inf, isnan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.sensitivity import (
    e_value,
    e_value_of_difference,
    e_value_of_hazards,
    e_value_of_odds,
    e_value_of_shares,
    rosenbaum_mcnemar,
    rosenbaum_signed_rank,
)

# Lead in the blood of children, µg/dl (Morton et al. 1982): a parent works at a battery plant, or not.
EXPOSED = [38, 23, 41, 18, 37, 36, 23, 62, 31, 34, 24, 14, 21, 17, 16, 20, 15]
EXPOSED += [10, 45, 39, 22, 35, 49, 48, 44, 35, 43, 39, 34, 13, 73, 25, 27]
MATCHED = [16, 18, 18, 24, 19, 11, 10, 15, 16, 18, 18, 13, 19, 10, 16, 16, 24]
MATCHED += [13, 9, 14, 21, 19, 7, 18, 19, 12, 11, 22, 25, 16, 13, 11, 13]


@given(ratio=st.floats(0.01, 100))
@settings(max_examples=40)
def test_an_e_value_solves_its_own_bias(ratio: float) -> None:
    """A cause of strength E on both sides gives the bias E²/(2E - 1): the ratio itself."""
    strength = e_value(ratio).value

    assert strength**2 / (2 * strength - 1) == pytest.approx(max(ratio, 1 / ratio))
    assert e_value(1 / ratio).value == pytest.approx(strength)


def test_an_interval_that_holds_no_effect_needs_no_hidden_cause() -> None:
    assert e_value(1.4, 0.9, 2.2).bound == 1
    assert e_value(0.7, 0.5, 1.1).bound == 1
    assert e_value(0.8, 0.5, 0.9).bound == pytest.approx(e_value(0.9).value)
    assert isnan(e_value(2.0).bound)


def test_ratios_of_odds_and_hazards_are_read_as_risks_when_rare_and_converted_otherwise() -> None:
    assert e_value_of_odds(4.0, rare=False).value == pytest.approx(e_value(2.0).value)
    assert e_value_of_odds(4.0, rare=True).value == pytest.approx(e_value(4.0).value)
    ratio = (1 - 0.5**2) / (1 - 0.5**0.5)
    assert e_value_of_hazards(4.0, rare=False).ratio == pytest.approx(ratio)
    assert e_value_of_hazards(0.25, rare=False).value == pytest.approx(e_value_of_hazards(4.0, rare=False).value)


def test_a_difference_of_means_becomes_a_ratio() -> None:
    found = e_value_of_difference(effect=5.0, standard_error=1.0, deviation=10.0)

    assert found.ratio == pytest.approx(np.exp(0.455))
    assert found.bound == pytest.approx(e_value(float(np.exp(0.455 - 0.178))).value)


def test_the_e_value_of_a_share_turns_to_one_where_its_interval_touches_zero() -> None:
    touching = e_value_of_shares(treated=0.47, effect=0.05 * 1.959964, standard_error=0.05)
    clear = e_value_of_shares(treated=0.47, effect=0.20, standard_error=0.05)

    assert touching.ratio == pytest.approx(0.47 / 0.372, abs=1e-4)
    assert touching.bound == pytest.approx(1.0, abs=1e-3)
    assert 1 < clear.bound < clear.value
    assert e_value_of_shares(0.47, 0.05, 0.05).bound == 1
    # Few sites: the interval is wider than the normal law's, and holds no effect.
    assert e_value_of_shares(treated=0.47, effect=0.20, standard_error=0.05, half_width=0.21).bound == 1


def test_the_sentence_says_what_a_hidden_cause_would_have_to_do() -> None:
    assert "Valeur E 7,26 (rapport de risques 3,90, mesuré)" in e_value(3.9, 1.8, 8.7).summary()
    assert "touche l’absence d’effet, 3,00 suffirait" in e_value(3.9, 1.8, 8.7).summary()
    assert "contient déjà l’absence d’effet" in e_value(1.4, 0.9, 2.2).summary()


@pytest.mark.parametrize("ratio", [0.0, -1.0, inf, float("nan")])
def test_a_ratio_that_is_none_is_refused(ratio: float) -> None:
    with pytest.raises(ImpactError, match="demande un rapport positif"):
        e_value(ratio)


def test_an_interval_in_the_wrong_order_and_an_outcome_too_rare_are_refused() -> None:
    with pytest.raises(ImpactError, match="l’intervalle donné ne contient pas le rapport"):
        e_value(2.0, 3.0, 4.0)
    with pytest.raises(ImpactError, match="donnez plutôt les bornes de Rosenbaum"):
        e_value_of_shares(treated=0.02, effect=0.02, standard_error=0.01)
    with pytest.raises(ImpactError, match="écart type du résultat"):
        e_value_of_difference(1.0, 0.1, deviation=0.0)


def test_signed_rank_bounds_are_those_of_rosenbaum() -> None:
    """Rosenbaum 2002, Observational Studies, table 4.2: the greatest probability under each Γ."""
    gammas = (2.0, 3.0, 4.0, 4.25, 5.0)
    found = rosenbaum_signed_rank(np.subtract(EXPOSED, MATCHED), gammas=gammas)

    np.testing.assert_allclose(found.p_values, (0.0018, 0.0136, 0.0388, 0.0468, 0.0740), atol=5e-5)
    assert 4.25 < found.limit < 5
    assert rosenbaum_signed_rank(np.subtract(MATCHED, EXPOSED), gammas=gammas, greater=False) == found


def test_mcnemar_bounds_sum_the_worst_probabilities_of_every_outcome() -> None:
    worst = 3 / 4
    expected = sum(
        worst ** sum(signs) * (1 - worst) ** (7 - sum(signs)) for signs in product((0, 1), repeat=7) if sum(signs) >= 6
    )

    assert rosenbaum_mcnemar(6, 1, gammas=(3.0,)).p_values[0] == pytest.approx(expected)


def test_smoking_would_need_a_difference_of_about_six_to_be_explained_away() -> None:
    """Hammond 1964: of 122 pairs with one death by lung cancer, the smoker's in 110; Rosenbaum 2002, §4.3.2."""
    found = rosenbaum_mcnemar(110, 12)

    assert 5 < found.limit < 6
    assert found.p_values[0] == pytest.approx(stats.binomtest(110, 122, alternative="greater").pvalue)


@given(st.lists(st.integers(-9, 9).map(float), min_size=8, max_size=40).filter(lambda d: sum(x != 0 for x in d) > 5))
@settings(max_examples=40)
def test_a_greater_hidden_difference_never_makes_an_effect_surer(differences: list[float]) -> None:
    found = rosenbaum_signed_rank(differences)

    assert list(found.p_values) == sorted(found.p_values)
    assert isnan(found.limit) == (found.p_values[0] > 0.05)


def test_the_summary_says_how_far_the_effect_holds() -> None:
    assert (
        "tant que deux personnes appariées diffèrent au plus d’un rapport 4,"
        in rosenbaum_signed_rank(np.subtract(EXPOSED, MATCHED)).summary()
    )
    assert "Même sans différence cachée" in rosenbaum_mcnemar(3, 3).summary()


def test_too_few_pairs_an_unknown_result_and_a_gamma_below_one_are_refused() -> None:
    with pytest.raises(ImpactError, match="au moins 5 couples dont les résultats diffèrent"):
        rosenbaum_signed_rank([0.0] * 20 + [1.0] * 4)
    with pytest.raises(ImpactError, match="au moins 5 couples"):
        rosenbaum_mcnemar(3, 1)
    with pytest.raises(ImpactError, match="un couple a un résultat inconnu"):
        rosenbaum_signed_rank([1.0, 2.0, float("nan"), 1.0, 1.0, 2.0])
    with pytest.raises(ImpactError, match="Γ est un nombre à partir de 1"):
        rosenbaum_mcnemar(9, 1, gammas=(0.5,))


def test_an_e_value_knows_how_its_ratio_was_made() -> None:
    assert e_value(2.0, 1.0).how == "mesuré"
    assert "racine du rapport de cotes" in e_value_of_odds(4.0, 2.0, 8.0, rare=False).summary()
