"""Where somebody may import people, what she may note of them there, and whom they may be entrusted to."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from convergence.access.rights import SITE_RIGHTS
from convergence.intake.cells import folded
from convergence.intake.fields import Field
from convergence.territories.models import Mission, Site
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.roles import Role

IMPORTERS = frozenset(
    right.role for right in SITE_RIGHTS if right.compartment is Compartment.IDENTITY and right.may_write
)
"""Roles that may welcome people at their site."""

COMPARTMENT_OF: dict[Field, Compartment] = {
    **dict.fromkeys(Field, Compartment.IDENTITY),
    **dict.fromkeys(
        [Field.EXTERNAL_ID, Field.BIRTH_DATE, Field.SEX, Field.PHONE, Field.EMAIL, Field.LANGUAGE], Compartment.CONTACT
    ),
    **dict.fromkeys(
        [Field.CONTRACT_KIND, Field.CONTRACT_START, Field.CONTRACT_END, Field.WEEKLY_HOURS], Compartment.WORK
    ),
    **dict.fromkeys([Field.HOUSING, Field.PERMIT_UNTIL, Field.RSA, Field.NOTE], Compartment.SOCIAL),
    Field.RQTH: Compartment.HEALTH,
}
"""Who may write each field, by the compartment in which it stands."""

FOLLOWERS = (Role.COUNSELLOR, Role.SUPPORT_WORKER)
"""Whom the column of counsellors may name."""


@dataclass
class Importer:
    """The actor of an import on a day: her sites, what she writes there, and who works there.

    :param sites: where she may welcome people, by id.
    :param written: compartments of the people of each site that she writes.
    :param team: the missions of those who follow people, by site.
    """

    user_id: int
    sites: dict[int, Site] = field(default_factory=dict)
    written: dict[int, frozenset[str]] = field(default_factory=dict)
    team: dict[int, list[Mission]] = field(default_factory=dict)

    @classmethod
    def of(cls, user_id: int, today: date) -> "Importer":
        importer = cls(user_id)
        own = Mission.objects.held_on(today).filter(user_id=user_id, role__in=IMPORTERS).select_related("site")
        for mission in own:
            if mission.site is None:
                continue
            importer.sites[mission.site.pk] = mission.site
            rights = {
                right.compartment.value for right in SITE_RIGHTS if right.role == mission.role and right.may_write
            }
            importer.written[mission.site.pk] = importer.written.get(mission.site.pk, frozenset()) | rights
        others = Mission.objects.held_on(today).filter(site_id__in=importer.sites, role__in=FOLLOWERS)
        for mission in others.select_related("user"):
            importer.team.setdefault(mission.site_id or 0, []).append(mission)
        return importer

    def site_named(self, text: str, default: Site) -> Site | None:
        """Her site of that name, or of the only name that holds these words; ``default`` for an empty text."""
        words = folded(text)
        if not words:
            return default
        named = [site for site in self.sites.values() if words in (folded(site.name), folded(str(site)))]
        if len(named) > 1:
            # Two territories have a site of that name: the list names the territory too.
            named = [site for site in named if folded(str(site)) == words]
        near = named or [site for site in self.sites.values() if _holds(folded(site.name), words)]
        return near[0] if len(near) == 1 else None

    def colleague(self, text: str, site_id: int) -> Mission | None:
        """Who follows people at the site and bears this e-mail address or name; None when nobody or two do."""
        team = self.team.get(site_id, [])
        address = text.strip().lower()
        found = {mission.user_id: mission for mission in team if mission.user.email == address}
        if not found:
            words = set(folded(text).split())
            for mission in team:
                name = set(folded(mission.user.get_full_name()).split())
                family = set(folded(mission.user.family_name).split())
                if words and (name <= words or words in (name, family)):
                    found.setdefault(mission.user_id, mission)
        return next(iter(found.values())) if len(found) == 1 else None

    def may_write(self, one: Field, written: Iterable[str]) -> bool:
        return COMPARTMENT_OF[one].value in written


def no_such_site(text: str) -> str:
    """The sentence for a site that is none of hers."""
    return _(
        "« %s » n’est pas l’un de vos chantiers : corrigez son nom, ou laissez cette colonne de côté à l’étape "
        "précédente."
    ) % " ".join(text.split())


def _holds(name: str, words: str) -> bool:
    """Whether all the words are in the name, or the other way round."""
    first, second = set(name.split()), set(words.split())
    return first <= second or second <= first
