"""The three clocks of a path on a day: how long each has left, and which binds first."""

from dataclasses import dataclass
from datetime import date

from convergence.rules.contract_clocks import cddi_clock, convergence_clock
from convergence.rules.pass_clock import Clock, PassClock, pass_clock
from convergence.rules.path import Contract, Path
from convergence.vocabulary.contracts import ContractKind
from convergence.vocabulary.decisions import ClockName


@dataclass(frozen=True, slots=True)
class Reading:
    """What the clocks of a path show on a day.

    :param contract: the work-integration contract under way, or the last one begun.
    """

    on: date
    pass_iae: PassClock | None
    cddi: Clock | None
    convergence: Clock | None
    contract: Contract | None

    @property
    def clocks(self) -> tuple[Clock, ...]:
        return tuple(clock for clock in (self.pass_iae, self.cddi, self.convergence) if clock is not None)

    @property
    def binds(self) -> Clock | None:
        """The clock that ends first, of those that run: PASS before CDDI before Convergence on the same day.

        For somebody under contract in a CDI inclusion only the PASS counts; the CDDI binds whoever is in a CDDI.
        """
        running = [clock for clock in self.clocks if clock.running and clock.last_day is not None]
        return min(running, key=lambda clock: (clock.last_day or date.max, _RANK[clock.name]), default=None)

    @property
    def term(self) -> date | None:
        """The last day of the contract under way, where it is known and not over."""
        if self.contract is None or self.contract.last_day is None or self.contract.last_day < self.on:
            return None
        return self.contract.last_day

    @property
    def in_cddi(self) -> bool:
        return self.contract is not None and self.contract.kind is ContractKind.CDDI


_RANK = {name: rank for rank, name in enumerate(ClockName)}


def read(path: Path, on: date) -> Reading:
    """The three clocks on a day. The same facts in another order read the same."""
    return Reading(
        on=on,
        pass_iae=pass_clock(path, on),
        cddi=cddi_clock(path, on),
        convergence=convergence_clock(path, on),
        contract=path.contract_on(on),
    )
