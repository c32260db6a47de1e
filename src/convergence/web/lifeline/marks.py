"""What goes in: lanes, marks and zooms; and the words a mark is said with."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from convergence.vocabulary.domains import Domain
from convergence.web.templatetags.display import day, period

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Lane:
    """A lane: its code (a domain's, or `contacts`), its word and its icon (a lucide name)."""

    code: str
    label: StrOrPromise
    icon: str


_ICONS = {
    Domain.EMPLOYMENT: "briefcase",
    Domain.HOUSING: "house",
    Domain.HEALTH: "heart-pulse",
    Domain.RIGHTS: "file-badge",
    Domain.DISABILITY: "accessibility",
    Domain.DAILY_LIFE: "coffee",
}
CONTACTS = Lane("contacts", gettext_lazy("Rencontres"), "message-circle")
LANES: dict[str, Lane] = {domain.value: Lane(domain.value, domain.label, _ICONS[domain]) for domain in Domain}
LANES[CONTACTS.code] = CONTACTS


@dataclass(frozen=True)
class Mark:
    """One fact on the line.

    lane: a code of `LANES`. kind: a spell (a bar) or an event (a dot, at `start`).
    start: first day, None when it is not known. end: last day, inclusive; None while it lasts.
    label: the few words that stand on the drawing. shade: 1 (most precarious, or least) to 5.
    doubt: the information is uncertain (hatched). missing: nothing is known of this time; `label`
    says which kind of missing. href: the fact's source and history. wording: the exact words for the
    list and for screen readers; the label when empty.
    """

    lane: str
    kind: Literal["spell", "event"]
    start: dt.date | None
    end: dt.date | None
    label: str
    shade: int = 3
    doubt: bool = False
    missing: bool = False
    href: str = ""
    wording: str = ""

    def __post_init__(self) -> None:
        if self.lane not in LANES:
            raise ValueError(f"unknown lane {self.lane!r}")
        if self.shade not in range(1, 6):
            raise ValueError(f"shade goes from 1 to 5, not {self.shade}")
        if self.start and self.end and self.end < self.start:
            raise ValueError(f"a mark ends before it starts: {self.start}, {self.end}")


@dataclass(frozen=True)
class Zoom:
    """How much time is shown: days before today, days after; `bin` is the days that crowded events share."""

    code: str
    label: StrOrPromise
    before: int
    after: int
    bin: int


ZOOMS: dict[str, Zoom] = {
    zoom.code: zoom
    for zoom in (
        Zoom("5a", gettext_lazy("5 ans"), 1643, 183, 30),
        Zoom("1a", gettext_lazy("1 an"), 305, 60, 7),
        Zoom("3m", gettext_lazy("3 mois"), 75, 16, 2),
    )
}
DEFAULT_ZOOM = "5a"


def zoom_named(code: str | None) -> Zoom:
    """The zoom asked for in an address; the default one when the code is unknown."""
    return ZOOMS.get(code or "", ZOOMS[DEFAULT_ZOOM])


def mark_wording(mark: Mark, today: dt.date) -> str:
    """A mark without its lane: what, when, how sure."""
    what = mark.wording or mark.label
    when = day(mark.start) if mark.kind == "event" and mark.start else period(mark.start, mark.end, today)
    said = f"{what}, {when}" if mark.kind == "spell" else f"{when}\u00a0: {what}"
    return f"{said} ({_('information incertaine')})" if mark.doubt else said


def mark_name(mark: Mark, today: dt.date) -> str:
    """A mark's full name, for those who don't see it: « Logement : chez un tiers, depuis le 3 mai 2026, 6 mois »."""
    return f"{LANES[mark.lane].label}\u00a0: {mark_wording(mark, today)}"


def several_name(marks: tuple[Mark, ...]) -> str:
    first, last = marks[0].start, marks[-1].start
    count = ngettext("%(n)s fois", "%(n)s fois", len(marks)) % {"n": len(marks)}
    when = (
        _("le %(day)s") % {"day": day(first)}
        if first == last
        else _("du %(first)s au %(last)s") % {"first": day(first), "last": day(last)}
    )
    return f"{LANES[marks[0].lane].label}\u00a0: {count}, {when}. {_('Lire la liste')}"
