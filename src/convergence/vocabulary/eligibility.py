"""Criteria by which an employer may itself establish that a person may enter (order of 1 September 2021).

What proves each of them, and for how long, stands in ``rules/eligibility.toml``.
"""

from convergence.vocabulary.base import Term


class CriterionLevel(Term):
    ONE = "one", "Niveau 1"
    TWO = "two", "Niveau 2"


class Criterion(Term):
    RSA = "rsa", "Allocataire du RSA"
    ASS = "ass", "Allocataire de l’ASS"
    AAH = "aah", "Allocataire de l’AAH"
    REGISTERED_OVER_TWO_YEARS = "registered_over_two_years", "À France Travail depuis plus de 24 mois"
    LOW_EDUCATION = "low_education", "Niveau d’études 3 (CAP, BEP) ou moins"
    SENIOR = "senior", "50 ans et plus"
    YOUNG = "young", "Moins de 26 ans"
    CHILD_WELFARE = "child_welfare", "Sortie de l’aide sociale à l’enfance"
    REGISTERED_OVER_ONE_YEAR = "registered_over_one_year", "À France Travail depuis 12 à 24 mois"
    DISABLED_WORKER = "disabled_worker", "Travailleur handicapé"
    SINGLE_PARENT = "single_parent", "Parent isolé"
    NO_HOME = "no_home", "Sans hébergement, en hébergement, ou parcours de rue"
    PROTECTED = "protected", "Réfugié, protégé ou demandeur d’asile"
    RURAL_ZONE = "rural_zone", "Zone France ruralités revitalisation"
    PRIORITY_NEIGHBOURHOOD = "priority_neighbourhood", "Quartier prioritaire de la ville"
    JUSTICE = "justice", "Sortie de détention ou mesure de justice"
    FRENCH_BELOW_A_ONE = "french_below_a_one", "Français en dessous du niveau A1"
    MOBILITY = "mobility", "Problème de mobilité"


class DiagnosisAuthor(Term):
    EMPLOYER = "employer", "Structure employeuse"
    PRESCRIBER = "prescriber", "Prescripteur habilité"


class ControlResult(Term):
    """How a control of eligibility ended."""

    CONFIRMED = "confirmed", "Éligibilité confirmée"
    NOT_PROVED = "not_proved", "Éligibilité non prouvée"
