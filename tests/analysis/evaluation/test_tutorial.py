"""The tutorial's notebook: it is committed without what it printed, its cells hold together, and it runs to its end."""

import ast
import importlib
import json
from pathlib import Path
from typing import Any

import nbformat
import pytest

from convergence.analysis.evaluation import Evaluation, publish
from convergence.analysis.impact.protocol_file import read_protocol
from tests.analysis.evaluation.conftest import TUTORIAL

NOTEBOOK = TUTORIAL / "evaluation.ipynb"
# With the other tests of the same evaluation, which is made once.
pytestmark = pytest.mark.xdist_group("benefits")


def cells() -> list[dict[str, Any]]:
    return [cell for cell in json.loads(NOTEBOOK.read_text())["cells"] if cell["cell_type"] == "code"]


def test_what_it_printed_is_not_committed() -> None:
    assert cells()
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells())
    nbformat.validate(nbformat.read(NOTEBOOK, as_version=4))  # type: ignore[no-untyped-call]


def test_every_cell_is_python_and_what_it_imports_exists() -> None:
    for cell in cells():
        for node in ast.walk(ast.parse("".join(cell["source"]))):
            if isinstance(node, ast.ImportFrom):
                module = importlib.import_module(str(node.module))
                assert all(hasattr(module, name.name) for name in node.names), node.module


def test_its_protocol_reads() -> None:
    protocol = read_protocol(TUTORIAL / "protocol.toml")
    assert protocol.primary == ("housed_12",)


def test_it_runs_to_its_end_and_makes_the_bytes_that_another_process_makes(
    evaluation: Evaluation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nbclient import NotebookClient

    # A kernel keeps its settings and its sockets in folders of its own, and the notebook its dataset and its report.
    for name in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "TMPDIR"):
        (tmp_path / name.lower()).mkdir()
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    notebook = nbformat.read(NOTEBOOK, as_version=4)  # type: ignore[no-untyped-call]
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(TUTORIAL)}}).execute()
    printed = json.dumps(notebook.cells[-2]["outputs"], ensure_ascii=False)
    assert "face à un chantier d’insertion ordinaire" in printed
    (report,) = tmp_path.rglob("rapport")
    publish(evaluation, tmp_path / "here")
    assert contents(report) == contents(tmp_path / "here")


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
