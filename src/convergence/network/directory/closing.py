"""What a source no longer publishes is closed, when its file is said to be complete and may be believed."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from convergence.network.directory import writing
from convergence.network.directory.models import DirectoryImport, Kind, Service, Structure
from convergence.network.directory.streaming import JsonItems
from convergence.platform.errors import Refused

_MODELS: dict[Kind, type[Structure] | type[Service]] = {Kind.STRUCTURE: Structure, Kind.SERVICE: Service}

Counted = Mapping[tuple[Kind, str], int]
Pages = Mapping[Kind, Iterable[tuple[JsonItems, int]]]


class Doubt:
    """Why what is absent was not closed without asking."""

    PAGES = "pages"
    REFUSED = "refused"
    MANY = "many"


def close_what_is_absent(held: DirectoryImport, given: Counted, refused: Counted, pages: Pages) -> Counter[Kind]:
    """Close at once what may be; what deserves a question is listed in ``held.closing`` and stays open.

    A question is asked when pages are missing, when most of a source's rows were refused, or when more than half of
    what we know of it would go.
    """
    closed: Counter[Kind] = Counter()
    if not held.complete:
        return closed
    for (kind, source), rows in sorted(given.items()):
        absent, known = _absent(held, kind, source)
        if not absent:
            continue
        if _lacks_pages(pages.get(kind, ())):
            doubt = Doubt.PAGES
        elif refused.get((kind, source), 0) * 2 > rows:
            doubt = Doubt.REFUSED
        elif absent * 2 > known:
            doubt = Doubt.MANY
        else:
            closed[kind] += writing.close(held.pk, kind, source)
            continue
        held.closing.append({"kind": kind.value, "source": source, "absent": absent, "known": known, "doubt": doubt})
    return closed


def close_asked(held: DirectoryImport, place: int) -> int:
    """Close what the import had left as a question; returns how many.

    :param place: the question's place in ``held.closing``.
    :raises Refused: it was settled already, or a later import has seen the directory since.
    """
    asked: dict[str, Any] | None = held.closing[place] if place < len(held.closing) else None
    if asked is None or "closed" in asked:
        raise Refused(_("Cette question est déjà réglée."))
    later = (
        DirectoryImport.objects.filter(ended_at__gt=held.ended_at) if held.ended_at else DirectoryImport.objects.all()
    )
    if later.exists():
        raise Refused(_("Un import plus récent a eu lieu : c’est à lui de dire ce qui a disparu."))
    asked["closed"] = writing.close(held.pk, Kind(asked["kind"]), asked["source"])
    held.save(update_fields=["closing"])
    return int(asked["closed"])


def leave_open(held: DirectoryImport, place: int) -> None:
    """Settle the question the other way: nothing is closed."""
    if place < len(held.closing) and "closed" not in held.closing[place]:
        held.closing[place]["closed"] = 0
        held.save(update_fields=["closing"])


def _absent(held: DirectoryImport, kind: Kind, source: str) -> tuple[int, int]:
    """Open records of the source that the import did not meet, and all that are open."""
    counted = (
        _MODELS[kind]
        .objects.filter(source=source, closed_on=None)
        .aggregate(absent=Count("pk", filter=~Q(seen_import=held.pk)), known=Count("pk"))
    )
    return int(counted["absent"]), int(counted["known"])


def _lacks_pages(files: Iterable[tuple[JsonItems, int]]) -> bool:
    """Whether the pages say themselves that some of them are missing."""
    files = list(files)
    rows = sum(read for _items, read in files)
    totals = [items.about.get("total") for items, _read in files]
    return any(isinstance(total, int) and total > rows for total in totals)
