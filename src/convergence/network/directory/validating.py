"""One row of a data·inclusion file: the record that it makes, or what is wrong with it.

The schema's package judges types, lengths and codes. It accepts in silence what is checked here: unknown fields,
telephone numbers that cannot exist, identifiers without their source, points out at sea, opening hours that nobody
can read. It also compares dates with the machine's clock: it is never shown the row's own date, which is judged here
against the day that the caller names.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from pydantic import ValidationError

from convergence.network.directory.fields import MODELS, OWN_SOURCE, fields_of, several_in
from convergence.network.directory.models import Kind
from convergence.network.directory.opening_hours import are_opening_hours
from convergence.network.directory.phones import phone_fault
from convergence.network.directory.translating import reason_of
from convergence.network.france import in_france

LONGEST_ID = 200
LONGEST_ROW = 100_000
_LONGEST_COMMUNE = 150
_SHOWN = 200
_FIRST_DATE = date(2000, 1, 1)
_SOURCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_GIVE_AWAY = {Kind.STRUCTURE: "structure_id", Kind.SERVICE: "reseaux_porteurs"}
"""A row of the other kind is told as such, and not as one whose every field is unknown: this field gives it away."""


class Problem(NamedTuple):
    """What is wrong with a field of a row.

    :param field: data·inclusion's name; empty for the row as a whole.
    :param value: what it held, shortened; nothing where the sentence says it all.
    :param reason: a French sentence without the value.
    :param kept: the row is kept all the same, and this field alone is left aside or told.
    """

    field: str
    value: str
    reason: str
    kept: bool = False


@dataclass(slots=True)
class Judged:
    """A row once judged.

    :param external_id: its identifier when it has a readable one, even refused.
    :param text: the record as JSON, fields in a steady order; None when the row is refused.
    :param structure_id: of a service.
    :param unknown: names of fields that the schema does not know: they are left aside.
    """

    external_id: str = ""
    source: str = ""
    structure_id: str = ""
    updated_on: date = _FIRST_DATE
    text: str | None = None
    problems: list[Problem] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def judge(row: Any, kind: Kind, today: date) -> Judged:
    """Judge a row of a file.

    :param row: what the file holds, of any type.
    :param today: no row was updated later.
    """
    if not isinstance(row, Mapping):
        return Judged(problems=[Problem("", shown(row), _("Cette ligne n’est pas un objet avec des champs nommés."))])
    judged = Judged(external_id=_readable_id(row.get("id")))
    found = judged.problems
    judged.unknown = [shown(name) for name in row if name not in _known(kind)]
    if _GIVE_AWAY[kind] in row:
        found.append(Problem("", "", _other_kind(kind)))
        return judged
    day = _day(row.get("date_maj"), today)
    if isinstance(day, Problem):
        found.append(day)
    model, wrong = _through_the_package(row, kind)
    found += wrong
    if model is None:
        return judged
    found += _what_the_package_accepts(model, kind)
    if isinstance(day, Problem) or any(not problem.kept for problem in found):
        return judged
    judged.source, judged.structure_id = model["source"], model.get("structure_id", "")
    judged.updated_on = day
    model["date_maj"] = day.isoformat()
    text = json.dumps(model, ensure_ascii=False, separators=(",", ":"))
    if not _storable(text):
        found.append(Problem("", "", _("Cette ligne contient un caractère qui n’existe pas en Unicode.")))
    elif len(text) > LONGEST_ROW:
        found.append(Problem("", "", _("Cette ligne est trop longue (100 000 caractères au plus).")))
    elif "\\u0000" in text and any("\x00" in str(value) for value in model.values()):
        found.append(Problem("", "", _("Cette ligne contient un caractère nul, qu’aucun texte ne doit contenir.")))
    else:
        judged.text = text
    return judged


def _through_the_package(row: Mapping[str, Any], kind: Kind) -> tuple[dict[str, Any] | None, list[Problem]]:
    """The row as the package understands it, without empty fields and with its lists in order; or its refusals."""
    try:
        # Any date of the past will do: see the head of this file.
        model = MODELS[kind].model_validate({**row, "date_maj": _FIRST_DATE})
    except ValidationError as error:
        wrong: dict[str, Problem] = {}
        for one in error.errors(include_url=False):
            name = str(one["loc"][0])
            value = "" if one["type"] == "missing" else shown(one["input"])
            wrong.setdefault(name, Problem(name, value, reason_of(dict(one))))
        return None, list(wrong.values())
    record = model.model_dump(mode="json", exclude_none=True)
    for name in several_in(kind):
        if name in record:
            record[name] = sorted(record[name])
    return record, []


def _what_the_package_accepts(record: dict[str, Any], kind: Kind) -> list[Problem]:
    wrong = _identifiers(record, kind)
    if (phone := record.get("telephone")) is not None and (fault := phone_fault(phone)):
        wrong.append(Problem("telephone", shown(phone), fault))
    hours = record.get("horaires_accueil")
    if hours is not None and not are_opening_hours(hours):
        wrong.append(
            Problem(
                "horaires_accueil",
                shown(hours),
                _("Ces horaires ne suivent pas l’écriture d’OpenStreetMap (Mo-Fr 09:00-12:00)."),
            )
        )
    wrong += _position(record)
    if len(record.get("commune", "")) > _LONGEST_COMMUNE:
        wrong.append(Problem("commune", shown(record["commune"]), _("Ce nom de commune est trop long.")))
    if record["nom"].endswith(".") and not record["nom"].endswith("etc."):
        wrong.append(Problem("nom", shown(record["nom"]), _("Un nom ne finit pas par un point."), kept=True))
    return wrong


def _identifiers(record: dict[str, Any], kind: Kind) -> list[Problem]:
    source, wrong = record["source"], []
    if not _SOURCE.fullmatch(source):
        wrong.append(Problem("source", shown(source), _("Un nom de source est un mot, sans espace ni accent.")))
    if source == OWN_SOURCE:
        wrong.append(
            Problem("source", shown(source), _("Cette ligne vient de notre propre export : nous l’avons déjà."))
        )
    for name in ("id", "structure_id") if kind is Kind.SERVICE else ("id",):
        value = record[name]
        if not value.startswith(f"{source}--") or len(value) == len(source) + 2:
            sentence = _("L’identifiant commence par celui de sa source et deux tirets : source--identifiant.")
            wrong.append(Problem(name, shown(value), sentence))
        elif len(value) > LONGEST_ID:
            wrong.append(Problem(name, shown(value), _("Cet identifiant est trop long (200 caractères au plus).")))
    return wrong


def _position(record: dict[str, Any]) -> list[Problem]:
    longitude, latitude = record.get("longitude"), record.get("latitude")
    if longitude is None and latitude is None:
        return []
    if longitude is None or latitude is None:
        missing = "longitude" if longitude is None else "latitude"
        return [Problem(missing, "", _("Latitude et longitude vont ensemble : il manque l’une des deux."))]
    if in_france(latitude, longitude):
        return []
    value = f"{latitude:g}, {longitude:g}"
    if in_france(longitude, latitude):
        return [Problem("latitude", value, _("Latitude et longitude sont inversées."))]
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return [Problem("latitude", value, _("Ce point n’existe pas sur la Terre."))]
    return [Problem("latitude", value, _("Ce point est en mer ou hors de France."))]


def _day(value: Any, today: date) -> date | Problem:
    """``date_maj``, as a day: a date, or a moment of which the day alone is kept."""
    if value is None or value == "":
        return Problem("date_maj", "", _("Ce champ est obligatoire."))
    day = value if isinstance(value, date) else None
    if isinstance(value, str):
        try:
            day = datetime.fromisoformat(value.strip()).date()
        except ValueError:
            day = None
    if isinstance(day, datetime):
        day = day.date()
    if day is None:
        return Problem("date_maj", shown(value), _("Une date est attendue : 2026-03-31."))
    if day < _FIRST_DATE:
        return Problem("date_maj", shown(value), _("La date de mise à jour doit être au 21e siècle."))
    if day > today:
        return Problem("date_maj", shown(value), _("La date de mise à jour est dans le futur."))
    return day


@cache
def _known(kind: Kind) -> frozenset[str]:
    return frozenset(fields_of(kind)) | {_GIVE_AWAY[kind]}


def _other_kind(kind: Kind) -> str:
    if kind is Kind.STRUCTURE:
        return _("Cette ligne décrit un service au milieu de structures : mettez-la dans le fichier des services.")
    return _("Cette ligne décrit une structure au milieu de services : mettez-la dans le fichier des structures.")


def _readable_id(value: Any) -> str:
    return value[:LONGEST_ID].replace("\x00", "").encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _storable(text: str) -> bool:
    """JSON may write half a character, as ``\\ud800``, that no encoding holds."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def shown(value: Any) -> str:
    """A value as a report quotes it: one line, shortened, that any database stores."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = " ".join(text.replace("\x00", "").split()).encode("utf-8", "replace").decode()
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
