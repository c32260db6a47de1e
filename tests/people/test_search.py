"""People are found by name whatever the accents, typos or order, and only by those who read them."""

import pytest
from django.db import connection

from convergence.people.search import search_people
from convergence.platform.identity import assume
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World, make_person


@pytest.fixture
def crowd(world: World, acting_as: object) -> dict[str, int]:
    with acting_as("maint"):  # type: ignore[operator]
        people = {
            f"{given} {family}": make_person(given, family, world.site).pk
            for given, family in (
                ("Éloïse", "D’Exemple"),
                ("Jean-Baptiste", "Modèle"),
                ("Nguyễn", "Factice"),
                ("Fatoumata", "Imaginaire"),
            )
        }
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    return people | {"Anouk Fictive": world.anouk.pk}


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("anouk", "Anouk Fictive"),
        ("fictive anouk", "Anouk Fictive"),
        ("ANOUK FICTIVE", "Anouk Fictive"),
        ("anuk", "Anouk Fictive"),
        ("anouk fctive", "Anouk Fictive"),
        ("eloise", "Éloïse D’Exemple"),
        ("élo", "Éloïse D’Exemple"),
        ("exemple", "Éloïse D’Exemple"),
        ("baptiste", "Jean-Baptiste Modèle"),
        ("jean baptiste modele", "Jean-Baptiste Modèle"),
        ("nguyen", "Nguyễn Factice"),
        ("fatou", "Fatoumata Imaginaire"),
        ("fatumata", "Fatoumata Imaginaire"),
    ],
)
def test_a_name_is_found_as_people_type_it(crowd: dict[str, int], words: str, name: str) -> None:
    assert search_people(words)[0] == crowd[name]


@pytest.mark.parametrize("words", ["", "   ", "zzzzzz", "%", "_", "'; --", "\\", "anouk imaginaire"])
def test_nothing_or_nonsense_finds_nobody_and_breaks_nothing(crowd: dict[str, int], words: str) -> None:
    assert search_people(words) == []


def test_a_name_at_another_site_is_not_found_though_it_is_the_same(world: World, crowd: dict[str, int]) -> None:
    assert search_people("sami imaginaire") == []
    assume(world.elsewhere[Role.COUNSELLOR].pk, TODAY)
    assert search_people("sami imaginaire") == [world.sami.pk]
    assert search_people("anouk") == []


def test_nobody_finds_nobody(world: World, crowd: dict[str, int]) -> None:
    assume(None, TODAY)
    assert search_people("anouk") == []


def test_an_earlier_spelling_no_longer_finds(world: World, crowd: dict[str, int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE people_personname SET superseded_at = now() WHERE person_id = %s", [crowd["Anouk Fictive"]]
        )
    assert search_people("anouk") == []
