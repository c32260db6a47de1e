"""Draws that several tests look at, and small readings of them."""

from datetime import date
from functools import cache
from hashlib import sha256
from typing import Any

import numpy as np

from convergence.simulation.model import blocks
from convergence.simulation.parameters import parameters, parameters_from
from convergence.simulation.tables import Block, Table

UNTIL = date(2026, 11, 23)  # a Monday
SEED = 7
FAR = np.datetime64("2200-01-01")
Array = np.ndarray[Any, Any]

COMPARED = """
[comparison]
ordinary_sites = 1
people_per_site = 500
"""


@cache
def drawn(
    seed: int = SEED, until: date = UNTIL, people: int | None = None, territories: int = 1, changed: str = ""
) -> tuple[Block, ...]:
    """Blocks of a draw, with what a TOML text changes; drawn once."""
    wanted = parameters_from(changed, "essai.toml") if changed else parameters()
    return tuple(blocks(wanted, until, people=people, territories=territories, seed=seed))


def paris() -> Block:
    return drawn()[0]


def codes(table: Table, column: str) -> Array:
    """A coded column as text, empty where it is null."""
    return np.array([*table.codes[column], ""])[table[column]]


def ends(contracts: Table) -> Array:
    """First day on which each contract no longer holds, far away while it has no term."""
    last = np.fmin(contracts["until"], contracts["ended_on"])
    return np.where(np.isnat(last), FAR, last)


def digest(table: Table) -> str:
    said = sha256()
    for name, column in table.columns.items():
        said.update(name.encode())
        said.update(repr(column.tolist()).encode() if column.dtype == object else column.tobytes())
    return said.hexdigest()
