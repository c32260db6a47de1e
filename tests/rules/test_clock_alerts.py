"""What binds a path first, as an alert: from when, with what words, and none once it is decided."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest

from convergence.rules.alerts import CLOCK_BINDING, Alert, alerts_of, stage
from convergence.rules.calendars import all_calendars
from convergence.rules.facts import Facts, Spell
from convergence.rules.law import values_or_oldest
from convergence.rules.path import Contract, Extension, Pass, Path
from convergence.rules.schedule import notices_of
from convergence.rules.sentences import sentence
from convergence.rules.spans import add_months
from convergence.vocabulary.contracts import ContractKind
from convergence.vocabulary.decisions import ClockName, DecisionState
from convergence.vocabulary.extensions import ExtensionMotive

TODAY = date(2026, 11, 23)
STARTS = date(2025, 3, 3)
PASS_END = date(2027, 3, 2)

PATH = Path(contracts=(Contract(ContractKind.CDDI, STARTS, date(2026, 12, 31), "A"),), passes=(Pass(STARTS),))


def binding(path: Path | None, today: date = TODAY) -> list[Alert]:
    facts = Facts(supports=(Spell(STARTS, None),), path=path)
    return [alert for alert in alerts_of(facts, today) if alert.kind == CLOCK_BINDING]


def with_demand(**changes: object) -> Path:
    demand = Extension(ExtensionMotive.DIFFICULTIES, 365, DecisionState.ASKED, asked_on=date(2026, 11, 2))
    return replace(PATH, passes=(Pass(STARTS, extensions=(replace(demand, **changes),)),))  # type: ignore[arg-type]


def test_the_alert_begins_with_the_first_warning_and_is_due_on_the_last_day() -> None:
    (alert,) = binding(PATH)
    assert (alert.begins_on, alert.due_on, alert.about["value"]) == (date(2026, 3, 2), PASS_END, "pass")
    assert alert.begins_on == notices_of(PATH, TODAY)[0].begins_on


@pytest.mark.parametrize("clock", list(ClockName))
def test_the_steps_begin_on_the_days_of_the_warnings(clock: ClockName) -> None:
    row = next(row for row in all_calendars() if row.kind == CLOCK_BINDING and clock.value in row.values)
    months = values_or_oldest("warning.months_before", TODAY)
    begins = [step.begins.reckoned_from(PASS_END) for step in row.steps]
    assert begins[:4] == [add_months(PASS_END, -each) for each in months]
    weekly = begins[3:]
    assert all(timedelta(days=6) <= later - day <= timedelta(days=10) for day, later in pairwise(weekly))
    assert max(begins) == PASS_END - timedelta(days=7)


@pytest.mark.parametrize(
    ("today", "due"),
    [
        (date(2026, 3, 2), date(2026, 9, 2)),
        (date(2026, 9, 2), date(2026, 12, 2)),
        (date(2026, 12, 2), date(2027, 2, 2)),
        (date(2027, 2, 2), date(2027, 2, 9)),
        (date(2027, 2, 9), date(2027, 2, 16)),
        (date(2027, 2, 23), PASS_END),
    ],
)
def test_each_warning_is_due_when_the_next_one_comes(today: date, due: date) -> None:
    (alert,) = binding(PATH)
    assert stage(alert, today).due == due


def test_the_words_say_the_clock_the_day_and_what_to_do() -> None:
    (alert,) = binding(PATH)
    said = sentence(alert, TODAY).replace("\u00a0", " ")
    assert said == "PASS IAE jusqu’au 2 mars 2027 au plus. Bilan et demande à préparer avant le 2 décembre."


def test_a_demand_that_was_sent_awaits_its_answer() -> None:
    (alert,) = binding(with_demand())
    said = sentence(alert, TODAY).replace("\u00a0", " ")
    assert said == "PASS IAE jusqu’au 2 mars 2027 au plus. Demande envoyée le 2 novembre : réponse attendue."


def test_nothing_is_asked_again_of_what_was_decided() -> None:
    refused = with_demand(state=DecisionState.REFUSED, decided_on=TODAY, notified_on=TODAY)
    assert binding(refused) == []
    (granted,) = binding(with_demand(state=DecisionState.GRANTED, decided_on=TODAY))
    # The CDDI binds now: the extension of the PASS leaves it where it was.
    assert (granted.about["value"], granted.due_on) == ("cddi", PASS_END)
    assert binding(replace(PATH, ends_on=TODAY)) == []
    assert binding(None) == []


def test_a_cddi_already_signed_beyond_its_limit_was_decided_before() -> None:
    beyond = Contract(ContractKind.CDDI, date(2024, 1, 8), date(2027, 6, 30), "A")
    assert binding(Path(contracts=(beyond,))) == []
    assert binding(Path(contracts=(replace(beyond, last_day=None),))) == []
    (alert,) = binding(Path(contracts=(replace(beyond, first_day=date(2025, 7, 8)),)))
    assert (alert.about["value"], alert.due_on) == ("cddi", date(2027, 7, 7))
