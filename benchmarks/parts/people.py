"""People drawn for a measure, as a dataset holds them, and the memory that they take."""

import resource
from datetime import date

from convergence.analysis.dataset import SCHEMAS, Tables
from convergence.analysis.dataset.arrays import as_frame
from convergence.simulation.model import blocks, layout
from convergence.simulation.parameters import parameters


def drawn(until: date, people: int, territories: int) -> Tables:
    """The tables of that many people hired, by the model's own parameters."""
    wanted = parameters()
    frames = {}
    whole = layout(wanted, until, people=people, territories=territories).tables
    parts = [block.tables for block in blocks(wanted, until, people=people, territories=territories, seed=1)]
    for table, schema in SCHEMAS.items():
        arrays = [whole[table]] if table in whole else [part[table] for part in parts]
        frames[table] = as_frame(arrays, schema, table)
    return Tables.cast(frames)


def peak() -> float:
    """Largest memory that the process had, in GB (Linux counts it in kB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
