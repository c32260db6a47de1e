"""The territory's working diagram laid out: sites, the pooled team, partners by domain, and what flows between them.

Pure: records in, boxes and streams out. Everything stays inside the canvas and no two boxes overlap; a stream carries
the very number that the table behind the drawing shows. A number withheld is None (``referrals.figures``).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from convergence.vocabulary.domains import Domain
from convergence.web.templatetags.display import number

WIDTH, HEIGHT = 1188, 840
"""The canvas, in the proportions of a landscape A sheet."""
MARGIN = 24
TOP, BOTTOM = 92, 786
GAP = 10
LEFT = (MARGIN, 312)
MIDDLE = (480, 240)
RIGHT = (868, WIDTH - MARGIN - 868)
"""(x, width) of the three columns."""
TEAM_HEIGHT = 74
MOST_SITES = 8
PAD = 10
NAME, SMALL, LINE = 13.0, 11.0, 14.0
"""Sizes of names and of what is under them; height of a line."""
WIDEST, THINNEST = 16.0, 1.5
BOLDER = 1.15
"""How much wider a bold text is."""
WITHHELD = "–"
HARD = "\u00a0\u202f"
"""Spaces at which no line breaks."""


@dataclass(frozen=True)
class Flow:
    """Referrals opened in the period, those that found a place, those that wait; None is withheld."""

    opened: int | None = 0
    placed: int | None = 0
    waiting: int | None = 0


@dataclass(frozen=True)
class SitePart:
    """A site, and what leaves it for each domain."""

    name: str
    opened: Mapping[Domain, int | None] = field(default_factory=dict)


@dataclass(frozen=True)
class PartnerPart:
    """A partner in one domain, and what came to it."""

    name: str
    flow: Flow = Flow()


@dataclass(frozen=True)
class DomainPart:
    """A domain: all its referrals, and its partners, those of most referrals first."""

    domain: Domain
    whole: Flow
    partners: Sequence[PartnerPart] = ()


@dataclass(frozen=True)
class Scheme:
    """What is drawn. ``team``: lines that say who the pooled team is."""

    title: str
    period: str
    team: Sequence[str]
    sites: Sequence[SitePart]
    domains: Sequence[DomainPart]


@dataclass(frozen=True)
class Words:
    """A line of text, from its left end on the base line."""

    x: float
    y: float
    text: str
    size: float
    bold: bool = False


@dataclass(frozen=True)
class Box:
    """A rectangle with lines in it."""

    x: float
    y: float
    width: float
    height: float
    lines: list[Words]
    kind: str

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def meets(self, other: "Box") -> bool:
        """Whether the two overlap."""
        apart = self.right <= other.x or other.right <= self.x or self.bottom <= other.y or other.bottom <= self.y
        return not apart


@dataclass(frozen=True)
class Stream:
    """What flows from one box to another; ``n`` None is withheld, drawn dashed."""

    start: tuple[float, float]
    end: tuple[float, float]
    n: int | None
    width: float
    domain: Domain


@dataclass(frozen=True)
class Drawing:
    """Boxes, streams and the words around them."""

    boxes: list[Box]
    streams: list[Stream]
    words: list[Words]


def draw(scheme: Scheme) -> Drawing:
    """Lay the scheme out; sites beyond ``MOST_SITES``, and partners without room, are told by their number."""
    sites = gathered(scheme.sites)
    site_boxes = _site_boxes(sites)
    team = _box(MIDDLE, TOP, TEAM_HEIGHT, "team", [(_("Équipe mutualisée"), NAME, True)], scheme.team)
    rows = _rows(TOP + TEAM_HEIGHT + GAP, len(scheme.domains))
    domain_boxes = [_domain_box(part, y, height) for part, (y, height) in zip(scheme.domains, rows, strict=True)]
    partner_boxes = [_partners_box(part, y, height) for part, (y, height) in zip(scheme.domains, rows, strict=True)]
    streams = _streams(sites, scheme.domains, site_boxes, domain_boxes, partner_boxes)
    return Drawing([*site_boxes, team, *domain_boxes, *partner_boxes], streams, _around(scheme))


def gathered(sites: Sequence[SitePart]) -> list[SitePart]:
    """The sites that have room each, and the others together: their number is withheld as soon as one's is."""
    if len(sites) <= MOST_SITES:
        return list(sites)
    kept, others = list(sites[: MOST_SITES - 1]), sites[MOST_SITES - 1 :]
    opened = {domain: together(site.opened.get(domain, 0) for site in others) for domain in Domain}
    name = ngettext("et %(n)s autre chantier", "et %(n)s autres chantiers", len(others)) % {"n": len(others)}
    return [*kept, SitePart(name, opened)]


