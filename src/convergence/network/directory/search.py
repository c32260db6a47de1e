"""Finding structures and services of the directory: words, themes, publics, place and distance."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Case, Q, When

from convergence.network.directory.models import DirectoryRecord, Service, Structure, Town

MOST_COUNTED = 500
"""Beyond, results are « plus de 500 »: nobody reads them, and the search would slow down for counting them."""
MOST_EXPORTED = 5_000
"""Records that one search takes away."""
PAGE = 25
RADIUSES = (5, 10, 20, 50, 100)
"""Kilometres around a town that one may choose."""
_LONGEST = 120


@dataclass(frozen=True)
class Wanted:
    """What is looked for.

    :param tags: each of them is asked for: ``theme:…``, ``category:…``, ``public:…``, ``type:…``, ``fee:…``,
        ``mode:…``.
    :param town: with ``radius`` in kilometres around it; the town alone when ``radius`` is None.
    """

    words: str = ""
    tags: Sequence[str] = field(default_factory=tuple)
    town: Town | None = None
    radius: int | None = None


@dataclass(frozen=True)
class Found:
    """One result.

    :param service: None for a structure by itself.
    :param kilometres: from the town asked for, in a straight line; None where either has no place.
    """

    structure: Structure
    service: Service | None
    kilometres: float | None

    @property
    def record(self) -> Service | Structure:
        return self.service or self.structure


@dataclass(frozen=True)
class Results:
    """A page of results.

    :param count: how many there are, counted up to ``MOST_COUNTED``.
    :param mended: the words that were searched instead of mistyped ones; empty where they were right.
    """

    found: list[Found]
    count: int
    mended: str = ""

    @property
    def more_than_counted(self) -> bool:
        return self.count >= MOST_COUNTED


def search(wanted: Wanted, page: int = 1) -> Results:
    """One page of what the directory holds: around a town the nearest first, elsewhere words in the name first."""
    results = _search(wanted, wanted.words, page)
    if results.found or not wanted.words.strip() or page > 1:
        return results
    mended = _mended(wanted.words)
    if not mended:
        return results
    again = _search(wanted, mended, page)
    return Results(again.found, again.count, mended) if again.found else results


def search_all(wanted: Wanted) -> list[DirectoryRecord]:
    """Everything that a search finds, up to ``MOST_EXPORTED``; a mistyped word finds nothing."""
    results = _search(wanted, wanted.words, 1, MOST_EXPORTED, MOST_EXPORTED)
    for each in results.found:
        if each.service:
            each.service.structure = each.structure
    return [each.record for each in results.found]


def _search(wanted: Wanted, words: str, page: int, size: int = PAGE, cap: int = MOST_COUNTED) -> Results:
    town, alone = wanted.town, wanted.radius is None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM search_directory(%s, %s::text[], %s, %s, %s, %s, %s, %s, %s)",
            [
                words[:_LONGEST].replace("\x00", ""),
                list(wanted.tags),
                town.insee if town and alone else "",
                town.latitude if town else None,
                town.longitude if town else None,
                wanted.radius if town else None,
                cap,
                size,
                (page - 1) * size,
            ],
        )
        rows = cursor.fetchall()
    structures = Structure.objects.in_bulk([row[0] for row in rows])
    services = Service.objects.in_bulk([row[1] for row in rows if row[1]])
    found = [Found(structures[row[0]], services.get(row[1]), row[2]) for row in rows]
    return Results(found, rows[0][3] if rows else 0)


def _mended(words: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT directory_mended(%s)", [words[:_LONGEST].replace("\x00", "")])
        (mended,) = cursor.fetchone()
    return mended or ""


def towns_like(typed: str, most: int = 8) -> list[Town]:
    """Towns whose name or postcode begins as typed: that very name, then those with most entries."""
    typed = typed.strip().replace("\x00", "")[:_LONGEST]
    if not typed:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT plain(%s)", [typed])
        (plain,) = cursor.fetchone()
    begins = Q(plain_name__startswith=plain) | Q(postcode__startswith=typed)
    exactly = Case(When(plain_name=plain, then=0), default=1)
    return list(Town.objects.filter(begins).order_by(exactly, "-entries", "plain_name")[:most])


def town_named(typed: str) -> Town | None:
    """The town that a name, a postcode or « Nom (75010) » means; the one with most entries where several do."""
    name, _bracket, postcode = typed.partition("(")
    towns = towns_like(name or typed, 50)
    exact = [town for town in towns if town.postcode == postcode.rstrip(") ")] if postcode else towns
    return next(iter(exact or towns), None)
