"""The published figures come out of simulated records, and the page that says so is what the command makes."""

import os
import signal
import subprocess
import sys
import time
from argparse import Namespace
from dataclasses import replace
from pathlib import Path

import pytest

from convergence.analysis.published import published
from convergence.cli import calibration
from convergence.cli.errors import OperatorError
from convergence.simulation.parameters import parameters, parameters_from


@pytest.fixture(scope="module")
def compared() -> list[calibration.Compared]:
    return calibration.compare(parameters())


@pytest.mark.slow
def test_the_page_is_what_the_command_makes(compared: list[calibration.Compared]) -> None:
    """`./convergence calibration --write` makes it anew."""
    assert calibration.DOCUMENT.read_text(encoding="utf-8") == calibration.document(compared)


@pytest.mark.slow
def test_every_published_figure_lies_inside_the_interval_of_the_simulated_one(
    compared: list[calibration.Compared],
) -> None:
    assert [each.row.what for each in compared if not each.row.holds(each.figure)] == []
    assert len(compared) == 15


@pytest.mark.slow
def test_other_draws_give_the_published_figures_on_average(compared: list[calibration.Compared]) -> None:
    """Within a tenth of a count, a tenth of a share or three points: sampling over twenty draws."""
    far = [
        (each.row.what, each.mean)
        for each in compared
        if not each.row.least and abs(each.mean - each.row.published) > max(0.1 * each.row.published, 0.03)
    ]
    assert far == []


def test_other_parameters_move_the_figures_and_that_is_seen() -> None:
    rows = published()
    without = calibration.counted(rows, parameters_from("[effects]\ndynamic = 0\ndurable = 0\n", "essai.toml"), 2012)
    outside = {row.what for row, figure in zip(rows, without, strict=True) if not row.holds(figure)}
    assert "2017: dynamic exits" in outside
    assert "2015: housing situation stabilised" not in outside


def test_a_floor_is_passed_from_above() -> None:
    row = next(row for row in published() if row.least)
    figure = calibration.counted([row], parameters(), 2012)[0]
    assert row.holds(figure)
    assert not row.holds(replace(figure, value=199.0))


def test_the_page_is_that_of_the_original_parameters_alone(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="paramètres d’origine"):
        calibration.main(Namespace(parameters=tmp_path / "essai.toml", write=True))


def test_a_wrong_parameter_is_said(tmp_path: Path) -> None:
    file = tmp_path / "essai.toml"
    file.write_text("[effects]\ndinamic = 1\n", encoding="utf-8")
    with pytest.raises(OperatorError, match=r"le nom le plus proche est «\u00a0effects\.dynamic\u00a0»"):
        calibration.main(Namespace(parameters=file, write=False))


def test_control_c_says_so_in_a_word(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "convergence", "calibration"]
    at_work = subprocess.Popen(command, env={**os.environ, "TMPDIR": str(tmp_path)}, stderr=subprocess.PIPE, text=True)
    while not list(tmp_path.iterdir()):  # its records are being written
        assert at_work.poll() is None
        time.sleep(0.02)
    at_work.send_signal(signal.SIGINT)
    _, said = at_work.communicate(timeout=60)
    assert (at_work.returncode, said.strip()) == (130, "Interrompu.")
    assert not list(tmp_path.iterdir())
