"""A drawn territory with people to compare, in memory, and what really happened to them."""

from datetime import date
from functools import cache

import polars as pl

from convergence.analysis.dataset import SCHEMAS, Tables
from convergence.analysis.dataset.arrays import as_frame
from convergence.analysis.dataset.simulated import Truth
from convergence.simulation.model import blocks
from convergence.simulation.parameters import parameters_from
from tests.analysis.made import frame

AS_OF = date(2022, 12, 31)


@cache
def territory(parameters: str = "[comparison]\nordinary_sites = 1\nwaiting = 20\n") -> tuple[Tables, pl.DataFrame]:
    """The tables known at ``AS_OF``, and the columns of ``truth``."""
    drawn = list(blocks(parameters_from(parameters, "essai.toml"), date(2023, 1, 1), seed=7))
    places = drawn[0].layout.tables
    held = {}
    for name, schema in SCHEMAS.items():
        parts = [places[name]] if name in places else [block.tables[name] for block in drawn if name in block.tables]
        held[name] = as_frame(parts, schema, name) if parts else frame(name, [])
    return Tables.cast(held), as_frame([block.truth for block in drawn], Truth, "truth")
