"""A site's year: the posts agreed with the State against the hours paid, month by month; who is under contract now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from convergence.pathways.hours.models import AgreedPosts
from convergence.pathways.hours.reading import RotaContract, SiteMonth, rota, site_months
from convergence.platform.dated import revise
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.rules.law import rule_or_oldest, value_or_oldest
from convergence.rules.periods import Period
from convergence.rules.spans import month_of
from convergence.rules.worked_hours import full_time_equivalent

MOST_POSTS = Decimal(500)


@dataclass(frozen=True)
class YearMonth:
    """A month of the year: its sums, and the posts at full time that its paid hours make."""

    sums: SiteMonth
    posts: Decimal


@dataclass(frozen=True)
class SiteYear:
    """What was agreed, what was worked; ``months`` are those that have begun, the earliest first.

    :param agreed: None where nobody noted it.
    :param source: where the hours of a full-time post are written.
    """

    year: int
    agreed: AgreedPosts | None
    months: tuple[YearMonth, ...]
    hours_a_post: int
    source: str

    @property
    def told(self) -> tuple[YearMonth, ...]:
        """The months from which something can be said: everybody's hours are typed, or the month is closed."""
        return tuple(m for m in self.months if m.sums.contracts and (m.sums.closed or not m.sums.missing))

    @property
    def paid(self) -> Decimal:
        return sum((month.sums.paid for month in self.told), Decimal(0))

    @property
    def posts(self) -> Decimal | None:
        """The mean posts of the months told; None without any."""
        if not self.told:
            return None
        return full_time_equivalent(self.paid, date(self.year, 1, 1), months=len(self.told))

    @property
    def hours_short(self) -> Decimal | None:
        """Paid hours below those agreed over the months told, negative above; None where either is unknown."""
        if self.agreed is None or not self.told:
            return None
        agreed = self.agreed.full_time_equivalent * self.hours_a_post * len(self.told) / 12
        return (agreed - self.paid).quantize(Decimal("0.01"))


def site_year(site_id: int, year: int, today: date) -> SiteYear:
    """The year of a site as far as it has gone; three queries."""
    first, last = date(year, 1, 1), min(date(year, 12, 1), month_of(today))
    months = site_months(site_id, first, last) if first <= last else []
    name = "fte.paid_hours_a_year"
    return SiteYear(
        year=year,
        agreed=agreed_posts(site_id, year),
        months=tuple(YearMonth(each, full_time_equivalent(each.paid, first, months=1)) for each in months),
        hours_a_post=value_or_oldest(name, first),
        source=rule_or_oldest(name, first).source,
    )


def agreed_posts(site_id: int, year: int) -> AgreedPosts | None:
    rows = AgreedPosts.objects.current().filter(site_id=site_id, year=year)
    return rows.select_related("recorded_by").first()


@transaction.atomic
def note_agreed_posts(site_id: int, year: int, posts: Decimal, seen: str) -> AgreedPosts:
    """Write the posts agreed for a year; what stood stays readable.

    :param seen: primary key of the row that the form showed; empty where there was none.
    :raises ChangedMeanwhile: another one stands now.
    :raises Refused: none, or more than any site has.
    """
    if not 0 < posts <= MOST_POSTS:
        raise Refused(
            _("Un chantier compte plus de 0 et au plus %(most)s ETP : vérifiez ce nombre.") % {"most": MOST_POSTS}
        )
    standing = agreed_posts(site_id, year)
    if (str(standing.pk) if standing else "") != seen:
        raise ChangedMeanwhile(
            _("Quelqu’un a noté les ETP de cette année pendant que vous écriviez : relisez avant d’enregistrer."),
            standing,
        )
    if standing is not None:
        return revise(standing, full_time_equivalent=posts)
    row = AgreedPosts(site_id=site_id, year=year, full_time_equivalent=posts)
    row.save(force_insert=True)
    return row


def under_contract(site_id: int, day: date) -> list[RotaContract]:
    """Contracts under way at a site on a day, of people whom it supports; one query."""
    return rota(site_id=site_id, during=Period(day, day))


def weekly_on(contract: RotaContract, day: date) -> Decimal | None:
    """Hours a week of a contract on a day; None where they were not noted."""
    return next((hours for part, hours in contract.weekly if part.covers(day)), None)


def posts_of(hours_a_week: Iterable[Decimal | None], on: date) -> Decimal:
    """Posts at full time that weekly hours make; unknown hours count for nothing."""
    full = value_or_oldest("hours.most_weekly_hours", on)
    return (sum((hours for hours in hours_a_week if hours), Decimal(0)) / full).quantize(Decimal("0.01"))


def highest(months: Sequence[YearMonth], agreed: AgreedPosts | None) -> Decimal:
    """The most posts that a drawing of the year must hold, at least one."""
    return max([Decimal(1), *(month.posts for month in months), *([agreed.full_time_equivalent] if agreed else [])])
