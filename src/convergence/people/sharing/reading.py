"""The agreements of a person, as her page lists them."""

from uuid import UUID

from convergence.people.sharing.models import Sharing
from convergence.vocabulary.domains import Domain


def agreements_of(person_id: int) -> list[Sharing]:
    """All that she ever agreed to share, the latest first, those withdrawn included."""
    return list(Sharing.objects.current().filter(person_id=person_id).order_by("-agreed_on", "-pk"))


def standing_with_officers(person_id: int, territory_id: int, domain: Domain) -> Sharing | None:
    """The agreement by which whoever covers this domain on the territory reads her name."""
    return (
        Sharing.objects.current()
        .filter(person_id=person_id, territory_id=territory_id, domain=domain.value, withdrawn_on=None)
        .first()
    )


def standing_with_partner(referral: UUID) -> Sharing | None:
    """The agreement by which the partner of a referral reads what is shared there."""
    return Sharing.objects.current().filter(referral=referral, withdrawn_on=None).first()
