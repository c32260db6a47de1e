"""What is odd in the facts of a path, each in a French sentence: overlaps, gaps, dates that do not fit.

Nothing here refuses a fact: what is recorded happened. The clocks say beside it how they counted.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from convergence.rules.clocks import Reading, read
from convergence.rules.contract_clocks import furthest
from convergence.rules.french import days_said, said_in_full
from convergence.rules.hours import check_hours
from convergence.rules.law import in_force, rule
from convergence.rules.pass_clock import suspended
from convergence.rules.path import COUNTED, STRUCTURE_OF, Pass, Path
from convergence.rules.periods import FOREVER, Period, gaps, overlap
from convergence.vocabulary.contracts import ContractKind


@dataclass(frozen=True, slots=True)
class Remark:
    """One oddity: a code for programs, the days that it is about, a sentence for people."""

    kind: str
    period: Period
    sentence: str


def remarks(path: Path, on: date) -> list[Remark]:
    """Every remark on a path as it is known, in the order of the days that they are about."""
    reading = read(path, on)
    found = [
        *_contracts(path),
        *_beside_the_pass(path, reading),
        *_suspensions(path.pass_on(on)),
        *_aid(path, reading),
        *_renewals(path, on),
        *_beyond_the_clocks(path, reading),
        *_hours(path),
    ]
    return sorted(set(found), key=lambda remark: (remark.period.first_day, remark.kind, remark.sentence))


def _contracts(path: Path) -> Iterator[Remark]:
    counted = [contract for contract in path.contracts if contract.kind in COUNTED]
    for one, other in combinations(counted, 2):
        shared = overlap(one.period, other.period)
        if shared is None:
            continue
        # Nobody is named: at another employer, the reader may know nothing of it.
        who = "du même employeur" if one.employer == other.employer else "de deux employeurs"
        kind = "overlap_same_employer" if one.employer == other.employer else "overlap"
        yield Remark(
            kind, shared, f"Deux contrats {who} courent {_from_to(shared)} : ces jours ne comptent qu’une fois."
        )
    for gap in gaps(contract.period for contract in counted):
        yield Remark(
            "gap",
            gap,
            f"Aucun contrat {_from_to(gap)} ({days_said(gap.days)}) : le CDDI et Convergence reprennent là où ils "
            "s’étaient arrêtés ; le PASS, lui, court toujours s’il n’est pas suspendu.",
        )
    for contract in counted:
        if contract.last_day is None:
            yield Remark(
                "term_unknown",
                contract.period,
                f"Le contrat du {said_in_full(contract.first_day)} n’a pas de date de fin : elle est à noter.",
            )


def _beside_the_pass(path: Path, reading: Reading) -> Iterator[Remark]:
    clock = reading.pass_iae
    integration = [contract for contract in path.contracts if contract.kind in STRUCTURE_OF]
    if clock is None:
        if integration:
            first = min(contract.first_day for contract in integration)
            yield Remark("no_pass", Period(first), "Aucun PASS IAE n’est noté : sa date de début est à noter.")
        return
    first_pass = min(one.first_day for one in path.passes)
    for contract in integration:
        if contract.first_day < first_pass:
            until = Period(contract.first_day, first_pass)
            yield Remark(
                "before_pass",
                until,
                f"Le contrat du {said_in_full(contract.first_day)} commence avant le PASS IAE "
                f"(le {said_in_full(first_pass)}).",
            )
        if contract.period.end > clock.end and contract.last_day is not None and contract.first_day <= clock.end:
            yield Remark(
                "beyond_pass",
                Period(clock.end, contract.last_day),
                f"Le contrat va jusqu’au {said_in_full(contract.last_day)}, le PASS IAE seulement jusqu’au "
                f"{said_in_full(clock.end)} : il est à prolonger d’ici là.",
            )


def _suspensions(one: Pass | None) -> Iterator[Remark]:
    if one is None:
        return
    for first, second in combinations(sorted(each.period for each in one.suspensions), 2):
        shared = overlap(first, second)
        if shared:
            yield Remark(
                "suspensions_overlap",
                shared,
                f"Deux suspensions du PASS se chevauchent {_from_to(shared)} : elles comptent pour une seule.",
            )
    counted = suspended(one)
    for suspension in one.suspensions:
        if not any(overlap(suspension.period, stretch) for stretch in counted):
            yield Remark(
                "suspension_outside",
                suspension.period,
                f"La suspension {_from_to(suspension.period)} commence hors du PASS : elle ne le décale pas.",
            )


def _aid(path: Path, reading: Reading) -> Iterator[Remark]:
    clock = reading.pass_iae
    if clock is None or clock.suspended_until is None or not in_force("suspension.stops_post_aid", reading.on):
        return
    under_contract = any(
        contract.kind in STRUCTURE_OF and contract.period.covers(reading.on) for contract in path.contracts
    )
    if under_contract:
        source = rule("suspension.stops_post_aid", reading.on).source
        yield Remark(
            "no_aid",
            Period(reading.on, clock.suspended_until),
            f"Pas d’aide au poste tant que le PASS est suspendu, jusqu’au {said_in_full(clock.suspended_until)} "
            f"({source}).",
        )


def _renewals(path: Path, on: date) -> Iterator[Remark]:
    if not any(contract.kind is ContractKind.CDDI for contract in path.contracts):
        return
    for renewal in path.renewals:
        limit = furthest(path, renewal, on)
        if renewal.granted and date.min < limit < renewal.last_day:
            yield Remark(
                "renewal_beyond",
                Period(limit, renewal.last_day),
                f"Le CDDI est prolongé jusqu’au {said_in_full(renewal.last_day)}, au-delà de ce que ce motif permet "
                f"({said_in_full(limit)}) : il compte jusque-là.",
            )


def _beyond_the_clocks(path: Path, reading: Reading) -> Iterator[Remark]:
    """The contract under way goes further than the CDDI or Convergence: it was signed so, a decision is missing."""
    contract = reading.contract
    if contract is None or contract.last_day is None or contract.last_day < reading.on:
        return
    limits = []
    if reading.in_cddi and reading.cddi and reading.cddi.last_day:
        limits.append(("beyond_cddi", "les CDDI", reading.cddi.last_day))
    if contract.kind in COUNTED and reading.convergence and reading.convergence.last_day:
        limits.append(("beyond_convergence", "Convergence", reading.convergence.last_day))
    for kind, what, limit in limits:
        if contract.last_day > limit:
            yield Remark(
                kind,
                Period(limit, contract.last_day),
                f"Le contrat va jusqu’au {said_in_full(contract.last_day)}, {what} seulement jusqu’au "
                f"{said_in_full(limit)} : la décision est à noter, ou le contrat à corriger.",
            )


def _hours(path: Path) -> Iterator[Remark]:
    for contract in path.contracts:
        if contract.kind is not ContractKind.CDDI or contract.weekly_hours is None:
            continue
        for refusal in check_hours(contract.weekly_hours, contract.programme, path.derogations, contract.first_day):
            yield Remark(
                "hours", contract.period, f"Contrat du {said_in_full(contract.first_day)} : {_lower(str(refusal))}"
            )


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _from_to(period: Period) -> str:
    if period.end == FOREVER:
        return f"depuis le {said_in_full(period.first_day)}"
    if period.days == 1:
        return f"le {said_in_full(period.first_day)}"
    return f"du {said_in_full(period.first_day)} au {said_in_full(period.end)}"
