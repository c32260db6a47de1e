"""People to compare with, brought as an office hands them over: tables beside a `comparison.toml` (docs/comparison.md).

Only what tells what it is is read here; the tables themselves are checked by the run, which has the packages for it.
"""

import csv
import hashlib
import io
import tomllib
from collections.abc import Callable, Collection, Iterator
from datetime import date, datetime
from pathlib import PurePosixPath

from django.utils.translation import gettext as _

from convergence.evidence.models import Dataset
from convergence.platform.errors import Refused

SETTINGS = "comparison.toml"
TABLES = (".csv", ".parquet")
BESIDE = ("codings.toml", "LISEZMOI.md")
NEEDED = ("people", "paths")
SCHEMES = ("ordinary", "none")
MOST_FILES = 60
LONGEST_SETTINGS = 64 * 1024
VERSION = 1

_Reader = Callable[[str], bytes]


def described(read: _Reader, names: Collection[str], largest: int) -> tuple[Dataset, list[tuple[str, bytes]]]:
    """What a comparison says of itself, as a row that is not saved, and its files.

    :param names: of the files at hand; those in folders of their own, and hidden ones, are left.
    :param largest: bytes in all.
    :returns: lines are counted in CSV files alone: those of Parquet files are known to the run.
    :raises Refused: it says nothing that can be read, or holds what is no table.
    """
    name, as_of = _settings(read(SETTINGS))
    files = list(_files(read, names, largest))
    counted = {file: _rows(file, content) for file, content in files if file.endswith(".csv")}
    fingerprints = "\n".join(f"{file}\0{hashlib.sha256(content).hexdigest()}" for file, content in files)
    dataset = Dataset(
        name=name[:120],
        kind=Dataset.Kind.COMPARISON,
        made_on=as_of,
        as_of=as_of,
        version=VERSION,
        people=counted.get("people.csv", 0),
        rows=sum(counted.values()),
        digest=hashlib.sha256(fingerprints.encode()).hexdigest(),
    )
    return dataset, files


def _settings(text: bytes) -> tuple[str, date]:
    """Its name and the last day known of it."""
    if len(text) > LONGEST_SETTINGS:
        raise Refused(_("comparison.toml est beaucoup trop long : partez du modèle."))
    try:
        told = tomllib.loads(text.decode("utf-8-sig"))
    except (ValueError, RecursionError):  # bytes of another encoding, or what is no TOML
        raise Refused(_("comparison.toml n’est pas lisible : partez du modèle.")) from None
    name, as_of = told.get("name"), told.get("as_of")
    if not isinstance(name, str) or not name.strip():
        raise Refused(_("comparison.toml ne dit pas son nom (name)."))
    if not isinstance(as_of, date) or isinstance(as_of, datetime) or not 1980 <= as_of.year < 2200:
        raise Refused(_("comparison.toml ne dit pas son dernier jour connu (as_of), tel que 2025-12-31."))
    if told.get("scheme") not in SCHEMES:
        raise Refused(_('comparison.toml doit dire scheme = "ordinary" (un autre chantier) ou "none" (sans chantier).'))
    return " ".join(name.split()), as_of


def _files(read: _Reader, names: Collection[str], largest: int) -> Iterator[tuple[str, bytes]]:
    kept = sorted(name for name in names if "/" not in name and not name.startswith("."))
    if len(kept) > MOST_FILES:
        raise Refused(_("Ce dossier a trop de fichiers : gardez les tables et comparison.toml."))
    stems = {PurePosixPath(name).stem for name in kept if name.endswith(TABLES)}
    for name in kept:
        plain = all(sign.isascii() and (sign.isalnum() or sign in "._-") for sign in name)
        if not plain or not (name.endswith(TABLES) or name in (SETTINGS, *BESIDE)):
            sentence = _("%(file)s n’est pas une table (.csv ou .parquet) : retirez ce fichier.")
            raise Refused(sentence % {"file": name[:80]})
    for needed in NEEDED:
        if needed not in stems:
            raise Refused(_("La table %(table)s manque : sans elle il n’y a personne à comparer.") % {"table": needed})
    left = largest
    for name in kept:
        try:
            content = read(name)
        except (OSError, KeyError):
            raise Refused(
                _("%(file)s ne peut pas être lu : compressez de nouveau le dossier.") % {"file": name}
            ) from None
        left -= len(content)
        if left < 0:
            raise Refused(_("Ces personnes de comparaison sont trop lourdes (512 Mo au plus)."))
        yield name, content


def _rows(name: str, content: bytes) -> int:
    """Lines of a CSV file but the first; those that a spreadsheet left empty do not count."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    try:
        lines = sum(any(cell.strip(" ;\t") for cell in line) for line in csv.reader(io.StringIO(text, newline=None)))
    except csv.Error:
        raise Refused(
            _("%(file)s ne peut pas être lu comme un fichier CSV : exportez-le de nouveau.") % {"file": name}
        ) from None
    return max(0, lines - 1)
