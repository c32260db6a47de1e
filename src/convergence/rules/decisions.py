"""What may be decided on a path, by whom, from when, until when, and the latest day to start preparing it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from convergence.rules.clocks import Reading, read
from convergence.rules.contract_clocks import furthest
from convergence.rules.law import MotiveRule, in_force, motives, rule_or_oldest, value_or_oldest
from convergence.rules.pass_clock import PassClock
from convergence.rules.path import COUNTED, Contract, Extension, Path, Renewal
from convergence.rules.periods import A_DAY, last_day_of
from convergence.rules.spans import add_months
from convergence.vocabulary.contracts import ContractKind
from convergence.vocabulary.decisions import Approver, ClockName, DecisionKind, DecisionState
from convergence.vocabulary.extensions import ExtensionMotive
from convergence.vocabulary.roles import Role
from convergence.vocabulary.structures import EmployerKind

_RANK = {
    kind: rank
    for rank, kind in enumerate(
        (
            DecisionKind.EXTEND_PASS,
            DecisionKind.EXTEND_CDDI,
            DecisionKind.PREPARE_EXIT,
            DecisionKind.RENEW_CONTRACT,
            DecisionKind.END_SUSPENDED_PASS,
        )
    )
}
"""Of two decisions for the same day, the one that the other needs comes first: no contract goes beyond the clocks."""

_PREPARED_BY = {
    DecisionKind.EXTEND_PASS: Role.COUNSELLOR,
    DecisionKind.EXTEND_CDDI: Role.COUNSELLOR,
    DecisionKind.PREPARE_EXIT: Role.COUNSELLOR,
    DecisionKind.RENEW_CONTRACT: Role.SITE_MANAGER,
    DecisionKind.END_SUSPENDED_PASS: Role.COUNSELLOR,
}


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision that lies ahead.

    :param approvers: whose decision it is; any one of them.
    :param opens_on: from when it may be asked for; ``closes_on`` until when.
    :param start_by: the latest day to start preparing it, so that the answer comes before ``decide_by``.
    :param decide_by: the last day that stands without it.
    :param new_last_day: how far it may lead at most; None where it leads nowhere further.
    :param state: of the demand already made on that ground, if any.
    """

    kind: DecisionKind
    clock: ClockName | None
    approvers: tuple[Approver, ...]
    opens_on: date
    closes_on: date
    start_by: date
    decide_by: date
    new_last_day: date | None
    source: str
    motive: ExtensionMotive | None = None
    state: DecisionState | None = None

    @property
    def prepared_by(self) -> Role:
        """Who, in the team, has it in hand."""
        return _PREPARED_BY[self.kind]


def decisions(path: Path, on: date, askers: frozenset[EmployerKind] | None = None) -> list[Decision]:
    """Every decision that lies ahead, the first to be taken first; of several grounds, the one that leads furthest.

    :param askers: kinds of the structures that may ask for an extension of the PASS: the one that employs the person,
        unless another that wishes to is named (R5132-1-8).
    """
    return ahead(path, read(path, on), askers)


def ahead(path: Path, reading: Reading, askers: frozenset[EmployerKind] | None = None) -> list[Decision]:
    """As :func:`decisions`, for clocks already read."""
    if path.ends_on is not None:
        return []
    found = [
        *_extend_pass(path, reading, askers or _employing(reading)),
        *_extend_cddi(path, reading),
        *_end_of_convergence(reading),
        *_renew_contract(path, reading),
        *_end_suspended_pass(path, reading),
    ]
    return sorted((each for each in found if each.closes_on >= reading.on), key=_order)


def _order(decision: Decision) -> tuple[date, int, int, int]:
    """By day, then what the others need, then what leads furthest, then the order of the law."""
    far = decision.new_last_day or (date.max if decision.motive else decision.decide_by)
    motive = list(ExtensionMotive).index(decision.motive) if decision.motive else 0
    return decision.decide_by, _RANK[decision.kind], -(far - decision.decide_by).days, motive


# The PASS -----------------------------------------------------------------------------------------


def _employing(reading: Reading) -> frozenset[EmployerKind]:
    return frozenset({reading.contract.structure if reading.contract else EmployerKind.ACI})


def _extend_pass(path: Path, reading: Reading, askers: frozenset[EmployerKind]) -> Iterator[Decision]:
    clock = reading.pass_iae
    current = path.pass_on(reading.on)
    if clock is None or current is None or current.ended_on is not None:
        return
    found = list(_grounds(path, reading, clock, askers))
    if found:
        for row, opens_on, room in found:
            yield Decision(
                kind=DecisionKind.EXTEND_PASS,
                clock=ClockName.PASS,
                approvers=(Approver.AUTHORISED_PRESCRIBER if row.prescriber else Approver.EMPLOYER,),
                opens_on=opens_on,
                closes_on=closing(clock),
                start_by=_start_by(clock.end, reading.on, asked=row.prescriber),
                decide_by=clock.end,
                new_last_day=None if room is None else clock.end + timedelta(days=room),
                source=row.source,
                motive=row.motive,
                state=_latest(current.extensions, row.motive),
            )
    elif clock.running:
        yield _prepare_exit(ClockName.PASS, clock.end, reading.on, _source("pass.days", reading.on))


