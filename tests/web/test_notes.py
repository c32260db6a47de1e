"""Notes on screen: written in a few words, read by those who may, corrected without loss."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from convergence.people.models import Person
from convergence.platform.identity import assume
from convergence.support.contacts import latest_contacts
from convergence.support.models import Note
from convergence.support.notes import LONGEST, record_note
from convergence.territories.identity import Identity
from convergence.vocabulary.roles import Role
from convergence.web.people.looking import open_person
from convergence.web.support.common import fragments
from tests.builders import TODAY, World
from tests.web.team import add_person, enter, text

Acting = Callable[[str], AbstractContextManager[None]]


@pytest.fixture
def awa(world: World, acting_as: Acting, time_machine: Any) -> Person:
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)
    with acting_as("maint"):
        return add_person(world, "Awa")


def signed_in(world: World, role: Role) -> Client:
    client = enter(world.users[role])
    return client


def write(client: Client, person: Person, body: str = "Visite du foyer fictif.", **changes: str) -> Any:
    form = {"body": body, "compartment": "social", "on": TODAY.isoformat(), "submission": str(uuid.uuid4())}
    return client.post(reverse("notes", args=[person.pk]), form | changes)


def latest(person: Person, acting_as: Acting) -> Note:
    with acting_as("maint"):
        return Note.objects.current().filter(person=person).latest("pk")


def test_a_note_is_written_and_read_with_its_author_and_its_day(world: World, awa: Person) -> None:
    counsellor = signed_in(world, Role.COUNSELLOR)
    response = write(counsellor, awa)
    assert response["Location"] == reverse("notes", args=[awa.pk])
    page = text(counsellor.get(response["Location"]))
    assert "Visite du foyer fictif." in page
    assert f'data-draft-saved="note-{awa.pk}"' in page
    colleague = text(signed_in(world, Role.SUPPORT_WORKER).get(reverse("notes", args=[awa.pk])))
    assert "Visite du foyer fictif." in colleague
    assert str(world.users[Role.COUNSELLOR]) in colleague
    assert "23 novembre 2026" in colleague


def test_the_same_note_sent_twice_is_one(world: World, awa: Person, acting_as: Acting) -> None:
    counsellor, token = signed_in(world, Role.COUNSELLOR), str(uuid.uuid4())
    for _ in range(2):
        assert write(counsellor, awa, submission=token).status_code == 302
    with acting_as("maint"):
        assert Note.objects.filter(person=awa).count() == 1


def test_a_note_sent_after_the_session_was_lost_finds_its_form_again_after_signing_in(
    world: World, awa: Person, acting_as: Acting
) -> None:
    gone = write(Client(), awa)
    here = reverse("notes", args=[awa.pk])
    assert gone["Location"] == f"{reverse('account_login')}?next={here}"
    with acting_as("maint"):
        assert not Note.objects.filter(person=awa).exists()
    again = signed_in(world, Role.COUNSELLOR)
    assert f'data-draft="note-{awa.pk}"' in again.get(here).content.decode()
    assert write(again, awa).status_code == 302


def test_a_manager_writes_and_reads_notes_of_the_work_path_only(world: World, awa: Person) -> None:
    counsellor, manager = signed_in(world, Role.COUNSELLOR), signed_in(world, Role.SITE_MANAGER)
    write(counsellor, awa, "Note sociale fictive.")
    write(counsellor, awa, "Note de travail fictive.", compartment="work")
    page = text(manager.get(reverse("notes", args=[awa.pk])))
    assert "Note de travail fictive." in page
    assert "Note sociale fictive." not in page
    assert write(manager, awa, compartment="social").status_code == 422
    assert write(manager, awa, "Du responsable.", compartment="work").status_code == 302
    assert "Du responsable." in text(counsellor.get(reverse("notes", args=[awa.pk])))


def test_who_reads_each_sort_of_note_is_said_before_writing(world: World, awa: Person) -> None:
    page = text(signed_in(world, Role.COUNSELLOR).get(reverse("notes", args=[awa.pk])))
    assert "Santé : les conseillères et conseillers et les éducatrices et éducateurs." in page
    assert "Contraintes judiciaires : sa référente ou son référent, et personne d’autre." in page
    worker = text(signed_in(world, Role.SUPPORT_WORKER).get(reverse("notes", args=[awa.pk])))
    assert "Contraintes judiciaires" not in worker
    # Of the first site's team, besides oneself: who supports, and who manages where it is about work.
    assert "éducateurs. 1 collègue, et vous." in page
    assert "responsable. 2 collègues, et vous." in page


def test_a_word_of_health_where_more_people_read_is_asked_about_once_and_moved(
    world: World, awa: Person, acting_as: Acting
) -> None:
    counsellor = signed_in(world, Role.COUNSELLOR)
    asked = write(counsellor, awa, "Rendez-vous fictif au CSAPA.")
    assert asked.status_code == 422
    page = text(asked)
    assert "« CSAPA » parle peut-être de santé" in page
    assert "Rendez-vous fictif au CSAPA." in page
    assert "Garder la note telle quelle" in page
    with acting_as("maint"):
        assert not Note.objects.filter(person=awa).exists()
    assert write(counsellor, awa, "Rendez-vous fictif au CSAPA.", move_to="health").status_code == 302
    assert latest(awa, acting_as).compartment == "health"
    assert write(counsellor, awa, "Rendez-vous fictif au CSAPA.", kept="1").status_code == 302
    assert latest(awa, acting_as).compartment == "social"
    assert write(counsellor, awa, "Rendez-vous fictif au CSAPA.", compartment="health").status_code == 302


def test_whoever_may_not_write_of_justice_is_told_and_offered_no_other_place(world: World, awa: Person) -> None:
    worker = signed_in(world, Role.SUPPORT_WORKER)
    page = text(write(worker, awa, "Convocation fictive du SPIP."))
    assert "jamais une infraction ni une condamnation" in page
    assert 'name="move_to"' not in page
    forged = write(worker, awa, "Convocation fictive du SPIP.", move_to="justice")
    assert forged.status_code == 422


@pytest.mark.parametrize(
    ("form", "status", "words"),
    [
        ({"body": "  "}, 422, "Écrivez quelques mots."),
        ({"body": "x" * (LONGEST + 1)}, 422, str(LONGEST)),
        ({"compartment": "identity"}, 422, "Choisissez qui peut lire"),
        ({"compartment": ""}, 422, "Choisissez qui peut lire"),
        ({"on": ""}, 422, "Donnez une date."),
        ({"on": (TODAY + timedelta(days=1)).isoformat()}, 409, "La date est dans le futur"),
    ],
)
def test_what_cannot_be_noted_keeps_what_was_typed(
    world: World, awa: Person, acting_as: Acting, form: dict[str, str], status: int, words: str
) -> None:
    response = write(signed_in(world, Role.COUNSELLOR), awa, **({"body": "Mots gardés."} | form))
    assert response.status_code == status
    assert words in text(response)
    if "body" not in form:
        assert "Mots gardés." in text(response)
    with acting_as("maint"):
        assert not Note.objects.filter(person=awa).exists()


def correct(client: Client, person: Person, note: Note, body: str, **changes: str) -> Any:
    form = {"body": body, "compartment": "social", "on": TODAY.isoformat(), "seen_version": str(note.pk)}
    address = reverse("correct-note", args=[person.pk, note.pk])
    return client.post(address, form | {"submission": str(uuid.uuid4())} | changes)


def test_a_correction_shows_and_the_earlier_words_stay_readable(world: World, awa: Person, acting_as: Acting) -> None:
    counsellor = signed_in(world, Role.COUNSELLOR)
    write(counsellor, awa, "Premiers mots.")
    note = latest(awa, acting_as)
    form = counsellor.get(reverse("correct-note", args=[awa.pk, note.pk])).content.decode()
    assert "Premiers mots." in form
    assert correct(counsellor, awa, note, "Mots corrigés.").status_code == 302
    page = text(counsellor.get(reverse("notes", args=[awa.pk])))
    assert page.index("Mots corrigés.") < page.index("Premiers mots.")
    assert "lire ce qui était écrit" in page


def test_the_second_editor_sees_what_the_first_one_wrote_and_loses_nothing(
    world: World, awa: Person, acting_as: Acting
) -> None:
    here, there = signed_in(world, Role.COUNSELLOR), signed_in(world, Role.COUNSELLOR)
    write(here, awa, "Premiers mots.")
    note = latest(awa, acting_as)
    correct(here, awa, note, "Du bureau.")
    response = correct(there, awa, note, "Du téléphone.")
    assert response.status_code == 409
    page = text(response)
    assert "Cette note a changé pendant que vous écriviez" in page
    assert "Du bureau." in page
    assert "Du téléphone." in page
    fresh = latest(awa, acting_as)
    assert f'name="seen_version" value="{fresh.pk}"' in page
    assert correct(there, awa, fresh, "Du téléphone.").status_code == 302


def test_a_note_is_corrected_by_its_author_and_reached_by_nobody_from_elsewhere(
    world: World, awa: Person, acting_as: Acting
) -> None:
    write(signed_in(world, Role.COUNSELLOR), awa, "Premiers mots.")
    note = latest(awa, acting_as)
    colleague = signed_in(world, Role.SUPPORT_WORKER)
    assert correct(colleague, awa, note, "Autres mots.").status_code == 302
    assert "se corrige par la personne qui l’a écrite" in text(colleague.get(reverse("notes", args=[awa.pk])))
    assert correct(signed_in(world, Role.SITE_MANAGER), awa, note, "Autres mots.").status_code == 404
    assert latest(awa, acting_as).pk == note.pk
    for role, user in world.elsewhere.items():
        client = enter(user)
        for address in (reverse("notes", args=[awa.pk]), reverse("correct-note", args=[awa.pk, note.pk])):
            for response in (client.get(address), client.post(address, {"body": "x"})):
                assert response.status_code in {403, 404}, role
                assert "Premiers mots." not in text(response)


def test_the_number_of_queries_does_not_grow_with_the_notes(world: World, awa: Person) -> None:
    counsellor = signed_in(world, Role.COUNSELLOR)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            counsellor.get(reverse("notes", args=[awa.pk]))
        return len(captured)

    write(counsellor, awa)
    counsellor.get(reverse("notes", args=[awa.pk]))
    few = queries()
    for number in range(6):
        write(counsellor, awa, f"Note {number}.")
    counsellor.get(reverse("notes", args=[awa.pk]))
    assert queries() == few


@pytest.mark.parametrize(
    ("role", "touch", "form"),
    [(Role.COUNSELLOR, True, True), (Role.SITE_MANAGER, False, True), (Role.WORK_SUPERVISOR, False, False)],
)
def test_the_fragments_for_a_person_s_page_show_what_the_role_may_do(
    world: World, awa: Person, rf: RequestFactory, acting_as: Acting, role: Role, touch: bool, form: bool
) -> None:
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    record_note(awa.pk, "Note sociale fictive.", "social", TODAY, written={"social"}, today=TODAY)
    user = world.users[role]
    assume(user.pk, TODAY)
    request: Any = rf.get("/")
    request.identity = Identity.of(user, TODAY)
    person, reach = open_person(request, awa.pk)
    with CaptureQueriesContext(connection) as captured:
        context = fragments(request, person, reach, latest_contacts(awa.pk).first()) | {"person": person}
    assert len(captured) <= 2
    drawn = {
        name: render_to_string(f"support/{name}.html", context) for name in ("quick_note", "latest_notes", "one_touch")
    }
    assert ("Appelé, pas de réponse" in drawn["one_touch"]) is touch
    assert (f'data-draft="note-{awa.pk}"' in drawn["quick_note"]) is form
    assert ("Note sociale fictive." in drawn["latest_notes"]) is touch
