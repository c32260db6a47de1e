"""Figures read when formulas ask for them are those that OpenFisca reads beforehand; what is missing is said alike."""

from typing import Any

import pytest
from openfisca_core.errors import ParameterNotFoundError
from openfisca_core.parameters import ParameterNodeAtInstant

from convergence.analysis.benefits.figures import FiguresOfDay
from convergence.analysis.benefits.laws import NOBODYS
from convergence.analysis.benefits.system import tax_system, without

pytestmark = pytest.mark.xdist_group("benefits")
DAY = "2024-03-01"


@pytest.fixture(scope="module")
def figures() -> Any:
    return without(tax_system(), NOBODYS).get_parameters_at_instant(DAY)


def told(node: Any, place: str = "") -> dict[str, Any]:
    """Every figure below, by its path; scales by what they print."""
    if not isinstance(node, ParameterNodeAtInstant):
        return {place: repr(node)}
    return {name: value for key in node for name, value in told(node[key], f"{place}.{key}").items()}


def test_they_are_all_those_of_openfisca(figures: Any) -> None:
    assert isinstance(figures, FiguresOfDay)
    theirs = told(tax_system().get_parameters_at_instant(DAY))
    assert len(theirs) > 1000
    assert told(figures) == theirs


def test_one_that_the_law_has_not_is_said_as_openfisca_says_it(figures: Any) -> None:
    with pytest.raises(ParameterNotFoundError, match=r"rsa_universel.*2024-03-01"):
        _ = figures.prestations_sociales.rsa_universel
    with pytest.raises(ParameterNotFoundError, match=r"rsa_universel.*2024-03-01"):
        _ = figures.prestations_sociales["rsa_universel"]
