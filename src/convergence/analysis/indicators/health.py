"""Care: paths of care that are set up, and care taken up again."""

import polars as pl

from convergence.analysis.dataset import Tables
from convergence.analysis.indicators.figures import Figure, Period, share
from convergence.analysis.indicators.observed import Who, observed, on_day
from convergence.vocabulary.health import CarePath

_SET_UP = [CarePath.UNDER_WAY, CarePath.STABILISED]
_WANTED = [CarePath.TO_SET_UP, CarePath.INTERRUPTED]


def share_in_care(tables: Tables, period: Period, who: Who) -> Figure:
    """The share of all people whose care path is under way or stabilised on the day they are looked at."""
    people = on_day(tables, observed(tables, period, who), "care_path", "day", "now")
    known = people.filter(pl.col("now").is_not_null())
    definition = (
        "Parcours de soins en cours ou stabilisé, en part de toutes les "
        f"{who.value.format(period=period)}, qu’un besoin ait été dit ou non."
    )
    in_care = known.filter(pl.col("now").is_in(_SET_UP))
    return share(in_care.height, known.height, definition, unknown=people.height - known.height)


def share_care_resumed(tables: Tables, period: Period, who: Who) -> Figure:
    """Of the people whose care was to set up or interrupted when they entered, the share in care since."""
    people = on_day(tables, observed(tables, period, who), "care_path", "begins", "before")
    wanted = on_day(tables, people.filter(pl.col("before").is_in(_WANTED)), "care_path", "day", "now")
    known = wanted.filter(pl.col("now").is_not_null())
    definition = (
        f"Soins repris (en cours ou stabilisés), en part des {who.value.format(period=period)}, "
        "dont les soins étaient à mettre en place ou interrompus à l’entrée."
    )
    resumed = known.filter(pl.col("now").is_in(_SET_UP))
    return share(resumed.height, known.height, definition, unknown=wanted.height - known.height)
