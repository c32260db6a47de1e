"""The two clocks that contracts run: the CDDI's twenty-four months and more, and the sixty months of Convergence.

Both count calendar months from the first day under contract; days without a contract push the end back by as many.
Days under two contracts at once count once. Suspending a contract or the PASS changes neither: a fixed-term contract
ends at its term.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise

from convergence.rules.law import in_force, value_or_oldest
from convergence.rules.pass_clock import Clock
from convergence.rules.path import COUNTED, Contract, Path, Renewal
from convergence.rules.periods import Period, days_in, last_day_of, merged
from convergence.vocabulary.contracts import ContractKind
from convergence.vocabulary.decisions import ClockName
from convergence.vocabulary.extensions import ExtensionMotive


def cddi_clock(path: Path, on: date) -> Clock | None:
    """The clock of the CDDI, over all employers since the PASS began; None for a path without one."""
    stretches = _merged(cddis(path, on))
    if not stretches:
        return None
    return _clock(ClockName.CDDI, stretches, cddi_limit(path, on), on)


def convergence_clock(path: Path, on: date) -> Clock | None:
    """The clock of the scheme: months under contract over all employers; None for a path without a contract."""
    stretches = _merged(contract for contract in path.contracts if contract.kind in COUNTED)
    if not stretches:
        return None
    limit = _limit(stretches, value_or_oldest("convergence.months", stretches[0].first_day), on)
    return _clock(ClockName.CONVERGENCE, stretches, limit, on)


def cddis(path: Path, on: date) -> list[Contract]:
    """The CDDIs that count together: those of the path, or since the PASS began where an earlier one had ended."""
    found = [contract for contract in path.contracts if contract.kind is ContractKind.CDDI]
    current = path.pass_on(on)
    if current is None or len(path.passes) == 1:
        return found
    return [contract for contract in found if contract.first_day >= current.first_day]


def cddi_limit(path: Path, on: date) -> date:
    """The last day that CDDIs may reach, with the decisions granted so far.

    :raises ValueError: the path has no CDDI.
    """
    stretches = _merged(cddis(path, on))
    base = _limit(stretches, value_or_oldest("cddi.months", stretches[0].first_day), on)
    granted = [renewal for renewal in path.renewals if renewal.granted and renewal.last_day >= stretches[0].first_day]
    return max([base, *(min(renewal.last_day, furthest(path, renewal, on)) for renewal in granted)])


def furthest(path: Path, renewal: Renewal, on: date) -> date:
    """The last day that decisions on one ground may reach: sixty months for difficulties, the end of a training.

    For people of fifty and over and disabled workers the law sets none: the PASS does.
    """
    if renewal.motive is ExtensionMotive.DIFFICULTIES:
        decided = renewal.decided_on or on
        if not in_force("cddi.difficulties_months", decided):
            return date.min
        stretches = _merged(cddis(path, on))
        # Decisions of an earlier PASS outlive the CDDIs that they were about.
        return _limit(stretches, value_or_oldest("cddi.difficulties_months", decided), on) if stretches else date.min
    if renewal.motive is ExtensionMotive.TRAINING:
        return max((training.end for training in path.trainings), default=renewal.last_day)
    return date.max


def _merged(contracts: Iterable[Contract]) -> list[Period]:
    return merged(contract.period for contract in contracts)


def _limit(stretches: list[Period], months: int, on: date) -> date:
    """So many months from the first day, pushed back by the days without a contract."""
    return last_day_of(stretches[0].first_day, months) + timedelta(days=_days_without(stretches, on))


def _days_without(stretches: list[Period], on: date) -> int:
    between = sum((after.first_day - before.end).days - 1 for before, after in pairwise(stretches))
    return between + max((on - stretches[-1].end).days, 0)


def _clock(name: ClockName, stretches: list[Period], limit: date, on: date) -> Clock:
    first_day = stretches[0].first_day
    total = (limit - first_day).days + 1 - _days_without(stretches, on)
    used = days_in(stretches, on)
    running = stretches[-1].end >= on
    return Clock(
        name=name,
        first_day=first_day,
        last_day=limit if running else None,
        used=used,
        left=max(total - used, 0),
        running=running,
    )
