"""Datasets made by hand: small ones to break, and the same people many times over to fill parts."""

from datetime import date
from typing import Any

import polars as pl

from convergence.analysis.dataset import SCHEMAS, About, Origin, Tables

AS_OF = date(2017, 12, 31)
ABOUT = About(made_on=date(2018, 1, 15), as_of=AS_OF, kind=Origin.SIMULATED, seed=1, parameters="0" * 64)

Rows = list[dict[str, Any]]


def frame(table: str, rows: Rows) -> pl.DataFrame:
    """Rows of a table; columns that a row does not name are empty."""
    schema = SCHEMAS[table]
    types = {name: column.dtype for name, column in schema.columns().items()}
    strange = {name for row in rows for name in row} - set(types)
    assert not strange, strange
    return pl.DataFrame({name: [row.get(name) for row in rows] for name in types}, schema=types)


def frames(**rows: Rows) -> dict[str, pl.DataFrame]:
    """Every table of the dataset, those not named without rows."""
    return {table: frame(table, rows.get(table, [])) for table in SCHEMAS}


def tables(**rows: Rows) -> Tables:
    """A dataset that was not checked: only what an indicator reads needs to be there."""
    return Tables.cast(frames(**rows))


def _not_asked(*columns: str) -> dict[str, str]:
    return {f"{column}_missing": "not_assessed" for column in columns}


def person(key: int, **columns: Any) -> dict[str, Any]:
    """A person of whom only what is given is known."""
    asked: tuple[str, ...] = ("sex", "birth_year", "education", "nationality", "refugee", "household", "children")
    asked += ("referred_by", "time_without_work", "street_path")
    row: dict[str, Any] = {"person": key, "territory": 1, "entered": date(2015, 1, 5), "entered_as": "hired"}
    return row | _not_asked(*(column for column in asked if column not in columns)) | columns


def contract(
    key: int, holder: int, path: int | None, since: date, until: date | None, **columns: Any
) -> dict[str, Any]:
    """A CDDI at site 1."""
    row: dict[str, Any] = {"contract": key, "person": holder, "path": path, "site": 1, "employer_kind": "aci"}
    row |= {"kind": "cddi", "programme": "cvg", "weekly_hours": 26.0, "monthly_gross": 1100.0}
    return row | {"since": since, "until": until} | columns


