"""What somebody does in the scheme, on a dated mission (domain.md §2 and §8).

Labels name the function, not its holder: they fit everybody without a gender to guess.
"""

from convergence.vocabulary.base import Term


class Role(Term):
    COUNSELLOR = "counsellor", "Insertion professionnelle"
    SUPPORT_WORKER = "support_worker", "Accompagnement socio-éducatif"
    WORK_SUPERVISOR = "work_supervisor", "Encadrement technique"
    SITE_MANAGER = "site_manager", "Direction du chantier"
    PARTNERSHIP_OFFICER = "partnership_officer", "Partenariats"
    COORDINATOR = "coordinator", "Coordination du territoire"
    FUNDER = "funder", "Financement"
    EVALUATOR = "evaluator", "Évaluation"
    ADMINISTRATOR = "administrator", "Administration"
    DATA_PROTECTION_OFFICER = "data_protection_officer", "Protection des données"


SITE_ROLES = (Role.COUNSELLOR, Role.SUPPORT_WORKER, Role.WORK_SUPERVISOR, Role.SITE_MANAGER)
"""Missions held at a site."""

TERRITORY_ROLES = (Role.PARTNERSHIP_OFFICER, Role.COORDINATOR, Role.FUNDER)
"""Missions held on a territory; the remaining roles are of the whole instance."""
