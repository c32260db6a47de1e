"""The fourteen needs of the one-year review, rated 0 to 4, and the eight of the half-year return (domain.md §3–§6)."""

from dataclasses import dataclass

from convergence.vocabulary.base import Term
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.domains import Domain


class ReturnNeed(Term):
    """The eight needs that the half-year return counts."""

    LITERACY = "literacy", "Lettrisme et français"
    HEALTH = "health", "Santé"
    HOUSING = "housing", "Logement"
    PROCEDURES = "procedures", "Démarches et droits"
    DEBT = "debt", "Surendettement"
    JUDICIAL = "judicial", "Contraintes judiciaires"
    CHILDCARE = "childcare", "Garde d’enfants"
    MOBILITY = "mobility", "Mobilité"


@dataclass(frozen=True)
class NeedKind:
    """One need: its words, its domain, who reads it, and where the half-year return counts it."""

    code: str
    label: str
    domain: Domain
    compartment: Compartment
    counted_as: ReturnNeed | None


_S = Compartment.SOCIAL

NEEDS: dict[str, NeedKind] = {
    need.code: need
    for need in (
        NeedKind("basic_skills", "Savoirs de base", Domain.EMPLOYMENT, _S, ReturnNeed.LITERACY),
        NeedKind("autonomy_at_work", "Autonomie au travail", Domain.EMPLOYMENT, _S, None),
        NeedKind("career_plan", "Projet professionnel", Domain.EMPLOYMENT, _S, None),
        NeedKind("finding_a_job", "Recherche d’emploi", Domain.EMPLOYMENT, _S, None),
        NeedKind("housing", "Logement", Domain.HOUSING, _S, ReturnNeed.HOUSING),
        NeedKind("access_to_rights", "Accès aux droits", Domain.RIGHTS, _S, ReturnNeed.PROCEDURES),
        NeedKind("procedures", "Démarches administratives", Domain.RIGHTS, _S, ReturnNeed.PROCEDURES),
        NeedKind("mobility", "Mobilité", Domain.DAILY_LIFE, _S, ReturnNeed.MOBILITY),
        NeedKind("money", "Budget, dettes", Domain.DAILY_LIFE, _S, ReturnNeed.DEBT),
        NeedKind("access_to_care", "Accès aux soins", Domain.HEALTH, Compartment.HEALTH, ReturnNeed.HEALTH),
        NeedKind("compensation", "Handicap : compensation", Domain.DISABILITY, Compartment.HEALTH, ReturnNeed.HEALTH),
        NeedKind("recovery", "Handicap : rétablissement", Domain.DISABILITY, Compartment.HEALTH, ReturnNeed.HEALTH),
        NeedKind("justice", "Justice", Domain.DAILY_LIFE, Compartment.JUSTICE, ReturnNeed.JUDICIAL),
        NeedKind("family", "Contraintes personnelles et familiales", Domain.DAILY_LIFE, _S, ReturnNeed.CHILDCARE),
    )
}
"""Every need by code, in the order of the one-year review."""

LEVELS: dict[int, str] = {
    0: "pas de difficulté",
    1: "petite difficulté",
    2: "difficulté à suivre",
    3: "difficulté importante",
    4: "urgent, à traiter en premier",
}


class ReviewPart(Term):
    """A part of a review: what one meeting talks about, two to five needs."""

    WORK = "work", "Travail et projet"
    HOME_AND_RIGHTS = "home_and_rights", "Logement et droits"
    HEALTH = "health", "Santé et handicap"
    DAILY_LIFE = "daily_life", "Vie quotidienne"


_PART_OF_DOMAIN = {
    Domain.EMPLOYMENT: ReviewPart.WORK,
    Domain.HOUSING: ReviewPart.HOME_AND_RIGHTS,
    Domain.RIGHTS: ReviewPart.HOME_AND_RIGHTS,
    Domain.HEALTH: ReviewPart.HEALTH,
    Domain.DISABILITY: ReviewPart.HEALTH,
    Domain.DAILY_LIFE: ReviewPart.DAILY_LIFE,
}

NEEDS_BY_PART: dict[ReviewPart, tuple[NeedKind, ...]] = {
    part: tuple(need for need in NEEDS.values() if _PART_OF_DOMAIN[need.domain] is part) for part in ReviewPart
}
"""The needs of each part of a review, in the order of the one-year review."""

NEEDS_BY_COMPARTMENT: dict[Compartment, list[str]] = {
    compartment: sorted(need.code for need in NEEDS.values() if need.compartment is compartment)
    for compartment in sorted({need.compartment for need in NEEDS.values()})
}
"""Codes of the needs by compartment: what ties a row's readers to what it says."""
