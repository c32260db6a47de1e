"""How many people each colleague of a site follows, and how many of them need something: who can take one more."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db import connection

from convergence.people.care import FOLLOWING
from convergence.rules.rights import over_if_hung_by
from convergence.territories.models import Mission


@dataclass(frozen=True)
class Load:
    """What a mission has before it today: people followed, and those among them about whom a warning has begun."""

    mission: Mission
    people: int
    asking: int

    @property
    def weight(self) -> int:
        """A person about whom something asks for attention counts twice."""
        return self.people + self.asking


def loads(site_ids: Collection[int], today: date) -> list[Load]:
    """Every mission of support that runs at these sites, site by site, the lightest first; two queries.

    Warnings of every compartment but justice are counted, whoever asks: a manager is told how many people need
    something, not who nor why.
    """
    with connection.cursor() as cursor:
        over = json.dumps({of: on.isoformat() for of, on in over_if_hung_by(today).items()})
        asked = "SELECT mission_id, people, asking FROM support_care_balance(%s, %s)"
        cursor.execute(asked, [list(site_ids), over])
        counted = {mission_id: (people, asking) for mission_id, people, asking in cursor.fetchall()}
    missions = Mission.objects.held_on(today).filter(site_id__in=site_ids, role__in=FOLLOWING)
    found = [
        Load(mission, *counted.get(mission.pk, (0, 0)))
        for mission in missions.select_related("user", "site__territory")
    ]
    return sorted(found, key=lambda load: (str(load.mission.site), load.weight, str(load.mission.user)))
