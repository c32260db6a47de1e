"""What another file of the person would change in the clocks, said and never counted."""

from datetime import date

from convergence.rules.elsewhere import remarks_from_elsewhere
from convergence.rules.path import Contract, Pass, Path
from convergence.rules.periods import Period
from convergence.vocabulary.contracts import ContractKind

TODAY = date(2026, 11, 23)
HERE = Path(
    contracts=(Contract(ContractKind.CDDI, date(2026, 1, 1), date(2026, 12, 31), employer="site 1"),),
    passes=(Pass(date(2026, 1, 1)),),
)
OWN = Period(date(2026, 1, 1), TODAY)
BEFORE = Period(date(2025, 7, 1), date(2025, 12, 31))


def said(path: Path, *days: Period, passes: tuple[Period, ...] = ()) -> list[str]:
    return [each.sentence.replace("\u00a0", " ") for each in remarks_from_elsewhere(path, days, passes, TODAY)]


def test_days_under_contract_elsewhere_are_told_with_the_day_on_which_each_clock_would_end() -> None:
    cddi, convergence = said(HERE, BEFORE, OWN)
    assert "compte 184 jours de plus sous CDDI : avec eux, le CDDI irait jusqu’au 30 juin 2027." in cddi
    assert "avec eux, Convergence irait jusqu’au 30 juin 2030." in convergence


def test_days_that_this_file_counts_already_change_nothing() -> None:
    assert said(HERE, OWN) == []
    assert said(HERE) == []


def test_somebody_without_a_contract_here_is_told_how_many_days_would_be_left() -> None:
    first, _second = said(Path(), BEFORE)
    assert "il resterait 546 jours pour le CDDI" in first


def test_another_pass_under_way_is_told_unless_it_ends_on_the_same_day() -> None:
    ours = Period(date(2026, 1, 1), date(2027, 12, 31))
    other = Period(date(2025, 7, 1), date(2027, 6, 30))
    assert said(HERE, passes=(ours,)) == []
    (sentence,) = said(HERE, passes=(other,))
    assert "porte un PASS IAE jusqu’au 30 juin 2027, ici jusqu’au 31 décembre 2027" in sentence
    assert "aucun n’est noté ici" in said(Path(), passes=(other,))[0]
    assert said(HERE, passes=(Period(date(2020, 1, 1), date(2021, 12, 31)),)) == []
