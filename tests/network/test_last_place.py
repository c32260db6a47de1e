"""Two officers propose the last place in the same instant, on two connections: one of them is told."""

from functools import partial
from threading import Barrier
from uuid import uuid4

from convergence.network.models import Capacity, Hold
from convergence.network.places import NoPlaceLeft, hold
from convergence.platform.clock import today
from convergence.vocabulary.roles import Role
from tests.platform.conftest import Committed, committed

__all__ = ["committed"]


def test_the_last_place_is_nobodys_twice(committed: Committed) -> None:
    offer_id = committed.world.network["network_offer_id"]

    def one_left() -> int:
        held = Hold.objects.current().filter(offer=offer_id).count()
        Capacity.objects.filter(offer=offer_id).update(free=held + 1)
        return held

    before = committed.as_maint(one_left)
    both = Barrier(2, timeout=30)

    def propose() -> bool:
        both.wait()
        try:
            hold(offer_id, uuid4(), firm=False, on=today())
        except NoPlaceLeft:
            return False
        return True

    races = [
        committed.start(partial(committed.acting, propose, role))
        for role in (Role.PARTNERSHIP_OFFICER, Role.COORDINATOR)
    ]
    assert sorted(race.result(timeout=60) for race in races) == [False, True]
    count = committed.as_maint(lambda: Hold.objects.current().filter(offer=offer_id).count())
    assert count == before + 1