def together(counts: Iterable[int | None]) -> int | None:
    """The sum of counts, withheld as soon as one is."""
    listed = list(counts)
    return None if None in listed else sum(n for n in listed if n)


def said(n: int | None) -> str:
    return WITHHELD if n is None else number(n)


def breadth(text: str, size: float) -> float:
    """About how wide a text is in a plain sans-serif face; rather more than less."""
    return size * sum(
        0.34 if sign in "iljtfr.,:;'’·()|! \u00a0-" else 0.95 if sign in "mwMW@%—…" else 0.76 if sign.isupper() else 0.6
        for sign in text
    )


def wrapped(text: str, size: float, width: float, most: int) -> list[str]:
    """The text in at most ``most`` lines of a width; a word too long is cut, what has no room ends in an ellipsis."""
    lines: list[str] = []
    for word in legible(text).split(" "):
        for piece in _pieces(word, size, width):
            if lines and breadth(f"{lines[-1]} {piece}", size) <= width:
                lines[-1] += f" {piece}"
            else:
                lines.append(piece)
    if len(lines) <= most:
        return lines or [""]
    last = lines[most - 1]
    while last and breadth(f"{last}…", size) > width:
        last = last[:-1]
    return [*lines[: most - 1], f"{last.rstrip()}…"]


def legible(text: str) -> str:
    """The text as it may stand in a drawing: signs that are not drawn left out, single spaces, hard ones kept."""
    drawn = "".join(sign if sign.isprintable() or sign in HARD else " " for sign in text)
    return " ".join(word for word in drawn.split(" ") if word)


def _pieces(word: str, size: float, width: float) -> list[str]:
    pieces = [""]
    for sign in word:
        if breadth(pieces[-1] + sign, size) > width:
            pieces.append("")
        pieces[-1] += sign
    return [piece for piece in pieces if piece]


def _rows(top: float, count: int) -> list[tuple[float, float]]:
    """(y, height) of rows of equal height down to the bottom."""
    if not count:
        return []
    height = (BOTTOM - top - GAP * (count - 1)) / count
    return [(top + place * (height + GAP), height) for place in range(count)]


