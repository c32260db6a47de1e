"""What the one who asks is today: her account, her missions, her roles."""

from dataclasses import dataclass, field
from datetime import date

from convergence.access.models import User
from convergence.territories.models import Mission


@dataclass(frozen=True)
class Identity:
    """The actor of one request. ``today`` is the date that everything below takes as an argument."""

    user: User | None
    today: date
    missions: list[Mission] = field(default_factory=list)

    @classmethod
    def of(cls, user: User | None, today: date) -> "Identity":
        if user is None:
            return cls(None, today)
        held = Mission.objects.filter(user=user).held_on(today).select_related("site__territory", "territory")
        return cls(user, today, list(held))

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(mission.role for mission in self.missions)

    def holds(self, *roles: str) -> bool:
        return not self.roles.isdisjoint(roles)

    def site_ids(self, *roles: str) -> list[int]:
        """Sites at which the actor holds one of these roles today."""
        return [mission.site_id for mission in self.missions if mission.site_id and mission.role in roles]
