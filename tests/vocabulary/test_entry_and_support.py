"""Lists that the dataset adds: entry, support, structures."""

from convergence.vocabulary.absences import AbsenceKind
from convergence.vocabulary.contacts import ContactKind
from convergence.vocabulary.extended_support import FOLLOW_UP_MONTHS
from convergence.vocabulary.orientations import Referrer
from convergence.vocabulary.placements import PlacementPurpose
from convergence.vocabulary.sessions import SessionKind


def test_the_half_year_return_knows_twelve_ways_of_being_referred() -> None:
    assert len(Referrer) == 12


def test_a_session_is_a_contact_with_the_same_words_or_one_of_two_more() -> None:
    contacts = {kind.value: kind.label for kind in ContactKind}
    sessions = {kind.value: kind.label for kind in SessionKind}
    assert contacts.items() < sessions.items()
    assert set(sessions) - set(contacts) == {"group_workshop", "joint_support"}


def test_a_placement_has_one_of_the_three_purposes_of_the_law() -> None:
    assert len(PlacementPurpose) == 3


def test_news_is_asked_for_within_the_year_of_support() -> None:
    assert list(FOLLOW_UP_MONTHS) == sorted(FOLLOW_UP_MONTHS)
    assert FOLLOW_UP_MONTHS[-1] == 12


def test_the_cause_of_an_absence_names_no_measure_and_no_illness() -> None:
    words = " ".join(kind.label.lower() for kind in AbsenceKind)
    for revealing in ("incarc", "déten", "prison", "justice", "addict", "psych", "cure", "hospital"):
        assert revealing not in words
