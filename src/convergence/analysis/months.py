"""Lives as a panel: one row for each person and month since she entered, on which accounts and models work."""

from datetime import date
from enum import Enum

import polars as pl

from convergence.analysis.dataset import Tables
from convergence.vocabulary.employment import Employment
from convergence.vocabulary.structures import Scheme

ASPECTS = (
    "housing",
    "employment",
    "rsa",
    "ass",
    "aah",
    "in_work_benefit",
    "housing_aid",
    "residence_permit",
    "health_cover",
    "care_path",
    "mental_health_care",
    "addiction_care",
)
"""Aspects of a life that the panel holds, each by its value on the last day of the month."""


class Lost(Enum):
    """What is supposed of somebody from whom nobody has heard any more: an assumption, whose name is printed."""

    CARRIED = "la dernière situation connue dure"
    AS_AT_ENTRY = "retour à la situation d’entrée, sans emploi"


def first_paths(tables: Tables) -> pl.DataFrame:
    """The first path of everybody who has one: `person`, `path`, `since`, `until`, `site`, `scheme`, by person.

    The site is that of the path's first contract, or of the candidacy of somebody who was never hired; `scheme` is the
    site's, and `none` where no site is known.
    """
    paths = tables.paths.filter(pl.col("rank") == 1).select("person", "path", "since", "until")
    hired = (
        tables.contracts.filter(pl.col("path").is_not_null(), pl.col("site").is_not_null())
        .sort("path", "since", "contract")
        .group_by("path", maintain_order=True)
        .agg(contract_site=pl.col("site").first())
    )
    applied = (
        tables.candidacies.sort("person", "opened_on", "candidacy")
        .group_by("person", maintain_order=True)
        .agg(candidacy_site=pl.col("site").last())
    )
    schemes = tables.sites.select("site", pl.col("scheme").cast(pl.String))
    return (
        paths.join(hired, on="path", how="left")
        .join(applied, on="person", how="left")
        .with_columns(site=pl.coalesce("contract_site", "candidacy_site"))
        .join(schemes, on="site", how="left")
        .select("person", "path", "since", "until", "site", pl.col("scheme").fill_null(Scheme.NONE.value))
        .sort("person")
        .collect()
    )


def known_until(tables: Tables, as_of: date) -> pl.DataFrame:
    """`person`, `known_until`: the first day on which nothing is known of her any more, by person.

    While a path runs that is the day after ``as_of``; afterwards, the day after the last news: the end of a path, a
    fact written down, somebody who reached her. A fact that is "still true" in the records of a person from whom
    nobody has heard is not knowledge of today.
    """
    end = pl.lit(as_of).dt.offset_by("1d")
    news = pl.concat(
        [
            tables.paths.select("person", day=pl.col("until").fill_null(end)),
            tables.situations.select("person", day=pl.col("recorded_on").dt.offset_by("1d")),
            tables.interviews.filter("reached").select("person", day=pl.col("day").dt.offset_by("1d")),
            tables.follow_ups.filter("reached")
            .join(tables.extended_support.select("support", "person"), on="support")
            .select("person", day=pl.col("day").dt.offset_by("1d")),
        ]
    )
    last = news.group_by("person").agg(known_until=pl.min_horizontal(pl.col("day").max(), end))
    return last.sort("person").collect()


