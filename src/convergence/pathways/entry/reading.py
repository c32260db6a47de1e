"""Candidacies as pages tell them, for any number of people in a fixed number of queries.

Dates, site, kind of referrer, outcome and criteria are plain columns of ``Candidacy``, ``CandidacyDecision`` and
``EligibilityProof``, joined by the candidacy's series and by person and site.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from convergence.pathways.models import (
    Candidacy,
    CandidacyDecision,
    CandidacyMeeting,
    Contract,
    EligibilityControl,
    EligibilityProof,
    Hiring,
)
from convergence.people.models import CivilStatus, PersonName
from convergence.rules.candidacies import (
    Diagnosis,
    HiringLine,
    Standing,
    gap_of,
    hiring_lines,
    standing,
    waited,
)
from convergence.rules.eligibility import (
    Proof,
    control_answer_by,
    criterion_rule,
    diagnosis_stands_until,
    proof_stands_until,
)
from convergence.rules.facts import Spell
from convergence.rules.french import said_in_full
from convergence.rules.retention import kept_until
from convergence.territories.models import Site
from convergence.vocabulary.eligibility import Criterion, DiagnosisAuthor
from convergence.vocabulary.orientations import CandidacyOutcome
from convergence.vocabulary.people import NameKind
from convergence.vocabulary.structures import EmployerKind

STEPS = {
    "declaration": "declared_on",
    "right_to_work": "right_to_work_asked_on",
    "contract_handed_over": "contract_handed_over_on",
    "health_visit": "health_visit_on",
}
"""Steps of ``rules.hiring``, and the column of ``Hiring`` that says on which day each was done."""


@dataclass(frozen=True)
class ProofLine:
    """A paper as a list shows it: what it proves, and until when it counts, or why it does not on a day."""

    row: EligibilityProof
    what: str
    until: date | None
    gap: str


@dataclass
class Told:
    """A candidacy with all that was noted of it; decisions and meetings in the order of their days."""

    candidacy: Candidacy
    today: date
    name: str = ""
    decisions: list[CandidacyDecision] = field(default_factory=list)
    meetings: list[CandidacyMeeting] = field(default_factory=list)
    proofs: list[EligibilityProof] = field(default_factory=list)
    hiring: Hiring | None = None
    civil: CivilStatus | None = None

    @property
    def latest(self) -> CandidacyDecision | None:
        return self.decisions[-1] if self.decisions else None

    @property
    def outcome(self) -> CandidacyOutcome | None:
        return CandidacyOutcome(self.latest.outcome) if self.latest else None

    @property
    def is_open(self) -> bool:
        return self.candidacy.ends is None

    @property
    def closed_on(self) -> date | None:
        return self.candidacy.ends - timedelta(days=1) if self.candidacy.ends else None

    @property
    def started(self) -> bool:
        return not self.is_open and self.outcome is CandidacyOutcome.HIRED

    @property
    def unanswered(self) -> bool:
        return self.is_open and not self.decisions and not self.meetings

    @property
    def kept_until(self) -> date | None:
        """The last day on which the team reads a candidacy closed without a start."""
        return kept_until("candidacy", self.closed_on) if self.closed_on and not self.started else None

    @property
    def spells(self) -> list[Spell]:
        """The times spent on the waiting list."""
        closed = self.candidacy.ends
        return [
            Spell(decision.starts, decision.ends or closed)
            for decision in self.decisions
            if decision.outcome == CandidacyOutcome.WAITING
        ]

    @property
    def days_waited(self) -> int:
        return waited(self.spells, self.today)

    @property
    def judged_on(self) -> date:
        """The day on which eligibility counts: that of the first day at work once it is known, or else today."""
        if self.hiring is not None and (self.started or self.hiring.first_day > self.today):
            return self.hiring.first_day
        return self.today

    @property
    def standing(self) -> Standing:
        return standing_of(self.proofs, self.judged_on, born_on(self.civil))

    @property
    def proof_lines(self) -> list[ProofLine]:
        return [proof_line(row, self.judged_on) for row in self.proofs]

    @property
    def lines(self) -> list[HiringLine]:
        return lines_of(self.hiring, self.today) if self.hiring else []

    @property
    def late(self) -> list[HiringLine]:
        return [line for line in self.lines if line.state == "late"]


@dataclass(frozen=True)
class ControlLine:
    """A control, the last day to send its papers, and whether that day has passed without them."""

    row: EligibilityControl
    answer_by: date
    late: bool


@dataclass
class Dossier:
    """What one site knows of a person's entry; ``judged_on`` is the day on which her eligibility counts there."""

    site: Site
    judged_on: date
    standing: Standing
    proof_lines: list[ProofLine]
    candidacies: list[Told]
    controls: list[ControlLine]
    hired: bool

    @property
    def hirings(self) -> list[Told]:
        return [told for told in self.candidacies if told.hiring is not None]

    @property
    def lacks(self) -> tuple[str, ...]:
        """What a control would find missing: the criteria themselves, then papers that do not count."""
        return self.standing.gaps if self.standing.eligible else (self.standing.sentence, *self.standing.gaps)

    @property
    def under_control(self) -> bool:
        return any(line.row.ends is None for line in self.controls)


