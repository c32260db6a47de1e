"""A referral: a person's need meets a partner's offer, from the first word about it to what became of it.

Codes and dates only; words lie sealed beside it. Each step is a version, so that its history tells who took it.
"""

from datetime import date
from typing import cast

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from convergence.network.models import Offer
from convergence.people.models import Person
from convergence.people.sealed import SealedTextField
from convergence.platform.dated import Version
from convergence.platform.fields import TermField
from convergence.platform.policies import RowPolicy
from convergence.referrals.policies import LookRows, OfReferralRows, ReferralRows, ShareRows
from convergence.rules.referrals import FINAL, Side, Standing
from convergence.territories.models import Site, Territory
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.domains import Domain
from convergence.vocabulary.needs import NEEDS
from convergence.vocabulary.referrals import (
    PARTNER_REFUSALS,
    PERSON_REFUSALS,
    Audience,
    LinkReason,
    ReferralState,
    RefusalReason,
    RefusedBy,
)

NEEDS_OF_OTHERS = [code for code, need in NEEDS.items() if need.compartment is not Compartment.JUSTICE]
"""Needs that may be told outside the team; judicial constraints never are."""

ENTERED: dict[ReferralState, str] = {
    ReferralState.ASKED: "opened_on",
    ReferralState.DRAFT: "opened_on",
    ReferralState.PROPOSED: "proposed_on",
    ReferralState.AGREED: "agreed_on",
    ReferralState.SENT: "sent_on",
    ReferralState.WAITING_LIST: "waiting_since",
    ReferralState.ACCEPTED: "accepted_on",
    ReferralState.STARTED: "started_on",
    **dict.fromkeys(FINAL, "ended_on"),
}
"""Which date tells since when a referral is in each state."""


def _in_state(states: str, *noted: str, never: tuple[str, ...] = ()) -> Q:
    given = {f"{field}__isnull": False for field in noted}
    return Q(state__in=states.split(), **given, **{f"{field}__isnull": True for field in never})


_LATER = ("waiting_since", "accepted_on", "started_on", "ended_on")
_DATES_OF_STATES = (
    _in_state("asked", never=("offer", "proposed_on", "agreed_on", "sent_on", *_LATER))
    | _in_state("draft", "offer", never=("proposed_on", "agreed_on", "sent_on", *_LATER))
    | _in_state("proposed", "offer", "proposed_on", never=("agreed_on", "sent_on", *_LATER))
    | _in_state("agreed", "offer", "agreed_on", never=("sent_on", *_LATER))
    | _in_state("sent", "offer", "agreed_on", "sent_on", never=_LATER)
    | _in_state("waiting_list", "offer", "sent_on", "waiting_since", never=("accepted_on", "started_on", "ended_on"))
    | _in_state("accepted", "offer", "sent_on", "accepted_on", never=("started_on", "ended_on"))
    | _in_state("started", "offer", "accepted_on", "started_on", never=("ended_on",))
    | _in_state("completed interrupted", "offer", "started_on", "ended_on")
    | _in_state("refused", "offer", "ended_on", never=("started_on",))
    | _in_state("cancelled", "ended_on", never=("started_on",))
    | _in_state("lapsed", "offer", "sent_on", "ended_on", never=("accepted_on", "started_on"))
)


