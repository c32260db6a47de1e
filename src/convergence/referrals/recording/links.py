"""The partner's single-purpose link: made, opened, renewed on demand, shut.

A token is 256 random bits; the database knows its digest alone. Letters hold the link and nothing about anybody.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.utils.translation import gettext as _

from convergence.people.keys import bring_key
from convergence.platform.dated import revise
from convergence.platform.identity import forget
from convergence.platform.outbox import ABOUT
from convergence.platform.tokens import digest_of, new_token
from convergence.referrals.models import Link, Referral
from convergence.rules.french import said_in_full
from convergence.rules.terms import usual
from convergence.territories.terms import terms_of
from convergence.vocabulary.referrals import LinkReason


@dataclass(frozen=True)
class OpenLink:
    """A link that works: the referral that it leads to, and whose."""

    referral: UUID
    person_id: int


def identify_link(token: str, today: date) -> OpenLink | None:
    """Give the running transaction the identity of a link: it reaches one referral, and nothing else.

    None where the link is unknown, expired or shut, where the agreement is withdrawn or the referral cancelled: the
    transaction is then nobody's, and nothing tells these apart.
    """
    forget()
    with connection.cursor() as cursor:
        cursor.execute("SELECT referral, person_id, wrapped FROM identify_link(%s, %s)", [digest_of(token), today])
        row = cursor.fetchone()
    if row is None:
        return None
    referral, person_id, wrapped = row
    bring_key(person_id, wrapped)
    return OpenLink(referral, person_id)


def record_look(*, read: bool) -> None:
    """Put on record that the page of the link that identifies this transaction was fetched, or read.

    :param read: somebody pressed a button there; a mail scanner only fetches.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT record_partner_look(%s)", [read])


@transaction.atomic
def renew(token: str, page: Callable[[str], str], today: date) -> None:
    """Somebody asks for a new link in place of one that works no more: it goes to the contact known, if there is one.

    Nothing tells whether a letter left. At most one a quarter of an hour.
    """
    fresh = new_token()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT link, address, until FROM renew_link(%s, %s, %s, %s)",
            [digest_of(token), digest_of(fresh), today, usual(today).link_days],
        )
        row = cursor.fetchone()
    if row is not None:
        link, address, until = row
        write_letter(link, address, page(fresh), LinkReason.RENEWED, until)


def issue(referral: Referral, address: str, reason: LinkReason, page: Callable[[str], str], today: date) -> Link:
    """Make a link for the partner of a referral and put the letter in the outbox."""
    token = new_token()
    terms = terms_of([referral.territory_id], today)[referral.territory_id]
    link = Link(
        person_id=referral.person_id,
        compartment=referral.compartment,
        referral=referral.series,
        digest=digest_of(token),
        reason=reason.value,
        sent_to=address,
        sent_on=today,
        expires_on=today + timedelta(days=terms.link_days),
    )
    link.save(force_insert=True)
    write_letter(link.series, address, page(token), reason, link.expires_on)
    return link


def shut(referral: Referral, today: date) -> None:
    """Shut every link of a referral that still works, at once."""
    for link in Link.objects.current().filter(referral=referral.series, shut_on=None):
        revise(link, shut_on=today)


def write_letter(series: UUID, address: str, link: str, reason: LinkReason, until: date) -> None:
    """A letter without any personal data: somebody asks something, and where to read it.

    :param series: of the link, whose referral tells that the letter cannot be delivered.
    """
    subject = {
        LinkReason.SENT: _("Une demande vous attend"),
        LinkReason.REMINDER: _("Rappel : une demande attend votre réponse"),
        LinkReason.RENEWED: _("Le lien que vous avez demandé"),
    }[reason]
    body = _(
        "Bonjour,\n\n"
        "Une équipe d’insertion de votre territoire vous adresse une demande. Elle se lit et se répond ici, sans "
        "compte :\n\n%(link)s\n\n"
        "Ce lien est pour vous seul·e. Il marche jusqu’au %(day)s ; la page en envoie un autre sur demande.\n"
    ) % {"link": link, "day": said_in_full(until)}
    EmailMessage(subject=subject, body=body, to=[address], headers={ABOUT: f"link:{series}"}).send()
