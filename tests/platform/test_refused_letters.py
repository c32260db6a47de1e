"""A mail server refuses an address: the letter is given up for good, later, or never, and no log names anybody."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F

from convergence.platform.models import OutgoingMail
from convergence.platform.outbox import ABOUT, MOST_ATTEMPTS, OutboxBackend, send_waiting_mail
from tests.platform.conftest import Committed
from tests.platform.smtp import Server, mail_server


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    with mail_server() as server:
        settings.MAIL_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


def post(*recipients: str) -> None:
    with transaction.atomic():
        for to in recipients:
            letter = EmailMessage("Une demande", "Un lien.", None, [to], headers={ABOUT: "kind:7"})
            OutboxBackend().send_messages([letter])


def standing() -> list[tuple[str, bool, bool, bool, int]]:
    """(about, still sealed, sent, given up, attempts) of each letter, oldest first."""
    return [
        (mail.about, mail.sealed is not None, mail.sent_at is not None, mail.refused_on is not None, mail.attempts)
        for mail in OutgoingMail.objects.order_by("pk")
    ]


def a_turn_later(committed: Committed) -> None:
    letters = OutgoingMail.objects.filter(sent_at=None)
    committed.as_maint(lambda: letters.update(try_after=F("try_after") - timedelta(days=1)))
    committed.run(send_waiting_mail, "worker")


def test_an_address_is_given_up_at_once_or_after_some_turns_and_the_servers_own_faults_never(
    committed: Committed, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    committed.run(lambda: post("a@refused.example", "b@accepted.example", "c@full.example", "d@relay.example"))
    committed.run(send_waiting_mail, "worker")
    assert server.accepted == ["b@accepted.example"]
    assert committed.as_maint(standing) == [
        ("kind:7", False, False, True, 1),
        ("kind:7", False, True, False, 0),
        ("kind:7", True, False, False, 1),
        ("kind:7", True, False, False, 1),
    ]
    for _turn in range(MOST_ATTEMPTS):
        a_turn_later(committed)
    assert committed.as_maint(standing)[2:] == [
        ("kind:7", False, False, True, MOST_ATTEMPTS),
        ("kind:7", True, False, False, MOST_ATTEMPTS + 1),
    ]
    assert "letter not sent: SMTPRecipientsRefused" in caplog.text
    assert ".example" not in caplog.text


def test_a_server_that_is_down_says_nothing_against_an_address(committed: Committed, settings: Any) -> None:
    with mail_server() as server:
        port = server.port
    settings.MAIL_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    committed.run(lambda: post("b@accepted.example"))
    for _turn in range(MOST_ATTEMPTS + 1):
        a_turn_later(committed)
    assert committed.as_maint(standing) == [("kind:7", True, False, False, MOST_ATTEMPTS + 1)]
