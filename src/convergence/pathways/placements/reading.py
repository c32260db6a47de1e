"""What a person learnt elsewhere, placements and trainings together, in one query."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Value
from django.db.models.functions import JSONObject, Lower, Upper

from convergence.pathways.placements.models import Placement, Training
from convergence.people.models import Person
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
    found: Any = Person.objects.filter(pk=person_id).annotate(**learnt()).get()
    return lines(found.placements_held, found.trainings_held)


def learnt() -> dict[str, ArraySubquery]:
    """What a query of people is annotated with, for :func:`lines`."""
    return {
        "placements_held": _rows(Placement, what=F("purpose"), title=Value(""), place=F("host")),
        "trainings_held": _rows(
            Training, what=F("kind"), title=F("title"), place=F("organiser"), certified=F("certified")
        ),
    }


def lines(placements: Iterable[dict[str, Any]], trainings: Iterable[dict[str, Any]]) -> list[Learning]:
    """Both as a list shows them, the latest first."""
    found = [_line(PLACEMENT, **row) for row in placements] + [_line(TRAINING, **row) for row in trainings]
    return sorted(found, key=lambda line: (line.first_day, line.last_day, line.pk), reverse=True)


def _rows(model: type[Placement | Training], **columns: Any) -> ArraySubquery:
    hers = model.objects.current().filter(person_id=OuterRef("pk"))
    shared = {"pk": F("pk"), "result": F("result"), "starts": Lower("valid"), "ends": Upper("valid")}
    return ArraySubquery(hers.values(row=JSONObject(**shared, **columns)))


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
    which: str,
    *,
    pk: int,
    what: str,
    title: str,
    place: str,
    starts: str,
    ends: str,
    result: str,
    certified: bool | None = None,
) -> Learning:
    label = PlacementPurpose(what).label if which == PLACEMENT else title or TrainingKind(what).label
    last_day = date.fromisoformat(ends) - A_DAY
    return Learning(which, pk, label, place, date.fromisoformat(starts), last_day, result, certified)
