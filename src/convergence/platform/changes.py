"""What follows when facts about a person change, in the same transaction and once for each person.

Rooms above register what must follow (alerts, for instance); rooms below only say that a person's facts changed.
"""

from collections.abc import Callable
from datetime import date

from convergence.platform.identity import remembered

Follower = Callable[[int, date], None]
_followers: list[Follower] = []


def follow(follower: Follower) -> Follower:
    """Register a function of (person id, today), called before the transaction that changed her facts ends."""
    _followers.append(follower)
    return follower


def changed(person_id: int) -> None:
    """Say that facts about this person changed in the running transaction."""
    remembered("changed people")[person_id] = True


def settle(today: date) -> None:
    """Call the followers for everybody whose facts changed; the identity must still stand."""
    waiting = remembered("changed people")
    while waiting:
        person_id, _ = waiting.popitem()
        for follower in _followers:
            follower(person_id, today)
