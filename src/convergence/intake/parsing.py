"""Each row of a table becomes what it says of one person, with the remarks it deserves."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from django.utils.translation import gettext as _

from convergence.intake import cells, labels
from convergence.intake.cells import (
    Cell,
    OtherName,
    Remark,
    Severity,
    as_text,
    doubtful,
    folded,
    is_nothing,
    refused,
    shown,
)
from convergence.intake.columns import Mapping
from convergence.intake.dates import Calendar, Order, PartialDate, Purpose, column_order, read_date
from convergence.intake.fields import DATES, Field
from convergence.intake.full_names import split_full_name
from convergence.intake.reading import Row, Table
from convergence.intake.records import ParsedRow, PersonRow, Problem
from convergence.intake.template import EXAMPLE_BIRTH, EXAMPLE_FAMILY_NAME, EXAMPLE_GIVEN_NAME
from convergence.vocabulary.people import NameKind


def rows(table: Table, mapping: Mapping, today: date) -> Iterator[ParsedRow]:
    """Every row of the table, parsed, in order.

    :param mapping: without ``faults()``.
    :param today: the day of the import: ages and two-digit years depend on it.
    :raises ValueError: the mapping has faults or is not this table's.
    """
    if mapping.faults() or len(mapping.fields) != len(table.headers):
        raise ValueError("the mapping cannot be used with this table")
    parser = _Parser(table, mapping, today)
    seen = _Seen()
    for row in table.rows:
        parsed = parser.parse(row)
        yield replace(parsed, problems=(*parsed.problems, *seen.look(parsed)))


def date_notices(table: Table, mapping: Mapping) -> list[str]:
    """A French sentence for each column whose dates are read month first, against French usage."""
    return [
        _("Colonne « %s » : les dates y sont écrites mois/jour/année et sont comprises ainsi.") % table.headers[column]
        for column, how in _orders(table, mapping).items()
        if how is Order.MONTH_FIRST
    ]


def _orders(table: Table, mapping: Mapping) -> dict[int, Order]:
    return {
        column: column_order(row.cells[column] for row in table.rows)
        for column, one in enumerate(mapping.fields)
        if one in DATES or one is Field.RQTH
    }


@dataclass(slots=True)
class _Draft:
    """The parts of a row as they are read."""

    row: Row
    calculated: frozenset[int]
    values: dict[str, object] = field(default_factory=dict)
    other_names: list[OtherName] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def add(self, place: Field | None, remarks: list[Remark]) -> None:
        self.problems += [Problem(place, remark.severity, remark.sentence) for remark in remarks]


class _Parser:
    """Reads the rows of one table under one mapping."""

    def __init__(self, table: Table, mapping: Mapping, today: date) -> None:
        self._columns = [(column, one) for column, one in enumerate(mapping.fields) if one]
        self._headers = table.headers
        self._titles = tuple(folded(title) for title in table.headers)
        self._plain_titles = tuple(title.casefold() for title in table.headers)
        self._formulas: dict[int, set[int]] = {}
        for number, column in table.formulas:
            self._formulas.setdefault(number, set()).add(column)
        orders = _orders(table, mapping)
        self._calendars = {
            column: Calendar(
                today=today,
                purpose=Purpose.BIRTH if mapping.fields[column] is Field.BIRTH_DATE else Purpose.EVENT,
                order=order,
                starts_1904=table.starts_1904,
            )
            for column, order in orders.items()
        }

    def parse(self, row: Row) -> ParsedRow:
        draft = _Draft(row, frozenset(self._formulas.get(row.number, ())))
        if self._repeats_titles(row):
            sentence = _("Cette ligne répète les titres des colonnes : elle ne décrit personne.")
            return ParsedRow(row.number, row.cells, PersonRow(), (Problem(None, Severity.REFUSED, sentence),))
        for column, one in self._columns:
            _READERS[one](self, draft, column, row.cells[column])
        person = _with_usual_name(PersonRow(**draft.values), draft.other_names)  # type: ignore[arg-type]
        self._judge(person, draft)
        return ParsedRow(row.number, row.cells, person, tuple(draft.problems))

    def _repeats_titles(self, row: Row) -> bool:
        same = sum(
            1
            for title, cell in zip(self._plain_titles, row.cells, strict=True)
            if isinstance(cell, str) and cell.strip().casefold() == title
        )
        return same >= 2 and same * 2 > sum(1 for cell in row.cells if cell is not None)

    def _judge(self, person: PersonRow, draft: _Draft) -> None:
        """What can only be said of the row as a whole."""
        # A name that was refused is not missing: one sentence is enough.
        judged = {problem.field for problem in draft.problems if problem.severity is Severity.REFUSED}
        if not (person.family_name or person.given_name):
            if not judged & {Field.FAMILY_NAME, Field.GIVEN_NAME, Field.FULL_NAME}:
                draft.add(Field.FAMILY_NAME, [refused(_("Le nom manque : indiquez au moins un nom ou un prénom."))])
        elif not person.family_name and Field.FAMILY_NAME not in judged:
            draft.add(Field.FAMILY_NAME, [doubtful(_("Le nom de famille manque."))])
        elif not person.given_name and Field.GIVEN_NAME not in judged:
            draft.add(Field.GIVEN_NAME, [self._without_given_name(draft.row)])
        if person.contract_start and person.contract_end and person.contract_end < person.contract_start:
            draft.add(
                Field.CONTRACT_END,
                [refused(_("La fin du contrat vient avant son début : vérifiez les deux dates."))],
            )
        if person.birth and person.entry_date and person.birth.earliest > person.entry_date:
            draft.add(
                Field.ENTRY_DATE,
                [refused(_("La date d’entrée vient avant la naissance : vérifiez les deux dates."))],
            )
        if not person.given_name and folded(person.family_name) in _TOTALS:
            draft.add(None, [refused(_("Cette ligne est un total : elle ne décrit personne."))])
        if person.key == _EXAMPLE_KEY:
            sentence = _("Cette ligne est l’exemple du modèle : supprimez-la.")
            draft.add(None, [refused(sentence)])

    def _without_given_name(self, row: Row) -> Remark:
        """A word alone on its line is the title of a part of the list (« Atelier cuisine ») rather than a person."""
        filled = sum(1 for column, _field in self._columns if row.cells[column] is not None)
        if filled == 1 and len(self._columns) > 2:
            return refused(_("Rien que ce nom sur la ligne : ajoutez au moins un prénom, ou supprimez la ligne."))
        return doubtful(_("Le prénom manque."))

    # -- one reader for each field; each writes into the draft ---------------------------------------------------

    def _name(self, draft: _Draft, column: int, cell: Cell, one: Field) -> None:
        if self._is_calculated(draft, column, one):
            return
        value, other, remarks = cells.name(cell)
        draft.values[one.value] = value
        self._add_other_name(draft, other)
        draft.add(one, remarks)

    def _is_calculated(self, draft: _Draft, column: int, one: Field) -> bool:
        if column not in draft.calculated:
            return False
        sentence = _("Le nom est calculé par une formule : remplacez-la par le nom lui-même (collage des valeurs).")
        draft.add(one, [refused(sentence)])
        return True

    def _add_other_name(self, draft: _Draft, other: OtherName | None) -> None:
        if other and other not in draft.other_names:
            draft.other_names.append(other)

    def given_name(self, draft: _Draft, column: int, cell: Cell) -> None:
        self._name(draft, column, cell, Field.GIVEN_NAME)

    def family_name(self, draft: _Draft, column: int, cell: Cell) -> None:
        self._name(draft, column, cell, Field.FAMILY_NAME)

    def other_name(self, draft: _Draft, column: int, cell: Cell) -> None:
        if self._is_calculated(draft, column, Field.OTHER_NAME):
            return
        value, other, remarks = cells.name(cell)
        if value:
            self._add_other_name(draft, OtherName(value, _kind_of_name(self._titles[column])))
        self._add_other_name(draft, other)
        # A doubtful second name is no reason to keep the person out.
        draft.add(Field.OTHER_NAME, [doubtful(remark.sentence) for remark in remarks])

    def full_name(self, draft: _Draft, column: int, cell: Cell) -> None:
        if self._is_calculated(draft, column, Field.FULL_NAME):
            return
        found, remarks = split_full_name(cell, self._headers[column])
        draft.values["family_name"] = found.family_name
        draft.values["given_name"] = found.given_name
        if found.sex:
            draft.values.setdefault("sex", found.sex)
        self._add_other_name(draft, found.other_name)
        draft.add(Field.FULL_NAME, remarks)

    def birth_date(self, draft: _Draft, column: int, cell: Cell) -> None:
        draft.values["birth"], remarks = read_date(cell, self._calendars[column])
        draft.add(Field.BIRTH_DATE, remarks)

    def _day(self, draft: _Draft, column: int, cell: Cell, one: Field) -> None:
        value, remarks = read_date(cell, self._calendars[column])
        draft.add(one, remarks)
        if value and value.whole is None:
            draft.add(one, [doubtful(_("%s : le jour manque, cette date n’est pas reprise.") % shown(cell))])
        draft.values[one.value] = value.whole if value else None

    def entry_date(self, draft: _Draft, column: int, cell: Cell) -> None:
        self._day(draft, column, cell, Field.ENTRY_DATE)

    def contract_start(self, draft: _Draft, column: int, cell: Cell) -> None:
        self._day(draft, column, cell, Field.CONTRACT_START)

    def contract_end(self, draft: _Draft, column: int, cell: Cell) -> None:
        if folded(as_text(cell)) in {"cdi", "indetermine", "indeterminee", "sans"}:
            return
        self._day(draft, column, cell, Field.CONTRACT_END)

    def permit_until(self, draft: _Draft, column: int, cell: Cell) -> None:
        if labels.needs_no_permit(cell):
            return
        self._day(draft, column, cell, Field.PERMIT_UNTIL)

    def phone(self, draft: _Draft, column: int, cell: Cell) -> None:
        numbers, remarks = cells.phones(cell)
        known = draft.values.get("phones", ())
        if isinstance(known, tuple):
            draft.values["phones"] = (*known, *(number for number in numbers if number not in known))
        draft.add(Field.PHONE, remarks)

    def email(self, draft: _Draft, _column: int, cell: Cell) -> None:
        draft.values["email"], remarks = cells.email(cell)
        draft.add(Field.EMAIL, remarks)

    def sex(self, draft: _Draft, _column: int, cell: Cell) -> None:
        sex, remarks = labels.read_sex(cell)
        draft.values["sex"] = sex or draft.values.get("sex")
        draft.add(Field.SEX, remarks)

    def _text(self, draft: _Draft, column: int, cell: Cell, one: Field) -> str:
        value, remarks = cells.plain_text(cell)
        if value and (column in draft.calculated or cells.is_formula_text(value)):
            remarks = [*remarks, doubtful(_("%s vient d’une formule : vérifiez la valeur.") % shown(cell))]
        draft.add(one, remarks)
        return value

    def site(self, draft: _Draft, column: int, cell: Cell) -> None:
        draft.values["site"] = self._text(draft, column, cell, Field.SITE)

    def counsellor(self, draft: _Draft, column: int, cell: Cell) -> None:
        draft.values["counsellor"] = self._text(draft, column, cell, Field.COUNSELLOR)

    def language(self, draft: _Draft, column: int, cell: Cell) -> None:
        added = self._text(draft, column, cell, Field.LANGUAGE)
        draft.values["languages"] = ", ".join(filter(None, (str(draft.values.get("languages", "")), added)))

    def external_id(self, draft: _Draft, column: int, cell: Cell) -> None:
        draft.values["external_id"] = self._text(draft, column, cell, Field.EXTERNAL_ID)

    def note(self, draft: _Draft, column: int, cell: Cell) -> None:
        text, remarks = cells.note(cell)
        if text and (column in draft.calculated or cells.is_formula_text(text)):
            remarks = [*remarks, doubtful(_("%s vient d’une formule : vérifiez le texte.") % shown(cell))]
        draft.values["note"] = "\n".join(filter(None, (str(draft.values.get("note", "")), text)))
        draft.add(Field.NOTE, remarks)

    def contract_kind(self, draft: _Draft, _column: int, cell: Cell) -> None:
        draft.values["contract_kind"], draft.values["programme"], remarks = labels.read_contract(cell)
        draft.add(Field.CONTRACT_KIND, remarks)

    def weekly_hours(self, draft: _Draft, _column: int, cell: Cell) -> None:
        draft.values["weekly_hours"], remarks = cells.weekly_hours(cell)
        draft.add(Field.WEEKLY_HOURS, remarks)

    def housing(self, draft: _Draft, _column: int, cell: Cell) -> None:
        draft.values["housing"], remarks = labels.read_housing(cell)
        draft.add(Field.HOUSING, remarks)

    def rqth(self, draft: _Draft, column: int, cell: Cell) -> None:
        """Oui, non, or the date until which the recognition runs."""
        until, is_date = _until(cell, self._calendars[column])
        if is_date:
            draft.values["rqth"], draft.values["rqth_until"] = True, until
            return
        draft.values["rqth"], remarks = cells.yes_or_no(cell)
        draft.add(Field.RQTH, remarks)

    def rsa(self, draft: _Draft, _column: int, cell: Cell) -> None:
        draft.values["rsa"], remarks = cells.yes_or_no(cell)
        draft.add(Field.RSA, remarks)


_READERS: dict[Field, Callable[[_Parser, _Draft, int, Cell], None]] = {
    one: getattr(_Parser, one.value) for one in Field
}


def _kind_of_name(title: str) -> NameKind:
    """What another name is, from its column's folded title."""
    if "naissance" in title or "jeune fille" in title:
        return NameKind.BIRTH
    if any(word in title for word in ("usage", "marital", "usuel", "epou")):
        return NameKind.USUAL
    return NameKind.KNOWN_AS


