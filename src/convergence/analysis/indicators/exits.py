"""What paths end with, each share under a denominator that is named (domain.md §5)."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import polars as pl

from convergence.analysis.dataset import Tables
from convergence.analysis.indicators.figures import Figure, Period, share
from convergence.analysis.indicators.observed import ended_in
from convergence.rules.exits import threshold
from convergence.vocabulary.exits import DYNAMIC, ExitCategory, ExitMotive, table_on
from convergence.vocabulary.structures import EmployerKind


class Denominator(Enum):
    """Which ends of path are counted, with the words of the definition."""

    ALL_ENDS = "de toutes les fins de parcours {period}"
    PILOTAGE = (
        "des fins de parcours {period} au sens du pilotage de l’inclusion (ACI et EI\u00a0: parcours de plus de "
        "2,65 mois et au moins une heure travaillée\u00a0; AI et ETTI\u00a0: au moins 150 heures\u00a0; sans les "
        "sorties retirées du décompte)"
    )
    AFTER_IAE = "des fins de parcours {period} hors passage dans une autre structure de l’IAE"


@dataclass(frozen=True)
class ExitSet:
    """Motives that a figure counts, on the day of each exit, and their name."""

    label: str
    counts: Callable[[ExitMotive, ExitCategory], bool]


DYNAMIC_EXITS = ExitSet(
    "Sorties dynamiques (emploi durable, de transition, sortie positive)", lambda _, category: category in DYNAMIC
)
DURABLE_EXITS = ExitSet("Sorties en emploi durable", lambda _, category: category is ExitCategory.DURABLE)
OPEN_ENDED_EXITS = ExitSet(
    "Sorties en CDI, aidé ou non (CDI inclusion exclu)",
    lambda motive, _: motive in (ExitMotive.OPEN_ENDED_HERE, ExitMotive.OPEN_ENDED, ExitMotive.SUBSIDISED_OPEN_ENDED),
)


def share_of_exits(tables: Tables, period: Period, counted: ExitSet, among: Denominator) -> Figure:
    """The share of the ends of path of a period that the set counts.

    The category of a motive is that of the table in force on the day of the exit. Paths that ended with no motive
    recorded are unknown: neither in the numerator nor in the denominator.
    """
    ends = _ends(tables, period)
    known = ends.filter(pl.col("motive").is_not_null())
    numerator = denominator = 0
    for motive_code, day, kept in known.select("motive", "until", "of_pilotage").iter_rows():
        motive = ExitMotive(motive_code)
        category = table_on(day).categories[motive]
        if _out(motive, category, kept, among):
            continue
        denominator += 1
        numerator += counted.counts(motive, category)
    definition = f"{counted.label}, en part {among.value.format(period=period)}."
    return share(numerator, denominator, definition, unknown=ends.height - known.height)


def _out(motive: ExitMotive, category: ExitCategory, of_pilotage: bool, among: Denominator) -> bool:
    if among is Denominator.PILOTAGE:
        return category is ExitCategory.REMOVED or not of_pilotage
    return among is Denominator.AFTER_IAE and motive is ExitMotive.FIXED_TERM_IN_IAE


def _ends(tables: Tables, period: Period) -> pl.DataFrame:
    """Paths that ended in the period: `motive`, `until`, and whether *pilotage* counts them."""
    ended = tables.paths.filter(ended_in(period))
    worked = tables.hours.group_by("contract").agg(pl.col("worked").sum())
    of_path = (
        tables.contracts.filter(pl.col("path").is_not_null())
        .join(worked, on="contract", how="left")
        .sort("path", "since", "contract")
        .group_by("path", maintain_order=True)
        .agg(pl.col("worked").sum(), pl.col("employer_kind").last())
    )
    # The thresholds of the last day of the period: length and hours in ACI and EI, hours in AI and ETTI.
    here, by_mission = (threshold(kind, period.until) for kind in (EmployerKind.ACI, EmployerKind.AI))
    if here is None or by_mission is None:
        raise LookupError("rules/exits.toml has no row for these structures")
    months = (pl.col("until") - pl.col("since")).dt.total_days() * here.months_a_day
    missions = pl.col("employer_kind").is_in([EmployerKind.AI, EmployerKind.ETTI])
    enough = (
        pl.when(missions)
        .then(pl.col("worked") >= by_mission.least_hours)
        .otherwise((months > (here.more_than_months or 0)) & (pl.col("worked") >= here.least_hours))
    )
    return (
        ended.join(of_path, on="path", how="left")
        .join(tables.exits.select("path", "motive"), on="path", how="left")
        .select("motive", "until", of_pilotage=enough.fill_null(False))
        .collect()
    )
