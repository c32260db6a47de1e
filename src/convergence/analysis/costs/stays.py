"""Nights and days by where somebody sleeps and is cared for, and what they cost."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from convergence.analysis.costs.errors import CostError
from convergence.analysis.costs.lines import Lines, price_lines
from convergence.analysis.costs.panel import Panel
from convergence.analysis.costs.prices import DAYS_A_YEAR, Item, Prices
from convergence.analysis.costs.sources import Sparse
from convergence.analysis.dataset import Tables
from convergence.analysis.months import days_of
from convergence.vocabulary.housing import Housing, HousingStep

_INSTITUTIONS = [place.value for place in Housing if place.step is HousingStep.INSTITUTION]

HEALTH_NOT_COUNTED = (
    "Les passages aux urgences, les journées d’hôpital hors des séjours connus, les soins de ville et les affaires de "
    "justice ne sont pas dans ces données\u00a0: ils ne sont pas comptés, faute de taux sourcés."
)
UNKNOWN_PLACE = (
    "Les nuits dont le lieu n’est pas connu, et celles passées à la rue, chez un tiers ou dans un hébergement non "
    "précisé, sont comptées sans coût\u00a0: maraudes et accueils de jour n’ont pas de prix dans ce compte."
)


def stays_of(tables: Tables, months: pl.DataFrame, prices: Prices) -> pl.DataFrame:
    """Days in each priced value: `person`, `elapsed`, `aspect`, `value`, `days`.

    Where somebody is lost and an assumption fills her months, the value of the last day stands for the whole month;
    but nobody is supposed to stay on in a prison or a hospital from which no news came.
    """
    parts = []
    for aspect in _aspects(months, prices):
        known = days_of(tables, months, aspect).with_columns(
            pl.col("value").cast(pl.String), pl.col("days").cast(pl.Float64)
        )
        parts.append(known.select("person", "elapsed", pl.lit(aspect).alias("aspect"), "value", "days"))
        lost = months.filter(pl.col("within") & ~pl.col("observed"))
        parts.append(_whole_months(lost, aspect).filter(~pl.col("value").is_in(_INSTITUTIONS)))
    return pl.concat(parts).sort("person", "elapsed", "aspect", "value")


def stays_as_held(months: pl.DataFrame, prices: Prices) -> pl.DataFrame:
    """The same table of a frame in which situations do not move: each month is spent in the value that it holds."""
    parts = [_whole_months(months, aspect) for aspect in _aspects(months, prices)]
    return pl.concat(parts).sort("person", "elapsed", "aspect", "value")


def _aspects(months: pl.DataFrame, prices: Prices) -> list[str]:
    aspects = sorted({stay.aspect for stay in prices.stays} | {"housing"})
    for aspect in aspects:
        if aspect not in months.columns:
            raise CostError(f"L’aspect «\u00a0{aspect}\u00a0» n’est pas suivi par mois\u00a0: retirez-le des [[stay]].")
    return aspects


def _whole_months(months: pl.DataFrame, aspect: str) -> pl.DataFrame:
    """The same table where each month is spent in the value of its last day."""
    days = (pl.col("month").dt.offset_by("1mo") - pl.col("month")).dt.total_days().cast(pl.Float64)
    return months.filter(pl.col(aspect).is_not_null()).select(
        "person", "elapsed", pl.lit(aspect).alias("aspect"), value=pl.col(aspect).cast(pl.String), days=days
    )


def stay_costs(panel: Panel, days: pl.DataFrame, prices: Prices) -> Sparse:
    """What the days cost, by item and payer; and the events that sourced rates suppose.

    :param days: what :func:`stays_of` gave.
    :raises CostError: days that are negative or more than a month has, or of somebody who is not in the panel.
    """
    if days.filter((pl.col("days") < 0) | (pl.col("days") > 31) | pl.col("days").is_nan()).height:
        raise CostError(
            "Un nombre de jours est négatif, ou dépasse le mois\u00a0: vérifiez les situations du jeu de données."
        )
    lines, places = _lines(prices, days)
    items = list(places)
    units = _units(days, prices, items).group_by("person", "elapsed", "item").agg(pl.col("units").sum())
    place_of = pl.DataFrame({"person": panel.person, "place": np.arange(panel.people)})
    placed = units.join(place_of, on="person", how="left").sort("place", "elapsed", "item")
    if placed["place"].null_count():
        raise CostError(
            "Des jours appartiennent à une personne absente du tableau des mois\u00a0: partez des mêmes données."
        )
    people, elapsed = placed["place"].to_numpy(), placed["elapsed"].to_numpy().astype(np.int64)
    counted = panel.counted[people, elapsed]
    calendar = panel.first[people] + elapsed
    numbers, quantities = placed["item"].to_numpy(), placed["units"].to_numpy()
    found = []
    for number, (code, item_lines) in enumerate(places.items()):
        cells = np.flatnonzero((numbers == number) & counted)
        amount = quantities[cells] * prices.by_month(code, calendar[cells])
        shares = _shares(prices.item(code), prices)
        for line, share in zip(item_lines, shares, strict=True):
            found.append((people[cells], elapsed[cells], np.full(len(cells), line), amount * share))
    columns = [np.concatenate(column) for column in zip(*found, strict=True)]
    order = np.argsort(columns[0], kind="stable")
    return Sparse(lines, *(column[order] for column in columns))


def _units(days: pl.DataFrame, prices: Prices, items: list[str]) -> pl.DataFrame:
    """Units of items that days make, by price and by rate: `person`, `elapsed`, `item` (its place), `units`."""
    rows = [(stay.aspect, stay.value, items.index(stay.item), prices.item(stay.item).a_day) for stay in prices.stays]
    rows += [("housing", rate.housing, items.index(rate.item), rate.central / DAYS_A_YEAR) for rate in prices.rates]
    a_day = pl.DataFrame(rows, schema=["aspect", "value", "item", "a_day"], orient="row")
    return days.join(a_day, on=["aspect", "value"]).select(
        "person", "elapsed", "item", units=pl.col("days") * pl.col("a_day")
    )


def _lines(prices: Prices, days: pl.DataFrame) -> tuple[Lines, Mapping[str, list[int]]]:
    """The lines of every item that days or rates may use, and the places of each item's lines.

    Readers are told of the prices and choices that these days really use.
    """
    seen = set(days.select("aspect", "value").unique().iter_rows())
    stays = [stay for stay in prices.stays if (stay.aspect, stay.value) in seen]
    rates = [rate for rate in prices.rates if ("housing", rate.housing) in seen]
    lines, places = Lines(()), {}
    for code in dict.fromkeys([stay.item for stay in prices.stays] + [rate.item for rate in prices.rates]):
        added = price_lines(prices, code)
        places[code] = list(range(len(lines), len(lines) + len(added)))
        lines += added
    used = dict.fromkeys([stay.item for stay in stays] + [rate.item for rate in rates])
    flags = [sentence for code in used for sentence in prices.item(code).told]
    flags += [
        f"{label}\u00a0: le prix donné ne change rien, aucune quantité ne s’y applique." for label in prices.unheard
    ]
    flags += [f"{stay.note[0].upper()}{stay.note[1:]}." for stay in stays if stay.note]
    flags += [
        f"{prices.item(rate.item).label}\u00a0: {rate.central:g} par an supposés pour "
        f"«\u00a0{Housing(rate.housing).label}\u00a0» ({rate.source})."
        for rate in rates
    ]
    not_counted = (UNKNOWN_PLACE,) if prices.rates else (HEALTH_NOT_COUNTED, UNKNOWN_PLACE)
    return Lines(lines.lines, lines.factors, tuple(flags), not_counted), places


def _shares(item: Item, prices: Prices) -> list[float]:
    told = prices.shares.get(item.code)
    if told is None and len(item.payers) > 1:
        raise CostError(
            f"Plusieurs payeurs se partagent «\u00a0{item.label}\u00a0»\u00a0: ajoutez leurs parts, [[share]]."
        )
    return [told.get(payer, 0.0) if told else 1.0 for payer in item.payers]
