"""`./convergence run` as typed, and what its first start leaves, made once in a run of the tests.

A first start migrates a database and collects static files: a dozen seconds of processor, most of it Django's own
reckoning of what each migration leaves. tests/cli/test_run.py looks at what the two first starts below said and did;
whoever wants the folder that they left takes a ``copy``. The processes that run tests wait for each other by a lock.
"""

from __future__ import annotations

import fcntl
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

PATIENCE = 120.0  # seconds, for a machine that does other things at the same time
OWN_VARIABLES = ("DATABASE_URL", "CONVERGENCE_", "DJANGO_")


@dataclass
class Run:
    """One `run` at work."""

    process: subprocess.Popen[str]
    port: int
    said: str
    data: Path

    def stop(self, number: signal.Signals = signal.SIGINT) -> tuple[int, str]:
        """Send a signal; return the exit code and what was still said."""
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, rest

    def get(self, path: str) -> tuple[int, str, str]:
        """Return the status, the place it sends to, and the body of an address."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.getheader("Location", ""), answer.read().decode()

    def children(self) -> dict[str, int]:
        """Return the process ids of PostgreSQL, web and worker."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        found = {}
        for pid in listed:
            command = Path(f"/proc/{pid}/cmdline").read_text()
            for name in ("postgres", "granian", "worker"):
                if name in command:
                    found[name] = int(pid)
                    break
        return found

    def postgres_command(self) -> str:
        return Path(f"/proc/{self.children()['postgres']}/cmdline").read_text()


def bare_environment() -> dict[str, str]:
    """The environment without anything of ours: what a newcomer has."""
    return {name: value for name, value in os.environ.items() if not name.startswith(OWN_VARIABLES)}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "convergence", "run", *arguments]


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@contextmanager
def running(
    data: Path, *arguments: str, environment: dict[str, str] | None = None, prefix: Sequence[str] = ()
) -> Iterator[Run]:
    """Start and wait until the address is announced; whatever happens, nothing is left running."""
    port = free_port()
    process = subprocess.Popen(
        [*prefix, *command("--port", str(port), "--data", str(data), *arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        env=environment or bare_environment(),
    )
    try:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if "Ctrl-C" in line:
                break
        assert f"http://127.0.0.1:{port}" in said, said
        yield Run(process, port, said, data)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(PATIENCE)
        assert process.stdout is not None
        process.stdout.close()


def copy(data: Path, to: Path) -> Path:
    """A copy of a data folder at rest: nothing in it tells where it is."""
    subprocess.run(["cp", "-a", str(data), str(to)], check=True)
    return to


@dataclass(frozen=True)
class FirstStart:
    """What the very first start in a folder said, did and left there, at rest.

    ``postgres`` is the command line of its server; ``ready`` the status of its page for who watches it; ``code`` its
    exit code.
    """

    folder: str
    said: str
    postgres: str
    ready: int
    code: int

    @property
    def data(self) -> Path:
        return Path(self.folder)


def with_the_demonstration(tmp_path_factory: pytest.TempPathFactory) -> FirstStart:
    """As a newcomer starts it."""
    return _once(tmp_path_factory, "demonstration", _first_start)


def empty(tmp_path_factory: pytest.TempPathFactory) -> FirstStart:
    """Without a territory, by an account that is not root where this machine lets one be somebody else."""
    return _once(tmp_path_factory, "empty", lambda data: _first_start(data, "--empty", prefix=ordinary_account()))


def ordinary_account() -> list[str]:
    """The prefix of a command that root runs as somebody else; empty where there is no need or no way."""
    # Another number in a namespace of its own, so that it still reaches an interpreter below /root.
    prefix = ["unshare", "--user", "--map-user=65534", "--map-group=65534", "--"]
    possible = os.geteuid() == 0 and shutil.which("unshare")
    return prefix if possible and subprocess.run([*prefix, "true"], check=False).returncode == 0 else []


def _first_start(data: Path, *arguments: str, prefix: Sequence[str] = ()) -> FirstStart:
    with running(data, *arguments, prefix=prefix) as run:
        postgres_command, ready = run.postgres_command(), run.get("/sante/pret")[0]
        code, rest = run.stop()
    return FirstStart(str(data), run.said + rest, postgres_command, ready, code)


def _once(tmp_path_factory: pytest.TempPathFactory, name: str, start: Callable[[Path], FirstStart]) -> FirstStart:
    """What was found by the first process that asked, in a folder of a name like those people make."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / f"first start, {name}"
    place = shared / "dossier à essayer" / "d'été"
    place.mkdir(parents=True, exist_ok=True)
    kept = shared / "found.json"
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            kept.write_text(json.dumps(asdict(start(place / "data"))))
    return FirstStart(**json.loads(kept.read_text()))
