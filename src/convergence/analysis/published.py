"""The published figures of the scheme, and how each is counted in records."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt
from statistics import fmean

import polars as pl

from convergence.analysis import indicators as i
from convergence.analysis.conventions import ERRORS
from convergence.analysis.dataset import Tables
from convergence.analysis.french import NBSP
from convergence.analysis.indicators import Figure
from convergence.vocabulary.housing import DURABLE, STABILISED, Housing, HousingSet
from convergence.vocabulary.structures import GrantObject, Scheme

_FIRST, _TWO = (1,), (1, 2)
"""Keys of Emmaüs Défi, and of the two sites of 2017."""
_DAYS_A_YEAR = 365.25
_COSTED_ON = date(2022, 1, 1)
_QUARTERS = tuple(date(year, month, 1) for year in range(2019, 2025) for month in (1, 4, 7, 10))


@dataclass(frozen=True)
class Row:
    """A published figure and how this software counts it. ``share`` says how it is printed, ``least`` that it is a
    floor that the simulated figure must pass."""

    what: str
    published: float
    source: str
    count: Callable[[Tables], Figure]
    share: bool = True
    least: bool = False

    def said(self, value: float) -> str:
        return f"{100 * value:.0f}{NBSP}%" if self.share else f"{value:.0f}" if value > 30 else f"{value:.1f}"

    def holds(self, figure: Figure) -> bool:
        """Whether the published figure is within the interval of the simulated one."""
        return self.published <= figure.value if self.least else figure.low <= self.published <= figure.high


def published() -> tuple[Row, ...]:
    """What was published and where, and the indicator that counts it here."""
    brochure, ash = "brochure, 2018", "ASH 3086, 3088"
    first, year_2015, year_2017 = i.Period(date(2012, 1, 1), date(2016, 1, 1)), i.Period.year(2015), i.Period.year(2017)
    residence = HousingSet(
        "Résidence sociale ou pension de famille",
        "Les deux ensemble, sans les autres logements semi-durables.",
        frozenset({Housing.SOCIAL_RESIDENCE, Housing.PENSION_DE_FAMILLE}),
    )
    ended, ends = i.Who.ENDED, i.Denominator.ALL_ENDS
    before = i.Period(date(2013, 1, 1), date(2018, 1, 1))

    def at(sites: Sequence[int], count: Callable[[Tables], Figure]) -> Callable[[Tables], Figure]:
        return lambda tables: count(i.of_sites(tables, sites))

    return (
        Row(
            "People supported 2012–2015, Emmaüs Défi",
            236,
            brochure,
            at(_FIRST, lambda tables: _people(i.people_supported(tables, first), str(first))),
            share=False,
        ),
        Row(
            "2015: housing situation stabilised",
            0.62,
            brochure,
            at(_FIRST, lambda tables: i.share_housed(tables, year_2015, STABILISED, i.Who.PRESENT)),
        ),
        Row(
            "2015: dynamic exits",
            0.41,
            brochure,
            at(_FIRST, lambda tables: i.share_of_exits(tables, year_2015, i.DYNAMIC_EXITS, ends)),
        ),
        Row(
            "2015: care path set up",
            0.39,
            brochure,
            at(_FIRST, lambda tables: i.share_in_care(tables, year_2015, i.Who.PRESENT)),
        ),
        Row(
            "2017, two sites: people supported",
            212,
            ash,
            at(_TWO, lambda tables: _people(i.people_supported(tables, year_2017), str(year_2017))),
            share=False,
        ),
        Row(
            "2017: mean path, in months (“about 2 years”)",
            24,
            "ASH 3088",
            at(_TWO, lambda tables: i.mean_months(tables, year_2017)),
            share=False,
        ),
        Row(
            "2017: dynamic exits",
            0.47,
            ash,
            at(_TWO, lambda tables: i.share_of_exits(tables, year_2017, i.DYNAMIC_EXITS, ends)),
        ),
        Row(
            "2017: of which open-ended contract",
            0.13,
            ash,
            at(_TWO, lambda tables: i.share_of_exits(tables, year_2017, i.OPEN_ENDED_EXITS, ends)),
        ),
        Row(
            "Before the scheme: dynamic exits",
            0.25,
            ash,
            lambda tables: i.share_of_exits(i.of_scheme(tables, Scheme.ORDINARY), before, i.DYNAMIC_EXITS, ends),
        ),
        Row(
            "2017: durable housing",
            0.31,
            "ASH 3088",
            at(_TWO, lambda tables: i.share_housed(tables, year_2017, DURABLE, ended)),
        ),
        Row(
            "2017: social residence or pension de famille",
            0.21,
            "ASH 3088",
            at(_TWO, lambda tables: i.share_housed(tables, year_2017, residence, ended)),
        ),
        Row(
            "2017: rights recovered",
            0.75,
            "ASH 3088",
            at(_TWO, lambda tables: i.share_recovered(tables, year_2017, i.RIGHTS, ended)),
        ),
        Row(
            "2017: health care resumed (“three in four”)",
            0.75,
            "ASH 3088",
            at(_TWO, lambda tables: i.share_care_resumed(tables, year_2017, ended)),
        ),
        Row(
            "Since 2018: employees at work (“more than 200”)", 200, "brochure, 2018", _at_work, share=False, least=True
        ),
        Row("Extra means, compared with an ordinary ACI", 0.15, "ASH 3087", _extra_means),
    )


def _people(count: int, period: str) -> Figure:
    """A count of people who come at their own pace: Poisson's interval, normal approximation."""
    half = ERRORS * sqrt(count)
    definition = f"Personnes ayant eu un parcours au moins un jour {period}."
    return Figure(float(count), count, 1, count - half, count + half, 0, definition)