def person_months(tables: Tables, as_of: date, *, months: int = 60, lost: Lost | None = None) -> pl.DataFrame:
    """One row a person with a path and a month, months 0 to ``months`` - 1 since the month of her first day.

    Everybody has all the months, sorted by person then month, so that a column reshapes to (people, ``months``); what
    is not known of a month is null there, and `observed` tells which months were.

    ======================  =========================================================================================
    `person`                the person; `site` and `scheme` are those of her first path
    `month`                 first day of the month; `elapsed` counts from 0
    `within`                true where the month was over at ``as_of``: later months have not happened yet
    `observed`              true where the whole month lies before :func:`known_until`;
    `lost`                  within but not observed: nobody has heard of her any more
    `in_path`               true where a path, the first or a later one, runs on the last day
    `employer`              kind of employer of the contract with most hours in the month; null without contract
    `public_body`           whether that contract is at a site run by a public body
    `programme`             programme of that contract, of a CDDI
    `weekly_hours`          hours a week of the contracts in force, by the days of the month on which they are
    `gross`                 gross wages, € a month, in the same way; absences are not taken off
    `worked`                hours worked at a work-integration site in the month
    `paid`                  hours paid there by the employer: worked, and missed for an accepted reason; not sick leave
    aspects                 the value on the last day of each of ``ASPECTS``; null where nobody knows
    ======================  =========================================================================================

    :param lost: what is supposed of the months in which she is lost; None: they are null. Whoever is lost is out of
        the path, which is known. The last situation carried is the last one written down, and contracts last as
        recorded; back as at entry means the first values, and no work.
    :raises ValueError: ``months`` is below 1.
    """
    if months < 1:
        raise ValueError(f"A panel has at least one month, not {months}.")
    people = first_paths(tables).join(known_until(tables, as_of), on="person", how="left")
    frame = (
        people.select("person", "site", "scheme", "known_until", begins=pl.col("since").dt.month_start())
        .join(pl.DataFrame({"elapsed": pl.int_range(months, dtype=pl.Int16, eager=True)}), how="cross")
        .sort("person", "elapsed")
        .with_columns(month=pl.col("begins").dt.offset_by(pl.format("{}mo", "elapsed")))
        .with_columns(last_day=pl.col("month").dt.month_end())
        .with_columns(within=pl.col("last_day") <= as_of, observed=pl.col("last_day") < pl.col("known_until"))
    )
    frame = frame.join(_work(tables, as_of), on=["person", "month"], how="left", maintain_order="left")
    frame = frame.join(_hours(tables), on=["person", "month"], how="left", maintain_order="left")
    frame = frame.with_columns(
        pl.col("weekly_hours", "gross", "worked", "paid").fill_null(0.0), pl.col("public_body").fill_null(False)
    )
    frame = _in_path(tables, frame).with_columns(lost=pl.col("within") & ~pl.col("observed"))
    for aspect in ASPECTS:
        frame = _on_the_last_day(tables, frame, aspect)
    frame = frame if lost is Lost.CARRIED else _without_the_lost(frame)
    if lost is Lost.AS_AT_ENTRY:
        frame = _back_as_at_entry(frame)
    front = ["person", "site", "scheme", "month", "elapsed", "within", "observed", "lost", "in_path"]
    numbers = ["employer", "public_body", "programme", "weekly_hours", "gross", "worked", "paid"]
    return frame.select(*front, *numbers, *ASPECTS)


def days_of(tables: Tables, months: pl.DataFrame, aspect: str) -> pl.DataFrame:
    """How many days of each month a person spent in each value of an aspect: `person`, `elapsed`, `value`, `days`.

    ``months`` is what :func:`person_months` gave. Days of which nothing is known have no row; months not observed are
    left out.
    """
    asked = months.filter("observed").select("person", "elapsed", "month", after=pl.col("month").dt.offset_by("1mo"))
    spells = _spells(tables, aspect).collect()
    return (
        asked.join(spells, on="person")
        .filter(pl.col("since") < pl.col("after"), pl.col("until").is_null() | (pl.col("until") > pl.col("month")))
        .with_columns(days=(pl.min_horizontal("after", "until") - pl.max_horizontal("month", "since")).dt.total_days())
        .group_by("person", "elapsed", "value")
        .agg(pl.col("days").sum())
        .sort("person", "elapsed", "value")
    )


def _spells(tables: Tables, aspect: str) -> pl.LazyFrame:
    """Known values of an aspect: `person`, `since`, `until`, `value`."""
    told = tables.situations.filter(pl.col("aspect") == aspect, pl.col("value").is_not_null())
    return told.select("person", "since", "until", pl.col("value").cast(pl.String).cast(pl.Categorical))


