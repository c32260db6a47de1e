"""E-mail leaves after the commit: it is written in the transaction that causes it, and a job sends it.

A rolled-back transaction sends nothing; a mail server that is down delays letters, never pages. The letter is
sealed while it waits (it may hold a one-use link) and emptied once it is sent.
"""

import json
from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from procrastinate.contrib.django import app

from convergence.platform.sealing import seal_for_instance, unseal_for_instance

PLACE = "outgoing mail"


class OutboxBackend(BaseEmailBackend):
    """Django's e-mail backend of this project: puts letters in the outbox."""

    def send_messages(self, email_messages: Sequence[EmailMessage | EmailMultiAlternatives]) -> int:
        for message in email_messages:
            letter = {
                "subject": message.subject,
                "body": message.body,
                "from_email": message.from_email,
                "to": list(message.to),
            }
            sealed = seal_for_instance(json.dumps(letter), PLACE)
            # Plain SQL: Django's insert asks for the row back, and whoever writes a letter may not read it.
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO platform_outgoingmail (sealed, written_at) VALUES (%s, now())", [sealed])
        send_waiting_mail.defer()
        return len(email_messages)


@app.task(queue="mail", retry=10)
def send_waiting_mail() -> None:
    """Send what waits, oldest first; a letter is taken by one worker only, and emptied when it has left."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT id, sealed FROM platform_take_mail()")
        for letter_id, sealed in cursor.fetchall():
            letter = json.loads(unseal_for_instance(bytes(sealed), PLACE))
            EmailMessage(**letter, connection=get_connection(settings.MAIL_TRANSPORT)).send()
            cursor.execute("SELECT platform_mail_sent(%s)", [letter_id])
