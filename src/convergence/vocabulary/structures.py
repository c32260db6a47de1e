"""Kinds of place, of employer and of money: what tells one structure from another in analysis."""

from convergence.vocabulary.base import Term


class Scheme(Term):
    """What a site offers. A comparison names its two sides with these codes (evaluation.md §1)."""

    CONVERGENCE = "convergence", "Chantier d’insertion Convergence"
    ORDINARY = "ordinary", "Chantier d’insertion ordinaire"
    NONE = "none", "Aucun chantier (liste d’attente, extrait administratif)"


class EmployerKind(Term):
    """The four kinds of work-integration structure (L5132-4 of the labour code), and everybody else."""

    ACI = "aci", "Atelier ou chantier d’insertion (ACI)"
    EI = "ei", "Entreprise d’insertion (EI)"
    ETTI = "etti", "Entreprise de travail temporaire d’insertion (ETTI)"
    AI = "ai", "Association intermédiaire (AI)"
    ORDINARY = "ordinary", "Employeur hors IAE"


class FunderKind(Term):
    """Who pays, as the study of costs separates payers (evaluation.md §1)."""

    STATE = "state", "État"
    COUNTY = "county", "Département (à Paris, la Ville)"
    TOWN = "town", "Commune"
    REGION = "region", "Région"
    HEALTH_AGENCY = "health_agency", "Agence régionale de santé"
    EUROPEAN_FUNDS = "european_funds", "Fonds européens"
    FOUNDATION = "foundation", "Fondation"
    OTHER = "other", "Autre financeur"


class GrantObject(Term):
    """What a grant pays for."""

    POST_AID = "post_aid", "Aide au poste"
    SUPPORT = "support", "Accompagnement renforcé"
    COORDINATION = "coordination", "Coordination et partenariats du territoire"
    EXTENDED_SUPPORT = "extended_support", "Accompagnement après la sortie"
    EVALUATION = "evaluation", "Évaluation"
    OTHER = "other", "Autre objet"
