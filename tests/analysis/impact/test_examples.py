"""The examples in the documentation of the estimators run, and say what they print."""

import doctest
from importlib import import_module

import pytest

MODULES = (
    "balance",
    "balancing",
    "clusters",
    "doubly_robust",
    "estimates",
    "following",
    "linear",
    "matching",
    "regression",
    "resampling",
    "sample",
    "scores",
    "weighting",
    "wild",
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name: str) -> None:
    result = doctest.testmod(import_module(f"convergence.analysis.impact.{name}"))
    assert result.failed == 0
    assert result.attempted > 0
