"""Who asks, as what, on which day: set on the database connection for one transaction.

``identify`` is a database function that the territories' room provides: it turns the actor's missions of the
day into scopes. Without it (or with an unknown actor) every policy answers zero rows.
"""

from datetime import date
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections


def assume(actor_id: int | None, today: date) -> frozenset[str]:
    """Give the running transaction its identity; it vanishes at commit or rollback.

    :param actor_id: the user's id, or None for nobody.
    :returns: the roles that the database gave the actor for the day.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("An identity belongs to a transaction: none is open.")
    forget()
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH identified AS MATERIALIZED (SELECT identify(%s, %s))"
            " SELECT current_setting('app.roles', true)::text[] FROM identified",
            [actor_id, today],
        )
        (roles,) = cursor.fetchone()
    return frozenset(roles or ())


def remembered(subject: str) -> dict[Any, Any]:
    """A store that lasts as long as the running identity: whoever comes next on the connection starts empty."""
    return _store().setdefault("remembered", {}).setdefault(subject, {})  # type: ignore[no-any-return]


def forget() -> None:
    """Empty what the identity remembered; opened keys do not outlive their transaction."""
    _store()["remembered"] = {}


def _store() -> dict[str, Any]:
    # The thread's own connection: ``django.db.connection`` is one proxy shared by every thread.
    return vars(connections[DEFAULT_DB_ALIAS])
