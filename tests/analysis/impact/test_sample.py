"""What a sample refuses, each time in a sentence that says what to do."""

from typing import Any

import numpy as np
import pytest

from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.sample import Sample

ARM = [True] * 6 + [False] * 6
Y = [float(i) for i in range(12)]
TWELVE: dict[str, Any] = {"outcome": Y, "treated": ARM}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"outcome": [float("nan"), *Y[1:]]}, "complétez-les, ou calculez les bornes"),
        ({"outcome": [float("inf"), *Y[1:]]}, "Valeurs absentes ou infinies"),
        ({"outcome": Y[1:]}, "une ligne par personne"),
        ({"treated": [True] * 4 + [False] * 8}, "Moins de 5 personnes parmi les personnes suivies"),
        ({"treated": [True] * 8 + [False] * 4}, "Moins de 5 personnes parmi les personnes comparées"),
        ({"treated": [True] * 12}, "Aucune personne parmi les personnes comparées"),
        ({"treated": [False] * 12}, "Aucune personne parmi les personnes suivies"),
        ({"treated": [2] * 6 + [0] * 6}, "vrai .* ou faux"),
        ({"covariates": [[1.0]] * 12}, "donnez un nom à chaque colonne"),
        ({"covariates": [[float("nan")]] * 12, "names": ["âge"]}, "«\u00a0âge\u00a0»"),
        ({"covariates": [[1.0]] * 11, "names": ["âge"]}, "une ligne par personne"),
        ({"cluster": [1.0, float("nan")] * 6}, "Le chantier manque"),
        ({"cluster": np.array(["a", None] * 6)}, "Le chantier manque"),
        ({"cluster": [1, 2]}, "une ligne par personne"),
        ({"weights": [float("inf")] * 12}, "Poids infinis"),
        ({"weights": [0.0] + [1.0] * 11}, "Poids infinis, absents ou négatifs"),
        ({"outcome": [[1.0]] * 12}, "une valeur par personne"),
    ],
)
def test_what_cannot_be_is_said(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ImpactError, match=said):
        Sample(**(TWELVE | given))


def test_narrow_integers_do_not_overflow() -> None:
    ages = np.array([60] * 12, dtype=np.int8)
    sample = Sample(Y, np.array(ARM, dtype=np.int8), ages[:, None], ["âge"])
    assert (sample.covariates**2).max() == 3600


def test_sites_are_told_by_any_word() -> None:
    sample = Sample(Y, ARM, cluster=["Nord"] * 3 + ["Sud"] * 3 + ["Est"] * 3 + ["Nord"] * 3)
    assert sample.cluster_count == 3
    assert sample.sites_by_arm == (2, 2)


def test_chosen_rows_keep_all_that_is_known_of_people() -> None:
    sample = Sample(Y, ARM, [[v] for v in Y], ["âge"], cluster=[0, 1] * 6, weights=[v + 1 for v in Y])
    some = sample.rows(np.arange(1, 12))
    assert len(some) == 11
    assert some.outcome[0] == 1
    assert some.covariates[0, 0] == 1
    assert some.weights[0] == 2
    assert some.with_outcome(np.zeros(11)).outcome.sum() == 0
