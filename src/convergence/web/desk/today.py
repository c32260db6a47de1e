"""What referrals ask of the actor on *Today*: her own next step, and others' that is late."""

from typing import Any

from convergence.network.policies import KEEPERS
from convergence.referrals.models import Referral
from convergence.referrals.shown import shown
from convergence.referrals.waiting import Waiting, open_referrals, standing, waiting
from convergence.territories.identity import Identity
from convergence.vocabulary.referrals import Holder, ReferralState
from convergence.web.rules import CARE
from convergence.web.today.lines import followed_by

MOST = 6


def today_section(identity: Identity) -> dict[str, Any]:
    """Referrals that ask for the actor's attention, late ones first; five queries at most."""
    asking: list[Waiting] = []
    kept = identity.territory_ids(*KEEPERS)
    if kept:
        found = waiting(open_referrals(kept), identity.today, with_officer=True)
        asking += [each for each in found if each.late or each.holder is Holder.OFFICER]
    if identity.user is not None and identity.holds(*CARE):
        already = {each.line.referral.pk for each in asking}
        hers = standing(Referral.objects.filter(person_id__in=followed_by(identity.user, identity.today)))
        asking += [
            each
            for each in waiting(hers, identity.today, with_officer=None)
            if each.line.referral.pk not in already and (each.late or _hers(each))
        ]
    if not asking:
        return {}
    return {
        "referrals": shown(asking[:MOST], page=""),
        "more_referrals": len(asking[MOST:]),
        "keeps_network": bool(kept),
    }


def _hers(each: Waiting) -> bool:
    """Whether the team holds the next step; what has begun is followed at its own pace."""
    return each.holder is Holder.COUNSELLOR and each.line.referral.state != ReferralState.STARTED
