import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.multiplicity import Method, adjust, family

PROBABILITIES = st.lists(st.floats(0, 1), min_size=1, max_size=20)
AUTHORITY = {Method.HOLM: "holm", Method.BENJAMINI_HOCHBERG: "fdr_bh"}


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize("raw", [[0.5], [0.01, 0.04, 0.03, 0.03], [0.9, 0.0, 1.0, 0.2, 0.2, 0.001, 0.049]])
def test_corrections_are_those_of_statsmodels(method: Method, raw: list[float]) -> None:
    found = adjust({str(rank): p for rank, p in enumerate(raw)}, method)

    _, expected, *_ = multipletests(raw, 0.05, AUTHORITY[method])
    np.testing.assert_allclose(found.adjusted, expected, atol=1e-12)


@given(raw=PROBABILITIES)
def test_a_correction_never_makes_an_effect_surer(raw: list[float]) -> None:
    tests = {str(rank): p for rank, p in enumerate(raw)}
    holm, discoveries = adjust(tests), adjust(tests, Method.BENJAMINI_HOCHBERG)

    assert all(h >= b - 1e-12 for h, b in zip(holm.adjusted, discoveries.adjusted, strict=True))
    assert all(b >= p - 1e-12 for b, p in zip(discoveries.adjusted, raw, strict=True))


def test_the_summary_stars_what_still_rejects() -> None:
    found = adjust({"logement": 0.01, "emploi": 0.04, "soins": 0.03})

    assert found.rejected == ("logement",)
    assert found.summary().splitlines()[1:] == [
        "logement  p = 0,010  corrigé 0,030  *",
        "emploi    p = 0,040  corrigé 0,060",
        "soins     p = 0,030  corrigé 0,060",
    ]


def test_one_outcome_needs_no_correction_and_the_report_says_so() -> None:
    assert family(["emploi"]) == "Un seul critère principal : aucune correction."
    assert family(["emploi", "logement"]) == "Correction sur 2 critères : emploi, logement."


@pytest.mark.parametrize("p", [-0.1, 1.5, float("nan")])
def test_a_probability_that_is_none_is_refused(p: float) -> None:
    with pytest.raises(ImpactError, match="« logement » n’est pas un nombre entre 0 et 1"):
        adjust({"emploi": 0.2, "logement": p})


def test_nothing_to_correct_is_refused() -> None:
    with pytest.raises(ImpactError, match="Aucun test à corriger"):
        adjust({})
