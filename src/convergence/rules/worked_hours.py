"""Hours of a month: what a contract foresees, what a month can hold, what a site's year counts.

Hours are decimals in hundredths, as payroll writes them: 7.50 is seven hours and a half. A month is its first day.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from convergence.rules.french import month_said
from convergence.rules.law import rule_or_oldest, value_or_oldest
from convergence.rules.periods import Period, overlap
from convergence.rules.refusals import Refusal
from convergence.rules.spans import last_of
from convergence.rules.typed_hours import hours_said
from convergence.vocabulary.absences import HoursAbsence

HUNDREDTH = Decimal("0.01")
_WEEKS, _MONTHS, _WEEK, _DAYS_WORKED = 52, 12, 7, 5


def _within(month: date, contract: Period) -> Period | None:
    return overlap(contract, Period(month, last_of(month)))


def planned_hours(weekly_hours: Decimal, contract: Period, month: date) -> Decimal:
    """Hours that a contract foresees in a month, spread evenly: a twelfth of 52 weeks (L3242-1 of the labour code).

    A month under contract in part counts for its share of the weekdays, Monday to Friday.
    """
    days = _within(month, contract)
    if days is None:
        return Decimal(0)
    share = Decimal(_weekdays(days)) / _weekdays(Period(month, last_of(month)))
    return _rounded(weekly_hours * _WEEKS / _MONTHS * share)


def _weekdays(days: Period) -> int:
    return sum((days.first_day + timedelta(days=n)).weekday() < _DAYS_WORKED for n in range(days.days))


def _rounded(hours: Decimal) -> Decimal:
    return hours.quantize(HUNDREDTH, ROUND_HALF_UP)


def most_hours(contract: Period, month: date) -> Decimal:
    """The most that the days under contract in a month can hold at the longest lawful week.

    Whichever is more: those weeks spread evenly, or a fifth of one for each of the days that somebody who works
    five days in seven may have to work.
    """
    days = _within(month, contract)
    if days is None:
        return Decimal(0)
    weekly = Decimal(value_or_oldest("hours.most_weekly_hours", month))
    weeks, rest = divmod(days.days, _WEEK)
    worked_days = weeks * _DAYS_WORKED + min(rest, _DAYS_WORKED)
    return max(planned_hours(weekly, contract, month), _rounded(weekly / _DAYS_WORKED * worked_days))


@dataclass(frozen=True)
class Typed:
    """What is typed of one contract in one month; None where nothing was."""

    planned: Decimal | None = None
    worked: Decimal | None = None
    absent: Mapping[HoursAbsence, Decimal] = field(default_factory=dict)

    @property
    def all_absent(self) -> Decimal:
        return sum(self.absent.values(), Decimal(0))


def absences_said(typed: Typed) -> str:
    """« congés payés 14 h, arrêt maladie 7 h »; empty without any."""
    return ", ".join(f"{kind.label.lower()} {hours_said(hours)}" for kind, hours in typed.absent.items())


def check_typed(typed: Typed, contract: Period, month: date) -> list[tuple[str, Refusal]]:
    """What is wrong with the hours of a month, each with the cell that it is about.

    :returns: pairs of a cell (``planned``, ``worked``, or the code of an absence) and a sentence.
    """
    cells = {"planned": typed.planned, "worked": typed.worked} | {k.value: hours for k, hours in typed.absent.items()}
    below = Refusal("Des heures ne sont pas négatives\u00a0: écrivez 0 ou plus")
    found = [(cell, below) for cell, hours in cells.items() if hours is not None and hours < 0]
    if found:
        return found
    if _within(month, contract) is None:
        return [("worked", Refusal(f"Aucun contrat ne court en {month_said(month)}"))]
    most = most_hours(contract, month)
    law = rule_or_oldest("hours.most_weekly_hours", month)
    too_many = Refusal(
        f"Au plus {hours_said(most)} en {month_said(month)} à ces dates de contrat, à {law.value} heures par semaine",
        law.source,
    )
    found = [(cell, too_many) for cell, hours in cells.items() if hours is not None and hours > most]
    if found:
        return found
    together = (typed.worked or Decimal(0)) + typed.all_absent
    if together > most:
        sentence = (
            f"Faites et absences font {hours_said(together)} ensemble, au plus {hours_said(most)} en "
            f"{month_said(month)}\u00a0: corrigez l’un ou l’autre"
        )
        return [("worked", Refusal(sentence, law.source))]
    return []


def gap(typed: Typed) -> Decimal | None:
    """Hours worked and absent beyond what was planned, negative where some are missing; None where nothing tells."""
    if typed.planned is None or typed.worked is None:
        return None
    return typed.worked + typed.all_absent - typed.planned


def full_time_equivalent(hours: Decimal, on: date, *, months: int = 12) -> Decimal:
    """Posts at full time that so many paid hours make over so many months, in hundredths."""
    yearly = Decimal(value_or_oldest("fte.paid_hours_a_year", on))
    return _rounded(hours / (yearly * months / _MONTHS))
