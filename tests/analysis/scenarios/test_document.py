"""Examples run: those of the docstrings, and the one of docs/scenarios.md, which tells every key and standard file."""

import doctest
import re
from importlib import import_module
from pathlib import Path

import pytest

from convergence.analysis.scenarios.rates import Kind
from convergence.analysis.scenarios.reading import standard
from tests.analysis.scenarios import drawn

DOCUMENT = (Path(__file__).resolve().parents[3] / "docs" / "scenarios.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["blocks", "pooling", "reading", "scenario", "states"])
def test_examples_of_docstrings_run(name: str) -> None:
    module = import_module(f"convergence.analysis.scenarios.{name}")
    result = doctest.testmod(module, extraglobs={"np": import_module("numpy")})
    assert result.attempted > 0
    assert result.failed == 0


def test_the_python_of_the_document_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
    exec(code, {"tables": drawn.paris(), "as_of": drawn.AS_OF})  # noqa: S102 (our own document)
    printed = capsys.readouterr().out
    for said in ("Modèle à états multiples", "Parcours de 36 mois au plus", "Allonger d’un mois", "couverts"):
        assert said in printed


def test_the_document_names_every_kind_and_standard_scenario() -> None:
    for name in (*standard(), *(kind.name.lower() for kind in Kind)):
        assert f"`{name}`" in DOCUMENT, name
