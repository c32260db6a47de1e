"""The weeks of a PHC: few hours at first, more as the person settles, up to the hours of an ordinary CDDI."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from convergence.rules.french import said_in_full
from convergence.rules.law import in_force, rule, value
from convergence.rules.periods import Period, overlap
from convergence.rules.refusals import Refusal

A_WEEK = timedelta(days=7)
LONGEST = 104
"""Weeks that one plan may hold: two years, far beyond any PHC."""


def monday_of(day: date) -> date:
    """The Monday of a day's week: a week is its Monday."""
    return day - timedelta(days=day.weekday())


def most_phc_hours(week: date) -> int | None:
    """The hours a week from which a PHC is an ordinary CDDI; None before the programme."""
    return value("hours.phc_most_weekly_hours", week) if in_force("hours.phc_most_weekly_hours", week) else None


def weeks_left(contract: Period, start: date, most: int) -> int:
    """How many weeks a plan from ``start`` on may hold, at least one and ``most`` at most."""
    if contract.last_day is None:
        return most
    return max(1, min(most, (monday_of(contract.last_day) - monday_of(start)).days // 7 + 1))


def rising(start: date, weeks: int, first: Decimal, step: Decimal, every: int) -> Iterator[tuple[date, Decimal]]:
    """Weeks from the one of ``start``, with ``step`` hours more after ``every`` weeks, and never above
    the most unless the first week is, which :func:`check_week` refuses.

    :param weeks: how many weeks, 1 to :data:`LONGEST`.
    """
    monday = monday_of(start)
    for number in range(weeks):
        week = monday + number * A_WEEK
        most = most_phc_hours(week)
        hours = first + step * (number // every)
        yield week, hours if most is None else min(hours, max(first, Decimal(most)))


def check_week(week: date, planned: Decimal, done: Decimal | None, contract: Period, last_week: date) -> list[Refusal]:
    """Whether a PHC may plan and do so many hours in a week.

    :param contract: the PHC's period; :param last_week: the latest week in which hours may already have been done.
    """
    most = most_phc_hours(week)
    if most is None:
        return [Refusal(f"Le programme n’existait pas encore la semaine du {said_in_full(week)}")]
    if overlap(contract, Period(week, week + timedelta(days=6))) is None:
        until = f" et va jusqu’au {said_in_full(contract.last_day)}" if contract.last_day else ""
        sentence = (
            f"La semaine du {said_in_full(week)} est en dehors du contrat PHC, qui commence le "
            f"{said_in_full(contract.first_day)}{until}"
        )
        return [Refusal(sentence)]
    least = rule("hours.phc_least_weekly_hours", week)
    if planned < value(least.name, week):
        sentence = f"Une PHC commence à {least.value} heures par semaine\u00a0: prévoyez-en au moins autant"
        return [Refusal(sentence, least.source)]
    if planned > most or (done is not None and done > most):
        sentence = (
            f"Une PHC compte au plus {most} heures par semaine\u00a0: au-delà, le contrat devient d’abord un CDDI"
        )
        return [Refusal(sentence, rule("hours.phc_most_weekly_hours", week).source)]
    if done is not None and done < 0:
        return [Refusal("Des heures ne sont pas négatives\u00a0: écrivez 0 ou plus")]
    if done is not None and week > last_week:
        return [Refusal("Cette semaine n’a pas commencé\u00a0: ses heures se notent quand elles sont faites")]
    return []
