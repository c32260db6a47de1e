"""`./convergence worker`: does the work that waits in the database's queue, until it is told to stop."""

from __future__ import annotations

import argparse

from convergence.cli import manage


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `worker`."""
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="travaux menés à la fois (1)")


def main(options: argparse.Namespace) -> int:
    """Work with the role of `DATABASE_URL`; a first SIGTERM lets the job at hand finish."""
    return manage.execute(["procrastinate", "worker", "--concurrency", str(options.jobs)])
