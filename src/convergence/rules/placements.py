"""Work placements (PMSMP): how long an agreement lasts, how many at one host within twelve months, how many hours."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from convergence.rules.french import days_said, months_said, said_in_full
from convergence.rules.law import rule_or_oldest, value_or_oldest
from convergence.rules.periods import A_DAY, Period, days_in, merged, overlap
from convergence.rules.refusals import Refusal
from convergence.rules.spans import add_months

DAYS_OF_A_WEEK = 7


@dataclass(frozen=True, slots=True)
class Placement:
    """One agreement, first and last day included.

    :param host: any key that tells hosts apart; never shown.
    :param hours: of presence in all; None where they are not known.
    """

    host: str
    first_day: date
    last_day: date
    hours: Decimal | None = None

    @property
    def period(self) -> Period:
        return Period(self.first_day, self.last_day)


def check_placement(others: Iterable[Placement], proposed: Placement) -> list[Refusal]:
    """Whether an agreement may be signed beside the person's others. Its days are never an absence from the site."""
    return list(_placement([other for other in others if other.host == proposed.host], proposed))


def _placement(there: list[Placement], proposed: Placement) -> Iterator[Refusal]:
    on = proposed.first_day
    if proposed.last_day < on:
        yield Refusal("La fin de l’immersion vient avant son début : l’une des deux dates est à corriger")
        return
    longest = rule_or_oldest("placement.longest_days", on)
    days = value_or_oldest(longest.name, on)
    if proposed.period.days > days:
        until = date.fromordinal(on.toordinal() + days - 1)
        yield Refusal(
            f"Une convention d’immersion dure au plus {days_said(days)} : celle-ci va jusqu’au "
            f"{said_in_full(until)} au plus tard",
            longest.source,
        )
    if proposed.hours is not None:
        yield from _hours(proposed, proposed.hours)
    for other in there:
        shared = overlap(other.period, proposed.period)
        if shared:
            yield Refusal(
                f"Une autre immersion court déjà dans cette structure le {said_in_full(shared.first_day)} : "
                "corrigez celle-là, ou changez les dates"
            )
            return
    yield from _at_one_host(there, proposed)


def _hours(proposed: Placement, hours: Decimal) -> Iterator[Refusal]:
    weekly = rule_or_oldest("hours.most_weekly_hours", proposed.first_day)
    weeks = -(-proposed.period.days // DAYS_OF_A_WEEK)
    most = value_or_oldest(weekly.name, proposed.first_day) * weeks
    if hours > most:
        yield Refusal(
            f"À {weekly.value} heures par semaine, ces dates font au plus {most} heures : vérifiez les heures ou les "
            "dates",
            weekly.source,
        )


def _at_one_host(there: list[Placement], proposed: Placement) -> Iterator[Refusal]:
    """The fullest stretch of months that holds some of the agreement; one reason is enough."""
    on = proposed.first_day
    window = value_or_oldest("placement.window_months", on)
    agreements = rule_or_oldest("placement.agreements_at_one_host", on)
    days = rule_or_oldest("placement.days_at_one_host", on)
    everything = [*there, proposed]
    for last in sorted(one.last_day for one in everything if one.last_day >= proposed.first_day):
        stretch = Period(add_months(last, -window) + A_DAY, last)
        if overlap(stretch, proposed.period) is None:
            continue
        held = [shared for one in everything if (shared := overlap(stretch, one.period))]
        if len(held) > value_or_oldest(agreements.name, on):
            yield Refusal(
                f"Une même structure accueille une personne par {agreements.value} conventions d’immersion au plus en "
                f"{months_said(window)} : une autre structure, ou plus tard",
                agreements.source,
            )
            return
        counted = days_in(merged(held), last)
        if counted > value_or_oldest(days.name, on):
            yield Refusal(
                f"Une même structure accueille une personne {days_said(value_or_oldest(days.name, on))} au plus en "
                f"{months_said(window)}, toutes immersions réunies : ces dates en feraient {days_said(counted)}",
                days.source,
            )
            return
