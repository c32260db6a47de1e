"""docs/coverage.md: every interval's coverage is within the band, and the page is what the command makes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[3]
BAND = (92.0, 98.0)


def rows(part: str) -> dict[str, list[str]]:
    """The lines of a table of the page: cells by situation."""
    text = (REPOSITORY / "docs" / "coverage.md").read_text(encoding="utf-8")
    section = text.partition(f"<!-- {part} -->\n")[2].partition(f"<!-- end of {part} -->")[0]
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines()[2:]]
    return {name: cells for name, *cells in lines}


def percent(cell: str) -> float:
    return float(cell.partition("%")[0])


@pytest.mark.parametrize(("part", "methods", "situations"), [("holding", 5, 20), ("wild", 1, 3)])
def test_where_assumptions_hold_every_coverage_is_within_the_band(part: str, methods: int, situations: int) -> None:
    table = rows(part)
    assert len(table) == situations
    for correlation in ("0.0", "0.03", "0.1"):
        assert any(name.startswith("14 sites") and name.endswith(f"correlation {correlation}") for name in table)
    outside = {
        (name, cell)
        for name, cells in table.items()
        for cell in cells[:methods]
        if not BAND[0] <= percent(cell) <= BAND[1]
    }
    assert outside == set()
    assert max(float(cells[methods]) for cells in table.values()) < 0.2


def test_where_they_do_not_something_says_so() -> None:
    table = rows("violations")
    coverage, refused, balance, overlap, people, placebo, scope = 0, 2, 3, 4, 5, 6, 7
    calm = table["Nothing is wrong"]
    assert all(percent(calm[light]) < 12 for light in (refused, balance, overlap, people, placebo, scope))
    assert (
        percent(table["A cause that nobody wrote down"][coverage])
        < 60
        < percent(table["A cause that nobody wrote down"][placebo])
    )
    assert (
        percent(table["Groups compared as they are"][coverage])
        < 60
        < percent(table["Groups compared as they are"][balance])
    )
    for light in (balance, overlap, people):
        assert percent(table["Groups that hardly overlap"][light]) > 90
    assert table["Groups that do not overlap"][refused] == "100%"
    assert percent(table["Three sites in each group, correlation 0.1"][scope]) == 100
    assert percent(table["Sites not told, correlation 0.1"][coverage]) < 80
    assert percent(table["People lost from sight, low outcomes first"][-1]) > 90


@pytest.mark.slow
@pytest.mark.parametrize(
    ("part", "situation"),
    [
        ("holding", "14 sites, 6 followed; a measure; correlation 0.03"),
        ("holding", "24 sites, 12 followed; a yes or no; correlation 0.1"),
        ("violations", "Groups that hardly overlap"),
    ],
)
def test_a_line_drawn_again_is_that_of_the_page(part: str, situation: str) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "convergence", "bench", "coverage", "--part", part, "--only", situation],
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY / "src"), "LANG": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    (line,) = [line for line in answer.stdout.splitlines() if line.startswith(f"| {situation} |")]
    assert [cell.strip() for cell in line.strip("|").split("|")][1:] == rows(part)[situation]
