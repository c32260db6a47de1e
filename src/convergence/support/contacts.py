"""Recording that somebody met, called or wrote to the person, or tried to."""

from datetime import date, timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from convergence.people.models import Person
from convergence.platform.dated import hold, withdraw
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.support.models import Contact
from convergence.vocabulary.contacts import ContactKind


@transaction.atomic
def record_contact(
    person_id: int, kind: str, on: date, *, actor_id: int | None, today: date, source: str = "screen"
) -> Contact:
    """Record one contact on a day. A call without an answer noted twice by the same person on one day is one.

    :raises Refused: unknown kind, or a day to come.
    """
    if not ContactKind.has(kind):
        raise Refused(_("Choisissez une sorte de contact dans la liste."))
    if on > today:
        raise Refused(_("La date est dans le futur : notez un contact le jour où il a lieu."))
    day = DateRange(on, on + timedelta(days=1))
    if kind == ContactKind.CALL_NO_ANSWER:
        # Two taps at once: the second waits here, then finds what the first one wrote.
        hold(person_id)
        noted = Contact.objects.current().filter(person_id=person_id, kind=kind, valid=day, recorded_by_id=actor_id)
        already = noted.first()
        if already is not None:
            return already
    contact = Contact(person_id=person_id, kind=kind, valid=day, source=source)
    contact.save(force_insert=True)
    return contact


def undo_contact(person: Person, contact_id: int, *, actor_id: int | None) -> Contact:
    """Withdraw a contact that the actor recorded by mistake; its line stays in the history.

    :raises Refused: it is not hers, or is no longer there.
    """
    contact = Contact.objects.current().filter(person=person, pk=contact_id).first()
    if contact is None:
        raise ChangedMeanwhile(_("Ce contact n’est plus dans le dossier."))
    if contact.recorded_by_id != actor_id:
        raise Refused(_("Un contact se retire par la personne qui l’a noté."))
    withdraw(contact)
    return contact


def latest_contacts(person_id: int) -> "QuerySet[Contact]":
    """The contacts that the actor reads, tries included, the latest first."""
    return Contact.objects.current().filter(person_id=person_id).order_by("-valid", "-recorded_at")
