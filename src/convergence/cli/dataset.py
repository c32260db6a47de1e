"""`./convergence dataset`: draws synthetic territories and writes them as a dataset for research. No database."""

from __future__ import annotations

import argparse
import hashlib
import os
import time
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from convergence.cli import drawing
from convergence.cli.errors import OperatorError

if TYPE_CHECKING:
    from convergence.analysis.dataset import Block

_HERE = ZoneInfo("Europe/Paris")
_TOLD_EVERY = 5.0  # seconds


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare where to write and what to draw."""
    parser.add_argument("folder", type=Path, metavar="DOSSIER", help="dossier à créer, ou vide")
    drawing.add_options(parser)
    parser.add_argument("--day", type=_day, metavar="AAAA-MM-JJ", help="dernier jour connu (hier)")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"« {text} » n’est pas une date (AAAA-MM-JJ)") from None


def main(options: argparse.Namespace) -> int:
    """Draw and write; say in one line what stands."""
    from convergence.analysis.dataset import DatasetError
    from convergence.simulation.parameter_file import ParameterError

    today = datetime.now(_HERE).date()
    as_of = options.day or date.fromordinal(today.toordinal() - 1)
    if as_of >= today:
        raise OperatorError("Le dernier jour connu ne peut être ni aujourd’hui ni plus tard (--day).")
    began = time.monotonic()
    try:
        people, rows = _write(options, as_of, today)
    except (DatasetError, ParameterError) as error:
        raise OperatorError(str(error)) from None
    except BrokenProcessPool:
        raise OperatorError(
            "Un processus du tirage a été arrêté, faute de mémoire peut-être : rien n’a été écrit."
        ) from None
    except KeyboardInterrupt:
        print("Interrompu : rien n’a été écrit.", flush=True)
        return 130
    seconds = max(time.monotonic() - began, 0.1)
    speed = f"{seconds:.1f} s, {_spaced(round(people / seconds))} personnes par seconde".replace(".", ",")
    print(f"{_spaced(people)} personnes, {_spaced(rows)} lignes, dans {options.folder} ({speed}).")
    return 0


def _write(options: argparse.Namespace, as_of: date, today: date) -> tuple[int, int]:
    """Write the dataset; how many people and rows it holds."""
    from convergence.analysis.dataset import About, Origin, write
    from convergence.simulation.parameter_file import text_of
    from convergence.simulation.parameters import standard_text

    said = standard_text() + (text_of(options.parameters) if options.parameters else "")
    digest = hashlib.sha256(said.encode()).hexdigest()
    about = About(today, as_of, Origin.SIMULATED, options.seed, digest)
    manifest = write(options.folder, _told(_drawn(options, as_of)), about)
    return manifest.rows("people"), sum(manifest.rows(table) for table in manifest.tables)


def _drawn(options: argparse.Namespace, as_of: date) -> Iterator[Block]:
    """The places first, then the people, block after block."""
    from convergence.simulation import model
    from convergence.simulation.parameters import parameters
    from convergence.simulation.tables import with_truth

    drawn = parameters(options.parameters)
    until = date.fromordinal(as_of.toordinal() + 1)
    yield model.layout(drawn, until, people=options.people, territories=options.territories).tables
    yield from model.blocks_in_parallel(
        with_truth,
        drawn,
        until,
        people=options.people,
        territories=options.territories,
        seed=options.seed,
        processes=len(os.sched_getaffinity(0)),
    )


def _told(blocks: Iterator[Block]) -> Iterator[Block]:
    """The same blocks, saying now and then how far they are."""
    people, told = 0, time.monotonic()
    for block in blocks:
        yield block
        people += len(block["people"]) if "people" in block else 0  # type: ignore[arg-type]
        if time.monotonic() - told >= _TOLD_EVERY:
            told = time.monotonic()
            print(f"  {_spaced(people)} personnes…", flush=True)


def _spaced(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")
