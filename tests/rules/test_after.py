"""Support after a job or a home: what opens it, when news is asked for, when nobody asks any more."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convergence.rules.after import EARLY, accesses, next_due, to_open, year_after
from convergence.rules.alerts import alerts_of, is_over, stage
from convergence.rules.facts import ContactFact, Facts, SituationFact, Spell, ThreadFact
from convergence.rules.sentences import sentence
from convergence.rules.spans import add_months
from convergence.vocabulary.contacts import ContactKind
from convergence.vocabulary.extended_support import FOLLOW_UP_MONTHS, SupportOpener

TODAY = date(2026, 11, 23)
ENTERED = date(2025, 1, 6)
OPENED = date(2026, 8, 31)
DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))
AFTER = {"follow_up_due", "follow_up_ending", "third_party_warning", "home_reached"}


def home(value: str, starts: date, ends: date | None = None) -> SituationFact:
    return SituationFact("housing", value, "", Spell(starts, ends), None)


def somebody(**more: object) -> Facts:
    met = (ContactFact(ContactKind.MEETING, TODAY),)
    return replace(Facts(supports=(Spell(ENTERED, None),), contacts=met), **more)  # type: ignore[arg-type]


def asked(facts: Facts, today: date = TODAY) -> list[tuple[str, date, date]]:
    return [(alert.kind, alert.begins_on, alert.due_on) for alert in alerts_of(facts, today) if alert.kind in AFTER]


def said(facts: Facts, today: date) -> list[str]:
    found = [alert for alert in alerts_of(facts, today) if alert.kind in AFTER and alert.begins_on <= today]
    return [sentence(alert, today).replace("\u00a0", " ") for alert in found]


@pytest.mark.parametrize("value", ["social_lease", "private_lease", "completed_bail_glissant", "owner", "autonomous"])
def test_a_home_of_ones_own_is_an_access_and_semi_durable_housing_is_not(value: str) -> None:
    (found,) = accesses([home(value, OPENED)], ENTERED)
    assert (found.opener, found.since, found.ends) == (SupportOpener.HOME, OPENED, date(2027, 8, 31))
    assert not list(accesses([home("pension_de_famille", OPENED), home("chrs", OPENED)], ENTERED))


@pytest.mark.parametrize(
    ("value", "opens"), [("open_ended", 1), ("long_term", 1), ("own_business", 1), ("short_term", 0), ("cddi", 0)]
)
def test_a_lasting_job_is_an_access(value: str, opens: int) -> None:
    assert len(list(accesses([SituationFact("employment", value, "", Spell(OPENED, None), None)], ENTERED))) == opens


def test_what_she_had_on_entering_is_no_access_and_moving_between_two_homes_goes_on() -> None:
    assert not list(accesses([home("owner", ENTERED)], ENTERED))
    moved = [home("social_lease", OPENED, TODAY), home("owner", TODAY)]
    assert [found.since for found in accesses(moved, ENTERED)] == [OPENED]
    lost = [home("social_lease", OPENED, date(2026, 10, 1)), home("owner", TODAY)]
    assert [found.since for found in accesses(lost, ENTERED)] == [TODAY]


def test_one_thread_each_is_opened_once() -> None:
    found = list(accesses([home("owner", OPENED)], ENTERED))
    assert to_open(found, [ThreadFact("job", OPENED, None)]) == found
    assert to_open(found, [ThreadFact("home", OPENED, None)]) == []
    assert to_open(found, [ThreadFact("home", date(2024, 1, 1), date(2025, 1, 1))]) == found


def test_news_is_asked_for_at_one_three_six_and_twelve_months_then_the_end() -> None:
    due_on = [date(2026, 9, 30), date(2026, 11, 30), date(2027, 2, 28), date(2027, 8, 31)]
    latest: date | None = None
    for on in due_on:
        week = timedelta(days=7)
        facts = somebody(threads=(ThreadFact("job", OPENED, None, latest),))
        assert asked(facts) == [("follow_up_due", on - week, on + week)]
        latest = on
    ending = somebody(threads=(ThreadFact("job", OPENED, None, latest),))
    assert asked(ending) == [("follow_up_ending", date(2027, 8, 31), date(2027, 9, 30))]
    assert asked(somebody(threads=(ThreadFact("job", OPENED, TODAY, latest),))) == []


@given(DAYS, st.none() | DAYS, st.integers(0, 500))
def test_later_news_never_asks_for_an_earlier_day(opened: date, latest: date | None, more: int) -> None:
    due = next_due(opened, latest)
    later = next_due(opened, (latest or opened) + timedelta(days=more))
    assert due is None or due.on == add_months(opened, due.months)
    assert due is None or due.months in FOLLOW_UP_MONTHS
    if due is not None and later is not None:
        assert later.on >= due.on
    assert due is not None or (latest is not None and latest >= year_after(opened) - EARLY)


def test_in_a_job_of_her_own_nobody_asks_for_a_meeting_every_thirty_days() -> None:
    facts = somebody(contacts=())
    kinds = {alert.kind for alert in alerts_of(facts, TODAY)}
    assert "no_contact" in kinds
    for opener, asks in (("job", False), ("home", True)):
        found = {alert.kind for alert in alerts_of(replace(facts, threads=(ThreadFact(opener, OPENED, None),)), TODAY)}
        assert ("no_contact" in found) is asks


def test_a_home_is_proposed_for_a_year_and_a_warning_until_it_is_answered() -> None:
    facts = somebody(situations=(home("owner", OPENED),))
    (alert,) = [alert for alert in alerts_of(facts, TODAY) if alert.kind == "home_reached"]
    assert stage(alert, TODAY).do == "Accompagnement dans le logement à ouvrir"
    assert not is_over(alert, date(2027, 8, 31))
    assert is_over(alert, date(2027, 9, 1))
    warned = somebody(third_party_warnings=(date(2026, 11, 20), date(2026, 11, 20)))
    assert asked(warned) == [("third_party_warning", date(2026, 11, 20), date(2026, 11, 27))]


def test_each_says_what_to_do_and_by_when() -> None:
    thread = somebody(threads=(ThreadFact("job", OPENED, None, date(2026, 10, 2)),))
    assert said(thread, date(2026, 11, 24)) == [
        "Accompagnement dans l’emploi : nouvelles de 3 mois, vers le 30 novembre. "
        "Nouvelles à prendre avant le 7 décembre."
    ]
    over = somebody(threads=(ThreadFact("home", OPENED, None, date(2027, 8, 30)),))
    assert said(over, date(2027, 9, 2)) == [
        "Accompagnement dans le logement : un an le 31 août. "
        "Fin de cet accompagnement à noter, ou à prolonger ensemble avant le 30 septembre."
    ]
    warned = somebody(third_party_warnings=(date(2026, 11, 2),))
    assert said(warned, TODAY) == [
        "Alerte d’un employeur ou d’un bailleur, le 2 novembre. Réponse à donner sans attendre."
    ]
    assert said(somebody(situations=(home("owner", OPENED),)), TODAY) == [
        "Logement autonome depuis le 31 août. Accompagnement dans le logement à ouvrir."
    ]
