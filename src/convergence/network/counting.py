"""How many places are free now, from what was said and what is held since: plain arithmetic, without the database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Said:
    """The last figure said: free places, the day, and the moment it was recorded."""

    free: int | None
    on: date
    at: datetime
    full_until: date | None = None


@dataclass(frozen=True)
class Held:
    """A place held for a referral; ``firm`` once the partner accepted, since the day ``on``."""

    firm: bool
    on: date
    at: datetime


@dataclass(frozen=True)
class Places:
    """What one may say of an offer's places on a day.

    :ivar said: free places as said, or None where nobody said.
    :ivar held: places held that the figure does not count yet.
    :ivar stale: the figure is older than its shelf life, or it said "full until" a day that has come.
    """

    said: int | None
    held: int
    stale: bool = False

    @property
    def known(self) -> bool:
        """Whether a figure stands that one may rely on."""
        return self.said is not None and not self.stale

    @property
    def free(self) -> int | None:
        """Places free now; None where it is not known, or is to be asked again. Never below zero."""
        return max(0, (self.said or 0) - self.held) if self.known else None


def counted(said: Said | None, held: Iterable[Held], *, good_until: date | None, on: date) -> Places:
    """What stands of a figure on a day.

    A place proposed is counted as taken whatever its date: the partner does not know of it yet, or has not answered.
    One that the partner accepted is in the figures that it said afterwards, and is counted until then; where nobody
    ever said a figure there is no "then", and what the partner took long ago is not told as held for ever.

    :param good_until: the last day on which the figure is relied on.
    """
    if said is None or said.free is None:
        return Places(None, sum(1 for place in held if not place.firm))
    taken = sum(1 for place in held if not place.firm or (place.on, place.at) > (said.on, said.at))
    past_full = said.full_until is not None and on > said.full_until
    stale = past_full or (said.full_until is None and good_until is not None and on > good_until)
    return Places(said.free, taken, stale)