def _grounds(
    path: Path, reading: Reading, clock: PassClock, askers: frozenset[EmployerKind]
) -> Iterator[tuple[MotiveRule, date, int | None]]:
    """The grounds on which the PASS may still be extended: each with the day it opens and the days it may add."""
    for row in motives(reading.on):
        if not askers & row.open_to:
            continue
        opens_on = ground_opens_on(path, row, clock)
        if opens_on is None or opens_on > closing(clock):
            continue
        room = room_for(path, row, clock)
        if room != 0:
            yield row, opens_on, room


def ground_opens_on(path: Path, row: MotiveRule, clock: PassClock) -> date | None:
    """From when a ground may be asked for; None where the person does not fulfil it. Never while suspended."""
    opens_on = add_months(clock.end, -value_or_oldest("extension.opens_months_before", clock.first_day))
    opens_on = max(opens_on, clock.first_day)
    if clock.suspended_until is not None and clock.suspended_until >= opens_on:
        opens_on = clock.suspended_until + A_DAY
    if row.from_age_years:
        if path.born_on is None:
            return None
        opens_on = max(opens_on, add_months(path.born_on, 12 * row.from_age_years))
    match row.motive:
        case ExtensionMotive.DISABLED_WORKER:
            held = [spell for spell in path.disabled_worker if spell.end >= opens_on]
            if not held:
                return None
            return max(opens_on, min(spell.first_day for spell in held))
        case ExtensionMotive.TRAINING:
            under_way = any(training.covers(clock.end) for training in path.trainings)
            return opens_on if under_way else None
        case ExtensionMotive.OPEN_ENDED_SENIOR:
            signed = any(contract.kind is ContractKind.CDI_INCLUSION for contract in path.contracts)
            return opens_on if signed else None
    return opens_on


def room_for(path: Path, row: MotiveRule, clock: PassClock) -> int | None:
    """Days that one more extension on a ground may add; None where no number bounds it."""
    bounds = [] if row.each_days is None else [row.each_days]
    if row.total_days is not None:
        bounds.append(row.total_days - clock.granted_days)
    if row.law_months is not None:
        # In law too the suspended days come on top of the months.
        law = last_day_of(clock.first_day, row.law_months) + (clock.by_law - _law_without_suspensions(clock))
        bounds.append((law - clock.end).days)
    if row.motive is ExtensionMotive.TRAINING:
        bounds.append(max(((training.end - clock.end).days for training in path.trainings), default=0))
    return max(min(bounds), 0) if bounds else None


def _law_without_suspensions(clock: PassClock) -> date:
    months = value_or_oldest("pass.months", clock.first_day)
    return last_day_of(clock.first_day, months) + timedelta(days=clock.granted_days)


def closing(clock: PassClock) -> date:
    """The last day on which an extension of the PASS may be asked for."""
    return add_months(clock.end, value_or_oldest("extension.closes_months_after", clock.first_day))


def _end_suspended_pass(path: Path, reading: Reading) -> Iterator[Decision]:
    """After twelve months of suspension either side may end the PASS; until then, somebody looks for the person."""
    clock = reading.pass_iae
    if clock is None or clock.suspended_until is None or not in_force(_MAY_END, reading.on):
        return
    current = path.pass_on(reading.on)
    if current is None:
        return
    since = max(each.first_day for each in current.suspensions if each.period.covers(reading.on))
    opens_on = add_months(since, value_or_oldest(_MAY_END, reading.on))
    if opens_on <= clock.suspended_until:
        yield Decision(
            kind=DecisionKind.END_SUSPENDED_PASS,
            clock=ClockName.PASS,
            approvers=(Approver.EMPLOYER, Approver.AUTHORISED_PRESCRIBER),
            opens_on=opens_on,
            closes_on=clock.suspended_until,
            start_by=opens_on,
            decide_by=clock.suspended_until,
            new_last_day=None,
            source=_source(_MAY_END, reading.on),
        )


_MAY_END = "suspension.may_end_pass_after_months"


# Contracts ----------------------------------------------------------------------------------------


def _extend_cddi(path: Path, reading: Reading) -> Iterator[Decision]:
    """A CDDI beyond its limit: decided before its term, since a contract that has ended is not extended."""
    clock, contract = reading.cddi, reading.contract
    if clock is None or clock.last_day is None or contract is None or not reading.in_cddi:
        return
    found = False
    for motive in cddi_grounds(path, reading):
        new_last_day = renewal_limit(path, motive, reading)
        if new_last_day <= clock.last_day:
            continue
        found = True
        yield Decision(
            kind=DecisionKind.EXTEND_CDDI,
            clock=ClockName.CDDI,
            approvers=(Approver.AUTHORISED_PRESCRIBER, *((Approver.EMPLOYER,) if contract.recruited_directly else ())),
            opens_on=contract.first_day,
            closes_on=clock.last_day,
            start_by=_start_by(clock.last_day, reading.on, asked=True),
            decide_by=clock.last_day,
            new_last_day=new_last_day,
            source=_source("cddi.months", reading.on),
            motive=motive,
            state=_latest(path.renewals, motive),
        )
    if not found:
        yield _prepare_exit(ClockName.CDDI, clock.last_day, reading.on, _source("cddi.months", reading.on))


