"""`./convergence bench`: a file of benchmarks/ is a measure; what cannot be measured is said in a sentence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "convergence", "bench", *arguments],
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY / "src"), "LANG": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        check=False,
    )


def test_every_measure_is_listed_with_what_it_measures() -> None:
    answer = bench()
    assert answer.returncode == 0, answer.stderr
    measures = {file.stem for file in (REPOSITORY / "benchmarks").glob("*.py")}
    assert measures >= {"start", "web"}
    for name in measures:
        line = next(line for line in answer.stdout.splitlines() if f"./convergence bench {name} " in line)
        assert line.rstrip().endswith((".", "?")), line


@pytest.mark.parametrize("arguments", [["inconnue"], ["../convergence"], ["parts"]])
def test_an_unknown_measure_is_refused_with_those_that_exist(arguments: list[str]) -> None:
    answer = bench(*arguments)
    assert answer.returncode == 1
    assert "n’est pas une mesure connue" in answer.stderr
    assert "./convergence bench web" in answer.stderr


def test_a_folder_without_a_territory_is_not_measured(tmp_path: Path) -> None:
    answer = bench("web", "--data", str(tmp_path))
    assert answer.returncode == 1
    assert answer.stderr.strip() == f"{tmp_path} ne contient pas de territoire de démonstration."
    assert list(tmp_path.iterdir()) == []
