"""Recording placements and trainings: judged by ``rules`` before they are written, corrected as versions."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from convergence.pathways.decisions.judging import refuse, refuse_unless_happened, standing
from convergence.pathways.placements.models import Placement, Training
from convergence.platform.dated import hold, revise
from convergence.platform.errors import Refused
from convergence.rules import placements as rules
from convergence.rules.refusals import Refusal
from convergence.territories.periods import days, last_day
from convergence.vocabulary.placements import LearningResult, PlacementPurpose, TrainingKind

LONGEST = 1000


@dataclass(frozen=True)
class Outcome:
    """What came of it, in a code and a few words; empty while nothing is known."""

    result: LearningResult | None = None
    told: str = ""
    certified: bool | None = None


@dataclass(frozen=True)
class PlacementTerms:
    """An agreement of placement, first and last day included; ``hours`` of presence in all."""

    host: str
    purpose: PlacementPurpose
    first_day: date
    last_day: date
    siret: str = ""
    hours: Decimal | None = None
    outcome: Outcome = field(default_factory=Outcome)


@dataclass(frozen=True)
class TrainingTerms:
    """A spell of training, first and last day included; ``hours`` in all."""

    kind: TrainingKind
    organiser: str
    first_day: date
    last_day: date
    title: str = ""
    hours: Decimal | None = None
    outcome: Outcome = field(default_factory=Outcome)


@transaction.atomic
def note_placement(person_id: int, terms: PlacementTerms, today: date, *, happened: bool = False) -> Placement:
    """Note a placement to come, under way or over.

    :param happened: it has begun in these very terms, whatever the rules say of them.
    :raises Refused: a rule stands against it, or its outcome is told before its time.
    """
    hold(person_id)
    _judge_placement(person_id, terms, today, happened=happened)
    noted = Placement(person_id=person_id, **_placement_columns(terms))
    noted.save(force_insert=True)
    return noted


@transaction.atomic
def amend_placement(
    placement: Placement, terms: PlacementTerms, seen_version: str, today: date, *, happened: bool = False
) -> Placement:
    """Correct a placement or tell what came of it; the earlier version stays readable.

    :raises ChangedMeanwhile: somebody changed it since it was shown.
    """
    hold(placement.person_id)
    current = standing(placement, seen_version)
    _judge_placement(current.person_id, terms, today, happened=happened, without=current)
    return revise(current, **_placement_columns(terms))


@transaction.atomic
def note_training(person_id: int, terms: TrainingTerms, today: date) -> Training:
    """Note a training or a workshop; refused as a placement is, though no rule bounds its length."""
    hold(person_id)
    _judge_training(terms, today)
    noted = Training(person_id=person_id, **_training_columns(terms))
    noted.save(force_insert=True)
    return noted


@transaction.atomic
def amend_training(training: Training, terms: TrainingTerms, seen_version: str, today: date) -> Training:
    """Correct a training or tell what came of it; the earlier version stays readable."""
    hold(training.person_id)
    current = standing(training, seen_version)
    _judge_training(terms, today)
    return revise(current, **_training_columns(terms))


def remarks_on(placement: Placement) -> list[str]:
    """What the rules would have said of a placement noted as it happened."""
    others = _others(placement.person_id, placement.series)
    return [str(each) for each in rules.check_placement(others, _as_agreed(placement_terms_of(placement)))]


def placement_terms_of(row: Placement) -> PlacementTerms:
    """A recorded placement's terms."""
    return PlacementTerms(
        host=row.host,
        purpose=PlacementPurpose(row.purpose),
        first_day=row.valid.lower,
        last_day=_last(row),
        siret=row.siret,
        hours=row.hours,
        outcome=Outcome(LearningResult(row.result) if row.result else None, row.told),
    )


def training_terms_of(row: Training) -> TrainingTerms:
    """A recorded training's terms."""
    return TrainingTerms(
        kind=TrainingKind(row.kind),
        organiser=row.organiser,
        first_day=row.valid.lower,
        last_day=_last(row),
        title=row.title,
        hours=row.hours,
        outcome=Outcome(LearningResult(row.result) if row.result else None, row.told, row.certified),
    )


def _last(row: Placement | Training) -> date:
    return last_day(row.valid) or date.max


def _judge_placement(
    person_id: int, terms: PlacementTerms, today: date, *, happened: bool, without: Placement | None = None
) -> None:
    agreed = _as_agreed(terms)
    others = _others(person_id, without.series if without else None)
    found = rules.check_placement(others, agreed)
    if terms.last_day < terms.first_day:
        refuse(found)
    # What came of it is told of the very agreement that stands: it was judged when it was noted.
    if without is None or _as_agreed(placement_terms_of(without)) != agreed:
        refuse_unless_happened(found, terms.first_day, today, happened=happened)
    _judge_outcome(terms.outcome, terms.first_day, terms.last_day, today)


def _others(person_id: int, without: UUID | None) -> list[rules.Placement]:
    rows = Placement.objects.current().filter(person_id=person_id).defer("told")
    return [
        rules.Placement(_host_key(row.siret, row.host), row.valid.lower, _last(row), row.hours)
        for row in rows
        if row.series != without
    ]


def _as_agreed(terms: PlacementTerms) -> rules.Placement:
    """What the rules judge."""
    return rules.Placement(_host_key(terms.siret, terms.host), terms.first_day, terms.last_day, terms.hours)


def _host_key(siret: str, host: str) -> str:
    """What tells hosts apart: the SIRET, or the name as it was typed."""
    return siret or " ".join(host.casefold().split())


def _judge_training(terms: TrainingTerms, today: date) -> None:
    if terms.last_day < terms.first_day:
        refuse([Refusal("La fin de la formation vient avant son début : l’une des deux dates est à corriger")])
    _judge_outcome(terms.outcome, terms.first_day, terms.last_day, today)


def _judge_outcome(outcome: Outcome, first_day: date, last_day: date, today: date) -> None:
    if outcome.certified and outcome.result is None:
        raise Refused(_("Dites aussi comment la formation s’est terminée."))
    if outcome.result is None:
        return
    if first_day > today:
        raise Refused(_("Elle n’a pas commencé : ce qu’il en est sorti se note ensuite."))
    if outcome.result is LearningResult.STOPPED:
        if last_day > today:
            raise Refused(_("Si elle s’est arrêtée, notez comme dernier jour celui où elle s’est arrêtée."))
        if not outcome.told:
            raise Refused(_("Dites en quelques mots pourquoi elle s’est arrêtée."))


def _placement_columns(terms: PlacementTerms) -> dict[str, object]:
    return {
        "host": terms.host,
        "siret": terms.siret,
        "purpose": terms.purpose.value,
        "hours": terms.hours,
        "result": terms.outcome.result.value if terms.outcome.result else "",
        "told": terms.outcome.told,
        "valid": days(terms.first_day, terms.last_day),
    }


def _training_columns(terms: TrainingTerms) -> dict[str, object]:
    return {
        "kind": terms.kind.value,
        "title": terms.title,
        "organiser": terms.organiser,
        "hours": terms.hours,
        "result": terms.outcome.result.value if terms.outcome.result else "",
        "certified": terms.outcome.certified,
        "told": terms.outcome.told,
        "valid": days(terms.first_day, terms.last_day),
    }
