"""What an import would do, row by row, before anything is written: create, change, nothing, ask, refuse.

The same plan is made twice: for the preview, and again when the rows are written. A row whose outcome is no longer
the one that was shown stays out, unless there is nothing left to do for it.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from convergence.intake import parsing
from convergence.intake.actor import COMPARTMENT_OF, Importer, no_such_site
from convergence.intake.cells import Severity
from convergence.intake.columns import Mapping
from convergence.intake.differences import Difference, absorb, contract_start, differences
from convergence.intake.fields import Field
from convergence.intake.known import Known, everybody
from convergence.intake.matching import Directory, Match
from convergence.intake.reading import Table
from convergence.intake.records import ParsedRow, PersonRow, Problem
from convergence.territories.models import Site

LONGEST_NAME = 80


class Verb(StrEnum):
    """What becomes of a row."""

    CREATE = "create"
    CHANGE = "change"
    NOTHING = "nothing"
    ASK = "ask"
    REFUSE = "refuse"


@dataclass
class Choice:
    """One answer to a doubtful row: the code that the form sends back, and what it would write."""

    code: str
    label: str
    known: Known
    changes: list[Difference]


@dataclass
class PlannedRow:
    """A row and what would become of it.

    :param since: the day from which a new person is accompanied.
    :param choices: for a doubtful row; leaving it out is always possible.
    :param repeats: the file spoke of the same person before.
    """

    parsed: ParsedRow
    verb: Verb
    site: Site | None = None
    since: date | None = None
    known: Known = field(default_factory=Known)
    changes: list[Difference] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    repeats: bool = False

    @property
    def print(self) -> str:
        """Equal for two plans that would do the same; empty for a repetition, which depends on the rows before."""
        if self.repeats:
            return ""
        options = [(choice.code, _said(choice.changes)) for choice in self.choices]
        parts = (self.verb.value, self.known.person_id, _said(self.changes), options, self.site and self.site.pk)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _said(changes: list[Difference]) -> list[tuple[str, str, str]]:
    return [(change.label, change.now, change.said) for change in changes]


Accepted = Callable[[PlannedRow], Choice | None]
"""Which way a row will be written, None when it stays out."""


class Planner:
    """Plans the rows of one table for one actor, in order; rows about one person follow from each other."""

    def __init__(self, importer: Importer, default: Site, today: date) -> None:
        self._importer = importer
        self._default = default
        self._today = today
        self._brought: dict[tuple[str, ...], Known] = {}

    def rows(self, table: Table, mapping: Mapping, accepted: Accepted) -> Iterator[tuple[PlannedRow, Choice | None]]:
        """Each row with the choice made for it; the generator resumes once the caller has written it."""
        directory = Directory(everybody(self._today, with_notes=Field.NOTE in mapping.fields))
        seen: set[tuple[str, ...]] = set()
        for parsed in parsing.rows(table, mapping, self._today):
            planned = self._plan(parsed, directory, repeats=parsed.person.key in seen)
            seen.add(parsed.person.key)
            choice = accepted(planned)
            yield planned, choice
            if choice is not None:
                self._absorb(planned, choice)

    def _absorb(self, planned: PlannedRow, choice: Choice) -> None:
        person, known = planned.parsed.person, choice.known
        if not known.names:
            known.names.append((person.given_name, person.family_name))
            self._brought[person.key] = known
            if planned.site:
                known.sites.add(planned.site.pk)
                known.written = self._importer.written.get(planned.site.pk, frozenset())
        for change in choice.changes:
            absorb(known, change)

    def _plan(self, parsed: ParsedRow, directory: Directory, *, repeats: bool) -> PlannedRow:
        site = self._importer.site_named(parsed.person.site, self._default)
        problems = [*parsed.problems, *_unstorable(parsed.person, self._today)]
        if site is None:
            problems.append(Problem(Field.SITE, Severity.REFUSED, no_such_site(parsed.person.site)))
        else:
            written = self._importer.written.get(site.pk, frozenset())
            # A remark about what the actor does not write is no reason to ask her.
            problems = [one for one in problems if one.field is None or COMPARTMENT_OF[one.field].value in written]
        parsed = replace(parsed, problems=tuple(problems))
        if parsed.is_refused or site is None:
            return PlannedRow(parsed, Verb.REFUSE, site, reasons=list(parsed.reasons))
        planned = PlannedRow(parsed, Verb.ASK, site, repeats=repeats)
        planned.reasons = [problem.sentence for problem in problems]
        if said := self._unknown_colleague(parsed.person, site):
            planned.reasons.append(said)
        brought = self._brought.get(parsed.person.key)
        match = Match(same=brought) if brought else directory.find(parsed.person, site.operator_id)
        if match.same:
            self._plan_same(planned, match.same, site)
        elif match.candidates:
            self._plan_candidates(planned, match, site)
        else:
            self._plan_new(planned, site)
        return planned

    def _unknown_colleague(self, person: PersonRow, site: Site) -> str:
        if not person.counsellor or self._importer.colleague(person.counsellor, site.pk):
            return ""
        sentence = _("« %(name)s » ne suit personne au chantier %(site)s : le référent n’est pas repris.")
        return sentence % {"name": person.counsellor, "site": site}

    def _differences(self, planned: PlannedRow, known: Known, site: Site) -> list[Difference]:
        return differences(planned.parsed.person, known, site, self._importer, self._today)

    def _plan_same(self, planned: PlannedRow, known: Known, site: Site) -> None:
        planned.known = known
        planned.changes = self._differences(planned, known, site)
        if not planned.changes:
            planned.verb = Verb.NOTHING
            return
        planned.reasons += [change.doubt for change in planned.changes if change.doubt]
        if site.pk not in known.sites:
            sentence = _("%(name)s n’est pas accompagnée aujourd’hui par le chantier %(site)s.")
            planned.reasons.append(sentence % {"name": known.name, "site": site})
        if planned.reasons:
            label = _("Compléter le dossier de %s") % known.name_and_birth
            planned.choices = [Choice("accept", label, known, planned.changes)]
        else:
            planned.verb = Verb.CHANGE

    def _plan_candidates(self, planned: PlannedRow, match: Match, site: Site) -> None:
        planned.reasons.insert(
            0,
            _("Cet identifiant est celui de quelqu’un d’autre.")
            if match.by_identifier
            else _("Quelqu’un de très proche est déjà accompagné : est-ce la même personne ?"),
        )
        for known in match.candidates:
            label = _("C’est %s") % known.name_and_birth
            planned.choices.append(
                Choice(f"person:{known.person_id}", label, known, self._differences(planned, known, site))
            )
        person = planned.parsed.person
        fresh = Known()
        changes = self._differences(planned, fresh, site)
        planned.choices.append(Choice("new", _("C’est quelqu’un d’autre : ouvrir son dossier"), fresh, changes))
        planned.since = since(person, self._today)

    def _plan_new(self, planned: PlannedRow, site: Site) -> None:
        planned.known = Known()
        planned.changes = self._differences(planned, planned.known, site)
        planned.since = since(planned.parsed.person, self._today)
        if planned.reasons:
            planned.choices = [Choice("accept", _("Ouvrir son dossier"), planned.known, planned.changes)]
        else:
            planned.verb = Verb.CREATE


def since(person: PersonRow, today: date) -> date:
    """The day of entry, else that of the contract; today when neither is known or both are to come."""
    known = person.entry_date or contract_start(person) or today
    return min(known, today)


def _unstorable(person: PersonRow, today: date) -> list[Problem]:
    """What a file's own reading accepts and a person's file does not."""
    problems = []
    for one, text in ((Field.FAMILY_NAME, person.family_name), (Field.GIVEN_NAME, person.given_name)):
        if len(text) > LONGEST_NAME:
            sentence = _("Ce nom est trop long (%d caractères au plus).") % LONGEST_NAME
            problems.append(Problem(one, Severity.REFUSED, sentence))
    if any(len(other.name) > LONGEST_NAME for other in person.other_names):
        sentence = _("Un autre nom est trop long (%d caractères au plus).") % LONGEST_NAME
        problems.append(Problem(Field.OTHER_NAME, Severity.REFUSED, sentence))
    if person.entry_date and person.entry_date > today:
        sentence = _("La date d’entrée est dans le futur : importez cette ligne le jour où la personne arrive.")
        problems.append(Problem(Field.ENTRY_DATE, Severity.REFUSED, sentence))
    starts = contract_start(person)
    if starts and person.contract_end and person.contract_end < starts:
        if not (person.contract_start and person.contract_end < person.contract_start):
            sentence = _("La fin du contrat vient avant la date d’entrée : vérifiez les deux dates.")
            problems.append(Problem(Field.CONTRACT_END, Severity.REFUSED, sentence))
    elif starts is None and (person.contract_end or person.weekly_hours):
        sentence = _("Le contrat n’a pas de date de début : il n’est pas repris.")
        problems.append(Problem(Field.CONTRACT_START, Severity.DOUBTFUL, sentence))
    return problems


# -- the plan as the preview shows it ----------------------------------------------------------------------------


def everything(planned: PlannedRow) -> Choice | None:
    """The preview supposes that whatever can be accepted is: later rows are then compared with it."""
    match planned.verb:
        case Verb.CREATE | Verb.CHANGE:
            return Choice("", "", planned.known, planned.changes)
        case Verb.ASK if not planned.choices[0].code.startswith("person:"):
            return planned.choices[0]
    return None


def preview(table: Table, mapping: Mapping, importer: Importer, default: Site, today: date) -> dict[str, Any]:
    """The plan in words, as it is kept: ``rows``, ``counts`` by verb, ``notices``.

    A row that changes nothing is only counted.
    """
    rows = []
    counts = dict.fromkeys((verb.value for verb in Verb), 0)
    for planned, _choice in Planner(importer, default, today).rows(table, mapping, everything):
        counts[planned.verb.value] += 1
        if planned.verb is not Verb.NOTHING:
            rows.append(_row_in_words(planned))
    return {
        "rows": rows,
        "counts": counts,
        "notices": notices(table, mapping, importer, default),
        "day": today.isoformat(),
    }


def notices(table: Table, mapping: Mapping, importer: Importer, default: Site) -> list[str]:
    """What to say above the preview about the reading as a whole."""
    said = [*table.notices, *parsing.date_notices(table, mapping)]
    written = importer.written.get(default.pk, frozenset())
    closed = [one.label for one in Field if one in mapping.fields and COMPARTMENT_OF[one].value not in written]
    if closed:
        said.append(
            _("Votre fonction ne permet pas de noter : %s. Ces colonnes sont laissées de côté.") % ", ".join(closed)
        )
    told = {Field.CONTRACT_START, Field.CONTRACT_END, Field.WEEKLY_HOURS} & set(mapping.fields)
    if told and Field.CONTRACT_KIND not in mapping.fields:
        said.append(_("Le fichier ne dit pas le type des contrats : ils sont compris comme des CDDI."))
    if {Field.HOUSING, Field.RSA, Field.RQTH} & set(mapping.fields) - _closed_fields(mapping, written):
        said.append(
            _("Le logement, le RSA et la RQTH sont notés à partir d’aujourd’hui : la liste n’en dit pas le début.")
        )
    return said


def _closed_fields(mapping: Mapping, written: frozenset[str]) -> set[Field | None]:
    return {one for one in mapping.fields if one and COMPARTMENT_OF[one].value not in written}


def _row_in_words(planned: PlannedRow) -> dict[str, Any]:
    person = planned.parsed.person
    return {
        "number": planned.parsed.number,
        "verb": planned.verb.value,
        "name": " ".join(filter(None, (person.given_name, person.family_name))),
        "birth": str(person.birth or ""),
        "site": str(planned.site) if planned.site else person.site,
        "since": planned.since.isoformat() if planned.since else "",
        "person": planned.known.person_id,
        "changes": _said(planned.changes),
        "reasons": planned.reasons,
        "choices": [
            {
                "code": choice.code,
                "label": choice.label,
                "person": choice.known.person_id,
                "changes": _said(choice.changes),
            }
            for choice in planned.choices
        ],
        "print": planned.print,
    }
