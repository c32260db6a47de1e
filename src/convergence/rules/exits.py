"""The end of a path: whether it may be noted, what it counts in and why, what it says of the person's work.

Nothing of this is stored: the category of a motive and the denominators are read in the table of the day.
"""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from convergence.rules.french import NBSP, said_in_full
from convergence.rules.refusals import Refusal
from convergence.rules.spans import add_months
from convergence.vocabulary.contracts import ContractKind
from convergence.vocabulary.employment import Employment
from convergence.vocabulary.exits import ExitCategory, ExitDenominator, ExitMotive, table_on
from convergence.vocabulary.missing import Missing
from convergence.vocabulary.structures import EmployerKind

A_DAY = timedelta(days=1)
MISSIONS = frozenset({EmployerKind.AI, EmployerKind.ETTI})


@dataclass(frozen=True)
class Threshold:
    """What *pilotage de l'inclusion* asks of a path: length in its months (None: no length), hours worked."""

    least_hours: int
    source: str
    months_a_day: float = 0.0
    more_than_months: float | None = None

    def long_enough(self, days: int) -> bool:
        return self.more_than_months is None or days * self.months_a_day > self.more_than_months


@dataclass(frozen=True)
class EndedPath:
    """What the denominators ask of a path that ends: both days are in it.

    :param structure: what the last employer of the path is.
    :param hours: hours worked over the path; None where none is noted.
    """

    first_day: date
    last_day: date
    structure: EmployerKind = EmployerKind.ACI
    hours: Decimal | None = None

    @property
    def days(self) -> int:
        return (self.last_day - self.first_day).days + 1


@dataclass(frozen=True)
class Verdict:
    """Whether an end of path counts in one denominator, and why. ``counts`` is None where it cannot be told yet."""

    denominator: ExitDenominator
    counts: bool | None
    why: str


@dataclass(frozen=True)
class NewJob:
    """The job that an end of path leads to, as the rules judge it."""

    kind: ContractKind
    first_day: date
    last_day: date | None = None


JOB_KINDS: dict[ExitMotive, tuple[ContractKind, ...]] = {
    ExitMotive.OPEN_ENDED_HERE: (ContractKind.OPEN_ENDED,),
    ExitMotive.OPEN_ENDED: (ContractKind.OPEN_ENDED,),
    ExitMotive.SUBSIDISED_OPEN_ENDED: (ContractKind.OPEN_ENDED,),
    ExitMotive.CDI_INCLUSION: (ContractKind.CDI_INCLUSION,),
    ExitMotive.CIVIL_SERVICE: (ContractKind.OPEN_ENDED, ContractKind.FIXED_TERM),
    ExitMotive.LONG_TERM: (ContractKind.FIXED_TERM, ContractKind.TEMP),
    ExitMotive.SHORT_TERM: (ContractKind.FIXED_TERM, ContractKind.TEMP),
    ExitMotive.SUBSIDISED_OUTSIDE_IAE: (ContractKind.FIXED_TERM,),
    ExitMotive.FIXED_TERM_IN_IAE: (ContractKind.EI, ContractKind.ETTI, ContractKind.AI, ContractKind.CDDI),
}
"""Motives that lead to an employer, with the kinds of contract that they may be."""

NAMED = frozenset({ExitMotive.TRAINING, ExitMotive.OWN_BUSINESS})
"""Motives that lead to something that has a name but no employer."""

_EMPLOYMENT: dict[ExitMotive, Employment | Missing] = {
    ExitMotive.OPEN_ENDED_HERE: Employment.OPEN_ENDED,
    ExitMotive.OPEN_ENDED: Employment.OPEN_ENDED,
    ExitMotive.SUBSIDISED_OPEN_ENDED: Employment.OPEN_ENDED,
    ExitMotive.CDI_INCLUSION: Employment.OPEN_ENDED,
    ExitMotive.CIVIL_SERVICE: Employment.OPEN_ENDED,
    ExitMotive.LONG_TERM: Employment.LONG_TERM,
    ExitMotive.SHORT_TERM: Employment.SHORT_TERM,
    ExitMotive.OWN_BUSINESS: Employment.OWN_BUSINESS,
    ExitMotive.TRAINING: Employment.TRAINING,
    ExitMotive.RETIREMENT: Employment.RETIRED,
    ExitMotive.INACTIVE: Employment.NONE,
    ExitMotive.UNEMPLOYED: Employment.NONE,
    ExitMotive.SERIOUS_FAULT: Employment.NONE,
    ExitMotive.TRIAL_ENDED_BY_EMPLOYER: Employment.NONE,
    ExitMotive.TRIAL_ENDED_BY_PERSON: Employment.NONE,
    ExitMotive.NO_NEWS: Missing.CANNOT_BE_DETERMINED,
}


def employment_after(motive: ExitMotive) -> Employment | Missing | None:
    """What the motive itself says of the person's work on the day of the exit; None where it says nothing."""
    return _EMPLOYMENT.get(motive)


def category_of(motive: ExitMotive, last_day: date) -> ExitCategory:
    """What the motive counts as, in the table in force on the day of the exit."""
    return table_on(last_day).categories[motive]


# What stands against it ---------------------------------------------------------------------------


