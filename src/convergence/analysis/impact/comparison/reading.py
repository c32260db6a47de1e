"""Reading a comparison: everything that is wrong is said at once, and nothing is taken that is not understood."""

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from convergence.analysis.dataset import DatasetError
from convergence.analysis.dataset import read as read_dataset
from convergence.analysis.dataset.manifest import NAME as MANIFEST
from convergence.analysis.impact.comparison import codings as codings_file
from convergence.analysis.impact.comparison.checks import own_flaws, schema_flaws
from convergence.analysis.impact.comparison.columns import typed
from convergence.analysis.impact.comparison.completing import completed
from convergence.analysis.impact.comparison.files import tables_of
from convergence.analysis.impact.comparison.flaws import ComparisonError, Found
from convergence.analysis.impact.comparison.keys import numbered
from convergence.analysis.impact.comparison.settings import Settings, read_settings
from convergence.analysis.months import first_paths
from convergence.vocabulary.structures import Scheme

_NOT_READ: Final = ("territories", "operators", "staff_means", "grants")


@dataclass(frozen=True)
class Comparison:
    """A checked comparison.

    :ivar frames: every table of the schema, keys from 1 on; ``persons``: the text that each person's key had
        (`text`, `number`), for people known to both sides.
    :ivar notes: sentences that go wherever a result goes. ``sha256``: of all its files.
    """

    name: str
    as_of: date
    shared: bool
    leave_out: bool
    frames: dict[str, pl.DataFrame]
    persons: pl.DataFrame
    notes: tuple[str, ...]
    sha256: str


@dataclass(frozen=True)
class Checked:
    """What was found: nothing in ``flaws`` means that the comparison can be used.

    :ivar codings: the text of a `codings.toml` to complete; empty where every code is understood.
    """

    flaws: tuple[str, ...]
    notes: tuple[str, ...]
    codings: str


def check(folder: Path) -> Checked:
    """Everything that is wrong with a comparison's folder, one French sentence each, and a coding file to complete."""
    found = Found()
    try:
        _read(folder, found)
    except ComparisonError as error:
        found.flaws = list(dict.fromkeys([*error.flaws, *found.flaws]))
    proposed = codings_file.proposal(found.unknown, codings_file.read_codings(folder)) if found.unknown else ""
    return Checked(tuple(found.flaws), tuple(found.notes), proposed)


def read(folder: Path) -> Comparison:
    """The comparison of a folder: CSV or Parquet files with a `comparison.toml`, or a whole dataset.

    :raises ComparisonError: its first flaw and how many others; all of them are its ``flaws``.
    """
    return _read(folder, Found())


def _read(folder: Path, found: Found) -> Comparison:
    if not folder.is_dir():
        raise ComparisonError((f"{folder} n’est pas un dossier : une comparaison est un dossier de tables.",))
    if (folder / MANIFEST).is_file():
        return _of_dataset(folder)
    settings = read_settings(folder)
    codings = codings_file.read_codings(folder)
    given, sha256 = tables_of(folder, found)
    for table in _NOT_READ:
        if given.pop(table, None) is not None:
            found.notes.append(f"{table} n’est pas lue ici : territoire et structure viennent de comparison.toml.")
    found.refuse()
    readable = {table: typed(table, frame, codings, found) for table, frame in given.items()}
    found.refuse()
    held, persons = numbered(readable, found)
    found.refuse()
    frames = completed(held, settings)
    schema_flaws(frames, settings.as_of, found)
    if not found.flaws:
        own_flaws(frames, settings, found)
    found.refuse()
    return _comparison(settings, frames, persons, found, sha256)


def _comparison(
    settings: Settings, frames: dict[str, pl.DataFrame], persons: pl.DataFrame, found: Found, sha256: str
) -> Comparison:
    return Comparison(
        settings.name,
        settings.as_of,
        settings.shared,
        settings.leave_out,
        frames,
        persons,
        tuple(found.notes),
        sha256,
    )


def _of_dataset(folder: Path) -> Comparison:
    """The people of a dataset's ordinary sites and waiting lists."""
    try:
        dataset = read_dataset(folder)
    except DatasetError as error:
        raise ComparisonError((str(error),)) from None
    people = first_paths(dataset.tables)
    kept = people.filter(pl.col("scheme") != Scheme.CONVERGENCE.value)["person"].implode()
    if not len(kept[0]):
        raise ComparisonError(
            (f"{folder.name} ne contient que des chantiers Convergence : il n’y a personne à comparer.",)
        )
    frames = {name: frame.collect() for name, frame in dataset.tables.to_dict().items()}
    for name, frame in frames.items():
        if "person" in frame.columns:
            frames[name] = frame.filter(pl.col("person").is_in(kept))
    frames["follow_ups"] = frames["follow_ups"].join(frames["extended_support"], on="support", how="semi")
    named = [frame["site"] for name, frame in frames.items() if "person" in frame.columns and "site" in frame.columns]
    other = pl.col("scheme") != Scheme.CONVERGENCE.value
    frames["sites"] = frames["sites"].filter(other | pl.col("site").is_in(pl.concat(named).implode()))
    for means in ("staff_means", "grants"):
        frames[means] = frames[means].clear()
    digest = hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()
    persons = frames["people"].select(text=pl.col("person").cast(pl.String), number="person")
    return Comparison(folder.name, dataset.manifest.about.as_of, False, False, frames, persons, (), digest)
