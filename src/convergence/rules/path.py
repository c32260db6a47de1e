"""The facts of one path, as the clocks read them: contracts, PASS, decisions, and what opens a right to extend.

Days are the first and the last, both included, as contracts and letters say them. Order never counts.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from convergence.rules.periods import Period
from convergence.vocabulary.contracts import ContractKind, Programme
from convergence.vocabulary.decisions import Approver, DecisionState, DerogationKind
from convergence.vocabulary.extensions import ExtensionMotive, SuspensionReason
from convergence.vocabulary.structures import EmployerKind

STRUCTURE_OF = {
    ContractKind.CDDI: EmployerKind.ACI,
    ContractKind.CDI_INCLUSION: EmployerKind.ACI,
    ContractKind.EI: EmployerKind.EI,
    ContractKind.ETTI: EmployerKind.ETTI,
    ContractKind.AI: EmployerKind.AI,
}
"""The kind of structure that a contract is signed with, for those of work integration; the scheme's sites are ACI."""

KIND_OF = {
    EmployerKind.ACI: ContractKind.CDDI,
    EmployerKind.EI: ContractKind.EI,
    EmployerKind.ETTI: ContractKind.ETTI,
    EmployerKind.AI: ContractKind.AI,
}
"""The fixed-term contract of work integration that each kind of structure signs."""

COUNTED = frozenset({ContractKind.CDDI, ContractKind.EI, ContractKind.ETTI, ContractKind.AI})
"""Contracts whose days count in the sixty months of Convergence; a CDI inclusion is an exit (domain.md §5)."""


@dataclass(frozen=True, slots=True)
class Contract:
    """A work contract as signed, renewals apart: each is its own contract that begins the day after.

    :param last_day: as amended; None where it is open-ended, or not known.
    :param employer: any key that tells employers apart; never shown.
    :param recruited_directly: the site recruited the person itself, without a prescriber's diagnosis.
    :param exempt_from_minimum: may be shorter than the least length. The reason is not a fact of work: it stays out.
    """

    kind: ContractKind
    first_day: date
    last_day: date | None = None
    employer: str = ""
    programme: Programme = Programme.NONE
    weekly_hours: Decimal | None = None
    recruited_directly: bool = False
    exempt_from_minimum: bool = False

    @property
    def period(self) -> Period:
        return Period(self.first_day, self.last_day)

    @property
    def structure(self) -> EmployerKind:
        return STRUCTURE_OF.get(self.kind, EmployerKind.ORDINARY)


@dataclass(frozen=True, slots=True)
class Suspension:
    """A stretch during which the PASS does not run. Only the PASS: a contract still ends at its term."""

    first_day: date
    last_day: date
    reason: SuspensionReason = SuspensionReason.CONTRACT_SUSPENDED
    declared_on: date | None = None

    @property
    def period(self) -> Period:
        return Period(self.first_day, self.last_day)


@dataclass(frozen=True, slots=True)
class Extension:
    """A decision on the PASS, asked for, granted or refused: so many days from its end on.

    :param notified_on: the day from which the refusal is known for certain to the structure and the person.
    """

    motive: ExtensionMotive
    days: int
    state: DecisionState = DecisionState.GRANTED
    asked_on: date | None = None
    decided_on: date | None = None
    notified_on: date | None = None

    @property
    def granted(self) -> bool:
        return self.state is DecisionState.GRANTED


@dataclass(frozen=True, slots=True)
class Pass:
    """A PASS IAE with what shifts its end.

    :param official_last_day: what the State's tool says, where somebody read it there, and ``official_seen_on`` when.
    :param ended_on: the day on which it was ended after twelve months of suspension.
    """

    first_day: date
    suspensions: tuple[Suspension, ...] = ()
    extensions: tuple[Extension, ...] = ()
    official_last_day: date | None = None
    official_seen_on: date | None = None
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class Renewal:
    """A decision that lets a CDDI go on beyond twenty-four months, up to a day."""

    motive: ExtensionMotive
    last_day: date
    state: DecisionState = DecisionState.GRANTED
    asked_on: date | None = None
    decided_on: date | None = None
    approver: Approver = Approver.AUTHORISED_PRESCRIBER

    @property
    def granted(self) -> bool:
        return self.state is DecisionState.GRANTED


@dataclass(frozen=True, slots=True)
class Derogation:
    """Leave to work less than the least number of hours."""

    kind: DerogationKind
    first_day: date
    last_day: date

    @property
    def period(self) -> Period:
        return Period(self.first_day, self.last_day)


@dataclass(frozen=True, slots=True)
class Path:
    """One stay in the scheme.

    :param disabled_worker: when the quality of disabled worker (RQTH) is recognised.
    :param trainings: training under way, which a PASS or a CDDI may be extended to complete.
    :param ends_on: the last day of the path, once its end is noted.
    """

    contracts: tuple[Contract, ...] = ()
    passes: tuple[Pass, ...] = ()
    renewals: tuple[Renewal, ...] = ()
    derogations: tuple[Derogation, ...] = ()
    born_on: date | None = None
    disabled_worker: tuple[Period, ...] = ()
    trainings: tuple[Period, ...] = ()
    ends_on: date | None = None

    def pass_on(self, day: date) -> Pass | None:
        """The PASS that counts on a day: the latest begun, or the first to come."""
        begun = [one for one in self.passes if one.first_day <= day]
        if begun:
            return max(begun, key=lambda one: one.first_day)
        return min(self.passes, key=lambda one: one.first_day, default=None)

    def contract_on(self, day: date) -> Contract | None:
        """The work-integration contract under way, or the last one begun before; a CDI inclusion is one."""
        begun = [contract for contract in self.contracts if contract.first_day <= day and contract.kind in STRUCTURE_OF]
        return max(begun, key=lambda contract: (contract.period.end, contract.first_day, contract.kind), default=None)