class Referral(Version):
    """One person, one need, one offer: what has happened, and when. Its object never changes within a series.

    :ivar compartment: who of the team reads it: health where the need or the offer is, social otherwise; never justice.
    :ivar need: code of the need that it answers.
    :ivar offer: None while the officers look for one.
    :ivar opened_on: day on which somebody began to look.
    :ivar answered_on: day of the partner's first answer, whichever it was.
    :ivar appointment_at: meeting that the partner proposes; ``confirmed_on``: when it was agreed with the person.
    :ivar undelivered_on: day on which the letter to its partner was given up, while nobody did anything about it.
    :ivar fact_on: day on which the team settled what the start changed in the person's life.
    """

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="referrals")
    site = models.ForeignKey(Site, on_delete=models.RESTRICT, related_name="+")
    territory = models.ForeignKey(Territory, on_delete=models.RESTRICT, related_name="+", db_index=False)
    compartment = TermField(max_length=10, choices=Compartment.choices())
    domain = TermField(max_length=12, choices=Domain.choices())
    need = TermField(max_length=20, choices=[(need.code, need.label) for need in NEEDS.values()])
    offer = models.ForeignKey(Offer, on_delete=models.RESTRICT, null=True, related_name="+")
    state = TermField(max_length=12, choices=ReferralState.choices())
    opened_on = models.DateField()
    proposed_on = models.DateField(null=True)
    agreed_on = models.DateField(null=True)
    sent_on = models.DateField(null=True)
    answered_on = models.DateField(null=True)
    waiting_since = models.DateField(null=True)
    full_until = models.DateField(_("complet jusqu’au"), null=True)
    appointment_at = models.DateTimeField(_("rendez-vous proposé"), null=True)
    confirmed_on = models.DateField(null=True)
    accepted_on = models.DateField(null=True)
    started_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    refused_by = TermField(max_length=8, blank=True, choices=RefusedBy.choices())
    refusal_reason = TermField(max_length=24, blank=True, choices=RefusalReason.choices())
    fact_on = models.DateField(null=True)
    undelivered_on = models.DateField(null=True)

    class Meta(Version.Meta):
        constraints = [
            models.CheckConstraint(
                condition=_DATES_OF_STATES,
                name="referral_dates_of_its_state",
                violation_error_message=_("Les dates de cette mise en relation ne vont pas avec son état."),
            ),
            models.CheckConstraint(
                condition=Q(state="refused", refused_by="person", refusal_reason__in=list(PERSON_REFUSALS))
                | Q(
                    state="refused",
                    refused_by="partner",
                    refusal_reason__in=list(PARTNER_REFUSALS),
                    sent_on__isnull=False,
                )
                | (~Q(state="refused") & Q(refused_by="", refusal_reason="")),
                name="referral_refused_by_somebody",
                violation_error_message=_("Dites qui a refusé, la personne ou le partenaire, et pourquoi."),
            ),
            models.CheckConstraint(
                condition=(Q(proposed_on__isnull=True) | Q(proposed_on__gte=F("opened_on")))
                & (Q(agreed_on__isnull=True) | Q(agreed_on__gte=F("opened_on")))
                & (Q(sent_on__isnull=True) | Q(sent_on__gte=F("agreed_on")))
                & (Q(accepted_on__isnull=True) | Q(accepted_on__gte=F("sent_on")))
                & (Q(started_on__isnull=True) | Q(started_on__gte=F("sent_on")))
                & (Q(ended_on__isnull=True) | Q(ended_on__gte=F("opened_on")))
                & (Q(ended_on__isnull=True) | Q(started_on__isnull=True) | Q(ended_on__gte=F("started_on"))),
                name="referral_dates_in_order",
                violation_error_message=_("Cette date vient avant l’étape précédente."),
            ),
            models.CheckConstraint(
                condition=Q(need__in=NEEDS_OF_OTHERS)
                & (
                    Q(compartment="health", domain__in=["health", "disability"])
                    | (Q(compartment="social") & ~Q(domain__in=["health", "disability"]))
                ),
                name="referral_in_its_compartment",
                violation_error_message=_("Ce besoin ne se partage pas avec un partenaire."),
            ),
            models.CheckConstraint(
                condition=Q(confirmed_on__isnull=True) | Q(appointment_at__isnull=False),
                name="referral_confirms_a_date",
                violation_error_message=_("Aucune date n’est proposée."),
            ),
            models.UniqueConstraint(
                fields=["series"], condition=Q(superseded_at=None), name="referral_one_version_stands"
            ),
            models.UniqueConstraint(
                fields=["person", "offer"],
                condition=Q(superseded_at=None, ended_on=None),
                name="referral_once_to_an_offer",
                violation_error_message=_(
                    "Une mise en relation avec cette offre est déjà en cours pour cette personne."
                ),
            ),
            ReferralRows(name="referral"),
        ]
        indexes = [
            models.Index(
                fields=["territory", "domain", "state"],
                condition=Q(superseded_at=None),
                name="referral_of_territory",
            ),
        ]

    @property
    def since(self) -> date:
        """The day on which the present state began."""
        return cast("date", getattr(self, ENTERED[ReferralState(self.state)]))

    def standing(self, *, with_officer: bool = False) -> Standing:
        """What the rules need of it."""
        return Standing(
            state=ReferralState(self.state),
            since=self.since,
            with_officer=with_officer,
            appointment_on=timezone.localdate(self.appointment_at) if self.appointment_at else None,
            confirmed=self.confirmed_on is not None,
            full_until=self.full_until,
            undelivered=self.undelivered_on is not None,
        )