def _box(
    column: tuple[int, int],
    y: float,
    height: float,
    kind: str,
    head: list[tuple[str, float, bool]],
    under: Sequence[str],
) -> Box:
    """A box whose lines are cut to its height."""
    x, width = column
    room = int((height - PAD) // LINE)
    lines: list[tuple[str, float, bool]] = []
    for text, size, bold in head:
        lines += [(line, size, bold) for line in wrapped(text, size * (BOLDER if bold else 1), width - 2 * PAD, 2)]
    for text in under:
        lines += [(line, SMALL, False) for line in wrapped(text, SMALL, width - 2 * PAD, max(1, room - len(lines)))]
    words = [
        Words(x + PAD, round(y + PAD / 2 + LINE * (place + 0.85), 1), text, size, bold)
        for place, (text, size, bold) in enumerate(lines[:room])
    ]
    return Box(x, round(y, 1), width, round(height, 1), words, kind)


def _site_boxes(sites: Sequence[SitePart]) -> list[Box]:
    boxes = []
    for site, (y, height) in zip(sites, _rows(TOP, len(sites)), strict=True):
        told = [f"{domain.label}\u00a0{said(n)}" for domain in Domain if (n := site.opened.get(domain, 0)) != 0]
        boxes.append(_box(LEFT, y, height, "site", [(site.name, NAME, True)], [" · ".join(told)] if told else []))
    return boxes


def _domain_box(part: DomainPart, y: float, height: float) -> Box:
    flow = part.whole
    told = [
        _("%(n)s mises en relation ouvertes") % {"n": said(flow.opened)},
        _("%(placed)s placées · %(waiting)s en attente") % {"placed": said(flow.placed), "waiting": said(flow.waiting)},
    ]
    return _box(MIDDLE, y, height, "domain", [(part.domain.label, NAME, True)], told if flow.opened != 0 else [])


def _partners_box(part: DomainPart, y: float, height: float) -> Box:
    """As many partners as there is room for, then how many others."""
    width, room = RIGHT[1] - 2 * PAD, int((height - PAD) // LINE)
    entries = [wrapped(_partner(each), SMALL, width, 2) for each in part.partners]
    shown: list[str] = []
    left = len(entries)
    for entry in entries:
        if len(shown) + len(entry) + (1 if left > 1 else 0) > room:
            break
        shown += entry
        left -= 1
    if left:
        others = ngettext("et %(n)s autre partenaire", "et %(n)s autres partenaires", left)
        if len(shown) == 0:
            others = ngettext("%(n)s partenaire", "%(n)s partenaires", left)
        shown.append(others % {"n": left})
    if not entries:
        shown = [_("aucun partenaire")]
    words = [
        Words(RIGHT[0] + PAD, round(y + PAD / 2 + LINE * (place + 0.85), 1), text, SMALL)
        for place, text in enumerate(shown)
    ]
    return Box(RIGHT[0], round(y, 1), RIGHT[1], round(height, 1), words, "partners")


def _partner(part: PartnerPart) -> str:
    if part.flow.opened == 0:
        return part.name
    if part.flow.opened is None:
        return f"{part.name}\u00a0: {WITHHELD}"
    told = _("%(n)s dont %(placed)s placées") % {"n": number(part.flow.opened), "placed": said(part.flow.placed)}
    return f"{part.name}\u00a0: {told}" if part.flow.placed else f"{part.name}\u00a0: {number(part.flow.opened)}"


def _streams(
    sites: Sequence[SitePart],
    domains: Sequence[DomainPart],
    site_boxes: Sequence[Box],
    domain_boxes: Sequence[Box],
    partner_boxes: Sequence[Box],
) -> list[Stream]:
    largest = max(
        [part.whole.opened or 0 for part in domains] + [n or 0 for s in sites for n in s.opened.values()] + [1]
    )
    streams = []
    for row, (site, box) in enumerate(zip(sites, site_boxes, strict=True)):
        for place, (part, target) in enumerate(zip(domains, domain_boxes, strict=True)):
            n = site.opened.get(part.domain, 0)
            if n == 0:
                continue
            start = box.right, round(box.y + box.height * (place + 1) / (len(domains) + 1), 1)
            end = target.x, round(target.y + target.height * (row + 1) / (len(sites) + 1), 1)
            streams.append(Stream(start, end, n, _width(n, largest), part.domain))
    for part, source, target in zip(domains, domain_boxes, partner_boxes, strict=True):
        if part.whole.opened != 0:
            y = round(source.y + source.height / 2, 1)
            width = _width(part.whole.opened, largest)
            streams.append(Stream((source.right, y), (target.x, y), part.whole.opened, width, part.domain))
    return streams


def _width(n: int | None, largest: int) -> float:
    return THINNEST if n is None else round(max(THINNEST, WIDEST * n / largest), 1)


def _around(scheme: Scheme) -> list[Words]:
    (title,) = wrapped(scheme.title, 22 * BOLDER, WIDTH - 2 * MARGIN, 1)
    (period,) = wrapped(scheme.period, 12, WIDTH - 2 * MARGIN, 1)
    legend = _(
        "Les traits sont d’autant plus larges que les mises en relation sont nombreuses ; en pointillé et « – » :"
        " nombre non montré, inférieur à 5 ou dont un tel nombre se déduirait."
    )
    heads = ((LEFT, _("Chantiers")), (MIDDLE, _("Équipe mutualisée et domaines")), (RIGHT, _("Partenaires")))
    return [
        Words(MARGIN, 34, title, 22, bold=True),
        Words(MARGIN, 54, period, 12),
        *(Words(column[0], TOP - 10, text, 12, bold=True) for column, text in heads),
        *(
            Words(MARGIN, BOTTOM + 20 + 14 * place, line, 11)
            for place, line in enumerate(wrapped(legend, 11, WIDTH - 2 * MARGIN, 2))
        ),
    ]
