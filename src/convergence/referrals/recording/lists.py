"""One list of what waits for a partner, opened by a code sent to its e-mail address: no account, half an hour.

The database compares digests, keyed with this instance's secret, and counts the tries; it answers an address that it
does not know as it answers any other.
"""

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from convergence.people.keys import bring_key
from convergence.platform.identity import forget
from convergence.platform.tokens import digest_of, new_token
from convergence.referrals.models import Share
from convergence.referrals.sharing import Shared
from convergence.vocabulary.referrals import ReferralState

DIGITS = 8
CODE_MINUTES = 15
LIST_MINUTES = 30


@dataclass(frozen=True)
class Listed:
    """A referral that waits for something, or may still be told of, as its partner's list shows it.

    :ivar shared: what the person chose to tell.
    """

    referral: UUID
    state: ReferralState
    sent_on: date
    appointment_at: datetime | None
    confirmed: bool
    full_until: date | None
    recorded_at: datetime
    shared: Shared


@transaction.atomic
def ask_code(email: str) -> str:
    """Send a code to an address, if partners are written to there; returns what the browser keeps to type it in.

    Nothing tells whether a letter left. At most one a minute and five an hour for an address.
    """
    handle, code = new_token(), f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT ask_partner_list(%s, %s, %s)", [email, digest_of(handle), _digest(handle, code)])
        (address,) = cursor.fetchone()
    if address:
        _write(address, code)
    return handle


def open_list(handle: str, code: str) -> str | None:
    """What the browser keeps to read the list, for half an hour, where the code is the one that was sent.

    None otherwise: wrong, too old, used already, or tried five times. A try counts whatever comes of it, so the
    transaction that made it must end well.
    """
    fresh = new_token()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT open_partner_list(%s, %s, %s)",
            [digest_of(handle), _digest(handle, "".join(code.split())), digest_of(fresh)],
        )
        (opened,) = cursor.fetchone()
    return fresh if opened else None


def read_list(held: str, today: date) -> list[Listed] | None:
    """What waits for the address that opened this list, as its links would show it; None once it is closed.

    One query; each person shown is on the record of looks.
    """
    forget()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT referral, person_id, wrapped, content, state, sent_on, appointment_at, confirmed_on IS NOT NULL,"
            " full_until, recorded_at FROM partner_list(%s, %s)",
            [digest_of(held), today],
        )
        rows = cursor.fetchall()
    if not rows:
        return None
    listed = []
    for referral, person_id, wrapped, content, state, sent_on, meeting, confirmed, full_until, recorded_at in rows:
        # A list that is open and empty is one row of nothing.
        if referral is not None:
            bring_key(person_id, wrapped)
            listed.append(
                Listed(
                    referral=referral,
                    state=ReferralState(state),
                    sent_on=sent_on,
                    appointment_at=meeting,
                    confirmed=confirmed,
                    full_until=full_until,
                    recorded_at=recorded_at,
                    shared=Shared.of(Share(person_id=person_id, content=content).content),
                )
            )
    return listed


def open_one(held: str, referral: UUID, today: date) -> str | None:
    """A link to one referral of an open list, for today; None where the list is closed or does not hold it."""
    token = new_token()
    with connection.cursor() as cursor:
        cursor.execute("SELECT open_listed(%s, %s, %s, %s)", [digest_of(held), referral, digest_of(token), today])
        (opened,) = cursor.fetchone()
    return token if opened else None


def close_list(held: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT close_partner_list(%s)", [digest_of(held)])


def _digest(handle: str, code: str) -> bytes:
    """Eight digits are guessed from a bare digest in a blink; not from one keyed with what the database lacks."""
    return salted_hmac("convergence.referrals.lists", f"{handle}:{code}", algorithm="sha256").digest()


def _write(address: str, code: str) -> None:
    body = _(
        "Bonjour,\n\n"
        "Voici le code demandé sur la page de vos demandes :\n\n"
        "    %(code)s\n\n"
        "Il marche une fois, pendant %(minutes)s minutes. Si vous n’avez rien demandé, oubliez ce message.\n"
    ) % {"code": f"{code[:4]} {code[4:]}", "minutes": CODE_MINUTES}
    EmailMessage(subject=_("Votre code"), body=body, to=[address]).send()
