"""Lawful ways on: which contracts, extensions and moves carry a path to a day, with the decisions of each.

From the contract under way, each branch signs the next one (with the same employer, with another kind of structure
at most twice, or as a *contrat passerelle* once) as long as it lasts four months, and extends a clock only when the
next contract would otherwise be shorter than that. Branches that stand at the same day, in the same structure, with
the same clocks are one: the search grows with the number of contracts, not with the number of ways to order them.
Each step passes the checks of ``refusals``: a plan never says what a screen would refuse.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from convergence.rules.clocks import read
from convergence.rules.decisions import Decision, decisions
from convergence.rules.french import days_said, said_in_full
from convergence.rules.law import rule_or_oldest, value_or_oldest
from convergence.rules.pass_clock import resumed
from convergence.rules.path import COUNTED, KIND_OF, Contract, Extension, Pass, Path, Renewal, Suspension
from convergence.rules.periods import A_DAY, last_day_of
from convergence.rules.refusals import Refusal, check_contract, check_extension, check_renewal, check_suspension
from convergence.vocabulary.contracts import ContractKind, Programme
from convergence.vocabulary.decisions import Approver, ClockName, DecisionKind, DecisionState
from convergence.vocabulary.extensions import SuspensionReason
from convergence.vocabulary.structures import EmployerKind

MOST_MOVES = 2
MOST_BRANCHES = 1_000
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Goal:
    """Where a plan should lead.

    :param until: the last day to reach; None for as far as the rules allow.
    :param structures: kinds of structure where the person may work, the preferred first.
    :param ends_in: the kind of structure of the last contract, where it matters.
    :param passerelle: whether a *contrat passerelle* may be part of it.
    :param contract_months: the length of a contract, as the site signs them.
    """

    until: date | None = None
    structures: tuple[EmployerKind, ...] = (EmployerKind.ACI,)
    ends_in: EmployerKind | None = None
    passerelle: bool = False
    contract_months: int = 12


@dataclass(frozen=True, slots=True)
class Step:
    """One act of a plan, in the order in which they come.

    :param decision: what must be decided, by whom and when, where the act is a decision on a clock.
    :param said: the act in a French sentence.
    """

    first_day: date
    last_day: date
    said: str
    structure: EmployerKind | None = None
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A lawful sequence of steps; ``moves`` counts the changes of structure."""

    steps: tuple[Step, ...]
    last_day: date
    moves: int

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """The decisions on a clock that the plan asks for."""
        return tuple(step.decision for step in self.steps if step.decision is not None)

    @property
    def contracts(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.structure is not None)


@dataclass(frozen=True, slots=True)
class Answer:
    """The best plans first, whether the first reaches the goal, and in one sentence what stops it, with the article.

    Order: those that end where they should, then the furthest day (never beyond the goal), the fewest decisions asked
    of others, the fewest moves, the fewest contracts, the preferred structures. Of plans that go through the same
    structures, with or without a *contrat passerelle*, only the best is shown.
    """

    plans: tuple[Plan, ...]
    complete: bool
    why: str

    @property
    def best(self) -> Plan | None:
        return self.plans[0] if self.plans else None


@dataclass(frozen=True, slots=True)
class _Branch:
    """A path carried on by hypothetical facts, and the day that it has reached."""

    path: Path
    day: date
    structure: EmployerKind | None
    employer: str
    steps: tuple[Step, ...] = ()
    moves: int = 0
    passerelle: bool = False

    def key(self) -> tuple[object, ...]:
        reading = read(self.path, self.day)
        ends = tuple(clock.last_day for clock in reading.clocks)
        return self.day, self.structure, ends, self.moves, self.passerelle


