"""Files as they are shown to those who do not read them: the two of a pair, and the others of a linked person."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from convergence.people.likeness.models import Likeness
from convergence.vocabulary.people import NameKind


@dataclass(frozen=True)
class SiteStay:
    """A site that supports the person, or did; ``last_day`` is None while it does."""

    site: str
    first_day: date | None
    last_day: date | None


@dataclass(frozen=True)
class File:
    """What may be seen of somebody whose file one does not read: names, birth, sites."""

    person_id: int
    names: tuple[tuple[NameKind, str], ...]
    birth: str
    sites: tuple[SiteStay, ...]

    @property
    def name(self) -> str:
        return self.names[0][1] if self.names else ""

    @property
    def other_names(self) -> tuple[tuple[NameKind, str], ...]:
        return self.names[1:]


def _file_of(person_id: int, names: Any, year: int | None, month: int | None, day: int | None, sites: Any) -> File:
    """A row of the database's functions that show a file, as ``File``."""
    return File(
        person_id,
        tuple((NameKind(name["kind"]), f"{name['given']} {name['family']}".strip()) for name in _list(names)),
        "/".join(f"{part:02}" for part in (day, month, year) if part is not None),
        tuple(SiteStay(stay["name"], _day(stay["from"]), _day(stay["to"])) for stay in _list(sites)),
    )


def _list(held: Any) -> Any:
    """What the database's JSON holds: Django leaves it as text, unless it was read as a part of more."""
    return json.loads(held) if isinstance(held, str) else held or ()


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def look_at(page: str, pairs: Iterable[Likeness]) -> dict[int, tuple[File, File]]:
    """The two files of each pair that waits for a decision or is linked; the look is put on record.

    :param page: the name of the page on which they are shown.
    """
    with connection.cursor() as cursor:
        ids = [pair.pk for pair in pairs]
        cursor.execute("SELECT * FROM look_at_likenesses(%s, VARIADIC %s::bigint[])", [page, ids])
        sides: dict[int, list[File]] = {}
        for likeness_id, *about in cursor.fetchall():
            sides.setdefault(likeness_id, []).append(_file_of(*about))
    return {likeness_id: (low, high) for likeness_id, (low, high) in sides.items()}


@dataclass(frozen=True)
class LinkedFile:
    """Another file of the person, as a link shows it to those who keep this one, and who linked it when."""

    file: File
    linked_at: datetime | None
    linked_by: str


def linked_file(row: dict[str, Any]) -> LinkedFile:
    """A row of the database's ``linked_files``, as JSON."""
    birth = row["birth_year"], row["birth_month"], row["birth_day"]
    linked_at = datetime.fromisoformat(row["linked_at"]) if row["linked_at"] else None
    return LinkedFile(_file_of(row["person_id"], row["names"], *birth, row["sites"]), linked_at, row["linked_by"] or "")
