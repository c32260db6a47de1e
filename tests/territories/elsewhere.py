"""A second territory beside the world's, and administrators of one territory each."""

from dataclasses import dataclass
from datetime import date

from convergence.access.models import User
from convergence.territories.models import Mission, Operator, Site, Territory
from convergence.vocabulary.roles import Role
from tests.builders import LONG_AGO, World, make_user, open_ended


@dataclass
class Elsewhere:
    """``here`` administers the world's territory, ``there`` the other one; ``counsellor`` works at its site."""

    territory: Territory
    operator: Operator
    site: Site
    here: User
    there: User
    counsellor: User


def build_elsewhere(world: World, since: date = LONG_AGO) -> Elsewhere:
    """To be called as *maint*. The other site bears the name of the world's first one."""
    territory = Territory.objects.create(name="Pays Modèle")
    operator = Operator.objects.create(name="Association Modèle")
    site = Site.objects.create(
        territory=territory, operator=operator, name=world.site.name, open_over=open_ended(since)
    )
    made = Elsewhere(
        territory, operator, site, make_user("Admin-ici"), make_user("Admin-la-bas"), make_user("La-bas-counsellor")
    )
    for user, place in ((made.here, world.territory), (made.there, territory)):
        Mission.objects.create(user=user, role=Role.ADMINISTRATOR, territory=place, valid=open_ended(since))
    Mission.objects.create(user=made.counsellor, role=Role.COUNSELLOR, site=site, valid=open_ended(since))
    return made
