"""`manifest.json`: what a dataset holds, when and from what it was made, and the fingerprint of every file."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from convergence.analysis.dataset.errors import DatasetError
from convergence.analysis.dataset.tables import SCHEMAS, VERSION
from convergence.analysis.french import NBSP

NAME = "manifest.json"
FORMAT = "convergence-dataset"


class Origin(StrEnum):
    """Where the rows come from."""

    SIMULATED = "simulated"
    RECORDS = "records"


@dataclass(frozen=True)
class About:
    """What the maker of a dataset says of it.

    ``as_of``: the last day on which anything in it was known. ``seed`` and ``parameters`` (SHA-256 of the parameter
    file): for simulated data, what draws the same again.
    """

    made_on: date
    as_of: date
    kind: Origin
    seed: int | None = None
    parameters: str | None = None


@dataclass(frozen=True)
class File:
    """One Parquet file, its place relative to the folder."""

    file: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    about: About
    tables: dict[str, tuple[File, ...]] = field(default_factory=dict)
    truth: tuple[File, ...] = ()
    """Files of what only a simulation knows; they may be taken away without harm to the dataset."""

    def rows(self, table: str) -> int:
        return sum(file.rows for file in self.tables[table])

    def as_json(self) -> str:
        about = asdict(self.about)
        content = {
            "format": FORMAT,
            "version": VERSION,
            **about,
            "made_on": self.about.made_on.isoformat(),
            "as_of": self.about.as_of.isoformat(),
            "tables": {
                table: {"rows": self.rows(table), "files": [asdict(file) for file in files]}
                for table, files in self.tables.items()
            },
            "truth": [asdict(file) for file in self.truth],
        }
        return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a dataset's folder.

    :raises DatasetError: none there, not JSON, of another version, known beyond the day on which it was made, or with a
        table too few, too many or miscounted.
    """
    try:
        text = (folder / NAME).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise DatasetError(f"{folder} n’est pas un jeu de données{NBSP}: {NAME} ne s’y trouve pas.") from None
    except (OSError, UnicodeDecodeError):
        raise DatasetError(f"{folder / NAME} ne peut pas être lu.") from None
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise DatasetError(f"{folder / NAME} n’est pas du JSON.") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise DatasetError(f"{folder / NAME} n’est pas le manifeste d’un jeu de données de Convergence.")
    if content.get("version") != VERSION:
        raise DatasetError(
            f"Ce jeu de données est de la version {content.get('version')}{NBSP}; ce logiciel lit la version {VERSION}."
        )
    try:
        manifest = _of(content)
        announced = {table: int(told["rows"]) for table, told in content["tables"].items()}
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError):
        raise DatasetError(f"{folder / NAME} est incomplet ou mal formé.") from None
    _hold_together(manifest, announced)
    return manifest


def _of(content: Mapping[str, Any]) -> Manifest:
    about = About(
        made_on=date.fromisoformat(content["made_on"]),
        as_of=date.fromisoformat(content["as_of"]),
        kind=Origin(content["kind"]),
        seed=content["seed"],
        parameters=content["parameters"],
    )
    tables = {table: tuple(_file(each) for each in told["files"]) for table, told in content["tables"].items()}
    return Manifest(about, tables, tuple(_file(each) for each in content["truth"]))


def _file(told: Mapping[str, Any]) -> File:
    file = File(str(told["file"]), int(told["rows"]), int(told["bytes"]), str(told["sha256"]))
    place = Path(file.file)
    if place.is_absolute() or ".." in place.parts:
        raise ValueError(file.file)
    return file


def _hold_together(manifest: Manifest, announced: dict[str, int]) -> None:
    about = manifest.about
    if about.as_of > about.made_on:
        raise DatasetError(
            f"{NAME}{NBSP}: les données vont jusqu’au {about.as_of:%d/%m/%Y}, après le jour où le jeu aurait été fait "
            f"({about.made_on:%d/%m/%Y}). Demandez-le de nouveau à qui l’a fait."
        )
    if strange := [table for table in manifest.tables if table not in SCHEMAS]:
        raise DatasetError(f"{NAME} nomme une table inconnue{NBSP}: «{NBSP}{strange[0]}{NBSP}».")
    if absent := [table for table in SCHEMAS if table not in manifest.tables]:
        raise DatasetError(f"{NAME} ne nomme pas la table «{NBSP}{absent[0]}{NBSP}».")
    for table, rows in announced.items():
        if rows != manifest.rows(table):
            raise DatasetError(
                f"{NAME}, table «{NBSP}{table}{NBSP}»{NBSP}: {rows} lignes annoncées, "
                f"{manifest.rows(table)} dans ses fichiers."
            )
