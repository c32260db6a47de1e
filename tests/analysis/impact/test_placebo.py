import numpy as np
import pytest

from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.placebo import placebo
from convergence.analysis.impact.regression import Difference, Regression
from convergence.analysis.impact.sample import Sample


def confounded(hidden: float) -> tuple[Sample, np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """600 people who chose their group by a fact that is seen and one that is not; and a child count before entry."""
    random = np.random.default_rng(4)
    seen, unseen = random.normal(size=600), random.normal(size=600)
    treated = seen + hidden * unseen + random.normal(size=600) > 0
    before = seen + hidden * unseen + random.normal(size=600)
    return Sample(before + treated, treated, seen, ["rue"]), before


def test_nothing_is_found_where_nothing_acted_once_the_groups_are_alike() -> None:
    sample, before = confounded(hidden=0.0)
    found = placebo(Regression(), sample, {"enfants": before})

    assert found.lit == ()
    assert found.estimates["enfants"].low < 0 < found.estimates["enfants"].high
    assert "Cela ne prouve pas que les groupes sont comparables" in found.summary()


def test_a_hidden_difference_lights_up() -> None:
    sample, before = confounded(hidden=1.0)
    noise = np.random.default_rng(9).normal(size=600)
    found = placebo(Regression(), sample, {"enfants": before, "hasard": noise})

    assert found.lit == ("enfants",)
    assert "les groupes diffèrent encore" in found.summary()
    assert found.summary().count("p corrigé") == 2


def test_not_adjusting_lights_up_too() -> None:
    sample, before = confounded(hidden=0.0)

    assert placebo(Difference(), sample, {"enfants": before}).lit == ("enfants",)


def test_a_control_that_is_adjusted_for_and_no_control_at_all_are_refused() -> None:
    sample, before = confounded(hidden=0.0)
    with pytest.raises(ImpactError, match="« rue » est aussi une covariable"):
        placebo(Regression(), sample, {"rue": before})
    with pytest.raises(ImpactError, match="Aucun critère témoin"):
        placebo(Regression(), sample, {})
