"""Every number that the evaluation states, with what it takes to quote it rightly."""

import json
from dataclasses import asdict, dataclass
from datetime import date
from math import isfinite

FORMAT, VERSION = "convergence-evaluation", 1


@dataclass(frozen=True)
class Number:
    """One number. ``low`` and ``high``: its interval at ``level``, where it has one. ``people``: on how many it rests.

    ``counterfactual``: against what, in words; empty for a description. ``flags``: what a reader must be told, as
    French sentences (a price not read in its source, a published average in place of the law…). ``says``: the answer
    in words where no number is one (« jamais »).
    """

    key: str
    definition: str
    unit: str
    value: float | None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    people: int | None = None
    counterfactual: str = ""
    flags: tuple[str, ...] = ()
    says: str = ""


def as_json(numbers: list[Number], *, title: str, summary: list[str], day: date) -> str:
    """All numbers as JSON, to eight significant figures; what is not finite is null."""
    content = {
        "format": FORMAT,
        "version": VERSION,
        "day": day.isoformat(),
        "title": title,
        "summary": summary,
        "numbers": [
            {key: _plain(value) for key, value in asdict(each).items()} for each in sorted(numbers, key=lambda n: n.key)
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _plain(value: object) -> object:
    if isinstance(value, float):
        return float(f"{value:.8g}") if isfinite(value) else None
    return value
