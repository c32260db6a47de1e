"""A report as plain values: what it says, apart from how paper and screen show it.

A table keeps its numbers as numbers; printing formats them, and the same frame goes to a CSV file. Whatever a writer
shows comes from here, so that the PDF, the page and the files never tell different things.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Any

import polars as pl

from convergence.analysis import french
from convergence.analysis.conventions import SMALLEST

_PAGE = 110
"""Letters of small print on a line of paper."""
WITHHELD = f"moins de{french.NBSP}{SMALLEST}"


class Kind(Enum):
    """How the numbers of a column are said."""

    TEXT = "text"
    COUNT = "count"
    NUMBER = "number"
    PRECISE = "precise"
    EUROS = "euros"
    SAVING = "saving"
    DIFFERENCE = "difference"
    PRICE = "price"
    SHARE = "share"
    TENTH = "tenth"
    POINTS = "points"
    IN_POINTS = "in_points"
    P_VALUE = "p_value"

    def said(self, value: Any) -> str:
        """The value as it is printed."""
        return value if self is Kind.TEXT else _SAID[self](value)


_SAID: dict[Kind, Callable[[float], str]] = {
    Kind.COUNT: french.number,
    Kind.NUMBER: partial(french.number, decimals=2),
    Kind.PRECISE: partial(french.number, decimals=3),
    Kind.EUROS: french.euros,
    Kind.SAVING: partial(french.euros, signed=True),
    Kind.DIFFERENCE: partial(french.number, signed=True),
    Kind.PRICE: partial(french.euros, decimals=2),
    Kind.SHARE: french.percent,
    Kind.TENTH: partial(french.percent, decimals=1),
    Kind.POINTS: french.points,
    Kind.IN_POINTS: lambda value: french.number(100 * value, 1, signed=True),
    Kind.P_VALUE: french.p_value,
}


@dataclass(frozen=True)
class Column:
    """A column as it is printed: the frame's column that it shows, and those of its interval if it has one.

    ``to``: the column of the other end, where what is shown goes from one value to another.
    """

    label: str
    key: str
    kind: Kind = Kind.TEXT
    low: str = ""
    high: str = ""
    to: str = ""

    def cell(self, row: dict[str, Any]) -> str:
        """What is printed; an interval stands on a line of its own."""
        value = row[self.key]
        if value is None:
            return WITHHELD if row.get("withheld") else french.NOTHING
        said = self.kind.said(value)
        if self.to:
            said = f"de {said}\nà {self.kind.said(row[self.to])}"
        if not self.low or row[self.low] is None or row[self.high] is None:
            return said
        return f"{said}\n{french.between(self.kind.said(row[self.low]), self.kind.said(row[self.high]))}"


@dataclass(frozen=True)
class Title:
    """The title of a section (level 2) or of a part of one (level 3); ``anchor`` names it in addresses."""

    text: str
    anchor: str
    level: int = 2


@dataclass(frozen=True)
class Paragraph:
    text: str


@dataclass(frozen=True)
class Lead:
    """The sentence to remember if only one is read."""

    text: str


@dataclass(frozen=True)
class Notice:
    """What a reader must know before trusting what follows."""

    title: str
    text: str


@dataclass(frozen=True)
class Points:
    items: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """A few numbers side by side: what each is, and what it says."""

    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Table:
    """Rows under a caption. ``name`` is that of its file, ``frame`` what the file holds: no NaN (see :func:`made`),
    nobody counted whose group has fewer than :data:`SMALLEST`."""

    name: str
    caption: str
    columns: tuple[Column, ...]
    frame: pl.DataFrame
    note: str = ""

    def head(self) -> list[str]:
        return [column.label for column in self.columns]

    def rows(self) -> list[list[str]]:
        return [[column.cell(row) for column in self.columns] for row in self.frame.iter_rows(named=True)]

    def widths(self) -> list[int]:
        """Letters of a line that each column takes: numbers and words are never cut, sentences share the rest."""
        said = self.rows()
        found, sentences = [], []
        for place, column in enumerate(self.columns):
            words = column.label.replace(french.NBSP, " ").split(" ")
            cells = [line for row in said for line in row[place].split("\n")]
            if column.kind is Kind.TEXT:
                sentences.append(place)
                words += [word for cell in cells for word in cell.split(" ")]
                cells = []
            found.append(max(map(len, [*words, *cells]), default=1) + 2)
        left = _PAGE - sum(found)
        wanted = [max((len(row[place]) for row in said), default=0) for place in sentences]
        for place, want in zip(sentences, wanted, strict=True):
            found[place] += max(0, left * want // max(1, sum(wanted)))
        return found

    def csv(self) -> str:
        """The numbers, with a point and commas, to eight significant figures."""
        return self.frame.with_columns(pl.col(pl.Float64, pl.Float32).round_sig_figs(8)).write_csv()


@dataclass(frozen=True)
class Figure:
    """A drawing with its data. ``description`` says in words what somebody who does not see it misses."""

    name: str
    title: str
    description: str
    svg: str
    data: Table
    note: str = ""


@dataclass(frozen=True)
class Attached:
    """Tables too long to be read here: their files are with the report, and ``text`` says what they hold."""

    text: str
    tables: tuple[Table, ...]


@dataclass(frozen=True)
class Definitions:
    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Sources:
    """Where facts come from: what is taken, from where, and whether it was read there."""

    items: tuple[tuple[str, str], ...]


Block = Title | Paragraph | Lead | Notice | Points | Facts | Table | Figure | Attached | Definitions | Sources


@dataclass(frozen=True)
class Document:
    title: str
    subtitle: str
    blocks: tuple[Block, ...]

    def tables(self) -> list[Table]:
        """Every table, those behind the figures too, once each."""
        found: list[Table] = []
        for block in self.blocks:
            match block:
                case Table():
                    found.append(block)
                case Figure():
                    found.append(block.data)
                case Attached():
                    found += block.tables
        return list({table.name: table for table in found}.values())

    def figures(self) -> list[Figure]:
        return [block for block in self.blocks if isinstance(block, Figure)]


def made(columns: Mapping[str, Any] | pl.DataFrame) -> pl.DataFrame:
    """A frame fit for a table: NaN and infinities become empty. A column ``withheld`` tells, where it is true, that
    what is empty was taken away because it is of fewer than :data:`SMALLEST` people."""
    frame = columns if isinstance(columns, pl.DataFrame) else pl.DataFrame(dict(columns), strict=False)
    floats = pl.col(pl.Float64, pl.Float32)
    return frame.with_columns(pl.when(floats.is_finite()).then(floats))
