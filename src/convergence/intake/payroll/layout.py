"""Which column says what, by its title: data (``layouts.toml``)."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from django.utils.translation import gettext as _

from convergence.intake.kinds import UnreadableFile
from convergence.intake.titles import title_key
from convergence.vocabulary.absences import HoursAbsence

PARTS = ("matricule", "family_name", "given_name", "full_name", "month", "year", "planned", "worked")
_NAMED = 6


@dataclass(frozen=True)
class Layout:
    """The titles that hold from a day on; words are folded.

    :param parts: title → what it holds, one of :data:`PARTS`.
    :param absences: title → kind of absence.
    """

    since: date
    parts: dict[str, str]
    absences: dict[str, HoursAbsence]
    check: str = ""


@dataclass(frozen=True)
class Columns:
    """Where each part stands in a file, by its place; an absent part is not there."""

    parts: dict[str, int]
    absences: dict[HoursAbsence, int]


@cache
def layouts() -> tuple[Layout, ...]:
    """Every layout, the oldest first.

    :raises KeyError: an unknown part; ValueError: an unknown kind of absence.
    """
    raw = tomllib.loads(files("convergence.intake.payroll").joinpath("layouts.toml").read_text(encoding="utf-8"))
    found = [
        Layout(
            since=row["since"],
            parts={title_key(title): part for part in PARTS for title in row["columns"][part]},
            absences={
                title_key(title): HoursAbsence(code) for code, titles in row["absences"].items() for title in titles
            },
            check=row.get("check", ""),
        )
        for row in raw["layout"]
    ]
    return tuple(sorted(found, key=lambda layout: layout.since))


def layout_on(day: date) -> Layout:
    """The layout that holds on a day, or the oldest."""
    held = [layout for layout in layouts() if layout.since <= day]
    return held[-1] if held else layouts()[0]


def columns_of(headers: Sequence[str], today: date, *, month_is_given: bool) -> Columns:
    """Where a file says who, when and how many hours.

    :param month_is_given: the user said which month the file is about.
    :raises UnreadableFile: it lacks a name or number, a month, or the hours worked; the sentence says which.
    """
    layout = layout_on(today)
    parts: dict[str, int] = {}
    absences: dict[HoursAbsence, int] = {}
    for place, title in enumerate(headers):
        key = title_key(title)
        if key in layout.parts:
            parts.setdefault(layout.parts[key], place)
        elif key in layout.absences:
            absences.setdefault(layout.absences[key], place)
    lacking = []
    if not {"matricule", "family_name", "full_name"} & parts.keys():
        lacking.append(_("qui (« Matricule », ou « Nom » et « Prénom »)"))
    if "month" not in parts and not month_is_given:
        lacking.append(_("quel mois (« Mois », ou choisissez-le ci-dessous)"))
    if "worked" not in parts:
        lacking.append(_("les heures (« Heures travaillées »)"))
    if lacking:
        raise UnreadableFile("no_hours", _lacking(lacking, headers))
    return Columns(parts, absences)


def _lacking(lacking: Sequence[str], headers: Sequence[str]) -> str:
    read = ", ".join(f"«\u00a0{title}\u00a0»" for title in headers[:_NAMED])
    return _("Ce fichier ne dit pas %(lacking)s. Titres lus : %(read)s. Renommez la colonne, puis recommencez.") % {
        "lacking": _(" ni ").join(lacking),
        "read": read or _("aucun"),
    }
