"""How a territory's sites stand, in counts without names, for those who read no person."""

from dataclasses import dataclass

from django.db import connection

MEASURES = ("supported", "under_contract", "ending_soon", "housing_unknown")


@dataclass(frozen=True)
class SiteCounts:
    """People of one site today. None is a count withheld: under five, or one from which such a count follows.

    ``ending_soon``: the contract ends within three months and no other follows. ``housing_unknown``: no housing
    noted, or one of the kinds of missing.
    """

    site: str
    supported: int | None
    under_contract: int | None
    ending_soon: int | None
    housing_unknown: int | None


def territory_counts() -> list[SiteCounts]:
    """Counts of each open site of the territories that the actor coordinates today; empty for anybody else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM support_territory_counts()")
        return [SiteCounts(*row[1:]) for row in cursor.fetchall()]


def totals(counts: list[SiteCounts], label: str) -> SiteCounts:
    """The sum of each measure, withheld as soon as one site's is: the difference would tell it."""

    def total(measure: str) -> int | None:
        shown = [getattr(site, measure) for site in counts]
        return None if None in shown else sum(shown)

    return SiteCounts(label, *(total(measure) for measure in MEASURES))
