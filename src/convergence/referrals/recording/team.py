"""What the team and the officers do with a referral: ask, draft, propose, agree, send, take back."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.utils.translation import gettext as _

from convergence.network.models import Contact, Offer
from convergence.network.places import release
from convergence.people.sharing.reading import standing_with_partner
from convergence.people.sharing.recording import agree as agree_to_share
from convergence.people.sharing.recording import compartment_of, withdraw_agreement
from convergence.platform.dated import hold as wait_for
from convergence.platform.dated import revise, withdraw
from convergence.platform.errors import Refused
from convergence.referrals.models import NEEDS_OF_OTHERS, Referral, Share
from convergence.referrals.recording.links import issue, shut
from convergence.referrals.recording.notes import note
from convergence.referrals.recording.steps import By, past, settle_place, standing_of, take, why_not
from convergence.referrals.sharing import Line, Shared, chosen, compartment_of_lines, lines_offered
from convergence.rules.referrals import WITH_PARTNER, Move, Side
from convergence.territories.models import Site
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.domains import Domain
from convergence.vocabulary.needs import NEEDS
from convergence.vocabulary.referrals import (
    PERSON_REFUSALS,
    Audience,
    LinkReason,
    ReferralState,
    RefusedBy,
)

OF_HEALTH = (Domain.HEALTH, Domain.DISABILITY)
DATES = (
    "proposed_on",
    "agreed_on",
    "sent_on",
    "answered_on",
    "waiting_since",
    "full_until",
    "appointment_at",
    "confirmed_on",
    "undelivered_on",
    "accepted_on",
    "started_on",
    "ended_on",
    "refused_by",
    "refusal_reason",
    "fact_on",
)


@dataclass(frozen=True)
class Consent:
    """How the person agreed, on which day, and what she was told."""

    how: str
    explained: str
    on: date


@transaction.atomic
def ask_officers(person_id: int, site: Site, need: str, consent: Consent, words: str, today: date) -> Referral:
    """Ask the officers of the territory to look for something; they read the need because the person agreed.

    :param words: what they are to know of the need; sealed, and read by the team and them alone.
    :raises Refused: an unknown need, one that is not told outside the team, one that they look for already, or an
        agreement that says too little.
    """
    domain = domain_of(need)
    wait_for(person_id)
    if Referral.objects.current().filter(person_id=person_id, need=need, state=ReferralState.ASKED.value).exists():
        raise Refused(_("L’équipe mutualisée cherche déjà pour ce besoin."))
    agree_to_share(
        person_id,
        domain,
        consent.how,
        consent.explained,
        consent.on,
        territory_id=site.territory_id,
        today=today,
    )
    referral = _open(person_id, site, need, domain, ReferralState.ASKED, today)
    if words.strip():
        note(referral, words, Side.TEAM, Audience.OFFICERS, today)
    return referral


@transaction.atomic
def draft(person_id: int, site: Site, need: str, offer: Offer, today: date) -> Referral:
    """Begin a referral to an offer, before the person is told of it.

    :raises Refused: an unknown need, or an offer of another territory.
    """
    check_offer(offer, site.territory_id)
    domain = domain_of(need)
    if tells_of_health(offer) and domain not in OF_HEALTH:
        domain = Domain(offer.domain) if offer.domain in OF_HEALTH else Domain.HEALTH
    return _open(person_id, site, need, domain, ReferralState.DRAFT, today, offer_id=offer.pk)


@transaction.atomic
def offer_place(referral: Referral, offer: Offer, by: By) -> Referral:
    """Answer a need that was asked about with an offer.

    :raises Refused: an offer of another territory, or one whose name tells of health for a need that does not.
    """
    check_offer(offer, referral.territory_id)
    if tells_of_health(offer) and referral.domain not in OF_HEALTH:
        raise Refused(_("Cette offre dit quelque chose de la santé : la demande se fait dans le domaine de la santé."))
    return take(referral, Move.OFFER, by, offer_id=offer.pk)


@transaction.atomic
def propose(referral: Referral, on: date, by: By) -> Referral:
    """The offer is put to the person, who thinks about it."""
    return take(referral, Move.PROPOSE, by, proposed_on=past(on, by.today))


@transaction.atomic
def agree(referral: Referral, codes: Collection[str], message: str, consent: Consent, by: By) -> Referral:
    """The person agrees to the referral and to what the partner will read: that is frozen.

    :param codes: the lines chosen with her among ``lines_offered``.
    :raises Refused: nothing chosen, an agreement that says too little, or a referral at another step.
    """
    lines, words = chosen(lines_offered(referral.person_id, by.today), codes, message)
    renewed = take(referral, Move.AGREE, by, agreed_on=past(consent.on, by.today))
    agree_to_share(
        referral.person_id,
        Domain(referral.domain),
        consent.how,
        consent.explained,
        consent.on,
        referral=referral.series,
        today=by.today,
    )
    content = preview(renewed, lines, words)
    Share(
        person_id=referral.person_id,
        compartment=compartment_of_lines(lines, Compartment(referral.compartment)).value,
        referral=referral.series,
        content=content.sealed_text(),
        frozen_on=by.today,
    ).save(force_insert=True)
    return renewed


def preview(referral: Referral, lines: Collection[Line], message: str) -> Shared:
    """What the partner will see, to show to the person before she agrees."""
    offer = referral.offer
    if offer is None:
        raise Refused(_("Choisissez d’abord une offre."))
    return Shared(
        sender=str(referral.site), partner=offer.partner.name, offer=offer.name, lines=tuple(lines), message=message
    )


@transaction.atomic
def send(referral: Referral, contact: UUID | None, page: Callable[[str], str], by: By) -> Referral:
    """Send the referral to the partner: a letter with a link, or by other means where no contact is named.

    :param contact: series of the partner's contact.
    :param page: the absolute address of the partner's page for a link's token.
    :raises Refused: no agreement stands, no place is left, or the contact did not agree to be written to.
    """
    if standing_with_partner(referral.series) is None:
        raise Refused(_("L’accord de la personne est retiré : rien n’est envoyé."))
    renewed = take(referral, Move.SEND, by, sent_on=by.today)
    if contact is not None:
        issue(renewed, address_of(renewed, contact), LinkReason.SENT, page, by.today)
    return renewed


@transaction.atomic
def send_again(referral: Referral, contact: UUID, page: Callable[[str], str], by: By) -> None:
    """Send the partner one more link; those that it has go on until they expire.

    :raises Refused: the partner has nothing to answer, or no agreement stands.
    """
    current = standing_of(referral, by)
    if current.state not in WITH_PARTNER or standing_with_partner(referral.series) is None:
        raise Refused(_("Le partenaire n’a rien à répondre : aucun lien n’est envoyé."))
    if current.undelivered_on is not None:
        current = revise(current, undelivered_on=None, source=by.side.value)
    issue(current, address_of(current, contact), LinkReason.RENEWED, page, by.today)


@transaction.atomic
def note_undelivered(referral: Referral, by: By) -> Referral:
    """The letter came back: its partner was told nothing, and its contact's address does not work.

    :raises Refused: the partner has nothing to answer.
    """
    current = standing_of(referral, by)
    if current.state not in WITH_PARTNER:
        raise Refused(why_not(current))
    noted = revise(current, undelivered_on=by.today, source=by.side.value)
    with connection.cursor() as cursor:
        cursor.execute("SELECT note_dead_address(%s)", [noted.series])
    return noted


@transaction.atomic
def confirm_date(referral: Referral, by: By) -> Referral:
    """The day that the partner proposed is agreed with the person.

    :raises Refused: none is proposed.
    """
    current = standing_of(referral, by)
    if current.appointment_at is None or current.state not in WITH_PARTNER:
        raise Refused(_("Aucune date n’est proposée."))
    return revise(current, confirmed_on=by.today, source=by.side.value)


@transaction.atomic
def refuse_for_person(referral: Referral, reason: str, on: date, by: By) -> Referral:
    """The person says no, and why; the partner's page closes.

    :raises Refused: a reason that is not one of hers, or a referral at another step.
    """
    if reason not in PERSON_REFUSALS:
        raise Refused(_("Choisissez pourquoi la personne refuse."))
    refused = take(
        referral,
        Move.REFUSE_FOR_PERSON,
        by,
        refused_by=RefusedBy.PERSON.value,
        refusal_reason=reason,
        ended_on=past(on, by.today),
    )
    shut(refused, by.today)
    return refused


@transaction.atomic
def cancel(referral: Referral, by: By) -> Referral:
    """The referral has no object any more; the partner's page closes."""
    cancelled = take(referral, Move.CANCEL, by, ended_on=by.today)
    shut(cancelled, by.today)
    return cancelled


