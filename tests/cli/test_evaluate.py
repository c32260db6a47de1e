"""`./convergence evaluate` as typed: refused in one sentence with nothing written; its progress told to a reader."""

import io
from pathlib import Path

import pytest

from convergence.cli.evaluate import REFUSED, Progress
from convergence.cli.main import main


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def told(stream: io.StringIO, *, machine: bool = False) -> str:
    progress = Progress(stream, machine=machine)
    progress(0, 2, "lecture")
    progress(1, 2, "rapport")
    progress.over()
    return stream.getvalue()


def test_progress_is_a_line_a_step_where_nobody_watches() -> None:
    assert told(io.StringIO()) == "0/2 lecture\n1/2 rapport\n"


def test_progress_is_a_bar_on_a_terminal_and_leaves_a_clean_line() -> None:
    shown = told(Terminal())
    assert "█" in shown
    assert "1/2 rapport" in shown
    assert shown.endswith("\r\033[K")


def test_progress_is_read_by_a_program() -> None:
    assert told(io.StringIO(), machine=True) == "PROGRESS 0 2 lecture\nPROGRESS 1 2 rapport\n"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "n’est pas un jeu de données"),
        (["--comparison", "absent"], "n’est pas un jeu de données"),
    ],
)
def test_what_is_given_and_cannot_be_evaluated_is_one_sentence(
    options: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["evaluate", "absent", "--out", "made", *options]) == REFUSED
    answer = capsys.readouterr()
    assert said in answer.err
    assert len(answer.err.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--draws", "3"], "« 3 » n’est pas un nombre de 100 à 100 000"),
        (["--seed", "-1"], "-1"),
        (["--day", "demain"], "« demain » n’est pas une date"),
        (["--inconnu"], "--inconnu"),
    ],
)
def test_what_was_typed_wrong_is_one_sentence(
    options: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["evaluate", "absent", "--out", "made", *options]) == 1
    assert said in capsys.readouterr().err.replace("\u00a0", " ")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_holds_something_is_left_before_anything_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "note.txt").write_text("à garder")
    assert main(["evaluate", "absent", "--out", str(tmp_path)]) == REFUSED
    assert "n’est pas vide" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]
