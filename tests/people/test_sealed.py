"""What is written about a person opens only where it was written, with her own key."""

import pytest
from django.db import connection

from convergence.people.keys import KeyDestroyed, PersonKey
from convergence.platform.identity import assume
from convergence.platform.sealing import Unsealable
from convergence.situations.models import Situation
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World

WORDS = "Hébergée chez une cousine fictive."


@pytest.fixture
def fact(world: World) -> Situation:
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    return Situation.objects.get(person=world.anouk, aspect="housing")


def test_the_words_come_back_and_the_database_holds_none_of_them(fact: Situation) -> None:
    assert fact.detail == WORDS
    with connection.cursor() as cursor:
        cursor.execute("SELECT detail FROM situations_situation WHERE id = %s", [fact.pk])
        stored = bytes(cursor.fetchone()[0])
    assert WORDS.encode() not in stored
    assert b"cousine" not in stored


def test_a_destroyed_key_takes_every_word_with_it(fact: Situation, world: World, acting_as: object) -> None:
    with acting_as("maint"):  # type: ignore[operator]
        PersonKey.objects.filter(person=world.anouk).update(wrapped=None)
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    with pytest.raises(KeyDestroyed):
        str(Situation.objects.get(pk=fact.pk).detail)


def test_words_moved_to_another_row_or_altered_do_not_open(fact: Situation, world: World, acting_as: object) -> None:
    with acting_as("maint"):  # type: ignore[operator]
        with connection.cursor() as cursor:
            cursor.execute("SELECT detail FROM situations_situation WHERE id = %s", [fact.pk])
            stored = bytes(cursor.fetchone()[0])
        other = Situation.objects.get(person=world.sami, aspect="housing")
        altered = stored[:-1] + bytes([stored[-1] ^ 1])
        for row, sealed in ((other, stored), (fact, altered)):
            with connection.cursor() as cursor:
                cursor.execute("UPDATE situations_situation SET detail = %s WHERE id = %s", [sealed, row.pk])
            with pytest.raises(Unsealable):
                str(Situation.objects.get(pk=row.pk).detail)


def test_each_sealing_of_the_same_words_differs(fact: Situation, world: World) -> None:
    twin = Situation.objects.create(
        person=world.anouk, aspect="siao", compartment="social", value="lodged", valid=fact.valid, detail=WORDS
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT detail FROM situations_situation WHERE id = ANY(%s)", [[fact.pk, twin.pk]])
        first, second = (bytes(row[0]) for row in cursor.fetchall())
    assert first != second
    assert Situation.objects.get(pk=twin.pk).detail == WORDS
