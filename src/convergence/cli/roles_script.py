"""`./convergence roles`: what the administrator of a PostgreSQL server runs once with `psql`."""

from __future__ import annotations

import argparse

from convergence.cli import roles


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`roles` has no option of its own."""


def main(options: argparse.Namespace) -> int:
    """Print the script."""
    print(roles.script(), end="")
    return 0
