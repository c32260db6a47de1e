"""Contacts, notes and needs are facts; alerts follow from facts and can be thrown away and made anew.

The start of a site says from which day on "known on" is to the day, and counts what was known that day.
"""

from functools import reduce
from operator import or_

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from convergence.access.policies import PersonRows, PersonVersions
from convergence.people.models import Person
from convergence.people.sealed import SealedTextField
from convergence.platform.dated import DatedFact, Version
from convergence.platform.fields import TermField
from convergence.platform.policies import SIGNED_IN, RowPolicy, VersionRows
from convergence.support.after.models import ExtendedSupport, FollowUp, ThirdParty, ThirdPartyWarning
from convergence.support.conferences.models import Conference, ConferenceDecision, Discussion
from convergence.support.documents.models import Document, DocumentPiece
from convergence.support.funds.models import FundAnswer
from convergence.support.goals.models import Action, Goal
from convergence.support.meetings.models import Appointment, CalendarFeed, GroupAttendance, JointSupport, ReminderSent
from convergence.support.rights.models import RightAct
from convergence.territories.models import CARES_AT_SITE, Site
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.contacts import ContactKind
from convergence.vocabulary.missing import Missing
from convergence.vocabulary.needs import NEEDS_BY_COMPARTMENT

__all__ = [
    "Action",
    "Alert",
    "Appointment",
    "CalendarFeed",
    "Conference",
    "ConferenceDecision",
    "Contact",
    "Discussion",
    "Document",
    "DocumentPiece",
    "ExtendedSupport",
    "FollowUp",
    "FundAnswer",
    "Goal",
    "GroupAttendance",
    "JointSupport",
    "Need",
    "Note",
    "ReminderSent",
    "RightAct",
    "SiteStart",
    "SiteStartCount",
    "ThirdParty",
    "ThirdPartyWarning",
]


class Contact(DatedFact):
    """Somebody met, called or wrote to the person, or tried to; ``valid`` is that one day."""

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="contacts", db_index=False)
    kind = TermField(max_length=24, choices=ContactKind.choices())

    class Meta(DatedFact.Meta):
        constraints = [PersonVersions(name="contact", compartment="social")]
        indexes = [models.Index(fields=["person", "-valid"], name="contact_latest")]

    def __str__(self) -> str:
        return str(ContactKind(self.kind).label)


class Note(DatedFact):
    """A few words about the person, sealed; the compartment says who reads them. ``valid`` is the day they tell of."""

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="notes", db_index=False)
    compartment = TermField(
        _("qui peut la lire"), max_length=10, choices=Compartment.choices(), default=Compartment.SOCIAL
    )
    body = SealedTextField(verbose_name=_("note"))

    class Meta(DatedFact.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(body__isnull=False),
                name="note_not_empty",
                violation_error_message=_("Écrivez quelques mots."),
            ),
            models.CheckConstraint(
                condition=Q(compartment__in=["work", "social", "health", "justice"]), name="note_compartment"
            ),
            PersonVersions(name="note"),
        ]
        indexes = [models.Index(fields=["person", "-valid"], name="note_latest")]


class Need(DatedFact):
    """How urgent one of the person's needs was at a review: 0 no difficulty … 4 first to deal with, or missing."""

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="needs")
    compartment = TermField(max_length=10, choices=Compartment.choices())
    need = models.CharField(max_length=40)
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    missing = TermField(max_length=24, blank=True, choices=Missing.choices())
    reason = SealedTextField(verbose_name=_("pourquoi"))

    class Meta(DatedFact.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(level__isnull=False, level__range=(0, 4), missing="")
                | (Q(level__isnull=True) & ~Q(missing="")),
                name="need_level_or_missing",
                violation_error_message=_("Choisissez un niveau de 0 à 4, ou dites pourquoi il n’est pas connu."),
            ),
            models.CheckConstraint(
                condition=reduce(
                    or_,
                    (
                        Q(compartment=compartment.value, need__in=needs)
                        for compartment, needs in NEEDS_BY_COMPARTMENT.items()
                    ),
                ),
                name="need_in_its_compartment",
                violation_error_message=_("Ce besoin n’existe pas."),
            ),
            ExclusionConstraint(
                name="need_one_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("need", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(superseded_at=None),
                violation_error_message=_("Ce besoin a déjà été évalué ce jour-là."),
            ),
            PersonVersions(name="need"),
        ]


class StandingAlerts(models.Manager["Alert"]):
    """Those of people who are alive."""

    def get_queryset(self) -> models.QuerySet["Alert"]:
        return super().get_queryset().filter(set_aside=False)


class Alert(models.Model):
    """Something will ask for somebody's attention from ``begins_on`` on; made anew whenever facts change.

    Each kind follows from facts of one compartment, so that whoever may write there can make it anew.
    ``about`` holds codes and dates, enough to say the sentence; never words. ``colleague``: who does it, where
    it asks for one colleague's attention.

    :ivar set_aside: the end of her path says that she died. The database sets it as that end is noted or turned back,
        by whoever writes it, whichever compartments she writes.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="alerts", db_index=False)
    compartment = TermField(max_length=10, choices=Compartment.choices())
    kind = models.CharField(max_length=40)
    begins_on = models.DateField()
    due_on = models.DateField()
    colleague = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.RESTRICT, related_name="+", db_index=False
    )
    about = models.JSONField(default=dict)
    set_aside = models.BooleanField(db_default=False, editable=False)

    objects = StandingAlerts()
    stored = models.Manager["Alert"]()

    class Meta:
        constraints = [PersonRows(name="alert", derived=True)]
        indexes = [
            models.Index(fields=["person", "begins_on"], name="alert_begins"),
            # Today asks for what one colleague is to do, whoever it is about.
            models.Index(
                fields=["colleague", "begins_on"], condition=Q(colleague__isnull=False), name="alert_of_colleague"
            ),
        ]


class SiteStart(Version):
    """The day from which a site keeps its files here as they change: before it, "known on" means "known at import".

    Written by ``support_record_start()`` only, with the counts of that day.
    """

    site = models.ForeignKey(Site, on_delete=models.RESTRICT, related_name="starts")
    started_on = models.DateField()

    class Meta(Version.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["site"],
                condition=Q(superseded_at=None),
                name="site_start_once",
                violation_error_message=_("Le démarrage de ce chantier vient d’être noté par quelqu’un d’autre."),
            ),
            VersionRows(name="site_start", read=SIGNED_IN),
        ]


class SiteStartCount(models.Model):
    """For how many of the site's people something was known on its first day; read by the site's team.

    ``subject``: "people", "under_contract", "birth", "phone", or the code of an aspect (judicial constraints
    apart). ``unsaid``: one of the four kinds of missing was noted. A count of one to four about an aspect is
    withheld (None): the team's manager reads no situation.
    """

    start = models.ForeignKey(SiteStart, on_delete=models.RESTRICT, related_name="counts")
    site = models.ForeignKey(Site, on_delete=models.RESTRICT, related_name="+")
    subject = models.CharField(max_length=40)
    known = models.PositiveIntegerField(null=True)
    unsaid = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["start", "subject"], name="site_start_count_once"),
            RowPolicy(name="site_start_count", read=CARES_AT_SITE),
        ]
