"""Tables of the platform: forms already received, slow work, letters to send."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from convergence.platform.fields import TermField
from convergence.platform.policies import ACTOR, OWN_ROW, SIGNED_IN, RowPolicy


class Submission(models.Model):
    """A form already received: its one-use token, and the address that its first sending led to."""

    token = models.UUIDField(primary_key=True)
    actor_id = models.BigIntegerField()
    received_at = models.DateTimeField(auto_now_add=True)
    location = models.TextField()

    class Meta:
        constraints = [
            RowPolicy(
                name="submission",
                read=OWN_ROW,
                insert=f"{SIGNED_IN} AND actor_id = {ACTOR}",
                update=OWN_ROW,
                update_columns=["location"],
            )
        ]


class Job(models.Model):
    """Slow work that somebody asked for, with its visible progress; args and results hold ids and counts only."""

    class State(models.TextChoices):
        WAITING = "waiting", _("en attente")
        RUNNING = "running", _("en cours")
        DONE = "done", _("terminé")
        FAILED = "failed", _("arrêté")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind = models.CharField(max_length=40)
    actor_id = models.BigIntegerField()
    arguments = models.JSONField(default=dict)
    state = TermField(max_length=8, choices=State.choices, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    sentence = models.CharField(max_length=400, blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RowPolicy(
                name="job",
                read=OWN_ROW,
                insert=f"{SIGNED_IN} AND actor_id = {ACTOR}",
                update=OWN_ROW,
                update_columns=["state", "sentence", "ended_at"],
            )
        ]


class OutgoingMail(models.Model):
    """An e-mail written in the transaction that caused it, sent by a job after the commit, then emptied.

    :ivar about: what caused it, as ``kind:id`` without anything personal; whoever did is told where it cannot be
        delivered. :ivar refused_on: day on which its address was given up.
    """

    about = models.CharField(max_length=60, default="", blank=True)
    refused_on = models.DateField(null=True)
    sealed = models.BinaryField(null=True)
    written_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    try_after = models.DateTimeField(auto_now_add=True)

    class Meta:
        # Whoever causes a mail may be nobody yet (a forgotten password); only the worker reads it back.
        constraints = [RowPolicy(name="outgoing_mail", insert="true")]
