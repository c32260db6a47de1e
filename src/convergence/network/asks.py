"""« Est-ce encore libre ? » asked of many partners at once, and answered from a single-purpose link without an account.

A token is 256 random bits; the database knows its digest alone. A GET changes nothing: a mail scanner answers nobody.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from convergence.network.models import CapacityAsk, Contact, Offer, Partner
from convergence.network.places import Figures, Speaker, say_places
from convergence.platform.errors import Refused
from convergence.platform.outbox import ABOUT
from convergence.platform.tokens import digest_of, new_token
from convergence.rules.french import said_in_full
from convergence.rules.terms import usual
from convergence.territories.terms import terms_of
from convergence.vocabulary.offers import SaidBy

Page = Callable[[str], str]
"""The absolute address of the page that answers, given the link's token."""

MOST_OFFERS = 200
"""Offers asked about in one act."""


@dataclass
class Asked:
    """What came of asking: letters that leave, and who could not be written to.

    :ivar waiting: partners asked already today.
    """

    asks: list[CapacityAsk] = field(default_factory=list)
    unreachable: list[Partner] = field(default_factory=list)
    waiting: list[Partner] = field(default_factory=list)


@transaction.atomic
def ask_places(offer_ids: Collection[int], asked_by: str, page: Page, *, today: date) -> Asked:
    """Ask the partners of these offers, one letter each, how many places are free.

    A partner none of whose contacts agreed to be written to is not; one that was asked today is not asked again.

    :raises Refused: no offer, or too many at once.
    """
    if not 0 < len(offer_ids) <= MOST_OFFERS:
        raise Refused(_("Choisissez entre une et %(most)s offres.") % {"most": MOST_OFFERS})
    offers = Offer.objects.filter(pk__in=offer_ids).select_related("partner").order_by("partner__key", "key")
    by_partner: dict[Partner, list[Offer]] = {}
    for offer in offers:
        by_partner.setdefault(offer.partner, []).append(offer)
    contacts = _contacts(by_partner)
    terms = terms_of({partner.territory_id for partner in by_partner}, today)
    asked_today = set(
        CapacityAsk.objects.filter(partner__in=by_partner, asked_on=today).values_list("partner_id", flat=True)
    )
    found = Asked()
    for partner, its_offers in by_partner.items():
        contact = contacts.get(partner.pk)
        if contact is None:
            found.unreachable.append(partner)
        elif partner.pk in asked_today:
            found.waiting.append(partner)
        else:
            until = today + timedelta(days=terms[partner.territory_id].link_days)
            found.asks.append(_ask(partner, contact, its_offers, asked_by, page, today, until))
    return found


def open_ask(token: str, today: date) -> CapacityAsk | None:
    """The question that a link leads to; the transaction may then answer it. None for any link that works no more."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT network_open_ask(%s, %s)", [digest_of(token), today])
        (found,) = cursor.fetchone()
    return CapacityAsk.objects.filter(pk=found).first() if found is not None else None


@transaction.atomic
def answer_ask(ask: CapacityAsk, offer_id: int, figures: Figures, *, today: date) -> None:
    """The partner says the places of one of the offers asked about; it may say better as long as its link works.

    :raises Refused: another offer, or figures that ``say_places`` refuses.
    """
    if offer_id not in ask.offers:
        raise Refused(_("Cette offre n’est pas dans la question posée."))
    say_places(offer_id, figures, Speaker(SaidBy.PARTNER.value), today, today=today)
    CapacityAsk.objects.filter(pk=ask.pk).update(answered_on=today)


@transaction.atomic
def renew_ask(token: str, page: Page, *, today: date) -> None:
    """Send a new link in place of one that works no more, to the same contact; nothing tells whether a letter left."""
    fresh = new_token()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ask, email, asked_by, until FROM network_renew_ask(%s, %s, %s, %s)",
            [digest_of(token), digest_of(fresh), today, usual(today).link_days],
        )
        row = cursor.fetchone()
    if row is not None:
        ask_id, address, asked_by, until = row
        _write(ask_id, address, asked_by, [], page(fresh), until)


def _contacts(partners: Collection[Partner]) -> dict[int, Contact]:
    """Whom to write to at each partner; one query."""
    rows = (
        Contact.objects.current()
        .filter(partner__in=partners, agreed_on__isnull=False, refused_on=None)
        .exclude(email="")
    )
    found: dict[int, Contact] = {}
    for contact in rows.exclude(email="").order_by("-main", "pk"):
        found.setdefault(contact.partner_id, contact)
    return found


def _ask(
    partner: Partner, contact: Contact, offers: list[Offer], asked_by: str, page: Page, today: date, until: date
) -> CapacityAsk:
    token = new_token()
    ask = CapacityAsk.objects.create(
        partner=partner,
        territory_id=partner.territory_id,
        contact=contact.series,
        offers=[offer.pk for offer in offers],
        digest=digest_of(token),
        asked_by=asked_by[:200],
        asked_on=today,
        expires_on=until,
    )
    _write(ask.pk, contact.email, asked_by, [offer.name for offer in offers], page(token), ask.expires_on)
    return ask


def _write(ask_id: int, address: str, asked_by: str, names: list[str], link: str, until: date) -> None:
    about = ngettext("Cela concerne :", "Cela concerne vos %(n)s offres :", len(names)) % {"n": len(names)}
    listed = "".join(f"\n- {name}" for name in names)
    body = _(
        "Bonjour,\n\n"
        "%(asked_by)s vous demande si des places sont libres en ce moment.%(about)s\n\n"
        "Répondez d’un geste, sans compte :\n\n%(link)s\n\n"
        "Ce lien est pour vous ; il marche jusqu’au %(day)s. Merci de votre aide.\n"
    ) % {
        "asked_by": asked_by,
        "about": f" {about}\n{listed}" if names else "",
        "link": link,
        "day": said_in_full(until),
    }
    EmailMessage(
        subject=_("Avez-vous des places libres ?"), body=body, to=[address], headers={ABOUT: f"places:{ask_id}"}
    ).send()
