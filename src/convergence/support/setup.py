"""Where the setting up of a site stands, and its first day: what follows from facts, never ticked by hand."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from convergence.platform.dated import withdraw
from convergence.platform.errors import Refused
from convergence.support.models import SiteStart
from convergence.territories.models import NothingToImport, Site


@dataclass(frozen=True)
class SiteSetup:
    """What is done of setting up a site today.

    ``managers``, ``counsellors``, ``supervisors``: missions that run or will; ``expected``: holders of a mission who
    never signed in. ``imported_on``: the last import that brought somebody, as long as the site has not started;
    ``nothing_since``: since when the team says that there is no list to bring. ``has_chosen``: choices of vocabulary
    stand, the site's or its territory's.
    """

    site_id: int
    managers: int
    counsellors: int
    supervisors: int
    expected: int
    has_means: bool
    has_chosen: bool
    has_people: bool
    imported_on: date | None
    imported_by: str | None
    nothing_since: date | None
    nothing_by: str | None
    started_on: date | None
    started_by: str | None


def setup_of(site_ids: Collection[int]) -> dict[int, SiteSetup]:
    """By site, for those that the actor administers or coordinates, or of whose team she is; one query."""
    if not site_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM support_site_setup(%s::bigint[])", [list(site_ids)])
        return {row[0]: SiteSetup(*row) for row in cursor.fetchall()}


@transaction.atomic
def record_start(site: Site) -> SiteStart:
    """Today becomes the first day of the site, with the counts of what is known; an earlier first day stays readable.

    :raises Refused: the actor is not of the site's team, or its first day is more than a month ago.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT support_record_start(%s)", [site.pk])
        (made,) = cursor.fetchone()
    if made is None:
        raise Refused(_("Ce chantier a démarré il y a plus d’un mois : son premier jour ne se déplace plus."))
    return SiteStart.objects.get(pk=made)


def starts_of(site: Site) -> QuerySet[SiteStart]:
    """The first day of a site, then those noted before it and replaced."""
    return SiteStart.objects.filter(site=site).select_related("recorded_by").order_by("-recorded_at", "-pk")


def say_nothing_to_import(site: Site) -> NothingToImport:
    """The site's team has no list to bring in: its people are welcomed one by one."""
    return NothingToImport.objects.create(site=site)


def take_back_nothing_to_import(site: Site) -> None:
    """There is a list after all; says nothing where nobody had said otherwise."""
    for said in NothingToImport.objects.current().filter(site=site):
        withdraw(said)
