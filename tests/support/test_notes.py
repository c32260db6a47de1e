"""Writing about a person, correcting it without losing what stood, and who reads it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from convergence.people.models import Person
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.platform.identity import assume
from convergence.support.models import Note
from convergence.support.notes import (
    LONGEST,
    correct_note,
    latest_notes,
    note_lines,
    readers_of,
    record_note,
    writable_compartments,
)
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World

CARE = {"identity", "contact", "work", "social", "health", "justice"}


def as_role(world: World, role: Role) -> int:
    assume(world.users[role].pk, TODAY)
    return world.users[role].pk


def write(
    lina: Person, body: str = "Visite du foyer, elle hésite.", compartment: str = "social", days: int = 0
) -> Note:
    return record_note(lina.pk, body, compartment, TODAY - timedelta(days=days), written=CARE, today=TODAY)


def test_a_note_is_sealed_at_rest_and_read_by_the_team(world: World, lina: Person) -> None:
    as_role(world, Role.COUNSELLOR)
    note = write(lina)
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM support_note WHERE id = %s", [note.pk])
        assert b"foyer" not in bytes(cursor.fetchone()[0])
    as_role(world, Role.SUPPORT_WORKER)
    (read,) = latest_notes(lina.pk)
    assert read.body == "Visite du foyer, elle hésite."
    assert read.recorded_by_id == world.users[Role.COUNSELLOR].pk


@pytest.mark.parametrize(
    ("role", "read"),
    [
        (Role.COUNSELLOR, ["justice", "health", "work", "social"]),
        (Role.SUPPORT_WORKER, ["health", "work", "social"]),
        (Role.SITE_MANAGER, ["work"]),
        (Role.WORK_SUPERVISOR, []),
        (Role.COORDINATOR, []),
        (Role.ADMINISTRATOR, []),
    ],
)
def test_each_role_reads_notes_of_its_compartments(world: World, lina: Person, role: Role, read: list[str]) -> None:
    as_role(world, Role.COUNSELLOR)
    for days, compartment in enumerate(["justice", "health", "work", "social"]):
        write(lina, compartment=compartment, days=days)
    as_role(world, role)
    assert [note.compartment for note in latest_notes(lina.pk, most=9)] == read
    assume(world.elsewhere[role].pk, TODAY)
    assert note_lines(lina.pk) == []


def test_a_correction_keeps_the_earlier_version_readable(world: World, lina: Person) -> None:
    actor = as_role(world, Role.COUNSELLOR)
    note = write(lina)
    day = TODAY - timedelta(days=2)
    corrected = correct_note(
        lina.pk, note.pk, "Visite du foyer : elle accepte.", "social", day, actor_id=actor, written=CARE, today=TODAY
    )
    as_role(world, Role.SUPPORT_WORKER)
    (line,) = note_lines(lina.pk)
    assert (line.current.pk, line.current.body) == (corrected.pk, "Visite du foyer : elle accepte.")
    assert line.current.valid.lower == day
    assert [version.body for version in line.earlier] == ["Visite du foyer, elle hésite."]
    assert [note.pk for note in latest_notes(lina.pk)] == [corrected.pk]


def test_the_second_of_two_editors_is_told_and_shown_the_first_one_s_words(world: World, lina: Person) -> None:
    actor = as_role(world, Role.COUNSELLOR)
    seen = write(lina).pk
    fresh = correct_note(lina.pk, seen, "Un.", "social", TODAY, actor_id=actor, written=CARE, today=TODAY)
    with pytest.raises(ChangedMeanwhile) as told:
        correct_note(lina.pk, seen, "Deux.", "social", TODAY, actor_id=actor, written=CARE, today=TODAY)
    assert told.value.fresh.pk == fresh.pk


def test_a_note_is_corrected_by_its_author_alone(world: World, lina: Person) -> None:
    as_role(world, Role.COUNSELLOR)
    note = write(lina)
    colleague = as_role(world, Role.SUPPORT_WORKER)
    with pytest.raises(Refused, match="la personne qui l’a écrite"):
        correct_note(lina.pk, note.pk, "Autre chose.", "social", TODAY, actor_id=colleague, written=CARE, today=TODAY)


def test_a_note_moved_to_fewer_readers_is_no_longer_shown_to_the_others(world: World, lina: Person) -> None:
    actor = as_role(world, Role.COUNSELLOR)
    note = write(lina, "Opération prévue en mars.", compartment="work")
    correct_note(
        lina.pk, note.pk, "Opération prévue en mars.", "health", TODAY, actor_id=actor, written=CARE, today=TODAY
    )
    as_role(world, Role.SITE_MANAGER)
    assert note_lines(lina.pk) == []
    assert latest_notes(lina.pk) == []
    as_role(world, Role.SUPPORT_WORKER)
    assert [line.current.compartment for line in note_lines(lina.pk)] == ["health"]


@pytest.mark.parametrize(
    ("body", "compartment", "days", "words"),
    [
        ("  \x00 ", "social", 0, "quelques mots"),
        ("x" * (LONGEST + 1), "social", 0, "trop longue"),
        ("Bonjour", "social", -1, "futur"),
        ("Bonjour", "identity", 0, "qui peut lire"),
        ("Bonjour", "n’importe quoi", 0, "qui peut lire"),
    ],
)
def test_what_cannot_be_noted_is_refused_in_a_sentence(
    world: World, lina: Person, body: str, compartment: str, days: int, words: str
) -> None:
    as_role(world, Role.COUNSELLOR)
    with pytest.raises(Refused, match=words):
        write(lina, body, compartment, days)
    assert latest_notes(lina.pk) == []


def test_who_reads_is_said_from_the_table_of_rights() -> None:
    assert readers_of(Compartment.SOCIAL) == [
        "les conseillères et conseillers",
        "les éducatrices et éducateurs",
    ]
    assert "la ou le responsable" in readers_of(Compartment.WORK)
    assert readers_of(Compartment.JUSTICE) == ["sa référente ou son référent, et personne d’autre"]
    assert writable_compartments({"identity", "health", "work"}) == [Compartment.WORK, Compartment.HEALTH]


def test_all_the_notes_of_a_person_take_one_query_besides_her_key(
    world: World, lina: Person, django_assert_num_queries: Any
) -> None:
    as_role(world, Role.COUNSELLOR)
    for days in range(6):
        write(lina, days=days)
    as_role(world, Role.COUNSELLOR)
    with django_assert_num_queries(2):
        assert [str(line.current.recorded_by) for line in note_lines(lina.pk) if line.current.body]