def plan(path: Path, goal: Goal, on: date) -> Answer:
    """The lawful ways from a day on, up to the sixty months of the scheme.

    The path is taken as it is known; nothing is assumed of what the person has not (age, RQTH, training under way).
    """
    start = _start(path, goal, on)
    if isinstance(start, Refusal):
        return Answer((), False, str(start))
    waiting, ended = [start], list[_Branch]()
    seen: set[tuple[object, ...]] = set()
    while waiting and len(seen) < MOST_BRANCHES:
        branch = waiting.pop()
        key = branch.key()
        if key in seen:
            continue
        seen.add(key)
        following = [] if _reached(branch, goal) else list(_following(branch, goal, on))
        if following:
            waiting.extend(following)
        else:
            ended.append(branch)
    ranked = sorted(ended, key=lambda branch: _rank(branch, goal))
    different: dict[tuple[object, ...], _Branch] = {}
    for branch in ranked:
        if branch.steps:
            different.setdefault(_shape(branch), branch)
    plans = tuple(Plan(branch.steps, branch.day, branch.moves) for branch in different.values())
    complete = bool(ranked) and (goal.until is None or ranked[0].day >= goal.until) and _ends_well(ranked[0], goal)
    why = "" if complete and goal.until is not None else _obstacle(ranked[0], goal, on)
    return Answer(plans[:SHOWN], complete, why)


Fact = Contract | Suspension | Extension | Renewal


def check_sequence(path: Path, facts: tuple[Fact, ...], on: date) -> Refusal | None:
    """The first thing unlawful in a sequence of steps, each judged after those before it; None where all stand.

    Extensions and renewals are judged on the day they are asked for, and taken as granted for what follows.
    """
    for fact in facts:
        found = _check(path, fact, on)
        if found:
            return found[0]
        path = _with(path, fact)
    return None


def _check(path: Path, fact: Fact, on: date) -> list[Refusal]:
    match fact:
        case Contract():
            return check_contract(path, fact, on)
        case Suspension():
            return check_suspension(path, fact, fact.first_day)
        case Extension():
            return check_extension(path, fact, on)
        case Renewal():
            return check_renewal(path, fact, on)


def _with(path: Path, fact: Fact) -> Path:
    """The path with one more fact, a demand being taken as granted."""
    match fact:
        case Contract():
            return replace(path, contracts=(*path.contracts, fact))
        case Renewal():
            return replace(path, renewals=(*path.renewals, replace(fact, state=DecisionState.GRANTED)))
    day = fact.first_day if isinstance(fact, Suspension) else fact.asked_on
    current = path.pass_on(day or date.max)
    if current is None:
        return path
    if isinstance(fact, Suspension):
        changed = replace(current, suspensions=(*current.suspensions, fact))
    else:
        granted = replace(fact, state=DecisionState.GRANTED)
        pending = tuple(each for each in current.extensions if each.state is not DecisionState.ASKED)
        changed = replace(current, extensions=(*pending, granted))
    return replace(path, passes=tuple(changed if one is current else one for one in path.passes))


# The search ---------------------------------------------------------------------------------------


def _start(path: Path, goal: Goal, on: date) -> _Branch | Refusal:
    """Where the search begins: the end of the contract under way, or the eve of the day asked."""
    if path.ends_on is not None:
        return Refusal(f"La fin du parcours est notée, le {said_in_full(path.ends_on)}")
    contract = path.contract_on(on)
    if contract is None or (contract.last_day is not None and contract.last_day < on):
        path = resumed(path, on)
        if not path.passes:
            path = replace(path, passes=(Pass(on),))
        return _Branch(path, on - A_DAY, None, "")
    if contract.last_day is None:
        return Refusal("La date de fin du contrat en cours est à noter d’abord")
    last = max(
        (each for each in path.contracts if each.kind in COUNTED and each.last_day is not None),
        key=lambda each: each.last_day or on,
    )
    return _Branch(path, last.last_day or on, last.structure, last.employer)


