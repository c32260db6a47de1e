"""The person's own key: made when she enters, unwrapped for the length of one transaction, destroyed at erasure."""

from django.db import models
from django.utils.translation import gettext as _

from convergence.access.policies import PersonRows
from convergence.platform.errors import Refused
from convergence.platform.identity import remembered
from convergence.platform.sealing import new_key, unwrap, wrap


class KeyDestroyed(Refused):
    """The person's key was destroyed: her words no longer exist."""


class PersonKey(models.Model):
    """A person's key under the master key; emptied when destroyed, and the row stays as the proof of it."""

    person = models.OneToOneField(
        "people.Person", on_delete=models.RESTRICT, primary_key=True, related_name="sealing_key"
    )
    wrapped = models.BinaryField(null=True)
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [PersonRows(name="person_key", compartment="identity")]


def make_key(person_id: int) -> None:
    PersonKey.objects.create(person_id=person_id, wrapped=wrap(new_key(), person_id))


def bring_key(person_id: int, wrapped: bytes | memoryview | None) -> None:
    """Say what was read of the person's key with something else; it is opened if a text is, and not asked for again."""
    remembered("wrapped_keys")[person_id] = wrapped


def key_of(person_id: int) -> bytes:
    """The unwrapped key, remembered for as long as the identity that opened it.

    :raises KeyDestroyed: erased, or not reachable by the one who asks.
    """
    ring = remembered("person_keys")
    if person_id not in ring:
        brought = remembered("wrapped_keys")
        if person_id not in brought:
            row = PersonKey.objects.filter(person_id=person_id).first()
            bring_key(person_id, row.wrapped if row else None)
        if brought[person_id] is None:
            raise KeyDestroyed(_("Les écrits de cette personne ont été effacés."))
        ring[person_id] = unwrap(bytes(brought[person_id]), person_id)
    key: bytes = ring[person_id]
    return key