@transaction.atomic
def withdraw_sharing(referral: Referral, today: date) -> None:
    """The person takes back her agreement with the partner: its page closes at once; nothing sent is called back.

    The referral ends with it, unless it has ended already.

    :raises Refused: no agreement stands.
    """
    sharing = standing_with_partner(referral.series)
    if sharing is None:
        raise Refused(_("Cet accord est déjà retiré."))
    withdraw_agreement(sharing, today)
    current = Referral.objects.current().get(series=referral.series)
    shut(current, today)
    if current.ended_on is None and current.started_on is None:
        cancel(current, By(Side.TEAM, today, str(current.pk)))


@transaction.atomic
def undo(referral: Referral, by: By) -> Referral | None:
    """Take back the team's last step, noted by mistake; the history keeps it. None where it was the first.

    :raises Refused: the last step is the partner's or time's, was a taking back already, or led on from an agreement
        that the person has withdrawn.
    """
    current = standing_of(referral, by)
    if current.source not in (Side.TEAM.value, Side.OFFICER.value):
        raise Refused(_("La dernière étape n’a pas été notée par l’équipe : elle ne se reprend pas."))
    before = Referral.objects.filter(series=current.series, pk__lt=current.pk).order_by("-pk").first()
    if before is None:
        withdraw(current)
        return None
    goes_on = before.ended_on is None and before.agreed_on is not None
    if goes_on and standing_with_partner(current.series) is None:
        raise Refused(_("L’accord de la personne est retiré : cette étape ne se reprend pas."))
    if current.agreed_on and not before.agreed_on:
        sharing = standing_with_partner(current.series)
        if sharing is not None:
            withdraw_agreement(sharing, by.today)
        for share in Share.objects.current().filter(referral=current.series):
            withdraw(share)
    if current.sent_on and not before.sent_on:
        shut(current, by.today)
    kept = {name: getattr(before, name) for name in DATES}
    restored = revise(current, state=before.state, offer_id=before.offer_id, source="undone", **kept)
    release(restored.series)
    settle_place(restored, by.today)
    return restored


