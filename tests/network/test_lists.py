"""Lists of partners and offers: what filters keep, free places counted in SQL as in Python, nearness."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.http import QueryDict

from convergence.network.models import Offer, Partner
from convergence.network.nearness import Point, around, kilometres, near_site, note_travel, place_site
from convergence.network.offers import OfferFacts, add_offer
from convergence.network.partners import BranchFacts, PartnerFacts, add_branch, add_partner, close_partner
from convergence.network.places import Figures, Speaker, hold, places_of, say_places
from convergence.network.reading import Filters, free_figures, offers, partners, relied_on
from convergence.platform.errors import Refused
from convergence.vocabulary.offers import Nearness
from convergence.vocabulary.partners import PartnerKind
from tests.builders import TODAY, World

PARTNER = Speaker("partner")


def asked(query: str) -> Filters:
    return Filters.of(QueryDict(query), PartnerKind)


def names(query: str) -> set[str]:
    return {partner.name for partner in partners(asked(query), TODAY)}


@pytest.fixture
def two(offer: Offer) -> tuple[Partner, Partner]:
    other = add_partner(
        offer.territory_id,
        PartnerFacts("Épicerie Modèle", "employer", ["employment"]),
        BranchFacts("Magasin", commune="Saint-Ouen", postcode="93400"),
        today=TODAY,
    )
    return offer.partner, other


def test_filters_keep_what_they_say(two: tuple[Partner, Partner], offer: Offer) -> None:
    ours = {"Résidence Fictive", "Épicerie Modèle"}
    assert ours < names("")
    assert names("mots=EPICERIE mod") == names("mots=epicerie+modele") == {"Épicerie Modèle"}
    assert names("nature=employer") & ours == names("domaine=employment") & ours == {"Épicerie Modèle"}
    assert names("lieu=saint-ouen") == names("lieu=934") == {"Épicerie Modèle"}
    assert "Résidence Fictive" in names("places=a-demander")
    assert "Résidence Fictive" not in names("places=libres")
    say_places(offer.pk, Figures(free=1), PARTNER, TODAY, today=TODAY)
    assert "Résidence Fictive" in names("places=libres")
    assert "Résidence Fictive" not in names("places=a-demander")
    close_partner(two[1], TODAY)
    assert "Épicerie Modèle" not in names("")
    assert "Épicerie Modèle" in names("fermes=oui")


@pytest.mark.parametrize("query", ["nature=castle", "domaine=%00", "places=many", "page=x", "lieu=", "mots=%00"])
def test_a_malformed_address_filters_nothing(query: str) -> None:
    assert not asked(query).any


def test_the_words_of_a_search_are_no_pattern(two: tuple[Partner, Partner]) -> None:
    assert names("mots=%25") == names("mots=_____") == set()


def test_sql_counts_free_places_as_python_does(offer: Offer) -> None:
    """Every kind of figure, looked at on days before, within and after its shelf life."""
    made: list[Offer] = []

    def figure(name: str, on: date, said: Figures, life: int | None = None) -> Offer:
        facts = OfferFacts(name, "housing_place", "housing", shelf_life_days=life)
        new = add_offer(offer.partner, facts)
        say_places(new.pk, said, PARTNER, on, today=TODAY)
        made.append(new)
        return new

    figure("fraîche", TODAY, Figures(free=2))
    figure("ancienne", TODAY - timedelta(days=16), Figures(free=2))
    figure("courte", TODAY - timedelta(days=3), Figures(free=2), life=2)
    figure("complète", TODAY, Figures(free=0))
    figure("complète jusque", TODAY - timedelta(days=40), Figures(full_until=TODAY + timedelta(days=2)))
    figure("sans libre", TODAY, Figures(places=3))
    proposed = figure("proposée", TODAY, Figures(free=1))
    hold(proposed.pk, uuid4(), firm=False, on=TODAY - timedelta(days=5))
    known = figure("connue", TODAY, Figures(free=1))
    hold(known.pk, uuid4(), firm=True, on=TODAY - timedelta(days=5))
    after = figure("après", TODAY - timedelta(days=5), Figures(free=1))
    hold(after.pk, uuid4(), firm=True, on=TODAY)
    ids = [row.pk for row in (offer, *made)]
    for on in (TODAY, TODAY + timedelta(days=3), TODAY + timedelta(days=30)):
        counted = places_of(ids, on)
        relied = relied_on(on).filter(offer__in=ids)
        by_sql = {row.offer_id: row.held for row in relied}  # type: ignore[attr-defined]  # annotated
        assert {row.offer_id for row in free_figures(on).filter(offer__in=ids)} == {
            pk for pk, places in counted.items() if places.free
        }
        assert by_sql == {pk: places.held for pk, places in counted.items() if places.known}
    assert {row.name for row in offers(Filters(free=True), TODAY).filter(pk__in=ids)} == {"fraîche", "connue"}


def test_distances_are_those_of_the_great_circle() -> None:
    paris, lyon = Point(48.8566, 2.3522), Point(45.7640, 4.8357)
    assert kilometres(paris, lyon) == pytest.approx(391.5, abs=1)
    assert kilometres(paris, paris) == 0
    assert kilometres(paris, lyon) == pytest.approx(kilometres(lyon, paris))


def test_travel_time_comes_before_the_straight_line_and_says_so(officer: World, partner: Partner) -> None:
    site = officer.other_site
    located = partner.branches.get()
    nowhere = add_branch(partner, BranchFacts("Permanence mobile"))
    assert near_site(site.pk, [located])[located.pk].how is Nearness.UNKNOWN
    place_site(site, Point(48.9, 2.35))
    found = near_site(site.pk, [located, nowhere])
    assert found[located.pk].how is Nearness.STRAIGHT_LINE
    assert found[located.pk].kilometres == pytest.approx(1.0, abs=0.1)
    assert found[nowhere.pk].how is Nearness.UNKNOWN
    note_travel(site, located, 18, "trajet fait ensemble")
    note_travel(site, located, 20, "trajet refait")
    known = near_site(site.pk, [located])[located.pk]
    assert (known.how, known.minutes) == (Nearness.TRAVEL, 20)
    with pytest.raises(Refused, match="1 et 600"):
        note_travel(site, located, 0, "")
    with pytest.raises(Refused, match="en mer"):
        place_site(site, Point(46.0, -5.0))


def test_what_is_around_comes_nearest_first_within_the_radius(partner: Partner) -> None:
    middle = Point(48.86, 2.35)
    for number, north in enumerate((0.001, 0.02, 0.01, 0.2)):
        add_branch(partner, BranchFacts(f"Antenne {number}", latitude=48.86 + north, longitude=2.35))
    there = partner.branches.filter(name__startswith="Antenne")
    found = around(there, middle, 5, most=2)
    assert [branch.name for branch, _near in found.branches] == ["Antenne 0", "Antenne 2"]
    assert found.more is True
    assert all(how.kilometres is not None and how.kilometres <= 5 for _branch, how in found.branches)
