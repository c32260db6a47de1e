"""A case conference on screen, from its agenda to the person's file."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.urls import reverse

from convergence.access.models import AccessRecord
from convergence.support.models import Action, Conference, Discussion, Goal
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World
from tests.web.team import enter, text

Acting = Callable[[str], AbstractContextManager[None]]


@pytest.fixture(autouse=True)
def the_day(time_machine: Any) -> None:
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)


def test_a_person_is_discussed_with_her_agreement_and_the_decision_is_in_her_file(
    world: World, acting_as: Acting
) -> None:
    client = enter(world.users[Role.COUNSELLOR])
    made = client.post(
        reverse("new-conference"),
        {
            "held_on": TODAY.isoformat(),
            "sites": world.site.pk,
            "colleagues": [world.users[Role.COUNSELLOR].pk, world.users[Role.SUPPORT_WORKER].pk],
            "guests": "Assistante sociale de secteur",
        },
    )
    here = made["Location"]
    with acting_as("maint"):
        conference = Conference.objects.latest("pk")
        goal = Goal.objects.current().get(person=world.anouk)
    assert here == reverse("conference", args=[conference.pk])
    assert "Ici-support-worker Exemple" in text(client.get(here))
    add = reverse("add-to-agenda", args=[conference.pk])
    asked = {"person": world.anouk.pk, "agreed_on": TODAY.isoformat(), "question": "Le logement fictif."}
    refused = client.post(add, asked)
    assert refused.status_code == 422
    assert "Dites comment la personne a donné son accord" in text(refused)
    page = text(client.post(add, asked | {"agreed_how": "spoken"}, follow=True))
    assert "Anouk Fictive est à l’ordre du jour." in page
    assert "Accord donné le 23 novembre 2026, de vive voix." in page
    with acting_as("maint"):
        discussion = Discussion.objects.get(conference=conference.series)
        assert AccessRecord.objects.filter(page="conference", person_id=world.anouk.pk).exists()
    sheet = text(client.get(reverse("conference-sheet", args=[conference.pk])))
    assert "A. F." in sheet
    assert "Fictive" not in sheet
    assert "logement" not in sheet
    decide = reverse("new-decision", args=[world.anouk.pk, discussion.pk])
    given = {"words": "Demander la résidence fictive.", "compartment": "social", "goal": goal.pk}
    half = client.post(decide, given)
    assert half.status_code == 422
    assert "Dites ce qui est à faire." in text(half)
    whole = given | {"what": "Appeler lundi.", "by": "person", "due_on": "2026-11-30"}
    decided = text(client.post(decide, whole, follow=True))
    assert "Demander la résidence fictive." in decided
    assert "l’action qui en découle" in decided
    file = text(client.get(reverse("needs", args=[world.anouk.pk])))
    assert "Décidé en réunion d’équipe" in file
    assert "Demander la résidence fictive." in file
    assert "Appeler lundi." in file
    with acting_as("maint"):
        assert Action.objects.filter(goal=goal.series, due_on="2026-11-30").count() == 1
    kept = text(client.post(reverse("cancel-conference", args=[conference.pk]), follow=True))
    assert "ne s’annule plus" in kept


def test_a_conference_is_moved_and_its_agenda_emptied_and_it_is_cancelled(world: World, acting_as: Acting) -> None:
    client = enter(world.users[Role.COUNSELLOR])
    when = {"held_on": TODAY.isoformat(), "sites": world.site.pk}
    client.post(reverse("new-conference"), when)
    with acting_as("maint"):
        conference = Conference.objects.latest("pk")
    change = reverse("change-conference", args=[conference.pk])
    assert client.post(change, when | {"held_on": "2026-12-01", "seen_version": conference.pk}).status_code == 302
    second = client.post(change, when | {"held_on": "2026-12-02", "seen_version": conference.pk})
    assert second.status_code == 409
    assert "Quelqu’un a changé cette réunion" in text(second)
    client.post(
        reverse("add-to-agenda", args=[conference.pk]),
        {"person": world.anouk.pk, "agreed_on": TODAY.isoformat(), "agreed_how": "written"},
    )
    with acting_as("maint"):
        discussion = Discussion.objects.get(conference=conference.series)
    page = text(client.post(reverse("take-off-agenda", args=[world.anouk.pk, discussion.pk]), follow=True))
    assert "Anouk Fictive n’est plus à l’ordre du jour." in page
    assert "La réunion est annulée." in text(
        client.post(reverse("cancel-conference", args=[conference.pk]), follow=True)
    )
    assert client.get(reverse("conference", args=[conference.pk])).status_code == 404