def _following(branch: _Branch, goal: Goal, on: date) -> Iterator[_Branch]:
    """The branches one contract further; the preferred structures come last, to be taken up first."""
    for structure in reversed(_open_structures(branch, goal)):
        yield from _signed(branch, goal, structure, on)
    if goal.passerelle and not branch.passerelle and branch.structure in (EmployerKind.ACI, EmployerKind.EI):
        yield from _passerelle(branch, goal, branch.structure, on)


def _open_structures(branch: _Branch, goal: Goal) -> list[EmployerKind]:
    if branch.structure is None or branch.moves >= MOST_MOVES:
        return list(goal.structures) if branch.structure is None else [branch.structure]
    here = [branch.structure]
    return [*here, *(structure for structure in goal.structures if structure is not branch.structure)]


def _signed(branch: _Branch, goal: Goal, structure: EmployerKind, on: date) -> Iterator[_Branch]:
    extended, contract = _next_contract(branch, goal, structure, on)
    if contract is None or check_contract(extended.path, contract, on):
        return
    moved = branch.structure is not None and structure is not branch.structure
    last_day = contract.last_day or contract.first_day
    step = Step(contract.first_day, last_day, _contract_said(contract, moved), structure)
    yield replace(
        extended,
        path=_with(extended.path, contract),
        day=last_day,
        structure=structure,
        employer=contract.employer,
        steps=(*extended.steps, step),
        moves=branch.moves + moved,
    )


def _next_contract(branch: _Branch, goal: Goal, structure: EmployerKind, on: date) -> tuple[_Branch, Contract | None]:
    """The contract that would follow, and the branch with what has to be extended for it; None where no day is left.

    Where nothing fixes the day to reach, no clock is extended for the sake of less than a month.
    """
    first_day = branch.day + A_DAY
    wanted = last_day_of(first_day, goal.contract_months)
    if goal.until is not None:
        wanted = min(wanted, goal.until)
    extended = _extended(branch, structure, first_day, wanted, on)
    last_day = min([wanted, *_ends(extended.path, structure, first_day).values()])
    if goal.until is None and last_day < last_day_of(first_day, 1):
        extended = branch
        last_day = min([wanted, *_ends(branch.path, structure, first_day).values()])
    if last_day < first_day:
        return branch, None
    employer = branch.employer if structure is branch.structure else f"{structure.value} {branch.moves + 1}"
    return extended, _contract(structure, employer, first_day, last_day, branch)


def _passerelle(branch: _Branch, goal: Goal, structure: EmployerKind, on: date) -> Iterator[_Branch]:
    """The same employer lends the person to an ordinary one: the contract goes on, the PASS stands still."""
    first_day = branch.day + A_DAY
    longest = last_day_of(first_day, value_or_oldest("passerelle.longest_months", first_day))
    wanted = longest if goal.until is None else min(longest, goal.until)
    extended = _extended(branch, structure, first_day, wanted, on)
    last_day = min([wanted, *_ends(extended.path, structure, first_day).values()])
    if last_day < first_day:
        return
    suspension = Suspension(first_day, last_day, SuspensionReason.PASSERELLE, first_day)
    contract = _contract(structure, branch.employer, first_day, last_day, branch)
    if check_sequence(extended.path, (contract, suspension), on) is not None:
        return
    said = (
        f"Contrat passerelle du {said_in_full(first_day)} au {said_in_full(last_day)} : le PASS est suspendu, le "
        f"contrat continue ({rule_or_oldest('passerelle.longest_months', first_day).source})."
    )
    yield replace(
        extended,
        path=_with(_with(extended.path, contract), suspension),
        day=last_day,
        steps=(*extended.steps, Step(first_day, last_day, said, structure)),
        passerelle=True,
    )


