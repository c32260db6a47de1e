"""Until when what is known of somebody may be read once it has served: dated rows of ``retention.toml``."""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

from convergence.rules.spans import add_months


@dataclass(frozen=True, slots=True)
class Retention:
    """One row: ``months`` after the event that ``after`` names, in French as ``source`` and ``check`` are."""

    subject: str
    after: str
    since: date
    months: int
    source: str
    check: str = ""


@cache
def all_retentions() -> tuple[Retention, ...]:
    """Every row of the file, in its order.

    :raises KeyError: a row that lacks its subject, event, date, months or source.
    """
    text = files("convergence.rules").joinpath("retention.toml").read_text(encoding="utf-8")
    return tuple(
        Retention(row["subject"], row["after"], row["from"], row["months"], row["source"], row.get("check", ""))
        for row in tomllib.loads(text)["retention"]
    )


def retention(subject: str, on: date) -> Retention:
    """The row in force on a day, or the oldest known for a day that comes before.

    :raises LookupError: nothing is said of the subject.
    """
    rows = sorted((row for row in all_retentions() if row.subject == subject), key=lambda row: row.since)
    if not rows:
        raise LookupError(subject)
    return next((row for row in reversed(rows) if row.since <= on), rows[0])


def kept_until(subject: str, closed_on: date) -> date:
    """The last day on which it is read."""
    return add_months(closed_on, retention(subject, closed_on).months) - timedelta(days=1)
