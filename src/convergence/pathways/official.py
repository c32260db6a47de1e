"""What the State's tool says of a person's PASS and hirings: noted beside our own facts, held against them.

A saying never touches a contract. Said otherwise by a later export, it becomes a new version of its own row.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db import models
from django.db.models import F, Value

from convergence.pathways.models import Contract, OfficialHire, OfficialPass, number_in_groups
from convergence.platform.dated import hold, revise
from convergence.territories.periods import days, last_day
from convergence.vocabulary.passes import HireState, PassState


@dataclass(frozen=True)
class PassSaid:
    """A PASS as an export tells it; ``last_day`` is included, ``holder`` the name that the tool gives it to."""

    number: str
    starts: date
    last_day: date
    state: PassState
    said_on: date
    holder: str = ""

    @property
    def shown_number(self) -> str:
        return number_in_groups(self.number)

    def repeats(self, noted: OfficialPass) -> bool:
        """Whether the row says the same already, whenever it was said."""
        same_dates = noted.valid == days(self.starts, self.last_day)
        return same_dates and (noted.state, noted.holder) == (self.state.value, self.holder)


@dataclass(frozen=True)
class HireSaid:
    """A hiring as an export tells it; ``last_day`` is the end foreseen, None where the tool gives none."""

    employer: str
    starts: date
    last_day: date | None
    state: HireState
    said_on: date
    site_id: int | None = None
    applied_on: date | None = None

    def repeats(self, noted: OfficialHire) -> bool:
        same_dates = noted.valid == days(self.starts, self.last_day)
        return same_dates and (noted.state, noted.site_id) == (self.state.value, self.site_id)

    def is_of(self, noted: OfficialHire) -> bool:
        """Whether both come from one application: same employer, same day; without that day, same start."""
        if noted.employer != self.employer:
            return False
        if self.applied_on is None or noted.applied_on is None:
            return noted.starts == self.starts
        return noted.applied_on == self.applied_on


def new_pass(person_id: int, said: PassSaid) -> OfficialPass:
    """The unsaved row of a PASS not noted yet."""
    return OfficialPass(person_id=person_id, number=said.number, **_pass_columns(said))


def new_hire(person_id: int, said: HireSaid) -> OfficialHire:
    """The unsaved row of a hiring not noted yet."""
    return OfficialHire(person_id=person_id, employer=said.employer, **_hire_columns(said))


def _pass_columns(said: PassSaid) -> dict[str, object]:
    return {
        "valid": days(said.starts, said.last_day),
        "state": said.state.value,
        "holder": said.holder,
        "said_on": said.said_on,
    }


def _hire_columns(said: HireSaid) -> dict[str, object]:
    return {
        "valid": days(said.starts, said.last_day),
        "state": said.state.value,
        "site_id": said.site_id,
        "applied_on": said.applied_on,
        "said_on": said.said_on,
    }


def note_pass(person_id: int, said: PassSaid, *, source: str) -> OfficialPass:
    """Note a PASS, or what is said of it now; what a later export said stays."""
    hold(person_id)
    noted = OfficialPass.objects.current().filter(person_id=person_id, number=said.number).first()
    if noted is None:
        made = new_pass(person_id, said)
        made.source = source
        made.save(force_insert=True)
        return made
    if said.repeats(noted) or noted.said_on > said.said_on:
        return noted
    return revise(noted, source=source, **_pass_columns(said))


def note_hire(person_id: int, said: HireSaid, *, source: str, noted: OfficialHire | None = None) -> OfficialHire:
    """Note a hiring, or what is said now of ``noted``; what a later export said stays."""
    hold(person_id)
    if noted is None:
        made = new_hire(person_id, said)
        made.source = source
        made.save(force_insert=True)
        return made
    if said.repeats(noted) or noted.said_on > said.said_on:
        return noted
    return revise(noted, source=source, **_hire_columns(said))


def noted_hire(said: HireSaid, hires: Iterable[OfficialHire]) -> OfficialHire | None:
    """Which of a person's hirings an export speaks of; the same start decides between several of one day."""
    same = sorted((hire for hire in hires if said.is_of(hire)), key=lambda hire: hire.starts != said.starts)
    return same[0] if same else None


# -- held against our contracts ----------------------------------------------------------------------------------


def told_contract(
    site_id: int | None, starts: date, ends: date | None, contracts: Iterable[Contract]
) -> Contract | None:
    """Which of our contracts at the site a hiring tells of: the same start, else the nearest that overlaps.

    :param ends: its last day, None where it is not known.
    """
    at_site = [one for one in contracts if one.site_id == site_id and site_id is not None and one.starts]
    far = date.max
    near = [one for one in at_site if one.starts <= (ends or far) and starts <= (last_day(one.valid) or far)]  # type: ignore[operator]
    exact = [one for one in at_site if one.starts == starts]
    return min(exact or near, key=lambda one: abs((one.starts or far) - starts), default=None)


def differs(hire: HireSaid, contract: Contract | None) -> bool:
    """Whether a hiring at a site of ours says otherwise than our contract, or than our having none."""
    if hire.site_id is None:
        return False
    if hire.state is HireState.CANCELLED:
        return contract is not None and contract.starts == hire.starts
    if contract is None or contract.starts != hire.starts:
        return True
    return hire.last_day is not None and hire.last_day != last_day(contract.valid)


@dataclass
class Sayings:
    """What the tool says of one person, as it stands."""

    passes: list[tuple[int, PassSaid]] = field(default_factory=list)
    hires: list[tuple[int, HireSaid]] = field(default_factory=list)


def sayings_of(person_id: int) -> Sayings:
    """Everything said of a person, in one query; the latest PASS first."""
    nothing = Value(None, output_field=models.BigIntegerField())
    no_day = Value(None, output_field=models.DateField())
    no_words = Value("", output_field=models.CharField())
    told = ("kind", "row", "period", "named", "said_state", "told_holder", "said_on", "at_site", "asked_on")
    passes = (
        OfficialPass.objects.current()
        .filter(person_id=person_id)
        .annotate(kind=Value("pass"), row=F("pk"), period=F("valid"), named=F("number"), said_state=F("state"))
        .annotate(told_holder=F("holder"), at_site=nothing, asked_on=no_day)
        .values_list(*told)
    )
    hires = (
        OfficialHire.objects.current()
        .filter(person_id=person_id)
        .annotate(kind=Value("hire"), row=F("pk"), period=F("valid"), named=F("employer"), said_state=F("state"))
        .annotate(told_holder=no_words, at_site=F("site_id"), asked_on=F("applied_on"))
        .values_list(*told)
    )
    found = Sayings()
    for kind, row, period, named, state, holder, said_on, site_id, asked_on in passes.union(hires, all=True):
        end = last_day(period)
        if kind == "pass" and end is not None:
            found.passes.append((row, PassSaid(named, period.lower, end, PassState(state), said_on, holder)))
        else:
            hire = HireSaid(named, period.lower, end, HireState(state), said_on, site_id, asked_on)
            found.hires.append((row, hire))
    found.passes.sort(key=lambda told: told[1].starts, reverse=True)
    found.hires.sort(key=lambda told: told[1].starts, reverse=True)
    return found
