"""E-mail leaves after the commit: it is written in the transaction that causes it, and a job sends it.

A rolled-back transaction sends nothing; a mail server that is down delays letters, never pages. The letter is
sealed while it waits (it may hold a one-use link) and emptied once it is sent.
"""

import json
import logging
from collections.abc import Sequence
from smtplib import SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from procrastinate.contrib.django import app

from convergence.platform.clock import today
from convergence.platform.sealing import Unsealable, seal_for_instance, unseal_for_instance

logger = logging.getLogger("convergence.outbox")

PLACE = "outgoing mail"
ABOUT = "X-Convergence-About"
"""Header of a letter whose writer wants to know that it cannot be delivered: ``kind:id``, kept beside the sealed letter
and never sent."""
MOST_ATTEMPTS = 10
"""Turns, later and later (a day and a half in all), after which an address that is refused "for now" is given up."""


class OutboxBackend(BaseEmailBackend):
    """Django's e-mail backend of this project: puts letters in the outbox."""

    def send_messages(self, email_messages: Sequence[EmailMessage | EmailMultiAlternatives]) -> int:
        for message in email_messages:
            if message.attachments or getattr(message, "alternatives", None) or message.cc or message.bcc:
                raise NotImplementedError("The outbox carries plain letters to their recipients, and no more.")
            letter = {
                "subject": message.subject,
                "body": message.body,
                "from_email": message.from_email,
                "to": list(message.to),
            }
            sealed = seal_for_instance(json.dumps(letter), PLACE)
            # Plain SQL: Django's insert asks for the row back, and whoever writes a letter may not read it.
            with connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO platform_outgoingmail (about, sealed, written_at, attempts, try_after)"
                    " VALUES (%s, %s, now(), 0, now())",
                    [message.extra_headers.get(ABOUT, ""), sealed],
                )
        send_waiting_mail.defer()
        return len(email_messages)


@app.periodic(cron="*/5 * * * *")
@app.task(queue="mail", queueing_lock="periodic-mail")
def send_mail_that_failed(timestamp: int) -> None:
    """What a mail server refused is tried again, later and later."""
    _send_all()


@app.task(queue="mail")
def send_waiting_mail() -> None:
    """Send what waits, oldest first."""
    _send_all()


def _send_all() -> None:
    while _send_one():
        pass


def _send_one() -> bool:
    """Send one letter and empty it; False when none waits. A refused letter waits for its next turn."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT id, sealed FROM platform_take_mail()")
        row = cursor.fetchone()
        if row is None:
            return False
        letter_id, sealed = row
        try:
            letter = json.loads(unseal_for_instance(bytes(sealed), PLACE))
            EmailMessage(**letter, connection=get_connection(settings.MAIL_TRANSPORT)).send()
        except (OSError, SMTPException, ValueError, Unsealable) as error:
            # Refused by the server, impossible to address, or sealed under a master key of before. What the server
            # said may name the address: the log does not repeat it.
            logger.warning("letter not sent: %s", type(error).__name__)
            cursor.execute("SELECT platform_mail_failed(%s, %s, %s)", [letter_id, _given_up_at(error), today()])
        else:
            cursor.execute("SELECT platform_mail_sent(%s)", [letter_id])
    return True


def _given_up_at(error: Exception) -> int | None:
    """The attempt at which a letter's address is given up; None where nothing is said against the address."""
    if not isinstance(error, SMTPRecipientsRefused) or not error.recipients:
        return None
    answers = list(error.recipients.values())
    # 5.7: the server does not let us write there (its own settings); 530: it wants us to sign in.
    if any(code == 530 or b"5.7." in _bytes(said)[:8] for code, said in answers):
        return None
    return 1 if all(500 <= code < 600 for code, _said in answers) else MOST_ATTEMPTS


def _bytes(said: bytes | str) -> bytes:
    return said if isinstance(said, bytes) else said.encode()
