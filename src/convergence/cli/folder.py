"""The data folder of `run`: taken by one command at a time, with the keys in files of their own.

data/keys/        what must never be in the same backup as the database
data/postgresql/  the database's files
data/static/      style sheets, scripts and pictures, ready to be served
data/logs/        what PostgreSQL, web and worker say
"""

from __future__ import annotations

import base64
import fcntl
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from convergence.cli.errors import OperatorError

REPOSITORY = Path(__file__).resolve().parents[3]
MASTER_KEY_BYTES = 32


def default() -> Path:
    """Return the data folder of a command that was told none."""
    return Path(os.environ.get("CONVERGENCE_DATA") or REPOSITORY / "data")


class FolderInUseError(OperatorError):
    """Another command holds the folder."""


class DataFolder:
    """The places inside a data folder, and its keys, made when first asked for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.postgresql = path / "postgresql"
        self.static = path / "static"
        self.logs = path / "logs"
        self._keys = path / "keys"

    def secret_key(self) -> str:
        """Return the key that signs sessions: losing it signs everybody out."""
        return self._key("secret_key", lambda: secrets.token_urlsafe(50))

    def master_key(self) -> str:
        """Return the key that wraps every person's key, in base64: losing it loses what they protect."""
        if self.postgresql.exists() and not (self._keys / "master_key").exists():
            raise OperatorError(
                f"La clé maîtresse {self._keys / 'master_key'} manque : sans elle, les textes chiffrés de "
                f"{self.path} sont illisibles. Remettez-la, ou choisissez un autre dossier (--data)."
            )
        return self._key("master_key", lambda: base64.b64encode(os.urandom(MASTER_KEY_BYTES)).decode())

    def password(self, role: str) -> str:
        """Return the password of a database role, for a server that asks for one."""
        return self._key(f"{role}_password", lambda: secrets.token_urlsafe(32))

    def _key(self, name: str, make: Callable[[], str]) -> str:
        file = self._keys / name
        if not file.exists():
            unfinished = file.with_suffix(".new")
            unfinished.unlink(missing_ok=True)
            with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
                opened.write(make())
                opened.flush()
                os.fsync(opened.fileno())
            unfinished.rename(file)
        return file.read_text()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Hold the folder, made when absent, against any other command that would use it."""
        try:
            for folder in (self.path, self.logs, self._keys):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = (self.path / "lock").open("w")
        except OSError as error:
            raise OperatorError(
                f"Impossible d’écrire dans {self.path} ({error.strerror}) : choisissez un autre dossier (--data)."
            ) from error
        with lock:
            if self.path.stat().st_uid != os.geteuid():
                raise OperatorError(
                    f"{self.path} appartient à un autre compte : lancez la commande sous ce compte, "
                    "ou choisissez un autre dossier (--data)."
                )
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise FolderInUseError(
                    f"{self.path} est déjà utilisé par une autre commande : arrêtez-la, "
                    "ou choisissez un autre dossier (--data)."
                ) from None
            yield