def dossiers(person_id: int, sites: Iterable[Site], today: date) -> list[Dossier]:
    """What each of these sites knows of a person's entry, where it knows something; eight queries."""
    at = {site.pk: site for site in sites}
    rows = Candidacy.objects.current().filter(person_id=person_id, site_id__in=at).order_by("-valid")
    people = _People.of([person_id])
    told = _tell(list(rows.select_related("site")), people, today, with_words=False)
    controls: dict[int, list[ControlLine]] = defaultdict(list)
    for control in EligibilityControl.objects.current().filter(person_id=person_id, site_id__in=at).order_by("-valid"):
        answer_by = control_answer_by(control.valid.lower)
        unanswered_yet = control.answered_on is None and not control.result
        controls[control.site_id].append(ControlLine(control, answer_by, unanswered_yet and today > answer_by))
    entries: dict[int, date | None] = {}
    for contract in Contract.objects.current().filter(person_id=person_id, site_id__in=at).order_by("-valid"):
        if contract.site_id is not None:
            entries[contract.site_id] = contract.starts
    born = born_on(people.civils.get(person_id))
    found = []
    for site_id, site in at.items():
        here = [each for each in told if each.candidacy.site_id == site_id]
        papers = people.proofs.get((person_id, site_id), [])
        if here or papers or controls[site_id] or site_id in entries:
            judged_on = entries.get(site_id) or (here[0].judged_on if here else today)
            found.append(
                Dossier(
                    site=site,
                    judged_on=judged_on,
                    standing=standing_of(papers, judged_on, born),
                    proof_lines=[proof_line(row, judged_on) for row in papers],
                    candidacies=here,
                    controls=controls[site_id],
                    hired=site_id in entries,
                )
            )
    return found


def proof_line(row: EligibilityProof, on: date) -> ProofLine:
    """What a paper proves, and whether it counts on a day."""
    if row.diagnosis_by:
        author = DiagnosisAuthor(row.diagnosis_by)
        until = diagnosis_stands_until(author, row.made_on)
        said = f"expiré depuis le {said_in_full(until)}" if until < on else ""
        return ProofLine(row, f"Diagnostic\u00a0: {author.label.lower()}", until, said)
    criterion = Criterion(row.criterion)
    rule = criterion_rule(criterion, on)
    ages = None if rule is None or rule.valid_on_the_day else proof_stands_until(criterion, row.made_on)
    gap = gap_of(Proof(criterion, row.made_on, row.valid_until), on)
    ends = [day for day in (ages, row.valid_until) if day]
    return ProofLine(row, criterion.label, min(ends, default=None), gap.partition("\u00a0: ")[2])


def standing_of(proofs: Iterable[EligibilityProof], on: date, born_on: date | None) -> Standing:
    """What the noted papers establish on a day."""
    papers = list(proofs)
    return standing(
        [Proof(Criterion(row.criterion), row.made_on, row.valid_until) for row in papers if row.criterion],
        [Diagnosis(DiagnosisAuthor(row.diagnosis_by), row.made_on) for row in papers if row.diagnosis_by],
        EmployerKind.ACI,
        on,
        born_on,
    )


def lines_of(hiring: Hiring, today: date) -> list[HiringLine]:
    """The checklist of a hiring on a day."""
    done = {code: day for code, column in STEPS.items() if (day := getattr(hiring, column))}
    return hiring_lines(
        hiring.first_day,
        done,
        today,
        foreign_permit=hiring.foreign_permit,
        registered_at_france_travail=hiring.registered_at_france_travail,
    )


def at_sites(site_ids: Collection[int]) -> QuerySet[Any]:
    """The candidacies that the actor reads at these sites, with their last decision's outcome and first day."""
    last = (
        CandidacyDecision.objects.current().filter(candidacy=OuterRef("series")).order_by("-valid__startswith", "-pk")
    )
    return (
        Candidacy.objects.current()
        .filter(site_id__in=site_ids)
        .select_related("site")
        .annotate(
            outcome=Subquery(last.values("outcome")[:1]), decided_on=Subquery(last.values("valid__startswith")[:1])
        )
    )


