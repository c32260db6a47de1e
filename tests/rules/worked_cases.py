"""Reads the worked cases of ``cases/*.toml`` and asks the rules what they expect; ``LISEZMOI.md`` says the words."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path as FilePath
from typing import Any

from convergence.rules.after import next_due
from convergence.rules.alerts import CLOCK_BINDING, alerts_of
from convergence.rules.cdi_inclusion import check_cdi_inclusion
from convergence.rules.clocks import read
from convergence.rules.decisions import decisions
from convergence.rules.eligibility import Proof, control_answer_by, diagnosis_stands_until, eligible, proof_stands_until
from convergence.rules.facts import ContractFact, Facts, Spell, ThreadFact
from convergence.rules.hiring import checklist
from convergence.rules.hours import check_derogation, check_hours, report_due_on
from convergence.rules.path import Contract, Derogation, Extension, Pass, Path, Renewal, Suspension
from convergence.rules.periods import A_DAY, Period
from convergence.rules.planning import Goal, plan
from convergence.rules.refusals import (
    Refusal,
    check_answer,
    check_contract,
    check_end,
    check_extension,
    check_new_pass,
    check_renewal,
    check_suspension,
)
from convergence.rules.remarks import remarks
from convergence.rules.schedule import notices_of
from convergence.rules.sentences import sentence
from convergence.vocabulary.contracts import ContractKind, Programme
from convergence.vocabulary.decisions import Approver, DecisionState, DerogationKind
from convergence.vocabulary.eligibility import Criterion, DiagnosisAuthor
from convergence.vocabulary.extensions import ExtensionMotive, SuspensionReason
from convergence.vocabulary.structures import EmployerKind

Row = dict[str, Any]
CASES = FilePath(__file__).parent / "cases"


@dataclass(frozen=True)
class Case:
    """One worked case: a title, what is given, on which day, what is expected."""

    file: str
    title: str
    on: date
    given: Row
    expect: Row


def all_cases() -> list[Case]:
    """Every case of every file, in order.

    :raises KeyError: a case that lacks a title, a day, what is given or what is expected.
    """
    return [
        Case(file.stem, row["title"], row["on"], row["given"], row["expect"])
        for file in sorted(CASES.glob("*.toml"))
        for row in tomllib.loads(file.read_text(encoding="utf-8"))["case"]
    ]


def found(case: Case) -> Row:
    """What the rules answer, under the same words as what the case expects."""
    path = path_of(case.given)
    return {word: ANSWERS[word](case, path) for word in case.expect}


# What is given ------------------------------------------------------------------------------------


def path_of(given: Row) -> Path:
    passes = given.get("pass", [])
    return Path(
        contracts=tuple(contract_of(row) for row in given.get("contracts", [])),
        passes=tuple(pass_of(row) for row in (passes if isinstance(passes, list) else [passes])),
        renewals=tuple(renewal_of(row) for row in given.get("renewals", [])),
        derogations=tuple(derogation_of(row) for row in given.get("derogations", [])),
        born_on=given.get("born"),
        disabled_worker=tuple(Period(row["from"], row.get("to")) for row in given.get("disabled_worker", [])),
        trainings=tuple(Period(row["from"], row.get("to")) for row in given.get("trainings", [])),
        ends_on=given.get("ends"),
    )


def contract_of(row: Row) -> Contract:
    return Contract(
        kind=ContractKind(row["kind"]),
        first_day=row["from"],
        last_day=row.get("to"),
        employer=row.get("employer", "A"),
        programme=Programme(row.get("programme", "cvg" if row["kind"] == "cddi" else "none")),
        weekly_hours=Decimal(str(row["hours"])) if "hours" in row else None,
        recruited_directly=row.get("recruited_directly", False),
        exempt_from_minimum=row.get("exempt_from_minimum", False),
    )


def pass_of(row: Row) -> Pass:
    return Pass(
        first_day=row["from"],
        suspensions=tuple(suspension_of(each) for each in row.get("suspensions", [])),
        extensions=tuple(extension_of(each) for each in row.get("extensions", [])),
        official_last_day=row.get("official"),
        official_seen_on=row.get("official_seen"),
        ended_on=row.get("ended"),
    )


def suspension_of(row: Row) -> Suspension:
    reason = SuspensionReason(row.get("reason", "contract_suspended"))
    return Suspension(row["from"], row["to"], reason, row.get("declared"))


def extension_of(row: Row) -> Extension:
    return Extension(
        ExtensionMotive(row["motive"]),
        row["days"],
        DecisionState(row.get("state", "granted")),
        row.get("asked"),
        row.get("decided"),
        row.get("notified"),
    )


def renewal_of(row: Row) -> Renewal:
    return Renewal(
        ExtensionMotive(row["motive"]),
        row["to"],
        DecisionState(row.get("state", "granted")),
        row.get("asked"),
        row.get("decided"),
        Approver(row.get("approver", "authorised_prescriber")),
    )


def derogation_of(row: Row) -> Derogation:
    return Derogation(DerogationKind(row.get("kind", "individual")), row["from"], row["to"])


# What is expected ---------------------------------------------------------------------------------


def _clock(name: str) -> Callable[[Case, Path], Row]:
    def ask(case: Case, path: Path) -> Row:
        clock = getattr(read(path, case.on), name)
        words = case.expect["pass" if name == "pass_iae" else name]
        return {word: clock.last_day is None if word == "stopped" else getattr(clock, word) for word in words}

    return ask


def _explained(case: Case, path: Path) -> str:
    clock = read(path, case.on).pass_iae
    return _part(case.expect["explained"], clock.explained() if clock else "")


def _binds(case: Case, path: Path) -> Row:
    binds = read(path, case.on).binds
    return {"clock": binds.name.value, "on": binds.last_day} if binds else {}


def _remarks(case: Case, path: Path) -> list[str]:
    sentences = [remark.sentence for remark in remarks(path, case.on)]
    expected: list[str] = case.expect["remarks"]
    if not expected:
        return sentences
    return [_part_of_any(part, sentences) for part in expected]


def _next(case: Case, path: Path) -> Row:
    ahead = decisions(path, case.on)
    return {word: _of_decision(ahead[0], word) for word in case.expect["next"]} if ahead else {}


def _ahead(case: Case, path: Path) -> list[Row]:
    ahead = decisions(path, case.on)
    expected: list[Row] = case.expect["ahead"]
    if len(ahead) != len(expected):
        return [{"kind": each.kind.value, "decide_by": each.decide_by} for each in ahead]
    return [{word: _of_decision(each, word) for word in row} for each, row in zip(ahead, expected, strict=True)]


def _of_decision(decision: object, word: str) -> Any:
    value = getattr(decision, word)
    if isinstance(value, tuple):
        return [each.value for each in value]
    return "" if value is None else getattr(value, "value", value)


def _notices(case: Case, path: Path) -> list[date]:
    return [notice.begins_on for notice in notices_of(path, case.on)]


def _warned(case: Case, path: Path) -> list[str]:
    """What *Today* says of clocks and terms, of both on the same day the clock alone; of the support that goes on."""
    facts = Facts(
        supports=(Spell(date.min, None),),
        pathways=(Spell(date.min, _day_after(path.ends_on)),),
        contracts=tuple(
            ContractFact(each.kind.value, Spell(each.first_day, _day_after(each.last_day))) for each in path.contracts
        ),
        threads=_threads(case.given),
        path=path,
    )
    begun = [alert for alert in alerts_of(facts, case.on) if alert.begins_on <= case.on]
    binding = [alert for alert in begun if alert.kind == CLOCK_BINDING]
    ending = [alert for alert in begun if alert.kind == "contract_ending" and alert.on not in {b.on for b in binding}]
    news = [alert for alert in begun if alert.kind == "follow_up_due"]
    said = [sentence(alert, case.on).replace("\u00a0", " ") for alert in (*binding, *ending, *news)]
    expected: list[str] = case.expect["warned"]
    return expected if sorted(said) == sorted(expected) else said


def _day_after(last_day: date | None) -> date | None:
    return last_day + A_DAY if last_day else None


def _threads(given: Row) -> tuple[ThreadFact, ...]:
    row = given.get("after")
    return (ThreadFact(row["opener"], row["from"], None, max(row.get("news", []), default=None)),) if row else ()


def _news(case: Case, path: Path) -> Row:
    (thread,) = _threads(case.given)
    due = next_due(case.given["after"]["from"], thread.latest_news)
    return {"months": due.months, "on": due.on} if due else {}


def _refused(case: Case, path: Path) -> list[str]:
    sentences = [str(refusal) for refusal in refusals(case, path)]
    expected: list[str] = case.expect["refused"]
    if not expected or len(expected) != len(sentences):
        return sentences
    return [_part_of_any(part, sentences) for part in expected]


def refusals(case: Case, path: Path) -> list[Refusal]:
    """What the proposals of a case are refused for."""
    given, on = case.given, case.on
    answers: list[Refusal] = []
    if "propose_contract" in given:
        answers += check_contract(path, contract_of(given["propose_contract"]), on)
    if "propose_suspension" in given:
        answers += check_suspension(path, suspension_of(given["propose_suspension"]), on)
    if "propose_extension" in given:
        answers += check_extension(path, extension_of({**given["propose_extension"], "state": "asked"}), on)
    if "propose_answer" in given:
        row = given["propose_answer"]
        answers += check_answer(extension_of(row), reasoned=row.get("reasoned", False))
    if "propose_renewal" in given:
        answers += check_renewal(path, renewal_of({**given["propose_renewal"], "state": "asked"}), on)
    if "propose_end" in given:
        answers += check_end(path, given["propose_end"])
    if "propose_pass" in given:
        row = given["propose_pass"]
        answers += check_new_pass(path, row["from"], by_prescriber=row.get("by_prescriber", False))
    if "propose_hours" in given:
        row = given["propose_hours"]
        programme = Programme(row.get("programme", "cvg"))
        answers += check_hours(Decimal(str(row["hours"])), programme, path.derogations, on)
    if "propose_derogation" in given:
        answers += check_derogation(derogation_of(given["propose_derogation"]))
    if "propose_cdi_inclusion" in given:
        row = given["propose_cdi_inclusion"]
        held, wanted, funded = (Decimal(str(row[word])) for word in ("held", "wanted", "funded"))
        with_prefect = row.get("with_prefect", False)
        answers += check_cdi_inclusion(given["born"], held, wanted, funded, on, with_prefect=with_prefect)
    return answers


def _eligible(case: Case, path: Path) -> Row:
    proofs = [Proof(Criterion(row["criterion"]), row["made"], row.get("until")) for row in case.given.get("proofs", [])]
    answer = eligible(proofs, EmployerKind(case.given.get("structure", "aci")), case.on, path.born_on)
    told: Row = {"eligible": answer.eligible, "held": [criterion.value for criterion in answer.held]}
    told["sentence"] = _part(case.expect["eligible"].get("sentence", ""), answer.sentence)
    return {word: told[word] for word in case.expect["eligible"]}


def _proof_until(case: Case, path: Path) -> date | str:
    row = case.given["proofs"][0]
    return proof_stands_until(Criterion(row["criterion"]), row["made"]) or ""


def _diagnosis_until(case: Case, path: Path) -> date:
    return diagnosis_stands_until(DiagnosisAuthor(case.given["diagnosis_by"]), case.on)


def _answer_by(case: Case, path: Path) -> date:
    return control_answer_by(case.on)


def _checklist(case: Case, path: Path) -> Row:
    steps = checklist(
        case.given["hired"],
        foreign_permit=case.given.get("foreign_permit", False),
        registered_at_france_travail=case.given.get("registered", False),
    )
    return {step.code: step.due_on for step in steps}


def _plan(case: Case, path: Path) -> Row:
    row = case.given.get("goal", {})
    goal = Goal(
        until=row.get("until"),
        structures=tuple(EmployerKind(kind) for kind in row.get("structures", ["aci"])),
        ends_in=EmployerKind(row["ends_in"]) if "ends_in" in row else None,
        passerelle=row.get("passerelle", False),
        contract_months=row.get("contract_months", 12),
    )
    answer = plan(path, goal, case.on)
    best = answer.best
    told: Row = {
        "reaches": best.last_day if best else None,
        "decisions": len(best.decisions) if best else 0,
        "moves": best.moves if best else 0,
        "steps": [step.said.replace("\u00a0", " ") for step in best.steps] if best else [],
        "complete": answer.complete,
        "why": _part(case.expect["plan"].get("why", ""), answer.why),
    }
    return {word: told[word] for word in case.expect["plan"]}


ANSWERS: dict[str, Callable[[Case, Path], Any]] = {
    "pass": _clock("pass_iae"),
    "cddi": _clock("cddi"),
    "convergence": _clock("convergence"),
    "explained": _explained,
    "binds": _binds,
    "term": lambda case, path: read(path, case.on).term,
    "remarks": _remarks,
    "next": _next,
    "ahead": _ahead,
    "notices": _notices,
    "warned": _warned,
    "news": _news,
    "refused": _refused,
    "eligible": _eligible,
    "proof_until": _proof_until,
    "diagnosis_until": _diagnosis_until,
    "answer_by": _answer_by,
    "checklist": _checklist,
    "report_due": lambda case, path: report_due_on(path.derogations[0]) or "",
    "plan": _plan,
}


def _part(expected: str, sentence: str) -> str:
    """The part expected where the sentence says it; the whole sentence where it does not."""
    plain = sentence.replace("\u00a0", " ")
    return expected if (expected and expected in plain) or expected == plain else plain


def _part_of_any(part: str, sentences: list[str]) -> str:
    for said in sentences:
        if _part(part, said) == part:
            return part
    return " | ".join(said.replace("\u00a0", " ") for said in sentences)
