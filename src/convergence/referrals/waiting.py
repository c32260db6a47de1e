"""Referrals that wait for somebody, as whoever reads them finds them on her desk: the longest waiting first."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date

from django.db.models import Exists, F, OuterRef, QuerySet

from convergence.people.models import Sharing
from convergence.referrals.models import ENTERED, Referral
from convergence.referrals.reading import ReferralLine
from convergence.rules.referrals import FINAL, lapses_on, next_step
from convergence.rules.terms import Terms, usual
from convergence.vocabulary.referrals import Holder, ReferralState

MOST = 500
"""Referrals read at once: an officer or a counsellor never follows as many."""
STANDING = ("state", *{*ENTERED.values()}, "full_until", "appointment_at", "confirmed_on", "undelivered_on")
"""What of a referral tells where it stands: all that is read of those that no page shows."""


@dataclass(frozen=True)
class Waiting:
    """A referral that stands, whose turn it is, and for how many days.

    :ivar late: it waits since as many days as a partner is given before it is reminded.
    :ivar name: how the person is called, where that was asked for (``referrals.shown``).
    """

    line: ReferralLine
    days: int
    late: bool
    name: str = ""

    @property
    def holder(self) -> Holder:
        return self.line.step.holder


def standing(rows: "QuerySet[Referral]") -> "QuerySet[Referral]":
    """Those that are not over."""
    states = [state.value for state in ReferralState if state not in FINAL]
    return rows.filter(superseded_at=None, state__in=states)


def open_referrals(territory_ids: Collection[int]) -> "QuerySet[Referral]":
    """Referrals of these territories that are not over, as far as the actor reads."""
    return standing(Referral.objects.filter(territory_id__in=territory_ids))


def waiting(rows: "QuerySet[Referral]", today: date, *, with_officer: bool | None) -> list[Waiting]:
    """Whose turn it is in each of these, late ones first; one query, that carries the terms of their territory.

    :param with_officer: they are read because the person agreed that the officers look for places; None asks each.
    """
    agreed = Sharing.objects.current().filter(
        person=OuterRef("person"),
        territory=OuterRef("territory"),
        domain=OuterRef("domain"),
        recipient="officers",
        withdrawn_on=None,
    )
    found = rows if with_officer is not None else rows.annotate(shared=Exists(agreed))
    own_terms = {f"own_{name}": F(f"territory__referral_terms__{name}") for name in Terms.__dataclass_fields__}
    found, common = found.annotate(**own_terms), usual(today)
    listed = []
    for row in found.only("territory_id", *STANDING).order_by("opened_on", "pk")[:MOST]:
        own = Terms(*(getattr(row, f"own_{name}") or days for name, days in asdict(common).items()))
        shared = getattr(row, "shared", False) if with_officer is None else with_officer
        stands = row.standing(with_officer=shared)
        line = ReferralLine(row, next_step(stands, today), shared, lapses_on(stands, own))
        days = (today - since(row, today)).days
        listed.append(Waiting(line, days, days >= own.reminder_days and _asks(line)))
    return sorted(listed, key=lambda each: (not each.late, -each.days, each.line.referral.pk))


def since(referral: Referral, today: date) -> date:
    """From when the holder of the next step is waited for: the state's first day, or the end of « full until »."""
    if referral.state == ReferralState.WAITING_LIST and referral.full_until and referral.full_until < today:
        return referral.full_until
    return referral.since


def _asks(line: ReferralLine) -> bool:
    """Whether time presses on the holder: what has begun is followed at its own pace."""
    return line.referral.state != ReferralState.STARTED and line.step.holder is not Holder.NOBODY
