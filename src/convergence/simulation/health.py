"""Health and disability, as far as people chose to say it for something agreed."""

from collections.abc import Iterator

from convergence.simulation.days import plus_months
from convergence.simulation.life import Life, Step
from convergence.vocabulary.base import Term
from convergence.vocabulary.health import CarePath, CheckUp, Disability, HealthCover, Mdph, YesNo
from convergence.vocabulary.missing import Missing

_COVER_AT_ENTRY: dict[Term, int] = {
    HealthCover.NONE: 16,
    HealthCover.AME: 6,
    HealthCover.MAINTAINED: 4,
    HealthCover.PUMA: 24,
    HealthCover.CSS_FREE: 40,
    Missing.NOT_ASSESSED: 7,
    Missing.DOES_NOT_KNOW: 5,
}
_CARE_AT_ENTRY: dict[Term, int] = {
    CarePath.NONE: 20,
    CarePath.TO_SET_UP: 34,
    CarePath.UNDER_WAY: 18,
    CarePath.INTERRUPTED: 10,
    Missing.NOT_ASSESSED: 8,
    Missing.PREFERS_NOT_TO_SAY: 9,
    Missing.CANNOT_BE_DETERMINED: 2,
}
_CARE_AFTER: dict[Term, dict[Term, int]] = {
    CarePath.NONE: {CarePath.TO_SET_UP: 1},
    CarePath.TO_SET_UP: {CarePath.UNDER_WAY: 8, CarePath.NONE: 1},
    CarePath.UNDER_WAY: {CarePath.STABILISED: 6, CarePath.INTERRUPTED: 3},
    CarePath.INTERRUPTED: {CarePath.UNDER_WAY: 1},
    CarePath.STABILISED: {CarePath.UNDER_WAY: 1},
}


def tell_health(life: Life) -> None:
    """Cover, doctor, check-up and care; each only where it was spoken of."""
    life.tell("health_cover", _cover(life))
    if life.chance(0.85):
        life.tell("regular_doctor", _doctor(life))
    if life.chance(0.6):
        life.tell("check_up", _check_up(life))
    for aspect, asked in (("care_path", 0.55), ("mental_health_care", 0.24), ("addiction_care", 0.2)):
        if life.chance(asked):
            life.tell(aspect, _care(life))
    if life.chance(0.25):
        _tell_disability(life)


def _cover(life: Life) -> Iterator[Step]:
    code = life.pick(_COVER_AT_ENTRY)
    if code is HealthCover.CSS_FREE:
        yield from life.renewals(HealthCover.CSS_FREE, life.soon(life.starts, -330, -5), 12)
        return
    since = life.soon(life.starts, -400, -5)
    yield Step(since, code, plus_months(since, 18) if code in (HealthCover.AME, HealthCover.MAINTAINED) else None)
    if life.chance(0.85):
        opened = life.soon(life.starts, 20, 260)
        kind = HealthCover.CSS_FREE if life.chance(0.7) else HealthCover.CSS_PAID
        yield from life.renewals(kind, opened, 12)


def _doctor(life: Life) -> Iterator[Step]:
    if life.chance(0.35):
        yield Step(life.soon(life.starts, -500, -5), YesNo.YES)
        return
    yield Step(life.starts, YesNo.NO)
    if life.chance(0.75):
        yield Step(life.soon(life.starts, 30, 500), YesNo.YES)


def _check_up(life: Life) -> Iterator[Step]:
    since = life.soon(life.starts, 0, 60)
    for code in (CheckUp.TO_DO, CheckUp.BOOKED, CheckUp.DONE):
        yield Step(since, code)
        since = life.soon(since, 20, 220)


def _care(life: Life) -> Iterator[Step]:
    code, since = life.pick(_CARE_AT_ENTRY), life.soon(life.starts, 0, 90)
    yield Step(since, code)
    for _ in range(life.rng.randint(0, 4)):
        code = life.pick(_CARE_AFTER.get(code, {CarePath.TO_SET_UP: 1}))
        since = life.soon(since, 60, 330)
        yield Step(since, code)


def _tell_disability(life: Life) -> None:
    lodged = life.soon(life.starts, 60, 500)
    decided = life.soon(lodged, 90, 260)
    granted = life.chance(0.8)
    steps = [Step(life.soon(life.starts, 5, 50), Disability.TO_ASK), Step(lodged, Disability.ASKED)]
    if life.chance(0.15):
        steps = [Step(life.starts, Missing.DOES_NOT_KNOW), *steps[1:]]
    ends = None if life.chance(0.2) else plus_months(decided, life.rng.choice([12, 24, 36, 60]))
    steps.append(Step(decided, Disability.GRANTED, ends) if granted else Step(decided, Disability.REFUSED))
    life.tell("rqth", steps)
    life.tell(
        "mdph",
        [
            Step(life.soon(life.starts, 5, 50), Mdph.BEING_WRITTEN),
            Step(lodged, Mdph.LODGED),
            Step(decided, Mdph.DECIDED),
        ],
    )
    if granted and life.chance(0.25):
        life.tell("aah", [Step(lodged, Disability.ASKED), Step(decided, Disability.GRANTED, plus_months(decided, 36))])
