"""Free places: said, dated, held; the arithmetic has laws, and the last place is nobody's twice."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convergence.network.counting import Held, Said, counted
from convergence.network.models import Capacity, Hold, Offer
from convergence.network.places import Figures, NoPlaceLeft, Speaker, free_now, hold, places_of, release, say_places
from convergence.network.shelf_life import good_until, usual_days
from convergence.platform.errors import Refused
from convergence.vocabulary.offers import OfferKind
from tests.builders import TODAY

OFFICER = Speaker("officer")
YESTERDAY = TODAY - timedelta(days=1)
MOMENTS = st.datetimes(datetime(2026, 11, 1), datetime(2026, 11, 30), timezones=st.just(UTC))
HELD = st.builds(lambda firm, at: Held(firm, at.date(), at), st.booleans(), MOMENTS)


def said(offer: Offer, number: int, on: date = TODAY) -> Capacity:
    return say_places(offer.pk, Figures(free=number), OFFICER, on, today=TODAY)


@given(st.integers(0, 50), MOMENTS, st.lists(HELD, max_size=20))
def test_a_hold_takes_one_place_at_most_and_never_below_zero(number: int, at: datetime, held: list[Held]) -> None:
    figure = Said(number, at.date(), at)
    places = counted(figure, held, good_until=None, on=TODAY)
    assert places.free is not None
    assert 0 <= places.free <= number
    fewer = counted(figure, held[1:], good_until=None, on=TODAY)
    assert fewer.free is not None
    assert fewer.free - places.free in {0, 1}


@given(st.integers(0, 50), MOMENTS, st.lists(HELD, max_size=20))
def test_what_the_partner_accepted_before_it_said_its_figure_is_counted_once(
    number: int, at: datetime, held: list[Held]
) -> None:
    known = [place for place in held if place.firm and (place.on, place.at) <= (at.date(), at)]
    rest = [place for place in held if place not in known]
    figure = Said(number, at.date(), at)
    assert counted(figure, held, good_until=None, on=TODAY) == counted(figure, rest, good_until=None, on=TODAY)
    assert counted(figure, rest, good_until=None, on=TODAY).held == len(rest)


def test_without_a_figure_nothing_is_known_and_what_is_proposed_is_told_but_not_what_was_taken_long_ago() -> None:
    now = datetime.now(UTC)
    held = [Held(False, TODAY, now), Held(True, TODAY, now), Held(True, TODAY - timedelta(days=700), now)]
    places = counted(None, held, good_until=None, on=TODAY)
    assert (places.free, places.known, places.held) == (None, False, 1)


def test_a_figure_older_than_its_shelf_life_is_to_be_asked_again(offer: Offer) -> None:
    days = usual_days(OfferKind.HOUSING_PLACE, TODAY)
    said(offer, 4, TODAY - timedelta(days=days))
    assert free_now(offer.pk, TODAY) == 4
    later = places_of([offer.pk], TODAY + timedelta(days=1))[offer.pk]
    assert (later.stale, later.free, later.said) == (True, None, 4)


def test_an_offer_may_have_a_shelf_life_of_its_own() -> None:
    assert good_until(OfferKind.JOB, 3, TODAY) == TODAY + timedelta(days=3)
    assert good_until(OfferKind.JOB, None, TODAY) == TODAY + timedelta(days=30)
    assert usual_days(OfferKind.JOB, date(1990, 1, 1)) == 30


def test_full_until_a_day_is_zero_until_then_and_to_be_asked_after(offer: Offer) -> None:
    until = TODAY + timedelta(days=90)
    say_places(offer.pk, Figures(full_until=until), Speaker("partner", "Lou Factice"), TODAY, today=TODAY)
    assert free_now(offer.pk, until) == 0
    assert places_of([offer.pk], until + timedelta(days=1))[offer.pk].stale


def test_a_proposed_place_is_held_an_accepted_one_until_the_partner_counts_again(offer: Offer) -> None:
    said(offer, 2, YESTERDAY)
    first, second = uuid4(), uuid4()
    hold(offer.pk, first, firm=False, on=YESTERDAY)
    assert free_now(offer.pk, TODAY) == 1
    hold(offer.pk, second, firm=True, on=TODAY)
    assert free_now(offer.pk, TODAY) == 0
    assert release(first)
    assert not release(first)
    assert free_now(offer.pk, TODAY) == 1


def test_two_officers_proposing_the_last_place_one_of_them_is_told(offer: Offer) -> None:
    said(offer, 1)
    first, second = uuid4(), uuid4()
    hold(offer.pk, first, firm=False, on=TODAY)
    with pytest.raises(NoPlaceLeft, match="plus de place libre"):
        hold(offer.pk, second, firm=False, on=TODAY)
    assert hold(offer.pk, second, firm=False, on=TODAY, even_if_full=True).referral == second
    # The partner's own word is above our figures.
    assert hold(offer.pk, first, firm=True, on=TODAY).firm


def test_the_same_referral_holds_one_place_and_moves_with_it(offer: Offer) -> None:
    said(offer, 1)
    referral: UUID = uuid4()
    once = hold(offer.pk, referral, firm=False, on=TODAY)
    assert hold(offer.pk, referral, firm=False, on=TODAY).pk == once.pk
    firm = hold(offer.pk, referral, firm=True, on=TODAY)
    assert (firm.series, firm.firm) == (once.series, True)
    assert hold(offer.pk, referral, firm=False, on=TODAY).pk == firm.pk
    assert Hold.objects.current().filter(offer=offer).count() == 1
    assert Hold.objects.filter(offer=offer).count() == 2


@pytest.mark.parametrize(
    ("figures", "sentence"),
    [
        (Figures(free=-1), "de 0 à 10 000"),
        (Figures(free=0, places=10_001), "de 0 à 10 000"),
        (Figures(free=3, places=2), "plus de places libres que de places"),
        (Figures(free=1, waiting_days=-2), "délai"),
        (Figures(free=1, full_until=TODAY), "zéro place"),
        (Figures(full_until=YESTERDAY), "jour à venir"),
        (Figures(), "au moins un chiffre"),
        (Figures(free=1, unit="cave"), "unité"),
    ],
)
def test_absurd_figures_are_refused_in_a_sentence(offer: Offer, figures: Figures, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        say_places(offer.pk, figures, OFFICER, TODAY, today=TODAY)
    assert not Capacity.objects.filter(offer=offer).exists()


def test_what_was_said_last_stands_what_was_said_before_stays(offer: Offer) -> None:
    say_places(offer.pk, Figures(free=2, places=10), OFFICER, YESTERDAY, today=TODAY)
    latest = say_places(offer.pk, Figures(free=1), Speaker("counsellor", "Accueil"), TODAY, today=TODAY)
    assert (latest.places, latest.said_by, latest.said_by_name) == (10, "counsellor", "Accueil")
    assert [row.free for row in Capacity.objects.filter(offer=offer).order_by("pk")] == [2, 1]
    with pytest.raises(Refused, match="plus récent"):
        said(offer, 5, YESTERDAY)
    with pytest.raises(Refused, match="jour à venir"):
        said(offer, 5, TODAY + timedelta(days=1))
