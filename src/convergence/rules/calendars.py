"""The dated rows of ``calendars.toml``, read once and checked."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from convergence.rules.spans import Span


@dataclass(frozen=True)
class Step:
    """One stage of a calendar: from when, by when (both reckoned from the row's date), and what is to be done."""

    begins: Span
    due: Span
    do: str = ""


@dataclass(frozen=True)
class Calendar:
    """One row: what asks for attention, since when the rule stands, where it comes from.

    :param values: codes of the fact that it concerns; all of them when empty.
    :param aspects: aspects of a person's life (vocabulary) that it concerns, when it follows from situations.
    :param rank: place in the file; of two late things, the one with the lower rank is shown first.
    :param right: the aspect on which it hangs, for a right that is kept by doing something again.
    :param counted: from what its dates are reckoned (see the file); ``every`` so many months, 0 where it says.
    :param until: after that, reckoned from the row's date, it is no longer asked for; None: until it is settled.
    """

    kind: str
    since: date
    source: str
    steps: tuple[Step, ...]
    rank: int
    values: frozenset[str] = frozenset()
    aspects: tuple[str, ...] = ()
    late: str = ""
    right: str = ""
    counted: str = ""
    every: int = 0
    until: Span | None = None

    def concerns(self, value: str) -> bool:
        return not self.values or value in self.values


@dataclass(frozen=True)
class Campaign:
    """The weeks of a year in which incomes are declared: first day, last day."""

    opens: date
    closes: date


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(files("convergence.rules").joinpath("calendars.toml").read_text(encoding="utf-8"))


@cache
def campaign_of(year: int) -> Campaign:
    """The year's own dates, or the usual ones where nobody has written them yet."""
    for row in _file()["campaign"]:
        if row["year"] == year:
            return Campaign(row["opens"], row["closes"])
    usual = _file()["usual_campaign"]
    return Campaign(*(date.fromisoformat(f"{year:04}-{usual[name]}") for name in ("opens", "closes")))


@cache
def all_calendars() -> tuple[Calendar, ...]:
    """Every row of the file, in its order.

    :raises ValueError: a row that says a length of time in an unknown way; KeyError: one that lacks a part.
    """
    return tuple(
        Calendar(
            kind=row["kind"],
            since=row["since"],
            source=row["source"],
            steps=tuple(Step(Span.of(step["from"]), Span.of(step["due"]), step.get("do", "")) for step in row["steps"]),
            rank=rank,
            values=frozenset(row.get("values", ())),
            aspects=tuple(row.get("aspects", [row["aspect"]] if "aspect" in row else [])),
            late=row.get("late", ""),
            right=row.get("right", ""),
            counted=row.get("counted", ""),
            every=row.get("every", 0),
            until=Span.of(row["until"]) if "until" in row else None,
        )
        for rank, row in enumerate(_file()["rule"])
    )


@cache
def rights_kept(today: date) -> tuple[tuple[str, str], ...]:
    """(kind, aspect) of the rules in force by which a right is kept, in the order of the file."""
    kept = (row for row in all_calendars() if row.right and row.since <= today)
    return tuple(dict.fromkeys((row.kind, row.right) for row in kept))


@cache
def calendar_of(kind: str, value: str, today: date) -> Calendar | None:
    """The row in force today for a kind of alert and the value of its fact; None where no rule stands."""
    in_force = [row for row in all_calendars() if row.kind == kind and row.concerns(value) and row.since <= today]
    return max(in_force, key=lambda row: row.since, default=None)


@cache
def calendar_of_aspect(aspect: str, value: str, today: date) -> Calendar | None:
    """The row in force today by which a situation asks for attention (its expiry, or a silence that counts)."""
    in_force = [row for row in all_calendars() if aspect in row.aspects and row.concerns(value) and row.since <= today]
    return max(in_force, key=lambda row: row.since, default=None)
