"""Recording that somebody met the person, or tried to."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction

from convergence.people.models import Person
from convergence.platform.errors import Refused
from convergence.platform.identity import assume
from convergence.support.contacts import latest_contacts, record_contact, undo_contact
from convergence.support.models import Contact
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World


def as_role(world: World, role: Role) -> int:
    assume(world.users[role].pk, TODAY)
    return world.users[role].pk


def test_a_contact_lasts_its_day_and_says_who_noted_it(world: World, lina: Person) -> None:
    actor = as_role(world, Role.SUPPORT_WORKER)
    record_contact(lina.pk, "visit", TODAY - timedelta(days=1), actor_id=actor, today=TODAY)
    record_contact(lina.pk, "call", TODAY - timedelta(days=9), actor_id=actor, today=TODAY)
    latest = latest_contacts(lina.pk).first()
    assert latest is not None
    assert (latest.kind, latest.recorded_by_id) == ("visit", actor)
    assert (latest.valid.lower, latest.valid.upper) == (TODAY - timedelta(days=1), TODAY)


def test_the_same_unanswered_call_noted_twice_is_one_but_two_people_who_call_are_two(
    world: World, lina: Person
) -> None:
    actor = as_role(world, Role.COUNSELLOR)
    first = record_contact(lina.pk, "call_no_answer", TODAY, actor_id=actor, today=TODAY)
    assert record_contact(lina.pk, "call_no_answer", TODAY, actor_id=actor, today=TODAY).pk == first.pk
    other = as_role(world, Role.SUPPORT_WORKER)
    record_contact(lina.pk, "call_no_answer", TODAY, actor_id=other, today=TODAY)
    assert Contact.objects.current().filter(person=lina).count() == 2


def test_two_meetings_of_one_day_are_two(world: World, lina: Person) -> None:
    actor = as_role(world, Role.COUNSELLOR)
    for _ in range(2):
        record_contact(lina.pk, "meeting", TODAY, actor_id=actor, today=TODAY)
    assert Contact.objects.current().filter(person=lina).count() == 2


@pytest.mark.parametrize(("kind", "days", "words"), [("seance", 0, "liste"), ("call", 1, "futur")])
def test_an_unknown_kind_or_a_day_to_come_is_refused_in_a_sentence(
    world: World, lina: Person, kind: str, days: int, words: str
) -> None:
    actor = as_role(world, Role.COUNSELLOR)
    with pytest.raises(Refused, match=words):
        record_contact(lina.pk, kind, TODAY + timedelta(days=days), actor_id=actor, today=TODAY)
    assert not Contact.objects.filter(person=lina).exists()


def test_a_contact_is_undone_once_by_the_one_who_noted_it_and_its_line_remains(world: World, lina: Person) -> None:
    actor = as_role(world, Role.COUNSELLOR)
    contact = record_contact(lina.pk, "call_no_answer", TODAY, actor_id=actor, today=TODAY)
    colleague = as_role(world, Role.SUPPORT_WORKER)
    with pytest.raises(Refused, match="la personne qui l’a noté"):
        undo_contact(lina, contact.pk, actor_id=colleague)
    as_role(world, Role.COUNSELLOR)
    undo_contact(lina, contact.pk, actor_id=actor)
    assert latest_contacts(lina.pk).first() is None
    assert Contact.objects.get(pk=contact.pk).superseded_at is not None
    with pytest.raises(Refused, match="n’est plus"):
        undo_contact(lina, contact.pk, actor_id=actor)


@pytest.mark.parametrize("role", [Role.SITE_MANAGER, Role.WORK_SUPERVISOR, Role.COORDINATOR])
def test_contacts_are_the_support_team_s_alone(world: World, lina: Person, role: Role) -> None:
    record_contact(lina.pk, "meeting", TODAY, actor_id=as_role(world, Role.COUNSELLOR), today=TODAY)
    actor = as_role(world, role)
    assert latest_contacts(lina.pk).first() is None
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        record_contact(lina.pk, "meeting", TODAY, actor_id=actor, today=TODAY)
