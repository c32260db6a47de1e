"""What is read of a clock and of a decision."""

from dataclasses import replace
from datetime import date

import pytest

from convergence.rules.clocks import read
from convergence.rules.decisions import decisions
from convergence.rules.path import Contract, Extension, Pass, Path
from convergence.rules.words import clock_said, decision_said
from convergence.vocabulary.contracts import ContractKind
from convergence.vocabulary.decisions import DecisionState
from convergence.vocabulary.extensions import ExtensionMotive

ENTRY = date(2026, 9, 1)
HERE = Path(
    contracts=(Contract(ContractKind.CDDI, ENTRY, date(2028, 8, 30), "A"),),
    passes=(Pass(ENTRY),),
)


@pytest.mark.parametrize(
    ("on", "said"),
    [
        (date(2026, 11, 23), "PASS IAE : encore 646 jours, jusqu’au 30 août 2028."),
        (date(2028, 8, 29), "PASS IAE : encore 1 jour, jusqu’au 30 août 2028."),
        (date(2028, 8, 30), "PASS IAE : dernier jour, le 30 août 2028."),
        (date(2028, 8, 31), "PASS IAE : fini le 30 août 2028."),
    ],
)
def test_a_clock_says_what_is_left(on: date, said: str) -> None:
    clock = read(HERE, on).pass_iae
    assert clock is not None
    assert plain(clock_said(clock)) == said


def test_a_clock_that_waits_says_so() -> None:
    clock = read(HERE, date(2028, 9, 15)).cddi
    assert clock is not None
    assert plain(clock_said(clock)) == "CDDI : en attente d’un contrat, encore 1 jour."


@pytest.mark.parametrize(
    ("on", "said"),
    [
        (
            date(2027, 2, 1),
            "Prolonger le PASS IAE avant le 30 août 2028, motif « Difficultés particulièrement importantes » ; "
            "à demander entre le 30 août 2027 et le 28 février 2029 ; à préparer au plus tard à partir du "
            "1er juillet 2028 ; décision : prescripteur habilité (art. R5132-1-8, 2° c C. trav.).",
        ),
        (
            date(2028, 7, 2),
            "Prolonger le PASS IAE avant le 30 août 2028, motif « Difficultés particulièrement importantes » ; "
            "à demander d’ici au 28 février 2029 ; à préparer sans attendre ; "
            "décision : prescripteur habilité (art. R5132-1-8, 2° c C. trav.).",
        ),
    ],
)
def test_a_decision_says_who_when_and_where_it_is_written(on: date, said: str) -> None:
    assert plain(decision_said(decisions(HERE, on)[0], on)) == said


@pytest.mark.parametrize(
    ("state", "said"),
    [(DecisionState.ASKED, "demande en attente de réponse"), (DecisionState.REFUSED, "une autre peut être faite")],
)
def test_a_demand_already_made_is_told(state: DecisionState, said: str) -> None:
    demand = Extension(ExtensionMotive.DIFFICULTIES, 365, state, date(2028, 6, 1), date(2028, 6, 15))
    path = replace(HERE, passes=(Pass(ENTRY, extensions=(demand,)),))
    sentence = plain(decision_said(decisions(path, date(2028, 7, 2))[0], date(2028, 7, 2)))
    assert said in sentence
    assert "sans attendre" not in sentence


def plain(sentence: str) -> str:
    return sentence.replace("\u00a0", " ")
