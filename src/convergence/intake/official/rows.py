"""The lines of an export: each application read, then gathered by person."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from django.utils.translation import gettext as _

from convergence.intake import cells
from convergence.intake.cells import Cell, Remark, Severity, as_text, folded, is_nothing, refused, shown
from convergence.intake.dates import Calendar, PartialDate, Purpose, read_date
from convergence.intake.official.profiles import PARTS, profile
from convergence.intake.planning import LONGEST_NAME
from convergence.intake.reading import Row, Table
from convergence.intake.records import PersonRow
from convergence.intake.titles import title_key
from convergence.pathways.official import HireSaid, PassSaid
from convergence.vocabulary.contracts import ContractKind
from convergence.vocabulary.passes import HireState

NUMBER = re.compile(r"[0-9A-Z]{12}")
# The platform shows « F… Z… » to whoever may not see the names of an application.
_MASKED = re.compile(r"\S…(?: \S…)*")
_SPACES = re.compile(r"[\s.\-]")
LONGEST_EMPLOYER = 200


@dataclass
class Line:
    """One application.

    :param person: names, birth, sex and how to reach her; nothing of the names where they are ``masked``.
    :param is_hired: the application was accepted, or says something that is not known.
    :param kind: the contract that such an employer signs.
    :param official_pass: the person's latest PASS, whatever the application.
    """

    number: int
    cells: tuple[Cell, ...]
    person: PersonRow = field(default_factory=PersonRow)
    masked: bool = False
    employer: str = ""
    kind: ContractKind | None = None
    applied_on: date | None = None
    is_hired: bool = False
    hire: HireSaid | None = None
    official_pass: PassSaid | None = None
    refusals: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


@dataclass
class Group:
    """Everything that the export says of one person, over one line or several.

    :param hires: each with the kind of contract that its employer signs.
    """

    lines: list[Line]
    person: PersonRow
    masked: bool
    passes: list[PassSaid] = field(default_factory=list)
    hires: list[tuple[HireSaid, ContractKind | None]] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def number(self) -> int:
        return self.lines[0].number

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.person.given_name, self.person.family_name)))


def pass_number(text: str) -> str:
    """« 99999 24 00001 » → 999992400001; empty when it is no such number."""
    bare = _SPACES.sub("", text).upper()
    return bare if NUMBER.fullmatch(bare) else ""


def _place_of(table: Table, part: str) -> int:
    """Which column holds a part; the first of those that have its title."""
    key = profile().parts[part]
    return next(place for place, title in enumerate(table.headers) if title_key(title) == key)


class _Reader:
    def __init__(self, table: Table, said_on: date, sites: Mapping[str, int], today: date) -> None:
        self._place = {part: _place_of(table, part) for part in PARTS}
        self._births = Calendar(today, Purpose.BIRTH, starts_1904=table.starts_1904)
        self._events = Calendar(today, Purpose.EVENT, starts_1904=table.starts_1904)
        self._said_on, self._sites = said_on, sites

    def read(self, row: Row) -> Line:
        self._row, self._line = row, Line(row.number, row.cells)
        line = self._line
        line.employer = self._text("employer")[:LONGEST_EMPLOYER]
        line.kind = profile().contract_kinds.get(folded(self._text("employer_kind")))
        line.applied_on = self._day("applied_on")
        line.person = self._person()
        line.hire = self._hire()
        line.official_pass = self._pass()
        return line

    def _cell(self, part: str) -> Cell:
        return self._row.cells[self._place[part]]

    def _text(self, part: str) -> str:
        cell = self._cell(part)
        return "" if is_nothing(cell) else " ".join(as_text(cell).split())

    def _note(self, remarks: Iterable[Remark]) -> None:
        for remark in remarks:
            kept = self._line.refusals if remark.severity is Severity.REFUSED else self._line.remarks
            kept.append(remark.sentence)

    def _day(self, part: str) -> date | None:
        """A whole day; a part of one is refused."""
        value, remarks = read_date(self._cell(part), self._events)
        self._note(remarks)
        if value is not None and value.whole is None:
            self._note([refused(_("%s : il manque le jour ou le mois.") % shown(self._cell(part)))])
        return value.whole if value else None

    def _person(self) -> PersonRow:
        family, given = self._text("family_name"), self._text("given_name")
        birth, remarks = read_date(self._cell("birth"), self._births)
        self._note(remarks)
        if _MASKED.fullmatch(family) and _MASKED.fullmatch(given):
            self._line.masked = True
            return PersonRow(birth=birth)
        names = []
        for part in ("family_name", "given_name"):
            name, _other, remarks = cells.name(self._cell(part))
            self._note(remarks)
            if len(name) > LONGEST_NAME:
                self._note([refused(_("Ce nom est trop long (%d caractères au plus).") % LONGEST_NAME)])
            names.append(name)
        if not any(names) and not self._line.refusals:
            self._note([refused(_("Il manque le nom de la personne."))])
        phones, _remarks = cells.phones(self._cell("phone"))
        email, _remarks = cells.email(self._cell("email"))
        return PersonRow(
            given_name=names[1],
            family_name=names[0],
            birth=birth,
            sex=profile().titles.get(folded(self._text("title"))),
            phones=phones,
            email=email,
        )

    def _hire(self) -> HireSaid | None:
        said = self._text("application_state")
        states = profile().application_states
        self._line.is_hired = states.get(folded(said), HireState.ACCEPTED) is HireState.ACCEPTED
        if folded(said) not in states:
            self._note([refused(_("« %s » : ce statut de candidature n’est pas connu.") % said)])
            return None
        state = states[folded(said)]
        if state is None:
            return None
        starts, ends = self._day("hire_starts"), self._day("hire_ends")
        if starts is None:
            return None
        if ends is not None and ends < starts:
            self._note([refused(_("L’embauche finit avant de commencer : vérifiez-la dans les emplois."))])
            return None
        site_id = self._sites.get(self._line.employer) or None
        applied_on = self._line.applied_on
        return HireSaid(self._line.employer, starts, ends, state, self._said_on, site_id, applied_on)

    def _pass(self) -> PassSaid | None:
        typed = self._text("pass_number")
        if not typed:
            return None
        number = pass_number(typed)
        starts, ends = self._day("pass_starts"), self._day("pass_ends")
        state = profile().pass_states.get(folded(self._text("pass_state")))
        if not number:
            self._note([refused(_("« %s » n’est pas un numéro de PASS IAE : il en faut douze chiffres.") % typed)])
        elif state is None:
            sentence = _("« %s » : cet état de PASS n’est pas connu.")
            self._note([refused(sentence % self._text("pass_state"))])
        elif starts is None or ends is None:
            if not self._line.refusals:
                self._note([refused(_("Le PASS n’a pas ses deux dates : vérifiez-le dans les emplois."))])
        elif ends <= starts:
            self._note([refused(_("Le PASS finit avant de commencer : vérifiez-le dans les emplois."))])
        else:
            person = self._line.person
            holder = " ".join(filter(None, (person.given_name, person.family_name)))
            return PassSaid(number, starts, ends, state, self._said_on, holder)
        return None


def lines(table: Table, said_on: date, sites: Mapping[str, int], today: date) -> list[Line]:
    """Every line of the export, in order.

    :param said_on: the day of the export.
    :param sites: employer as the export names it → our site; the others are employers elsewhere.
    """
    reader = _Reader(table, said_on, sites, today)
    return [reader.read(row) for row in table.rows]


def groups(read: Iterable[Line]) -> list[Group]:
    """The lines by person, in the order of their first line: same name and birth, or same PASS under hidden names."""
    found: dict[tuple[str, ...], Group] = {}
    for line in read:
        group = found.setdefault(_key(line), Group([], line.person, line.masked))
        group.lines.append(line)
        group.person = _completed(group.person, line.person)
        group.refusals += [one for one in line.refusals if one not in group.refusals]
        group.remarks += [one for one in line.remarks if one not in group.remarks]
        if line.official_pass and line.official_pass not in group.passes:
            group.passes.append(line.official_pass)
        if line.hire and line.hire not in [hire for hire, _kind in group.hires]:
            group.hires.append((line.hire, line.kind))
    made = list(found.values())
    _refuse_contradictions(made)
    return made


def _key(line: Line) -> tuple[str, ...]:
    if line.masked or not any((line.person.given_name, line.person.family_name)):
        alone = line.official_pass.number if line.official_pass else f"line {line.number}"
        return ("pass", alone)
    return ("person", *line.person.key)


def _completed(one: PersonRow, other: PersonRow) -> PersonRow:
    """The first line's person, with what only a later one says."""
    return replace(one, sex=one.sex or other.sex, phones=one.phones or other.phones, email=one.email or other.email)