def domain_of(need: str) -> Domain:
    """The domain of a need that may be told outside the team.

    :raises Refused: none such.
    """
    if need not in NEEDS_OF_OTHERS:
        raise Refused(_("Choisissez un besoin dans la liste."))
    return NEEDS[need].domain


def tells_of_health(offer: Offer) -> bool:
    """Whether the very name of the offer or of its partner tells of somebody's health: what is offered in the domains
    of health and disability does, whatever need it answers."""
    return offer.sensitive or offer.partner.sensitive or offer.domain in OF_HEALTH


def check_offer(offer: Offer, territory_id: int) -> None:
    """:raises Refused: the offer is of another territory."""
    if offer.territory_id != territory_id:
        raise Refused(_("Cette offre est celle d’un autre territoire."))


def address_of(referral: Referral, contact: UUID) -> str:
    """Where the partner's contact is written to.

    :raises Refused: no such contact, no address, or no consent to be contacted.
    """
    who = Contact.objects.current().filter(series=contact, partner__offers=referral.offer_id).first()
    if who is None or not who.may_be_written_to:
        raise Refused(
            _("Ce contact n’a pas donné son accord pour recevoir des messages, ou n’a pas d’adresse : aucune lettre.")
        )
    return who.email


def _open(
    person_id: int,
    site: Site,
    need: str,
    domain: Domain,
    state: ReferralState,
    today: date,
    offer_id: int | None = None,
) -> Referral:
    referral = Referral(
        series=uuid4(),
        person_id=person_id,
        site=site,
        territory_id=site.territory_id,
        compartment=compartment_of(domain).value,
        domain=domain.value,
        need=need,
        offer_id=offer_id,
        state=state.value,
        opened_on=today,
        source=Side.TEAM.value,
    )
    referral.save(force_insert=True)
    return referral
