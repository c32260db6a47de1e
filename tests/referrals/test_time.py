"""Partners that do not answer are reminded once, then the demand lapses and the place is free again."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail

from convergence.network.models import Hold
from convergence.platform.identity import assume
from convergence.referrals.models import Link, Referral
from convergence.referrals.recording.answers import accept, propose_date, put_on_waiting_list
from convergence.referrals.recording.links import identify_link
from convergence.referrals.recording.team import confirm_date, withdraw_sharing
from convergence.referrals.recording.time import lapse, remind
from convergence.referrals.tasks import follow_referrals
from tests.builders import TODAY
from tests.referrals.conftest import Acting, Network, team


@pytest.fixture
def alone(network: Network, acting_as: Acting) -> Network:
    """No referral waits but those that the test sends."""
    with acting_as("maint"):
        Link.objects.all().delete()
        Referral.objects.all().delete()
    mail.outbox.clear()
    return network


def days(number: int) -> date:
    return TODAY + timedelta(days=number)


def by_worker(acting_as: Acting, network: Network, on: date) -> tuple[int, int]:
    """(letters, lapses) of a night, as the worker, which is nobody."""
    assume(None, on)
    with acting_as("worker"):
        return remind(network.page, on), lapse(on)


def test_one_reminder_at_ten_days_then_the_lapse_at_thirty(alone: Network, acting_as: Acting) -> None:
    sent = alone.sent()
    nights = {number: by_worker(acting_as, alone, days(number)) for number in (9, 10, 11, 29, 30, 31)}
    assert nights == {9: (0, 0), 10: (1, 0), 11: (0, 0), 29: (0, 0), 30: (0, 1), 31: (0, 0)}
    assert [str(letter.subject) for letter in mail.outbox][1:] == ["Rappel : une demande attend votre réponse"]
    assert identify_link(alone.tokens[-1], days(12)) is not None
    alone.counsellor()
    ended = Referral.objects.current().get(series=sent.series)
    assert (ended.state, ended.ended_on, ended.source, ended.recorded_by) == ("lapsed", days(30), "time", None)
    assert (ended.sent_on, ended.offer_id) == (sent.sent_on, sent.offer_id)
    assert not Hold.objects.current().filter(referral=sent.series).exists()


def test_an_answer_whichever_it_is_stops_both(alone: Network, acting_as: Acting) -> None:
    sent = alone.sent()
    put_on_waiting_list(sent, team(sent))
    assert by_worker(acting_as, alone, days(40)) == (0, 0)
    alone.counsellor()
    listed = Referral.objects.current().get(series=sent.series)
    accept(listed, team(listed))
    assert by_worker(acting_as, alone, days(40)) == (0, 0)


def test_a_meeting_on_an_agreed_day_comes_before_the_answer(alone: Network, acting_as: Acting) -> None:
    sent = alone.sent()
    dated = propose_date(sent, datetime(2026, 12, 13, 9, tzinfo=UTC), team(sent))
    assert by_worker(acting_as, alone, days(60)) == (0, 0)
    alone.counsellor()
    confirm_date(dated, team(dated))
    assert [by_worker(acting_as, alone, days(number)) for number in (29, 30, 49, 50)] == [
        (0, 0),
        (1, 0),
        (0, 0),
        (0, 1),
    ]


def test_nothing_is_written_to_a_partner_once_the_agreement_is_withdrawn(alone: Network, acting_as: Acting) -> None:
    sent = alone.sent()
    withdraw_sharing(sent, TODAY)
    assert by_worker(acting_as, alone, days(10)) == (0, 0)
    assert len(mail.outbox) == 1


def test_without_a_public_address_demands_lapse_and_nobody_is_written_to(
    alone: Network, acting_as: Acting, settings: Any, time_machine: Any
) -> None:
    sent = alone.sent()
    settings.CSRF_TRUSTED_ORIGINS = []
    time_machine.move_to(f"{days(30).isoformat()}T06:17:00+01:00", tick=False)
    assume(None, days(30))
    with acting_as("worker"):
        follow_referrals(0)
    alone.counsellor()
    assert Referral.objects.current().get(series=sent.series).state == "lapsed"
    assert len(mail.outbox) == 1


def test_every_morning_demands_lapse_and_partners_are_reminded_of_the_others(
    alone: Network, acting_as: Acting, settings: Any, time_machine: Any
) -> None:
    alone.sent()
    settings.CSRF_TRUSTED_ORIGINS = ["https://convergence.example"]
    time_machine.move_to(f"{days(10).isoformat()}T06:17:00+01:00", tick=False)
    assume(None, days(10))
    with acting_as("worker"):
        follow_referrals(0)
    (address,) = re.findall(r"https://convergence\.example/\S+", str(mail.outbox[-1].body))
    token = address.rstrip("/").rpartition("/")[2]
    assert identify_link(token, days(10)) is not None
