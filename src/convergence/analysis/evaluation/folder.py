"""A run's folder: written whole or not at all, with a manifest of everything that made it and everything in it."""

import errno
import hashlib
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from convergence.analysis.evaluation.errors import EvaluationError
from convergence.analysis.french import NBSP

MANIFEST = "manifest.json"
PACKAGES = (
    "convergence", "dataframely", "lifelines", "matplotlib", "numpy", "openfisca-core", "openfisca-france",
    "polars", "scipy", "statsmodels", "typst",
)  # fmt: skip
"""Packages whose version may change a number or a letter of the report."""


def refuse_what_is_there(folder: Path) -> None:
    """Refuse a folder that holds something, before hours are spent on what could not be written."""
    try:
        if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
            raise EvaluationError(f"{folder} existe déjà et n’est pas un dossier{NBSP}: donnez-en un autre (--out).")
        if folder.exists() and any(folder.iterdir()):
            raise EvaluationError(f"Le dossier {folder} n’est pas vide{NBSP}: donnez-en un autre (--out).")
        # It is made beside, then put in its place: the first folder above that is there must take one more.
        above = next(place for place in folder.absolute().parents if place.exists())
        if not above.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        with tempfile.TemporaryDirectory(prefix=".", dir=above):
            pass
    except OSError as error:
        raise _unwritable(folder, error) from error


def write(folder: Path, files: Mapping[str, bytes], about: Mapping[str, Any]) -> None:
    """Write files by their names, and a manifest of them with what ``about`` says of the run.

    :raises EvaluationError: the folder holds something or cannot be written; nothing is left.
    """
    folder = folder.absolute()
    refuse_what_is_there(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    except OSError as error:
        raise _unwritable(folder, error) from error
    try:
        for name, content in files.items():
            _write_bytes(unfinished / name, content)
        _write_bytes(unfinished / MANIFEST, manifest(files, about).encode())
        unfinished.chmod(0o755)
        os.rename(unfinished, folder)
    except OSError as error:
        raise _unwritable(folder, error) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def manifest(files: Mapping[str, bytes], about: Mapping[str, Any]) -> str:
    """What the run was made of and with, and the fingerprint of each of its files."""
    content = {
        **about,
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in PACKAGES},
        "files": {
            name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in sorted(files.items())
        },
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def digest(path: Path) -> str:
    """The fingerprint of a file that was given."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise EvaluationError(f"{path} ne peut pas être lu{NBSP}: {error.strerror}.") from error


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:  # Convergence runs from its sources
        return None


def _write_bytes(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _unwritable(folder: Path, error: OSError) -> EvaluationError:
    return EvaluationError(
        f"{folder} ne peut pas être écrit{NBSP}: {error.strerror}. Choisissez un autre dossier (--out)."
    )
