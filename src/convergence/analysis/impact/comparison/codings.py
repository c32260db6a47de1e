"""Codes written otherwise: `codings.toml` says what each means here; one is proposed for whatever is not understood."""

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Final

import dataframely as dy

from convergence.analysis.dataset import SCHEMAS
from convergence.analysis.impact.comparison.flaws import ComparisonError, one_flaw
from convergence.analysis.toml_files import read_toml
from convergence.vocabulary.situations import ASPECTS

NAME: Final = "codings.toml"

Codings = Mapping[str, Mapping[str, Mapping[str, str]]]
"""By table, column and code written: the code meant."""

_USUAL: Final = {
    "sex": {"f": "woman", "femme": "woman", "2": "woman", "h": "man", "m": "man", "homme": "man", "1": "man"},
    "kind": {"cdi": "open_ended", "cdd": "fixed_term", "intérim": "temp", "interim": "temp"},
}
"""What offices write most often, by column, in lower case."""


def read_codings(folder: Path) -> Codings:
    """The codings of a folder; none where it has no such file.

    :raises ComparisonError: not TOML, a table or a column that does not exist, a meaning that is no code.
    """
    if not (folder / NAME).exists():
        return {}
    told = read_toml(folder / NAME, NAME, one_flaw)
    flaws: list[str] = []
    for table, columns in told.items():
        if table not in SCHEMAS or not isinstance(columns, dict):
            flaws.append(f"{NAME} : [{table}] n’est pas une table.")
            continue
        for column, codes in columns.items():
            allowed = labels(table, column)
            if not allowed or not isinstance(codes, dict):
                flaws.append(f"{NAME} : [{table}.{column}] n’est pas une colonne de codes.")
                continue
            for written, meant in codes.items():
                if not isinstance(meant, str) or (meant not in allowed and meant != ""):
                    flaws.append(
                        f"{NAME}, [{table}.{column}] : « {meant} » n’est pas un code ({', '.join(allowed)}) ; "
                        f"corrigez ce que veut dire « {written} »."
                    )
    if flaws:
        raise ComparisonError(tuple(flaws))
    return told


def labels(table: str, column: str) -> dict[str, str]:
    """The codes that a column may hold, with their French words; none for a column without codes."""
    held = SCHEMAS[table].columns().get(column) if table in SCHEMAS else None
    if not isinstance(held, dy.Enum):
        return {}
    if held.metadata and "terms" in held.metadata:
        return {term.value: term.label for term in held.metadata["terms"]}
    if (table, column) == ("situations", "value"):
        return {term.value: term.label for aspect in ASPECTS.values() for term in aspect.values}
    return {str(code): str(code) for code in held.categories}


def allowed_in_words(table: str, column: str) -> str:
    """The codes of a column as a sentence lists them, twelve at the most."""
    held = labels(table, column)
    shown = [code if code == label else f"{code} ({label})" for code, label in list(held.items())[:12]]
    return ", ".join(shown) + (f"… ({len(held)} en tout, voir docs/dataset.md)" if len(held) > 12 else "")


def proposal(unknown: Mapping[tuple[str, str], Mapping[str, int]], held: Codings) -> str:
    """The text of a `codings.toml` for codes of no list: a guess where one is near, empty where none is.

    :param held: what the folder's own file says already, which is kept: the text may take its place.
    """
    told = {(table, column): dict(codes) for table, columns in held.items() for column, codes in columns.items()}
    for place, strange in unknown.items():
        guessed = {code: _guess(*place, code) for code in sorted(strange)}
        told[place] = {**guessed, **told.get(place, {})}
    lines = ["# À relire : à gauche ce qui est écrit dans les fichiers, à droite le code que cela veut dire."]
    for (table, column), codes in sorted(told.items()):
        lines += ["", f"# {allowed_in_words(table, column)}", f"[{table}.{column}]"]
        lines += [f"{_quoted(code)} = {_quoted(meant)}" for code, meant in codes.items()]
    return "\n".join(lines) + "\n"


def _guess(table: str, column: str, code: str) -> str:
    text = code.strip().lower()
    if text in _USUAL.get(column, {}) and _USUAL[column][text] in labels(table, column):
        return _USUAL[column][text]
    held = {said.lower(): meant for meant, label in labels(table, column).items() for said in (meant, label)}
    near = get_close_matches(text, held, 1, 0.75) or [said for said in held if len(text) > 3 and said.startswith(text)]
    return held[near[0]] if near else ""


def _quoted(text: str) -> str:
    escaped = "".join(character if character.isprintable() else " " for character in text)
    return '"' + escaped.replace("\\", "\\\\").replace('"', '\\"') + '"'
