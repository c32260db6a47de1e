"""Correcting who a person is: names and civil status are versions, the earlier ones stay readable."""

from django.db import transaction
from django.utils.translation import gettext as _

from convergence.people.entry import Newcomer
from convergence.people.models import CivilStatus, PersonName
from convergence.platform.dated import hold, revise
from convergence.platform.errors import ChangedMeanwhile

CIVIL_FIELDS = ("sex", "birth_year", "birth_month", "birth_day", "languages", "phone", "email")


def version_of(name: PersonName | None, civil: CivilStatus | None) -> str:
    """The version that this usual name and this civil status make together."""
    return f"{name.pk if name else ''}-{civil.pk if civil else ''}"


def identity_version(person_id: int) -> str:
    """What a form shows as the running version of somebody's identity: changes with every correction."""
    name = PersonName.objects.current().filter(person_id=person_id, kind="usual").first()
    return version_of(name, CivilStatus.objects.current().filter(person_id=person_id).first())


@transaction.atomic
def correct_identity(person_id: int, corrected: Newcomer, seen_version: str) -> None:
    """Replace what differs in the usual name and the civil status.

    :param seen_version: ``identity_version`` when the form was shown.
    :raises ChangedMeanwhile: somebody corrected the identity since.
    """
    hold(person_id)
    if identity_version(person_id) != seen_version:
        raise ChangedMeanwhile(
            _("Quelqu’un a corrigé cette identité pendant que vous écriviez : relisez avant d’enregistrer.")
        )
    name = PersonName.objects.current().filter(person_id=person_id, kind="usual").first()
    said = {"given_name": corrected.given_name, "family_name": corrected.family_name}
    if name is None:
        PersonName.objects.create(person_id=person_id, **said)
    elif {field: getattr(name, field) for field in said} != said:
        revise(name, **said)
    wanted = {field: getattr(corrected, field) for field in CIVIL_FIELDS}
    civil = CivilStatus.objects.current().filter(person_id=person_id).first()
    if civil is None:
        CivilStatus.objects.create(person_id=person_id, **wanted)
    elif any(getattr(civil, field) != value for field, value in wanted.items()):
        revise(civil, **wanted)
