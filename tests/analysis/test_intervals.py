"""Intervals of shares and means, against published values."""

import math

import pytest

from convergence.analysis.indicators.figures import mean, share, student, wilson


@pytest.mark.parametrize(
    ("numerator", "denominator", "low", "high"),
    [
        # Newcombe 1998, Statistics in Medicine 17:857-872, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_newcombe_s_intervals(numerator: int, denominator: int, low: float, high: float) -> None:
    assert wilson(numerator, denominator) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("freedom", "quantile"),
    [(1, 12.7062), (2, 4.3027), (3, 3.1824), (4, 2.7764), (5, 2.5706), (10, 2.2281), (30, 2.0423), (120, 1.9799)],
)
def test_student_s_quantiles_are_those_of_the_tables(freedom: int, quantile: float) -> None:
    assert student(0.975, freedom) == pytest.approx(quantile, rel=2e-3)


def test_a_mean_of_one_value_is_anything() -> None:
    figure = mean([12.0], "Durée.")
    assert (figure.value, figure.low, figure.high) == (12.0, -math.inf, math.inf)


def test_a_mean_and_its_interval_by_hand() -> None:
    figure = mean([10.0, 12.0, 14.0, 16.0], "Durée.")
    # Standard deviation 2.58199, standard error 1.29099, quantile 3.1824 for three degrees of freedom.
    assert figure.value == 13.0
    assert figure.high - 13.0 == pytest.approx(3.1824 * 1.29099, rel=2e-3)


def test_nobody_is_no_share() -> None:
    assert math.isnan(share(0, 0, "Part.").value)
