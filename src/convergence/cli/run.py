"""`./convergence run`: database, web and worker on this machine, each process with its own role."""

from __future__ import annotations

import argparse
import errno
import http.client
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from convergence.cli import databases, postgres, release, roles
from convergence.cli.demo import command as demo
from convergence.cli.errors import OperatorError
from convergence.cli.folder import DataFolder, default

HOST = "127.0.0.1"
_READY_PATH = "/sante/pret"
_READY_WITHIN = 60.0  # seconds
_STOPPED_WITHIN = 10.0  # seconds left to the request or job at hand
_STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `run`."""
    parser.add_argument("--port", type=_port, default=8000, metavar="PORT", help="port d’écoute (8000)")
    parser.add_argument(
        "--data", type=Path, default=default(), metavar="DOSSIER", help="dossier des données (data, ici même)"
    )
    parser.add_argument("--empty", action="store_true", help="sans territoire de démonstration")


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError("un port est un nombre de 1 à 65535")
    return int(text)


def main(options: argparse.Namespace) -> int:
    """Run until Ctrl-C or a signal; the data folder is then at rest."""
    for number in _STOPS:
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # as nohup leaves it
            signal.signal(number, _interrupt)
    folder = DataFolder(options.data.expanduser().absolute())
    try:
        _check_port(options.port)
        with folder.taken():
            _serve(folder, options.port, empty=options.empty)
    except KeyboardInterrupt:
        print("Tout est arrêté ; les données sont dans", folder.path, flush=True)
    return 0


def _interrupt(number: int, frame: FrameType | None) -> None:
    for each in _STOPS:
        signal.signal(each, signal.SIG_IGN)  # stopping cleanly is not to be interrupted
    raise KeyboardInterrupt


def _check_port(port: int) -> None:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((HOST, port))
        except OSError as error:
            why = "est déjà pris" if error.errno == errno.EADDRINUSE else f"est refusé ({error.strerror})"
            raise OperatorError(f"Le port {port} {why} : choisissez-en un autre (--port).") from error


def _serve(folder: DataFolder, port: int, *, empty: bool) -> None:
    with databases.opened(folder) as database:
        urls = database.urls
        release.bring(folder, urls[roles.OWNER], databases.environment(folder, urls[roles.OWNER]))
        if not empty and release.is_empty(urls[roles.MAINT]):
            _load_demonstration(folder, urls[roles.MAINT])
        # Were this process killed, the web server would still have to stop the processes of its own; the
        # worker would go on looking for its database, and has nothing to lose.
        web = [*postgres.tied(signal.SIGTERM), sys.executable, "-m", "granian", "--interface", "wsgi"]
        # Two, as in production: a page is drawn while another is, which threads of one process do not do.
        web += ["--host", HOST, "--port", str(port), "--workers", "2", "--blocking-threads", "4"]
        web += ["--workers-kill-timeout", "5", "--no-ws", "--log-level", "warning"]
        web += ["convergence.platform.wsgi:application"]
        worker = [*postgres.tied(signal.SIGKILL), sys.executable, "-m", "convergence", "worker"]
        commands = {
            "web": (web, databases.environment(folder, urls[roles.WEB])),
            "worker": (worker, databases.environment(folder, urls[roles.WORKER])),
        }
        with _running(commands, folder.logs) as children:
            # The database first: when it goes, the others follow, and it is the one to name.
            watched = {"postgresql": database.server.process} if database.server else {}
            watched |= children
            _wait_until_ready(port, watched, folder.logs)
            print(f"\nConvergence est en marche : http://{HOST}:{port}", flush=True)
            demo.show(folder.path)
            if not release.has_account(urls[roles.MAINT]):
                print(f"\nPersonne n’a encore de compte. Pour ouvrir le premier : {_first_account(folder)}")
            print("\nCtrl-C pour arrêter.", flush=True)
            while True:
                _check_alive(watched, folder.logs)
                time.sleep(0.5)


def _first_account(folder: DataFolder) -> str:
    """Return the command to type beside this one, on the same database."""
    command = "./convergence administrator E-MAIL PRÉNOM NOM"
    # With an address in the environment the folder has to be named: alone, the address would be *maint*'s.
    if folder.path == default().absolute() and "DATABASE_URL" not in os.environ:
        return command
    return f"{command} --data {shlex.quote(str(folder.path))}"


def _load_demonstration(folder: DataFolder, url: str) -> None:
    print("Chargement du territoire de démonstration…", flush=True)
    command = [sys.executable, "-m", "convergence", "demo"]
    log = folder.logs / "demo.log"
    with log.open("wb") as output:
        ended = subprocess.run(
            command,
            env=databases.environment(folder, url),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=output,
            check=False,
        )
    if ended.returncode != 0:
        raise OperatorError(
            f"Le chargement de la démonstration a échoué (journal : {log}). "
            "Pour s’en passer : ./convergence run --empty"
        )


@contextmanager
def _running(
    commands: Mapping[str, tuple[Sequence[str], Mapping[str, str]]], logs: Path
) -> Iterator[Mapping[str, subprocess.Popen[bytes]]]:
    """Run these commands side by side, each writing to its log; on leaving, stop them and wait for them."""
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, (command, environment) in commands.items():
            with (logs / f"{name}.log").open("ab") as output:
                children[name] = subprocess.Popen(
                    command,
                    env=dict(environment),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,  # Ctrl-C reaches this process, which stops them in order
                )
        yield children
    finally:
        for child in children.values():
            child.terminate()
        deadline = time.monotonic() + _STOPPED_WITHIN
        for child in children.values():
            try:
                child.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()


def _wait_until_ready(port: int, watched: Mapping[str, subprocess.Popen[bytes]], logs: Path) -> None:
    deadline = time.monotonic() + _READY_WITHIN
    while time.monotonic() < deadline:
        _check_alive(watched, logs)
        connection = http.client.HTTPConnection(HOST, port, timeout=_READY_WITHIN)
        try:
            connection.request("GET", _READY_PATH)
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()
        time.sleep(0.02)
    raise OperatorError(f"Le serveur web ne répond pas (journal : {logs / 'web.log'}).")


def _check_alive(watched: Mapping[str, subprocess.Popen[bytes]], logs: Path) -> None:
    for name, process in watched.items():
        if process.poll() is not None:
            raise OperatorError(f"Le processus {name} s’est arrêté (journal : {logs / name}.log).")