def _with_usual_name(person: PersonRow, others: list[OtherName]) -> PersonRow:
    """The person under her usual name: beside one, the first name is that of birth."""
    usual = next((one for one in others if one.kind is NameKind.USUAL), None)
    family_name = person.family_name
    if usual:
        others = [one for one in others if one is not usual]
        if family_name and folded(family_name) != folded(usual.name):
            others = [OtherName(family_name, NameKind.BIRTH), *others]
        family_name = usual.name
    others = [one for one in others if folded(one.name) != folded(family_name)]
    return replace(person, family_name=family_name, other_names=tuple(others))


def _until(cell: Cell, how: Calendar) -> tuple[date | None, bool]:
    """The end date in « 31/12/2026 », « oui, jusqu’au 31/12/2026 »; whether there is one."""
    if is_nothing(cell) or isinstance(cell, bool) or not any(c.isdigit() for c in as_text(cell)):
        return None, False
    rest: Cell = cell
    if isinstance(cell, str):
        rest = cell.lower().replace("oui", "").strip(" ,;:()-")
    if not isinstance(rest, date | str) or len(as_text(rest)) < 6:
        return None, False
    value, _remarks = read_date(rest, how)
    return (value.whole, True) if value and value.whole else (None, False)


_TOTALS = {"total", "totaux", "sous total", "total general", "moyenne", "effectif", "nombre"}
_EXAMPLE_KEY = PersonRow(
    family_name=EXAMPLE_FAMILY_NAME,
    given_name=EXAMPLE_GIVEN_NAME,
    birth=PartialDate(EXAMPLE_BIRTH.year, EXAMPLE_BIRTH.month, EXAMPLE_BIRTH.day),
).key


class _Seen:
    """The people and the identifiers of the rows already read."""

    def __init__(self) -> None:
        self._people: dict[tuple[str, ...], int] = {}
        self._identifiers: dict[str, int] = {}

    def look(self, parsed: ParsedRow) -> list[Problem]:
        """What this row repeats."""
        if parsed.is_refused:
            return []
        problems = []
        person = parsed.person
        first = self._people.setdefault(person.key, parsed.number)
        if first != parsed.number:
            sentence = (
                _("Même personne que la ligne %d.")
                if person.birth
                else _("Même nom que la ligne %d, sans date de naissance pour les distinguer.")
            )
            problems.append(Problem(None, Severity.DOUBTFUL, sentence % first))
        if person.external_id:
            same = self._identifiers.setdefault(person.external_id, parsed.number)
            if same not in {parsed.number, first}:
                sentence = _("Même identifiant que la ligne %d, pour une autre personne.")
                problems.append(Problem(Field.EXTERNAL_ID, Severity.DOUBTFUL, sentence % same))
        return problems
