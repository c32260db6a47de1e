"""Needs rated at each review: what a rating says, what holds until the next, and the distance travelled."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest
from django.db import connection

from convergence.people.models import Person
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.platform.identity import assume
from convergence.support.models import Need
from convergence.support.needs import (
    LONGEST,
    NeedHistory,
    Rating,
    correct_need,
    need_histories,
    record_review,
    said,
    to_see,
    withdraw_need,
)
from convergence.vocabulary.missing import Missing
from convergence.vocabulary.needs import NEEDS, NEEDS_BY_PART
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World

Acting = Callable[[str], AbstractContextManager[None]]

WRITTEN = {"identity", "contact", "work", "social", "health", "justice"}
SPRING, SUMMER = date(2026, 4, 7), date(2026, 7, 1)


@pytest.fixture(autouse=True)
def counsellor(world: World) -> int:
    user = world.users[Role.COUNSELLOR]
    assume(user.pk, TODAY)
    return user.pk


def rate(lina: Person, on: date = TODAY, reason: str = "", **codes: str) -> list[Need]:
    """As somebody does who has just read what stands."""
    histories = need_histories(lina.pk, WRITTEN)
    ratings = {}
    for need, code in codes.items():
        latest = histories[need].latest
        ratings[need] = Rating(code, reason, str(latest.rating.pk) if latest else "")
    return record_review(lina.pk, ratings, on, written=WRITTEN, today=TODAY)


def history(lina: Person, need: str = "mobility") -> NeedHistory:
    return need_histories(lina.pk, WRITTEN)[need]


def told(lina: Person, need: str = "mobility") -> list[tuple[date | None, date | None, str]]:
    return [(each.on, each.rating.ends, each.said) for each in history(lina, need).reviews]


def test_each_part_of_a_review_holds_two_to_five_needs_and_each_need_is_in_one() -> None:
    assert all(2 <= len(needs) <= 5 for needs in NEEDS_BY_PART.values())
    assert sorted(need.code for needs in NEEDS_BY_PART.values() for need in needs) == sorted(NEEDS)


def test_a_rating_holds_until_the_next_review_of_the_same_need(lina: Person) -> None:
    rate(lina, SPRING, mobility="4", money="2")
    rate(lina, SUMMER, mobility="1")
    assert told(lina) == [
        (SPRING, SUMMER, "4 · urgent, à traiter en premier"),
        (SUMMER, None, "1 · petite difficulté"),
    ]
    assert told(lina, "money") == [(SPRING, None, "2 · difficulté à suivre")]
    assert history(lina).travelled == (4, 1)
    assert history(lina, "money").travelled is None


def test_a_review_told_late_finds_its_place_before_the_latest(lina: Person) -> None:
    rate(lina, SUMMER, mobility="1")
    rate(lina, SPRING, mobility="3")
    assert [(on, ends) for on, ends, _said in told(lina)] == [(SPRING, SUMMER), (SUMMER, None)]
    assert history(lina).travelled == (3, 1)


@pytest.mark.parametrize("missing", list(Missing))
def test_what_is_not_known_is_never_zero_and_never_a_distance(lina: Person, missing: Missing) -> None:
    rate(lina, SPRING, mobility="4")
    rate(lina, SUMMER, mobility=missing.value)
    latest = history(lina).reviews[-1].rating
    assert (latest.level, latest.missing) == (None, missing.value)
    assert said(latest) == missing.label.lower()
    assert history(lina).travelled is None
    rate(lina, TODAY, mobility="3")
    assert history(lina).travelled == (4, 3)


def test_what_is_left_to_see_is_what_nobody_has_assessed(lina: Person) -> None:
    everything = len(NEEDS)
    assert len(to_see(need_histories(lina.pk, WRITTEN).values())) == everything
    rate(lina, SPRING, mobility="0", money="not_assessed", housing="prefers_not_to_say")
    left = {kind.code for kind in to_see(need_histories(lina.pk, WRITTEN).values())}
    assert set(NEEDS) - left == {"mobility", "housing"}


def test_the_author_of_a_rating_is_whoever_gave_it_not_whoever_rated_next(world: World, lina: Person) -> None:
    rate(lina, SPRING, mobility="4")
    assume(world.users[Role.SUPPORT_WORKER].pk, TODAY)
    record_review(
        lina.pk,
        {"mobility": Rating("2", seen_version=str(Need.objects.current().get(person=lina).pk))},
        SUMMER,
        written=WRITTEN,
        today=TODAY,
    )
    authors = [each.author for each in need_histories(lina.pk, {"social"})["mobility"].reviews]
    assert authors == [str(world.users[Role.COUNSELLOR]), str(world.users[Role.SUPPORT_WORKER])]


def test_the_reason_is_sealed_at_rest(lina: Person) -> None:
    (rated,) = rate(lina, reason="Le dernier bus part avant son poste.", mobility="3")
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason FROM support_need WHERE id = %s", [rated.pk])
        assert b"bus" not in bytes(cursor.fetchone()[0])
    assert Need.objects.get(pk=rated.pk).reason == "Le dernier bus part avant son poste."


def test_the_second_of_two_people_who_rate_is_told_and_nothing_of_hers_is_written(lina: Person) -> None:
    rate(lina, mobility="3")
    stale = {"mobility": Rating("0"), "money": Rating("4")}
    with pytest.raises(ChangedMeanwhile, match="relisez") as refusal:
        record_review(lina.pk, stale, TODAY, written=WRITTEN, today=TODAY)
    assert refusal.value.fresh["mobility"].level == 3
    assert told(lina, "money") == []


@pytest.mark.parametrize(
    ("ratings", "on", "words"),
    [
        ({}, TODAY, "au moins un besoin"),
        ({"mobility": Rating("5")}, TODAY, "niveau de 0 à 4"),
        ({"mobility": Rating("")}, TODAY, "niveau de 0 à 4"),
        ({"invented": Rating("1")}, TODAY, "parmi ceux"),
        ({"mobility": Rating("1")}, TODAY + timedelta(days=1), "futur"),
        ({"mobility": Rating("1", "x" * (LONGEST + 1))}, TODAY, "trop longue"),
    ],
)
def test_what_cannot_be_noted_is_refused_in_a_sentence(
    lina: Person, ratings: dict[str, Rating], on: date, words: str
) -> None:
    with pytest.raises(Refused, match=words):
        record_review(lina.pk, ratings, on, written=WRITTEN, today=TODAY)
    assert not Need.objects.filter(person=lina).exists()


def test_a_need_that_one_may_not_write_is_refused(lina: Person) -> None:
    with pytest.raises(Refused, match="parmi ceux"):
        record_review(lina.pk, {"justice": Rating("2")}, TODAY, written={"social"}, today=TODAY)


def test_justice_is_read_by_the_referent_counsellor_alone(world: World, lina: Person) -> None:
    rate(lina, justice="2", access_to_care="3")
    assume(world.users[Role.SUPPORT_WORKER].pk, TODAY)
    assert set(Need.objects.filter(person=lina).values_list("need", flat=True)) == {"access_to_care"}
    assert "justice" not in need_histories(lina.pk, {"social", "health"})
    assume(world.users[Role.SITE_MANAGER].pk, TODAY)
    assert not Need.objects.filter(person=lina).exists()


def test_a_correction_keeps_what_stood_and_moves_the_day_between_its_neighbours(lina: Person) -> None:
    rate(lina, SPRING, mobility="4")
    (rated,) = rate(lina, SUMMER, mobility="1")
    for moved in (SUMMER - timedelta(days=5), SUMMER + timedelta(days=5)):
        seen = Need.objects.current().get(series=rated.series)
        correct_need(seen, Rating("2", "Deux.", str(seen.pk)), moved, today=TODAY)
        assert told(lina) == [
            (SPRING, moved, "4 · urgent, à traiter en premier"),
            (moved, None, "2 · difficulté à suivre"),
        ]
    versions = Need.objects.filter(series=rated.series).order_by("pk")
    assert [version.level for version in versions] == [1, 2, 2]


@pytest.mark.parametrize("moved", [SPRING, SPRING - timedelta(days=1), TODAY + timedelta(days=1)])
def test_a_corrected_day_passes_neither_its_neighbour_nor_today(lina: Person, moved: date) -> None:
    rate(lina, SPRING, mobility="4")
    (rated,) = rate(lina, SUMMER, mobility="1")
    with pytest.raises(Refused, match="Ce jour"):
        correct_need(rated, Rating("1", "", str(rated.pk)), moved, today=TODAY)
    assert [on for on, _ends, _said in told(lina)] == [SPRING, SUMMER]


def test_the_second_of_two_people_who_correct_is_shown_the_first_one_s_rating(lina: Person) -> None:
    (rated,) = rate(lina, mobility="4")
    correct_need(rated, Rating("2", "", str(rated.pk)), TODAY, today=TODAY)
    with pytest.raises(ChangedMeanwhile) as refusal:
        correct_need(rated, Rating("0", "", str(rated.pk)), TODAY, today=TODAY)
    assert refusal.value.fresh.level == 2


def test_taking_a_rating_back_lets_the_one_before_hold_again(lina: Person) -> None:
    rate(lina, SPRING, mobility="4")
    (rated,) = rate(lina, SUMMER, mobility="0")
    withdraw_need(rated)
    assert told(lina) == [(SPRING, None, "4 · urgent, à traiter en premier")]
    assert Need.objects.get(pk=rated.pk).superseded_at is not None
    with pytest.raises(ChangedMeanwhile):
        withdraw_need(rated)


def test_all_the_needs_of_a_person_take_one_query(
    lina: Person, django_assert_num_queries: Callable[..., AbstractContextManager[None]]
) -> None:
    for on in (SPRING, SUMMER, TODAY):
        rate(lina, on, mobility="1", money="2", housing="3")
    with django_assert_num_queries(1):
        assert sum(len(each.reviews) for each in need_histories(lina.pk, WRITTEN).values()) == 9
