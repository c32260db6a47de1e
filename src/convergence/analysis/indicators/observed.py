"""Who is looked at, and on what day: what indicators of situation share."""

from collections.abc import Collection
from enum import Enum

import polars as pl

from convergence.analysis.dataset import Tables
from convergence.analysis.indicators.figures import Period
from convergence.vocabulary.structures import Scheme


class Who(Enum):
    """The people that a figure is about, with the words of its definition."""

    PRESENT = "personnes en parcours {period} (situation à la fin de la période ou à la sortie)"
    ENDED = "personnes dont un parcours s’est terminé {period} (situation à la sortie)"


def ended_in(period: Period) -> pl.Expr:
    """Paths whose last day, the one before ``until``, is in the period."""
    return pl.col("until").is_between(period.since, period.until, closed="right")


def observed(tables: Tables, period: Period, who: Who) -> pl.DataFrame:
    """One row each: `path`, `person`, `begins` (first day of the path) and `day`, the one on which she is looked at.

    Present: one row a person, her last path under way on a day of the period, looked at on the period's last day or
    on the day after her path if that comes first. Ended: one row a path whose last day is in the period, looked at on
    the day after.
    """
    paths = tables.paths.select("path", "person", "until", begins="since")
    if who is Who.ENDED:
        ended = paths.filter(ended_in(period))
        return ended.select("path", "person", "begins", day="until").collect()
    under_way = paths.filter(
        pl.col("begins") < period.until, pl.col("until").is_null() | (pl.col("until") > period.since)
    )
    last_day = pl.lit(period.until).dt.offset_by("-1d")
    return (
        under_way.sort("person", "begins")
        .group_by("person", maintain_order=True)
        .last()
        .select("path", "person", "begins", day=pl.min_horizontal(last_day, "until"))
        .collect()
    )


def on_day(tables: Tables, people: pl.DataFrame, aspect: str, day: str, name: str) -> pl.DataFrame:
    """``people`` with a column ``name``: the value of an aspect on the day of a column, null where it is not known."""
    spells = tables.situations.filter(pl.col("aspect") == aspect).select("person", "since", "until", value="value")
    asked = people.lazy().with_row_index("row")
    found = (
        asked.join(spells, on="person")
        .filter(
            pl.col("since") <= pl.col(day),
            pl.col("until").is_null() | (pl.col("until") > pl.col(day)),
        )
        .select("row", pl.col("value").cast(pl.String).alias(name))
    )
    return asked.join(found, on="row", how="left", maintain_order="left").drop("row").collect()


def of_sites(tables: Tables, sites: Collection[int]) -> Tables:
    """The same dataset with only the paths whose last contract at a site is at one of these, and their people."""
    last = (
        tables.contracts.filter(pl.col("path").is_not_null(), pl.col("site").is_not_null())
        .sort("path", "since", "contract")
        .group_by("path", maintain_order=True)
        .agg(pl.col("site").last())
    )
    kept = last.filter(pl.col("site").is_in(list(sites))).select("path")
    return _only(tables, tables.paths.join(kept, on="path", how="semi").select("path", "person").collect())


def of_scheme(tables: Tables, scheme: Scheme) -> Tables:
    """The same dataset with only the paths at sites of one scheme, and their people."""
    return of_sites(tables, tables.sites.filter(pl.col("scheme") == scheme).collect()["site"].to_list())


def _only(tables: Tables, kept: pl.DataFrame) -> Tables:
    """The tables with only these paths; rows about a person as a whole stay when one of her paths does."""
    frames: dict[str, pl.LazyFrame] = {}
    for name, frame in tables.to_dict().items():
        columns = type(tables).member_schemas()[name].column_names()
        if "path" in columns:
            # A job after the path has no path of its own: it goes with the person.
            of_person = pl.col("path").is_null() & pl.col("person").is_in(kept["person"].implode())
            frames[name] = frame.filter(pl.col("path").is_in(kept["path"].implode()) | of_person)
        elif "person" in columns:
            frames[name] = frame.filter(pl.col("person").is_in(kept["person"].implode()))
        elif name == "follow_ups":
            frames[name] = frame.join(frames["extended_support"], on="support", how="semi")
        else:
            frames[name] = frame
    return type(tables).cast(frames)
