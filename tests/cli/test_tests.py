"""`test` as typed: its arguments reach pytest, and a failure reaches whoever called it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


def _test(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "convergence", "test", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    file = tmp_path / "test_written.py"
    file.write_text(
        "import pytest\n"
        "def test_right(): pass\n"
        "def test_wrong(): assert 1 == 2\n"
        "@pytest.mark.slow\n"
        "def test_long(): pass\n"
        "@pytest.mark.faults\n"
        "def test_breaking(): pass\n"
    )
    return file


def test_a_failure_is_told_in_the_summary_and_by_the_exit_code(written: Path) -> None:
    answer = _test(str(written))
    assert answer.returncode == 1
    assert "1 failed, 1 passed, 2 deselected" in answer.stdout
    assert "ÉCHEC  tests" in answer.stdout


def test_its_arguments_reach_pytest(written: Path) -> None:
    answer = _test(str(written), "-k", "right")
    assert answer.returncode == 0
    assert "1 passed, 3 deselected" in answer.stdout
    assert "bon    tests" in answer.stdout


@pytest.mark.parametrize(("tiers", "count"), [((), 2), (("--slow",), 3), (("--slow", "--faults"), 4)])
def test_long_and_breaking_tests_run_when_asked_for(written: Path, tiers: tuple[str, ...], count: int) -> None:
    answer = _test(*tiers, str(written), "--collect-only", "-q")
    assert answer.stdout.count("test_written.py::") == count


def test_no_test_at_all_is_a_failure(written: Path) -> None:
    assert _test(str(written), "-k", "nowhere").returncode == 1
