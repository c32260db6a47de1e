"""What is noted of the people whom an import may concern, read in bulk: a fixed number of queries for any list."""

from dataclasses import dataclass, field
from datetime import date

from convergence.access.models import Readable
from convergence.intake.dates import PartialDate
from convergence.intake.models import ExternalIdentifier
from convergence.pathways.models import Contract, OfficialHire, OfficialPass, Pass
from convergence.pathways.recording import Terms
from convergence.people.models import Assignment, CivilStatus, PersonName, Support
from convergence.situations.models import Situation
from convergence.support.models import Note
from convergence.territories.periods import last_day
from convergence.vocabulary.people import NameKind

ASPECTS_OF_LISTS = ("housing", "residence_permit", "rqth", "rsa")


@dataclass
class KnownContract:
    """A contract at a site; ``row`` is None while it is only foreseen."""

    terms: Terms
    row: Contract | None = None


@dataclass
class Known:
    """What is noted of one person, as far as the actor reads it.

    :param person_id: None for somebody whom the list brings.
    :param names: (given, family), the usual one first.
    :param running: code and expiry of the running situations, by aspect.
    :param referents: who follows her today, by role: (user id, name).
    :param notes: texts that imports wrote, where the list brings notes.
    :param passes, hires: what the State's tool said, where its export is imported.
    :param pass_numbers: of the PASS that the team noted itself, likewise.
    :param written: compartments that the actor writes.
    """

    person_id: int | None = None
    names: list[tuple[str, str]] = field(default_factory=list)
    birth: PartialDate | None = None
    sex: str = ""
    phone: str = ""
    email: str = ""
    languages: str = ""
    sites: set[int] = field(default_factory=set)
    identifiers: set[tuple[int, str]] = field(default_factory=set)
    contracts: list[KnownContract] = field(default_factory=list)
    running: dict[str, tuple[str, date | None]] = field(default_factory=dict)
    referents: dict[str, tuple[int, str]] = field(default_factory=dict)
    notes: set[str] = field(default_factory=set)
    passes: list[OfficialPass] = field(default_factory=list)
    hires: list[OfficialHire] = field(default_factory=list)
    pass_numbers: set[str] = field(default_factory=set)
    written: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        return " ".join(filter(None, self.names[0])) if self.names else ""

    @property
    def name_and_birth(self) -> str:
        return f"{self.name} ({self.birth})" if self.birth else self.name


def birth_of(civil: CivilStatus) -> PartialDate | None:
    """The birth as partial dates know it; None where the year is missing or the day does not exist."""
    if civil.birth_year is None:
        return None
    try:
        return PartialDate(civil.birth_year, civil.birth_month, civil.birth_day)
    except ValueError:
        return PartialDate(civil.birth_year, civil.birth_month)


def everybody(today: date, *, with_notes: bool = False, with_sayings: bool = False) -> list[Known]:
    """All the people whom the actor reads today, candidates apart: a list tells of those who are supported.

    :param with_sayings: with what the State's tool said of them.
    """
    people: dict[int, Known] = {}
    supported = Readable.objects.filter(compartment="identity", valid__contains=today).exclude(origin="candidacy")
    names = (
        PersonName.objects.current()
        .filter(person_id__in=supported.values("person_id"))
        .only("person_id", "kind", "given_name", "family_name")
    )
    for name in sorted(names, key=lambda name: (name.kind != NameKind.USUAL, name.pk)):
        known = people.setdefault(name.person_id, Known(name.person_id))
        known.names.append((name.given_name, name.family_name))
    for civil in CivilStatus.objects.current().filter(person_id__in=people):
        known = people[civil.person_id]
        known.birth, known.sex, known.phone = birth_of(civil), civil.sex, civil.phone
        known.email, known.languages = civil.email, civil.languages
    for support in Support.objects.current().valid_on(today):
        if support.person_id in people:
            people[support.person_id].sites.add(support.site_id)
    for identifier in ExternalIdentifier.objects.current():
        if identifier.person_id in people:
            people[identifier.person_id].identifiers.add((identifier.operator_id, identifier.value))
    _add_work(people)
    _add_situations(people, today)
    if with_notes:
        _add_notes(people)
    if with_sayings:
        _add_sayings(people)
    for assignment in Assignment.objects.current().valid_on(today).select_related("mission__user"):
        if assignment.person_id in people:
            user = assignment.mission.user
            people[assignment.person_id].referents[assignment.mission.role] = (user.pk, user.get_full_name())
    rights = Readable.objects.filter(may_write=True, valid__contains=today).values_list("person_id", "compartment")
    for person_id, compartment in rights:
        if person_id in people:
            people[person_id].written |= {compartment}
    return list(people.values())


def _add_work(people: dict[int, Known]) -> None:
    for contract in Contract.objects.current().filter(site__isnull=False):
        if contract.person_id in people and contract.starts is not None:
            terms = Terms(
                kind=contract.kind,
                starts=contract.starts,
                last_day=last_day(contract.valid),
                programme=contract.programme,
                site_id=contract.site_id,
                weekly_hours=contract.weekly_hours,
            )
            people[contract.person_id].contracts.append(KnownContract(terms, contract))


def _add_situations(people: dict[int, Known], today: date) -> None:
    facts = Situation.objects.current().valid_on(today).filter(aspect__in=ASPECTS_OF_LISTS).defer("detail")
    for fact in facts:
        if fact.person_id in people:
            people[fact.person_id].running[fact.aspect] = (fact.value or fact.missing, fact.expires_on)


def _add_notes(people: dict[int, Known]) -> None:
    """The texts that imports wrote, opened, so that none is written twice."""
    for note in Note.objects.current().filter(source__startswith="import:"):
        if note.person_id in people:
            people[note.person_id].notes.add(str(note.body))


def _add_sayings(people: dict[int, Known]) -> None:
    for told in OfficialPass.objects.current():
        if told.person_id in people:
            people[told.person_id].passes.append(told)
    for hire in OfficialHire.objects.current():
        if hire.person_id in people:
            people[hire.person_id].hires.append(hire)
    for person_id, number in Pass.objects.current().exclude(number="").values_list("person_id", "number"):
        if person_id in people:
            people[person_id].pass_numbers.add(number)
