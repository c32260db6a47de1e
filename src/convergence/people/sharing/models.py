"""A person agrees that something about her be told to one recipient, for one purpose; she may take it back."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from convergence.access.policies import PersonVersions
from convergence.people.sealed import SealedTextField
from convergence.platform.dated import Version
from convergence.platform.fields import TermField
from convergence.territories.models import Territory
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.conferences import AgreementHow
from convergence.vocabulary.domains import Domain
from convergence.vocabulary.sharing import Recipient, SharingPurpose

_OFFICERS = Q(recipient="officers", territory__isnull=False, referral__isnull=True)
_PARTNER = Q(recipient="partner", territory__isnull=True, referral__isnull=False)


class Sharing(Version):
    """An agreement to share, from the day on which it was given to the day on which it is withdrawn, if it is.

    While it stands with the officers of a territory, whoever covers the domain there reads the person's name.

    :ivar compartment: who of the team keeps it: health where the domain is, social otherwise; never justice.
    :ivar territory: whose officers, where they are the recipient.
    :ivar referral: series of the one referral, where its partner is the recipient.
    :ivar explained: what the person was told, in words.
    """

    person = models.ForeignKey("people.Person", on_delete=models.RESTRICT, related_name="sharings")
    compartment = TermField(max_length=10, choices=Compartment.choices())
    purpose = TermField(max_length=12, choices=SharingPurpose.choices())
    recipient = TermField(max_length=12, choices=Recipient.choices())
    territory = models.ForeignKey(Territory, on_delete=models.RESTRICT, null=True, related_name="+", db_index=False)
    referral = models.UUIDField(null=True)
    domain = TermField(max_length=12, choices=Domain.choices())
    agreed_on = models.DateField(_("accord donné le"))
    how = TermField(_("comment"), max_length=12, choices=AgreementHow.choices())
    explained = SealedTextField(verbose_name=_("ce qui a été expliqué"))
    withdrawn_on = models.DateField(_("accord retiré le"), null=True)

    class Meta(Version.Meta):
        constraints = [
            models.CheckConstraint(condition=_OFFICERS | _PARTNER, name="sharing_with_one_recipient"),
            models.CheckConstraint(
                condition=Q(compartment="health", domain__in=["health", "disability"])
                | (Q(compartment="social") & ~Q(domain__in=["health", "disability"])),
                name="sharing_in_its_compartment",
            ),
            models.CheckConstraint(
                condition=Q(how__in=[how.value for how in AgreementHow]),
                name="sharing_says_how",
                violation_error_message=_("Dites comment la personne a donné son accord."),
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gte=F("agreed_on")),
                name="sharing_withdrawn_after",
                violation_error_message=_("Un accord ne se retire pas avant d’avoir été donné."),
            ),
            models.UniqueConstraint(
                fields=["person", "domain", "territory", "referral"],
                nulls_distinct=False,
                condition=Q(superseded_at=None, withdrawn_on=None),
                name="sharing_once",
                violation_error_message=_("Cet accord est déjà noté."),
            ),
            PersonVersions(name="sharing"),
        ]
        indexes = [
            models.Index(fields=["referral"], condition=Q(referral__isnull=False), name="sharing_of_referral"),
        ]
