"""The lines of the file: who, which month, how many hours."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal

from django.utils.translation import gettext as _

from convergence.intake.cells import Cell, as_text, folded, is_nothing, shown
from convergence.intake.dates import Calendar, Purpose, read_date
from convergence.intake.payroll.layout import Columns
from convergence.intake.reading import Row, Table
from convergence.rules.typed_hours import hours_of
from convergence.vocabulary.absences import HoursAbsence

_LONGEST = 200
_MINUTES = 60


@dataclass
class PayrollLine:
    """What a line says; the words of a name in no order, since payroll has its own.

    :param words: the words of the name, folded and sorted; empty where only a number says who.
    :param absent: by kind, for the kinds that the file has a column of.
    :param refusals: why it stays out.
    """

    number: int
    matricule: str = ""
    name: str = ""
    words: tuple[str, ...] = ()
    month: date | None = None
    planned: Decimal | None = None
    worked: Decimal | None = None
    absent: dict[HoursAbsence, Decimal] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)

    @property
    def said(self) -> str:
        """Who the line is about, as it says itself."""
        return self.name or self.matricule


def words_of(name: str) -> tuple[str, ...]:
    """Equal for one name in whatever order, capitals and accents."""
    return tuple(sorted(folded(name).split()))


def lines(table: Table, columns: Columns, month: date | None, today: date) -> Iterator[PayrollLine]:
    """Every line that says hours of somebody; a total or a blank one says nobody's.

    :param month: the month of the lines that name none.
    """
    reader = _Reader(table, columns, month, today)
    for row in table.rows:
        line = reader.read(row)
        if line is not None:
            yield line


class _Reader:
    def __init__(self, table: Table, columns: Columns, month: date | None, today: date) -> None:
        self._columns, self._month = columns, month
        self._calendar = Calendar(today, Purpose.EVENT, starts_1904=table.starts_1904)

    def read(self, row: Row) -> PayrollLine | None:
        self._row, line = row, PayrollLine(row.number)
        line.matricule = self._matricule()
        given, family, full = (self._text(part) for part in ("given_name", "family_name", "full_name"))
        line.name = full or " ".join(filter(None, (given, family)))
        line.words = words_of(line.name)
        if not line.said:
            return None
        line.worked = self._hours(line, self._cell("worked"))
        line.planned = self._hours(line, self._cell("planned"))
        for kind, place in self._columns.absences.items():
            hours = self._hours(line, row.cells[place])
            line.absent[kind] = hours or Decimal(0)
        if line.worked is None and not any(line.absent.values()) and not line.refusals:
            return None
        line.month = self._month_of(line)
        return line

    def _cell(self, part: str) -> Cell:
        place = self._columns.parts.get(part)
        return None if place is None else self._row.cells[place]

    def _text(self, part: str) -> str:
        cell = self._cell(part)
        return "" if is_nothing(cell) else " ".join(as_text(cell).split())[:_LONGEST]

    def _matricule(self) -> str:
        cell = self._cell("matricule")
        # A spreadsheet holds the number 12 as 12.0.
        return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else self._text("matricule")

    def _hours(self, line: PayrollLine, cell: Cell) -> Decimal | None:
        if is_nothing(cell):
            return None
        hours: Decimal | None = None
        match cell:
            case bool():
                hours = None
            case int() | float() if abs(cell) < 10_000:
                hours = Decimal(str(round(cell, 2)))
            case time():
                hours = (Decimal(cell.hour) + Decimal(cell.minute) / _MINUTES).quantize(Decimal("0.01"))
            case str():
                hours = hours_of(cell)
        if hours is None:
            line.refusals.append(_("%s n’est pas un nombre d’heures : écrivez par exemple 112,67.") % shown(cell))
        return hours

    def _month_of(self, line: PayrollLine) -> date | None:
        cell = self._cell("month")
        if is_nothing(cell):
            if self._month is None:
                line.refusals.append(_("Il manque le mois."))
            return self._month
        year = self._text("year").removesuffix(".0")
        text = as_text(cell).removesuffix(".0")
        # A raised figure (« 2² ») is a digit that makes no number.
        if year.isdecimal() and len(year) == 4:
            cell = f"{int(text):02d}/{year}" if text.isdecimal() and len(text) <= 2 else f"{text} {year}"
        elif isinstance(cell, str) and text.isdecimal() and len(text) == 6:
            # « 202611 », as payroll writes it.
            cell = f"{text[:4]}-{text[4:]}"
        found, remarks = read_date(cell, self._calendar)
        if found is None or found.month is None:
            line.refusals.append(
                remarks[0].sentence
                if remarks
                else _("%s n’est pas un mois : écrivez par exemple 11/2026.") % shown(cell)
            )
            return None
        return date(found.year, found.month, 1)
