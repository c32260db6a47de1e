"""`./convergence bench NAME`: runs `benchmarks/NAME.py`, which measures one thing and prints a table of it."""

from __future__ import annotations

import argparse
import ast
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from convergence.cli.errors import OperatorError
from convergence.cli.folder import REPOSITORY

_FOLDER = REPOSITORY / "benchmarks"


def main(options: argparse.Namespace) -> int:
    """Run the measure that the first argument names, with the others; return its exit code."""
    known = _known()
    if not options.rest or options.rest[0] in {"-h", "--help"}:
        print(_summary(known))
        return 0
    name, *rest = options.rest
    if name not in known:
        raise OperatorError(f"« {name} » n’est pas une mesure connue.\n\n{_summary(known)}")
    # From the repository's root, which the measures import each other from.
    command = [sys.executable, "-m", f"benchmarks.{name}", *rest]
    path = os.pathsep.join([str(REPOSITORY), str(REPOSITORY / "src")])
    return subprocess.run(command, env=os.environ | {"PYTHONPATH": path}, check=False).returncode


def _known() -> Mapping[str, Path]:
    return {file.stem: file for file in sorted(_FOLDER.glob("*.py")) if not file.stem.startswith("_")}


def _summary(known: Mapping[str, Path]) -> str:
    lines = [f"  ./convergence bench {name:<10} {_first_line(file)}" for name, file in known.items()]
    return "\n".join(["Usage : ./convergence bench MESURE [options]", "", *lines])


def _first_line(file: Path) -> str:
    documented = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return documented.partition("\n")[0]
