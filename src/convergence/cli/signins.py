"""`./convergence demo`: loads the demonstration territory, and keeps its sign-ins to show them again."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from convergence.cli.errors import OperatorError

FILE = "demonstration.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the option of `demo`."""
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DOSSIER",
        help="dossier des données de run (celui de CONVERGENCE_DATA, sinon data)",
    )


def main(options: argparse.Namespace) -> int:
    """Load the demonstration as *maint* and print its sign-ins.

    The database is that of `DATABASE_URL`, whose role must then be *maint*, else that of the data folder.
    """
    if "DATABASE_URL" in os.environ and options.data is None:
        return _load()
    from convergence.cli import databases, postgres, release, roles
    from convergence.cli.folder import DataFolder, FolderInUseError, default

    folder = DataFolder((options.data or default()).expanduser().absolute())
    try:
        with folder.taken(), databases.opened(folder) as database:
            owner, maint = database.urls[roles.OWNER], database.urls[roles.MAINT]
            release.bring(folder, owner, databases.environment(folder, owner))
            os.environ.update(databases.environment(folder, maint))
            return _load()
    except FolderInUseError:
        # `run --empty` is at work there: its server serves this command too.
        url = postgres.address(postgres.socket_path(folder.postgresql), roles.MAINT, roles.DATABASE)
        os.environ.update(databases.environment(folder, url))
        return _load()


def _load() -> int:
    import django
    from django.core.exceptions import ImproperlyConfigured

    from convergence.cli.manage import SETTINGS

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise OperatorError(str(error)) from error

    from django.conf import settings
    from django.db import connections

    from convergence.cli import demo
    from convergence.platform.clock import today

    try:
        signins = demo.load(today())
    finally:
        connections.close_all()
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
