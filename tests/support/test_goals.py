"""Goals in the person's words, who does what, what became of it; what is to do asks for whoever does it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from convergence.people.models import Person
from convergence.platform.changes import settle
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.platform.identity import assume
from convergence.support.alerts import rebuild_alerts
from convergence.support.goals.reading import goal_lines, who_does
from convergence.support.goals.recording import (
    LONGEST,
    Task,
    add_action,
    agree_goal,
    change_action,
    close_goal,
    reopen_action,
    reword_goal,
    settle_action,
    withdraw_goal,
)
from convergence.support.models import Action, Alert, Goal
from convergence.vocabulary.goals import ActionBy, GoalResult
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World

Acting = Callable[[str], AbstractContextManager[None]]

WRITTEN = {"identity", "contact", "work", "social", "health", "justice"}
LAST_WEEK, NEXT_WEEK = TODAY - timedelta(days=7), TODAY + timedelta(days=7)
HERS = Task("Appeler la résidence.", ActionBy.PERSON, NEXT_WEEK)


@pytest.fixture(autouse=True)
def counsellor(world: World) -> int:
    user = world.users[Role.COUNSELLOR]
    assume(user.pk, TODAY)
    return user.pk


def agree(lina: Person, words: str = "Avoir mon chez-moi.", domain: str = "housing", **more: Any) -> Goal:
    told: dict[str, Any] = {"on": LAST_WEEK, "judicial": False, "written": WRITTEN, "today": TODAY} | more
    return agree_goal(lina.pk, domain, words, told.pop("on"), **told)


def add(goal: Goal, task: Task = HERS, **more: Any) -> Action:
    told: dict[str, Any] = {"team": [task.user_id] if task.user_id else [], "today": TODAY} | more
    return add_action(goal, task, **told)


def done(action: Action, outcome: str = "done", why: str = "", on: date = TODAY) -> Action:
    return settle_action(action, outcome, why, on, seen_version=str(action.pk), today=TODAY)


def test_a_goal_and_its_actions_are_read_as_they_stand(world: World, lina: Person, counsellor: int) -> None:
    first = agree(lina, on=LAST_WEEK - timedelta(days=1))
    latest = agree(lina, "Apprendre à conduire.", "daily_life")
    settled = done(add(first))
    ours = add(first, Task("L’accompagner à la visite.", ActionBy.USER, NEXT_WEEK, counsellor))
    going, closed = goal_lines(lina.pk, "Lina Modèle", TODAY)
    assert [line.goal.pk for line in going] == [latest.pk, first.pk]
    assert [(line.action.pk, line.who, line.said) for line in going[1].actions] == [
        (ours.pk, str(world.users[Role.COUNSELLOR]), ""),
        (settled.pk, "Lina Modèle", "Fait"),
    ]
    assert closed == []


@pytest.mark.parametrize(
    ("task", "said"),
    [
        (HERS, "Lina Modèle"),
        (replace(HERS, by=ActionBy.PARTNER, who="Résidence Factice"), "Résidence Factice (partenaire)"),
        (replace(HERS, by=ActionBy.OUTSIDE_REFERENT, who="Lise Factice"), "Lise Factice (référent extérieur)"),
    ],
)
def test_who_does_it_is_said_in_words(lina: Person, task: Task, said: str) -> None:
    assert who_does(add(agree(lina), task), "Lina Modèle") == said


def test_every_word_is_sealed_at_rest(lina: Person) -> None:
    goal = agree(lina, "Quitter le foyer.")
    add(goal, replace(HERS, what="Écrire au foyer.", by=ActionBy.PARTNER, who="Foyer Factice"))
    close_goal(goal, "reached", "Le foyer a dit oui.", TODAY, seen_version=str(goal.pk), today=TODAY)
    with connection.cursor() as cursor:
        for columns, table in (("words, comment", "support_goal"), ("what, who, why", "support_action")):
            cursor.execute(f"SELECT {columns} FROM {table} WHERE person_id = %s", [lina.pk])
            kept = b" ".join(bytes(cell) for row in cursor.fetchall() for cell in row if cell is not None)
            assert kept
            assert b"oyer" not in kept


def test_goals_of_health_and_justice_have_their_own_readers(world: World, lina: Person) -> None:
    for domain, judicial in (("housing", False), ("health", False), ("employment", True)):
        add(agree(lina, domain=domain, judicial=judicial))
    read = {"social", "health", "justice"}
    for role, compartments in (
        (Role.COUNSELLOR, read),
        (Role.SUPPORT_WORKER, read - {"justice"}),
        (Role.SITE_MANAGER, set()),
        (Role.WORK_SUPERVISOR, set()),
    ):
        assume(world.users[role].pk, TODAY)
        for model in (Goal, Action):
            assert set(model.objects.filter(person=lina).values_list("compartment", flat=True)) == compartments


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"words": " \x00"}, "avec les mots"),
        ({"words": "x" * (LONGEST + 1)}, "trop long"),
        ({"domain": "invented"}, "domaine"),
        ({"on": NEXT_WEEK}, "futur"),
        ({"domain": "health", "judicial": True}, "judiciaires"),
        ({"judicial": True, "written": {"social"}}, "ne pouvez pas"),
    ],
)
def test_a_goal_that_cannot_be_noted_is_refused_in_a_sentence(lina: Person, told: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        agree(lina, **told)
    assert not Goal.objects.filter(person=lina).exists()


@pytest.mark.parametrize(
    ("task", "words"),
    [
        (replace(HERS, what=" "), "ce qui est à faire"),
        (replace(HERS, due_on=TODAY - timedelta(days=1)), "passée"),
        (replace(HERS, by=ActionBy.PARTNER), "quel partenaire"),
        (replace(HERS, by=ActionBy.USER), "dans la liste"),
    ],
)
def test_an_action_that_cannot_be_noted_is_refused_in_a_sentence(lina: Person, task: Task, words: str) -> None:
    goal = agree(lina)
    with pytest.raises(Refused, match=words):
        add(goal, task)
    assert not Action.objects.filter(person=lina).exists()


def test_a_colleague_who_does_not_support_the_person_is_not_asked(world: World, lina: Person) -> None:
    stranger = world.elsewhere[Role.COUNSELLOR].pk
    with pytest.raises(Refused, match="dans la liste"):
        add(agree(lina), replace(HERS, by=ActionBy.USER, user_id=stranger), team=[])


def test_closing_a_goal_says_what_it_became_and_waits_for_nothing_more(lina: Person) -> None:
    goal = agree(lina)
    kept, left = done(add(goal)), add(goal)
    closed = close_goal(goal, "partly_reached", "Un studio.", TODAY, seen_version=str(goal.pk), today=TODAY)
    assert (closed.valid.lower, closed.valid.upper) == (LAST_WEEK, TODAY + timedelta(days=1))
    going, over = goal_lines(lina.pk, "Lina Modèle", TODAY)
    assert going == []
    assert [line.said for line in over] == [GoalResult.PARTLY_REACHED.label]
    assert {line.action.series: line.action.outcome for line in over[0].actions} == {
        kept.series: "done",
        left.series: "no_longer_needed",
    }
    with pytest.raises(Refused, match="terminé"):
        add(closed)


def test_what_was_not_done_says_why(lina: Person) -> None:
    action = add(agree(lina))
    with pytest.raises(Refused, match="pourquoi"):
        done(action, "not_done")
    settled = done(action, "not_done", "Le standard ne répond pas.")
    assert (settled.outcome, settled.why) == ("not_done", "Le standard ne répond pas.")
    with pytest.raises(Refused, match="déjà noté"):
        done(settled)


def test_an_action_is_to_do_again_once_what_was_said_of_it_is_undone(lina: Person) -> None:
    goal = agree(lina)
    settled = done(add(goal))
    again = reopen_action(settled)
    assert (again.outcome, again.ends) == ("", None)
    assert list(Action.objects.filter(series=again.series).order_by("pk").values_list("outcome", flat=True)) == [
        "",
        "done",
        "",
    ]
    settled = done(again)
    close_goal(goal, "reached", "", TODAY, seen_version=str(goal.pk), today=TODAY)
    with pytest.raises(Refused, match="terminé"):
        reopen_action(settled)


@pytest.mark.parametrize("on", [NEXT_WEEK, TODAY - timedelta(days=1)])
def test_an_end_is_neither_to_come_nor_before_the_agreement(lina: Person, on: date) -> None:
    action = add(agree(lina))
    with pytest.raises(Refused, match=r"futur|avant"):
        done(action, on=on)


def test_corrections_keep_what_stood(lina: Person) -> None:
    goal = agree(lina)
    reworded = reword_goal(goal, "Avoir un chez-moi à Paris.", LAST_WEEK, seen_version=str(goal.pk), today=TODAY)
    action = add(reworded)
    later = replace(HERS, due_on=NEXT_WEEK + timedelta(days=7))
    change_action(action, later, team=[], seen_version=str(action.pk), today=TODAY)
    versions = Goal.objects.filter(series=goal.series).order_by("pk")
    assert [version.words for version in versions] == ["Avoir mon chez-moi.", "Avoir un chez-moi à Paris."]
    dues = Action.objects.filter(series=action.series).order_by("pk").values_list("due_on", flat=True)
    assert list(dues) == [NEXT_WEEK, later.due_on]


def test_the_second_of_two_editors_is_told(lina: Person) -> None:
    goal = agree(lina)
    fresh = reword_goal(goal, "Un.", LAST_WEEK, seen_version=str(goal.pk), today=TODAY)
    stale = str(goal.pk)
    with pytest.raises(ChangedMeanwhile) as told:
        reword_goal(goal, "Deux.", LAST_WEEK, seen_version=stale, today=TODAY)
    assert told.value.fresh.pk == fresh.pk
    with pytest.raises(ChangedMeanwhile):
        close_goal(goal, "reached", "", TODAY, seen_version=stale, today=TODAY)
    action = add(goal)
    done(action)
    with pytest.raises(ChangedMeanwhile):
        done(action)
    with pytest.raises(ChangedMeanwhile):
        change_action(action, HERS, team=[], seen_version=str(action.pk), today=TODAY)


def test_a_goal_taken_back_takes_its_actions_with_it(lina: Person) -> None:
    goal = agree(lina)
    add(goal)
    withdraw_goal(goal)
    assert goal_lines(lina.pk, "Lina Modèle", TODAY) == ([], [])
    assert Goal.objects.filter(person=lina).count() == Action.objects.filter(person=lina).count() == 1


def test_what_is_to_do_is_an_alert_for_whoever_does_it_until_it_is_settled(
    world: World, lina: Person, acting_as: Acting, counsellor: int
) -> None:
    goal = agree(lina)
    ours = add(goal, replace(HERS, by=ActionBy.USER, user_id=counsellor))
    hers = add(goal)
    settle(TODAY)

    def asked() -> set[tuple[int | None, date]]:
        found = Alert.objects.filter(person=lina, kind="action_due")
        return set(found.values_list("colleague_id", "begins_on"))

    assert asked() == {(counsellor, NEXT_WEEK), (None, NEXT_WEEK)}
    with acting_as("maint"):
        rebuild_alerts([lina.pk], TODAY)
    assert asked() == {(counsellor, NEXT_WEEK), (None, NEXT_WEEK)}
    done(ours)
    settle(TODAY)
    assert asked() == {(None, NEXT_WEEK)}
    goal.refresh_from_db()
    close_goal(goal, "given_up", "", TODAY, seen_version=str(goal.pk), today=TODAY)
    settle(TODAY)
    assert asked() == set()
    assert Action.objects.current().get(series=hers.series).outcome == "no_longer_needed"
