"""Lives drawn for the tests and the measures: many distinct wages, homes and households."""

from typing import Any

import numpy as np

from convergence.analysis.benefits import Circumstances, History, Rented

MINIMUM_WAGE = {2010: 8.86, 2012: 9.22, 2013: 9.43, 2014: 9.53, 2015: 9.61, 2016: 9.67, 2017: 9.76, 2018: 9.88}
MINIMUM_WAGE |= {2019: 10.03, 2020: 10.15, 2021: 10.25, 2022: 10.57, 2023: 11.27, 2024: 11.65, 2025: 11.88}
"""Euros an hour in January, close enough to the law to draw wages by."""
HOURS = (4.0, 8.0, 12.0, 15.0, 20.0, 24.0, 26.0, 28.0, 30.0, 35.0)


def drawn(
    seed: int, people: int, months: int, first: str, *, spread: int = 0, history: History = History.AS_FIRST
) -> Circumstances:
    """People of all kinds, on and off work: part months, jobs with other wages, moves, AAH, ASS, children.

    :param spread: first months are drawn among so many months after ``first``.
    """
    draw = np.random.default_rng(seed)
    shape = (people, months)
    begins = np.datetime64(first, "M") + draw.integers(0, spread + 1, people)
    elapsed = np.arange(months)
    starts = draw.integers(-6, months, people)[:, None]
    ends = starts + draw.integers(2, 30, people)[:, None]
    site = (elapsed >= starts) & (elapsed < ends)
    job = (elapsed >= ends + draw.integers(0, 8, people)[:, None]) & (draw.random(people)[:, None] < 0.4)
    weekly = draw.choice(HOURS, people, p=(0.05, 0.05, 0.05, 0.05, 0.15, 0.1, 0.35, 0.05, 0.05, 0.1))[:, None]
    share = np.where(elapsed == starts, draw.integers(1, 31, people)[:, None] / 30, 1.0)
    share = np.where(elapsed == ends - 1, draw.integers(1, 31, people)[:, None] / 30, share)
    hours = np.where(site, weekly * 52 / 12 * share, np.where(job, 151.67, 0.0))
    years = (begins[:, None] + elapsed).astype("datetime64[Y]").astype(int) + 1970
    known = np.array(sorted(MINIMUM_WAGE))
    wages = np.array([MINIMUM_WAGE[year] for year in known])
    hourly = wages[np.searchsorted(known, years, side="right") - 1]
    above = np.where(job, 1 + draw.gamma(1.0, 0.15, people)[:, None], 1.0)
    housing, rent = _homes(draw, shape)
    disabled = (draw.random(people) < 0.06)[:, None] & (elapsed >= draw.integers(0, months, people)[:, None])
    children = draw.choice(4, people, p=(0.85, 0.07, 0.05, 0.03)).astype(np.int8)
    return Circumstances(
        first_month=begins,
        gross=hours * hourly * above,
        hours=hours,
        aci=site,
        public_employer=np.broadcast_to((draw.random(people) < 0.12)[:, None], shape),
        housing=housing,
        rent=rent,
        disabled=disabled,
        ass=(draw.random(people) < 0.08)[:, None] & (elapsed >= 3),
        resident=np.broadcast_to((draw.random(people) < 0.85)[:, None], shape),
        birth=np.datetime64("1970-01", "M") + draw.integers(0, 400, people),
        couple=(children > 0) & (draw.random(people) < 0.4),
        children=children,
        history=history,
        zone=draw.choice((1, 2, 3), people, p=(0.7, 0.2, 0.1)),
    )


def _homes(draw: Any, shape: tuple[int, int]) -> tuple[Any, Any]:
    people, months = shape
    moves = draw.integers(0, months * 2, people)[:, None]
    before = draw.choice(4, people, p=(0.6, 0.1, 0.1, 0.2))[:, None]
    after = draw.choice(4, people, p=(0.1, 0.2, 0.4, 0.3))[:, None]
    housing = np.where(np.arange(months) < moves, before, after)
    rents = {
        Rented.NONE: np.zeros(people),
        Rented.PRIVATE: draw.choice((450.0, 520.0, 600.0, 650.0, 780.0), people),
        Rented.SOCIAL: draw.choice((250.0, 310.0, 355.5, 400.0, 480.0), people),
        Rented.RESIDENCE: draw.choice((330.0, 390.0, 430.0, 480.0), people),
    }
    rent = np.select([housing == code for code in Rented], [values[:, None] for values in rents.values()])
    return housing, rent


def one(hours: float, **changes: Any) -> dict[str, Any]:
    """What the reference person is, apart from her wages: single, 40 in 2024, a social tenant in Paris at 400 €."""
    base: dict[str, Any] = {"aci": True, "public_employer": False, "housing": Rented.SOCIAL, "rent": 400.0}
    base |= {"disabled": False, "ass": False, "resident": True, "birth": np.datetime64("1984-01", "M")}
    return base | {"couple": False, "children": 0, "zone": 1, "hours": hours * 52 / 12} | changes
