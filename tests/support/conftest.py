"""A person of the first site about whom little is noted yet, so that each test says what asks for attention."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from convergence.people.models import Assignment, Person
from convergence.vocabulary.roles import Role
from tests.builders import World, add_situation, make_person, open_ended


@pytest.fixture
def lina(world: World, acting_as: Callable[[str], AbstractContextManager[None]]) -> Person:
    """Lina Modèle, followed by the first site's counsellor; only her housing is known."""
    with acting_as("maint"):
        person = make_person("Lina", "Modèle", world.site)
        mission = world.users[Role.COUNSELLOR].missions.get()
        Assignment.objects.create(person=person, mission=mission, valid=open_ended())
        add_situation(person, "housing", "hotel")
    return person
