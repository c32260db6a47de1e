"""A person's referrals are on her life line, in the lane of their domain, for those who read them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from convergence.referrals.models import Referral
from convergence.referrals.recording.answers import accept, refuse_for_partner, start
from convergence.referrals.recording.team import refuse_for_person
from convergence.vocabulary.roles import Role
from tests.builders import TODAY
from tests.referrals.conftest import Network, network, team
from tests.web.test_referrals import signed_in

__all__ = ["network"]

Step = Callable[[Referral], Referral]


@pytest.fixture
def counsellor(network: Network) -> Client:
    return signed_in(network.world.users[Role.COUNSELLOR])


def named(response: Any) -> list[tuple[str, str, str]]:
    """(lane, words, address) of the marks of referrals on the line."""
    every = [mark for drawn in response.context["line"].marks for mark in drawn.marks]
    return [(mark.lane, mark.wording, mark.href) for mark in every if "mises-en-relation" in mark.href]


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (lambda row: refuse_for_person(row, "too_far", TODAY, team(row)), "Refusée par la personne"),
        (lambda row: refuse_for_partner(row, "no_place", team(row)), "Refusée par le partenaire"),
        (lambda row: start(row := accept(row, team(row)), TODAY, team(row)), "Demande qui aboutit"),
    ],
)
def test_what_happened_is_a_mark_that_opens_the_referral(
    counsellor: Client, network: Network, end: Step, said: str
) -> None:
    row = end(network.sent())
    page = counsellor.get(reverse("person", args=[row.person_id]))
    address = reverse("referral", args=[row.person_id, row.pk])
    marks = [mark for mark in named(page) if mark[2] == address]
    assert {lane for lane, _words, _address in marks} == {"housing"}
    words = [words for _lane, words, _address in marks]
    assert any(word.startswith("Demande envoyée") and network.offer.name in word for word in words)
    assert any(word.startswith(said) for word in words)
    # In the list beside the drawing too, for those who do not see it.
    assert said in page.content.decode()


def test_whoever_does_not_read_her_referrals_sees_no_mark_of_them(counsellor: Client, network: Network) -> None:
    site_manager = signed_in(network.world.users[Role.SITE_MANAGER])
    page = reverse("person", args=[network.sent().person_id])
    assert named(counsellor.get(page))
    shown = site_manager.get(page)
    assert shown.status_code == 200
    assert named(shown) == []
    assert "Demande envoyée" not in shown.content.decode()
