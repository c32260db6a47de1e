"""Writing a dataset: parts are checked and written as they come, so that memory stays flat, and nothing half-written
is ever left where a dataset is expected.

The folder holds `manifest.json` and a folder for each table with its parts: `people/0000.parquet`,
`people/0001.parquet`… The same number in two tables is about the same people: files with that number make a smaller
dataset of their own, but for the places, which may stand in an earlier part.
"""

import hashlib
import io
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path

import polars as pl

from convergence.analysis.dataset import arrays
from convergence.analysis.dataset.arrays import Arrays
from convergence.analysis.dataset.checking import check, conform
from convergence.analysis.dataset.errors import DatasetError, refuse
from convergence.analysis.dataset.manifest import NAME, About, File, Manifest
from convergence.analysis.dataset.parts import Checker
from convergence.analysis.dataset.simulated import TRUTH, Truth
from convergence.analysis.dataset.tables import SCHEMAS
from convergence.analysis.french import NBSP

ROWS_A_PART = 1_000_000
"""Rows, over all tables, from which a part is closed: about 6,000 people, and some 150 MB in memory."""

Block = Mapping[str, Arrays | pl.DataFrame]
"""People with everything about them: tables by name. A table that is not there has no row in this block."""


def write(folder: Path, blocks: Iterable[Block], about: About) -> Manifest:
    """Write a dataset made of blocks into a new folder.

    A block stands on its own: what its rows name is in it, or is a place (territory, operator, site) of an earlier
    one. The table `truth` goes beside the dataset. The same blocks in the same order make the same bytes.

    :raises DatasetError: the folder is not empty or cannot be written, or a block breaks the schema; nothing is left.
    """
    folder = folder.absolute()
    try:
        _refuse_what_is_there(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    except OSError as error:
        raise DatasetError(f"{folder} ne peut pas être écrit{NBSP}: {error.strerror}.") from error
    try:
        manifest = _Writer(unfinished, about).write(blocks)
        unfinished.chmod(0o755)
        os.rename(unfinished, folder)
        _settle(folder.parent)
    except OSError as error:
        raise DatasetError(f"{folder} ne peut pas être écrit{NBSP}: {error.strerror}.") from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return manifest


def _refuse_what_is_there(folder: Path) -> None:
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise DatasetError(f"{folder} existe déjà et n’est pas un dossier.")
    if folder.exists() and any(folder.iterdir()):
        raise DatasetError(f"Le dossier {folder} n’est pas vide{NBSP}: rien n’y a été écrit.")


class _Writer:
    def __init__(self, folder: Path, about: About) -> None:
        self._folder, self._about = folder, about
        self._checker = Checker(about.as_of)
        self._files: dict[str, list[File]] = {table: [] for table in [*SCHEMAS, TRUTH]}
        self._waiting: list[Block] = []
        self._rows = 0

    def write(self, blocks: Iterable[Block]) -> Manifest:
        for table in self._files:
            (self._folder / table).mkdir()
        for block in blocks:
            _known(block)
            self._waiting.append(block)
            self._rows += sum(_length(rows) for rows in block.values())
            if self._rows >= ROWS_A_PART:
                self._close_part()
        if self._waiting or not self._files["people"]:
            self._close_part()
        if not self._files[TRUTH]:
            (self._folder / TRUTH).rmdir()
        tables = {table: tuple(self._files[table]) for table in SCHEMAS}
        manifest = Manifest(self._about, tables, tuple(self._files[TRUTH]))
        _write_bytes(self._folder / NAME, manifest.as_json().encode())
        for place in [*(path for path in self._folder.iterdir() if path.is_dir()), self._folder]:
            _settle(place)
        return manifest

    def _close_part(self) -> None:
        number = len(self._files["people"])
        part = {table: self._gathered(table) for table in SCHEMAS}
        self._checker.check(part, {table: _named(table) for table in SCHEMAS})
        for table, frame in part.items():
            self._save(table, frame, number)
        if any(TRUTH in block for block in self._waiting):
            known = self._gathered(TRUTH)
            refuse(check(known, TRUTH, _named(TRUTH)))
            self._save(TRUTH, known, number)
        self._waiting, self._rows = [], 0

    def _gathered(self, table: str) -> pl.DataFrame:
        """The rows of a table in all blocks that wait. Many small blocks are joined before they become a frame."""
        schema = Truth if table == TRUTH else SCHEMAS[table]
        waiting = [block[table] for block in self._waiting if table in block]
        frames = [rows for rows in waiting if isinstance(rows, pl.DataFrame)]
        held = (rows for rows in waiting if not isinstance(rows, pl.DataFrame))
        for _, alike in groupby(held, key=lambda rows: (*rows.columns, rows.codes)):
            frames.append(arrays.as_frame(list(alike), schema, _named(table)))
        empty: pl.DataFrame = schema.create_empty()
        return pl.concat([empty, *(conform(frame, table, _named(table)) for frame in frames)])

    def _save(self, table: str, frame: pl.DataFrame, number: int) -> None:
        buffer = io.BytesIO()
        frame.write_parquet(buffer, compression="zstd", compression_level=1)
        content = buffer.getbuffer()
        name = f"{table}/{number:04}.parquet"
        _write_bytes(self._folder / name, content)
        self._files[table].append(File(name, frame.height, len(content), hashlib.sha256(content).hexdigest()))


def _known(block: Block) -> None:
    for table in block:
        if table not in SCHEMAS and table != TRUTH:
            raise DatasetError(f"La table «{NBSP}{table}{NBSP}» est inconnue.")


def _named(table: str) -> str:
    return f"Table «{NBSP}{table}{NBSP}»"


def _length(rows: Arrays | pl.DataFrame) -> int:
    return rows.height if isinstance(rows, pl.DataFrame) else arrays.length(rows)


def _write_bytes(path: Path, content: bytes | memoryview) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    """Have the disc hold the folder's entries."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
