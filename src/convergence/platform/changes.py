"""What follows when facts about a person change, in the same transaction and once for each person.

Rooms above register what must follow (alerts, for instance); rooms below only say that a person's facts changed.
"""

from collections.abc import Callable, Collection
from datetime import date

from convergence.platform.identity import remembered

Follower = Callable[[Collection[int], date], None]
_followers: list[Follower] = []


def follow(follower: Follower) -> Follower:
    """Register a function of (people's ids, today), called before the transaction that changed their facts ends."""
    _followers.append(follower)
    return follower


def changed(person_id: int) -> None:
    """Say that facts about this person changed in the running transaction."""
    remembered("changed people")[person_id] = True


def settle(today: date) -> None:
    """Call the followers for everybody whose facts changed, all together; the identity must still stand."""
    waiting = remembered("changed people")
    while waiting:
        people = sorted(waiting)
        waiting.clear()
        for follower in _followers:
            follower(people, today)
