"""The pseudonymised dataset: its schema, defined once, and the only ways to write and to read it.

A dataset is a folder of Parquet files with a manifest. `docs/dataset.md` describes it to researchers.
"""

from convergence.analysis.dataset.errors import DatasetError
from convergence.analysis.dataset.manifest import About, File, Manifest, Origin
from convergence.analysis.dataset.reading import Dataset, read, read_truth
from convergence.analysis.dataset.tables import SCHEMAS, VERSION, Tables
from convergence.analysis.dataset.writing import Block, write

__all__ = [
    "SCHEMAS",
    "VERSION",
    "About",
    "Block",
    "Dataset",
    "DatasetError",
    "File",
    "Manifest",
    "Origin",
    "Tables",
    "read",
    "read_truth",
    "write",
]