class OfReferral(Version):
    """What hangs on a referral, sealed under the person's key where it holds words.

    :ivar referral: series of the referral, whose compartment it shares.
    """

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="+", db_index=False)
    compartment = TermField(max_length=10, choices=Compartment.choices())
    referral = models.UUIDField(db_index=True)

    class Meta(Version.Meta):
        abstract = True


class Share(OfReferral):
    """What the partner is shown, chosen with the person and frozen when she agreed (``referrals.sharing.Shared``).

    :ivar compartment: the referral's, or health where a line tells of it: the officers of a housing need read no RQTH.
    """

    content = SealedTextField()
    frozen_on = models.DateField()

    class Meta(OfReferral.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(content__isnull=False), name="share_not_empty"),
            models.UniqueConstraint(
                fields=["referral"],
                condition=Q(superseded_at=None),
                name="share_once",
                violation_error_message=_("Ce que lit le partenaire est déjà arrêté."),
            ),
            ShareRows(name="share"),
        ]


class Link(OfReferral):
    """A single-purpose link sent to the partner: it leads to one referral, expires, and is shut at any moment.

    :ivar digest: SHA-256 of its token; the token itself is in the letter alone.
    :ivar sent_to: the address of the partner's contact.
    :ivar expires_on: the last day on which it works.
    """

    digest = models.BinaryField()
    reason = TermField(max_length=8, choices=LinkReason.choices())
    sent_to = models.EmailField()
    sent_on = models.DateField()
    expires_on = models.DateField()
    shut_on = models.DateField(null=True)

    class Meta(OfReferral.Meta):
        constraints = [
            models.UniqueConstraint(fields=["digest"], condition=Q(superseded_at=None), name="link_once"),
            OfReferralRows(name="link"),
        ]


class PartnerLook(models.Model):
    """The partner's page was fetched, perhaps by a machine, or read: by somebody who pressed a button.

    Written by ``record_partner_look()`` only.
    """

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="+", db_index=False)
    compartment = TermField(max_length=10, choices=Compartment.choices())
    referral = models.UUIDField(db_index=True)
    at = models.DateTimeField()
    read = models.BooleanField()

    class Meta:
        constraints = [LookRows(name="partner_look")]


class ReferralNote(OfReferral):
    """Words about a referral: between the team and the officers, or with the partner, who reads the latter."""

    side = TermField(max_length=8, choices=[(side.value, side.value) for side in Side])
    audience = TermField(max_length=8, choices=Audience.choices())
    words = SealedTextField(verbose_name=_("message"))
    noted_on = models.DateField()

    class Meta(OfReferral.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(words__isnull=False),
                name="referral_note_has_words",
                violation_error_message=_("Écrivez un message."),
            ),
            models.CheckConstraint(
                condition=Q(side__in=["team", "officer", "partner"]) & (~Q(side="partner") | Q(audience="partner")),
                name="referral_note_of_a_side",
            ),
            OfReferralRows(name="referral_note", linked="audience = 'partner'", link_writes=True),
        ]


class PartnerList(models.Model):
    """Somebody asked for the list of what waits for an address. No role reads this table: definer functions alone do.

    :ivar held: digest of what the browser keeps; another one once the list is open.
    :ivar code: keyed digest of the code in the letter; NULL where nobody is written to at this address.
    """

    email = models.EmailField()
    held = models.BinaryField(unique=True)
    code = models.BinaryField(null=True)
    asked_at = models.DateTimeField(db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True) | Q(code__isnull=False), name="partner_list_opened_by_a_code"
            ),
            RowPolicy(name="partner_list"),
        ]
