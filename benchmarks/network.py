"""The directory: how fast services come in, in how much memory, and how fast they are found again.

In a temporary data folder with a PostgreSQL of its own. The files are held as the web holds them, and imported by the
job that an instance runs, in a worker process of its own; searches are asked as an account of the web asks them.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from convergence.cli import databases, release, roles
from convergence.cli.folder import DataFolder

SEED = 7


def main(arguments: Sequence[str]) -> int:
    """Import, search, and print both tables."""
    parser = argparse.ArgumentParser(prog="./convergence bench network", description=__doc__)
    parser.add_argument("--services", type=int, default=200_000, help="services imported (200,000)")
    parser.add_argument("--searches", type=int, default=400, help="searches of each kind (400)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="convergence-network-") as name:
        folder = DataFolder(Path(name))
        with folder.taken(), databases.opened(folder) as database:
            environments = {role: databases.environment(folder, url) for role, url in database.urls.items()}
            release.bring(folder, database.urls[roles.OWNER], environments[roles.OWNER])
            held = _part("hold", environments[roles.MAINT], options.services, SEED)
            print("| Import | Rows | Seconds | Rows a second | Peak memory of the worker |\n|---|---|---|---|---|")
            _print_import("a new directory", held, _worker(environments[roles.WORKER]), environments[roles.MAINT])
            held = _part("hold", environments[roles.MAINT], options.services, SEED)
            _print_import("the same again", held, _worker(environments[roles.WORKER]), environments[roles.MAINT])
            print("\n| Search | p50 ms | p95 ms | worst ms |\n|---|---|---|---|")
            found = _part("search", environments[roles.WEB], held["user"], options.searches, SEED)
            for kind, (middle, high, worst) in found.items():
                print(f"| {kind} | {middle:.1f} | {high:.1f} | {worst:.1f} |")
    return 0


def _part(name: str, environment: Mapping[str, str], *arguments: object) -> dict[str, Any]:
    """Run a part of the measure with one role's address; what it prints is its answer."""
    command = [sys.executable, "-m", "benchmarks.parts.directory_work", name, *map(str, arguments)]
    done = subprocess.run(command, env=_with_path(environment), stdout=subprocess.PIPE, check=True)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _worker(environment: Mapping[str, str]) -> float:
    """Run the worker until no job waits; returns the most memory that it held, in MB."""
    command = [sys.executable, "-m", "django", "procrastinate", "worker", "--one-shot"]
    with subprocess.Popen(
        command, env=_with_path(environment), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        peak = 0
        status = Path(f"/proc/{process.pid}/status")
        while process.poll() is None:
            peak = max(peak, _peak(status))
            time.sleep(0.2)
    return peak / 1024


def _peak(status: Path) -> int:
    """The most resident memory of a process so far, in kB."""
    try:
        lines = status.read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


def _print_import(what: str, held: dict[str, Any], memory: float, maint: Mapping[str, str]) -> None:
    done = _part("tell", maint, held["import"])
    rows, seconds = held["rows"], done["seconds"]
    print(
        f"| {what} ({done['sentence']}) | {rows:,} | {seconds:.0f} | {rows / seconds:,.0f} | {memory:.0f} MB |",
        flush=True,
    )


def _with_path(environment: Mapping[str, str]) -> dict[str, str]:
    path = {"PYTHONPATH": os.environ.get("PYTHONPATH", ""), "DJANGO_SETTINGS_MODULE": "convergence.platform.settings"}
    return dict(environment) | path


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