def small_world() -> dict[str, pl.DataFrame]:
    """Two people hired, a candidate who is not; every table has at least one row, and every rule is kept."""
    began, ended = date(2015, 1, 5), date(2016, 7, 5)
    return frames(
        territories=[{"territory": 1, "name": "Territoire Exemple"}],
        operators=[{"operator": 1, "public_body": False}],
        sites=[
            {"site": 1, "territory": 1, "operator": 1, "scheme": "convergence", "opened": date(2012, 1, 1)},
            {"site": 2, "territory": 1, "scheme": "none", "opened": date(2012, 1, 1)},
        ],
        people=[
            person(1, sex="woman", birth_year=1970, children=2, refugee=False, street_path=True),
            person(2, sex="man", education="level_three", referred_by="shelter"),
            person(3, entered_as="candidate"),
        ],
        orientations=[
            {"orientation": 1, "person": 1, "site": 1, "sent_on": date(2014, 12, 1), "sender": "shelter"},
        ],
        candidacies=[
            {
                "candidacy": 1,
                "orientation": 1,
                "person": 1,
                "site": 1,
                "opened_on": date(2014, 12, 3),
                "waiting_since": date(2014, 12, 10),
                "outcome": "hired",
                "decided_on": date(2015, 1, 2),
            },
            {"candidacy": 2, "person": 3, "site": 1, "opened_on": date(2015, 2, 1), "outcome": "waiting"},
        ],
        paths=[
            {"path": 1, "person": 1, "rank": 1, "since": began, "until": ended},
            {"path": 2, "person": 1, "rank": 2, "since": date(2017, 1, 2)},
            {"path": 3, "person": 2, "rank": 1, "since": began},
        ],
        contracts=[
            contract(1, 1, 1, began, ended, ended_on=ended),
            contract(2, 1, 2, date(2017, 1, 2), date(2018, 1, 2)),
            contract(3, 2, 3, began, date(2018, 6, 1), programme="phc", weekly_hours=4.0),
            contract(
                4,
                1,
                None,
                date(2016, 8, 1),
                date(2016, 12, 1),
                site=None,
                employer_kind="ordinary",
                kind="fixed_term",
                programme=None,
            ),
        ],
        hours=[
            {
                "contract": 1,
                "person": 1,
                "month": date(2015, month, 1),
                "planned": 112.67,
                "worked": 100.0,
                "sick": 7.0,
                "justified": 5.67,
                "unjustified": 0.0,
            }
            for month in (1, 2)
        ],
        absences=[
            {
                "absence": 1,
                "contract": 1,
                "person": 1,
                "kind": "sick_leave",
                "since": date(2015, 3, 2),
                "until": date(2015, 3, 30),
            }
        ],
        situations=[
            _situation(1, "housing", "rough", date(2014, 6, 1), until=date(2015, 9, 1)),
            _situation(1, "housing", "pension_de_famille", date(2015, 9, 1)),
            _situation(1, "residence_permit", "one_year", began, expires_on=date(2016, 1, 4)),
            _situation(2, "housing", None, began, missing="prefers_not_to_say"),
        ],
        needs=[
            _need(1, 1, 4, date(2015, 2, 1)),
            _need(1, 2, 1, date(2016, 2, 1)),
            {
                "person": 2,
                "need": "housing",
                "missing": "does_not_know",
                "reviewed_on": date(2015, 2, 1),
                "review": 1,
            },
        ],
        goals=[
            {"goal": 1, "person": 1, "domain": "housing", "agreed_on": date(2015, 2, 1)},
            {
                "goal": 2,
                "person": 1,
                "domain": "health",
                "agreed_on": date(2015, 2, 1),
                "closed_on": date(2015, 5, 1),
                "result": "reached",
            },
        ],
        interviews=[
            {
                "interview": 1,
                "person": 1,
                "site": 1,
                "kind": "interview",
                "day": date(2015, 1, 12),
                "reached": True,
                "by": "counsellor",
            },
            {
                "interview": 2,
                "person": 2,
                "site": 1,
                "kind": "call_no_answer",
                "day": date(2015, 1, 13),
                "reached": False,
                "by": "support_worker",
            },
        ],
        placements=[
            {
                "placement": 1,
                "person": 1,
                "contract": 1,
                "since": date(2016, 2, 1),
                "until": date(2016, 2, 15),
                "purpose": "discover",
                "hired_after": False,
            }
        ],
        referrals=[
            {
                "referral": 1,
                "person": 1,
                "domain": "housing",
                "proposed_on": date(2015, 5, 2),
                "agreed_on": date(2015, 5, 2),
                "sent_on": date(2015, 5, 4),
                "answered_on": date(2015, 6, 1),
                "answer": "accepted",
                "started_on": date(2015, 9, 1),
                "outcome": "obtained",
            },
            {
                "referral": 2,
                "person": 2,
                "domain": "health",
                "proposed_on": date(2015, 5, 2),
                "answered_on": date(2015, 5, 2),
                "answer": "refused_by_person",
                "refusal_reason": "not_ready",
            },
        ],
        exits=[{"exit": 1, "person": 1, "path": 1, "on": ended, "motive": 9}],
        extended_support=[{"support": 1, "person": 1, "path": 1, "opened_by": "job", "since": ended}],
        follow_ups=[
            {"support": 1, "month_due": 1, "day": date(2016, 8, 5), "reached": True, "still_holds": "holds"},
            {"support": 1, "month_due": 3, "reached": False, "still_holds_missing": "cannot_be_determined"},
        ],
        staff_means=[
            {
                "means": 1,
                "site": 1,
                "function": "counsellor",
                "employer": 1,
                "fte": 0.8,
                "support_share": 100,
                "yearly_cost": 32_000.0,
                "funder": "state",
                "since": date(2012, 1, 1),
            },
            {"means": 2, "territory": 1, "function": "coordinator", "fte": 1.0, "support_share": 50, "since": began},
        ],
        grants=[
            {
                "grant": 1,
                "funder": "county",
                "territory": 1,
                "object": "support",
                "amount": 100_000.0,
                "since": date(2015, 1, 1),
                "until": date(2016, 1, 1),
            }
        ],
    )


def _situation(holder: int, aspect: str, value: str | None, since: date, **columns: Any) -> dict[str, Any]:
    return {"person": holder, "aspect": aspect, "value": value, "since": since, "recorded_on": since} | columns


def _need(holder: int, review: int, level: int, on: date) -> dict[str, Any]:
    return {"person": holder, "need": "housing", "level": level, "reviewed_on": on, "review": review}


_KEYS = {"person", "path", "contract", "orientation", "candidacy", "absence", "goal", "interview", "placement"}
_KEYS |= {"referral", "exit", "support"}
_PLACES = ("territories", "operators", "sites", "staff_means", "grants")


def many(copies: int, first: int = 0) -> dict[str, pl.DataFrame]:
    """The people of the small world ``copies`` times over, keys apart, in the places of the first copy.

    ``first``: how many copies were made before, in other blocks.
    """
    step = pl.col("copy") * 10
    world, made = small_world(), pl.DataFrame({"copy": range(first, first + copies)}, schema={"copy": pl.Int64})
    copied = {
        table: made.join(rows, how="cross")
        .with_columns((pl.col(key) + step) for key in rows.columns if key in _KEYS)
        .drop("copy")
        for table, rows in world.items()
        if table not in _PLACES
    }
    return copied if first else {table: world[table] for table in _PLACES} | copied
