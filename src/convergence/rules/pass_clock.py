"""The clock of the PASS IAE: 730 days on the State's platform, twenty-four months in law, shifted by suspensions.

Three counts stand side by side. The *platform's* is computed from the facts as its own database does: 730 days, the
last included; a suspension gives back its length less a day; an extension adds its days. The *law's* is in months, and
gives back every suspended day. The *official* date is what somebody read in the State's tool. The clock shows the
official date where it is known and the platform's otherwise, since aid and hiring follow it; the others explain it.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from convergence.rules.french import days_said, said_in_full
from convergence.rules.law import value_or_oldest
from convergence.rules.path import Pass, Path, Suspension
from convergence.rules.periods import A_DAY, Period, last_day_of, merged, overlap
from convergence.vocabulary.decisions import ClockName


@dataclass(frozen=True, slots=True)
class Clock:
    """How far one of the three clocks has run.

    :param last_day: the last day that it allows, with what has been granted; None while it stands still.
    :param used: days counted up to the day asked, and with it; ``left`` those that remain after it.
    :param running: whether days are being counted, or will be by a fact already known.
    """

    name: ClockName
    first_day: date
    last_day: date | None
    used: int
    left: int
    running: bool


@dataclass(frozen=True, slots=True)
class PassClock(Clock):
    """The clock of a PASS.

    :param by_platform: the last day as the platform computes it from the facts noted here.
    :param by_law: the last day by twenty-four months, every suspended day given back.
    :param official: the last day that the State's tool shows, where known.
    :param lost: days that the platform does not give back, one for each suspension.
    :param granted_days: sum of all extensions granted, whatever their ground.
    :param suspended_until: last day of the suspension under way on the day asked.
    :param waiting_until: last day on which only an authorised prescriber may open another PASS.
    """

    by_platform: date
    by_law: date
    official: date | None
    lost: int
    granted_days: int
    suspended_until: date | None
    waiting_until: date

    @property
    def end(self) -> date:
        """The last day: a PASS always has one."""
        return self.last_day or self.by_platform

    def explained(self) -> str:
        """Why the dates differ, in a French sentence; empty where they are all the same."""
        if self.official is not None and self.official != self.by_platform:
            days = (self.official - self.by_platform).days
            side = "plus tard" if days > 0 else "plus tôt"
            return (
                f"L’outil de l’État dit le {said_in_full(self.official)}, {days_said(abs(days))} {side} que les faits "
                f"notés ici (le {said_in_full(self.by_platform)}) : une suspension ou une prolongation manque, "
                "ici ou là-bas."
            )
        days = (self.by_law - self.by_platform).days
        if not days:
            return ""
        lost = ", et rend pour chaque suspension un jour de moins que sa durée" if self.lost else ""
        return (
            f"La plateforme compte 730 jours et non 24 mois{lost} : {days_said(days)} de moins que la loi "
            f"(le {said_in_full(self.by_law)})."
        )


def pass_clock(path: Path, on: date) -> PassClock | None:
    """The clock of the PASS that counts on a day; None for a path without one."""
    one = path.pass_on(on)
    if one is None:
        return None
    stretches = suspended(one)
    by_platform = platform_last_day(one)
    last_day = _shown(one, by_platform)
    suspended_days = sum(stretch.days for stretch in stretches)
    granted = granted_days(one)
    by_law = last_day_of(one.first_day, value_or_oldest("pass.months", one.first_day)) + timedelta(
        days=granted + suspended_days
    )
    current = next((stretch for stretch in stretches if stretch.covers(on)), None)
    stopped = _stopped_by(one, stretches)
    end = min(last_day, stopped) if stopped else last_day
    seen = min(on, end)
    return PassClock(
        name=ClockName.PASS,
        first_day=one.first_day,
        last_day=end,
        used=max((seen - one.first_day).days + 1, 0) - _days_in(stretches, one.first_day, seen),
        left=max((end - max(on, one.first_day - A_DAY)).days, 0) - _days_in(stretches, on + A_DAY, end),
        running=on <= end,
        by_platform=by_platform,
        by_law=by_law,
        official=one.official_last_day,
        lost=len(stretches) * value_or_oldest("suspension.lost_days", one.first_day),
        granted_days=granted,
        suspended_until=current.end if current and not stopped else None,
        waiting_until=last_day_of(end + A_DAY, value_or_oldest("pass.waiting_months", one.first_day)),
    )


def granted_days(one: Pass) -> int:
    """Sum of the extensions granted, whatever their ground: what the platform compares with each cap."""
    return sum(extension.days for extension in one.extensions if extension.granted)


def suspended(one: Pass) -> list[Period]:
    """The stretches of suspension that count, in order: those that overlap make one, those outside none.

    Two that follow each other stay two: the platform counts each, and takes a day from each.
    """
    end = one.first_day + timedelta(days=value_or_oldest("pass.days", one.first_day) - 1 + granted_days(one))
    found: list[Period] = []
    for stretch in _without_overlap(one.suspensions):
        if one.first_day <= stretch.first_day <= end:
            end += timedelta(days=_given_back(stretch, one.first_day))
            found.append(stretch)
    return found


def platform_last_day(one: Pass) -> date:
    """The last day as the platform computes it."""
    back = sum(_given_back(stretch, one.first_day) for stretch in suspended(one))
    return one.first_day + timedelta(days=value_or_oldest("pass.days", one.first_day) - 1 + granted_days(one) + back)


def resumed(path: Path, day: date) -> Path:
    """The path of somebody hired on a day: a hiring ends the suspension under way, the day before."""
    current = path.pass_on(day)
    if current is None:
        return path
    cut = tuple(
        replace(each, last_day=day - A_DAY) if each.period.covers(day) else each
        for each in current.suspensions
        if each.first_day < day or not each.period.covers(day)
    )
    changed = replace(current, suspensions=cut)
    return replace(path, passes=tuple(changed if one is current else one for one in path.passes))


def _given_back(stretch: Period, on: date) -> int:
    return stretch.days - value_or_oldest("suspension.lost_days", on)


def _without_overlap(suspensions: tuple[Suspension, ...]) -> list[Period]:
    found: list[Period] = []
    for period in sorted(suspension.period for suspension in suspensions):
        if found and overlap(found[-1], period):
            found[-1] = merged([found[-1], period])[0]
        else:
            found.append(period)
    return found


def _shown(one: Pass, by_platform: date) -> date:
    """The official date, moved by what has been declared or granted since somebody read it."""
    if one.official_last_day is None:
        return by_platform
    seen = one.official_seen_on
    if seen is None:
        return one.official_last_day
    then = Pass(
        one.first_day,
        tuple(each for each in one.suspensions if each.declared_on is None or each.declared_on <= seen),
        tuple(each for each in one.extensions if each.decided_on is None or each.decided_on <= seen),
    )
    return one.official_last_day + (by_platform - platform_last_day(then))


def _stopped_by(one: Pass, stretches: list[Period]) -> date | None:
    """The last day of a PASS ended while suspended: the eve of that suspension."""
    if one.ended_on is None:
        return None
    during = next((stretch for stretch in stretches if stretch.covers(one.ended_on)), None)
    return during.first_day - A_DAY if during else one.ended_on


def _days_in(stretches: list[Period], first: date, last: date) -> int:
    if first > last:
        return 0
    shared = (overlap(stretch, Period(first, last)) for stretch in stretches)
    return sum(each.days for each in shared if each)
