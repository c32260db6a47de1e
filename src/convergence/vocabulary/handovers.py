"""Handing people over from one colleague to another: what was asked, and what she answered."""

from convergence.vocabulary.base import Term


class HandOverState(Term):
    """Until it is accepted, whoever hands over remains the referent."""

    OFFERED = "offered", "En attente de réponse"
    ACCEPTED = "accepted", "Acceptée"
    DECLINED = "declined", "Refusée"
    TAKEN_BACK = "taken_back", "Reprise"
