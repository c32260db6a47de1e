"""Rights kept by doing something again and again: each date of the tables, and the laws of what recurs."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convergence.rules.alerts import Alert, alerts_of, is_over, stage
from convergence.rules.calendars import all_calendars
from convergence.rules.facts import ActFact, DocumentFact, Facts, SituationFact, Spell
from convergence.rules.rights import over_if_hung_by
from convergence.rules.sentences import sentence
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.right_acts import RIGHT_ACTS
from convergence.vocabulary.situations import ASPECTS
from tests.rules.test_alerts import somebody

OPENINGS = st.dates(date(2017, 1, 1), date(2026, 1, 1))
TODAYS = st.dates(date(2021, 5, 1), date(2030, 12, 31))
RECURRING = ["rsa_declaration", "in_work_declaration", "aah_declaration", "ass_renewal", "housing_aid_check"]
OPEN = {"aah": "granted", "siao": "lodged", "domiciliation": "granted"}


def right(
    aspect: str, since: date | None, value: str = "open", expires_on: date | None = None, ends: date | None = None
) -> SituationFact:
    return SituationFact(aspect, value, "", Spell(since, ends), expires_on)


def told(facts: Facts, kind: str, today: date) -> list[Alert]:
    return [alert for alert in alerts_of(facts, today) if alert.kind == kind]


def shown(facts: Facts, kind: str, today: date, stored: date | None = None) -> list[Alert]:
    """What Today shows of alerts that were made on the day ``stored``."""
    return [
        alert for alert in told(facts, kind, stored or today) if alert.begins_on <= today and not is_over(alert, today)
    ]


def dues(facts: Facts, kind: str, today: date) -> list[date]:
    return [alert.due_on for alert in told(facts, kind, today)]


@pytest.mark.parametrize(
    ("since", "today", "ends"),
    [
        (date(2026, 1, 15), date(2026, 1, 15), [date(2026, 4, 30), date(2026, 7, 31)]),
        (date(2026, 1, 31), date(2026, 4, 30), [date(2026, 4, 30), date(2026, 7, 31)]),
        # One month after its day a time is no longer asked for; up to then it is.
        (date(2026, 1, 15), date(2026, 5, 30), [date(2026, 4, 30), date(2026, 7, 31)]),
        (date(2026, 1, 15), date(2026, 5, 31), [date(2026, 7, 31), date(2026, 10, 31)]),
        (date(2023, 11, 30), date(2024, 1, 1), [date(2024, 2, 29), date(2024, 5, 31)]),
        (date(2024, 11, 30), date(2025, 1, 1), [date(2025, 2, 28), date(2025, 5, 31)]),
    ],
)
def test_a_quarterly_declaration_is_due_at_the_end_of_every_third_month(
    since: date, today: date, ends: list[date]
) -> None:
    for kind in ("rsa_declaration", "in_work_declaration"):
        aspect = RIGHT_ACTS[kind].aspect
        assert dues(somebody(situations=(right(aspect, since),)), kind, today) == ends
    working = somebody(situations=(right("aah", since, "granted"),))
    assert dues(working, "aah_declaration", today) == ends


@pytest.mark.parametrize(("opened", "begins"), [(date(2026, 1, 15), 4), (date(2025, 11, 1), 2), (date(2026, 2, 1), 5)])
def test_a_declaration_begins_on_the_first_of_its_month(opened: date, begins: int) -> None:
    first = told(somebody(situations=(right("rsa", opened),)), "rsa_declaration", opened)[0]
    assert first.begins_on == date(2026, begins, 1)


@pytest.mark.parametrize(
    ("since", "begins", "do"),
    [
        (date(2026, 1, 1), date(2026, 8, 3), "Dossier de renouvellement à préparer"),
        (date(2026, 8, 20), date(2026, 8, 20), "Dossier de renouvellement à préparer"),
        (date(2026, 9, 25), date(2026, 9, 25), "Renouvellement à demander"),
        (date(2026, 12, 1), date(2026, 12, 1), "Renouvellement à demander sans attendre"),
        (date(2027, 2, 1), date(2026, 12, 31), "Renouvellement à demander sans attendre"),
    ],
)
def test_a_permit_noted_while_it_is_to_be_renewed_asks_at_once(since: date, begins: date, do: str) -> None:
    permit = right("residence_permit", since, "one_year", expires_on=date(2026, 12, 31))
    (alert,) = told(somebody(situations=(permit,)), "residence_permit_expiring", since)
    assert (alert.begins_on, stage(alert, begins).do) == (begins, do)


def test_a_declaration_begins_with_its_month_and_is_late_for_a_month() -> None:
    facts = somebody(situations=(right("rsa", date(2026, 1, 15)),))
    for day, expected in (
        (date(2026, 3, 31), []),
        (date(2026, 4, 1), ["À faire même sans revenu"]),
        (date(2026, 4, 30), ["À faire même sans revenu"]),
        (date(2026, 5, 1), ["Déclaration à faire sans attendre\u00a0: le versement peut s’arrêter"]),
        (date(2026, 5, 30), ["Déclaration à faire sans attendre\u00a0: le versement peut s’arrêter"]),
        (date(2026, 5, 31), []),
    ):
        assert [stage(alert, day).do for alert in shown(facts, "rsa_declaration", day)] == expected, day


@pytest.mark.parametrize("value", ["asked", "suspended", "none"])
def test_a_right_that_is_not_open_asks_for_no_declaration(value: str) -> None:
    assert not told(somebody(situations=(right("rsa", date(2026, 1, 15), value),)), "rsa_declaration", date(2026, 4, 2))
    ended = right("rsa", date(2026, 1, 15), ends=date(2026, 3, 1))
    assert not told(somebody(situations=(ended,)), "rsa_declaration", date(2026, 4, 2))
    assert not told(somebody(situations=(right("rsa", None),)), "rsa_declaration", date(2026, 4, 2))


@pytest.mark.parametrize(
    ("since", "begins", "due"),
    [
        (date(2026, 3, 10), date(2026, 8, 10), date(2026, 9, 10)),
        (date(2025, 8, 31), date(2026, 1, 28), date(2026, 2, 28)),
        (date(2027, 8, 31), date(2028, 1, 29), date(2028, 2, 29)),
    ],
)
def test_ass_is_renewed_every_six_months(since: date, begins: date, due: date) -> None:
    first = told(somebody(situations=(right("ass", since),)), "ass_renewal", since)[0]
    assert (first.begins_on, first.due_on) == (begins, due)


def test_housing_aid_is_checked_every_year() -> None:
    facts = somebody(situations=(right("housing_aid", date(2024, 2, 29)),))
    assert dues(facts, "housing_aid_check", date(2025, 1, 1)) == [
        date(2025, 2, 28),
        date(2026, 2, 28),
    ]


@pytest.mark.parametrize(
    ("visits", "begins", "due"),
    [
        ([], date(2026, 3, 15), date(2026, 4, 15)),
        ([date(2026, 3, 31)], date(2026, 5, 31), date(2026, 6, 30)),
        ([date(2026, 3, 31), date(2026, 2, 1)], date(2026, 5, 31), date(2026, 6, 30)),
        # A visit of an earlier domiciliation says nothing of this one.
        ([date(2025, 12, 1)], date(2026, 3, 15), date(2026, 4, 15)),
    ],
)
def test_a_domiciliation_is_visited_before_three_months_have_passed(
    visits: list[date], begins: date, due: date
) -> None:
    acts = tuple(ActFact("domiciliation_visit", day, day) for day in visits)
    facts = somebody(situations=(right("domiciliation", date(2026, 1, 15), "granted"),), acts=acts)
    (alert,) = told(facts, "domiciliation_visit", date(2026, 4, 1))
    assert (alert.begins_on, alert.due_on) == (begins, due)


def test_an_evaluation_of_siao_is_brought_up_to_date_within_six_months() -> None:
    facts = somebody(situations=(right("siao", date(2025, 8, 31), "lodged"),))
    (alert,) = told(facts, "siao_update", date(2026, 1, 31))
    assert (alert.begins_on, alert.due_on) == (date(2026, 1, 31), date(2026, 2, 28))


ENTERED = Spell(date(2025, 3, 3), None)


@pytest.mark.parametrize(
    ("situation", "today", "asked"),
    [
        (None, date(2026, 4, 8), [date(2026, 5, 21)]),
        (None, date(2026, 7, 21), [date(2026, 5, 21), date(2027, 5, 21)]),
        (None, date(2026, 7, 22), [date(2027, 5, 21)]),
        # Done this spring; done last spring; done before the campaign of this spring opened.
        (right("tax_return", date(2026, 4, 9), "done"), date(2026, 4, 10), [date(2027, 5, 21)]),
        (right("tax_return", date(2025, 5, 2), "done"), date(2026, 4, 10), [date(2026, 5, 21), date(2027, 5, 21)]),
        (right("tax_return", date(2026, 4, 8), "done"), date(2026, 4, 10), [date(2026, 5, 21), date(2027, 5, 21)]),
        # What is noted as to be done is asked for until it is done.
        (right("tax_return", date(2026, 2, 1), "to_do"), date(2026, 12, 1), [date(2026, 5, 21), date(2027, 5, 21)]),
    ],
)
def test_incomes_are_declared_each_spring_even_without_any(
    situation: SituationFact | None, today: date, asked: list[date]
) -> None:
    facts = somebody(supports=(ENTERED,), situations=(situation,) if situation else ())
    assert dues(facts, "tax_return", today) == asked


def test_a_return_that_somebody_does_not_wish_to_speak_of_is_not_asked_for() -> None:
    silent = SituationFact("tax_return", "", "prefers_not_to_say", Spell(date(2026, 1, 1), None), None)
    assert not told(somebody(situations=(silent,)), "tax_return", date(2026, 4, 20))


def test_a_campaign_that_ended_before_the_person_came_is_not_asked_for() -> None:
    facts = somebody(supports=(Spell(date(2026, 5, 22), None),), situations=())
    assert dues(facts, "tax_return", date(2026, 6, 1)) == [date(2027, 5, 21)]


def test_health_rights_are_kept_to_the_sixth_month_after_the_permit() -> None:
    permit = right("residence_permit", date(2025, 9, 1), "one_year", expires_on=date(2026, 8, 31))
    (alert,) = told(somebody(situations=(permit,)), "health_rights_kept", date(2026, 9, 1))
    assert (alert.begins_on, alert.due_on) == (date(2026, 9, 1), date(2027, 2, 28))
    said = sentence(alert, date(2026, 9, 1)).replace("\u00a0", " ")
    assert said.startswith("Droits santé maintenus jusqu’au 28 février 2027 au moins")


@pytest.mark.parametrize(
    ("kind", "begins"),
    [("driving_licence", date(2026, 11, 28)), ("insurance", date(2027, 1, 28)), ("other", date(2027, 1, 28))],
)
def test_a_document_that_ends_on_its_own_asks_ahead(kind: str, begins: date) -> None:
    paper = DocumentFact(kind, Compartment.WORK, date(2027, 2, 28))
    (alert,) = told(somebody(documents=(paper, paper)), "document_expiring", date(2026, 11, 23))
    assert (alert.begins_on, alert.due_on, alert.compartment) == (begins, date(2027, 2, 28), Compartment.WORK)


@pytest.mark.parametrize(
    ("kind", "fact", "words"),
    [
        (
            "rsa_declaration",
            right("rsa", date(2026, 1, 15)),
            "RSA : déclaration trimestrielle avant le 30 avril. À faire même sans revenu.",
        ),
        (
            "domiciliation_visit",
            right("domiciliation", date(2026, 2, 1), "granted"),
            "Domiciliation : pas de passage noté depuis le 1er février. Passage à faire avant le 1er mai.",
        ),
        (
            "tax_return",
            right("tax_return", date(2026, 2, 1), "to_do"),
            "Déclaration de revenus : avant le 21 mai. Déclaration à faire, même sans revenu.",
        ),
    ],
)
def test_each_says_the_next_act(kind: str, fact: SituationFact, words: str) -> None:
    today = date(2026, 4, 10)
    (alert,) = shown(somebody(situations=(fact,)), kind, today)
    assert sentence(alert, today).replace("\u00a0", " ") == words


# Laws ---------------------------------------------------------------------------------------------


def opened(kind: str, since: date, *acts: ActFact) -> Facts:
    aspect = RIGHT_ACTS[kind].aspect
    return somebody(situations=(right(aspect, since, OPEN.get(aspect, "open")),), acts=acts)


@settings(max_examples=60)
@given(st.sampled_from(RECURRING), OPENINGS, TODAYS, st.integers(0, 1), st.integers(0, 40))
def test_an_act_silences_its_own_time_and_nothing_else(
    kind: str, since: date, today: date, which: int, early: int
) -> None:
    before = told(opened(kind, since), kind, today)
    settled = before[which]
    done = ActFact(kind, settled.on, settled.on - timedelta(days=early))
    assert told(opened(kind, since, done), kind, today) == [alert for alert in before if alert is not settled]


@settings(max_examples=60)
@given(st.sampled_from(sorted(RIGHT_ACTS)), OPENINGS, TODAYS, st.integers(0, 80))
def test_what_was_stored_shows_the_same_as_what_is_made_anew(kind: str, since: date, today: date, days: int) -> None:
    later = today + timedelta(days=days)
    facts = opened(kind, since)
    assert shown(facts, kind, later, stored=today) == shown(facts, kind, later)


@settings(max_examples=60)
@given(st.sampled_from(sorted(RIGHT_ACTS)), OPENINGS, TODAYS, st.integers(0, 400))
def test_a_later_day_never_asks_for_an_earlier_time(kind: str, since: date, today: date, days: int) -> None:
    before, after = (dues(opened(kind, since), kind, day) for day in (today, today + timedelta(days=days)))
    assert before[0] <= after[0]
    assert after == sorted(set(after))


@settings(max_examples=40)
@given(OPENINGS, st.lists(OPENINGS, max_size=3), OPENINGS)
def test_one_more_visit_never_brings_the_next_one_nearer(since: date, visits: list[date], one_more: date) -> None:
    acts = tuple(ActFact("domiciliation_visit", day, day) for day in visits)
    more = ActFact("domiciliation_visit", one_more, one_more)
    (fewer,) = told(opened("domiciliation_visit", since, *acts), "domiciliation_visit", date(2026, 6, 1))
    (with_it,) = told(opened("domiciliation_visit", since, *acts, more), "domiciliation_visit", date(2026, 6, 1))
    assert with_it.due_on >= fewer.due_on


@settings(max_examples=60)
@given(today=TODAYS, hung=st.integers(0, 400))
def test_the_kinds_that_are_over_are_told_by_the_day_on_which_they_hang(today: date, hung: int) -> None:
    """What the balance asks of the database is what Today asks of each alert."""
    on = today - timedelta(days=hung)
    latest = over_if_hung_by(today)
    assert latest
    for row in all_calendars():
        for value in {*row.values, "another"} if not row.aspects else ():
            alert = Alert(row.kind, Compartment.SOCIAL, on, on, {"value": value, "on": on.isoformat()})
            hung_by = latest.get(f"{row.kind} {value}", latest.get(f"{row.kind} *", date.min))
            assert is_over(alert, today) == (on <= hung_by), row


def test_each_is_of_the_compartment_of_its_right() -> None:
    assert {kind: act.compartment for kind, act in RIGHT_ACTS.items()} == {
        kind: ASPECTS[act.aspect].compartment for kind, act in RIGHT_ACTS.items()
    }
    assert RIGHT_ACTS["aah_declaration"].compartment is Compartment.HEALTH
