"""A territory says its own terms: reminders, lapses and links follow them, the page of the partner says them."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from convergence.network.asks import ask_places
from convergence.platform.identity import assume
from convergence.referrals.models import Link, Referral
from convergence.referrals.reading import referrals_of
from convergence.referrals.recording.links import renew
from convergence.referrals.recording.time import lapse, remind
from convergence.referrals.waiting import waiting
from convergence.territories.models import ReferralTerms, SettingChange, Territory
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World
from tests.referrals.conftest import Acting, Network, network
from tests.web.test_referrals import signed_in, text

__all__ = ["network"]

DAYS = [timedelta(days=4), timedelta(days=5)]
OWN = {"reminder_days": "5", "lapse_days": "20", "link_days": "3", "seen": ""}


def kept(acting_as: Acting) -> list[tuple[int, ...]]:
    with acting_as("maint"):
        return list(ReferralTerms.objects.values_list("reminder_days", "lapse_days", "link_days"))


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMINISTRATOR])
def test_terms_are_said_then_changed_one_editor_at_a_time_with_their_history(
    world: World, acting_as: Acting, role: Role
) -> None:
    client, address = signed_in(world.users[role]), reverse("referral-terms", args=[world.territory.pk])
    assert client.get(address).context["form"]["reminder_days"].value() == 10
    refused = client.post(address, OWN | {"reminder_days": "20"})
    assert "La relance vient avant que la demande ne devienne caduque" in text(refused)
    assert kept(acting_as) == []
    client.post(address, OWN)
    assert client.post(address, OWN | {"lapse_days": "25"}).status_code == 409
    shown = client.get(address).context["form"]["seen"].value()
    client.post(address, OWN | {"lapse_days": "25", "seen": shown})
    assert kept(acting_as) == [(5, 25, 3)]
    with acting_as("maint"):
        change = SettingChange.objects.get(setting="territories_referralterms")
    assert (change.before, change.actor_id) == ({"lapse_days": 20}, world.users[role].pk)


@pytest.mark.parametrize("role", [Role.PARTNERSHIP_OFFICER, Role.COUNSELLOR, Role.SITE_MANAGER])
def test_nobody_else_says_them(world: World, acting_as: Acting, role: Role) -> None:
    address = reverse("referral-terms", args=[world.territory.pk])
    assert signed_in(world.users[role]).post(address, OWN).status_code == 403
    assert kept(acting_as) == []


def test_a_coordinator_says_nothing_of_another_territory(world: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        other = Territory.objects.create(name="Territoire Voisin Fictif")
    address = reverse("referral-terms", args=[other.pk])
    assert signed_in(world.users[Role.COORDINATOR]).post(address, OWN).status_code == 404
    assert kept(acting_as) == []


def test_reminders_lapses_and_links_follow_the_terms_of_the_territory(network: Network, acting_as: Acting) -> None:
    with acting_as("maint"):
        Link.objects.all().delete()
        Referral.objects.all().delete()
        ReferralTerms.objects.create(territory=network.world.territory, reminder_days=5, lapse_days=20, link_days=3)
    sent = network.sent()
    assert Link.objects.get(referral=sent.series).expires_on == TODAY + timedelta(days=3)
    (line,) = [line for line in referrals_of(sent.person_id, TODAY) if line.referral.pk == sent.pk]
    assert line.lapses_on == TODAY + timedelta(days=20)
    late = {on: waiting(Referral.objects.filter(pk=sent.pk), TODAY + on, with_officer=None)[0].late for on in DAYS}
    assert list(late.values()) == [False, True]

    def night(number: int) -> tuple[int, int]:
        on = TODAY + timedelta(days=number)
        assume(None, on)
        with acting_as("worker"):
            return remind(network.page, on), lapse(on)

    assert {number: night(number) for number in (4, 5, 6, 19)} == {4: (0, 0), 5: (1, 0), 6: (0, 0), 19: (0, 0)}
    with acting_as("maint"):
        reminder = Link.objects.get(referral=sent.series, reason="reminder")
        assert reminder.expires_on == TODAY + timedelta(days=8)
        Link.objects.update(recorded_at="2020-01-01T00:00Z")
    later = TODAY + timedelta(days=15)
    assume(None, later)
    renew(network.tokens[0], network.page, later)
    with acting_as("maint"):
        assert Link.objects.get(reason="renewed").expires_on == TODAY + timedelta(days=18)
    assert night(20) == (0, 1)
    assert len(mail.outbox) == 3


def test_the_question_about_places_works_as_long_as_the_territory_says(network: Network, acting_as: Acting) -> None:
    with acting_as("maint"):
        ReferralTerms.objects.create(territory=network.world.territory, reminder_days=5, lapse_days=20, link_days=3)
    network.officer()
    (ask,) = ask_places([network.offer.pk], "Équipe fictive", network.page, today=TODAY).asks
    assert ask.expires_on == TODAY + timedelta(days=3)
