"""A review as the software writes it from the record, and as its author corrected it.

What was done is stored where those who support the person read it: only facts of the working and of the social side
enter it. Marks of health and justice stay in their compartments, and are printed by those who read them.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from convergence.pathways.models import Contract, Extension
from convergence.pathways.placements.reading import PLACEMENT, learning_of
from convergence.platform.dated import hold, revise
from convergence.platform.errors import ChangedMeanwhile
from convergence.reports.models import Review, ReviewNeed
from convergence.rules.french import said_in_full
from convergence.rules.spans import add_months
from convergence.situations.models import Situation
from convergence.support.models import Action, Contact, Need
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.contacts import ContactKind
from convergence.vocabulary.contracts import ContractKind
from convergence.vocabulary.goals import ActionOutcome
from convergence.vocabulary.needs import NEEDS, NeedKind
from convergence.vocabulary.reviews import MARK_OF_LEVEL, ReviewMark

MOST_MONTHS = 12
A_DAY = timedelta(days=1)
TOLD = (Compartment.WORK.value, Compartment.SOCIAL.value)
LONGEST_LIST = 20
"""At most so many changes are told: the latest."""


@dataclass(frozen=True)
class Marked:
    """One need as the review tells it; no mark where nobody assessed it.

    :param withheld: the reader may not know whether anybody did.
    """

    kind: NeedKind
    mark: ReviewMark | None = None
    words: str = ""
    withheld: bool = False


@dataclass(frozen=True)
class Written:
    """A review; ``version`` is the primary key of what stands, empty as long as nobody corrected it."""

    months: int
    done: str
    needs: tuple[Marked, ...]
    written_on: date
    version: str = ""


def review_of(extension: Extension, today: date, reads: Collection[str]) -> Written:
    """The review of a demand: as corrected, else from the record; within what the actor reads.

    :param reads: the compartments of the person that the actor reads.
    """
    person_id, demand = extension.person_id, extension.series
    saved = Review.objects.current().filter(person_id=person_id, demand=demand).first()
    marks = {row.need: row for row in ReviewNeed.objects.current().filter(person_id=person_id, demand=demand)}
    recorded = marks_of(person_id, today) if len(marks) < len(NEEDS) else {}
    needs = tuple(
        Marked(kind, ReviewMark(row.mark) if row.mark else None, row.words)
        if (row := marks.get(code)) is not None
        else Marked(kind, recorded.get(code), withheld=kind.compartment.value not in reads)
        for code, kind in NEEDS.items()
    )
    if saved is not None:
        return Written(saved.months, saved.done, needs, saved.written_on, str(saved.pk))
    return Written(months_of(extension), done_of(person_id, today), needs, today)


def months_of(extension: Extension) -> int:
    """The months that a demand asks for, twelve at most."""
    return min(max(round((extension.days or 365) * 12 / 365), 1), MOST_MONTHS)


def marks_of(person_id: int, today: date) -> dict[str, ReviewMark]:
    """The mark of each need that was assessed, from its latest rating; one that is not known has none."""
    ratings = Need.objects.current().filter(person_id=person_id, valid__startswith__lte=today).defer("reason")
    latest = {rating.need: rating.level for rating in ratings.order_by("valid")}
    return {need: MARK_OF_LEVEL[level] for need, level in latest.items() if level is not None}


def done_of(person_id: int, today: date) -> str:
    """What the record tells of the last twelve months, a line each; five queries."""
    since = add_months(today, -12)
    return "\n".join(
        [
            *_work(person_id, since, today),
            *_learning(person_id, since, today),
            *_meetings(person_id, since, today),
            *_changes(person_id, since),
            *_actions(person_id, since),
        ]
    )


def _work(person_id: int, since: date, today: date) -> list[str]:
    contracts = Contract.objects.current().filter(person_id=person_id, valid__overlap=(since, today + A_DAY))
    lines = []
    for contract in contracts.select_related("site").order_by("valid"):
        ends = f" au {said_in_full(contract.ends - A_DAY)}" if contract.ends else ""
        begins = f"du {said_in_full(contract.starts)}" if contract.starts else ""
        where = contract.site or contract.employer
        lines.append(f"{ContractKind(contract.kind).label}, {where}, {begins}{ends}.")
    return lines


def _learning(person_id: int, since: date, today: date) -> list[str]:
    """Placements and trainings begun, and what came of them."""
    lines = []
    for line in reversed(learning_of(person_id)):
        if line.last_day < since or line.first_day > today:
            continue
        what = _("Immersion") if line.kind == PLACEMENT else line.what
        came = f" : {line.result_said.lower()}" if line.result else ""
        proved = _(", certificat obtenu") if line.certified else ""
        dates = f"du {said_in_full(line.first_day)} au {said_in_full(line.last_day)}"
        lines.append(f"{what}, {line.where}, {dates}{came}{proved}.")
    return lines


def _actions(person_id: int, since: date) -> list[str]:
    """What was agreed with the person and done since a day, in the words of the agreement; of the social side only."""
    done = Action.objects.current().filter(
        person_id=person_id,
        compartment=Compartment.SOCIAL.value,
        outcome=ActionOutcome.DONE.value,
        valid__endswith__gt=since,
    )
    latest = reversed(done.order_by("-valid__endswith", "-pk")[:LONGEST_LIST])
    return [
        f"Fait le {said_in_full(action.ends - A_DAY)} : {' '.join(action.what.split())}"
        for action in latest
        if action.ends
    ]


def _meetings(person_id: int, since: date, today: date) -> list[str]:
    held = Contact.objects.current().filter(person_id=person_id, valid__overlap=(since, today + A_DAY))
    counts = Counter(ContactKind(kind) for kind in held.values_list("kind", flat=True))
    said = [f"{kind.label.lower()} : {n}" for kind, n in counts.most_common() if kind.reached]
    return [f"Rencontres et échanges en douze mois — {', '.join(said)}."] if said else []


def _changes(person_id: int, since: date) -> list[str]:
    """Changes of the working and social side since a day, from one value to the next."""
    facts = Situation.objects.current().filter(person_id=person_id, compartment__in=TOLD).defer("detail")
    told: dict[str, Situation] = {}
    lines: list[tuple[date, str]] = []
    for fact in facts.order_by("valid"):
        before = told.get(fact.aspect)
        told[fact.aspect] = fact
        if fact.starts is None or fact.starts < since or not fact.value:
            continue
        if before is not None and before.value and before.value != fact.value:
            lines.append((fact.starts, f"{fact.subject.label} : {before.label} → {fact.label}"))
        elif before is None:
            lines.append((fact.starts, f"{fact.subject.label} : {fact.label}"))
    return [f"{said}, depuis le {said_in_full(day)}." for day, said in sorted(lines)[-LONGEST_LIST:]]


@transaction.atomic
def correct(
    extension: Extension,
    months: int,
    done: str,
    marks: Mapping[str, tuple[str, str]],
    *,
    seen_version: str,
    today: date,
) -> Review:
    """Write the review as its author corrected it; the earlier version stays readable.

    :param marks: for the needs that the author writes, the code of the mark ("" for none) and a few words.
    :raises ChangedMeanwhile: another version stands than the one that the form showed.
    """
    person_id, demand = extension.person_id, extension.series
    hold(person_id)
    standing = Review.objects.current().filter(person_id=person_id, demand=demand).first()
    if (str(standing.pk) if standing else "") != seen_version:
        raise ChangedMeanwhile(
            _("Quelqu’un a modifié ce bilan pendant que vous écriviez : relisez avant d’enregistrer."), standing
        )
    kept = _marks_kept(person_id, demand, marks.keys())
    for need, (mark, words) in marks.items():
        row = kept.get(need)
        if row is None:
            told = {"need": need, "compartment": NEEDS[need].compartment.value, "mark": mark, "words": words}
            ReviewNeed(person_id=person_id, demand=demand, **told).save(force_insert=True)
        elif (row.mark, row.words) != (mark, words):
            revise(row, mark=mark, words=words)
    columns = {"months": months, "done": done, "written_on": today}
    if standing is not None:
        return revise(standing, **columns)
    made = Review(person_id=person_id, demand=demand, **columns)
    made.save(force_insert=True)
    return made


def _marks_kept(person_id: int, demand: UUID, needs: Collection[str]) -> dict[str, ReviewNeed]:
    rows = ReviewNeed.objects.current().filter(person_id=person_id, demand=demand, need__in=list(needs))
    return {row.need: row for row in rows}
