"""What somebody is in the scheme, on a dated mission (domain.md §2 and §8)."""

from convergence.vocabulary.base import Term


class Role(Term):
    COUNSELLOR = "counsellor", "Conseillère ou conseiller en insertion professionnelle"
    SUPPORT_WORKER = "support_worker", "Éducatrice ou éducateur socio-professionnel"
    WORK_SUPERVISOR = "work_supervisor", "Encadrante ou encadrant technique"
    SITE_MANAGER = "site_manager", "Responsable de chantier"
    PARTNERSHIP_OFFICER = "partnership_officer", "Chargée ou chargé de partenariats"
    COORDINATOR = "coordinator", "Coordinatrice ou coordinateur"
    FUNDER = "funder", "Financeur"
    EVALUATOR = "evaluator", "Évaluatrice ou évaluateur"
    ADMINISTRATOR = "administrator", "Administratrice ou administrateur"
    DATA_PROTECTION_OFFICER = "data_protection_officer", "Déléguée ou délégué à la protection des données"


SITE_ROLES = (Role.COUNSELLOR, Role.SUPPORT_WORKER, Role.WORK_SUPERVISOR, Role.SITE_MANAGER)
"""Missions held at a site."""

TERRITORY_ROLES = (Role.PARTNERSHIP_OFFICER, Role.COORDINATOR, Role.FUNDER)
"""Missions held on a territory; the remaining roles are of the whole instance."""
