"""The E-value of VanderWeele and Ding (2017), Annals of Internal Medicine 167:268-274."""

import pytest

from convergence.analysis.impact.sensitivity import e_value


def test_the_e_value_of_the_paper() -> None:
    """Breast feeding and death by respiratory infection: risk ratio 3.9 (1.8 to 8.7)."""
    found = e_value(3.9, 1.8, 8.7)

    assert found.value == pytest.approx(7.2630, abs=1e-3)
    assert found.bound == pytest.approx(3.0, abs=1e-3)
