"""What the State's tool says of a person's PASS and hirings: noted beside our own facts, held against them.

A saying never touches a contract. Said otherwise by a later export, it becomes a new version of its own row.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import F, Value
from django.utils.translation import gettext as _

from convergence.pathways.models import Contract, OfficialHire, OfficialPass, number_in_groups
from convergence.platform.dated import hold
from convergence.platform.errors import ChangedMeanwhile
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

    def is_news(self, noted: OfficialPass | None) -> bool:
        """Whether it says something that the row does not, and that no later export said otherwise."""
        if noted is None:
            return True
        same = (noted.valid, noted.state, noted.holder) == (
            days(self.starts, self.last_day), self.state.value, self.holder,
        )  # fmt: skip
        return not same and noted.said_on <= self.said_on


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

    def is_news(self, noted: OfficialHire | None) -> bool:
        """As for a PASS."""
        if noted is None:
            return True
        same = (noted.valid, noted.state, noted.site_id) == (
            days(self.starts, self.last_day), self.state.value, self.site_id,
        )  # fmt: skip
        return not same and noted.said_on <= self.said_on

    def is_same_as(self, other: "HireSaid") -> bool:
        """Whether both are one row: same employer, same application, same days."""
        mine, theirs = ((one.employer, one.applied_on, one.starts, one.last_day) for one in (self, other))
        return mine == theirs

    def is_of(self, noted: OfficialHire) -> bool:
        """Whether both come from one application: same employer, same day; without that day, same start."""
        if noted.employer != self.employer:
            return False
        if self.applied_on is None or noted.applied_on is None:
            return noted.starts == self.starts
        return noted.applied_on == self.applied_on


def new_pass(person_id: int, said: PassSaid) -> OfficialPass:
    """The unsaved row of a PASS."""
    return OfficialPass(
        person_id=person_id,
        number=said.number,
        valid=days(said.starts, said.last_day),
        state=said.state.value,
        holder=said.holder,
        said_on=said.said_on,
    )


def new_hire(person_id: int, said: HireSaid) -> OfficialHire:
    """The unsaved row of a hiring."""
    return OfficialHire(
        person_id=person_id,
        employer=said.employer,
        site_id=said.site_id,
        valid=days(said.starts, said.last_day),
        state=said.state.value,
        applied_on=said.applied_on,
        said_on=said.said_on,
    )


def note(told: Sequence[tuple[int, PassSaid | HireSaid]], *, source: str) -> int:
    """Note what is said of people, each with a person's id; returns how many rows were written.

    What says the same as the version that stands, or was said before it, is not written. The others' earlier
    version stays readable. A fixed number of statements, however many people.

    :raises ChangedMeanwhile: somebody took a saying back at this very moment.
    """
    people = sorted({person_id for person_id, _said in told})
    hold(*people)
    return _write(_passes_to_note(told, people), source) + _write(_hires_to_note(told, people), source)


Sayable = TypeVar("Sayable", OfficialPass, OfficialHire)


def _passes_to_note(
    told: Sequence[tuple[int, PassSaid | HireSaid]], people: list[int]
) -> list[tuple[OfficialPass, OfficialPass | None]]:
    """Each new version, and the one that it replaces."""
    standing = {(row.person_id, row.number): row for row in OfficialPass.objects.current().filter(person_id__in=people)}
    pairs = [
        (person_id, said, standing.get((person_id, said.number)))
        for person_id, said in told
        if isinstance(said, PassSaid)
    ]
    return [(new_pass(person_id, said), noted) for person_id, said, noted in pairs if said.is_news(noted)]


def _hires_to_note(
    told: Sequence[tuple[int, PassSaid | HireSaid]], people: list[int]
) -> list[tuple[OfficialHire, OfficialHire | None]]:
    standing: dict[int, list[OfficialHire]] = defaultdict(list)
    for row in OfficialHire.objects.current().filter(person_id__in=people):
        standing[row.person_id].append(row)
    said_of: dict[int, list[HireSaid]] = defaultdict(list)
    for person_id, said in told:
        # Two lines that somebody says to be of one person may tell of one hiring.
        if isinstance(said, HireSaid) and not any(said.is_same_as(one) for one in said_of[person_id]):
            said_of[person_id].append(said)
    return [
        (new_hire(person_id, said), noted)
        for person_id, hires in said_of.items()
        for said, noted in zip(hires, noted_hires(hires, standing[person_id]), strict=True)
        if said.is_news(noted)
    ]


def _write(versions: Sequence[tuple[Sayable, Sayable | None]], source: str) -> int:
    for row, noted in versions:
        row.source = source
        if noted is not None:
            row.series = noted.series
    made = [row for row, _noted in versions]
    if not made:
        return 0
    model = type(made[0])
    closed = [noted.pk for _row, noted in versions if noted is not None]
    if model.objects.current().filter(pk__in=closed).update(superseded_at=TransactionNow()) != len(closed):
        raise ChangedMeanwhile(_("Cette information a changé pendant que vous la modifiiez."), None)
    model.objects.bulk_create(made)
    return len(made)


def noted_hires(said: Sequence[HireSaid], noted: Iterable[OfficialHire]) -> list[OfficialHire | None]:
    """For each hiring of an export, the one noted that it speaks of; none speaks of one that another speaks of.

    The same start decides first: two applications may be of one day.
    """
    left = list(noted)
    found: dict[int, OfficialHire] = {}
    for exact in (True, False):
        for place, one in enumerate(said):
            same = [row for row in left if one.is_of(row) and (not exact or row.starts == one.starts)]
            if place not in found and same:
                found[place] = same[0]
                left.remove(same[0])
    return [found.get(place) for place in range(len(said))]


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
