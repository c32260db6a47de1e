"""The database of a data folder: its address for each role, the server started when there is none."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from convergence.cli import postgres, roles
from convergence.cli.errors import OperatorError
from convergence.cli.folder import DataFolder

ROLE_VARIABLES = {role: f"DATABASE_URL_{role.rpartition('_')[2].upper()}" for role in roles.ROLES}


@dataclass(frozen=True)
class Database:
    """The database's address by role, and the server when it is our own."""

    urls: Mapping[str, str]
    server: postgres.Server | None = None


@contextmanager
def opened(folder: DataFolder) -> Iterator[Database]:
    """Give the database of the folder; a server started for it stops on leaving.

    In this order: the four addresses of `ROLE_VARIABLES`; the server of `DATABASE_URL`, a superuser's, on
    which roles and database are made; a server of our own in the folder, which the caller has taken.
    """
    folder.master_key()  # before anything starts: made for a new folder, and refused where it was lost
    elsewhere = _elsewhere(folder)
    if elsewhere:
        yield Database(elsewhere)
    else:
        server = postgres.start(folder.postgresql, folder.logs / "postgresql.log")
        try:
            roles.create(server.url())
            yield Database({role: server.url(role, roles.DATABASE) for role in roles.ROLES}, server)
        finally:
            server.stop()


def at_work(folder: DataFolder) -> Mapping[str, str]:
    """Return the database's address by role, of a folder that `run` holds: its server serves others too."""
    socket = postgres.socket_path(folder.postgresql)
    return _elsewhere(folder) or {role: postgres.address(socket, role, roles.DATABASE) for role in roles.ROLES}


def _elsewhere(folder: DataFolder) -> Mapping[str, str] | None:
    """Return the addresses on a server that somebody else looks after, if the environment names one."""
    given = {role: os.environ.get(variable, "") for role, variable in ROLE_VARIABLES.items()}
    if all(given.values()):
        return given
    superuser_url = os.environ.get("DATABASE_URL")
    return _prepared(superuser_url, folder) if superuser_url else None


def _prepared(superuser_url: str, folder: DataFolder) -> Mapping[str, str]:
    passwords = {role: folder.password(role) for role in roles.ROLES}
    try:
        roles.create(superuser_url, passwords)
    except psycopg.errors.InsufficientPrivilege:
        raise OperatorError(
            "Le compte de DATABASE_URL n’est pas superutilisateur de PostgreSQL : faites créer les rôles par "
            "./convergence roles, puis donnez les quatre adresses " + ", ".join(ROLE_VARIABLES.values()) + "."
        ) from None
    except (psycopg.OperationalError, psycopg.ProgrammingError) as error:
        first_line = str(error).splitlines()[0]
        raise OperatorError(f"Le serveur de DATABASE_URL ne répond pas comme prévu : {first_line}") from None
    return {role: roles.as_role(superuser_url, role, passwords[role]) for role in roles.ROLES}


def environment(folder: DataFolder, url: str) -> dict[str, str]:
    """Return the environment of a process that may know one role's address, `url`, and no other."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_URL")}
    keys = {"CONVERGENCE_SECRET_KEY": folder.secret_key(), "CONVERGENCE_MASTER_KEY": folder.master_key()}
    return keys | inherited | {"CONVERGENCE_DATA": str(folder.path), "DATABASE_URL": url}
