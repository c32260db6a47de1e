"""TOML files that somebody wrote: a whole table, or one French sentence that says what to correct."""

import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from convergence.analysis.errors import AnalysisError
from convergence.analysis.french import NBSP

LARGEST: Final = 500_000
"""Bytes: twenty times the longest file that comes with the software, the table of prices."""
_NO_TEXT: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
"""Characters that no page, figure or printed report can hold, or that turn the order of what follows them."""
_PLACE: Final = re.compile(r"at line (\d+), column (\d+)")
_WHY: Final = (FileNotFoundError, "aucun fichier n’a ce nom"), (PermissionError, "l’accès en est refusé")

Refused = Callable[[str], AnalysisError]
"""Makes the error of whoever reads, from its sentence."""


def read_toml(path: Path, what: str, refused: Refused) -> dict[str, Any]:
    """The tables of a file; ``what`` names it in a sentence: « Le protocole protocole.toml ».

    :raises AnalysisError: made by ``refused``; no such file, no right to read it, too large for what it is, and what
        :func:`parse_toml` refuses.
    """
    return parse_toml(read_bytes(path, what, refused), what, refused)


def read_bytes(path: Path, what: str, refused: Refused) -> bytes:
    """What a file holds, before it is understood: for whoever takes its fingerprint too.

    :raises AnalysisError: see :func:`read_toml`.
    """
    try:
        if path.exists() and not path.is_file():
            raise refused(f"{what} n’est pas un fichier.")
        if path.stat().st_size > LARGEST:
            raise refused(f"{what} dépasse {LARGEST // 1000}{NBSP}ko{NBSP}: ce n’est pas le fichier attendu.")
        return path.read_bytes()
    except OSError as error:
        why = next((said for kind, said in _WHY if isinstance(error, kind)), error.strerror)
        raise refused(f"{what} ne peut pas être lu{NBSP}: {why}.") from None


def parse_toml(content: bytes, what: str, refused: Refused) -> dict[str, Any]:
    """The tables of a text in UTF-8, with or without a mark of its encoding.

    :raises AnalysisError: made by ``refused``; not UTF-8, not TOML, or a text with characters that cannot be shown.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise refused(f"{what} n’est pas un texte en UTF-8{NBSP}: enregistrez-le ainsi.") from None
    try:
        told = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of thousands of digits is no TOMLDecodeError
        raise refused(f"{what} n’est pas du TOML lisible{NBSP}: {_wrong(error)}.") from None
    if place := next(_without_text(told), None):
        raise refused(f"{what} tient un caractère invisible (dans «{NBSP}{place}{NBSP}»){NBSP}: retirez-le.")
    return told


def _wrong(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "trop de listes l’une dans l’autre"
    said = str(error)
    what = "une clé y est donnée deux fois" if re.search("Cannot (overwrite|declare)|twice", said) else "une faute"
    if place := _PLACE.search(said):
        return f"{what}, ligne {place[1]}, colonne {place[2]}"
    return f"{what}, à la fin du fichier" if "end of document" in said else "un nombre y est trop long"


def _without_text(held: object, place: str = "") -> Iterator[str]:
    """Keys under which stands a character of no text."""
    if isinstance(held, str) and _NO_TEXT.search(held):
        yield place
    elif isinstance(held, list):
        for each in held:
            yield from _without_text(each, place)
    elif isinstance(held, dict):
        for key, each in held.items():
            shown = _NO_TEXT.sub("?", key)
            inside = f"{place}.{shown}" if place else shown
            if shown != key:
                yield inside
            yield from _without_text(each, inside)
