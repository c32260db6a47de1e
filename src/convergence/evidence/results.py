"""The results of an evaluation: read from the folder that the command wrote, checked, sealed; then read again."""

import csv
import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from convergence.analysis.explore import ABOUT, ARRAYS, ExploreError, Explorer
from convergence.evidence.keeping import keep_files, opened
from convergence.evidence.models import Evaluation
from convergence.platform.errors import Refused

MANIFEST, NUMBERS = "manifest.json", "evaluation.json"
PDF, PAGE = "report.pdf", "report.html"
SCENARIOS = "tables/scenarios.csv"
NEEDED = (ABOUT, ARRAYS, NUMBERS, PDF, PAGE)
FORMAT, VERSION = "convergence-evaluation", 1
LARGEST = 256 * 1024 * 1024
"""Bytes of all the results together."""
KEPT_OPEN = 4
_opened: dict[UUID, Explorer] = {}


@dataclass(frozen=True)
class Results:
    """A run's files by their names, checked; ``facts`` is what lists show of it."""

    files: Mapping[str, bytes]
    title: str
    facts: Mapping[str, Any]


def read_results(folder: Path) -> Results:
    """Read what ``./convergence evaluate … --out`` wrote.

    :raises Refused: it is no such folder, a file is missing or differs from the manifest, or makes no sense.
    """
    manifest, files = _listed(folder)
    if missing := [name for name in NEEDED if name not in files]:
        raise Refused(_("Il manque un fichier à ces résultats : %(file)s.") % {"file": missing[0]})
    numbers = _numbers(files[NUMBERS])
    try:
        about = Explorer.of_bytes(files[ABOUT], files[ARRAYS]).about
    except ExploreError as error:
        raise Refused(str(error)) from None
    facts = {name: numbers[name] for name in ("day", "summary")}
    facts |= {"people": about.people, "months": len(about.observed), "kind": manifest.get("kind")}
    return Results(files, numbers["title"], facts)


def keep_results(evaluation: Evaluation, results: Results, made_at: datetime) -> None:
    """Seal the files of a saved evaluation and say that it is made; all of it in the running transaction."""
    keep_files(evaluation, results.files.items())
    evaluation.facts, evaluation.made_at = dict(results.facts), made_at
    evaluation.save(update_fields=["facts", "made_at"])


def explorer_of(evaluation: Evaluation) -> Explorer:
    """What its page explores; whoever read the row may. Opened once in each process, since nothing in it changes."""
    found = _opened.get(evaluation.pk)
    if found is None:
        files = opened(evaluation, ABOUT, ARRAYS)
        found = Explorer.of_bytes(files[ABOUT], files[ARRAYS])
        while len(_opened) >= KEPT_OPEN:
            _opened.pop(next(iter(_opened), evaluation.pk), None)
        _opened[evaluation.pk] = found
    return found


@dataclass(frozen=True)
class Shift:
    """What a scenario changes in one outcome, compared with going on as today."""

    scenario: str
    outcome: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Stated:
    """What an evaluation states beside the draws that its page explores.

    :ivar numbers: key, definition, unit, value, low, high, people, counterfactual, flags, says.
    """

    numbers: list[dict[str, Any]]
    shifts: list[Shift]


def stated_by(evaluation: Evaluation) -> Stated:
    """Its numbers, and the scenarios that it compared; one query."""
    files = opened(evaluation, NUMBERS, SCENARIOS)
    return Stated(list(_numbers(files[NUMBERS])["numbers"]), _shifts(files.get(SCENARIOS, b"")))


def _shifts(content: bytes) -> list[Shift]:
    """The table of scenarios: ``scenario`` (or ``label``), ``outcome``, ``value``, ``low``, ``high``.

    A line whose numbers are withheld or absent is left out: there is nothing to draw.
    """
    found = []
    for row in csv.DictReader(io.StringIO(content.decode("utf-8", "replace"))):
        try:
            value, low, high = (float(row[name]) for name in ("value", "low", "high"))
            name, outcome = row.get("label") or row["scenario"].replace("_", " "), row["outcome"]
        except (KeyError, TypeError, ValueError, AttributeError):
            continue
        if all(isfinite(each) for each in (value, low, high)):
            found.append(Shift(name, outcome, value, low, high))
    return found


def _listed(folder: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    """What the manifest says, and the files that it lists, each with the fingerprint that it says."""
    try:
        told = json.loads((folder / MANIFEST).read_bytes())
        listed = {str(name): (int(file["bytes"]), str(file["sha256"])) for name, file in told["files"].items()}
    except (OSError, ValueError, OverflowError, RecursionError, KeyError, TypeError, AttributeError):
        raise Refused(
            _("Ce dossier n’est pas celui des résultats d’une évaluation : son manifest.json manque ou est mal formé.")
        ) from None
    if sum(max(size, 0) for size, _digest in listed.values()) > LARGEST:
        raise Refused(_("Ces résultats sont trop lourds pour être gardés ici (256 Mo au plus)."))
    found = {}
    root = folder.resolve()
    for name, (size, digest) in listed.items():
        path = (root / name).resolve()
        try:
            inside = path.is_relative_to(root) and len(name) <= 200 and path.is_file()
            content = path.read_bytes() if inside and path.stat().st_size == size else None
        except (OSError, ValueError):
            content = None
        if content is None or hashlib.sha256(content).hexdigest() != digest:
            sentence = _("Un fichier de ces résultats manque ou a changé depuis qu’il a été écrit : %(file)s.")
            raise Refused(sentence % {"file": name[:200]})
        found[name] = content
    return told, found


def _numbers(content: bytes) -> dict[str, Any]:
    wrong = Refused(_("Le fichier evaluation.json de ces résultats est incomplet ou d’une autre version."))
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        raise wrong from None
    if not isinstance(told, dict) or (told.get("format"), told.get("version")) != (FORMAT, VERSION):
        raise wrong
    texts = [told.get("title"), told.get("day"), *_list(told.get("summary"))]
    numbers = _list(told.get("numbers"))
    if not (all(isinstance(text, str) for text in texts) and numbers and all(_is_number(each) for each in numbers)):
        raise wrong
    return told


def _list(told: Any) -> list[Any]:
    return told if isinstance(told, list) else [None]


def _is_number(told: Any) -> bool:
    """A number of the evaluation: said with its definition, and a number where it gives one."""
    if not isinstance(told, dict):
        return False
    words = ("key", "definition", "unit", "counterfactual", "says")
    said = all(isinstance(told.get(name), str) for name in words)
    flagged = all(isinstance(flag, str) for flag in _list(told.get("flags")))
    values = (told.get(name) for name in ("value", "low", "high", "people"))
    return said and flagged and all(value is None or isinstance(value, int | float) for value in values)
