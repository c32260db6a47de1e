"""When somebody is warned of what binds a path: 12, 6, 3 and 1 months before, then every week; none once decided.

The days follow from the facts alone, so that they can be stored and stay right as time goes by.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from convergence.rules.clocks import Reading, read
from convergence.rules.law import value_or_oldest, values_or_oldest
from convergence.rules.path import Extension, Path, Renewal
from convergence.rules.spans import add_months
from convergence.vocabulary.contracts import ContractKind
from convergence.vocabulary.decisions import ClockName, DecisionState


@dataclass(frozen=True, slots=True)
class Notice:
    """From a day on, a clock that binds asks for a decision by its last day.

    :param months_before: 12, 6, 3 or 1; 0 for the weekly ones.
    """

    clock: ClockName
    begins_on: date
    due_on: date
    months_before: int


def notices_of(path: Path, on: date) -> tuple[Notice, ...]:
    """Every warning about the clock that binds first, past ones included, in order.

    None where the end of the path is noted, where a refusal leaves nothing to decide, nor where a CDDI already signed
    goes beyond its limit: that was decided, if not noted here. A suspension declared after the refusal moves the end:
    another demand is to be made for that one. What came before the last extension of that clock is left out: it
    warned of another day.
    """
    return notices_for(path, read(path, on))


def notices_for(path: Path, reading: Reading) -> tuple[Notice, ...]:
    """As :func:`notices_of`, for clocks already read."""
    clock = reading.binds
    if clock is None or clock.last_day is None or path.ends_on is not None or _refused(path, reading, clock.name):
        return ()
    last_day, name = clock.last_day, clock.name
    if name is ClockName.CDDI and _signed_beyond(path, last_day):
        return ()
    not_before = max([clock.first_day, *_grants(path, reading, name)])
    months = values_or_oldest("warning.months_before", reading.on)
    steps = [(add_months(last_day, -each), each) for each in months]
    day, every = max(day for day, _ in steps), timedelta(days=value_or_oldest("warning.then_every_days", reading.on))
    while day + every <= last_day:
        day += every
        steps.append((day, 0))
    return tuple(Notice(name, day, last_day, before) for day, before in sorted(steps) if day >= not_before)


def _signed_beyond(path: Path, limit: date) -> bool:
    return any(contract.kind is ContractKind.CDDI and contract.period.end > limit for contract in path.contracts)


def _refused(path: Path, reading: Reading, clock: ClockName) -> bool:
    """Whether the last word on a clock is a refusal, of the end that it still has, and nothing was asked since."""
    demands = _demands(path, reading, clock)
    if any(demand.state in {DecisionState.ASKED, DecisionState.DRAFT} for demand in demands):
        return False
    refusals = [demand.decided_on or date.min for demand in demands if demand.state is DecisionState.REFUSED]
    if not refusals:
        return False
    current = path.pass_on(reading.on)
    stops = current.suspensions if clock is ClockName.PASS and current else ()
    since = [*_grants(path, reading, clock), *(each.declared_on or each.first_day for each in stops)]
    return not since or max(refusals) > max(since)


def _grants(path: Path, reading: Reading, clock: ClockName) -> list[date]:
    """When each extension of a clock was granted; what is granted without a date came before everything."""
    return [demand.decided_on or date.min for demand in _demands(path, reading, clock) if demand.granted]


def asked_on(path: Path, reading: Reading, clock: ClockName) -> date | None:
    """When the demand that still waits for its answer was sent, if there is one."""
    sent = [each.asked_on for each in _demands(path, reading, clock) if each.state is DecisionState.ASKED]
    return max(filter(None, sent), default=None)


def _demands(path: Path, reading: Reading, clock: ClockName) -> tuple[Extension, ...] | tuple[Renewal, ...]:
    if clock is ClockName.CDDI:
        return path.renewals
    current = path.pass_on(reading.on)
    return current.extensions if clock is ClockName.PASS and current else ()
