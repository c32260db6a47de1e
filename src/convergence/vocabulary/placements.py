"""Learning by doing elsewhere: work placements (PMSMP, one purpose each: L5135-1), trainings and workshops."""

from convergence.vocabulary.base import Term


class PlacementPurpose(Term):
    DISCOVER = "discover", "Découvrir un métier ou un secteur"
    CONFIRM = "confirm", "Confirmer un projet professionnel"
    RECRUITMENT = "recruitment", "Engager une démarche de recrutement"


class TrainingKind(Term):
    PRE_QUALIFYING = "pre_qualifying", "Formation préqualifiante"
    QUALIFYING = "qualifying", "Formation qualifiante"
    LANGUAGE = "language", "Français et alphabétisation"
    BASIC_SKILLS = "basic_skills", "Savoirs de base"
    DIGITAL = "digital", "Numérique"
    SAFETY = "safety", "Gestes et sécurité au travail"
    DRIVING = "driving", "Code et permis"
    WORKSHOP = "workshop", "Atelier"
    OTHER = "other", "Autre formation"


class LearningResult(Term):
    """What came of a placement or a training; why, in words beside it."""

    COMPLETED = "completed", "Menée jusqu’au bout"
    CONTINUES = "continues", "Une suite est prévue"
    JOB_OFFER = "job_offer", "Une embauche est proposée"
    STOPPED = "stopped", "Arrêtée avant la fin"
