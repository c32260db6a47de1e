"""Commands that an operator types work as *maint*, on a database in production or on that of a data folder."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from convergence.cli.errors import OperatorError


def add_data_option(parser: argparse.ArgumentParser) -> None:
    """Declare the option that names a data folder."""
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DOSSIER",
        help="dossier des données de run (celui de CONVERGENCE_DATA, sinon data)",
    )


@contextmanager
def as_maint(data: Path | None) -> Iterator[None]:
    """Set Django up on the database, as *maint*; connections are closed on leaving.

    The database is that of `DATABASE_URL`, whose role must then be *maint*, else that of the data folder, also
    while `run` is at work there.
    """
    with ExitStack() as stack:
        if data is not None or "DATABASE_URL" not in os.environ:
            _enter_folder(stack, data)
        _set_up()
        from django.db import connections

        stack.callback(connections.close_all)
        yield


def _enter_folder(stack: ExitStack, data: Path | None) -> None:
    from convergence.cli import databases, release, roles
    from convergence.cli.folder import DataFolder, FolderInUseError, default

    folder = DataFolder((data or default()).expanduser().absolute())
    try:
        stack.enter_context(folder.taken())
    except FolderInUseError:
        maint = databases.at_work(folder)[roles.MAINT]
    else:
        urls = stack.enter_context(databases.opened(folder)).urls
        owner, maint = urls[roles.OWNER], urls[roles.MAINT]
        release.bring(folder, owner, databases.environment(folder, owner))
    os.environ.update(databases.environment(folder, maint))


def _set_up() -> None:
    import django
    from django.core.exceptions import ImproperlyConfigured

    from convergence.cli.manage import SETTINGS

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise OperatorError(str(error)) from error
