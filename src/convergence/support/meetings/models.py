"""Appointments, group sessions and joint support: dated facts about one person each, free words sealed.

``valid`` is the one day of a meeting; joint support runs from the day of the information until it stops.
The compartment of each row says who reads that it exists at all: a psychiatric centre's door is health.
"""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from convergence.access.policies import PersonVersions
from convergence.people.models import Person
from convergence.people.sealed import SealedTextField
from convergence.platform.dated import DatedFact
from convergence.platform.fields import TermField
from convergence.platform.policies import ACTOR, RowPolicy
from convergence.support.meetings.constraints import UnderInformation
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.meetings import AppointmentKind, GroupKind, Outcome

OWN_FEED = f"user_id = {ACTOR}"
_READERS = ["social", "health", "justice"]


class Appointment(DatedFact):
    """Somebody of the team and the person agree to meet, at a moment, somewhere; then what became of it.

    :ivar contact: series of the contact that noting her presence wrote.
    :ivar joint: series of the joint supports under which a meeting with other referents is held.
    """

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="appointments", db_index=False)
    compartment = TermField(max_length=10, choices=Compartment.choices(), default=Compartment.SOCIAL.value)
    kind = TermField(_("sorte de rendez-vous"), max_length=20, choices=AppointmentKind.choices())
    starts_at = models.DateTimeField(_("début"))
    minutes = models.PositiveSmallIntegerField(_("durée"))
    colleague = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.RESTRICT,
        related_name="+",
        db_index=False,
        verbose_name=_("qui y va"),
    )
    agreed = models.BooleanField(_("convenu avec la personne"), default=True)
    place = SealedTextField(verbose_name=_("lieu"))
    purpose = SealedTextField(verbose_name=_("pour quoi"))
    outcome = TermField(max_length=12, blank=True, choices=Outcome.choices())
    result = SealedTextField(verbose_name=_("ce qu’il en ressort"))
    contact = models.UUIDField(null=True, editable=False)
    joint = ArrayField(models.UUIDField(), default=list, blank=True)

    class Meta(DatedFact.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(compartment__in=_READERS), name="appointment_compartment"),
            models.CheckConstraint(
                condition=Q(minutes__range=(5, 720)),
                name="appointment_length",
                violation_error_message=_("Un rendez-vous dure entre 5 minutes et 12 heures."),
            ),
            models.CheckConstraint(
                condition=(Q(kind="joint_meeting") & ~Q(joint=[])) | (~Q(kind="joint_meeting") & Q(joint=[])),
                name="appointment_joint_with_whom",
                violation_error_message=_("Dites avec quels autres référents la rencontre a lieu."),
            ),
            UnderInformation(name="appointment_joint_allowed"),
            PersonVersions(name="appointment"),
        ]
        indexes = [
            models.Index(fields=["person", "-starts_at"], name="appointment_latest"),
            models.Index(
                fields=["colleague", "starts_at"], condition=Q(superseded_at=None), name="appointment_of_colleague"
            ),
        ]

    def __str__(self) -> str:
        return str(AppointmentKind(self.kind).label)


class GroupAttendance(DatedFact):
    """The person was at, or was expected at, something done in a group; rows of one ``gathering`` were typed at once.

    What the group did is written on each row: whoever reads the person's file reads it there, and nobody learns
    from it who else came.
    """

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="group_attendances", db_index=False)
    compartment = TermField(max_length=10, choices=Compartment.choices(), default=Compartment.SOCIAL.value)
    gathering = models.UUIDField()
    kind = TermField(max_length=12, choices=GroupKind.choices())
    title = models.CharField(_("intitulé"), max_length=120)
    minutes = models.PositiveSmallIntegerField(_("durée"))
    colleagues = ArrayField(models.BigIntegerField(), default=list)
    outcome = TermField(max_length=12, choices=Outcome.choices())
    contact = models.UUIDField(null=True, editable=False)

    class Meta(DatedFact.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(compartment__in=["social", "health"]), name="group_compartment"),
            models.CheckConstraint(condition=Q(outcome__in=["came", "absent"]), name="group_outcome"),
            models.CheckConstraint(
                condition=Q(minutes__range=(5, 720)),
                name="group_length",
                violation_error_message=_("Un temps collectif dure entre 5 minutes et 12 heures."),
            ),
            models.UniqueConstraint(
                fields=["person", "gathering"],
                condition=Q(superseded_at=None),
                name="group_once_each",
                violation_error_message=_("Cette personne est déjà notée à ce temps collectif."),
            ),
            PersonVersions(name="group_attendance"),
        ]
        indexes = [
            models.Index(fields=["person", "-valid"], name="group_latest"),
            models.Index(fields=["gathering"], condition=Q(superseded_at=None), name="group_of_gathering"),
            GinIndex(fields=["colleagues"], condition=Q(superseded_at=None), name="group_of_colleagues"),
        ]

    def __str__(self) -> str:
        return self.title


class JointSupport(DatedFact):
    """The person was told that the team speaks with one of her other referents, and did not object, or did.

    :ivar referent: series of the outside referent.
    :ivar discussed: compartments that are spoken of with this referent.
    :ivar words: in which words she was told.
    :ivar objected_on: from that day on nothing is said any more.
    """

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="joint_supports")
    compartment = TermField(max_length=10, choices=Compartment.choices())
    referent = models.UUIDField()
    discussed = ArrayField(models.CharField(max_length=10))
    informed_on = models.DateField(_("informée le"))
    informed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, related_name="+", db_index=False
    )
    words = SealedTextField(verbose_name=_("dans quels mots"))
    objected_on = models.DateField(_("s’oppose depuis le"), null=True, blank=True)
    objection = SealedTextField(verbose_name=_("ce qu’elle a dit"))

    class Meta(DatedFact.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(compartment__in=_READERS), name="joint_compartment"),
            models.CheckConstraint(
                condition=~Q(discussed=[]) & Q(discussed__contained_by=["work", "social", "health", "justice"]),
                name="joint_says_what_is_discussed",
                violation_error_message=_("Dites de quoi il est parlé avec ce référent."),
            ),
            models.CheckConstraint(
                condition=Q(words__isnull=False),
                name="joint_after_information",
                violation_error_message=_("Écrivez dans quels mots la personne a été informée."),
            ),
            models.CheckConstraint(
                condition=Q(objected_on=None) | Q(objected_on__gte=F("informed_on")),
                name="joint_objection_after_information",
                violation_error_message=_("L’opposition ne peut pas précéder l’information."),
            ),
            ExclusionConstraint(
                name="joint_once_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("referent", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(superseded_at=None),
                violation_error_message=_("Cette information est déjà notée pour ce référent à ces dates."),
            ),
            PersonVersions(name="joint_support"),
        ]


class CalendarFeed(models.Model):
    """The secret address at which somebody's calendar program reads her appointments; only its digest is kept."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="calendar_feed"
    )
    digest = models.BinaryField(max_length=32, unique=True)
    made_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            RowPolicy(name="calendar_feed", read=OWN_FEED, insert=OWN_FEED, update=OWN_FEED, delete=OWN_FEED)
        ]


class ReminderSent(models.Model):
    """Somebody was reminded by e-mail of a day's appointments: once for each day. Written by ``support_remind()``."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "day"], name="reminder_once"),
            RowPolicy(name="reminder_sent"),
        ]
