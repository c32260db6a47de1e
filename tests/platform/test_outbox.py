"""Letters leave after the commit, one by one; sealed while they wait, emptied once they are sent."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.db.models import F

from convergence.platform.models import OutgoingMail
from convergence.platform.outbox import OutboxBackend, send_waiting_mail
from tests.platform.conftest import Committed

SENT: list[str] = []


class Carrier(BaseEmailBackend):
    """A mail server that refuses whoever lives at refused.example."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            if message.to[0].endswith("@refused.example"):
                raise OSError("refused")
            message.message()
            SENT.append(message.to[0])
        return len(email_messages)


@pytest.fixture(autouse=True)
def carrier(settings: Any) -> None:
    SENT.clear()
    settings.MAIL_TRANSPORT = f"{__name__}.Carrier"


def letter(to: str, subject: str = "Votre accès") -> EmailMessage:
    return EmailMessage(subject, "Un lien qui sert une fois.", None, [to])


def post(*recipients: str) -> None:
    with transaction.atomic():
        OutboxBackend().send_messages([letter(to) for to in recipients])


def waiting() -> list[tuple[bool, bool, int]]:
    """(still sealed, sent, attempts) of each letter, oldest first."""
    letters = OutgoingMail.objects.order_by("pk")
    return [(mail.sealed is not None, mail.sent_at is not None, mail.attempts) for mail in letters]


def test_a_transaction_that_fails_sends_nothing(committed: Committed) -> None:
    def post_then_fail() -> None:
        with transaction.atomic():
            post("a@accepted.example")
            transaction.set_rollback(True)

    committed.run(post_then_fail)
    committed.run(send_waiting_mail, "worker")
    assert SENT == []
    assert committed.as_maint(waiting) == []


def test_letters_leave_once_in_their_order_and_are_emptied(committed: Committed) -> None:
    committed.run(lambda: post("a@accepted.example", "b@accepted.example"))
    assert committed.as_maint(waiting) == [(True, False, 0)] * 2
    assert SENT == []
    committed.run(send_waiting_mail, "worker")
    committed.run(send_waiting_mail, "worker")
    assert SENT == ["a@accepted.example", "b@accepted.example"]
    assert committed.as_maint(waiting) == [(False, True, 0)] * 2


def test_a_letter_that_is_refused_blocks_no_other_repeats_no_other_and_is_tried_again_later(
    committed: Committed,
) -> None:
    committed.run(lambda: post("a@accepted.example", "b@refused.example", "c@accepted.example"))
    for _time in range(3):
        committed.run(send_waiting_mail, "worker")
    assert SENT == ["a@accepted.example", "c@accepted.example"]
    assert committed.as_maint(waiting) == [(False, True, 0), (True, False, 1), (False, True, 0)]
    later = OutgoingMail.objects.filter(sent_at=None)
    committed.as_maint(lambda: later.update(try_after=F("try_after") - timedelta(hours=1)))
    committed.run(send_waiting_mail, "worker")
    assert committed.as_maint(waiting)[1] == (True, False, 2)


@pytest.mark.parametrize("broken", ["sealed under another key", "impossible to write"])
def test_a_letter_that_cannot_leave_blocks_no_other(committed: Committed, broken: str) -> None:
    subject = "Votre accès" if broken == "sealed under another key" else "Deux\nlignes"
    letters = [letter("a@accepted.example", subject), letter("b@accepted.example")]
    committed.run(lambda: OutboxBackend().send_messages(letters))
    if broken == "sealed under another key":
        first = OutgoingMail.objects.order_by("pk")[:1].values("pk")
        committed.as_maint(lambda: OutgoingMail.objects.filter(pk__in=first).update(sealed=b"x" * 40))
    committed.run(send_waiting_mail, "worker")
    assert SENT == ["b@accepted.example"]
    assert committed.as_maint(waiting) == [(True, False, 1), (False, True, 0)]


def stored() -> list[bytes]:
    return [bytes(mail.sealed or b"") for mail in OutgoingMail.objects.all()]


def test_nothing_of_a_waiting_letter_is_readable_in_the_database(committed: Committed) -> None:
    committed.run(lambda: post("a@accepted.example"))
    (sealed,) = committed.as_maint(stored)
    for words in (b"accepted.example", "accès".encode(), b"une fois"):
        assert words not in sealed
    committed.run(send_waiting_mail, "worker")
    assert committed.as_maint(stored) == [b""]


@pytest.mark.parametrize(
    "verb", ["SELECT sealed FROM", "SELECT count(*) FROM", "DELETE FROM", "UPDATE ONLY", "SELECT platform_take_mail()"]
)
def test_whoever_writes_letters_reads_and_changes_none(committed: Committed, verb: str) -> None:
    def attempt() -> Any:
        table = " platform_outgoingmail" if "platform" not in verb else ""
        with connection.cursor() as cursor:
            cursor.execute(f"{verb}{table}{' SET sent_at = now()' if verb.startswith('UPDATE') else ''}")
            return cursor.fetchall()

    with pytest.raises(Exception, match="permission denied"):
        committed.run(attempt)


def test_a_letter_that_the_outbox_would_cut_is_refused_at_once(db: None) -> None:
    richer = EmailMultiAlternatives("s", "b", None, ["a@accepted.example"])
    richer.attach_alternative("<p>b</p>", "text/html")
    with_copy = EmailMessage("s", "b", None, ["a@accepted.example"], cc=["b@accepted.example"])
    for message in (richer, with_copy):
        with pytest.raises(NotImplementedError):
            OutboxBackend().send_messages([message])
