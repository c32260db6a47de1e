"""Housing: where people are, and what they obtained, under sets that are named (domain.md §4)."""

import polars as pl

from convergence.analysis.dataset import Tables
from convergence.analysis.indicators.figures import Figure, Period, share
from convergence.analysis.indicators.observed import Who, observed, on_day
from convergence.vocabulary.housing import HousingSet


def share_housed(tables: Tables, period: Period, named: HousingSet, who: Who) -> Figure:
    """The share of people whose housing is in the set on the day they are looked at."""
    people = on_day(tables, observed(tables, period, who), "housing", "day", "now")
    known = people.filter(pl.col("now").is_not_null())
    inside = known.filter(pl.col("now").is_in(sorted(named.values)))
    definition = f"{named.label}, en part des {who.value.format(period=period)}. {named.definition}"
    return share(inside.height, known.height, definition, unknown=people.height - known.height)


def share_moved_in(tables: Tables, period: Period, named: HousingSet, who: Who) -> Figure:
    """The share of people whose housing is in the set on the day they are looked at and was not when they entered.

    In the denominator: everybody whose housing is known on both days, those who had such a home already included.
    """
    people = on_day(tables, observed(tables, period, who), "housing", "day", "now")
    people = on_day(tables, people, "housing", "begins", "before")
    known = people.filter(pl.col("now").is_not_null(), pl.col("before").is_not_null())
    values = sorted(named.values)
    moved = known.filter(pl.col("now").is_in(values), ~pl.col("before").is_in(values))
    definition = f"{named.label} depuis l’entrée, en part des {who.value.format(period=period)}. {named.definition}"
    return share(moved.height, known.height, definition, unknown=people.height - known.height)
