"""Moments and versions, whole columns at a time: laws that hold for any lines and any days."""

from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from convergence.simulation.moments import (
    NEVER,
    at_work,
    followed_by,
    later,
    one_after_the_other,
    versions,
    worked,
)

DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))
LINES = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 60_000_000)), max_size=40).map(
    lambda rows: sorted(rows, key=lambda row: row[0])
)


def columns(rows: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    lines = np.array([line for line, _ in rows], dtype=np.int64)
    return lines, np.array([moment for _, moment in rows], dtype=np.int64).astype("datetime64[m]")


@given(st.lists(DAYS, max_size=30))
def test_a_working_day_is_the_day_itself_or_the_friday_before(days: list[date]) -> None:
    given_days = np.array(days, dtype="datetime64[D]")
    found = worked(given_days)
    assert np.is_busday(found).all()
    for day, chosen in zip(days, found.tolist(), strict=True):
        assert chosen == day if day.weekday() < 5 else (day - chosen).days == day.weekday() - 4


def test_what_has_not_come_stays_open() -> None:
    assert np.isnat(worked(np.array([NEVER], dtype="datetime64[D]"))).all()


@given(LINES)
def test_moments_grow_along_a_line_and_move_no_more_than_that_asks(rows: list[tuple[int, int]]) -> None:
    lines, moments = columns(rows)
    moved = one_after_the_other(lines, moments)
    assert (moved >= moments).all()
    same = lines[1:] == lines[:-1]
    assert (moved[1:][same] > moved[:-1][same]).all()
    first = np.r_[True, ~same][: len(lines)]
    assert (moved[first] == moments[first]).all()
    already = one_after_the_other(lines, moved)
    assert (already == moved).all()


@given(LINES)
def test_what_follows_is_the_next_of_the_line(rows: list[tuple[int, int]]) -> None:
    lines, moments = columns(rows)
    following = followed_by(lines, moments)
    for place, value in enumerate(following):
        next_is_of_the_line = place + 1 < len(rows) and lines[place + 1] == lines[place]
        assert value == moments[place + 1] if next_is_of_the_line else np.isnat(value)


@given(st.lists(st.tuples(DAYS, st.none() | st.integers(1, 900)), max_size=30))
def test_a_fact_that_ended_has_an_earlier_version_without_its_end(facts: list[tuple[date, int | None]]) -> None:
    since = np.array([day for day, _ in facts], dtype="datetime64[D]")
    lasts = np.array([days or 0 for _, days in facts], dtype="timedelta64[D]")
    ended = np.array([days is not None for _, days in facts], dtype=bool)
    until = np.where(ended, since + lasts, NEVER).astype("datetime64[D]")
    began = since.astype("datetime64[m]") + 600
    learnt = np.where(ended, until.astype("datetime64[m]") + 600, NEVER).astype("datetime64[m]")
    told = versions(np.full(len(facts), NEVER, dtype="datetime64[D]"), until, began, learnt)
    assert len(told.fact) == len(facts) + ended.sum()
    stands = np.isnat(told.closed)
    assert told.fact[stands].tolist() == list(range(len(facts)))
    assert np.array_equal(told.until[stands], until, equal_nan=True)
    assert np.isnat(told.until[~stands]).all()
    for place in np.flatnonzero(~stands):
        assert told.fact[place + 1] == told.fact[place]
        assert told.closed[place] == told.at[place + 1]


@given(st.lists(DAYS, min_size=1, max_size=20), st.integers(0, 2**32), st.integers(-60, 60), st.integers(0, 60))
def test_later_is_within_its_bounds_and_offices_are_open(days: list[date], seed: int, least: int, more: int) -> None:
    rng, since = np.random.default_rng(seed), np.array(days, dtype="datetime64[D]")
    after = (later(rng, since, least, least + more) - since).astype(int)
    assert (after >= least - 2).all()
    assert (after <= least + more).all()
    moments = at_work(rng, since)
    assert (moments.astype("datetime64[D]") == since).all()
    minutes = (moments - since).astype(int)
    assert (minutes >= 9 * 60).all()
    assert (minutes < 17 * 60).all()
