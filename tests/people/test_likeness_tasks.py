"""The nightly comparison and that of newcomers, as the worker runs them."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from django.db import connection

from convergence.people.entry import Newcomer, admit
from convergence.people.likeness.models import Likeness, LikenessSearch
from convergence.people.tasks import compare_files, compare_newcomers
from convergence.platform.identity import assume
from convergence.territories.models import Territory
from convergence.vocabulary.likeness import LikenessState
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World
from tests.people.pairs import someone

Acting = Callable[[str], AbstractContextManager[None]]


def open_pairs(acting_as: Acting) -> int:
    with acting_as("maint"):
        return Likeness.objects.filter(state=LikenessState.OPEN).count()


def test_every_territory_is_compared_at_night(world: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        Territory.objects.create(name="Territoire voisin")
        for site in (world.site, world.other_site):
            someone("Aïcha", "Chimère", site)
    assume(None, TODAY)
    with acting_as("worker"):
        compare_files(0)
    assert open_pairs(acting_as) == 1
    with acting_as("maint"):
        assert LikenessSearch.objects.count() == Territory.objects.count() == 2


def test_somebody_welcomed_by_hand_is_proposed_within_minutes(world: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        someone("Aïcha", "Chimère", world.other_site)
    assume(None, TODAY)
    with acting_as("worker"):
        compare_newcomers(0)
    assert open_pairs(acting_as) == 0
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    newcomer = Newcomer(given_name="AICHA", family_name="Chimère", birth_year=1985, birth_month=5, birth_day=3)
    admit(newcomer, world.site.pk, TODAY)
    assume(None, TODAY)
    with acting_as("worker"):
        compare_newcomers(0)
    assert open_pairs(acting_as) == 1


def test_a_territory_where_nothing_changed_is_left_alone(world: World, acting_as: Acting) -> None:
    assume(None, TODAY)
    with acting_as("worker"):
        compare_newcomers(0)
    with acting_as("maint"):
        LikenessSearch.objects.update(refreshed_at="2099-01-01T00:00:00Z")
    with acting_as("worker"):
        compare_newcomers(0)
    with connection.cursor() as cursor, acting_as("maint"):
        cursor.execute("SELECT count(*) FROM people_likenesssearch WHERE refreshed_at > '2098-01-01'")
        assert cursor.fetchone() == (1,)
