"""What the FSE+ asks: at three times, nowhere else; alerts until it is answered, answers that are corrected."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.urls import reverse

from convergence.pathways.models import Exit, Pathway
from convergence.people.models import Person
from convergence.platform.changes import changed, settle
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.platform.identity import assume
from convergence.rules.alerts import alerts_of
from convergence.rules.facts import Facts, FundFact, Spell
from convergence.rules.funds import askings
from convergence.rules.sentences import sentence
from convergence.support.funds.models import FundAnswer
from convergence.support.funds.reading import fund_times_of, told_stages
from convergence.support.funds.recording import answer_fund, version_of
from convergence.support.models import Alert
from convergence.territories.periods import days
from convergence.vocabulary.funds import FUND_QUESTIONS, FundStage
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World, one_day

Acting = Callable[[str], AbstractContextManager[None]]

ENTERED = date(2026, 10, 12)
ENTRY = {"status": "unemployed", "time_without_work": "over_twenty_four_months", "single_parent": "no"}
ENTRY |= {"main_resources": "prefers_not_to_say"}


def test_it_is_asked_within_four_weeks_of_entry_and_exit_and_at_six_months() -> None:
    found = {asking.stage: (asking.opens_on, asking.due_on) for asking in askings(ENTERED, date(2027, 8, 31))}
    assert found == {
        FundStage.ENTRY: (ENTERED, date(2026, 11, 9)),
        FundStage.EXIT: (date(2027, 8, 31), date(2027, 9, 28)),
        FundStage.SIX_MONTHS: (date(2028, 2, 29), date(2028, 3, 31)),
    }
    assert askings(date(2026, 9, 30), None) == []  # entered before it was asked here
    assert [asking.stage for asking in askings(date(2020, 1, 1), TODAY)] == [FundStage.EXIT, FundStage.SIX_MONTHS]


def test_the_alert_says_what_is_asked_and_by_when() -> None:
    facts = Facts(supports=(Spell(ENTERED, None),), fund_times=(FundFact("entry", ENTERED), FundFact("entry", ENTERED)))
    (alert,) = [alert for alert in alerts_of(facts, TODAY) if alert.kind == "fund_status"]
    assert (alert.begins_on, alert.due_on) == (ENTERED, date(2026, 11, 9))
    words = sentence(alert, date(2026, 10, 20)).replace("\u00a0", " ")
    assert words == "Questions du FSE+ : entrée, le 12. À demander avant le 9 novembre." or "12 octobre" in words


@pytest.fixture
def path(world: World, lina: Person, acting_as: Acting) -> Pathway:
    """Lina entered on 12 October 2026; the counsellor is signed in."""
    with acting_as("maint"):
        made = Pathway.objects.create(person=lina, valid=DateRange(ENTERED, None))
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    return made


def told(path: Pathway, answers: dict[str, str] | None = None, stage: FundStage = FundStage.ENTRY) -> None:
    answer_fund(path, stage, answers or ENTRY, seen_version=version_of(path, stage), today=TODAY)


def test_an_answer_ends_the_alert_and_may_be_corrected(path: Pathway, lina: Person) -> None:
    def asked() -> bool:
        changed(lina.pk)
        settle(TODAY)
        return Alert.objects.filter(person=lina, kind="fund_status").exists()

    assert asked()
    told(path)
    assert not asked()
    seen = version_of(path, FundStage.ENTRY)
    told(path, ENTRY | {"status": "inactive"})
    (stage,) = told_stages(lina.pk, path, TODAY)
    assert {answer.question: answer.code for answer in stage.answers} == ENTRY | {"status": "inactive"}
    assert FundAnswer.objects.filter(person=lina, question="main_resources").count() == 1
    with pytest.raises(ChangedMeanwhile):
        answer_fund(path, FundStage.ENTRY, ENTRY, seen_version=seen, today=TODAY)


@pytest.mark.parametrize(
    ("answers", "stage", "said"),
    [
        (ENTRY | {"status": "rich"}, FundStage.ENTRY, "dans la liste"),
        (ENTRY | {"improved": "yes"}, FundStage.ENTRY, "dans la liste"),
        ({"status": "employed"}, FundStage.EXIT, "ne demande rien"),
    ],
)
def test_what_is_not_asked_is_refused_and_nothing_is_written(
    path: Pathway, lina: Person, answers: dict[str, str], stage: FundStage, said: str
) -> None:
    with pytest.raises(Refused, match=said):
        told(path, answers, stage)
    assert not FundAnswer.objects.filter(person=lina).exists()


def test_of_somebody_who_died_nothing_is_asked(path: Pathway, lina: Person, acting_as: Acting) -> None:
    with acting_as("maint"):
        Pathway.objects.filter(pk=path.pk).update(valid=days(ENTERED, TODAY))
        assert [fact.stage for fact in fund_times_of([lina.pk])[lina.pk]] == ["entry", "exit", "six_months"]
        Exit.objects.create(person=lina, pathway=path.series, motive=17, valid=one_day(TODAY))
        assert [fact.stage for fact in fund_times_of([lina.pk])[lina.pk]] == ["entry"]


def test_the_short_form_asks_each_role_what_it_may_write(
    path: Pathway, lina: Person, world: World, time_machine: Any
) -> None:
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)
    clients = {}
    for role in (Role.COUNSELLOR, Role.SITE_MANAGER):
        assume(world.users[role].pk, TODAY)
        clients[role] = Client()
        clients[role].force_login(world.users[role])
    address = reverse("fund-status", args=[lina.pk, "entry"])
    asked = {role: set(client.get(address).context["form"].codes) for role, client in clients.items()}
    entry = {code for code, question in FUND_QUESTIONS.items() if FundStage.ENTRY in question.stages}
    assert asked == {Role.COUNSELLOR: entry, Role.SITE_MANAGER: {"status", "time_without_work"}}
    counsellor = clients[Role.COUNSELLOR]
    assert counsellor.post(address, {"status": "employed"}).status_code == 422
    assert counsellor.post(address, ENTRY).status_code == 302
    page = counsellor.get(reverse("after", args=[lina.pk])).content.decode()
    assert "Plus de 24 mois" in page
    assert (
        "Ne souhaite pas répondre"
        not in clients[Role.SITE_MANAGER].get(reverse("after", args=[lina.pk])).content.decode()
    )
    assert counsellor.get(reverse("fund-status", args=[lina.pk, "never"])).status_code == 404
    late = counsellor.post(
        reverse("fund-status", args=[lina.pk, "exit"]), {"status": "employed", "qualification": "no"}
    )
    assert late.status_code == 409
    assert timedelta(days=28) == askings(ENTERED, None)[0].due_on - ENTERED
