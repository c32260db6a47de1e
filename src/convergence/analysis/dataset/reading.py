"""Reading a dataset: everything that the manifest and the schema promise is checked before anything is handed over."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from convergence.analysis.dataset.checking import conform
from convergence.analysis.dataset.errors import DatasetError
from convergence.analysis.dataset.manifest import NAME, File, Manifest, read_manifest
from convergence.analysis.dataset.parts import Checker
from convergence.analysis.dataset.simulated import TRUTH
from convergence.analysis.dataset.tables import SCHEMAS, Tables
from convergence.analysis.french import NBSP


@dataclass(frozen=True)
class Dataset:
    """A checked dataset: its tables, lazily, and what its maker said of it."""

    tables: Tables
    manifest: Manifest


def read(folder: Path) -> Dataset:
    """The dataset of a folder, checked: version, files, fingerprints, counts, columns, codes, keys, rules.

    :raises DatasetError: the first thing that is wrong.
    """
    manifest = read_manifest(folder)
    _only_what_is_told(folder, manifest)
    checker = Checker(manifest.about.as_of)
    for part in _parts(manifest):
        where = {table: str(folder / file.file) for table, file in part.items()}
        frames = {table: conform(_opened(folder, file), table, where[table]) for table, file in part.items()}
        checker.check(frames, where)
    scanned = {
        table: pl.scan_parquet([folder / file.file for file in files]).pipe(SCHEMAS[table].cast)
        for table, files in manifest.tables.items()
    }
    return Dataset(Tables.cast(scanned), manifest)


def read_truth(folder: Path) -> pl.DataFrame:
    """What the simulation knows of every path: the columns of :class:`Truth`.

    :raises DatasetError: the dataset has none, or it was altered.
    """
    files = read_manifest(folder).truth
    if not files:
        raise DatasetError(f"{folder} ne contient pas les effets connus d’une simulation.")
    return pl.concat([conform(_opened(folder, file), TRUTH, str(folder / file.file)) for file in files])


def _only_what_is_told(folder: Path, manifest: Manifest) -> None:
    told = {file.file for files in [*manifest.tables.values(), manifest.truth] for file in files}
    found = {str(path.relative_to(folder)) for path in folder.rglob("*.parquet")}
    if strange := sorted(found - told):
        raise DatasetError(f"{folder / strange[0]} n’est pas nommé dans {NAME}.")
    if absent := sorted(name for name in told - found if not name.startswith(f"{TRUTH}/")):
        raise DatasetError(f"{folder / absent[0]} est nommé dans {NAME} mais ne s’y trouve pas.")


def _parts(manifest: Manifest) -> Iterator[dict[str, File]]:
    counts = {table: len(files) for table, files in manifest.tables.items()}
    if len(set(counts.values())) != 1 or not counts["people"]:
        raise DatasetError(f"{NAME}{NBSP}: les tables n’ont pas toutes le même nombre de parties.")
    for number in range(counts["people"]):
        yield {table: files[number] for table, files in manifest.tables.items()}


def _opened(folder: Path, file: File) -> pl.DataFrame:
    path = folder / file.file
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DatasetError(f"{path} ne peut pas être lu{NBSP}: {error.strerror}.") from error
    if len(content) != file.bytes:
        raise DatasetError(f"{path} a {len(content)} octets au lieu de {file.bytes}{NBSP}: il est tronqué ou modifié.")
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise DatasetError(f"{path} n’est plus celui qui a été écrit{NBSP}: son empreinte est différente.")
    try:
        frame = pl.read_parquet(content)
    except (pl.exceptions.PolarsError, OSError):
        raise DatasetError(f"{path} n’est pas un fichier Parquet lisible.") from None
    if frame.height != file.rows:
        raise DatasetError(f"{path} a {frame.height} lignes au lieu de {file.rows}.")
    return frame
