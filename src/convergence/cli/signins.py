"""`./convergence demo`: loads the demonstration territory, and keeps its sign-ins to show them again."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from convergence.cli import maintenance

FILE = "demonstration.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the option of `demo`."""
    maintenance.add_data_option(parser)


def main(options: argparse.Namespace) -> int:
    """Load the demonstration as *maint* and print its sign-ins."""
    with maintenance.as_maint(options.data):
        from django.conf import settings

        from convergence.cli import demo
        from convergence.platform.clock import today

        signins = demo.load(today())
        file = Path(settings.DATA) / FILE
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as opened:
        json.dump(signins, opened, ensure_ascii=False, indent=1)
    show(file.parent)
    return 0


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
