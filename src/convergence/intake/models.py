"""A list on its way in, the columns that somebody chose before, and the identifiers that other systems give people."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from convergence.access.policies import PersonVersions
from convergence.people.models import Person
from convergence.platform.dated import Version
from convergence.platform.models import Job
from convergence.platform.policies import ACTOR, OWN_ROW, SIGNED_IN, RowPolicy
from convergence.territories.models import Operator, Site

_OWN_INSERT = f"{SIGNED_IN} AND actor_id = {ACTOR}"


class Import(models.Model):
    """One list, from its upload to its result; only the one who uploaded it sees it.

    What comes from the file is sealed under a key of its own (``holding``), destroyed at the end or after a week.
    ``decisions`` and ``counts`` hold row numbers, ids and numbers only.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    actor_id = models.BigIntegerField()
    site = models.ForeignKey(Site, on_delete=models.RESTRICT, related_name="+", verbose_name=_("chantier"))
    uploaded_at = models.DateTimeField(auto_now_add=True)
    wrapped_key = models.BinaryField(null=True)
    file = models.BinaryField(null=True)
    about = models.BinaryField(null=True)
    plan = models.BinaryField(null=True)
    returned = models.BinaryField(null=True)
    decisions = models.JSONField(default=dict)
    job = models.ForeignKey(Job, on_delete=models.RESTRICT, null=True, related_name="+")
    counts = models.JSONField(default=dict)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["actor_id", "-uploaded_at"], name="import_of_actor")]
        constraints = [RowPolicy(name="import", read=OWN_ROW, insert=_OWN_INSERT, update=OWN_ROW, delete=OWN_ROW)]

    @property
    def source(self) -> str:
        """What the facts that it writes give as their source."""
        return f"import:{self.pk.hex}"


class ColumnMemory(models.Model):
    """The mapping that a user settled on for files with the same titles; sealed, since a title may be anything."""

    actor_id = models.BigIntegerField()
    signature = models.CharField(max_length=64)
    sealed = models.BinaryField()
    used_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["actor_id", "signature"], name="column_memory_once"),
            RowPolicy(name="column_memory", read=OWN_ROW, insert=_OWN_INSERT, update=OWN_ROW, delete=OWN_ROW),
        ]


class ExternalIdentifier(Version):
    """The number by which an operator's own list knows a person; she may have several."""

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="external_identifiers")
    operator = models.ForeignKey(Operator, on_delete=models.RESTRICT, related_name="+")
    value = models.CharField(_("identifiant interne"), max_length=200)

    class Meta(Version.Meta):
        constraints = [
            # Not once for an operator: that would tell that somebody hidden has this number.
            models.UniqueConstraint(
                fields=["person", "operator", "value"],
                condition=models.Q(superseded_at=None),
                name="external_identifier_once",
            ),
            PersonVersions(name="external_identifier", compartment="contact", supporting=True),
        ]
