"""`./convergence dataset` as typed: a whole dataset, the same from the same seed, or one sentence and nothing."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from convergence.analysis.dataset import read, read_truth
from convergence.cli.main import main

DAY = "2016-12-31"


def typed(folder: Path, *options: str) -> int:
    return main(["dataset", str(folder), "--day", DAY, *options])


def test_people_are_drawn_and_written_with_what_the_simulation_knows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed(tmp_path / "made", "--people", "120", "--seed", "7") == 0
    dataset = read(tmp_path / "made")
    people = dataset.manifest.rows("people")
    said = capsys.readouterr().out
    assert said.startswith(f"{people} personnes, ")
    assert str(tmp_path / "made") in said
    assert dataset.tables.people.collect()["entered_as"].to_list().count("hired") > 0
    assert read_truth(tmp_path / "made").height == dataset.manifest.rows("paths")
    manifest = json.loads((tmp_path / "made" / "manifest.json").read_text())
    assert (manifest["as_of"], manifest["kind"], manifest["seed"]) == (DAY, "simulated", 7)


def test_the_same_seed_draws_the_same_bytes_and_another_one_does_not(tmp_path: Path) -> None:
    for name, seed in (("one", "1"), ("same", "1"), ("other", "2")):
        assert typed(tmp_path / name, "--people", "60", "--seed", seed) == 0
    told = {name: (tmp_path / name / "manifest.json").read_bytes() for name in ("one", "same", "other")}
    assert told["one"] == told["same"]  # every file's fingerprint is in it
    assert told["one"] != told["other"]


def test_parameters_of_another_file_are_named_by_their_fingerprint(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("")
    assert typed(tmp_path / "standard", "--people", "60") == 0
    assert typed(tmp_path / "mine", "--people", "60", "--parameters", str(tmp_path / "mine.toml")) == 0
    standard, mine = (read(tmp_path / name).manifest.about.parameters for name in ("standard", "mine"))
    assert standard == mine, "nothing was changed by an empty file"
    (tmp_path / "mine.toml").write_text("# un mot\n")
    assert typed(tmp_path / "again", "--people", "60", "--parameters", str(tmp_path / "mine.toml")) == 0
    assert read(tmp_path / "again").manifest.about.parameters != standard


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--people", "0"], "« 0 » n’est pas un nombre de 1 à 10 000 000"),
        (["--people", "beaucoup"], "« beaucoup » n’est pas un nombre"),
        (["--territories", "-1"], "-1"),
        (["--seed", "x"], "« x » n’est pas une graine"),
        (["--day", "31/12/2016"], "« 31/12/2016 » n’est pas une date"),
        (["--day", "2999-01-01"], "Le dernier jour connu"),
        (["--parameters", "absent.toml"], "absent.toml"),
        (["--parameters", "typo.toml"], "n’existe pas"),
        (["--inconnu"], "--inconnu"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_sentence_and_nothing_is_written(
    options: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "typo.toml").write_text("[pople]\nx = 1\n")
    monkeypatch.chdir(tmp_path)
    assert main(["dataset", "made", *options]) == 1
    answer = capsys.readouterr()
    assert said in answer.err.replace("\u00a0", " ")
    assert len(answer.err.strip().splitlines()) == 1
    assert answer.out == ""
    assert [path.name for path in tmp_path.iterdir()] == ["typo.toml"]


def test_a_folder_that_holds_something_is_left_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "note.txt").write_text("à garder")
    assert typed(tmp_path, "--people", "60") == 1
    assert "n’est pas vide" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]


def test_a_name_that_no_folder_can_have_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert typed(tmp_path / ("n" * 300), "--people", "60") == 1
    assert "ne peut pas être écrit" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.faults
def test_control_c_leaves_nothing_and_says_so(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "convergence", "dataset", str(tmp_path / "made")]
    command += ["--people", "60000", "--territories", "8"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        while not any(tmp_path.iterdir()):
            time.sleep(0.01)
        time.sleep(0.5)
        os.killpg(process.pid, signal.SIGINT)
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said.splitlines()[-1] == "Interrompu : rien n’a été écrit."
    assert list(tmp_path.iterdir()) == []
