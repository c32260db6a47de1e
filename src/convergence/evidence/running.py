"""The job that makes an evaluation: the command of the command line, in a process and a folder of its own.

Why apart: it holds a machine's memory and both its cores for a minute, and its packages are not those of every day.
It gets files and gives files; it never learns the database's address nor the instance's keys.
"""

import fcntl
import logging
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from threading import Timer

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from convergence.evidence.asking import COMPARISON, KIND, TEXTS
from convergence.evidence.keeping import every_file
from convergence.evidence.models import Dataset, Evaluation
from convergence.evidence.results import keep_results, read_results
from convergence.platform import jobs
from convergence.platform.errors import Refused
from convergence.platform.models import Job

logger = logging.getLogger("convergence.evidence")

PACKAGES = ("openfisca_france", "polars", "typst")
"""What the command needs besides what the instance runs on."""
LONGEST = 2 * 3600
"""Seconds after which a run is stopped."""
REFUSED = 2
"""Exit code of a run that said in a sentence why it stopped."""
ROOM = 2 * 1024**3
"""Bytes free in memory that let a run have its folder there."""
PREFIX = "evaluation-"
_PROGRESS = re.compile(r"PROGRESS (\d{1,9}) (\d{1,9})\b")


def can_run() -> bool:
    """Whether the packages of an evaluation are installed here."""
    return all(find_spec(package) is not None for package in PACKAGES)


@jobs.work_for(KIND)
def work(job: Job, tell: jobs.Progress) -> str:
    """Make the evaluation that the job names, as the one who asked for it."""
    wanted = Evaluation.objects.filter(pk=job.arguments["evaluation_id"])
    evaluation = wanted.select_related("dataset", "comparison").first()
    if evaluation is None:
        raise Refused(_("Cette évaluation a été supprimée, ou vous ne pouvez plus la lire : rien n’a été calculé."))
    if evaluation.dataset is None:
        raise Refused(_("Le jeu de données de cette évaluation a été retiré : rien n’a été calculé."))
    if evaluation.options.get(COMPARISON) and evaluation.comparison is None:
        raise Refused(_("Les personnes de comparaison ont été retirées : rien n’a été calculé."))
    if not can_run():
        raise Refused(_("Les outils de calcul des évaluations ne sont pas installés sur ce serveur."))
    with private_folder(parent_folder()) as folder:
        _lay_out(evaluation, folder)
        _run(_command(evaluation, folder), folder, tell)
        results = read_results(folder / "out")
    # Locked only now: while it runs, somebody may remove it.
    made = wanted.select_for_update().first()
    if made is None:
        raise Refused(_("Cette évaluation a été supprimée pendant le calcul : rien n’a été enregistré."))
    keep_results(made, results, timezone.now())
    return _("L’évaluation est faite : ses résultats sont à lire, et à publier quand vous le voudrez.")


def parent_folder() -> Path:
    """Where runs have their folders: in memory where the machine has room there, else where this service may write.

    :raises Refused: nowhere.
    """
    memory = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it, that nobody else reads
    places = [Path(settings.DATA), Path(tempfile.gettempdir())]
    if memory.is_dir() and shutil.disk_usage(memory).free > ROOM:
        places.insert(0, memory)
    for place in places:
        if os.access(place, os.W_OK):
            return place
    raise Refused(_("Ce serveur n’a aucun dossier où préparer le calcul : demandez à qui l’exploite."))


@contextmanager
def private_folder(parent: Path) -> Iterator[Path]:
    """A folder that this account alone reads, gone at the end; those that killed runs left are removed first."""
    prefix = f"{PREFIX}{os.getuid()}-"
    _sweep(parent, prefix)
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    try:
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(parent: Path, prefix: str) -> None:
    """Remove the folders whose run is dead: the lock of a process goes with it."""
    for left in parent.glob(f"{prefix}*"):
        try:
            with (left / "lock").open("r") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left, ignore_errors=True)
        except OSError:
            continue  # at work, or being made at this very moment


def _lay_out(evaluation: Evaluation, folder: Path) -> None:
    assert evaluation.dataset is not None  # noqa: S101 - the caller refused it
    _unseal(evaluation.dataset, folder / "dataset")
    if evaluation.comparison is not None:
        _unseal(evaluation.comparison, folder / COMPARISON)
    for name in TEXTS:
        if text := evaluation.options.get(name):
            (folder / f"{name}.toml").write_text(text, encoding="utf-8")


def _unseal(dataset: Dataset, folder: Path) -> None:
    for name, content in every_file(dataset):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _command(evaluation: Evaluation, folder: Path) -> list[str]:
    command = [sys.executable, "-m", "convergence", "evaluate", str(folder / "dataset"), "--machine"]
    command += ["--out", str(folder / "out"), "--seed", str(evaluation.options.get("seed", 1))]
    if evaluation.comparison is not None:
        command += [f"--{COMPARISON}", str(folder / COMPARISON)]
    for name in TEXTS:
        if evaluation.options.get(name):
            command += [f"--{name}", str(folder / f"{name}.toml")]
    return command


def _run(command: list[str], folder: Path, tell: jobs.Progress) -> None:
    """Run the command to its end, telling its progress.

    :raises Refused: it refused what it was given, or went wrong.
    """
    with (
        (folder / "errors").open("w+", encoding="utf-8", errors="replace") as errors,
        subprocess.Popen(
            command,
            cwd=folder,
            env=_environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        ) as process,
    ):
        timer = Timer(LONGEST, _stop, [process])
        timer.start()
        try:
            assert process.stdout is not None  # noqa: S101 - a pipe was asked for
            for line in process.stdout:
                if progress := _PROGRESS.match(line):
                    tell(int(progress[1]), int(progress[2]))
            code = process.wait()
        finally:
            timer.cancel()
            _stop(process)
        if code == 0:
            return
        errors.seek(0)
        said = errors.read()[-4000:].strip()
    if code == REFUSED and said:
        raise Refused(said.splitlines()[-1].replace(f"{folder}/", "")[:400])
    logger.error("evaluation failed", extra={"purpose": f"exit {code}"})
    raise Refused(_("Le calcul s’est arrêté sur une erreur : rien n’a été enregistré."))


def _stop(process: subprocess.Popen[str]) -> None:
    """End the run and whatever it started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)


def _environment(folder: Path) -> dict[str, str]:
    """What the command needs to start, and nothing that opens the database or a key."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LANG", "LC_ALL") if name in os.environ}
    # Its packages write caches where they may: nowhere but in its own folder.
    return kept | {"HOME": str(folder), "MPLCONFIGDIR": str(folder), "TMPDIR": str(folder), "PYTHONUTF8": "1"}