def check_end(
    first_day: date | None, last_day: date, contracts_begin: Sequence[date], today: date
) -> Iterator[Refusal]:
    """Whether a path may end on a day.

    :param first_day: of the path; None where it is not known.
    :param contracts_begin: first days of the person's contracts on her path.
    """
    if last_day > today:
        yield Refusal("Cette date est à venir : une fin de parcours se note le jour venu")
    if first_day is not None and last_day < first_day:
        began = said_in_full(first_day)
        yield Refusal(f"La fin vient avant le début du parcours, le {began} : l’une des deux dates est à corriger")
        return
    later = min((begins for begins in contracts_begin if begins > last_day), default=None)
    if later is not None:
        yield Refusal(
            f"Un contrat commence après cette fin, le {said_in_full(later)} : corrigez la date, ou ce contrat"
        )


def check_job(motive: ExitMotive, job: NewJob) -> Iterator[Refusal]:
    """Whether the job is what the motive says."""
    if job.kind not in JOB_KINDS.get(motive, ()):
        yield Refusal(
            f"« {motive.label} » ne va pas avec un contrat « {job.kind.label} » : l’un des deux est à changer"
        )
    if job.last_day is None:
        return
    if job.last_day < job.first_day:
        yield Refusal("Le nouveau contrat finirait avant de commencer : l’une des deux dates est à corriger")
        return
    long = lasts(job.first_day, job.last_day)
    if motive is ExitMotive.LONG_TERM and not long:
        yield Refusal(
            f"Ce contrat dure moins de six mois : le motif est « {ExitMotive.SHORT_TERM.label} »",
            _row("lasting", job.first_day)["source"],
        )
    if motive is ExitMotive.SHORT_TERM and long:
        yield Refusal(
            f"Ce contrat dure six mois ou plus : le motif est « {ExitMotive.LONG_TERM.label} »",
            _row("lasting", job.first_day)["source"],
        )


def lasts(first_day: date, last_day: date) -> bool:
    """Whether a job with these two days, both worked, is one « de 6 mois et plus »."""
    row = _row("lasting", first_day)
    six_months = add_months(first_day, row["months"]) - A_DAY
    return last_day >= six_months if row["at_least"] else last_day > six_months


# What it counts in --------------------------------------------------------------------------------


def verdicts(path: EndedPath, motive: ExitMotive) -> list[Verdict]:
    """Whether this end of path counts, in each of the three denominators."""
    everything = Verdict(ExitDenominator.ALL_ENDS, True, "Toutes les fins de parcours y comptent.")
    return [everything, _of_pilotage(path, motive), _after_iae(path, motive)]


def threshold(structure: EmployerKind, on: date) -> Threshold | None:
    """What *pilotage de l'inclusion* asks of a path that ends on a day; None outside of work integration."""
    row = _row("pilotage", on, structure.value)
    if not row:
        return None
    return Threshold(row["least_hours"], row["source"], row.get("months_a_day", 0.0), row.get("more_than_months"))


def moves_within_iae(on: date) -> frozenset[ExitMotive]:
    """Motives that are a move to another structure of work integration, on a day."""
    return frozenset(map(ExitMotive, _row("after_iae", on)["motives_aside"]))


def _of_pilotage(path: EndedPath, motive: ExitMotive) -> Verdict:
    denominator = ExitDenominator.PILOTAGE
    if category_of(motive, path.last_day) is ExitCategory.REMOVED:
        return Verdict(denominator, False, f"« {motive.label} » est retiré du décompte.")
    asked = threshold(path.structure, path.last_day)
    if asked is None:
        return Verdict(denominator, False, "Le dernier employeur n’est pas une structure de l’IAE.")
    if not asked.long_enough(path.days):
        return Verdict(denominator, False, f"Le parcours a duré {_days(path.days)}{NBSP}: il en faut {_least(asked)}.")
    wanted = f"{asked.least_hours}{NBSP}heure{'s' if asked.least_hours > 1 else ''}"
    if path.hours is None:
        return Verdict(denominator, None, f"Heures non notées{NBSP}: elle comptera à partir de {wanted} de travail.")
    worked = f"{path.hours.normalize():f}{NBSP}h".replace(".", ",")
    if path.hours < asked.least_hours:
        return Verdict(denominator, False, f"{worked} de travail{NBSP}: il en faut au moins {wanted}.")
    if path.structure in MISSIONS:
        return Verdict(denominator, True, f"{worked} de travail, pour {wanted} au moins.")
    return Verdict(denominator, True, f"Le parcours a duré {_days(path.days)}, avec {worked} de travail.")


def _after_iae(path: EndedPath, motive: ExitMotive) -> Verdict:
    denominator = ExitDenominator.AFTER_IAE
    if motive in moves_within_iae(path.last_day):
        return Verdict(denominator, False, "Passer dans une autre structure de l’IAE n’est pas en sortir.")
    return Verdict(denominator, True, "La personne ne passe pas dans une autre structure de l’IAE.")


def _days(days: int) -> str:
    return f"{days}{NBSP}jour{'s' if days > 1 else ''}"


def _least(asked: Threshold) -> str:
    """The shortest path that is long enough, in days."""
    return _days(next(days for days in range(1, 10_000) if asked.long_enough(days)))


@cache
def _rows() -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads(files("convergence.rules").joinpath("exits.toml").read_text(encoding="utf-8"))


def _row(table: str, on: date, structure: str = "") -> dict[str, Any]:
    """The row in force on a day, the first one before it; empty where none concerns the structure."""
    rows = [row for row in _rows()[table] if not structure or structure in row["structures"]]
    rows.sort(key=lambda row: row["since"])
    in_force = [row for row in rows if row["since"] <= on]
    return in_force[-1] if in_force else rows[0] if rows else {}
