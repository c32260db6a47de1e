"""docs/dataset.md is what the schema says; CONVERGENCE_WRITE_DOCS=1 writes its sections instead of comparing them."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from convergence.analysis.dataset import SCHEMAS, documentation, write
from tests.analysis.made import ABOUT, small_world

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "dataset.md"


@pytest.mark.parametrize(("section", "made"), [("tables", documentation.tables), ("codes", documentation.codes)])
def test_the_document_is_what_the_schema_says(section: str, made: Callable[[], str]) -> None:
    begin, end = f"<!-- {section} -->\n", f"\n<!-- end of {section} -->"
    head, _, rest = DOCUMENT.read_text().partition(begin)
    written, _, tail = rest.partition(end)
    if os.environ.get("CONVERGENCE_WRITE_DOCS"):
        DOCUMENT.write_text(f"{head}{begin}{made()}{end}{tail}")
        return
    assert written == made(), f"docs/dataset.md no longer tells the truth about {section}"


def test_every_column_is_in_the_document() -> None:
    made = documentation.tables()
    for table, schema in SCHEMAS.items():
        section = made.partition(f"### `{table}`\n")[2].partition("\n### ")[0]
        for name in schema.columns():
            assert f"`{name}`" in section, (table, name)


def test_the_python_of_the_document_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "territoire", [small_world()], ABOUT)
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    exec(code, {})  # noqa: S102 (our own document)
    assert "Sorties dynamiques" in capsys.readouterr().out