def _on_the_last_day(tables: Tables, frame: pl.DataFrame, aspect: str) -> pl.DataFrame:
    spells = _spells(tables, aspect).rename({"value": aspect}).sort("since").collect()
    found = frame.sort("last_day").join_asof(
        spells, left_on="last_day", right_on="since", by="person", check_sortedness=False
    )
    true_then = pl.col("until").is_null() | (pl.col("until") > pl.col("last_day"))
    value = pl.when(true_then & pl.col("within")).then(pl.col(aspect)).alias(aspect)
    return found.with_columns(value).drop("since", "until", strict=False).sort("person", "elapsed")


_WORK = ("employer", "programme")
_AMOUNTS = ("weekly_hours", "gross")


def _without_the_lost(frame: pl.DataFrame) -> pl.DataFrame:
    """Nothing is known of months in which she is lost, jobs outside the path included."""
    return frame.with_columns(
        *(pl.when(~pl.col("lost")).then(pl.col(name)).alias(name) for name in (*ASPECTS, *_WORK)),
        *(pl.when(~pl.col("lost") | pl.col("in_path")).then(pl.col(name)).alias(name) for name in _AMOUNTS),
    )


def _back_as_at_entry(frame: pl.DataFrame) -> pl.DataFrame:
    first = [
        pl.when("lost").then(pl.col(name).drop_nulls().first().over("person")).otherwise(pl.col(name)).alias(name)
        for name in ASPECTS
        if name != "employment"
    ]
    no_work = pl.when("lost").then(pl.lit(Employment.NONE.value)).otherwise(pl.col("employment").cast(pl.String))
    return frame.with_columns(*first, no_work.cast(pl.Categorical).alias("employment")).with_columns(
        pl.col(name).fill_null(0.0) for name in _AMOUNTS
    )


def _in_path(tables: Tables, frame: pl.DataFrame) -> pl.DataFrame:
    paths = tables.paths.select("person", "since", "until").sort("since").collect()
    found = frame.sort("last_day").join_asof(
        paths, left_on="last_day", right_on="since", by="person", check_sortedness=False
    )
    runs = (
        pl.col("within")
        & pl.col("since").is_not_null()
        & (pl.col("until").is_null() | (pl.col("until") > pl.col("last_day")))
    )
    return found.with_columns(in_path=runs).drop("since", "until").sort("person", "elapsed")


def _work(tables: Tables, as_of: date) -> pl.DataFrame:
    """Contracts by person and month: hours and wages by the days in force, and the main employer."""
    end = pl.lit(as_of).dt.offset_by("1d")
    public = tables.sites.join(tables.operators, on="operator", how="left").select("site", "public_body")
    contracts = (
        tables.contracts.join(public, on="site", how="left")
        .with_columns(until=pl.min_horizontal("until", "ended_on", end))
        .filter(pl.col("until") > pl.col("since"))
        .with_columns(
            month=pl.date_ranges(pl.col("since").dt.month_start(), pl.col("until").dt.offset_by("-1d"), interval="1mo")
        )
        .explode("month", empty_as_null=False, keep_nulls=False)
        .with_columns(after=pl.col("month").dt.offset_by("1mo"))
        .with_columns(
            share=(pl.min_horizontal("after", "until") - pl.max_horizontal("month", "since")).dt.total_days()
            / (pl.col("after") - pl.col("month")).dt.total_days()
        )
        .with_columns(hours=pl.col("weekly_hours") * pl.col("share"), wage=pl.col("monthly_gross") * pl.col("share"))
    )
    return (
        contracts.sort("person", "month", "hours", "contract", descending=[False, False, True, False])
        .group_by("person", "month", maintain_order=True)
        .agg(
            pl.col("employer_kind").cast(pl.String).first().alias("employer"),
            pl.col("public_body").first(),
            pl.col("programme").cast(pl.String).first(),
            pl.col("hours").sum().alias("weekly_hours"),
            pl.col("wage").sum().alias("gross"),
        )
        .collect()
    )


def _hours(tables: Tables) -> pl.DataFrame:
    return (
        tables.hours.group_by("person", "month")
        .agg(pl.col("worked").sum(), paid=(pl.col("worked") + pl.col("justified")).sum())
        .collect()
    )
