"""The job of an evaluation: a process of its own, its progress told, its results kept whole or not at all.

What takes a minute is the command itself, which tests/cli/test_evaluate.py runs: a short program that writes results
as the command does stands in for it here.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from convergence.analysis.explore import Settings
from convergence.evidence import running
from convergence.evidence.asking import KIND, ask, remove
from convergence.evidence.datasets import bring, files_of_folder
from convergence.evidence.keeping import opened
from convergence.evidence.models import Dataset, Evaluation, ResultPiece
from convergence.evidence.results import explorer_of, stated_by
from convergence.platform.errors import Refused
from convergence.platform.identity import assume
from convergence.platform.models import Job
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World
from tests.evidence.made import comparison_files, write_results

Runs = Callable[[str], None]


@pytest.fixture
def asked(world: World) -> Evaluation:
    """An evaluation that an evaluator has just asked for."""
    evaluator = world.users[Role.EVALUATOR].pk
    assume(evaluator, TODAY)
    dataset = Dataset.objects.get(pk=world.dataset.pk)
    return ask(dataset, "Demandée", None, evaluator, seed=7, scenario="[scenario]\n")


@pytest.fixture
def compared(asked: Evaluation, world: World) -> Dataset:
    """People to compare with, brought and given to the evaluation."""
    files = comparison_files()
    kept = bring(files.__getitem__, "", world.users[Role.EVALUATOR].pk, names=list(files))
    assert asked.dataset is not None
    again = ask(asked.dataset, "Comparée", None, world.users[Role.EVALUATOR].pk, comparison=kept)
    asked.pk, asked.comparison, asked.options = again.pk, kept, again.options
    return kept


@pytest.fixture
def worker(asked: Evaluation, acting_as: Any) -> Iterator[None]:
    """The job runs as the worker, with the rights of the one who asked."""
    with acting_as("worker"):
        yield


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Runs:
    """Say what the program does: it finds its folder in ``folder`` and the made results in ``made``."""
    monkeypatch.setattr(running, "parent_folder", lambda: tmp_path)
    made = tmp_path / "made"
    made.mkdir()
    write_results(made)

    def program(text: str) -> None:
        begins = (
            "import os, pathlib, shutil, sys, time\n"
            f"folder, made = pathlib.Path.cwd(), pathlib.Path({str(made)!r})\n"
            "def say(text): print(text, flush=True)\n"
        )
        monkeypatch.setattr(running, "_command", lambda *_: [sys.executable, "-c", begins + text])

    return program


def do(evaluation: Evaluation) -> tuple[str, list[tuple[int, int]]]:
    told: list[tuple[int, int]] = []
    job = Job(kind=KIND, arguments={"evaluation_id": str(evaluation.pk)})
    return running.work(job, lambda done, total: told.append((done, total))), told


def left(tmp_path: Path) -> list[str]:
    return [path.name for path in tmp_path.iterdir() if path.name != "made"]


def test_a_run_keeps_its_results_tells_its_progress_and_leaves_no_file(
    asked: Evaluation, worker: None, runs: Runs, tmp_path: Path
) -> None:
    runs(
        "assert {p.name for p in folder.iterdir()} >= {'dataset', 'scenario.toml'}\n"
        "assert (folder / 'dataset/people/0000.parquet').read_bytes() == b'des octets fictifs'\n"
        "assert folder.stat().st_mode & 0o077 == 0\n"
        "assert not [name for name in os.environ if 'CONVERGENCE' in name or 'DATABASE' in name]\n"
        "say('PROGRESS 0 2 Lecture'); say('autre chose'); say('PROGRESS 1 2 Calcul')\n"
        "shutil.copytree(made, folder / 'out')\n"
    )
    sentence, told = do(asked)
    assert "est faite" in sentence
    assert told == [(0, 2), (1, 2)]
    made = Evaluation.objects.get(pk=asked.pk)
    assert made.made_at is not None
    assert made.facts["summary"] == ["Une phrase fictive."]
    assert left(tmp_path) == []


def test_people_to_compare_with_are_laid_out_beside_the_dataset(
    asked: Evaluation, compared: Dataset, worker: None, runs: Runs, tmp_path: Path
) -> None:
    runs(
        "assert (folder / 'dataset/people/0000.parquet').read_bytes() == b'des octets fictifs'\n"
        "assert {p.name for p in (folder / 'comparison').iterdir()} == {'comparison.toml', 'people.csv', 'paths.csv'}\n"
        "shutil.copytree(made, folder / 'out')\n"
    )
    assert "est faite" in do(asked)[0]
    assert left(tmp_path) == []


def test_without_the_people_that_it_was_to_compare_nothing_is_computed(
    asked: Evaluation, compared: Dataset, worker: None, runs: Runs
) -> None:
    runs("shutil.copytree(made, folder / 'out')")
    compared.delete()
    with pytest.raises(Refused, match="personnes de comparaison ont été retirées"):
        do(asked)


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("sys.stderr.write('avant\\nIl manque un mois : completez le jeu.\\n'); sys.exit(2)", "Il manque un mois"),
        ("raise RuntimeError('un secret')", "s’est arrêté sur une erreur"),
        ("sys.exit(2)", "s’est arrêté sur une erreur"),
        ("pass", "manifest.json manque"),
        ("shutil.copytree(made, folder / 'out'); (folder / 'out/explore.npz').write_bytes(b'x')", "a changé"),
    ],
)
def test_a_run_that_ends_badly_says_so_and_keeps_nothing(
    asked: Evaluation, worker: None, runs: Runs, tmp_path: Path, program: str, said: str
) -> None:
    runs(program)
    with pytest.raises(Refused, match=said) as refused:
        do(asked)
    assert str(tmp_path) not in str(refused.value)
    assert not ResultPiece.objects.filter(evaluation=asked).exists()
    assert left(tmp_path) == []


def test_a_run_that_lasts_too_long_is_stopped_with_what_it_started(
    asked: Evaluation, worker: None, runs: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "LONGEST", 0.3)
    runs("import subprocess\nsubprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])")
    with pytest.raises(Refused, match="s’est arrêté"):
        do(asked)
    assert left(tmp_path) == []


def test_an_evaluation_or_a_dataset_removed_meanwhile_stops_the_run(
    asked: Evaluation, worker: None, runs: Runs
) -> None:
    runs("shutil.copytree(made, folder / 'out')")
    assert asked.dataset is not None
    asked.dataset.delete()
    with pytest.raises(Refused, match="retiré"):
        do(asked)
    remove(Evaluation.objects.get(pk=asked.pk))
    with pytest.raises(Refused, match="supprimée"):
        do(asked)


def test_what_a_killed_run_left_is_removed_by_the_next_and_a_run_at_work_is_not(tmp_path: Path) -> None:
    with running.private_folder(tmp_path) as at_work:
        dead = at_work.with_name(at_work.name + "dead")
        dead.mkdir()
        (dead / "lock").touch()
        (dead / "dataset").mkdir()
        with running.private_folder(tmp_path) as other:
            assert at_work.is_dir()
            assert other.is_dir()
            assert not dead.exists()
    assert left(tmp_path) == []


def test_a_dataset_that_the_one_who_asked_may_no_longer_read_is_not_run(
    asked: Evaluation, world: World, worker: None, runs: Runs
) -> None:
    runs("shutil.copytree(made, folder / 'out')")
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    with pytest.raises(Refused, match="ne pouvez plus"):
        do(asked)


@pytest.mark.slow
def test_the_real_command_makes_an_evaluation_of_a_drawn_dataset(
    asked: Evaluation, world: World, acting_as: Any, tmp_path: Path
) -> None:
    drawn = tmp_path / "drawn"
    command = [sys.executable, "-m", "convergence", "dataset", str(drawn), "--seed", "5", "--day", "2026-10-31"]
    subprocess.run(command, check=True, capture_output=True)
    dataset = bring(files_of_folder(drawn), "", world.users[Role.EVALUATOR].pk)
    Evaluation.objects.filter(pk=asked.pk).update(dataset=dataset)
    with acting_as("maint"):
        Evaluation.objects.filter(pk=asked.pk).update(options={"seed": 3})
    with acting_as("worker"):
        assume(world.users[Role.EVALUATOR].pk, TODAY)
        _sentence, told = do(asked)
    made = Evaluation.objects.get(pk=asked.pk)
    assert told[0][0] == 0
    assert told[-1][0] == told[-1][1] > 1
    assert made.facts["kind"] == "simulated"
    assert opened(made, "report.pdf")["report.pdf"].startswith(b"%PDF")
    explorer = explorer_of(made)
    net = explorer.curve(Settings("before_after", explorer.about.perspectives[0].code)).net
    assert len(net.central) == explorer.horizon > 24
    assert any("account." in each["key"] for each in stated_by(made).numbers)


def test_the_command_is_that_of_the_command_line(asked: Evaluation, tmp_path: Path) -> None:
    command = running._command(asked, tmp_path)
    assert command[1:5] == ["-m", "convergence", "evaluate", str(tmp_path / "dataset")]
    assert command[command.index("--seed") + 1] == "7"
    assert command[command.index("--scenario") + 1] == str(tmp_path / "scenario.toml")
    assert "--protocol" not in command
    assert "--comparison" not in command


def test_the_command_is_told_of_the_people_to_compare_with(
    asked: Evaluation, compared: Dataset, tmp_path: Path
) -> None:
    command = running._command(asked, tmp_path)
    assert command[command.index("--comparison") + 1] == str(tmp_path / "comparison")