def _refuse_contradictions(made: list[Group]) -> None:
    holders: dict[str, list[Group]] = {}
    for group in made:
        numbers = [said.number for said in group.passes]
        for number in sorted({one for one in numbers if numbers.count(one) > 1}):
            sentence = _("Le PASS %s a deux périodes ou deux états dans ce fichier.")
            group.refusals.append(sentence % _number_of(group, number))
        for number in set(numbers):
            holders.setdefault(number, []).append(group)
    for number, sharing in holders.items():
        if len(sharing) > 1:
            places = ", ".join(str(group.number) for group in sharing)
            sentence = _("Le PASS %(number)s est donné à plusieurs personnes dans ce fichier (lignes %(lines)s).")
            for group in sharing:
                group.refusals.append(sentence % {"number": _number_of(group, number), "lines": places})


def _number_of(group: Group, number: str) -> str:
    return next(said.shown_number for said in group.passes if said.number == number)


def employers(table: Table) -> list[str]:
    """The employers that the export names, in its order."""
    place = _place_of(table, "employer")
    names = (" ".join(as_text(row.cells[place]).split())[:LONGEST_EMPLOYER] for row in table.rows)
    return list(dict.fromkeys(name for name in names if name))


def latest_application(table: Table, today: date) -> date | None:
    """The day of the latest application: the export was not made before."""
    place = _place_of(table, "applied_on")
    how = Calendar(today, Purpose.EVENT, starts_1904=table.starts_1904)
    days: list[PartialDate | None] = [read_date(row.cells[place], how)[0] for row in table.rows]
    return max((day.whole for day in days if day and day.whole and day.whole <= today), default=None)
