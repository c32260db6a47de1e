"""Who follows whom, on screen: the balance, handing over, answering, and nobody without a referent."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.urls import reverse

from convergence.access.models import User
from convergence.people.entry import end_support, open_support
from convergence.people.models import Assignment, HandOver
from convergence.platform.identity import assume
from convergence.support.balance import loads
from convergence.support.models import Alert
from convergence.territories.models import Mission
from convergence.vocabulary.roles import Role
from tests.builders import LONG_AGO, TODAY, World, make_user, open_ended
from tests.web.team import add_person, enter, text

Acting = Callable[[str], AbstractContextManager[None]]


@pytest.fixture(autouse=True)
def the_day(time_machine: Any) -> None:
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)


@pytest.fixture
def colleague(world: World, acting_as: Acting) -> Mission:
    with acting_as("maint"):
        user = make_user("Seconde")
        return Mission.objects.create(user=user, role=Role.COUNSELLOR, site=world.site, valid=open_ended())


def followers(world: World, person_id: int, acting_as: Acting) -> list[str]:
    with acting_as("maint"):
        rows = Assignment.objects.current().valid_on(TODAY).filter(person_id=person_id)
        return sorted(row.mission.user.given_name for row in rows.select_related("mission__user"))


def offer_all(client: Client, world: World, colleague: Mission, **said: str) -> Any:
    address = reverse("give-people", args=[world.counsellor_mission_id])
    given = {
        "everybody": "on",
        "people": world.anouk.pk,
        "kind": "departure",
        "first": TODAY.isoformat(),
        "mission": colleague.pk,
    }
    return client.post(address, given | said, follow=True)


def test_the_balance_says_how_many_each_follows_and_how_many_need_something(
    world: World, colleague: Mission, acting_as: Acting
) -> None:
    with acting_as("maint"):
        add_person(world, "Lise", met=3)
        add_person(world, "Max", met=300)
    page = text(enter(world.users[Role.SITE_MANAGER]).get(reverse("care-balance")))
    assert "Ici-counsellor Exemple" in page
    row = page.split("Ici-counsellor Exemple")[1].split("</tr>")[0]
    # Anouk and Max ask for something, Lise does not.
    assert [int(n) for n in _figures(row)] == [3, 2, 5]
    row = page.split("Seconde Exemple")[1].split("</tr>")[0]
    assert [int(n) for n in _figures(row)] == [0, 0, 0]


def test_the_balance_counts_no_alert_that_is_over_nor_of_somebody_who_died(
    world: World, colleague: Mission, acting_as: Acting
) -> None:
    declared = {"kind": "rsa_declaration", "compartment": "social", "due_on": TODAY, "begins_on": LONG_AGO}
    with acting_as("maint"):
        people = [add_person(world, name, met=3) for name in ("Lise", "Max", "Zoé")]
        Assignment.objects.filter(person__in=people).delete()
        for person, hung, died in zip(people, (60, 20, 20), (False, False, True), strict=True):
            Assignment.objects.create(person=person, mission=colleague, valid=open_ended())
            on = (TODAY - timedelta(days=hung)).isoformat()
            Alert.objects.create(person=person, about={"value": "open", "on": on}, set_aside=died, **declared)
    assume(world.users[Role.SITE_MANAGER].pk, TODAY)
    (load,) = [each for each in loads([world.site.pk], TODAY) if each.mission == colleague]
    assert (load.people, load.asking) == (3, 1)


def _figures(row: str) -> list[str]:
    return [cell.split("<")[0] for cell in row.split('">')[1:] if cell.split("<")[0].isdigit()]


def test_two_people_are_handed_over_seen_on_today_and_accepted(
    world: World, colleague: Mission, acting_as: Acting
) -> None:
    with acting_as("maint"):
        lise = add_person(world, "Lise")
    said = text(offer_all(enter(world.users[Role.COUNSELLOR]), world, colleague))
    assert "C’est demandé pour 2 personnes" in said
    assert "en attente de réponse" in said
    assert followers(world, lise.pk, acting_as) == ["Ici-counsellor"]
    client = enter(colleague.user)
    assert "2 personnes vous sont confiées" in text(client.get(reverse("today")))
    page = text(client.get(reverse("received-people")))
    assert "Lise Modèle" in page
    assert "suivie par Ici-counsellor Exemple" in page
    with acting_as("maint"):
        offers = {row.person_id: row.pk for row in HandOver.objects.filter(receiver=colleague)}
    client.post(reverse("received-people"), {"offers": [offers[lise.pk]], "answer": "accept"})
    assert followers(world, lise.pk, acting_as) == ["Seconde"]
    assert followers(world, world.anouk.pk, acting_as) == ["Ici-counsellor"]
    assert "Une personne vous est confiée" in text(client.get(reverse("today")))
    declined = client.post(
        reverse("received-people"), {"offers": [offers[world.anouk.pk]], "answer": "decline"}, follow=True
    )
    assert "qui vous la confiait la suit toujours" in text(declined)
    assert "refusée" in text(enter(world.users[Role.COUNSELLOR]).get(reverse("care-balance")))
    assert followers(world, world.anouk.pk, acting_as) == ["Ici-counsellor"]


def test_the_same_answer_sent_twice_is_a_sentence(world: World, colleague: Mission, acting_as: Acting) -> None:
    offer_all(enter(world.users[Role.COUNSELLOR]), world, colleague)
    with acting_as("maint"):
        asked = HandOver.objects.get(receiver=colleague)
    client = enter(colleague.user)
    answers = {"offers": [asked.pk], "answer": "accept"}
    assert client.post(reverse("received-people"), answers).status_code == 302
    again = client.post(reverse("received-people"), answers)
    assert again.status_code == 422
    assert "Personne ne vous est confié" in text(again)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"everybody": "", "people": "0"}, "La liste a changé"),
        ({"kind": "absence"}, "Donnez le dernier jour de l’absence"),
        ({"first": "2026-11-01"}, "Le premier jour est passé"),
        ({"kind": "absence", "last": "2026-11-20"}, "vient avant le premier"),
        ({"mission": "0"}, "Choisissez quelqu’un de la liste"),
        ({"first": "lundi"}, "date valide"),
    ],
)
def test_what_cannot_be_is_a_sentence_and_nothing_is_written(
    world: World, colleague: Mission, acting_as: Acting, said: dict[str, str], sentence: str
) -> None:
    page = offer_all(enter(world.users[Role.COUNSELLOR]), world, colleague, **said)
    assert sentence in text(page)
    with acting_as("maint"):
        assert not HandOver.objects.filter(receiver=colleague).exists()


def test_a_colleague_of_another_site_reads_neither_the_balance_nor_the_list(world: World, colleague: Mission) -> None:
    elsewhere = enter(world.elsewhere[Role.COUNSELLOR])
    assert "Seconde" not in text(elsewhere.get(reverse("care-balance")))
    assert elsewhere.get(reverse("give-people", args=[world.counsellor_mission_id])).status_code == 404


def test_whoever_has_no_referent_is_told_to_the_team_and_found_one(world: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        lise = add_person(world, "Lise", mine=False)
    for role in (Role.COUNSELLOR, Role.SUPPORT_WORKER, Role.SITE_MANAGER):
        assert "n’a pas de référent" in text(enter(world.users[role]).get(reverse("today"))), role
    client = enter(world.users[Role.SITE_MANAGER])
    assert "Lise Modèle" in text(client.get(reverse("find-referents")))
    found = client.post(
        reverse("find-referents"), {"people": [lise.pk], "mission": world.counsellor_mission_id}, follow=True
    )
    assert "Ici-counsellor Exemple suit une personne de plus" in text(found)
    assert followers(world, lise.pk, acting_as) == ["Ici-counsellor"]
    assert "n’a pas de référent" not in text(client.get(reverse("today")))


def test_whoever_goes_on_at_another_site_has_no_referent_there_until_it_finds_one(world: World) -> None:
    """The follow-up of the site that she left is no follow-up, though nobody closed it."""
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    open_support(world.anouk.pk, world.other_site.pk, TODAY - timedelta(days=3), today=TODAY)
    team = world.elsewhere[Role.COUNSELLOR]
    assert "Anouk Fictive" not in text(enter(team).get(reverse("find-referents")))
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    end_support(world.anouk.pk, world.site.pk, TODAY - timedelta(days=1), today=TODAY)
    assert "Anouk Fictive" in text(enter(team).get(reverse("find-referents")))
    assert "n’ont pas de référent" in text(enter(team).get(reverse("today")))


def test_a_colleague_who_leaves_soon_does_not_take_over_for_good(world: World, acting_as: Acting) -> None:
    """After her mission nobody would follow the person: a sentence, not an error when all is written."""
    with acting_as("maint"):
        leaves = DateRange(LONG_AGO, TODAY + timedelta(days=30))
        soon = Mission.objects.create(user=make_user("Courte"), role=Role.COUNSELLOR, site=world.site, valid=leaves)
    client = enter(world.users[Role.COUNSELLOR])
    asked = {"mission": soon.pk, "since": TODAY.isoformat()}
    told = client.post(reverse("assign-referent", args=[world.anouk.pk]), asked)
    assert told.status_code == 409
    assert "jamais sans référent" in text(told)
    assert followers(world, world.anouk.pk, acting_as) == ["Ici-counsellor"]
    connection.check_constraints()


def test_the_manager_is_told_of_a_mission_that_ends_and_of_a_closed_account(world: World, acting_as: Acting) -> None:
    client = enter(world.users[Role.SITE_MANAGER])
    assert "reste à confier" not in text(client.get(reverse("today")))
    with acting_as("maint"):
        user = make_user("Tierce")
        last = DateRange(LONG_AGO, TODAY + timedelta(days=20))
        ending = Mission.objects.create(user=user, role=Role.COUNSELLOR, site=world.site, valid=last)
        lise = add_person(world, "Lise", mine=False)
        Assignment.objects.create(person=lise, mission=ending, valid=open_ended())
    page = text(client.get(reverse("today")))
    assert "La mission de Tierce Exemple prend fin le 12 décembre 2026 : une personne reste à confier." in page
    with acting_as("maint"):
        User.objects.filter(pk=user.pk).update(is_active=False)
    assert "n’a pas de référent" in text(client.get(reverse("today")))


def test_what_was_asked_is_taken_back_until_it_is_answered(world: World, colleague: Mission, acting_as: Acting) -> None:
    client = enter(world.users[Role.COUNSELLOR])
    offer_all(client, world, colleague)
    with acting_as("maint"):
        asked = HandOver.objects.get(receiver=colleague)
    back = client.post(reverse("take-back-offer", args=[asked.pk]), follow=True)
    assert "La demande est reprise" in text(back)
    assert "déjà reçu une réponse" in text(client.post(reverse("take-back-offer", args=[asked.pk]), follow=True))
    assert "vous est confiée" not in text(enter(colleague.user).get(reverse("today")))
