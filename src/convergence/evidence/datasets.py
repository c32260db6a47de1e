"""Bringing a dataset: its files are those of its manifest, byte for byte, then sealed.

Its tables are not opened here: ``./convergence evaluate`` checks every row of them before it counts anything.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

from django.utils.translation import gettext as _

from convergence.evidence import comparisons
from convergence.evidence.keeping import give_key, keep_files
from convergence.evidence.models import Dataset
from convergence.platform.errors import Refused

MANIFEST = "manifest.json"
FORMAT = "convergence-dataset"
LARGEST = 512 * 1024 * 1024
"""Bytes in all: a territory of 10,000 people weighs some 6 MB."""
LONGEST_MANIFEST = 4 * 1024 * 1024

Reader = Callable[[str], bytes]
"""The content of a file by its name in the dataset; raises OSError or KeyError where there is none."""


@dataclass(frozen=True)
class _File:
    name: str
    bytes: int
    sha256: str


def files_of_folder(folder: Path) -> Reader:
    """Reads a dataset's folder."""
    return lambda name: (folder / name).read_bytes()


def bring(read: Reader, name: str, brought_by: int | None, *, names: Collection[str] = ()) -> Dataset:
    """Keep a dataset, or people to compare with, in the running transaction.

    :param name: how it is called on screen; empty for its kind and its day, or for the comparison's own name.
    :param brought_by: the evaluator; None from the command line.
    :param names: of the files at hand: where a `comparison.toml` is among them and no manifest, it is a comparison.
    :raises Refused: it is neither, it is already kept, or a file differs from its manifest.
    """
    files: Iterable[tuple[str, bytes]]
    if comparisons.SETTINGS in names and MANIFEST not in names:
        dataset, files = comparisons.described(read, names, LARGEST)
    else:
        text = _manifest_text(read)
        dataset, listed = _described(text)
        dataset.name, files = _default_name(dataset), _verified(read, text, listed)
    dataset.name = " ".join(name.split())[:120] or dataset.name
    dataset.brought_by_id = brought_by
    if Dataset.objects.filter(digest=dataset.digest).exists():
        raise Refused(_("Ce jeu de données est déjà gardé ici."))
    give_key(dataset)
    dataset.save(force_insert=True)
    keep_files(dataset, files)
    return dataset


def _manifest_text(read: Reader) -> bytes:
    try:
        text = read(MANIFEST)
    except (OSError, KeyError):
        raise Refused(_("Ce n’est pas un jeu de données : manifest.json ne s’y trouve pas.")) from None
    if len(text) > LONGEST_MANIFEST:
        raise Refused(_("Ce n’est pas un jeu de données : son manifest.json est beaucoup trop long."))
    return text


def _described(text: bytes) -> tuple[Dataset, list[_File]]:
    """What the manifest says, as a row that is not saved, and its files."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        raise Refused(_("Le manifest.json de ce jeu de données n’est pas lisible.")) from None
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise Refused(_("Ce n’est pas un jeu de données de Convergence : manifest.json dit autre chose."))
    try:
        tables = told["tables"]
        listed = [each for table in tables.values() for each in table["files"]] + told["truth"]
        files = [_File(_safe(each["file"]), int(each["bytes"]), str(each["sha256"])) for each in listed]
        dataset = Dataset(
            kind=Dataset.Kind(told["kind"]),
            made_on=date.fromisoformat(told["made_on"]),
            as_of=date.fromisoformat(told["as_of"]),
            version=int(told["version"]),
            people=int(tables["people"]["rows"]),
            rows=sum(int(table["rows"]) for table in tables.values()),
            digest=hashlib.sha256(text).hexdigest(),
        )
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError):
        raise Refused(_("Le manifest.json de ce jeu de données est incomplet ou mal formé.")) from None
    if dataset.as_of > dataset.made_on:
        raise Refused(_("Ce jeu de données irait au-delà du jour où il a été fait : demandez-le de nouveau."))
    # No column of the database is asked to hold what no dataset has.
    if not (0 <= dataset.version < 2**15 and 0 <= dataset.people < 2**31 and 0 <= dataset.rows < 2**63):
        raise Refused(_("Le manifest.json de ce jeu de données est incomplet ou mal formé."))
    if sum(max(file.bytes, 0) for file in files) > LARGEST:
        raise Refused(_("Ce jeu de données est trop lourd (512 Mo au plus) : évaluez-le par la ligne de commande."))
    return dataset, files


def _safe(name: Any) -> str:
    """A file inside the dataset, at a plain relative place. :raises ValueError: anything else."""
    place = PurePosixPath(str(name))
    if place.is_absolute() or not place.parts or set(place.parts) & {"..", "."} or len(str(place)) > 200:
        raise ValueError(name)
    if any(not (sign.isascii() and (sign.isalnum() or sign in "._-/")) for sign in str(place)):
        raise ValueError(name)
    return str(place)


def _default_name(dataset: Dataset) -> str:
    kind = _("Jeu simulé") if dataset.kind == Dataset.Kind.SIMULATED else _("Dossiers pseudonymisés")
    return _("%(kind)s, connu au %(day)s") % {"kind": kind, "day": dataset.as_of.strftime("%d/%m/%Y")}


def _verified(read: Reader, manifest: bytes, files: list[_File]) -> Iterator[tuple[str, bytes]]:
    yield MANIFEST, manifest
    for file in files:
        try:
            content = read(file.name)
        except (OSError, KeyError):
            raise Refused(_("Il manque un fichier à ce jeu de données : %(file)s.") % {"file": file.name}) from None
        if len(content) != file.bytes or hashlib.sha256(content).hexdigest() != file.sha256:
            sentence = _("Un fichier de ce jeu de données a changé depuis qu’il a été écrit : %(file)s.")
            raise Refused(sentence % {"file": file.name})
        yield file.name, content
