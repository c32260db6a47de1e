"""What an export would do, person by person, before anything is written.

Sayings (a PASS, a hiring) are noted beside ours. Where ours says otherwise, the difference is shown side by side and
ours stays, unless somebody chooses theirs for that one. The same plan is made twice, for the preview and when it is
written; a person whose plan is no longer the one that was shown stays out.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from django.db import connection
from django.utils.translation import gettext as _

from convergence.access.models import User
from convergence.intake.actor import Importer
from convergence.intake.differences import ContractChange, Difference, NameChange, differences, terms_said
from convergence.intake.fields import Field
from convergence.intake.known import Known, KnownContract, everybody
from convergence.intake.matching import ALIKE_WITH_BIRTH, Directory, likeness, mistakable, name_key
from convergence.intake.official.rows import Group, groups, lines, pass_number
from convergence.intake.planning import Verb, since
from convergence.intake.reading import Table
from convergence.pathways.models import OfficialHire
from convergence.pathways.official import HireSaid, PassSaid, differs, noted_hires, told_contract
from convergence.pathways.recording import Terms
from convergence.territories.models import Site
from convergence.territories.periods import days, last_day
from convergence.vocabulary.contracts import ContractKind
from convergence.vocabulary.passes import HireState, PassState
from convergence.vocabulary.people import NameKind

DAY = "%d/%m/%Y"


@dataclass(frozen=True)
class Saying:
    """Something that the tool says, to be noted beside ours.

    :param now: what it said before; empty for the first time.
    """

    label: str
    now: str
    said: str
    value: PassSaid | HireSaid


@dataclass(frozen=True)
class Conflict:
    """Ours and theirs side by side.

    :param code: which one, for the form.
    :param ours_by: who said ours and when.
    :param change: what choosing theirs would write; None where only a human's hand on the page can settle it.
    """

    code: str
    label: str
    ours: str
    theirs: str
    ours_by: str = ""
    change: Difference | None = None


@dataclass
class Option:
    """One way to take a person: into which file, what is noted, what stays open."""

    code: str
    label: str
    known: Known
    sayings: list[Saying] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    changes: list[Difference] = field(default_factory=list)


@dataclass
class PlannedPerson:
    """A person of the export and what would become of her.

    :param options: the only one of a plain change, or the answers to a question; leaving out is always possible.
    :param unknown: nobody here has that PASS or that name.
    """

    group: Group
    verb: Verb
    options: list[Option] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    unknown: bool = False
    stale: bool = False

    @property
    def print(self) -> str:
        """Equal for two plans that would do the same."""
        told = [
            (
                option.code,
                option.known.person_id,
                [(one.label, one.now, one.said) for one in option.sayings],
                [(one.code, one.ours, one.theirs) for one in option.conflicts],
                [(one.label, one.now, one.said) for one in option.changes],
            )
            for option in self.options
        ]
        return hashlib.sha256(repr((self.verb.value, told)).encode()).hexdigest()[:16]


class OfficialPlanner:
    """Plans the people of one export for one actor.

    :param sites: employer as the export names it → her site.
    :param said_on: the day of the export.
    """

    def __init__(self, importer: Importer, default: Site, sites: Mapping[str, int], said_on: date, today: date) -> None:
        self._importer, self._default, self._today, self._said_on = importer, default, today, said_on
        self._sites = {name: pk for name, pk in sites.items() if pk in importer.sites}
        self._taken: dict[int, int] = {}

    def people(self, table: Table) -> Iterator[PlannedPerson]:
        """Each person of the export, in its order; applications of people unknown and not hired are left out."""
        known = everybody(self._today, with_sayings=True)
        self._directory = Directory(known)
        self._holders: dict[str, list[Known]] = defaultdict(list)
        for one in known:
            numbers = {told.number for told in one.passes} | one.pass_numbers
            numbers |= {number for _operator, value in one.identifiers if (number := pass_number(value))}
            for number in numbers:
                self._holders[number].append(one)
        self._authors = _authors(known)
        found = groups(lines(table, self._said_on, self._sites, self._today))
        self._elsewhere: set[str] = set()
        by_id = {one.person_id: one for one in known}
        for number, linked_to in _noted_elsewhere({said.number for group in found for said in group.passes}):
            if linked_to in by_id:
                # A link shares the PASS: whoever has it in her other file has it.
                self._holders[number].append(by_id[linked_to])
            else:
                self._elsewhere.add(number)
        for group in found:
            planned = self._plan(group)
            if planned is not None:
                yield planned

    # -- who she is ----------------------------------------------------------------------------------------------

    def _plan(self, group: Group) -> PlannedPerson | None:
        holders = {id(one): one for said in group.passes for one in self._holders.get(said.number, [])}
        people = list(holders.values())
        match = None if group.masked else self._directory.find(group.person, self._default.operator_id)
        if not people and (match is None or not (match.same or match.candidates)):
            return self._unknown(group)
        if group.refusals:
            return PlannedPerson(group, Verb.REFUSE, reasons=group.refusals)
        if len(people) == 1:
            return self._same(group, people[0], self._doubts_about(group, people[0], match.same if match else None))
        if match and match.same and not people:
            return self._same(group, match.same, [])
        planned = PlannedPerson(group, Verb.ASK)
        if people:
            planned.reasons.append(_("Plusieurs dossiers portent ce numéro de PASS."))
        else:
            people = match.candidates if match else []
            planned.reasons.append(_("Quelqu’un de très proche est déjà accompagné : est-ce la même personne ?"))
        for one in people:
            planned.options.append(self._option(group, one, f"person:{one.person_id}", _("C’est %s")))
        planned.reasons += self._reserves(group, None)
        if self._hires_here(group) and not group.masked and not holders:
            planned.options.append(self._newcomer(group, _("C’est quelqu’un d’autre : ouvrir son dossier")))
        return planned

    def _doubts_about(self, group: Group, holder: Known, named: Known | None) -> list[str]:
        """Why the holder of the PASS may not be whom the export names."""
        if group.masked:
            return []
        if named is not None and named is not holder:
            sentence = _("Le PASS est noté au dossier de %(holder)s ; le nom et la naissance sont ceux de %(named)s.")
            return [sentence % {"holder": holder.name_and_birth, "named": named.name_and_birth}]
        key = name_key(group.person.given_name, group.person.family_name)
        same_birth = group.person.birth is not None and group.person.birth == holder.birth
        if not mistakable(holder.birth, group.person.birth):
            return [_("Le PASS est noté au dossier de %s : la naissance n’est pas la même.") % holder.name_and_birth]
        if not same_birth and likeness(key, holder) < ALIKE_WITH_BIRTH:
            return [_("Le PASS est noté au dossier de %s : le nom n’est pas le même.") % holder.name_and_birth]
        return []

    def _same(self, group: Group, known: Known, doubts: list[str]) -> PlannedPerson:
        option = self._option(group, known, "accept", _("Noter au dossier de %s"))
        planned = PlannedPerson(group, Verb.CHANGE, [option], stale=self._stale(group, known))
        if not option.sayings:
            return PlannedPerson(group, Verb.NOTHING, stale=planned.stale)
        planned.reasons = [*doubts, *self._reserves(group, known)]
        first = self._taken.setdefault(known.person_id or 0, group.number)
        if first != group.number:
            planned.reasons.append(_("La ligne %d parle déjà de cette personne.") % first)
        if planned.reasons:
            planned.verb = Verb.ASK
        return planned

    def _unknown(self, group: Group) -> PlannedPerson | None:
        """Somebody hired at one of the actor's sites may be let in, if she says so; the others are not her business."""
        if group.refusals and any(line.is_hired and line.employer in self._sites for line in group.lines):
            return PlannedPerson(group, Verb.REFUSE, reasons=group.refusals, unknown=True)
        if group.refusals or not self._hires_here(group):
            return None
        if group.masked:
            sentence = _("Les emplois cachent le nom de cette personne, et personne ici n’a ce numéro de PASS.")
            return PlannedPerson(group, Verb.REFUSE, reasons=[sentence], unknown=True)
        reasons = [_("Cette personne n’est pas accompagnée ici."), *self._reserves(group, None)]
        return PlannedPerson(group, Verb.ASK, [self._newcomer(group, _("Ouvrir son dossier"))], reasons, unknown=True)

    def _reserves(self, group: Group, known: Known | None) -> list[str]:
        """What somebody should know before the sayings are noted."""
        noted = {told.number for told in known.passes} if known else set()
        reserves = list(group.remarks)
        reserves += [
            _("Le PASS %s est déjà noté ailleurs, dans un dossier que vous ne voyez pas.") % said.shown_number
            for said in group.passes
            if said.number in self._elsewhere and said.number not in noted
        ]
        if len(group.passes) > 1:
            reserves.append(_("L’export donne plusieurs numéros de PASS à cette personne."))
        for said in group.passes if known else ():
            period = days(said.starts, said.last_day)
            if any(
                told.number != said.number and told.valid.lower < period.upper and period.lower < told.valid.upper
                for told in (known.passes if known else ())
            ):
                reserves.append(_("Un autre PASS est noté aux mêmes dates que le %s.") % said.shown_number)
        return reserves

    # -- what is said of her -------------------------------------------------------------------------------------

    def _option(self, group: Group, known: Known, code: str, label: str) -> Option:
        option = Option(code, label % known.name_and_birth, known)
        for exported in group.passes:
            noted = next((told for told in known.passes if told.number == exported.number), None)
            # A name that the platform hides is not a name that it has changed.
            said = replace(exported, holder=noted.holder) if group.masked and noted else exported
            if said.is_news(noted):
                now = ""
                if noted is not None:
                    end = last_day(noted.valid) or date.max
                    now = _pass_said(PassSaid(noted.number, noted.valid.lower, end, PassState(noted.state), date.min))
                option.sayings.append(Saying(_("PASS %s") % said.shown_number, now, _pass_said(said), said))
        told = noted_hires([hire for hire, _kind in group.hires], known.hires)
        for place, ((hire, kind), noted_hire) in enumerate(zip(group.hires, told, strict=True)):
            if hire.is_news(noted_hire):
                self._add_hire(option, place, hire, kind, noted_hire)
        if option.sayings:
            option.conflicts = [*self._identity(group, known), *option.conflicts]
        return option

    def _add_hire(
        self, option: Option, place: int, hire: HireSaid, kind: ContractKind | None, noted: OfficialHire | None
    ) -> None:
        now = _hire_said(noted.starts, last_day(noted.valid), HireState(noted.state)) if noted else ""
        said = _hire_said(hire.starts, hire.last_day, hire.state)
        option.sayings.append(Saying(_("Embauche, %s") % hire.employer, now, said, hire))
        conflict = self._contract_conflict(option.known, f"hire{place}", hire, kind)
        if conflict is not None:
            option.conflicts.append(conflict)

    def _contract_conflict(self, known: Known, code: str, hire: HireSaid, kind: ContractKind | None) -> Conflict | None:
        rows = {id(one.row): one for one in known.contracts if one.row is not None}
        contracts = [one.row for one in known.contracts if one.row is not None]
        ours = told_contract(hire.site_id, hire.starts, hire.last_day, contracts)
        if not differs(hire, ours):
            return None
        noted = rows[id(ours)] if ours is not None else None
        theirs = _hire_said(hire.starts, hire.last_day, hire.state)
        said = terms_said(noted.terms) if noted else _("aucun contrat noté à ces dates")
        change = None
        if hire.state is HireState.ACCEPTED:
            terms = _terms(hire, kind, noted)
            if not any(one is not noted and overlap(one.terms, terms) for one in known.contracts):
                now = terms_said(noted.terms) if noted else ""
                change = Difference(Field.CONTRACT_START, now, terms_said(terms), ContractChange(terms, noted))
        return Conflict(code, _("Contrat"), said, theirs, self._by(noted), change)

    def _identity(self, group: Group, known: Known) -> list[Conflict]:
        if group.masked:
            return []
        found = []
        said = group.person
        keys = {name_key(*name) for name in known.names}
        told = {one.holder for one in known.passes}
        if name_key(said.given_name, said.family_name) not in keys and group.name not in told:
            spelling = NameChange(NameKind.SPELLING, said.given_name, said.family_name)
            change = Difference(Field.FAMILY_NAME, known.name, group.name, spelling)
            found.append(Conflict("name", _("Nom"), known.name, group.name, "", change))
        if said.birth and said.birth != known.birth:
            now = str(known.birth or "")
            change = Difference(Field.BIRTH_DATE, now, str(said.birth), said.birth)
            found.append(Conflict("birth", _("Naissance"), now or _("non notée"), str(said.birth), "", change))
        return found

    def _by(self, noted: KnownContract | None) -> str:
        if noted is None or noted.row is None:
            return ""
        day = noted.row.recorded_at.strftime(DAY)
        author = self._authors.get(noted.row.recorded_by_id or 0)
        return _("noté par %(who)s le %(day)s") % {"who": author, "day": day} if author else _("noté le %s") % day

    def _newcomer(self, group: Group, label: str) -> Option:
        """Her file, opened as any list would: names, civil status, the first contract; then the others."""
        known = Known()
        hires = sorted(self._hires_here(group), key=lambda pair: pair[0].starts)
        option = Option("new", label, known)
        first, kind = hires[0]
        site = self._importer.sites[first.site_id or 0]
        person = replace(
            group.person,
            contract_kind=kind or ContractKind.CDDI,
            contract_start=first.starts,
            contract_end=first.last_day,
        )
        option.changes = differences(person, known, site, self._importer, self._today)
        signed = [_terms(first, kind, None)]
        for hire, other_kind in hires[1:]:
            terms = _terms(hire, other_kind, None)
            if not any(overlap(terms, one) for one in signed if one.site_id == terms.site_id):
                signed.append(terms)
                option.changes.append(Difference(Field.CONTRACT_START, "", terms_said(terms), ContractChange(terms)))
        option.sayings = [Saying(_("PASS %s") % one.shown_number, "", _pass_said(one), one) for one in group.passes]
        option.sayings += [
            Saying(_("Embauche, %s") % hire.employer, "", _hire_said(hire.starts, hire.last_day, hire.state), hire)
            for hire, _kind in group.hires
        ]
        return option

    def place_of(self, planned: PlannedPerson) -> tuple[int, date]:
        """The site and the day at which a newcomer enters; an export may go back to before the site was entered."""
        first, _kind = min(self._hires_here(planned.group), key=lambda pair: pair[0].starts)
        person = replace(planned.group.person, contract_start=first.starts)
        opened = self._importer.sites[first.site_id or 0].open_over.lower or first.starts
        return first.site_id or 0, max(since(person, self._today), opened)

    def _hires_here(self, group: Group) -> list[tuple[HireSaid, ContractKind | None]]:
        return [(one, kind) for one, kind in group.hires if one.site_id and one.state is HireState.ACCEPTED]

    def _stale(self, group: Group, known: Known) -> bool:
        """Whether a later export was imported already for her."""
        said = {said.number: said for said in group.passes}
        return any(told.number in said and told.said_on > said[told.number].said_on for told in known.passes)


