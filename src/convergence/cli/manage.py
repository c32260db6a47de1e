"""`./convergence manage …`: Django's commands, as the owner of the database."""

from __future__ import annotations

import argparse
import os

from convergence.cli.errors import OperatorError

SETTINGS = "convergence.platform.settings"


def main(options: argparse.Namespace) -> int:
    """Run `options.rest` on the database of the environment, else on that of the default data folder."""
    if "DATABASE_URL" in os.environ:
        return execute(options.rest)
    from convergence.cli import databases, postgres, roles
    from convergence.cli.folder import DataFolder, FolderInUseError, default

    folder = DataFolder(default().absolute())
    try:
        with folder.taken(), databases.opened(folder) as database:
            os.environ.update(databases.environment(folder, database.urls[roles.OWNER]))
            return execute(options.rest)
    except FolderInUseError:
        # `run` is at work there: its server serves this command too.
        url = postgres.address(postgres.socket_path(folder.postgresql), roles.OWNER, roles.DATABASE)
        os.environ.update(databases.environment(folder, url))
        return execute(options.rest)


def execute(arguments: list[str]) -> int:
    """Run a Django command; return its exit code."""
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    try:
        execute_from_command_line(["./convergence manage", *arguments])
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except ImproperlyConfigured as error:
        raise OperatorError(str(error)) from error
    return 0
