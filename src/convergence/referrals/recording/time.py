"""What time does to referrals that wait for their partner: one reminder, then the lapse. Run by the worker, for all."""

from collections.abc import Callable
from datetime import date

from django.db import connection, transaction

from convergence.platform.tokens import digest_of, new_token
from convergence.referrals.recording.links import write_letter
from convergence.rules.terms import usual
from convergence.vocabulary.referrals import LinkReason


@transaction.atomic
def lapse(today: date) -> int:
    """Close the referrals whose partner never answered within the terms of their territory, and free their places.

    Returns how many.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT lapse_referrals(%s, %s)", [today, usual(today).lapse_days])
        (closed,) = cursor.fetchone()
    return int(closed)


def remind(page: Callable[[str], str], today: date) -> int:
    """Write to the partners that have not answered, each once for a referral; returns how many letters left.

    :param page: the absolute address of the partner's page for a link's token.
    """
    written = 0
    while _remind_one(page, today):
        written += 1
    return written


@transaction.atomic
def _remind_one(page: Callable[[str], str], today: date) -> bool:
    token, terms = new_token(), usual(today)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT link, address, until FROM remind_referral(%s, %s, %s, %s)",
            [digest_of(token), today, terms.reminder_days, terms.link_days],
        )
        row = cursor.fetchone()
    if row is None:
        return False
    link, address, until = row
    write_letter(link, address, page(token), LinkReason.REMINDER, until)
    return True
