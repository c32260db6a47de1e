"""What the State's tool (les emplois de l'inclusion) says of a PASS IAE and of a hiring (domain.md §3)."""

from convergence.vocabulary.base import Term


class PassState(Term):
    """The tool's own words: the state follows from its dates and suspensions on the day it is asked."""

    FUTURE = "future", "Valide, pas encore commencé"
    VALID = "valid", "Valide"
    SUSPENDED = "suspended", "Valide, suspendu"
    EXPIRED = "expired", "Expiré"


class HireState(Term):
    ACCEPTED = "accepted", "Embauche"
    CANCELLED = "cancelled", "Embauche annulée"
