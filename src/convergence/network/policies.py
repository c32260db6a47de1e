"""Who reads and who keeps a territory's network: conditions on the ``territory_id`` that each of its rows carries.

Nobody supported is named in the network. Whoever works at a site of the territory, or on it, reads partners, offers
and places; its partnership officers and coordinator keep them; those who support people also say how many places are
free, hold one, and note what a partner told them.
"""

from convergence.platform.policies import LINK_OFFER
from convergence.vocabulary.roles import SITE_ROLES, Role

KEEPERS = (Role.PARTNERSHIP_OFFICER, Role.COORDINATOR)
"""Who keeps the partners, agreements and offers of their territory."""
SPEAKERS = (Role.COUNSELLOR, Role.SUPPORT_WORKER, *KEEPERS)
"""Who says how many places are free, and holds one."""
READERS = (*SITE_ROLES, *KEEPERS)
"""Who reads the network of the territory where they work."""


def holds_in(*roles: Role, territory: str = "territory_id") -> str:
    """SQL condition: the actor holds one of these roles today on the territory, or at a site of it.

    :param territory: the column that names the territory.
    """
    wanted = ", ".join(f"'{role.value}'" for role in roles)
    # A scalar sub-select: the territories are found once for a statement, and an index on them serves.
    return f"{territory} = ANY ((SELECT network_territories({wanted}))::bigint[])"


WORKS_IN = holds_in(*READERS)
KEEPS_NETWORK = holds_in(*KEEPERS)
SPEAKS_OF_PLACES = holds_in(*SPEAKERS)

ASK = "(SELECT nullif(current_setting('app.ask', true), '')::bigint)"
"""The question on places (``CapacityAsk``) that a single-purpose link answers."""


def linked_offer(column: str) -> str:
    """SQL condition: a single-purpose link speaks of the offer in this column."""
    return f"({column} = {LINK_OFFER} OR {column} = ANY ((SELECT network_asked_offers())::bigint[]))"
