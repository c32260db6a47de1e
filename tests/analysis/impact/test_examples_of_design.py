"""The examples in the documentation of protocols, outcomes, survival, sensitivity and comparisons run."""

import doctest
from importlib import import_module

import pytest

MODULES = (
    "bounds",
    "comparison.template",
    "cox",
    "differences",
    "durations",
    "multiplicity",
    "outcomes",
    "panel",
    "placebo",
    "power",
    "protocol_file",
    "sensitivity",
    "survival",
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name: str) -> None:
    result = doctest.testmod(import_module(f"convergence.analysis.impact.{name}"))
    assert result.failed == 0
    assert result.attempted > 0
