"""`./convergence evaluate` typed whole, on a small territory: on a cluster, and with what somebody got wrong."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from convergence.analysis.dataset import read, write
from convergence.analysis.evaluation import Evaluation, Request, publish
from convergence.cli.evaluate import REFUSED
from tests.analysis.scenarios.test_cluster import cluster

# The law takes seconds to build: one process builds it for every test that asks for it.
pytestmark = pytest.mark.xdist_group("benefits")


def typed(request: Request, out: Path, *options: str) -> list[str]:
    """The command as it is typed for the run of ``request``."""
    words = [sys.executable, "-m", "convergence", "evaluate", request.dataset, "--out", out, "--day", request.day]
    words += ["--protocol", request.protocol, "--draws", request.draws, "--law", request.law]
    if request.prices:
        words += ["--prices", request.prices]
    for name in request.scenarios:
        words += ["--scenario", name]
    return [str(word) for word in (*words, *options)]


@pytest.mark.slow
def test_a_cluster_of_two_processes_writes_the_same_bytes(
    evaluation: Evaluation, request_for: Request, tmp_path: Path
) -> None:
    publish(evaluation, tmp_path / "here")
    with cluster(processes=True) as scheduler:
        subprocess.run(typed(request_for, tmp_path / "there", "--scheduler", scheduler), check=True)
    files = {path.relative_to(tmp_path / "here") for path in (tmp_path / "here").rglob("*") if path.is_file()}
    assert files == {path.relative_to(tmp_path / "there") for path in (tmp_path / "there").rglob("*") if path.is_file()}
    for name in files:
        assert (tmp_path / "here" / name).read_bytes() == (tmp_path / "there" / name).read_bytes(), name


@pytest.mark.slow
def test_work_of_which_no_hour_is_known_is_one_sentence(
    evaluation: Evaluation, request_for: Request, tmp_path: Path
) -> None:
    dataset = read(request_for.dataset)
    tables = {name: table.collect() for name, table in dataset.tables.to_dict().items()}
    write(tmp_path / "idle", [tables | {"hours": tables["hours"].clear()}], dataset.manifest.about)
    words = typed(replace(request_for, dataset=tmp_path / "idle"), tmp_path / "made")
    said = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (said.returncode, len(said.stderr.strip().splitlines())) == (REFUSED, 1)
    assert said.stderr.startswith("Aucune heure payée n’est connue")
    assert not (tmp_path / "made").exists()


@pytest.mark.slow
def test_labels_that_look_like_code_are_only_words(
    evaluation: Evaluation, request_for: Request, tmp_path: Path
) -> None:
    (tmp_path / "mots.toml").write_text('label = "<b>Gras</b> #raw $x_ @ref \\\\ 😀"\nhours = 20\n', encoding="utf-8")
    prices = '[item.hotel_night]\nlabel = "Nuit $\\\\frac{ <i> 漢"\n'
    (tmp_path / "prix.toml").write_text(prices, encoding="utf-8")
    words = typed(replace(request_for, scenarios=("mots.toml",), prices=Path("prix.toml")), tmp_path / "made")
    said = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert not said.stderr
    page = (tmp_path / "made" / "report.html").read_text()
    assert "&lt;b&gt;Gras&lt;/b&gt; #raw $x_ @ref \\ 😀" in page
    assert "Nuit $\\frac{ &lt;i&gt; 漢" in page


@pytest.mark.slow
def test_a_cluster_lost_on_the_way_is_one_sentence_and_nothing_is_written(
    evaluation: Evaluation, request_for: Request, tmp_path: Path
) -> None:
    """``evaluation``: has left the law's amounts where the command reads them."""
    with cluster(processes=True) as scheduler:
        words = typed(request_for, tmp_path / "made", "--scheduler", scheduler, "--machine")
        command = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert command.stdout
        for line in command.stdout:  # reached before anything was computed; then it goes
            if line.startswith("PROGRESS 3 "):
                break
    _, said = command.communicate(timeout=120)
    assert command.returncode == REFUSED
    assert len(said.strip().splitlines()) == 1, said
    assert "ne répond pas" in said or "perdue en cours de calcul" in said
    assert list(tmp_path.iterdir()) == []