def under_way(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Open and not on the waiting list: those nobody answered first, then by day of orientation."""
    met = CandidacyMeeting.objects.current().filter(candidacy=OuterRef("series"))
    going = rows.filter(Q(outcome=None) | ~Q(outcome=CandidacyOutcome.WAITING), valid__upper_inf=True)
    ordered: QuerySet[Any] = going.annotate(met=Exists(met)).order_by("outcome", "met", "valid__startswith", "pk")
    return ordered


def waiting(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The waiting list: who has been on it for longest first."""
    there = rows.filter(outcome=CandidacyOutcome.WAITING, valid__upper_inf=True)
    return there.order_by("decided_on", "valid__startswith", "pk")


def closed(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Closed, the latest first."""
    return rows.filter(valid__upper_inf=False).order_by("-valid__endswith", "-pk")


def unanswered(site_ids: Collection[int]) -> QuerySet[Candidacy]:
    """People sent to these sites whom nobody has met nor answered."""
    met = CandidacyMeeting.objects.current().filter(candidacy=OuterRef("series"))
    decided = CandidacyDecision.objects.current().filter(candidacy=OuterRef("series"))
    sent = Candidacy.objects.current().filter(site_id__in=site_ids, valid__upper_inf=True)
    return sent.filter(~Exists(met), ~Exists(decided))


@dataclass(frozen=True)
class _People:
    """What is read of people whatever their candidacies: names, civil status, papers by person and site."""

    civils: dict[int, CivilStatus]
    proofs: dict[tuple[int, int], list[EligibilityProof]]
    names: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, person_ids: Collection[int]) -> "_People":
        """Two queries."""
        civils = CivilStatus.objects.current().filter(person_id__in=person_ids)
        return cls({civil.person_id: civil for civil in civils}, proofs_of(person_ids))


def tell(candidacies: Collection[Candidacy], today: date, *, with_words: bool = False) -> list[Told]:
    """Each candidacy with all that was noted of it; six queries.

    :param with_words: sealed reasons and words too, for a page about one of them, which has her name already.
    """
    persons = {row.person_id for row in candidacies}
    people = _People.of(persons)
    if not with_words:
        for name in PersonName.objects.current().filter(person_id__in=persons, kind=NameKind.USUAL):
            people.names[name.person_id] = str(name)
    return _tell(candidacies, people, today, with_words=with_words)


def _tell(candidacies: Collection[Candidacy], people: _People, today: date, *, with_words: bool) -> list[Told]:
    told = {
        row.series: Told(
            row,
            today,
            name=people.names.get(row.person_id, ""),
            proofs=people.proofs.get((row.person_id, row.site_id), []),
            civil=people.civils.get(row.person_id),
        )
        for row in candidacies
    }
    decisions = CandidacyDecision.objects.current().filter(candidacy__in=told).select_related("recorded_by")
    meetings = CandidacyMeeting.objects.current().filter(candidacy__in=told).select_related("colleague")
    if not with_words:
        decisions, meetings = decisions.defer("reason"), meetings.defer("words")
    for decision in decisions.order_by("valid"):
        told[decision.candidacy].decisions.append(decision)
    for meeting in meetings.order_by("valid", "pk"):
        told[meeting.candidacy].meetings.append(meeting)
    for hiring in Hiring.objects.current().filter(candidacy__in=told):
        told[hiring.candidacy].hiring = hiring
    return list(told.values())


def proofs_of(person_ids: Collection[int]) -> dict[tuple[int, int], list[EligibilityProof]]:
    """The papers that each site has seen of each person, the latest first."""
    found: dict[tuple[int, int], list[EligibilityProof]] = defaultdict(list)
    rows = EligibilityProof.objects.current().filter(person_id__in=person_ids)
    for row in rows.order_by("-made_on", "-pk"):
        found[row.person_id, row.site_id].append(row)
    return found


def born_on(civil: CivilStatus | None) -> date | None:
    """The day of birth, where the whole of it is known and exists."""
    if civil is None or not (civil.birth_year and civil.birth_month and civil.birth_day):
        return None
    try:
        return date(civil.birth_year, civil.birth_month, civil.birth_day)
    except ValueError:
        return None


def entered_on(person_id: int, site_id: int) -> date | None:
    """The day on which eligibility counted at a site: the first day of the first contract there."""
    first = Contract.objects.current().filter(person_id=person_id, site_id=site_id).order_by("valid").first()
    return first.starts if first else None


def open_controls(person_ids: Collection[int]) -> Iterable[tuple[int, date]]:
    """(person, day on which it was asked) of every control whose papers were not sent and that is not closed."""
    rows = EligibilityControl.objects.current().filter(person_id__in=person_ids, answered_on=None, result="")
    return rows.values_list("person_id", "valid__startswith")


def missing_steps(person_ids: Collection[int]) -> Iterator[tuple[int, str, date]]:
    """(person, step, last day) of every line of a hiring that nobody noted as done."""
    for hiring in Hiring.objects.current().filter(person_id__in=person_ids):
        for line in lines_of(hiring, hiring.first_day):
            if line.done_on is None:
                yield hiring.person_id, line.step.code, line.step.due_on
