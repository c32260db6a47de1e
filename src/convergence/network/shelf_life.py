"""How long a figure of free places holds, by kind of offer, from a dated table."""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

from convergence.vocabulary.offers import OfferKind


@dataclass(frozen=True)
class ShelfLife:
    """Days for which a figure holds, for offers of a kind, said from a day on."""

    kind: OfferKind
    since: date
    days: int


@cache
def shelf_lives() -> tuple[ShelfLife, ...]:
    """The whole table, the oldest rows first."""
    text = files("convergence.network").joinpath("shelf_lives.toml").read_text(encoding="utf-8")
    rows = [ShelfLife(OfferKind(row["kind"]), row["since"], row["days"]) for row in tomllib.loads(text)["shelf_life"]]
    return tuple(sorted(rows, key=lambda row: row.since))


@cache
def usual_days(kind: OfferKind, said_on: date) -> int:
    """Days for which a figure said on a day holds, for an offer of this kind without a shelf life of its own.

    Before the first row of a kind, that row holds.
    """
    of_kind = [row for row in shelf_lives() if row.kind is kind]
    in_force = [row for row in of_kind if row.since <= said_on] or of_kind[:1]
    return in_force[-1].days


def good_until(kind: OfferKind, own_days: int | None, said_on: date) -> date:
    """The last day on which a figure said on ``said_on`` is shown as it is."""
    return said_on + timedelta(days=usual_days(kind, said_on) if own_days is None else own_days)
