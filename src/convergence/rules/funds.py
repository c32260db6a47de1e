"""When the FSE+ asks about a participant: within four weeks of entry and exit, six months after, at no other time."""

from dataclasses import dataclass
from datetime import date

from convergence.rules.calendars import Calendar, calendar_of
from convergence.vocabulary.funds import FundStage


@dataclass(frozen=True)
class Asking:
    """A time at which it is asked: from which day, by which day; ``over`` after its last day."""

    stage: FundStage
    on: date
    opens_on: date
    due_on: date
    until: date

    def open_on(self, today: date) -> bool:
        return self.opens_on <= today <= self.until


def calendar_for(stage: FundStage, on: date) -> Calendar | None:
    """The row in force on the day of the entry or of the exit: those who came or left before it are asked nothing."""
    return calendar_of("fund_status", stage.value, on)


def askings(first_day: date | None, last_day: date | None) -> list[Asking]:
    """The times at which it is asked about a path with these days (both in it), in order."""
    hung = {FundStage.ENTRY: first_day, FundStage.EXIT: last_day, FundStage.SIX_MONTHS: last_day}
    found = []
    for stage, on in hung.items():
        row = calendar_for(stage, on) if on is not None else None
        if row is None or on is None or row.until is None:
            continue
        opens, due = row.steps[0].begins.reckoned_from(on), row.steps[-1].due.reckoned_from(on)
        found.append(Asking(stage, on, opens, due, row.until.reckoned_from(on)))
    return found
