"""What the file would change, contract by contract, before anything is written."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from convergence.intake.models import ExternalIdentifier
from convergence.intake.payroll.rows import PayrollLine, words_of
from convergence.pathways.hours.models import MonthClosing
from convergence.pathways.hours.reading import HoursLine, lines_of
from convergence.pathways.hours.recording import Change
from convergence.people.models import PersonName
from convergence.rules.french import month_said, said_in_full
from convergence.rules.spans import month_of
from convergence.rules.worked_hours import Typed, check_typed
from convergence.territories.models import Site

MOST_MONTHS = 24
"""Months that one file may hold: two years of payroll."""


@dataclass
class PlannedHours:
    """A line of the file and what would become of it.

    :param standing: what stands, or what the contract foresees where nothing ``was_typed``.
    :param change: what would be written; None where nothing would.
    """

    line: PayrollLine
    standing: Typed | None = None
    person_id: int | None = None
    was_typed: bool = False
    change: Change | None = None
    reasons: list[str] = field(default_factory=list)


@dataclass
class _Month:
    """Who is under contract in a month, by what a file may call her."""

    lines: dict[int, list[HoursLine]]
    by_words: dict[tuple[str, ...], set[int]]
    by_matricule: dict[str, set[int]]
    closed: str


class PayrollPlanner:
    """Plans the lines of one file for one site; a fixed number of queries a month.

    :param site: whose contracts the hours are of.
    """

    def __init__(self, site: Site, today: date) -> None:
        self._site, self._today = site, today
        self._months: dict[date, _Month] = {}
        self._taken: dict[tuple[int, date], int] = {}

    def plan(self, lines: Iterable[PayrollLine]) -> list[PlannedHours]:
        """Each line in order."""
        found = list(lines)
        months = sorted({line.month for line in found if line.month and line.month <= month_of(self._today)})
        for month in months[-MOST_MONTHS:]:
            self._months[month] = self._month(month)
        return [self._planned(line) for line in found]

    def _month(self, month: date) -> _Month:
        by_person: defaultdict[int, list[HoursLine]] = defaultdict(list)
        for line in lines_of(self._site.pk, month):
            by_person[line.contract.person_id].append(line)
        by_words: defaultdict[tuple[str, ...], set[int]] = defaultdict(set)
        for name in PersonName.objects.current().filter(person_id__in=by_person):
            by_words[words_of(str(name))].add(name.person_id)
        by_matricule: defaultdict[str, set[int]] = defaultdict(set)
        identifiers = ExternalIdentifier.objects.current().filter(
            person_id__in=by_person, operator_id=self._site.operator_id
        )
        for person_id, value in identifiers.values_list("person_id", "value"):
            by_matricule[value.strip().lower()].add(person_id)
        return _Month(by_person, by_words, by_matricule, self._closed(month))

    def _closed(self, month: date) -> str:
        closing = MonthClosing.objects.current().filter(site=self._site, month=month, closed=True).first()
        if closing is None:
            return ""
        return _("%(month)s est clos depuis le %(day)s : rouvrez-le d’abord, en disant pourquoi.") % {
            "month": month_said(month).capitalize(),
            "day": said_in_full(closing.recorded_at.date()),
        }

    def _planned(self, line: PayrollLine) -> PlannedHours:
        planned = PlannedHours(line, reasons=list(line.refusals))
        if planned.reasons or line.month is None:
            return planned
        month = self._months.get(line.month)
        if month is None:
            early = line.month <= month_of(self._today)
            planned.reasons.append(
                _("Trop de mois dans ce fichier : gardez les %d derniers.") % MOST_MONTHS
                if early
                else _("%s n’a pas commencé : ses heures se notent le moment venu.")
                % month_said(line.month).capitalize()
            )
            return planned
        if month.closed:
            planned.reasons.append(month.closed)
            return planned
        self._match(planned, month, line.month)
        return planned

    def _match(self, planned: PlannedHours, month: _Month, when: date) -> None:
        line = planned.line
        people, why = _people(line, month)
        if len(people) != 1:
            planned.reasons.append(why % {"who": line.said, "month": month_said(when)})
            return
        (person_id,) = people
        planned.person_id = person_id
        first = self._taken.setdefault((person_id, when), line.number)
        contracts = month.lines[person_id]
        if first != line.number:
            planned.reasons.append(_("La ligne %d parle déjà de cette personne et de ce mois.") % first)
        elif len(contracts) > 1:
            planned.reasons.append(_("Deux contrats ce mois-ci : tapez ses heures sur la grille, contrat par contrat."))
        else:
            self._change(planned, contracts[0], when)

    def _change(self, planned: PlannedHours, held: HoursLine, when: date) -> None:
        line = planned.line
        planned.standing, planned.was_typed = held.typed, held.row is not None
        absent = {kind: hours for kind, hours in held.typed.absent.items() if kind not in line.absent}
        absent |= {kind: hours for kind, hours in line.absent.items() if hours}
        typed = Typed(
            held.typed.planned if line.planned is None else line.planned,
            held.typed.worked if line.worked is None else line.worked,
            absent,
        )
        planned.reasons += [str(refusal) for _cell, refusal in check_typed(typed, held.contract.period, when)]
        if not planned.reasons and (held.row is None or typed != held.typed):
            planned.change = Change(held.contract.series, held.row.pk if held.row else None, typed)


def _people(line: PayrollLine, month: _Month) -> tuple[set[int], str]:
    """Whom a line is about, and why nobody or several are found: a sentence with ``who`` and ``month``."""
    nobody = _("Aucune personne sous contrat ici en %(month)s ne s’appelle %(who)s : vérifiez le nom, ou ses contrats.")
    named = month.by_words.get(line.words, set()) if line.words else set()
    numbered = month.by_matricule.get(line.matricule.strip().lower(), set()) if line.matricule else set()
    if numbered and named and not numbered & named:
        return set(), _("Ce matricule est celui de quelqu’un d’autre que %(who)s : vérifiez le matricule.")
    if numbered and line.words and not named:
        return set(), _("Ce matricule est noté ici sous un autre nom que %(who)s : vérifiez le nom.")
    people = numbered & named if numbered and named else numbered or named
    if len(people) > 1:
        return people, _("Plusieurs personnes s’appellent %(who)s ici en %(month)s : ajoutez le matricule au fichier.")
    return people, nobody


def months_of(planned: Sequence[PlannedHours]) -> list[date]:
    """The months in which something would be written."""
    return sorted({each.line.month for each in planned if each.change is not None and each.line.month is not None})
