"""What became of a goal agreed with the person."""

from convergence.vocabulary.base import Term


class GoalResult(Term):
    REACHED = "reached", "Atteint"
    PARTLY_REACHED = "partly_reached", "Atteint en partie"
    NOT_REACHED = "not_reached", "Non atteint"
    GIVEN_UP = "given_up", "Abandonné par la personne"
    NO_LONGER_RELEVANT = "no_longer_relevant", "Devenu sans objet"
