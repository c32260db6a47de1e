"""`./convergence evaluate`: from a dataset to the whole report, with its tables, its figures and its manifest."""

from __future__ import annotations

import argparse
import logging
import sys
import time
from datetime import date, datetime
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

REFUSED = 2
"""What was given cannot be evaluated; one sentence said why."""

_HERE = ZoneInfo("Europe/Paris")
_BAR = 24  # characters


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what to read, where to write, and how to draw."""
    parser.add_argument("dataset", type=Path, metavar="JEU", help="dossier du jeu de données")
    parser.add_argument("--out", type=Path, required=True, metavar="DOSSIER", help="dossier à créer, ou vide")
    parser.add_argument("--comparison", type=Path, metavar="DOSSIER", help="personnes de comparaison, en plus")
    parser.add_argument("--protocol", type=Path, metavar="FICHIER", help="protocole daté (TOML)")
    parser.add_argument("--scenario", action="append", default=[], metavar="FICHIER", help="et si… (TOML, ou un nom)")
    parser.add_argument("--prices", type=Path, metavar="FICHIER", help="prix à employer à la place de ceux du projet")
    parser.add_argument("--seed", type=_seed, default=1, metavar="GRAINE", help="graine des tirages (1)")
    parser.add_argument("--draws", type=_draws, default=1000, metavar="N", help="tirages conjoints (1000)")
    parser.add_argument("--scheduler", metavar="tcp://…", help="grappe Dask où projeter les scénarios")
    parser.add_argument("--law", type=Path, metavar="DOSSIER", help="où garder les montants du droit")
    parser.add_argument("--day", type=_day, metavar="AAAA-MM-JJ", help="date du rapport (aujourd’hui)")
    parser.add_argument("--machine", action="store_true", help="dit l’avancement à un programme")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"« {text} » n’est pas une date (AAAA-MM-JJ)") from None


def _seed(text: str) -> int:
    if not text.isdecimal() or int(text) >= 2**63:
        raise argparse.ArgumentTypeError(f"« {text} » n’est pas une graine (un nombre entier, positif ou nul)")
    return int(text)


def _draws(text: str) -> int:
    try:
        count = int(text)
    except ValueError:
        count = 0
    if not 100 <= count <= 100_000:
        raise argparse.ArgumentTypeError(f"« {text} » n’est pas un nombre de 100 à 100 000")
    return count


def main(options: argparse.Namespace) -> int:
    """Evaluate and write; say in a few lines what was found and where it stands."""
    from convergence.analysis.benefits.system import cache_folder
    from convergence.analysis.dataset import DatasetError
    from convergence.analysis.errors import AnalysisError
    from convergence.analysis.evaluation import Request, evaluate, publish

    request = Request(
        dataset=options.dataset,
        day=options.day or datetime.now(_HERE).date(),
        comparison=options.comparison,
        protocol=options.protocol,
        scenarios=tuple(options.scenario),
        prices=options.prices,
        seed=options.seed,
        draws=options.draws,
        scheduler=options.scheduler,
        law=options.law or cache_folder() / "tables",
    )
    if options.scheduler:
        _quieten_dask()
    progress = Progress(sys.stdout, machine=options.machine)
    began = time.monotonic()
    try:
        evaluation = evaluate(request, options.out, progress)
        publish(evaluation, options.out)
    except (AnalysisError, DatasetError) as error:
        progress.over()
        print(error, file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        progress.over()
        print("Interrompu : rien n’a été écrit.", flush=True)
        return 130
    progress.over()
    seconds = f"{time.monotonic() - began:.0f}"
    print("\n".join(evaluation.summary))
    print(f"Le rapport est dans {options.out} (report.pdf, report.html ; {seconds} s).")
    return 0


def _quieten_dask() -> None:
    """What happens to the cluster is said by the error, in a sentence: Dask also logs it, as pages of traces."""
    import distributed  # noqa: F401  # sets its own levels on import

    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


class Progress:
    """Says how far a run is: a bar on a terminal, a line a step elsewhere, `PROGRESS done total step` to a program."""

    def __init__(self, stream: TextIO, *, machine: bool) -> None:
        self._stream, self._machine = stream, machine
        self._drawn = False

    def __call__(self, done: int, total: int, step: str) -> None:
        """``done`` steps of ``total`` are behind; ``step`` begins."""
        if self._machine:
            self._say(f"PROGRESS {done} {total} {step}\n")
        elif self._stream.isatty():
            full = _BAR * done // total
            self._say(f"\r\033[K{'█' * full}{'░' * (_BAR - full)} {done}/{total} {step}")
            self._drawn = True
        else:
            self._say(f"{done}/{total} {step}\n")

    def over(self) -> None:
        """Leave a clean line behind."""
        if self._drawn:
            self._say("\r\033[K")
            self._drawn = False

    def _say(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
