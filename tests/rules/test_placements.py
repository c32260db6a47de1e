"""How long a work placement may be, how many at one host, how many hours; to the day."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convergence.rules.alerts import Alert, alerts_of, stage
from convergence.rules.facts import Facts, LearningFact, Spell
from convergence.rules.placements import Placement, check_placement
from convergence.rules.sentences import sentence

STARTS = date(2026, 11, 2)


def placement(first: date = STARTS, days: int = 12, host: str = "boulangerie", hours: str | None = None) -> Placement:
    return Placement(host, first, first + timedelta(days=days - 1), Decimal(hours) if hours else None)


def said(proposed: Placement, *others: Placement) -> str:
    return " ".join(map(str, check_placement(others, proposed))).replace("\u00a0", " ")


def test_an_agreement_lasts_thirty_days_at_most() -> None:
    assert said(placement(days=30)) == ""
    assert "au plus 30 jours : celle-ci va jusqu’au 1er décembre 2026" in said(placement(days=31))
    assert "(art. L5135-5 C. trav." in said(placement(days=31))
    assert "vient avant son début" in said(Placement("x", STARTS, STARTS - timedelta(days=1)))


def test_two_at_one_host_within_twelve_months_and_sixty_days_in_all() -> None:
    first, second = placement(days=30), placement(STARTS + timedelta(days=30), days=30)
    assert said(second, first) == ""
    third = placement(STARTS + timedelta(days=60), days=1)
    assert "par 2 conventions d’immersion au plus en 12 mois" in said(third, first, second)
    assert said(placement(STARTS + timedelta(days=60), days=1, host="garage"), first, second) == ""
    assert said(placement(date(2027, 11, 2), days=30), placement(date(2026, 10, 1), days=30), first) == ""


def test_one_longer_than_the_law_already_counts_for_those_that_follow() -> None:
    imported = placement(days=45)
    after = placement(STARTS + timedelta(days=50), days=16)
    assert "ces dates en feraient 61 jours" in said(after, imported)
    assert said(placement(STARTS + timedelta(days=50), days=15), imported) == ""


def test_an_earlier_agreement_learnt_later_is_judged_with_those_that_came_after() -> None:
    later = (placement(STARTS + timedelta(days=40)), placement(STARTS + timedelta(days=80)))
    assert "par 2 conventions" in said(placement(), *later)


def test_two_at_one_host_never_run_at_once() -> None:
    assert "court déjà dans cette structure le 8 novembre 2026" in said(
        placement(), placement(STARTS + timedelta(days=6))
    )


def test_hours_fit_the_weeks() -> None:
    assert said(placement(days=8, hours="70")) == ""
    assert "à 35 heures par semaine, ces dates font au plus 70 heures" in said(placement(days=8, hours="70.5")).lower()


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 500), st.integers(1, 30)), max_size=4), st.integers(0, 500), st.integers(1, 30)
)
def test_what_is_accepted_is_lawful_in_every_stretch_of_twelve_months(
    before: list[tuple[int, int]], start: int, days: int
) -> None:
    held: list[Placement] = []
    for offset, length in [*before, (start, days)]:
        proposed = placement(STARTS + timedelta(days=offset), days=length)
        if not check_placement(held, proposed):
            held.append(proposed)
    for one in held:
        year = [other for other in held if one.last_day - timedelta(days=364) <= other.last_day <= one.last_day]
        assert len(year) <= 2
        assert sum(other.period.days for other in year) <= 60
        assert not any(check_placement([other for other in held if other is not one], one))


def alert_of(*learning: LearningFact, on: date) -> list[Alert]:
    facts = Facts(supports=(Spell(date(2024, 1, 8), None),), learning=learning)
    return [alert for alert in alerts_of(facts, on) if alert.kind == "learning_result"]


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (date(2026, 11, 23), "Immersion jusqu’au 27 novembre. Bilan à prévoir avec la personne et l’accueil."),
        (date(2026, 11, 28), "date passée. Ce qu’il en est sorti à noter avant le 11 décembre."),
        (date(2026, 12, 15), "Immersion jusqu’au 27 novembre, date passée. Ce qu’il en est sorti à noter."),
    ],
)
def test_what_came_of_it_is_asked_for_until_it_is_noted(on: date, words: str) -> None:
    (alert,) = alert_of(LearningFact("placement", date(2026, 11, 27)), on=on)
    assert (alert.begins_on, alert.due_on) == (date(2026, 11, 20), date(2026, 12, 11))
    assert words in sentence(alert, on).replace("\u00a0", " ")
    assert stage(alert, on).do


def test_two_that_end_on_one_day_ask_once() -> None:
    ends = LearningFact("training", date(2026, 11, 27))
    assert len(alert_of(ends, ends, on=date(2026, 11, 23))) == 1
