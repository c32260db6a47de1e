"""What the one who asks is today: her account, her missions, her roles."""

from dataclasses import dataclass, field
from datetime import date

from convergence.access.models import User
from convergence.territories.models import Mission, Site, Territory
from convergence.vocabulary.roles import Role

WITH_PLACES = ("site__choices", "site__territory__choices", "territory", "portfolio")
"""What a mission is loaded with: its place, what it chooses to offer in its forms, and what an officer covers."""


@dataclass(frozen=True)
class Identity:
    """The actor of one request. ``today`` is the date that everything below takes as an argument."""

    user: User | None
    today: date
    missions: list[Mission] = field(default_factory=list)
    hosts: bool = False
    """Whether she hosts somebody of another territory today, mission or not."""

    @classmethod
    def of(cls, user: User | None, today: date, *, hosts: bool = False) -> "Identity":
        if user is None:
            return cls(None, today)
        held = Mission.objects.filter(user=user).held_on(today).select_related(*WITH_PLACES)
        return cls(user, today, list(held), hosts)

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(mission.role for mission in self.missions)

    def holds(self, *roles: str) -> bool:
        return not self.roles.isdisjoint(roles)

    def sites(self, *roles: str) -> list[Site]:
        """Sites at which the actor holds one of these roles today."""
        return [mission.site for mission in self.missions if mission.site and mission.role in roles]

    def site_ids(self, *roles: str) -> list[int]:
        """Their ids."""
        return [site.pk for site in self.sites(*roles)]

    def territory_ids(self, *roles: str) -> list[int]:
        """Territories on which the actor holds one of these roles today, by a mission on the territory itself."""
        return [m.territory_id for m in self.missions if m.territory_id and m.role in roles]

    @property
    def administers_all(self) -> bool:
        """Whether the actor administers the whole instance, and not only one territory or a few."""
        return any(m.role == Role.ADMINISTRATOR and m.territory_id is None for m in self.missions)

    def administers(self, where: Site | Territory) -> bool:
        """Whether the actor administers this place; the database's policies say the same."""
        territory_id = where.territory_id if isinstance(where, Site) else where.pk
        return self.administers_all or territory_id in self.territory_ids(Role.ADMINISTRATOR)
