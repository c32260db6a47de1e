"""What the FSE+ still asks, and what was answered."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from convergence.pathways.models import Exit, Pathway
from convergence.rules.facts import FundFact
from convergence.rules.funds import Asking, askings
from convergence.support.funds.models import FundAnswer
from convergence.territories.periods import last_day
from convergence.vocabulary.exits import ExitMotive

_STATUS = "status"


def fund_times_of(person_ids: Collection[int]) -> dict[int, list[FundFact]]:
    """The times of each person's paths for which nobody answered yet; three queries."""
    answered = set(
        FundAnswer.objects.current().filter(person_id__in=person_ids, question=_STATUS).values_list("pathway", "stage")
    )
    died = set(
        Exit.objects.current()
        .filter(person_id__in=person_ids, motive=ExitMotive.DEATH.value)
        .values_list("pathway", flat=True)
    )
    found = defaultdict(list)
    paths = Pathway.objects.current().filter(person_id__in=person_ids)
    for person_id, series, valid in paths.values_list("person_id", "series", "valid"):
        ended = None if series in died else last_day(valid)
        for asking in askings(valid.lower, ended):
            if (series, asking.stage.value) not in answered:
                found[person_id].append(FundFact(asking.stage.value, asking.on))
    return found


@dataclass(frozen=True)
class ToldStage:
    """A time at which it is asked, and what was answered."""

    asking: Asking
    answers: list[FundAnswer]
    open: bool


def told_stages(person_id: int, pathway: Pathway | None, today: date, *, died: bool = False) -> list[ToldStage]:
    """The times of a path that have come, with their answers; a query where there are any."""
    if pathway is None:
        return []
    times = askings(pathway.starts, None if died else last_day(pathway.valid))
    if not times:
        return []
    answers = defaultdict(list)
    for answer in FundAnswer.objects.current().filter(person_id=person_id, pathway=pathway.series).order_by("pk"):
        answers[answer.stage].append(answer)
    return [
        ToldStage(asking, answers[asking.stage.value], asking.open_on(today))
        for asking in times
        if asking.opens_on <= today and (answers[asking.stage.value] or asking.open_on(today))
    ]
