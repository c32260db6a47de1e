"""What is asked of an evaluation."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

Progress = Callable[[int, int, str], None]
"""Told of each step: steps behind, steps in all, and the name of the one that begins."""


@dataclass(frozen=True)
class Request:
    """Files to read and how to draw. ``day`` is the report's date; nothing here asks the clock.

    ``scenarios``: files, or names of those that come with the software.
    ``scheduler``: the address of a Dask cluster for the scenarios; the numbers are the same without.
    ``law``: a folder where amounts worked out from the law are kept between runs; the numbers are the same without.
    """

    dataset: Path
    day: date
    comparison: Path | None = None
    protocol: Path | None = None
    scenarios: tuple[str, ...] = ()
    prices: Path | None = None
    seed: int = 1
    draws: int = 1000
    scheduler: str | None = None
    law: Path | None = None


def silent(done: int, total: int, step: str) -> None:
    """A progress that nobody looks at."""
