"""The three clocks of a path, and the decisions that they call for (domain.md §3)."""

from convergence.vocabulary.base import Term


class ClockName(Term):
    PASS = "pass", "PASS IAE"
    CDDI = "cddi", "CDDI"
    CONVERGENCE = "convergence", "Convergence"


class DecisionKind(Term):
    EXTEND_PASS = "extend_pass", "Prolonger le PASS IAE"
    EXTEND_CDDI = "extend_cddi", "Prolonger le CDDI au-delà de 24 mois"
    RENEW_CONTRACT = "renew_contract", "Renouveler le contrat"
    PREPARE_EXIT = "prepare_exit", "Préparer la suite du parcours"
    END_SUSPENDED_PASS = "end_suspended_pass", "Mettre fin au PASS IAE suspendu, ou reprendre"


class DecisionState(Term):
    DRAFT = "draft", "À rédiger"
    ASKED = "asked", "Demandée"
    GRANTED = "granted", "Accordée"
    REFUSED = "refused", "Refusée"


class Approver(Term):
    """Who decides: not somebody of the team, but the body whose signature counts."""

    AUTHORISED_PRESCRIBER = "authorised_prescriber", "Prescripteur habilité"
    EMPLOYER = "employer", "Structure employeuse"
    PREFECT = "prefect", "Préfet"


class DerogationKind(Term):
    """Leave to work less than twenty hours a week."""

    INDIVIDUAL = "individual", "Dérogation individuelle"
    COLLECTIVE = "collective", "Dérogation collective (projet renforcé)"
