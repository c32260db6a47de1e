"""A candidacy on a day: eligibility in one sentence, the hiring checklist, time on the waiting list, retention."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convergence.rules.alerts import alerts_of, stage
from convergence.rules.candidacies import Diagnosis, gap_of, hiring_lines, paper_needed, standing, waited
from convergence.rules.eligibility import Proof, control_answer_by
from convergence.rules.facts import Facts, HiringFact, Spell
from convergence.rules.retention import all_retentions, kept_until, retention
from convergence.rules.sentences import sentence
from convergence.vocabulary.eligibility import Criterion, DiagnosisAuthor
from convergence.vocabulary.orientations import reveals_care_or_justice
from convergence.vocabulary.structures import EmployerKind

TODAY = date(2026, 11, 23)
A_DAY = timedelta(days=1)
RSA = Proof(Criterion.RSA, date(2026, 10, 1))


def said(*proofs: Proof, diagnoses: tuple[Diagnosis, ...] = (), on: date = TODAY) -> str:
    return standing(proofs, diagnoses, EmployerKind.ACI, on).sentence.replace("\u00a0", " ")


def test_one_criterion_of_level_one_is_enough_while_its_proof_counts() -> None:
    assert said(RSA) == "Éligible : 1 critère de niveau 1."
    assert said(RSA, on=date(2026, 12, 31)) == "Éligible : 1 critère de niveau 1."
    late = standing([RSA], [], EmployerKind.ACI, date(2027, 1, 1))
    assert not late.eligible
    assert [gap.replace("\u00a0", " ") for gap in late.gaps] == [
        "Allocataire du RSA : pièce trop ancienne depuis le 31 décembre 2026"
    ]


def test_what_is_missing_is_said_in_one_sentence() -> None:
    two = [Proof(Criterion.SINGLE_PARENT, TODAY), Proof(Criterion.NO_HOME, TODAY)]
    assert said(*two) == (
        "Il faut 1 critère de niveau 1 (prouvés : 0) ou 3 critères de niveau 2 (prouvés : 2), "
        "ou le diagnostic d’un prescripteur habilité."
    )


@pytest.mark.parametrize(
    ("author", "made_on", "last_day"),
    [
        (DiagnosisAuthor.PRESCRIBER, date(2026, 8, 31), date(2027, 2, 27)),
        (DiagnosisAuthor.EMPLOYER, date(2026, 9, 1), date(2026, 12, 1)),
    ],
)
def test_a_diagnosis_stands_to_the_day(author: DiagnosisAuthor, made_on: date, last_day: date) -> None:
    diagnosis = Diagnosis(author, made_on)
    proofs = [Proof(Criterion.RSA, date(2026, 10, 1))] if author is DiagnosisAuthor.EMPLOYER else []
    on_last = standing(proofs, [diagnosis], EmployerKind.ACI, last_day)
    after = standing(proofs, [diagnosis], EmployerKind.ACI, last_day + A_DAY)
    assert on_last.eligible
    assert "valable jusqu’au" in on_last.sentence
    assert on_last.gaps == ()
    assert "valable jusqu’au" not in after.sentence
    assert any(gap.startswith("Diagnostic") for gap in after.gaps)


def test_an_employers_diagnosis_without_criteria_establishes_nothing() -> None:
    assert not standing([], [Diagnosis(DiagnosisAuthor.EMPLOYER, TODAY)], EmployerKind.ACI, TODAY).eligible


def test_a_paper_that_does_not_count_says_why() -> None:
    assert gap_of(RSA, TODAY) == ""
    assert "après ce jour" in gap_of(RSA, date(2026, 9, 30))
    expired = Proof(Criterion.DISABLED_WORKER, date(2020, 1, 1), valid_until=date(2026, 11, 22))
    assert "expirée depuis le 22" in gap_of(expired, TODAY)
    assert gap_of(expired, date(2026, 11, 22)) == ""
    assert paper_needed(Criterion.RSA, TODAY) == "Attestation RSA, de moins de 3 mois"
    assert paper_needed(Criterion.DISABLED_WORKER, TODAY).endswith("en cours de validité")


def test_each_line_of_a_hiring_is_ahead_due_late_or_done() -> None:
    first_day = date(2026, 12, 1)

    def states(on: date, **done: date) -> dict[str, str]:
        lines = hiring_lines(first_day, done, on, foreign_permit=True, registered_at_france_travail=False)
        return {line.step.code: line.state for line in lines}

    assert states(TODAY - A_DAY)["declaration"] == "ahead"
    assert states(TODAY)["declaration"] == "due"
    assert states(first_day)["declaration"] == "late"
    assert states(first_day, declaration=TODAY)["declaration"] == "done"
    assert states(first_day)["right_to_work"] == "late"
    assert states(date(2027, 3, 1))["health_visit"] == "due"
    assert states(date(2027, 3, 2))["health_visit"] == "late"


def test_a_line_done_after_its_term_says_by_how_much() -> None:
    (late,) = [
        line
        for line in hiring_lines(
            date(2026, 11, 2),
            {"declaration": date(2026, 11, 4)},
            TODAY,
            foreign_permit=False,
            registered_at_france_travail=False,
        )
        if line.step.code == "declaration"
    ]
    assert late.sentence.replace("\u00a0", " ") == "fait le 4 novembre 2026, 3 jours après le terme"


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), max_size=4), st.integers(0, 500))
def test_time_on_the_list_never_shrinks_as_days_go_by(spells: list[tuple[int, int]], more: int) -> None:
    rows = [Spell(TODAY + a * A_DAY, None if b == 0 else TODAY + (a + b) * A_DAY) for a, b in spells]
    assert 0 <= waited(rows, TODAY) <= waited(rows, TODAY + more * A_DAY)


def test_several_spells_of_waiting_add_up() -> None:
    spells = [Spell(date(2026, 1, 1), date(2026, 1, 11)), Spell(date(2026, 11, 13), None)]
    assert waited(spells, TODAY) == 20


def test_a_candidacy_is_kept_two_years_with_the_source_of_that_term() -> None:
    assert kept_until("candidacy", date(2026, 11, 23)) == date(2028, 11, 22)
    assert kept_until("candidacy", date(2024, 2, 29)) == date(2026, 2, 27)
    assert retention("candidacy", TODAY).source
    assert all(row.check for row in all_retentions())
    with pytest.raises(LookupError):
        retention("nothing of the kind", TODAY)


def test_a_control_warns_for_six_weeks_and_says_the_next_act() -> None:
    facts = Facts(supports=(Spell(date(2026, 1, 1), None),), controls=(TODAY,))
    (alert,) = [alert for alert in alerts_of(facts, TODAY) if alert.kind == "eligibility_control"]
    assert alert.begins_on == TODAY
    assert alert.due_on == control_answer_by(TODAY)
    assert sentence(alert, TODAY).replace("\u00a0", " ") == (
        "Contrôle de l’éligibilité demandé le 23 novembre. Justificatifs à réunir avant le 21 décembre."
    )
    assert stage(alert, alert.due_on + A_DAY).do == "Justificatifs à envoyer sans attendre"


def test_a_line_of_a_hiring_that_nobody_noted_is_told_until_it_is() -> None:
    step = HiringFact("contract_handed_over", date(2026, 11, 25))
    facts = Facts(supports=(Spell(date(2026, 11, 23), None),), hiring=(step,))
    (alert,) = [alert for alert in alerts_of(facts, TODAY) if alert.kind == "hiring_step"]
    assert alert.begins_on <= TODAY
    assert sentence(alert, TODAY).replace("\u00a0", " ") == (
        "Contrat remis à la personne : le 25 novembre au plus tard. À faire, puis à noter."
    )
    assert not [a for a in alerts_of(Facts(supports=facts.supports), TODAY) if a.kind == "hiring_step"]


@pytest.mark.parametrize("body", ["CSAPA Exemple", "Hôpital imaginaire", "le SPIP", "Foyer de l’ASE"])
def test_a_name_that_tells_of_care_or_justice_is_recognised(body: str) -> None:
    assert reveals_care_or_justice(body)


@pytest.mark.parametrize("body", ["", "CHRS Exemple", "Base nautique", "Lamalou les Bains", "Actions emploi"])
def test_other_names_are_not(body: str) -> None:
    assert not reveals_care_or_justice(body)
