"""`./convergence` as typed: what it says before anything is installed, and when something is missing."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The launcher and the sources in a new place, without environment."""
    place = tmp_path / "dossier à essayer" / "d'été"
    place.mkdir(parents=True)
    shutil.copy(REPOSITORY / "convergence", place)
    shutil.copytree(REPOSITORY / "requirements", place / "requirements")
    (place / "src").symlink_to(REPOSITORY / "src")
    return place


def _type(place: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(place / "convergence"), *arguments],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", **environment},
        stdin=subprocess.DEVNULL,
        check=False,
    )


def test_alone_it_lists_what_it_can_do_and_installs_nothing(clone: Path) -> None:
    answer = _type(clone)
    assert answer.returncode == 0, answer.stderr
    for command in ("run", "test", "manage", "worker", "roles", "demo", "administrator", "dataset", "bench"):
        assert f"./convergence {command}" in answer.stdout
    assert not (clone / ".venv").exists()


def test_packages_that_do_not_match_their_hash_are_refused_in_one_sentence(clone: Path) -> None:
    (clone / "wheels").mkdir()
    wheel = clone / "wheels" / "fictive-1.0-py3-none-any.whl"
    wheel.write_bytes(b"not what was locked")
    (clone / "requirements" / "run.txt").write_text(f"fictive==1.0 --hash=sha256:{'0' * 64}\n")
    answer = _type(clone, "roles", PIP_NO_INDEX="1", PIP_FIND_LINKS=str(wheel.parent), PIP_CONFIG_FILE="/dev/null")
    assert answer.returncode == 1
    assert answer.stderr.splitlines()[-1].startswith("L’installation des composants a échoué")
    assert not list((clone / ".venv").glob("*.sha256"))


def test_it_installs_once_then_again_only_when_the_lock_changes(clone: Path) -> None:
    lock = clone / "requirements" / "run.txt"
    lock.write_text("# nothing to install\n")
    # Without packages there is nothing that runs; what counts is what the launcher did before.
    first, second = _type(clone, "roles"), _type(clone, "roles")
    assert "Installation des composants" in first.stdout
    assert "Installation des composants" not in second.stdout
    lock.write_text("# changed\n")
    assert "Installation des composants" in _type(clone, "roles").stdout


def test_what_analysis_needs_is_installed_at_its_first_command_and_serves_the_others(clone: Path) -> None:
    for lock in ("run", "analysis"):
        (clone / "requirements" / f"{lock}.txt").write_text(f"# nothing to install for {lock}\n")
    run, analysis, again, after = (_type(clone, command) for command in ("roles", "dataset", "dataset", "roles"))
    assert "Installation des composants, une fois pour toutes…" in run.stdout
    assert analysis.stdout.splitlines() == ["Installation des composants d’analyse, une fois pour toutes…"]
    assert "Installation" not in again.stdout + after.stdout
    (clone / "requirements" / "analysis.txt").write_text("# changed\n")
    assert "Installation des composants d’analyse" in _type(clone, "dataset").stdout


def test_a_folder_that_was_renamed_still_works(clone: Path) -> None:
    (clone / "requirements" / "run.txt").write_text("# nothing to install\n")
    _type(clone, "manage")
    moved = clone.with_name("déplacé")
    clone.rename(moved)
    answer = _type(moved, "unknown")
    assert "« unknown » n’est pas une commande de Convergence" in answer.stderr
    (written,) = moved.glob(".venv/lib/python3*/site-packages/convergence.pth")
    assert written.read_text() == f"{moved}/src\n"


def test_an_environment_whose_python_is_gone_is_made_again(clone: Path) -> None:
    (clone / "requirements" / "run.txt").write_text("# nothing to install\n")
    _type(clone, "manage")
    for python in (clone / ".venv" / "bin").glob("python*"):
        python.unlink()
    answer = _type(clone, "unknown")
    assert "Création de l’environnement" in answer.stdout
    assert "« unknown »" in answer.stderr


def test_a_machine_without_pip_is_told_the_remedy(clone: Path) -> None:
    launcher = str(clone / "convergence")
    without = (
        "import runpy, sys; sys.modules['pip'] = sys.modules['ensurepip'] = None; "
        f"sys.argv = [{launcher!r}, 'roles']; runpy.run_path({launcher!r}, run_name='__main__')"
    )
    answer = subprocess.run([sys.executable, "-c", without], capture_output=True, text=True, check=False)
    assert answer.returncode == 1
    assert answer.stderr == "pip est introuvable sur cette machine : apt install python3-pip\n"


def test_an_unknown_command_is_answered_with_the_list() -> None:
    from convergence.cli.main import main

    assert main(["n’existe-pas"]) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "--port", "abc"], "un port est un nombre de 1 à 65535"),
        (["run", "--port", "70000"], "un port est un nombre de 1 à 65535"),
        (["run", "--inconnu"], "--inconnu"),
    ],
)
def test_a_wrong_option_gets_one_sentence(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    from convergence.cli.main import main

    assert main(arguments) == 1
    answer = capsys.readouterr().err
    assert said in answer
    assert len(answer.strip().splitlines()) == 1
