"""How long a clean clone takes to its first page, and a second start.

The repository is cloned into a temporary folder, where `./convergence run` makes its environment, its database and the
demonstration; the clock stops when the sign-in page has answered. Then it is stopped and started again. Packages come
from wherever pip is told to look: a first figure without network, or from a cache, says something else.
"""

from __future__ import annotations

import argparse
import http.client
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from benchmarks.parts.serving import HOST, stop_cleanly
from convergence.cli.errors import OperatorError
from convergence.cli.folder import REPOSITORY

FIRST_PAGE = "/compte/login/"
ANSWERS_WITHIN = 900.0


def main(arguments: Sequence[str]) -> int:
    """Clone, start twice, print the table."""
    parser = argparse.ArgumentParser(prog="./convergence bench start", description=__doc__)
    parser.add_argument("--port", type=int, default=8190, help="port of the instance (8190)")
    parser.add_argument("--starts", type=int, default=3, help="starts after the first (3)")
    parser.add_argument("--empty", action="store_true", help="without the demonstration")
    options = parser.parse_args(arguments)
    stop_cleanly()
    try:
        with tempfile.TemporaryDirectory(prefix="convergence-bench-") as folder:
            clone = Path(folder) / "clone"
            began = time.monotonic()
            subprocess.run(["git", "clone", "--quiet", str(REPOSITORY), str(clone)], check=True)
            first = time.monotonic() - began + seconds_to_first_page(clone, options)
            again = [seconds_to_first_page(clone, options) for _ in range(options.starts)]
    except OperatorError as error:
        print(error, file=sys.stderr)
        return 1
    what = "without the demonstration" if options.empty else "the demonstration loaded"
    print("| What | seconds |\n|---|---:|")
    print(f"| Clean clone to first page, {what} | {first:.1f} |")
    print(f"| Second start, data kept | {min(again):.1f} to {max(again):.1f} |")
    return 0


def seconds_to_first_page(clone: Path, options: argparse.Namespace) -> float:
    """Run the clone's own command until its first page answers, then stop it.

    :raises OperatorError: it stopped, or did not answer in time.
    """
    command = [str(clone / "convergence"), "run", "--port", str(options.port)]
    # The clone's own environment and data, whatever this process was given.
    kept = {name: os.environ[name] for name in os.environ if name.startswith(("PIP_", "LANG", "HOME", "PATH", "TMP"))}
    began = time.monotonic()
    process = subprocess.Popen(
        command + (["--empty"] if options.empty else []),
        cwd=clone,
        env=kept,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while time.monotonic() - began < ANSWERS_WITHIN:
            if process.poll() is not None:
                raise OperatorError("Le clone s’est arrêté avant sa première page.")
            if _answers(options.port):
                return time.monotonic() - began
            time.sleep(0.02)
        raise OperatorError(f"Rien ne répond sur le port {options.port}.")
    finally:
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(30)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    try:
        connection.request("GET", FIRST_PAGE)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
