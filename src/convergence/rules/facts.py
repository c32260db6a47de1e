"""What is known of one person, as the rules read it: plain values, no database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from convergence.rules.path import Path
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.contacts import ContactKind


class Spell(NamedTuple):
    """A period: first day (None where unknown), and the first day after it (None while it runs)."""

    starts: date | None
    ends: date | None


class ContractFact(NamedTuple):
    """A work contract: its kind (vocabulary code) and its period."""

    kind: str
    spell: Spell


class SituationFact(NamedTuple):
    """What is true in one aspect: a value, or one of the kinds of missing, perhaps with an expiry."""

    aspect: str
    value: str
    missing: str
    spell: Spell
    expires_on: date | None


class AppointmentFact(NamedTuple):
    """An appointment of which nothing is noted yet: who reads it, who goes (a colleague's id), on which day."""

    compartment: Compartment
    user: int
    on: date


class ContactFact(NamedTuple):
    """Somebody met the person, or tried to reach her, on a day."""

    kind: ContactKind
    on: date


class ActionFact(NamedTuple):
    """Something agreed and not yet settled: who reads it, who does it (codes; the colleague's id), for when."""

    compartment: Compartment
    by: str
    user: int | None
    due_on: date


class LearningFact(NamedTuple):
    """A placement or a training of which nobody said yet what came: which of the two (code), and its last day."""

    kind: str
    last_day: date


class ActFact(NamedTuple):
    """Something done to keep a right (vocabulary code): for which time, and on which day."""

    act: str
    occurrence: date
    on: date


class DocumentFact(NamedTuple):
    """A document that ends on a date of its own: its kind (vocabulary code), who reads it."""

    kind: str
    compartment: Compartment
    expires_on: date


class HiringFact(NamedTuple):
    """A line of somebody's hiring checklist that nobody noted as done: its code, and the last day to do it."""

    step: str
    due_on: date


class ThreadFact(NamedTuple):
    """Support that goes on after access to a job or a home (code): its days, and the latest news had in it."""

    opener: str
    starts: date | None
    ends: date | None
    latest_news: date | None = None


class FundFact(NamedTuple):
    """A time at which the FSE+ asks about a path, not answered yet: which (code), and the entry or exit it hangs on."""

    stage: str
    on: date


@dataclass(frozen=True)
class Facts:
    """The current facts of one person, in any order. What the reader may not see is simply absent.

    :param controls: days on which a control of eligibility was asked, whose papers were not sent yet.
    :param third_party_warnings: days on which an employer or a landlord warned, that nobody answered yet.
    :param died: the end of her path says so: nothing is asked about her any more.
    :param path: the same contracts and decisions as the clocks read them; None where nobody asks for them.
    """

    supports: tuple[Spell, ...] = ()
    pathways: tuple[Spell, ...] = ()
    contracts: tuple[ContractFact, ...] = ()
    situations: tuple[SituationFact, ...] = ()
    contacts: tuple[ContactFact, ...] = ()
    actions: tuple[ActionFact, ...] = ()
    appointments: tuple[AppointmentFact, ...] = ()
    learning: tuple[LearningFact, ...] = ()
    acts: tuple[ActFact, ...] = ()
    documents: tuple[DocumentFact, ...] = ()
    hiring: tuple[HiringFact, ...] = ()
    controls: tuple[date, ...] = ()
    threads: tuple[ThreadFact, ...] = ()
    third_party_warnings: tuple[date, ...] = ()
    fund_times: tuple[FundFact, ...] = ()
    died: bool = False
    path: Path | None = None

    def stay(self) -> Spell | None:
        """The latest unbroken stretch of support, whichever sites gave it; None for somebody never supported."""
        return _latest_stretch(self.supports)

    def situation(self, aspect: str) -> SituationFact | None:
        """The latest fact of one aspect."""
        line = [fact for fact in self.situations if fact.aspect == aspect]
        return max(line, key=lambda fact: fact.spell.starts or date.min, default=None)


def _latest_stretch(spells: Iterable[Spell]) -> Spell | None:
    stretch: Spell | None = None
    for spell in sorted(spells, key=lambda spell: (spell.starts or date.min, spell.ends or date.max)):
        if stretch is None or (stretch.ends is not None and stretch.ends < (spell.starts or date.min)):
            stretch = spell
        elif stretch.ends is not None and (spell.ends is None or spell.ends > stretch.ends):
            stretch = Spell(stretch.starts, spell.ends)
    return stretch