def _at_work(tables: Tables) -> Figure:
    """People under contract at sites of the scheme on the first day of each quarter from 2019 to 2024, mean."""
    sites = tables.sites.filter(pl.col("scheme") == Scheme.CONVERGENCE).select("site")
    counts = _under_contract(tables, sites)
    mean = fmean(counts)
    spread = ERRORS * sqrt(sum((count - mean) ** 2 for count in counts) / (len(counts) - 1))
    definition = (
        "Personnes sous contrat dans les quatre chantiers, moyenne des premiers jours des trimestres de 2019 à 2024."
    )
    return Figure(mean, sum(counts), len(counts), mean - spread, mean + spread, 0, definition)


def _extra_means(tables: Tables) -> Figure:
    """What the scheme costs a year and a person beyond an ordinary site, staff and aid for posts."""
    cost, ordinary = _cost(tables, Scheme.CONVERGENCE), _cost(tables, Scheme.ORDINARY)
    more = cost / ordinary - 1
    definition = (
        "Personnel (équipe mutualisée comprise) et aide au poste, en euros par an et par personne sous contrat "
        f"de 2019 à 2024, rapportés à ceux d’un chantier ordinaire. Intervalle{NBSP}: plus ou moins 5 points, "
        "« environ » étant pris ainsi."
    )
    return Figure(more, cost, 1, more - 0.05, more + 0.05, 0, definition)


def _cost(tables: Tables, scheme: Scheme) -> float:
    """Euros a year and a person under contract at the sites of a scheme, with the shared teams if it has some."""
    running = [pl.col("since") <= _COSTED_ON, pl.col("until").is_null() | (pl.col("until") > _COSTED_ON)]
    sites = tables.sites.filter(pl.col("scheme") == scheme).select("site")
    pooled = pl.col("site").is_null() if scheme is Scheme.CONVERGENCE else pl.lit(False)
    here = pl.col("site").is_in(sites.collect()["site"].implode())
    staff = tables.staff_means.filter(*running, here.fill_null(False) | pooled).collect()
    posts = tables.grants.filter(*running, here, pl.col("object") == GrantObject.POST_AID).collect()
    days = (posts["until"] - posts["since"]).dt.total_days()
    aid = (posts["amount"] * _DAYS_A_YEAR / days).to_numpy().sum()
    people = fmean(_under_contract(tables, sites))
    return float((staff["yearly_cost"].to_numpy().sum() + aid) / people)


def _under_contract(tables: Tables, sites: pl.LazyFrame) -> list[int]:
    """People under contract at some sites on the first day of each quarter."""
    contracts = tables.contracts.join(sites, on="site", how="semi").collect()
    ends = pl.min_horizontal("until", "ended_on")
    return [contracts.filter(pl.col("since") <= day, ends > day)["person"].n_unique() for day in _QUARTERS]