def cddi_grounds(path: Path, reading: Reading) -> Iterator[ExtensionMotive]:
    """The grounds on which a CDDI may go beyond its limit, as far as the facts tell."""
    limit = reading.cddi.last_day if reading.cddi else None
    if limit is None:
        return
    for row in motives(limit):
        match row.motive:
            case ExtensionMotive.TRAINING if any(training.covers(limit) for training in path.trainings):
                yield row.motive
            case ExtensionMotive.DISABLED_WORKER if any(spell.covers(reading.on) for spell in path.disabled_worker):
                yield row.motive
            case ExtensionMotive.SENIOR if path.born_on and add_months(path.born_on, 12 * row.from_age_years) <= limit:
                yield row.motive
            case ExtensionMotive.DIFFICULTIES if in_force("cddi.difficulties_months", reading.on):
                yield row.motive


def renewal_limit(path: Path, motive: ExtensionMotive, reading: Reading) -> date:
    """The last day that one more decision may allow: a year after the limit, and never beyond what bounds its ground.

    :raises ValueError: the path has no CDDI under way.
    """
    if reading.cddi is None or reading.cddi.last_day is None:
        raise ValueError("no CDDI under way")
    a_year_more = last_day_of(reading.cddi.last_day + A_DAY, value_or_oldest("cddi.each_renewal_months", reading.on))
    return min(a_year_more, furthest(path, Renewal(motive, a_year_more, decided_on=reading.on), reading.on))


def _renew_contract(path: Path, reading: Reading) -> Iterator[Decision]:
    """An amendment before the term, as far as the clocks allow; nothing where they have no day left after it."""
    contract, term = reading.contract, reading.term
    if contract is None or term is None or contract.kind is ContractKind.CDI_INCLUSION:
        return
    followed = any(other.first_day > contract.first_day and other.period.end > term for other in path.contracts)
    ends = [clock.last_day for clock in reading.clocks if clock.last_day is not None and _binds(clock.name, contract)]
    if followed or not ends or min(ends) <= term:
        return
    yield Decision(
        kind=DecisionKind.RENEW_CONTRACT,
        clock=None,
        approvers=(Approver.EMPLOYER,),
        opens_on=contract.first_day,
        closes_on=term,
        start_by=_start_by(term, reading.on, asked=False),
        decide_by=term,
        new_last_day=min(ends),
        source=_source("cddi.months", reading.on),
    )


def _binds(clock: ClockName, contract: Contract) -> bool:
    match clock:
        case ClockName.CDDI:
            return contract.kind is ContractKind.CDDI
        case ClockName.CONVERGENCE:
            return contract.kind in COUNTED
    return True


# Ends ---------------------------------------------------------------------------------------------


def _end_of_convergence(reading: Reading) -> Iterator[Decision]:
    """Nothing goes beyond the sixty months of the scheme: what follows is prepared."""
    clock = reading.convergence
    if clock is not None and clock.last_day is not None:
        source = _source("convergence.months", reading.on)
        yield _prepare_exit(ClockName.CONVERGENCE, clock.last_day, reading.on, source)


def _prepare_exit(clock: ClockName, last_day: date, on: date, source: str) -> Decision:
    return Decision(
        kind=DecisionKind.PREPARE_EXIT,
        clock=clock,
        approvers=(),
        opens_on=add_months(last_day, -value_or_oldest("extension.opens_months_before", on)),
        closes_on=last_day,
        start_by=_start_by(last_day, on, asked=True),
        decide_by=last_day,
        new_last_day=None,
        source=source,
    )


def _start_by(last_day: date, on: date, *, asked: bool) -> date:
    """The latest day to start: the time to prepare, and to have an answer where another body is asked."""
    days = value_or_oldest("decision.prepared_in_days", on)
    if asked:
        days += value_or_oldest("decision.answered_in_days", on)
    return last_day - timedelta(days=days)


def _latest(demands: tuple[Extension, ...] | tuple[Renewal, ...], motive: ExtensionMotive) -> DecisionState | None:
    """The state of the demand still open on a ground, or refused since the last was granted; None otherwise."""
    hers = [demand for demand in demands if demand.motive is motive]
    states = {demand.state for demand in hers}
    for state in (DecisionState.ASKED, DecisionState.DRAFT):
        if state in states:
            return state
    if DecisionState.REFUSED not in states:
        return None
    refused = max(demand.decided_on or date.min for demand in hers if demand.state is DecisionState.REFUSED)
    granted = [demand.decided_on or date.min for demand in hers if demand.granted]
    return DecisionState.REFUSED if not granted or refused > max(granted) else None


def _source(name: str, on: date) -> str:
    return rule_or_oldest(name, on).source
