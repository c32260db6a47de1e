"""`./convergence test`: lint, walls, templates, then types beside the tests; every check runs, then one summary."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from typing import IO

from convergence.cli.folder import REPOSITORY

_PYTHON = (sys.executable, "-m")
_CHECKS: Mapping[str, Sequence[str]] = {
    "règles d’écriture": (*_PYTHON, "ruff", "check", ".", "convergence"),
    "mise en forme": (*_PYTHON, "ruff", "format", "--check", ".", "convergence"),
    "murs entre les pièces": (
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command; lint_imports_command()",
    ),
    "gabarits": (*_PYTHON, "djlint", "--lint", "--quiet", "src/convergence"),
}
# Half a minute of one core where nothing was checked before: beside the tests, whose waits leave that core some time.
_TYPES = (*_PYTHON, "mypy")
# mypy's Django plugin reads the settings, which ask for an environment; it opens no connection.
_NO_SERVER = {
    "CONVERGENCE_DATA": "build",
    "CONVERGENCE_SECRET_KEY": "types",
    "CONVERGENCE_MASTER_KEY": "types",
    "DATABASE_URL": "postgresql:///types",
}
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `test`; all others go to pytest, which then runs alone."""
    parser.add_argument("--slow", action="store_true", help="avec les tests longs")
    parser.add_argument("--faults", action="store_true", help="avec les tests qui provoquent des pannes")
    parser.add_argument(
        "--openfisca", action="store_true", help="avec les tests d’OpenFisca-France sur les prestations utilisées"
    )
    parser.epilog = "Les autres arguments vont à pytest, alors lancé seul : ./convergence test -k contrat"


def main(options: argparse.Namespace) -> int:
    """Run the checks and the tests; return 0 when all of them passed."""
    begun = time.monotonic()
    results: dict[str, int] = {}
    tests = [*_PYTHON, "pytest", *_pytest_arguments(options)]
    if options.rest:
        print("— tests", flush=True)
        results["tests"] = _run(tests)
    else:
        for name, command in _CHECKS.items():
            print(f"— {name}", flush=True)
            results[name] = _run(command)
        with tempfile.TemporaryFile("w+", encoding="utf-8") as said, _started(_TYPES, said) as types:
            print("— tests", flush=True)
            results["tests"] = _run(tests)
            results["types"] = types.wait()
            said.seek(0)
            print(f"— types\n{said.read()}", end="", flush=True)
    print("\nRésumé")
    for name, code in results.items():
        print(f"  {'bon   ' if code == 0 else 'ÉCHEC '} {name}")
    if not any(shutil.which(browser) for browser in _BROWSERS):
        print("  sauté  tests dans un navigateur : chromium est absent (apt install chromium)")
    print(f"  {time.monotonic() - begun:.0f} secondes")
    return int(any(results.values()))


def _pytest_arguments(options: argparse.Namespace) -> list[str]:
    left_out = [tier for tier in ("slow", "faults", "openfisca") if not getattr(options, tier)]
    arguments = ["-m", " and ".join(f"not {tier}" for tier in left_out)] if left_out else []
    return arguments + (options.rest or ["-n", "2", "--dist", "loadgroup", "-q", "-rs"])


def _run(command: Sequence[str]) -> int:
    with _started(command) as process:
        return process.wait()


def _started(command: Sequence[str], output: IO[str] | None = None) -> subprocess.Popen[bytes]:
    # Whatever server the developer's environment names is not for tests. Modules are kept compiled, even where the
    # environment says not to: a run starts a hundred processes that read the same ones.
    left_out = ("DATABASE_URL", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    errors = subprocess.STDOUT if output else None
    return subprocess.Popen(command, cwd=REPOSITORY, env=kept | _NO_SERVER, stdout=output, stderr=errors)