def _terms(hire: HireSaid, kind: ContractKind | None, noted: KnownContract | None) -> Terms:
    """The contract as the hiring tells it: its dates; everything else stays as noted."""
    if noted is not None:
        return replace(noted.terms, starts=hire.starts, last_day=hire.last_day or noted.terms.last_day)
    return Terms(
        kind=(kind or ContractKind.CDDI).value, starts=hire.starts, last_day=hire.last_day, site_id=hire.site_id
    )


def overlap(one: Terms, other: Terms) -> bool:
    """Whether two contracts would run at one site on some day."""
    if one.site_id != other.site_id:
        return False
    return one.starts <= (other.last_day or date.max) and other.starts <= (one.last_day or date.max)


def _pass_said(said: PassSaid) -> str:
    """« Valide, du 02/09/2024 au 01/09/2026 »."""
    return _("%(state)s, du %(first)s au %(last)s") % {
        "state": said.state.label,
        "first": said.starts.strftime(DAY),
        "last": said.last_day.strftime(DAY),
    }


def _hire_said(starts: date | None, ends: date | None, state: HireState) -> str:
    first = starts.strftime(DAY) if starts else "…"
    if state is HireState.CANCELLED:
        return _("embauche annulée, prévue le %s") % first
    if ends is None:
        return _("à partir du %s") % first
    return _("du %(first)s au %(last)s") % {"first": first, "last": ends.strftime(DAY)}


def _authors(people: Iterable[Known]) -> dict[int, str]:
    rows = [one.row for known in people for one in known.contracts]
    ids = {row.recorded_by_id for row in rows if row is not None and row.recorded_by_id is not None}
    return {user.pk: user.get_full_name() for user in User.objects.filter(pk__in=ids)}


def _noted_elsewhere(numbers: set[str]) -> list[tuple[str, int | None]]:
    """Those that stand in a file that the actor does not read, and whose other file it is where a link says so."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, linked_to FROM passes_noted_elsewhere(%s)", [sorted(numbers)])
        return list(cursor.fetchall())
