"""Recording that a person agrees to share, and that she no longer does: the second takes effect at once."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from convergence.people.sharing.models import Sharing
from convergence.platform.dated import hold, revise
from convergence.platform.errors import Refused
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.conferences import AgreementHow
from convergence.vocabulary.domains import Domain
from convergence.vocabulary.sharing import Recipient, SharingPurpose

LONGEST = 1000


@transaction.atomic
def agree(
    person_id: int,
    domain: Domain,
    how: str,
    explained: str,
    on: date,
    *,
    territory_id: int | None = None,
    referral: UUID | None = None,
    today: date,
) -> Sharing:
    """Note that the person agrees: with the officers of a territory, or with the partner of one referral.

    An agreement that stands already is returned as it is.

    :raises Refused: no way of agreeing, nothing explained, or a day to come.
    """
    if not AgreementHow.has(how):
        raise Refused(_("Dites comment la personne a donné son accord."))
    if on > today:
        raise Refused(_("La date de l’accord est dans le futur : notez-le le jour venu."))
    told = explained.replace("\x00", "").strip()
    if not told:
        raise Refused(_("Dites en quelques mots ce qui a été expliqué à la personne."))
    if len(told) > LONGEST:
        raise Refused(_("Ce texte est trop long : %(most)s caractères au plus.") % {"most": LONGEST})
    hold(person_id)
    recipient = Q(("territory_id", territory_id), ("referral", referral))
    standing = Sharing.objects.current().filter(recipient, person_id=person_id, domain=domain.value, withdrawn_on=None)
    already = standing.first()
    if already is not None:
        return already
    sharing = Sharing(
        person_id=person_id,
        compartment=compartment_of(domain).value,
        purpose=SharingPurpose.REFERRAL.value,
        recipient=(Recipient.PARTNER if referral else Recipient.OFFICERS).value,
        territory_id=territory_id,
        referral=referral,
        domain=domain.value,
        agreed_on=on,
        how=how,
        explained=told,
    )
    sharing.save(force_insert=True)
    return sharing


@transaction.atomic
def withdraw_agreement(sharing: Sharing, today: date) -> Sharing:
    """The person takes her agreement back: from this moment on the recipient reads nothing more by it.

    :raises Refused: it is withdrawn already.
    """
    hold(sharing.person_id)
    standing = Sharing.objects.current().filter(series=sharing.series).first()
    if standing is None or standing.withdrawn_on is not None:
        raise Refused(_("Cet accord est déjà retiré."))
    return revise(standing, withdrawn_on=max(today, standing.agreed_on))


def compartment_of(domain: Domain) -> Compartment:
    """Who of the team keeps what is shared in a domain."""
    return Compartment.HEALTH if domain in (Domain.HEALTH, Domain.DISABILITY) else Compartment.SOCIAL
