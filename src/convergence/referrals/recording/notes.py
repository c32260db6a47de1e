"""A message about a referral, sealed under the person's key."""

from datetime import date

from django.utils.translation import gettext as _

from convergence.platform.errors import Refused
from convergence.referrals.models import Referral, ReferralNote
from convergence.rules.referrals import Side
from convergence.vocabulary.referrals import Audience

LONGEST = 2000


def note(referral: Referral, words: str, side: Side, audience: Audience, today: date) -> None:
    """Write a message; the partner reads those whose audience it is.

    :raises Refused: nothing written, or too much.
    """
    kept = words.replace("\x00", "").strip()
    if not kept:
        raise Refused(_("Écrivez un message."))
    if len(kept) > LONGEST:
        raise Refused(_("Ce message est trop long : %(most)s caractères au plus.") % {"most": LONGEST})
    said = ReferralNote(
        person_id=referral.person_id,
        compartment=referral.compartment,
        referral=referral.series,
        side=side.value,
        audience=audience.value,
        words=kept,
        noted_on=today,
    )
    said.save(force_insert=True)