def _extended(branch: _Branch, structure: EmployerKind, first_day: date, wanted: date, on: date) -> _Branch:
    """The branch with what must be extended for the next contract to be worth signing, as far as it can be.

    Each time the clock that binds, and once at most each: extending another would lead no further. The structure that
    employs asks, or the one that wishes to (R5132-1-8).
    """
    askers = frozenset({structure} if branch.structure is None else {structure, branch.structure})
    worth = min(wanted, last_day_of(first_day, value_or_oldest("cddi.shortest_months", first_day)))
    left = dict(_EXTENDED_BY)
    while True:
        ends = _ends(branch.path, structure, first_day)
        clock = min(ends, key=lambda name: (ends[name], list(ClockName).index(name)))
        kind = left.pop(clock, None)
        if ends[clock] >= worth or kind is None:
            return branch
        decision = _decision(branch.path, kind, max(on, min(branch.day, ends[clock])), askers)
        if decision is None:
            return branch
        branch = _decided(branch, decision, on, askers)


_EXTENDED_BY = {ClockName.PASS: DecisionKind.EXTEND_PASS, ClockName.CDDI: DecisionKind.EXTEND_CDDI}


def _decision(path: Path, kind: DecisionKind, day: date, askers: frozenset[EmployerKind]) -> Decision | None:
    """The decision of a kind that leads furthest, asked for by its day at the latest."""
    ahead = [
        each
        for each in decisions(path, day, askers)
        if each.kind is kind and each.opens_on <= each.decide_by and each.state is not DecisionState.REFUSED
    ]
    return max(ahead, key=lambda each: each.new_last_day or date.max, default=None)


def _decided(branch: _Branch, decision: Decision, on: date, askers: frozenset[EmployerKind]) -> _Branch:
    asked = max(on, decision.opens_on)
    if decision.motive is None or decision.new_last_day is None or asked > decision.closes_on:
        return branch
    fact: Extension | Renewal
    if decision.kind is DecisionKind.EXTEND_PASS:
        days = (decision.new_last_day - decision.decide_by).days
        fact = Extension(decision.motive, days, DecisionState.ASKED, asked_on=asked)
        refused = decision.state is None and bool(check_extension(branch.path, fact, asked, askers))
    else:
        fact = Renewal(decision.motive, decision.new_last_day, DecisionState.ASKED, asked_on=asked)
        refused = False
    if refused:
        return branch
    step = Step(decision.decide_by, decision.new_last_day, _decision_said(decision, asked), decision=decision)
    return replace(branch, path=_with(branch.path, fact), steps=(*branch.steps, step))


def _ends(path: Path, structure: EmployerKind, first_day: date) -> dict[ClockName, date]:
    """The last day that each clock would allow to a contract begun on a day."""
    signed = replace(path, contracts=(*path.contracts, Contract(KIND_OF[structure], first_day, first_day, "asked")))
    clocks = [clock for clock in read(signed, first_day).clocks if clock.last_day is not None]
    held = [clock for clock in clocks if clock.name is not ClockName.CDDI or structure is EmployerKind.ACI]
    return {clock.name: clock.last_day for clock in held if clock.last_day is not None}


def _contract(structure: EmployerKind, employer: str, first_day: date, last_day: date, branch: _Branch) -> Contract:
    before = branch.path.contract_on(branch.day)
    programme = Programme.CVG if structure is EmployerKind.ACI else Programme.NONE
    directly = before is not None and before.recruited_directly and before.employer == employer
    return Contract(KIND_OF[structure], first_day, last_day, employer, programme, recruited_directly=directly)


# What a plan is worth, and what stops it ------------------------------------------------------------


def _reached(branch: _Branch, goal: Goal) -> bool:
    return goal.until is not None and branch.day >= goal.until


def _ends_well(branch: _Branch, goal: Goal) -> bool:
    return goal.ends_in is None or branch.structure is goal.ends_in


def _rank(branch: _Branch, goal: Goal) -> tuple[object, ...]:
    day = branch.day if goal.until is None else min(branch.day, goal.until)
    asked = sum(1 for step in branch.steps if step.decision and Approver.EMPLOYER not in step.decision.approvers)
    structures = tuple(
        goal.structures.index(step.structure) if step.structure in goal.structures else len(goal.structures)
        for step in branch.steps
        if step.structure is not None
    )
    return not _ends_well(branch, goal), -day.toordinal(), asked, branch.moves, len(structures), structures


