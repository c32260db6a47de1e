"""Staff means: the working time that a site, or the pooled team of a territory, gives to the scheme.

A post is a person or only a function; its facts follow one another in time, and its earlier versions stay readable.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from convergence.access.models import User
from convergence.platform.dated import place, revise, withdraw
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.territories.identity import Identity
from convergence.territories.models import Funder, Operator, Site, StaffMeans, Territory
from convergence.territories.periods import days
from convergence.vocabulary.roles import SITE_ROLES, Role

SITE_FUNCTIONS = SITE_ROLES
POOLED_FUNCTIONS = (Role.COORDINATOR, Role.PARTNERSHIP_OFFICER, *SITE_ROLES)
"""Functions that a post may have, by the place that gives it."""


@dataclass(frozen=True)
class Given:
    """What a post gives: see ``StaffMeans`` for the units."""

    function: str
    full_time_equivalent: Decimal
    support_share: int
    user: User | None = None
    employer: Operator | None = None
    yearly_cost: Decimal | None = None
    funder: Funder | None = None

    def fields(self) -> dict[str, object]:
        return dict(vars(self))


def may_keep(identity: Identity, where: Site | Territory) -> bool:
    """Whether the actor keeps the means and the choices of this place; the database's policies say the same."""
    if identity.administers(where):
        return True
    if isinstance(where, Site):
        return where.pk in identity.site_ids(Role.SITE_MANAGER)
    return where.pk in identity.territory_ids(Role.COORDINATOR)


def posts_of(where: Site | Territory) -> QuerySet[StaffMeans]:
    """What is known now of the posts of a place, all dates together."""
    of_place = {"site": where} if isinstance(where, Site) else {"territory": where}
    return StaffMeans.objects.filter(**of_place).current().select_related("user", "employer", "funder")


def seen_of(post: UUID) -> str:
    """The versions that a page about the post shows, so that the second of two editors is told."""
    return ",".join(str(pk) for pk in _facts(post).values_list("pk", flat=True))


def _facts(post: UUID) -> QuerySet[StaffMeans]:
    return StaffMeans.objects.filter(post=post).current().order_by("valid")


@transaction.atomic
def open_post(where: Site | Territory, given: Given, since: date, last_day: date | None) -> StaffMeans:
    """A new post of the place, from a day on."""
    of_place = {"site": where} if isinstance(where, Site) else {"territory": where}
    return StaffMeans.objects.create(**of_place, **given.fields(), valid=days(since, last_day))


@transaction.atomic
def change_post(post: UUID, seen: str, given: Given, since: date) -> StaffMeans:
    """From ``since`` on the post gives something else, up to the end that was foreseen.

    :raises Refused: the post has ended by then, or had not begun.
    :raises ChangedMeanwhile: its facts are no longer those that were shown.
    """
    facts = _hold(post)
    running = next((fact for fact in facts if since in fact.valid), None)
    _check_seen(facts, seen, running or facts[-1] if facts else None)
    if running is None:
        raise Refused(_("Ce poste n’existe pas à cette date : corrigez ses dates, ou ouvrez un autre poste."))
    new = StaffMeans(
        post=post,
        site=running.site,
        territory=running.territory,
        valid=days(since, running.last_day),
        **given.fields(),
    )
    return place(new, StaffMeans.objects.filter(post=post))


@transaction.atomic
def correct(fact: StaffMeans, seen: str, given: Given, since: date, last_day: date | None) -> StaffMeans:
    """Replace what was written of a period, dates included; the earlier version stays readable.

    :param fact: the version that was shown, possibly replaced since.
    :raises Refused: it was withdrawn since.
    :raises ChangedMeanwhile: the post's facts are no longer those that were shown.
    """
    facts = _hold(fact.post)
    standing = next((each for each in facts if each.series == fact.series), None)
    if standing is None:
        raise Refused(_("Cette ligne a été retirée entre-temps : revenez à la fiche du poste."))
    _check_seen(facts, seen, standing)
    return revise(standing, **given.fields(), valid=days(since, last_day))


def take_back(fact: StaffMeans) -> None:
    """Withdraw what was written by mistake.

    :raises ChangedMeanwhile: somebody replaced or withdrew it first.
    """
    withdraw(fact)


def _hold(post: UUID) -> list[StaffMeans]:
    """What is known now of the post, locked until the transaction ends."""
    return list(_facts(post).select_for_update(of=("self",)))


def _check_seen(facts: list[StaffMeans], seen: str, fresh: StaffMeans | None) -> None:
    if ",".join(str(fact.pk) for fact in facts) != seen:
        raise ChangedMeanwhile(
            _("Quelqu’un a modifié ce poste pendant que vous écriviez : comparez avant d’enregistrer."), fresh
        )
