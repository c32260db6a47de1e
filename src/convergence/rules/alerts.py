"""Facts of one person and a date → what asks for somebody's attention, from which day, until when it is due.

An alert says the day on which it begins, also when that day is to come: stored alerts answer "who needs something
today" with one range, and stay right as days go by without being computed again. ``today`` only chooses the rules in
force, and which times of what recurs for ever are near (rules/rights.py). One alert stands for one thing (one contract,
one paper); what is to be done about it grows by steps.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from convergence.rules import after, rights
from convergence.rules.calendars import Calendar, Step, calendar_of, calendar_of_aspect
from convergence.rules.clocks import read
from convergence.rules.facts import ContractFact, Facts, SituationFact, Spell
from convergence.rules.funds import calendar_for
from convergence.rules.schedule import asked_on, notices_for
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.contacts import ContactKind
from convergence.vocabulary.extended_support import SupportOpener
from convergence.vocabulary.funds import FundStage
from convergence.vocabulary.missing import Missing
from convergence.vocabulary.situations import ASPECTS

A_DAY = timedelta(days=1)
CLOCK_BINDING = "clock_binding"


@dataclass(frozen=True)
class Alert:
    """Something that asks for attention from ``begins_on`` on, and is late after ``due_on``.

    :param compartment: that of the facts from which it follows: whoever writes them can make it anew.
    :param about: codes and ISO dates, enough to say the sentence: ``on`` is the date on which the calendar
        hangs, ``value`` the fact's code, ``aspect`` the situation's where its expiry asks, ``right`` where it is
        kept by doing something again.
    """

    kind: str
    compartment: Compartment
    begins_on: date
    due_on: date
    about: dict[str, str] = field(default_factory=dict, hash=False)

    @property
    def on(self) -> date:
        return date.fromisoformat(self.about["on"])


@dataclass(frozen=True)
class Stage:
    """Where an alert stands on a day: what is to be done, and by when."""

    do: str
    due: date


def alerts_of(facts: Facts, today: date) -> list[Alert]:
    """Every alert that follows from the facts by the rules in force today, those to come included.

    Nothing is asked of a team once its support has ended: what would begin after that is left out. Nothing at all is
    asked about somebody who died.
    """
    stay = facts.stay()
    if stay is None or facts.died:
        return []
    found = [
        *_contracts(facts, today),
        *_clocks(facts, today),
        *_situations(facts, today),
        *_rights(facts, today),
        *_documents(facts, today),
        *_contact(facts, stay, today),
        *_housing(facts, stay, today),
        *_appointments(facts, today),
        *_actions(facts, today),
        *_learning(facts, today),
        *_entry(facts, today),
        *_after(facts, stay, today),
        *_funds(facts),
    ]
    kept = [alert for alert in found if stay.ends is None or alert.begins_on < stay.ends]
    return sorted(kept, key=lambda alert: (alert.begins_on, alert.due_on, alert.kind, sorted(alert.about.items())))


def stage(alert: Alert, today: date) -> Stage:
    """What is to be done about an alert today, and by when; the first step for one that has not begun."""
    row = _row(alert, today)
    if row is None:
        return Stage("", alert.due_on)
    begun = [step for step in row.steps if step.begins.reckoned_from(alert.on) <= max(today, alert.begins_on)]
    step = begun[-1] if begun else row.steps[0]
    due = step.due.reckoned_from(alert.on)
    return Stage(row.late if due < today and row.late else step.do, due)


def is_over(alert: Alert, today: date) -> bool:
    """Whether nothing is asked any more, though nobody noted what was done."""
    row = _row(alert, today)
    return row is not None and rights.is_over(row, alert.on, today)


def pressing(alert: Alert, today: date) -> tuple[bool, int, date]:
    """Sort key, most pressing first: what is late, in the order of the calendars; then by the date when it is due."""
    due = stage(alert, today).due
    row = _row(alert, today)
    late = due < today
    return not late, row.rank if late and row else 0, due


def _row(alert: Alert, today: date) -> Calendar | None:
    value = alert.about.get("value", "")
    aspect = alert.about.get("aspect")
    return calendar_of_aspect(aspect, value, today) if aspect else calendar_of(alert.kind, value, today)


def _alert(
    row: Calendar, compartment: Compartment, on: date, not_before: date | None = None, **about: str | None
) -> Alert:
    """The alert of a calendar hung on a date. Steps that were over before the fact began are skipped."""
    begins = next(step.begins.reckoned_from(on) for step in _steps_left(row, on, not_before))
    due = row.steps[-1].due.reckoned_from(on)
    if not_before is not None:
        begins = max(begins, not_before)
    known = {name: value for name, value in about.items() if value}
    return Alert(row.kind, compartment, min(begins, due), due, {"on": on.isoformat(), **known})


def _steps_left(row: Calendar, on: date, not_before: date | None) -> tuple[Step, ...]:
    if not_before is None:
        return row.steps
    left = tuple(step for step in row.steps if step.begins.reckoned_from(on) > not_before)
    return left or row.steps[-1:]


def _contracts(facts: Facts, today: date) -> Iterator[Alert]:
    """A contract that ends with nothing after it, or whose end nobody noted; a path whose end is noted asks nothing."""
    pathway = max(facts.pathways, key=lambda spell: spell.starts or date.min, default=None)
    if pathway is not None and pathway.ends is not None:
        return
    for contract in facts.contracts:
        starts, ends = contract.spell
        if any(_follows(other, contract) for other in facts.contracts):
            continue
        if ends is not None:
            row = calendar_of("contract_ending", contract.kind, today)
            if row is not None:
                yield _alert(row, Compartment.WORK, ends - A_DAY, starts, value=contract.kind)
        elif starts is not None:
            row = calendar_of("contract_end_unknown", contract.kind, today)
            if row is not None:
                yield _alert(row, Compartment.WORK, starts, value=contract.kind)


def _clocks(facts: Facts, today: date) -> Iterator[Alert]:
    """What binds the path first, from the first warning that still warns of it; none once it is decided."""
    if facts.path is None:
        return
    reading = read(facts.path, today)
    notices = notices_for(facts.path, reading)
    if not notices:
        return
    first = notices[0]
    row = calendar_of(CLOCK_BINDING, first.clock.value, today)
    if row is not None:
        about = {"on": first.due_on.isoformat(), "value": first.clock.value}
        asked = asked_on(facts.path, reading, first.clock)
        if asked is not None:
            about["asked"] = asked.isoformat()
        yield Alert(row.kind, Compartment.WORK, first.begins_on, first.due_on, about)


def _follows(other: ContractFact, contract: ContractFact) -> bool:
    """Whether another contract takes over: begins later, and ends later or at an unknown date."""
    begins_later = (other.spell.starts or date.min) > (contract.spell.starts or date.min)
    return begins_later and (other.spell.ends or date.max) > (contract.spell.ends or date.min)


def _situations(facts: Facts, today: date) -> Iterator[Alert]:
    """Papers and rights, each by its own calendar; a demand that nobody answers."""
    silent: list[Alert] = []
    for aspect in ASPECTS:
        fact = facts.situation(aspect)
        if fact is None or fact.spell.ends is not None or not fact.value:
            continue
        row = calendar_of_aspect(aspect, fact.value, today)
        if row is None:
            continue
        if row.kind == "mdph_silence":
            if fact.spell.starts is not None:
                silent.append(_of_situation(row, fact, fact.spell.starts))
        elif fact.expires_on is not None:
            yield _of_situation(row, fact, fact.expires_on, fact.spell.starts)
    # The file carries the demands made in it: it alone is told, once.
    yield from [alert for alert in silent if alert.about["aspect"] == "mdph"] or silent


def _of_situation(row: Calendar, fact: SituationFact, on: date, not_before: date | None = None) -> Alert:
    """A paper noted while a step runs is asked for at once; a step that was over before it began is skipped."""
    alert = _alert(row, ASPECTS[fact.aspect].compartment, on, aspect=fact.aspect, value=fact.value)
    if not_before is None or alert.begins_on >= not_before:
        return alert
    return replace(alert, begins_on=min(not_before, alert.due_on))


def _rights(facts: Facts, today: date) -> Iterator[Alert]:
    """What is to be declared, visited, renewed so that a right goes on."""
    for row, fact, on, begins_on, due_on in rights.times(facts, today):
        about = {"on": on.isoformat(), "right": row.right}
        if fact is not None and fact.value:
            about["value"] = fact.value
        yield Alert(row.kind, ASPECTS[row.right].compartment, begins_on, due_on, about)


def _documents(facts: Facts, today: date) -> Iterator[Alert]:
    """Documents that end on a date of their own; two of a kind that end the same day are told once."""
    for kind, compartment, expires_on in sorted(set(facts.documents)):
        row = calendar_of("document_expiring", kind, today)
        if row is not None:
            yield _alert(row, compartment, expires_on, value=kind)


def _contact(facts: Facts, stay: Spell, today: date) -> Iterator[Alert]:
    """Nobody has met the person for as many days as the calendar says; attempts since are told with it."""
    row = calendar_of("no_contact", "", today)
    if any(thread.opener == SupportOpener.JOB and thread.ends is None for thread in facts.threads):
        # In a job of her own, news is asked for at the days of that support.
        return
    entry = stay.starts
    met = max((contact.on for contact in facts.contacts if contact.kind.reached), default=None)
    if met is not None and entry is not None and met < entry:
        met = None
    since = met or entry
    if row is None or since is None:
        return
    tries = [contact for contact in facts.contacts if not contact.kind.reached and contact.on >= since]
    last = max(tries, key=lambda contact: (contact.on, contact.kind == ContactKind.CALL_NO_ANSWER), default=None)
    yield _alert(
        row,
        Compartment.SOCIAL,
        since,
        met=met.isoformat() if met else None,
        tried=last.on.isoformat() if last else None,
        tried_by=last.kind.value if last else None,
    )


def _housing(facts: Facts, stay: Spell, today: date) -> Iterator[Alert]:
    """Nobody noted where the person sleeps. Not knowing, or not wishing to say, is an answer."""
    row = calendar_of("housing_unknown", "", today)
    fact = facts.situation("housing")
    told = fact is not None and fact.missing != Missing.NOT_ASSESSED
    if row is not None and stay.starts is not None and not told:
        yield _alert(row, Compartment.SOCIAL, stay.starts)


def _appointments(facts: Facts, today: date) -> Iterator[Alert]:
    """Appointments whose day is over and of which nobody said whether the person came; ``colleague`` went there.

    Two of one colleague on one day are one alert: her list of the day holds both.
    """
    row = calendar_of("appointment_unanswered", "", today)
    for compartment, user, on in sorted(set(facts.appointments)):
        if row is not None:
            yield _alert(row, compartment, on, colleague=str(user))


def _actions(facts: Facts, today: date) -> Iterator[Alert]:
    """What was agreed and not settled, from its day on; ``colleague`` is the id of who does it on the team.

    Two things that the same people do for the same day are one alert: the words stay in the file.
    """
    in_order = sorted(set(facts.actions), key=lambda action: (action.due_on, action.compartment, action.user or 0))
    for compartment, by, user, due_on in in_order:
        row = calendar_of("action_due", by, today)
        if row is not None:
            yield _alert(row, compartment, due_on, value=by, colleague=str(user) if user else None)


def _learning(facts: Facts, today: date) -> Iterator[Alert]:
    """A placement or a training that ends, until somebody says what came of it; once, where two end on one day."""
    for kind, last_day in sorted(set(facts.learning)):
        row = calendar_of("learning_result", kind, today)
        if row is not None:
            yield _alert(row, Compartment.WORK, last_day, value=kind)


def _entry(facts: Facts, today: date) -> Iterator[Alert]:
    """What a hiring still asks for, and controls of eligibility that wait for papers."""
    for step, due_on in sorted(set(facts.hiring)):
        row = calendar_of("hiring_step", step, today)
        if row is not None:
            yield _alert(row, Compartment.WORK, due_on, value=step)
    for asked in sorted(set(facts.controls)):
        row = calendar_of("eligibility_control", "", today)
        if row is not None:
            yield _alert(row, Compartment.WORK, asked)


def _after(facts: Facts, stay: Spell, today: date) -> Iterator[Alert]:
    """Support after access to a job or a home: news that is due, a year that is over, a warning, a home reached.

    A lasting job is proposed on the page and with the end of the path, not here: it is a fact of work.
    """
    for thread in facts.threads:
        if thread.ends is not None or thread.starts is None:
            continue
        due = after.next_due(thread.starts, thread.latest_news)
        kind = "follow_up_due" if due else "follow_up_ending"
        row = calendar_of(kind, thread.opener, today)
        if row is not None:
            on = due.on if due else after.year_after(thread.starts)
            yield _alert(row, Compartment.SOCIAL, on, value=thread.opener, months=str(due.months) if due else None)
    if (row := calendar_of("third_party_warning", "", today)) is not None:
        for day in sorted(set(facts.third_party_warnings)):
            yield _alert(row, Compartment.SOCIAL, day)
    if (row := calendar_of("home_reached", "", today)) is not None:
        for access in after.to_open(after.accesses(facts.situations, stay.starts), facts.threads):
            if access.opener is SupportOpener.HOME:
                yield _alert(row, Compartment.SOCIAL, access.since)


def _funds(facts: Facts) -> Iterator[Alert]:
    """What the FSE+ asks, by the row in force on the day of the entry or of the exit."""
    for stage, on in sorted(set(facts.fund_times)):
        row = calendar_for(FundStage(stage), on)
        if row is not None:
            yield _alert(row, Compartment.WORK, on, value=stage)
