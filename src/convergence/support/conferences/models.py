"""A case conference, the people on its agenda, and what was decided for each, sealed under her own key."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from convergence.access.policies import PersonVersions
from convergence.people.models import Person
from convergence.people.sealed import SealedTextField
from convergence.platform.dated import DatedFact, Version
from convergence.platform.fields import TermField
from convergence.platform.policies import VersionRows
from convergence.territories.models import Site
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.conferences import AgreementHow

_CARES = "'counsellor', 'support_worker'"
TAKES_PART = (
    f"(holds_at_site(site_id, {_CARES})"  # noqa: S608 - constants
    f" OR EXISTS (SELECT 1 FROM unnest(also_sites) AS also WHERE holds_at_site(also, {_CARES})))"
)
"""SQL condition: the actor supports people at one of the conference's sites today."""


class Conference(Version):
    """The teams of one site or of several meet on a day. It says who attends; nothing of whom one speaks.

    :ivar also_sites: ids of the other sites whose teams take part.
    :ivar colleagues: ids of the accounts that attend.
    :ivar guests: who else attends, in words (function, body).
    """

    site = models.ForeignKey(Site, on_delete=models.RESTRICT, related_name="+", verbose_name=_("chantier"))
    also_sites = ArrayField(models.BigIntegerField(), default=list, blank=True)
    held_on = models.DateField(_("jour"))
    colleagues = ArrayField(models.BigIntegerField(), default=list, blank=True)
    guests = models.CharField(_("autres personnes présentes"), max_length=300, blank=True)

    class Meta(Version.Meta):
        constraints = [VersionRows(name="conference", read=TAKES_PART, insert=TAKES_PART, update=TAKES_PART)]
        indexes = [models.Index(fields=["-held_on"], condition=Q(superseded_at=None), name="conference_by_day")]


class Discussion(Version):
    """A person on the agenda of a conference, with her agreement: without one she cannot be there.

    :ivar conference: series of the conference.
    :ivar rank: her place on the agenda, from 1.
    """

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="discussions")
    conference = models.UUIDField()
    rank = models.PositiveSmallIntegerField()
    agreed_on = models.DateField(_("accord donné le"))
    agreed_how = TermField(_("comment"), max_length=12, choices=AgreementHow.choices())
    question = SealedTextField(verbose_name=_("de quoi parler"))

    class Meta(Version.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(agreed_how__in=[how.value for how in AgreementHow]),
                name="discussion_with_her_agreement",
                violation_error_message=_("Dites comment la personne a donné son accord."),
            ),
            models.UniqueConstraint(
                fields=["conference", "person"],
                condition=Q(superseded_at=None),
                name="discussion_once",
                violation_error_message=_("Cette personne est déjà à l’ordre du jour."),
            ),
            PersonVersions(name="discussion", compartment="social"),
        ]


class ConferenceDecision(DatedFact):
    """What was decided for a person, on the day of the conference; the compartment says who reads it.

    :ivar conference: series of the conference.
    :ivar action: series of the action that follows from it, where one was agreed on.
    """

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="conference_decisions")
    compartment = TermField(
        _("qui peut la lire"), max_length=10, choices=Compartment.choices(), default=Compartment.SOCIAL.value
    )
    conference = models.UUIDField()
    words = SealedTextField(verbose_name=_("ce qui est décidé"))
    action = models.UUIDField(null=True, editable=False)

    class Meta(DatedFact.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(words__isnull=False),
                name="conference_decision_says_what",
                violation_error_message=_("Écrivez ce qui est décidé."),
            ),
            models.CheckConstraint(
                condition=Q(compartment__in=["social", "health", "justice"]), name="conference_decision_compartment"
            ),
            PersonVersions(name="conference_decision"),
        ]
