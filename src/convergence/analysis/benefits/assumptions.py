"""What the law does not say: averages, take-up, rents, exemptions, each with its source."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from convergence.analysis.benefits.errors import BenefitsError
from convergence.analysis.french import NBSP
from convergence.analysis.toml_files import parse_toml, read_bytes

_OURS = Path(__file__).with_name("assumptions.toml")
STATUSES = ("read", "memory")
"""Read in the source; or from memory, to be checked before print."""


@dataclass(frozen=True)
class TakeUp:
    """The share of those entitled who receive a benefit: central value and range, between 0 and 1."""

    benefit: str
    label: str
    share: float
    low: float
    high: float
    source: str
    status: str


@dataclass(frozen=True)
class Average:
    """A published mean, in euros a month and receiver, from ``since`` until the next of the same name."""

    name: str
    since: date
    amount: float
    source: str
    status: str


@dataclass(frozen=True)
class Rent:
    """Euros a month supposed for a status of housing where a file holds none."""

    amount: float
    source: str
    status: str


@dataclass(frozen=True)
class Exemption:
    """Contributions that work-integration sites do not owe, on the part of the wage up to ``up_to_smic`` SMIC.

    :param employer: ``any`` site, or only a ``public`` one. It replaces the general reduction.
    """

    employer: str
    since: date
    until: date | None
    contributions: tuple[str, ...]
    up_to_smic: float
    source: str
    status: str

    def holds(self, month: date, public: bool) -> bool:
        in_force = self.since <= month and (self.until is None or month < self.until)
        return in_force and (public or self.employer == "any")


@dataclass(frozen=True)
class Assumptions:
    """The whole file, and its SHA-256, on which tables of amounts depend."""

    employer_size: int
    job_hours: float
    take_up: Mapping[str, TakeUp]
    averages: tuple[Average, ...]
    rents: Mapping[str, Rent]
    exemptions: tuple[Exemption, ...]
    sha256: str

    def average(self, name: str, month: date) -> Average:
        """The published mean that holds in a month.

        :raises BenefitsError: none is known so early.
        """
        told = [one for one in self.averages if one.name == name and one.since <= month]
        if not told:
            raise BenefitsError(
                f"Aucune moyenne publiée de «{NBSP}{name}{NBSP}» n’est connue pour {month:%m/%Y}{NBSP}: "
                "commencez l’étude plus tard, ou ajoutez-en une avec sa source."
            )
        return max(told, key=lambda one: one.since)

    def from_memory(self) -> tuple[str, ...]:
        """What rests on memory, as French words to print beside the results that use it."""
        told = [f"recours {one.label} ({one.source})" for one in self.take_up.values() if one.status == "memory"]
        told += [f"moyenne {one.name} ({one.source})" for one in self.averages if one.status == "memory"]
        told += [f"loyer {name} ({one.source})" for name, one in self.rents.items() if one.status == "memory"]
        return tuple(told + [f"exonération ({one.source})" for one in self.exemptions if one.status == "memory"])


@cache
def assumptions(file: Path = _OURS) -> Assumptions:
    """Read them; the file of the project unless another is given.

    >>> assumptions().take_up["rsa"].share
    0.66

    :raises BenefitsError: a file that does not read, a row without a source, a status that is not known, a share
        outside of 0 to 1.
    """
    raw = read_bytes(file, file.name, BenefitsError)
    content = parse_toml(raw, file.name, BenefitsError)
    try:
        for where, row in _rows(content):
            if not str(row.get("source", "")).strip() or row.get("status") not in STATUSES:
                raise BenefitsError(
                    f"{file.name}, «{NBSP}{where}{NBSP}»{NBSP}: donnez la source, et le statut (read ou memory)."
                )
        take_up = {name: TakeUp(benefit=name, **row) for name, row in content["take_up"].items()}
        found = Assumptions(
            content["employer"]["size"],
            content["job"]["weekly_hours"],
            take_up,
            tuple(Average(**row) for row in content["average"]),
            {name: Rent(**row) for name, row in content["rent"].items()},
            tuple(_exemption(row) for row in content["exemption"]),
            hashlib.sha256(raw).hexdigest(),
        )
    except (AttributeError, KeyError, TypeError) as error:
        raise BenefitsError(f"{file.name} ne se lit pas{NBSP}: {error}.") from error
    for one in take_up.values():
        if not 0 <= one.low <= one.share <= one.high <= 1:
            raise BenefitsError(f"{file.name}, recours {one.label}{NBSP}: 0 ≤ bas ≤ central ≤ haut ≤ 1.")
    return found


def _rows(content: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    rows = [("employer", content["employer"]), ("job", content["job"])]
    for table in ("take_up", "rent"):
        rows += [(f"{table}.{name}", row) for name, row in content[table].items()]
    for table in ("average", "exemption"):
        rows += [(table, row) for row in content[table]]
    return rows


def _exemption(row: Mapping[str, Any]) -> Exemption:
    return Exemption(**{"until": None, **row, "contributions": tuple(row["contributions"])})
