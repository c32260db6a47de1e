"""Aspects of a person's life and needs: who reads them, what may expire, what the half-year return counts."""

from convergence.vocabulary.base import Term
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.domains import Domain
from convergence.vocabulary.missing import Missing
from convergence.vocabulary.needs import LEVELS, NEEDS, ReturnNeed
from convergence.vocabulary.situations import ASPECTS


def test_every_domain_has_an_aspect_to_note() -> None:
    assert {aspect.domain for aspect in ASPECTS.values()} == set(Domain)


def test_health_and_disability_are_read_as_health() -> None:
    for aspect in ASPECTS.values():
        closed = aspect.domain in (Domain.HEALTH, Domain.DISABILITY)
        assert (aspect.compartment is Compartment.HEALTH) == closed, aspect.code


def test_judicial_constraints_alone_are_read_as_justice() -> None:
    read = [aspect.code for aspect in ASPECTS.values() if aspect.compartment is Compartment.JUSTICE]
    assert read == ["judicial_constraint"]


def test_a_work_supervisor_reads_of_situations_only_employment_and_the_right_to_work() -> None:
    read = {aspect.code for aspect in ASPECTS.values() if aspect.compartment is Compartment.WORK}
    assert read == {"employment", "right_to_work"}


def test_judicial_constraints_name_no_offence_and_no_measure() -> None:
    words = " ".join(term.label.lower() for term in ASPECTS["judicial_constraint"].values)
    for revealing in ("peine", "condamn", "délit", "crime", "sursis", "probation", "bracelet", "spip", "prison"):
        assert revealing not in words


def test_papers_and_rights_with_an_end_say_so() -> None:
    with_expiry = {aspect.code for aspect in ASPECTS.values() if aspect.has_expiry}
    assert {
        "identity_document",
        "residence_permit",
        "domiciliation",
        "health_cover",
        "rqth",
        "aah",
        "social_housing",
        "dalo",
        "protection",
    } <= with_expiry
    assert "right_to_work" not in with_expiry, "it is kept apart from the permit's expiry"


def test_each_aspect_is_kept_under_its_own_code_and_read_under_its_own_words() -> None:
    assert [aspect.code for aspect in ASPECTS.values()] == list(ASPECTS)
    assert len({aspect.label for aspect in ASPECTS.values()}) == len(ASPECTS)


def test_values_of_an_aspect_leave_not_knowing_to_the_four_kinds_of_missing() -> None:
    unknown = {kind.label for kind in Missing} | {"Inconnu", "Inconnue", "Autre", "Non renseigné"}
    values: set[type[Term]] = {aspect.values for aspect in ASPECTS.values()}
    assert not unknown & {term.label for terms in values for term in terms}


def test_the_review_has_fourteen_needs() -> None:
    assert len(NEEDS) == 14
    assert [need.code for need in NEEDS.values()] == list(NEEDS)


def test_the_half_year_return_finds_each_of_its_eight_needs() -> None:
    assert len(ReturnNeed) == 8
    assert {need.counted_as for need in NEEDS.values()} == {*ReturnNeed, None}


def test_needs_of_health_and_justice_have_their_own_readers() -> None:
    closed = {code: need.compartment for code, need in NEEDS.items() if need.compartment is not Compartment.SOCIAL}
    assert closed == {
        "access_to_care": Compartment.HEALTH,
        "compensation": Compartment.HEALTH,
        "recovery": Compartment.HEALTH,
        "justice": Compartment.JUSTICE,
    }


def test_a_need_is_rated_from_none_to_urgent_each_with_its_words() -> None:
    assert list(LEVELS) == [0, 1, 2, 3, 4]
    assert len(set(LEVELS.values())) == 5
