"""A candidacy on a day: whether eligibility stands, what its hiring still asks for, how long somebody has waited."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from convergence.rules import eligibility
from convergence.rules.eligibility import Proof, criterion_rule, diagnosis_stands_until, proof_stands_until
from convergence.rules.facts import Spell
from convergence.rules.french import days_said, said_in_full
from convergence.rules.hiring import HiringStep, checklist
from convergence.vocabulary.eligibility import Criterion, DiagnosisAuthor
from convergence.vocabulary.structures import EmployerKind


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Somebody established that the person may enter: the employer itself, or an authorised prescriber."""

    by: DiagnosisAuthor
    made_on: date


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether somebody may be hired in the scheme on a day, in one sentence; ``gaps`` names what no longer counts."""

    eligible: bool
    sentence: str
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HiringLine:
    """One line of the checklist on a day: « done », « late », « due » (it may be done now) or « ahead »."""

    step: HiringStep
    done_on: date | None
    state: str

    @property
    def sentence(self) -> str:
        """« fait le 3 mai 2026, 2 jours après le terme », « en retard : à faire avant le 3 mai 2026 »."""
        until = said_in_full(self.step.due_on)
        if self.done_on is not None:
            after = (self.done_on - self.step.due_on).days
            return f"fait le {said_in_full(self.done_on)}" + (
                f", {days_said(after)} après le terme" if after > 0 else ""
            )
        if self.state == "late":
            return f"en retard : c’était à faire le {until} au plus tard"
        if self.state == "ahead" and self.step.opens_on is not None:
            return f"à faire entre le {said_in_full(self.step.opens_on)} et le {until}"
        return f"à faire le {until} au plus tard"


def standing(
    proofs: Iterable[Proof],
    diagnoses: Iterable[Diagnosis],
    structure: EmployerKind,
    on: date,
    born_on: date | None = None,
) -> Standing:
    """Whether what was shown establishes that the person may enter on a day, and which papers no longer count.

    A prescriber's diagnosis is enough by itself while it stands; an employer's rests on the criteria, and expires.
    """
    papers, said = list(proofs), list(diagnoses)
    answer = eligibility.eligible(papers, structure, on, born_on)
    gaps = [gap for paper in papers if (gap := gap_of(paper, on))]
    for diagnosis in said:
        until = diagnosis_stands_until(diagnosis.by, diagnosis.made_on)
        if diagnosis.made_on <= on <= until and diagnosis.by is DiagnosisAuthor.PRESCRIBER:
            sentence = f"Éligible : diagnostic d’un prescripteur habilité, valable jusqu’au {said_in_full(until)}."
            return Standing(True, sentence, tuple(gaps))
        if on > until:
            gaps.append(f"Diagnostic ({diagnosis.by.label.lower()}) : expiré depuis le {said_in_full(until)}")
    if answer.eligible:
        own = [diagnosis_stands_until(each.by, each.made_on) for each in said if each.made_on <= on]
        if own and max(own) >= on:
            sentence = f"{answer.sentence} Diagnostic valable jusqu’au {said_in_full(max(own))}."
            return Standing(True, sentence, tuple(gaps))
    return Standing(answer.eligible, answer.sentence, tuple(gaps))


def gap_of(paper: Proof, on: date) -> str:
    """Why a paper does not count on a day, in a few words; empty where it does."""
    name = paper.criterion.label
    if paper.made_on > on:
        return f"{name} : pièce établie le {said_in_full(paper.made_on)}, après ce jour"
    if paper.valid_until is not None and paper.valid_until < on:
        return f"{name} : pièce expirée depuis le {said_in_full(paper.valid_until)}"
    row = criterion_rule(paper.criterion, on)
    until = None if row is None or row.valid_on_the_day else proof_stands_until(paper.criterion, paper.made_on)
    if until is not None and until < on:
        return f"{name} : pièce trop ancienne depuis le {said_in_full(until)}"
    return ""


def hiring_lines(
    first_day: date, done: Mapping[str, date], on: date, *, foreign_permit: bool, registered_at_france_travail: bool
) -> list[HiringLine]:
    """The checklist of a hiring on a day.

    :param done: the day on which each step was done, by its code.
    """
    lines = []
    steps = checklist(
        first_day, foreign_permit=foreign_permit, registered_at_france_travail=registered_at_france_travail
    )
    for step in steps:
        done_on = done.get(step.code)
        if done_on is not None:
            state = "done"
        elif on > step.due_on:
            state = "late"
        else:
            state = "ahead" if step.opens_on is not None and on < step.opens_on else "due"
        lines.append(HiringLine(step, done_on, state))
    return lines


def waited(spells: Iterable[Spell], on: date) -> int:
    """Days spent on a waiting list up to a day, over all the spells."""
    total = 0
    for starts, ends in spells:
        if starts is not None:
            total += max(0, (min(ends or on, on) - starts).days)
    return total


def paper_needed(criterion: Criterion, on: date) -> str:
    """What proves a criterion, and how old it may be: « Attestation RSA, de moins de 3 mois »."""
    row = criterion_rule(criterion, on)
    if row is None:
        return ""
    if row.valid_on_the_day:
        return f"{row.proof}, en cours de validité"
    return f"{row.proof}, de moins de {row.months} mois" if row.months else row.proof
