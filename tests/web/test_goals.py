"""Goals and actions on the tab « Besoins », and late ones on Today, as a team fills them."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from convergence.people.models import Assignment, OutsideReferent, Person
from convergence.support.alerts import rebuild_alerts
from convergence.support.models import Action, Goal
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World, make_person, open_ended

Acting = Callable[[str], AbstractContextManager[None]]

IN_A_WEEK = TODAY + timedelta(days=7)
WANTED = {"words": "Avoir mon chez-moi.", "domain": "housing", "on": TODAY.isoformat()}


@pytest.fixture
def lina(world: World, acting_as: Acting, time_machine: Any) -> Person:
    """Lina Modèle, followed by the counsellor."""
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)
    with acting_as("maint"):
        person = make_person("Lina", "Modèle", world.site)
        mission = world.users[Role.COUNSELLOR].missions.get()
        Assignment.objects.create(person=person, mission=mission, valid=open_ended())
    return person


@pytest.fixture
def clients(world: World, lina: Person) -> dict[Role, Client]:
    made = {}
    for role in (Role.COUNSELLOR, Role.SUPPORT_WORKER, Role.SITE_MANAGER):
        made[role] = Client()
        made[role].force_login(world.users[role])
    return made


@pytest.fixture
def client(clients: dict[Role, Client]) -> Client:
    return clients[Role.COUNSELLOR]


def text_of(response: Any) -> str:
    words = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", unescape(words))


def page_of(client: Client, person: Person) -> str:
    return text_of(client.get(reverse("needs", args=[person.pk])))


def goal_of(client: Client, lina: Person, **fields: str) -> Goal:
    response: Any = client.post(reverse("new-goal", args=[lina.pk]), WANTED | fields)
    assert response.status_code == 302
    goal = Goal.objects.current().filter(person=lina).latest("pk")
    assert response.url == reverse("goal", args=[lina.pk, goal.pk])
    return goal


def action_of(client: Client, goal: Goal, by: str = "person", **fields: str) -> Action:
    told = {"what": "Appeler la résidence.", "by": by, "due_on": IN_A_WEEK.isoformat()} | fields
    assert client.post(reverse("new-action", args=[goal.person_id, goal.pk]), told).status_code == 302
    return Action.objects.current().filter(goal=goal.series).latest("pk")


def test_a_goal_and_who_does_what_are_agreed_in_two_short_forms(world: World, client: Client, lina: Person) -> None:
    goal = goal_of(client, lina)
    colleague = world.users[Role.SUPPORT_WORKER]
    action_of(client, goal)
    action_of(client, goal, f"user-{colleague.pk}", what="L’accompagner à la visite.")
    action_of(client, goal, "partner", who="Résidence Factice", what="Garder une place.")
    said = page_of(client, lina)
    assert "« Avoir mon chez-moi. »" in said
    assert "Appeler la résidence. · Lina Modèle · pour le 30 novembre 2026" in said
    assert f"L’accompagner à la visite. · {colleague} · pour le 30 novembre 2026" in said
    assert "Garder une place. · Résidence Factice (partenaire)" in said


def test_the_actor_is_offered_first_and_only_those_who_support_the_person(
    world: World, client: Client, lina: Person
) -> None:
    goal = goal_of(client, lina)
    form = client.get(reverse("new-action", args=[lina.pk, goal.pk])).context["form"]
    offered = [code for code, _label in form.fields["by"].choices]
    team = [world.users[Role.COUNSELLOR].pk, world.users[Role.SUPPORT_WORKER].pk]
    assert offered == ["", "person", *(f"user-{pk}" for pk in team), "outside_referent", "partner"]


def test_it_is_done_in_one_touch_or_not_done_with_a_reason(client: Client, lina: Person) -> None:
    goal = goal_of(client, lina)
    first, second = action_of(client, goal), action_of(client, goal, what="Écrire à la mairie.")
    touch = {"outcome": "done", "on": TODAY.isoformat(), "seen_version": first.pk}
    assert client.post(reverse("settle-action", args=[lina.pk, first.pk]), touch).status_code == 302
    address = reverse("settle-action", args=[lina.pk, second.pk])
    without = client.post(address, touch | {"outcome": "not_done", "seen_version": second.pk})
    assert without.status_code == 409
    assert "pourquoi ce n’est pas fait" in text_of(without)
    told = touch | {"outcome": "not_done", "why": "Mairie fermée.", "seen_version": second.pk}
    assert client.post(address, told).status_code == 302
    said = page_of(client, lina)
    assert re.search(r"Écrire à la mairie\..*Pas fait.*Mairie fermée\.", said)


def test_a_touch_by_mistake_is_undone(client: Client, lina: Person) -> None:
    action = action_of(client, goal_of(client, lina))
    touch = {"outcome": "done", "on": TODAY.isoformat(), "seen_version": action.pk}
    told = client.post(reverse("settle-action", args=[lina.pk, action.pk]), touch, follow=True).content.decode()
    undo = re.search(r'action="(/personnes/\d+/actions/\d+/rouvrir/)"', told)
    assert undo
    assert "de nouveau à faire" in text_of(client.post(undo[1], follow=True))
    assert Action.objects.current().get(series=action.series).outcome == ""
    assert "Quelqu’un a changé cela" in text_of(client.post(undo[1], follow=True))


def test_a_goal_is_closed_with_what_it_became(client: Client, lina: Person) -> None:
    goal = goal_of(client, lina)
    address = reverse("close-goal", args=[lina.pk, goal.pk])
    told = {"result": "reached", "comment": "Un studio.", "on": TODAY.isoformat(), "seen_version": goal.pk}
    assert client.post(address, told).status_code == 302
    said = page_of(client, lina)
    assert "Aucun objectif en cours." in said
    assert "1 objectif terminé" in said
    assert "Atteint" in said
    assert client.post(address, told).status_code == 409


def test_the_history_of_a_goal_stays_readable_also_once_it_is_taken_back(client: Client, lina: Person) -> None:
    goal = goal_of(client, lina)
    address = reverse("correct-goal", args=[lina.pk, goal.pk])
    words = {"words": "Un chez-moi à Paris.", "on": TODAY.isoformat(), "seen_version": goal.pk}
    assert client.post(address, words).status_code == 302
    late = client.post(address, words | {"words": "Un chez-moi à Lyon."})
    assert late.status_code == 409
    assert "Un chez-moi à Paris." in text_of(late)
    assert "Un chez-moi à Lyon." in text_of(late)
    current = Goal.objects.current().get(series=goal.series)
    withdrawn = client.post(reverse("withdraw-goal", args=[lina.pk, current.pk]), follow=True)
    said = text_of(withdrawn)
    assert "Cet objectif a été retiré" in said
    assert "Avoir mon chez-moi." in said
    assert "Aucun objectif en cours." in page_of(client, lina)
    assert client.get(address).status_code == 404


def test_an_action_is_changed_then_taken_back(client: Client, lina: Person) -> None:
    action = action_of(client, goal_of(client, lina))
    address = reverse("correct-action", args=[lina.pk, action.pk])
    told = {name: field for name, field in client.get(address).context["form"].initial.items() if field}
    later = told | {"due_on": (IN_A_WEEK + timedelta(days=7)).isoformat()}
    assert client.post(address, later).status_code == 302
    assert "pour le 7 décembre 2026" in page_of(client, lina)
    assert client.post(address, later).status_code == 409
    current = Action.objects.current().get(series=action.series)
    client.post(reverse("withdraw-action", args=[lina.pk, current.pk]))
    assert "Appeler la résidence." not in page_of(client, lina)


def test_an_outside_referent_is_chosen_among_the_person_s_own_unless_her_name_would_tell_too_much(
    client: Client, lina: Person, acting_as: Acting
) -> None:
    with acting_as("maint"):
        lise, _carer = (
            OutsideReferent.objects.create(
                person=lina, compartment=compartment, role="Assistante sociale", name=name, valid=open_ended()
            )
            for compartment, name in (("social", "Lise Factice"), ("health", "Anne Inventée"))
        )
    goal = goal_of(client, lina)
    page = text_of(client.get(reverse("new-action", args=[lina.pk, goal.pk])))
    assert "Lise Factice, assistante sociale" in page
    assert "Un autre référent extérieur" in page
    assert "Anne Inventée" not in page
    action = action_of(client, goal, by=f"referent-{lise.pk}")
    assert (action.by, action.who) == ("outside_referent", "Lise Factice, assistante sociale")
    assert "Lise Factice, assistante sociale (référent extérieur)" in page_of(client, lina)
    form = client.get(reverse("correct-action", args=[lina.pk, action.pk])).context["form"]
    assert (form["by"].value(), form["who"].value()) == (f"referent-{lise.pk}", "")
    care = goal_of(client, lina, domain="health")
    assert "Anne Inventée" in text_of(client.get(reverse("new-action", args=[lina.pk, care.pk])))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"what": ""}, "Dites ce qui est à faire"),
        ({"by": ""}, "Dites qui s’en charge"),
        ({"by": "user-999999"}, "choix valide"),
        ({"by": "outside_referent", "who": " "}, "quel référent"),
        ({"due_on": ""}, "Donnez une date"),
        ({"due_on": "2026-11-22"}, "Cette date est passée"),
    ],
)
def test_what_is_wrong_with_an_action_is_said_and_nothing_is_lost(
    client: Client, lina: Person, fields: dict[str, str], words: str
) -> None:
    goal = goal_of(client, lina)
    told = {"what": "Appeler la résidence.", "by": "person", "due_on": IN_A_WEEK.isoformat()} | fields
    response = client.post(reverse("new-action", args=[lina.pk, goal.pk]), told)
    assert response.status_code in (409, 422)
    assert words in text_of(response)
    assert told["what"] in response.content.decode()
    assert not Action.objects.filter(person=lina).exists()


def test_the_same_goal_sent_twice_is_recorded_once(client: Client, lina: Person) -> None:
    address = reverse("new-goal", args=[lina.pk])
    token = re.search(r'name="submission" value="([^"]+)"', client.get(address).content.decode())
    assert token
    assert [client.post(address, WANTED | {"submission": token[1]}).status_code for _ in range(2)] == [302, 302]
    assert Goal.objects.filter(person=lina).count() == 1


def test_a_judicial_goal_is_offered_to_and_read_by_the_referent_alone(
    clients: dict[Role, Client], lina: Person
) -> None:
    referent, colleague = clients[Role.COUNSELLOR], clients[Role.SUPPORT_WORKER]
    goal = goal_of(referent, lina, judicial="on", words="Finir mes convocations.")
    assert "Finir mes convocations." in page_of(referent, lina)
    assert "Finir mes convocations." not in page_of(colleague, lina)
    assert colleague.get(reverse("goal", args=[lina.pk, goal.pk])).status_code == 404
    assert "judicial" not in colleague.get(reverse("new-goal", args=[lina.pk])).context["form"].fields
    assert clients[Role.SITE_MANAGER].get(reverse("goal", args=[lina.pk, goal.pk])).status_code == 403


def agreed(world: World, lina: Person, by: str, days_late: int, acting_as: Acting) -> None:
    """An action for the support worker (``by`` "user") or for somebody else, so many days late."""
    doer = world.users[Role.SUPPORT_WORKER] if by == "user" else None
    about = {"person": lina, "compartment": "social", "valid": open_ended()}
    with acting_as("maint"):
        goal = Goal.objects.create(domain="housing", words="Avoir mon chez-moi.", **about)
        due_on = TODAY - timedelta(days=days_late)
        Action.objects.create(goal=goal.series, what="Appeler.", by=by, user=doer, due_on=due_on, **about)
        rebuild_alerts([lina.pk], TODAY)


@pytest.mark.parametrize(
    ("by", "days_late", "colleague_told", "referent_told"),
    [
        ("user", 3, "À faire, ou à revoir ensemble.", ""),
        ("user", 15, "À faire, ou à revoir ensemble.", "À faire, ou à revoir ensemble."),
        ("person", 3, "", "À revoir ensemble."),
    ],
)
def test_today_tells_a_late_action_to_whoever_does_it_and_what_nobody_else_does_to_the_referent(
    world: World,
    clients: dict[Role, Client],
    lina: Person,
    acting_as: Acting,
    by: str,
    days_late: int,
    colleague_told: str,
    referent_told: str,
) -> None:
    with acting_as("maint"):
        other = make_person("Bruno", "Factice", world.site)
        mission = world.users[Role.SUPPORT_WORKER].missions.get()
        Assignment.objects.create(person=other, mission=mission, valid=open_ended())
    agreed(world, lina, by, days_late, acting_as)
    for role, told in ((Role.SUPPORT_WORKER, colleague_told), (Role.COUNSELLOR, referent_told)):
        said = text_of(clients[role].get(reverse("today")))
        sentence = re.search(r"Action convenue pour le [^.]*, date passée\. ([^.]*\.)", said)
        assert (sentence[1] if sentence else "") == told
        assert not told or "Lina Modèle" in said


def test_what_is_late_says_so_beside_the_goal(world: World, client: Client, lina: Person, acting_as: Acting) -> None:
    agreed(world, lina, "user", 3, acting_as)
    assert "en retard" in page_of(client, lina)