def _shape(branch: _Branch) -> tuple[object, ...]:
    """What tells two plans apart for people: the structures gone through, and a *contrat passerelle* or none."""
    structures = [step.structure for step in branch.steps if step.structure is not None]
    return branch.passerelle, *(structure for structure, _contracts in groupby(structures))


def _obstacle(branch: _Branch, goal: Goal, on: date) -> str:
    """What keeps the best branch from going a day further, in one sentence with the article."""
    if _reached(branch, goal) and goal.ends_in is not None:
        return f"Aucune suite permise ne finit en {goal.ends_in.value.upper()}."
    structure = branch.structure or goal.structures[0]
    extended, contract = _next_contract(branch, goal, structure, on)
    refused = check_contract(extended.path, contract, on) if contract else []
    if refused:
        return str(refused[0])
    ends = list(_last_words(branch, structure))
    if not ends:
        return ""
    clock, end = min(ends, key=lambda pair: pair[1])
    source = rule_or_oldest(_RULE[clock], branch.day).source
    match clock:
        case ClockName.PASS:
            why = _why_not_extended(branch)
            return f"Le PASS IAE finit le {said_in_full(end)} et ne se prolonge plus : {why} ({_EXTENSION_SOURCE})."
        case ClockName.CDDI:
            return f"Les CDDI vont jusqu’au {said_in_full(end)} et ne se prolongent plus ({source})."
    return f"Convergence s’arrête à 60 mois sous contrat, le {said_in_full(end)} ({source})."


def _why_not_extended(branch: _Branch) -> str:
    current = branch.path.pass_on(branch.day)
    demands = current.extensions if current else ()
    granted = sum(each.days for each in demands if each.granted)
    if any(each.state is DecisionState.REFUSED for each in demands):
        return "la demande a été refusée"
    return f"{days_said(granted)} déjà accordés" if granted else "aucun motif n’est ouvert"


_EXTENSION_SOURCE = "art. R5132-1-8 C. trav."
_RULE = {
    ClockName.PASS: "pass.months",
    ClockName.CDDI: "cddi.months",
    ClockName.CONVERGENCE: "convergence.months",
}


def _last_words(branch: _Branch, structure: EmployerKind) -> Iterator[tuple[ClockName, date]]:
    """The clocks that hold a contract in a kind of structure, without those that can still be extended."""
    for clock in read(branch.path, branch.day).clocks:
        if clock.last_day is None or (clock.name is ClockName.CDDI and structure is not EmployerKind.ACI):
            continue
        kind = _EXTENDED_BY.get(clock.name)
        if kind is None or _decision(branch.path, kind, branch.day, frozenset({structure})) is None:
            yield clock.name, clock.last_day


def _contract_said(contract: Contract, moved: bool) -> str:
    what = "CDDI" if contract.kind is ContractKind.CDDI else contract.kind.label
    return (
        f"{what}{' (changement de structure)' if moved else ''} du {said_in_full(contract.first_day)} au "
        f"{said_in_full(contract.last_day or contract.first_day)}."
    )


def _decision_said(decision: Decision, asked: date) -> str:
    what = "PASS IAE prolongé" if decision.kind is DecisionKind.EXTEND_PASS else "CDDI prolongé au-delà de sa limite,"
    motive = decision.motive.label if decision.motive else ""
    approvers = " ou ".join(approver.label.lower() for approver in decision.approvers)
    until = said_in_full(decision.new_last_day) if decision.new_last_day else ""
    return (
        f"{what} jusqu’au {until}, motif « {motive} », décision : {approvers}, à demander entre le "
        f"{said_in_full(asked)} et le {said_in_full(decision.decide_by)} ({decision.source})."
    )
