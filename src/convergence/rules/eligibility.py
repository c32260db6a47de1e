"""Who may enter: criteria and what proves them, how long a diagnosis stands, the countdown of a later control."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from convergence.rules.law import value_or_oldest
from convergence.rules.spans import add_months
from convergence.vocabulary.eligibility import Criterion, CriterionLevel, DiagnosisAuthor
from convergence.vocabulary.structures import EmployerKind


@dataclass(frozen=True, slots=True)
class CriterionRule:
    """One criterion from a day on.

    :param months: age that its proof must not reach; None where the proof has none.
    :param valid_on_the_day: the right that it proves must be in force.
    :param from_age_years: age from which it holds by itself; ``below_age_years`` age from which it no longer does.
    """

    criterion: Criterion
    level: CriterionLevel
    since: date
    proof: str
    source: str
    months: int | None = None
    valid_on_the_day: bool = False
    from_age_years: int | None = None
    below_age_years: int | None = None
    check: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """What was shown for a criterion: when the paper was made, and until when the right that it proves runs."""

    criterion: Criterion
    made_on: date
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether an employer may establish eligibility by itself, on what, and why not otherwise.

    :param held: criteria proved on the day; ``sentence`` is in French.
    """

    eligible: bool
    held: tuple[Criterion, ...]
    sentence: str


def eligible(proofs: Iterable[Proof], structure: EmployerKind, on: date, born_on: date | None = None) -> Answer:
    """Whether the proofs establish eligibility on the day of the PASS, by the employer alone."""
    papers = list(proofs)
    held = tuple(row.criterion for row in criteria(on) if _holds(row, papers, born_on, on))
    missing = []
    for level in CriterionLevel:
        number = needed(level, structure, on)
        proved = sum(1 for row in criteria(on) if row.level is level and row.criterion in held)
        if number and proved >= number:
            many = "critères" if proved > 1 else "critère"
            return Answer(True, held, f"Éligible : {proved} {many} de niveau {_number(level)}.")
        plural = "s" if number > 1 else ""
        missing.append(f"{number} critère{plural} de niveau {_number(level)} (prouvés : {proved})")
    criteria_needed = " ou ".join(missing)
    return Answer(False, held, f"Il faut {criteria_needed}, ou le diagnostic d’un prescripteur habilité.")


def proof_stands_until(criterion: Criterion, made_on: date) -> date | None:
    """The last day on which a proof still counts for a PASS; None where it does not age.

    « Younger than three months »: made on 10 January, it counts up to 9 April.
    """
    row = criterion_rule(criterion, made_on)
    if row is None or row.months is None:
        return None
    return add_months(made_on, row.months) - timedelta(days=1)


def diagnosis_stands_until(author: DiagnosisAuthor, made_on: date) -> date:
    """The last day on which a diagnosis may open a PASS: it expires 92 days, or six months, after it was made."""
    if author is DiagnosisAuthor.EMPLOYER:
        expires = made_on + timedelta(days=value_or_oldest("diagnosis.employer_days", made_on))
    else:
        expires = add_months(made_on, value_or_oldest("diagnosis.prescriber_months", made_on))
    return expires - timedelta(days=1)


def control_answer_by(asked_on: date) -> date:
    """The last day to send what a control of eligibility asks for: six weeks."""
    return asked_on + timedelta(weeks=value_or_oldest("control.answer_weeks", asked_on))


@cache
def criteria(on: date) -> tuple[CriterionRule, ...]:
    """The criteria in force on a day, or the oldest known for a day that comes before, in the order of the file."""
    rows = (criterion_rule(criterion, on) for criterion in Criterion)
    return tuple(row for row in rows if row is not None)


@cache
def criterion_rule(criterion: Criterion, on: date) -> CriterionRule | None:
    """The row of one criterion in force on a day, or its oldest; None for a criterion without a row."""
    rows = sorted((row for row in all_criteria() if row.criterion is criterion), key=lambda row: row.since)
    in_force = [row for row in rows if row.since <= on]
    if in_force:
        return in_force[-1]
    return rows[0] if rows else None


@cache
def needed(level: CriterionLevel, structure: EmployerKind, on: date) -> int:
    """How many criteria of a level establish eligibility in a kind of structure; 0 where none can."""
    rows = [row for row in _file()["needed"] if row["level"] == level.value and structure.value in row["structures"]]
    in_force = [row for row in rows if row["from"] <= on] or rows[:1]
    return max(in_force, key=lambda row: row["from"])["number"] if in_force else 0


@cache
def all_criteria() -> tuple[CriterionRule, ...]:
    """Every row of the file, in its order.

    :raises KeyError: a row that lacks its code, level, date, proof or source.
    """
    return tuple(
        CriterionRule(
            criterion=Criterion(row["code"]),
            level=CriterionLevel(row["level"]),
            since=row["from"],
            proof=row["proof"],
            source=row["source"],
            months=row.get("months"),
            valid_on_the_day=row.get("valid_on_the_day", False),
            from_age_years=row.get("from_age_years"),
            below_age_years=row.get("below_age_years"),
            check=row.get("check", ""),
        )
        for row in _file()["criterion"]
    )


def _holds(row: CriterionRule, papers: list[Proof], born_on: date | None, on: date) -> bool:
    if row.from_age_years is not None or row.below_age_years is not None:
        return born_on is not None and _of_age(row, born_on, on)
    return any(_proves(row, paper, on) for paper in papers if paper.criterion is row.criterion)


def _of_age(row: CriterionRule, born_on: date, on: date) -> bool:
    old_enough = row.from_age_years is None or add_months(born_on, 12 * row.from_age_years) <= on
    young_enough = row.below_age_years is None or on < add_months(born_on, 12 * row.below_age_years)
    return old_enough and young_enough


def _proves(row: CriterionRule, paper: Proof, on: date) -> bool:
    if paper.made_on > on or (paper.valid_until is not None and paper.valid_until < on):
        return False
    if row.valid_on_the_day:
        return True
    until = proof_stands_until(row.criterion, paper.made_on)
    return until is None or on <= until


def _number(level: CriterionLevel) -> int:
    return list(CriterionLevel).index(level) + 1


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(files("convergence.rules").joinpath("eligibility.toml").read_text(encoding="utf-8"))
