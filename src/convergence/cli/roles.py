"""The four database roles, the database and its extensions: everything that needs a superuser.

`./convergence roles` prints the same as a script for `psql`, for the administrator of a server whose
superuser the application never sees. Doing it twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

DATABASE = "convergence"
OWNER = "convergence_owner"
WEB = "convergence_web"
WORKER = "convergence_worker"
MAINT = "convergence_maint"

# What each may do beside signing in. Row-level security binds all but the last, whose every use is recorded.
ROLES = {
    OWNER: "CREATEDB NOBYPASSRLS",
    WEB: "NOCREATEDB NOBYPASSRLS",
    WORKER: "NOCREATEDB NOBYPASSRLS",
    MAINT: "NOCREATEDB BYPASSRLS",
}
EXTENSIONS = ("btree_gist", "fuzzystrmatch", "pg_trgm", "unaccent")

_CREATE_DATABASE = f"CREATE DATABASE {DATABASE} OWNER {OWNER} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"
_DATABASE_EXISTS = f"SELECT FROM pg_database WHERE datname = '{DATABASE}'"


def _roles_sql() -> str:
    statements = []
    for role, rights in ROLES.items():
        statements.append(
            f"DO $$ BEGIN CREATE ROLE {role} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;\n"
            f"ALTER ROLE {role} LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION {rights};"
        )
    for role in (WEB, WORKER):
        # With their policies, short queries look long to the planner: compiling them would take longer than they do.
        statements.append(f"ALTER ROLE {role} SET jit = off;")
    # A backup reads every table, also those that no policy of ours covers.
    return "\n".join([*statements, f"GRANT pg_read_all_data TO {MAINT};"])


def _inside_sql() -> str:
    """Return what is done once connected to the database."""
    extensions = "\n".join(f"CREATE EXTENSION IF NOT EXISTS {name};" for name in EXTENSIONS)
    return (
        f"{extensions}\n"
        f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC;\n"
        f"GRANT CONNECT ON DATABASE {DATABASE} TO {', '.join(ROLES)};\n"
        # A temporary table could stand in for one of ours: the roles that serve people make none.
        f"GRANT TEMPORARY ON DATABASE {DATABASE} TO {OWNER}, {MAINT};"
    )


def script() -> str:
    """Return the whole as a script for `psql`, run as a superuser."""
    return (
        "-- The roles, the database and the extensions of Convergence, for psql as a superuser.\n"
        "-- Running it again changes nothing. Then give each role its own password:\n"
        + "".join(f"--   \\password {role}\n" for role in ROLES)
        + f"\\set ON_ERROR_STOP on\n{_roles_sql()}\n"
        f"SELECT $${_CREATE_DATABASE}$$ WHERE NOT EXISTS ({_DATABASE_EXISTS}) \\gexec\n"
        f"\\connect {DATABASE}\n{_inside_sql()}\n"
    )


def create(superuser_url: str, passwords: Mapping[str, str] | None = None) -> None:
    """Create what is missing, as the superuser of `superuser_url`, and give each role of `passwords` its own.

    A server that is reached through a closed socket needs no password.
    """
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        connection.execute(_roles_sql().encode())
        for role, password in (passwords or {}).items():
            # Only the digest leaves this process: the statement may end in the server's log.
            digest = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
            connection.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(digest.decode()))
            )
        if connection.execute(_DATABASE_EXISTS.encode()).fetchone() is None:
            connection.execute(_CREATE_DATABASE.encode())
    with psycopg.connect(as_role(superuser_url, None), autocommit=True) as connection:
        connection.execute(_inside_sql().encode())


def install_extensions(superuser_url: str) -> None:
    """Install the extensions in the database of `superuser_url`, for instance a template."""
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        for name in EXTENSIONS:
            connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(name)))


def as_role(url: str, role: str | None, password: str | None = None, database: str = DATABASE) -> str:
    """Return `url` with another database, and another role unless None; the server stays the same."""
    parts = urlsplit(url)
    place = parts.netloc
    if role is not None:
        host = place.rpartition("@")[2]
        secret = f":{quote(password, safe='')}" if password else ""
        place = f"{role}{secret}@{host}"
    return urlunsplit(parts._replace(netloc=place, path=f"/{database}"))
