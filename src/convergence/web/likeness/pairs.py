"""The pairs that the actor may decide, and what she is shown of each."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from convergence.people.likeness.files import File, look_at
from convergence.people.likeness.models import Likeness
from convergence.people.likeness.reasons import Reasons, how_sure, reasons
from convergence.territories.identity import Identity
from convergence.vocabulary.likeness import LikenessState
from convergence.vocabulary.roles import Role
from convergence.web.rules import EMPLOYER

DECIDERS = (*EMPLOYER, Role.COORDINATOR)
"""Those who decide: who keeps the files of a site, and the territory's coordinator."""


@dataclass(frozen=True)
class Pair:
    """Two files side by side.

    :param files: None when they are shown no more: said to be two people.
    :param own: both are files that the actor's team keeps.
    """

    likeness: Likeness
    files: tuple[File, File] | None
    reasons: Reasons
    sure: str
    own: bool

    @property
    def is_waiting(self) -> bool:
        return LikenessState(self.likeness.state) in {LikenessState.OPEN, LikenessState.UNSURE}

    @property
    def is_linked(self) -> bool:
        return LikenessState(self.likeness.state) is LikenessState.LINKED

    @property
    def is_decided(self) -> bool:
        return self.likeness.decided_at is not None


def reached(identity: Identity) -> "QuerySet[Likeness]":
    """The pairs that the actor may decide today. The policy says which; the filter spares it those of others."""
    sites = {mission.site.territory_id for mission in identity.missions if mission.site and mission.role in EMPLOYER}
    coordinated = {mission.territory_id for mission in identity.missions if mission.role == Role.COORDINATOR}
    return Likeness.objects.filter(
        Q(across=False, territory__in=sites) | Q(across=True, territory__in=coordinated)
    ).exclude(state=LikenessState.GONE)


def shown(pairs: list[Likeness], page: str) -> list[Pair]:
    """The pairs with their two files; each look is put on record, under the page's name."""
    files = look_at(page, pairs) if pairs else {}
    return [
        Pair(
            likeness=pair,
            files=files.get(pair.pk),
            reasons=reasons(pair.compared, with_sex=not pair.across),
            sure=how_sure(pair.probability),
            own=not pair.across,
        )
        for pair in pairs
    ]


def open_pairs(identity: Identity) -> "QuerySet[Likeness]":
    """The pairs that wait for the actor; none for somebody who decides of none."""
    return reached(identity).filter(state=LikenessState.OPEN) if identity.holds(*DECIDERS) else Likeness.objects.none()
