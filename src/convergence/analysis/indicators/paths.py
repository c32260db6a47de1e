"""How many people, and how long paths last."""

import polars as pl

from convergence.analysis.dataset import Tables
from convergence.analysis.indicators.figures import Figure, Period, mean
from convergence.analysis.indicators.observed import Who, observed

DAYS_A_MONTH = 365.25 / 12


def people_supported(tables: Tables, period: Period) -> int:
    """People with a path under way on at least one day of the period."""
    return observed(tables, period, Who.PRESENT).height


def mean_months(tables: Tables, period: Period) -> Figure:
    """Mean length of the paths that ended in the period, in months of 30.4 days, time between contracts included.

    Paths still running are not in it, so that it is shorter than the length that people starting now may expect.
    """
    ended = observed(tables, period, Who.ENDED).select(days=(pl.col("day") - pl.col("begins")).dt.total_days())
    months = [days / DAYS_A_MONTH for days in ended["days"]]
    return mean(months, f"Durée moyenne, en mois, des parcours terminés {period}, du premier au dernier jour.")
