"""The dated rows of ``law.toml``, read once and checked: what the law said on a day, and where that is written."""

import tomllib
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from convergence.vocabulary.extensions import ExtensionMotive
from convergence.vocabulary.structures import EmployerKind


class NoRule(LookupError):
    """Nothing was in force, under that name, on that day."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One value, since when it holds, and where it is written.

    :param source: in French, as shown to people.
    :param check: what is still to be confirmed, in French; empty when a second source confirms it.
    """

    name: str
    since: date
    value: int | tuple[int, ...]
    source: str
    check: str = ""


@dataclass(frozen=True, slots=True)
class MotiveRule:
    """What one ground of extension of the PASS allows.

    :param law_months: length of the path in all, by law; None where the law gives none.
    :param each_days: length of one extension on the State's platform; None where it gives none.
    :param total_days: cap on the sum of all extensions, whatever their ground; None where there is none.
    :param prescriber: an authorised prescriber decides; otherwise the employer itself.
    :param from_age_years: age from which it may be asked for; 0 for everybody.
    """

    motive: ExtensionMotive
    since: date
    source: str
    open_to: frozenset[EmployerKind]
    prescriber: bool
    law_months: int | None = None
    each_days: int | None = None
    total_days: int | None = None
    from_age_years: int = 0
    check: str = ""


@lru_cache(maxsize=1 << 16)
def rule(name: str, on: date) -> Rule:
    """The row in force on a day.

    :raises NoRule: none was in force under that name.
    """
    rows, sinces = _rows()[name]
    place = bisect_right(sinces, on)
    if not place:
        raise NoRule(f"{name}: nothing in force on {on.isoformat()}")
    return rows[place - 1]


def value(name: str, on: date) -> int:
    """The number in force on a day; NoRule where there is none."""
    return _number(rule(name, on))


def rule_or_oldest(name: str, on: date) -> Rule:
    """The row in force on a day, or the oldest one for a day that comes before: old papers have clocks too."""
    return rule(name, max(on, _rows()[name][1][0]))


@lru_cache(maxsize=1 << 16)
def value_or_oldest(name: str, on: date) -> int:
    """The number of :func:`rule_or_oldest`."""
    return _number(rule_or_oldest(name, on))


def values_or_oldest(name: str, on: date) -> tuple[int, ...]:
    """The numbers in force on a day, for a row that holds a list."""
    found = rule_or_oldest(name, on).value
    return found if isinstance(found, tuple) else (found,)


def in_force(name: str, on: date) -> bool:
    """Whether a row of that name held on a day."""
    return name in _rows() and _rows()[name][1][0] <= on


@cache
def motive_rule(motive: ExtensionMotive, on: date) -> MotiveRule | None:
    """What a ground of extension allows on a day; None where it did not exist yet."""
    rows = [row for row in all_motives() if row.motive is motive and row.since <= on]
    return max(rows, key=lambda row: row.since, default=None)


@cache
def motives(on: date) -> tuple[MotiveRule, ...]:
    """The grounds of extension in force on a day, in the order of the file."""
    found = (motive_rule(motive, on) for motive in ExtensionMotive)
    return tuple(row for row in found if row is not None)


def rules_on(day: date) -> list[Rule]:
    """Every row in force on a day, in the order of the file: the law as it stood."""
    return [rule(name, day) for name in _rows() if in_force(name, day)]


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every row of the file, in its order.

    :raises KeyError: a row that lacks its name, date, value or source.
    """
    return tuple(
        Rule(
            name=row["name"],
            since=row["from"],
            value=tuple(row["value"]) if isinstance(row["value"], list) else int(row["value"]),
            source=row["source"],
            check=row.get("check", ""),
        )
        for row in _file()["value"]
    )


@cache
def all_motives() -> tuple[MotiveRule, ...]:
    """Every row of the grounds of extension, in the order of the file."""
    return tuple(
        MotiveRule(
            motive=ExtensionMotive(row["motive"]),
            since=row["from"],
            source=row["source"],
            open_to=frozenset(EmployerKind(kind) for kind in row["open_to"]),
            prescriber=row["prescriber"],
            law_months=row.get("law_months"),
            each_days=row.get("each_days"),
            total_days=row.get("total_days"),
            from_age_years=row.get("from_age_years", 0),
            check=row.get("check", ""),
        )
        for row in _file()["motive"]
    )


def _number(found: Rule) -> int:
    if isinstance(found.value, tuple):
        raise TypeError(f"{found.name} is a list")
    return found.value


@cache
def _rows() -> dict[str, tuple[list[Rule], list[date]]]:
    """The rows of each name, the oldest first, with their dates."""
    by_name: defaultdict[str, list[Rule]] = defaultdict(list)
    for row in all_rules():
        by_name[row.name].append(row)
    ordered = {name: sorted(rows, key=lambda row: row.since) for name, rows in by_name.items()}
    return {name: (rows, [row.since for row in rows]) for name, rows in ordered.items()}


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(files("convergence.rules").joinpath("law.toml").read_text(encoding="utf-8"))
