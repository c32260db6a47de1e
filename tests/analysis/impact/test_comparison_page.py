"""docs/comparison.md tells the truth; CONVERGENCE_WRITE_DOCS=1 writes its list of outcomes instead of comparing it."""

import os
import re
from pathlib import Path

import pytest

from convergence.analysis.dataset import write
from convergence.analysis.impact.comparison.template import TABLES
from convergence.analysis.impact.outcomes import OUTCOMES
from convergence.analysis.impact.protocol_file import standard_protocol
from tests.analysis.impact.test_comparison import extract
from tests.analysis.made import ABOUT, small_world

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "comparison.md"


def listed() -> str:
    rows = [f"| `{each.name}` | {each.label} |" for each in OUTCOMES.values()]
    return "\n".join(["| Name | French |", "|---|---|", *rows])


def test_the_page_lists_every_outcome() -> None:
    begin, end = "<!-- outcomes -->\n", "<!-- end of outcomes -->"
    head, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(begin)
    held, _, tail = rest.partition(end)
    if os.environ.get("CONVERGENCE_WRITE_DOCS"):
        DOCUMENT.write_text(f"{head}{begin}{listed()}\n{end}{tail}", encoding="utf-8")
        return
    assert held == f"{listed()}\n", "docs/comparison.md no longer lists the outcomes that exist"


def test_the_page_names_every_table_of_the_template() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")

    assert all(f"| `{table}` |" in text for table in TABLES)


def test_the_python_of_the_page_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "territoire", [small_world()], ABOUT)
    extract(tmp_path / "autre-aci")
    (tmp_path / "protocole.toml").write_text(standard_protocol().replace("2100-01-01", "2016-01-01"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)

    exec(compile(code, "comparison.md", "exec"), {})  # noqa: S102 - the page's own example

    eligible, *notes = capsys.readouterr().out.strip().splitlines()
    assert int(eligible) == 5
    assert any("ne sont suivis que jusqu’au 31/12/2017" in note for note in notes)
