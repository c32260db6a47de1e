"""What a person learnt elsewhere, placements and trainings together, in one query."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import BooleanField, F, Value

from convergence.pathways.placements.models import Placement, Training
from convergence.vocabulary.placements import LearningResult, PlacementPurpose, TrainingKind

PLACEMENT, TRAINING = "placement", "training"
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Learning:
    """One placement or training as a list shows it, first and last day included."""

    kind: str
    pk: int
    what: str
    where: str
    first_day: date
    last_day: date
    result: str
    certified: bool | None

    @property
    def result_said(self) -> str:
        """What came of it; empty while nobody said."""
        return LearningResult(self.result).label if self.result else ""


def learning_of(person_id: int) -> list[Learning]:
    """Everything of a person that the actor reads, the latest first; one query."""
    placements = (
        Placement.objects.current()
        .filter(person_id=person_id)
        .annotate(
            which=Value(PLACEMENT),
            code=F("purpose"),
            words=Value(""),
            place=F("host"),
            proved=Value(None, output_field=BooleanField(null=True)),
        )
    )
    trainings = (
        Training.objects.current()
        .filter(person_id=person_id)
        .annotate(which=Value(TRAINING), code=F("kind"), words=F("title"), place=F("organiser"), proved=F("certified"))
    )
    both = [
        found.values_list("which", "pk", "code", "words", "place", "valid", "result", "proved")
        for found in (placements, trainings)
    ]
    return [_line(*row) for row in both[0].union(both[1], all=True).order_by("-valid", "-pk")]


def without_result(person_ids: Collection[int]) -> Iterator[tuple[int, str, date]]:
    """(person, which of the two, last day) of all those of which nobody said what came; one query."""
    both = [
        model.objects.current()
        .filter(person_id__in=person_ids, result="")
        .annotate(which=Value(which))
        .values_list("person_id", "which", "valid")
        for model, which in ((Placement, PLACEMENT), (Training, TRAINING))
    ]
    for person_id, which, valid in both[0].union(both[1], all=True):
        yield person_id, which, valid.upper - A_DAY


def _line(
    which: str, pk: int, code: str, words: str, place: str, valid: Any, result: str, proved: bool | None
) -> Learning:
    label = PlacementPurpose(code).label if which == PLACEMENT else words or TrainingKind(code).label
    return Learning(which, pk, label, place, valid.lower, valid.upper - A_DAY, result, proved)
