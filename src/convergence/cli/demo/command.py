"""`./convergence demo`: loads drawn territories, and keeps their sign-ins to show them again."""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from convergence.cli import drawing, maintenance
from convergence.cli.errors import OperatorError

if TYPE_CHECKING:
    from convergence.cli.demo.loading import SignIn

FILE = "demonstration.json"
_INTERRUPTED = 130


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what to draw, and where."""
    maintenance.add_data_option(parser)
    drawing.add_options(parser)


def main(options: argparse.Namespace) -> int:
    """Load the demonstration as *maint* and print its sign-ins."""
    if importlib.util.find_spec("numpy") is None:
        raise OperatorError(
            "Les territoires de démonstration sont tirés avec numpy, que cette installation n’a pas "
            "(pip install -r requirements/run.txt)."
        )
    from convergence.simulation.parameter_file import ParameterError

    try:
        return _load(options)
    except ParameterError as error:
        raise OperatorError(str(error)) from None
    except KeyboardInterrupt:
        print("Interrompu : la base est restée vide.", flush=True)
        return _INTERRUPTED


def _load(options: argparse.Namespace) -> int:
    from convergence.simulation.parameters import parameters

    drawn = parameters(options.parameters)
    with maintenance.as_maint(options.data):
        from django.conf import settings

        from convergence.cli.demo import loading
        from convergence.platform.clock import today

        file = Path(settings.DATA) / FILE
        wanted = loading.Wanted(options.people, options.territories, options.seed, drawn)
        loading.load(today(), wanted, say=_say, keep=lambda signins: _keep(file, signins))
    show(file.parent)
    return 0


def _say(line: str) -> None:
    print(f"  {line}", flush=True)


def _keep(file: Path, signins: list[SignIn]) -> None:
    try:
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as opened:
            json.dump(signins, opened, ensure_ascii=False, indent=1)
    except OSError as error:
        raise OperatorError(f"Impossible d’écrire {file} ({error.strerror}) : rien n’a été chargé.") from error


def show(folder: Path) -> None:
    """Print the sign-ins of the demonstration that was loaded with this data folder, if any."""
    file = folder / FILE
    if not file.exists():
        return
    signins = json.loads(file.read_text(encoding="utf-8"))
    widths = [max(len(row[column]) for row in signins) for column in range(2)]
    print("\nPour essayer, des comptes fictifs (rôle, adresse, mot de passe) :")
    for role, email, password in signins:
        print(f"  {role:<{widths[0]}}  {email:<{widths[1]}}  {password}")
