"""Goals agreed with the person and the actions that lead there: who does what, and what became of it."""

from convergence.vocabulary.base import Term


class GoalResult(Term):
    REACHED = "reached", "Atteint"
    PARTLY_REACHED = "partly_reached", "Atteint en partie"
    NOT_REACHED = "not_reached", "Non atteint"
    GIVEN_UP = "given_up", "Abandonné par la personne"
    NO_LONGER_RELEVANT = "no_longer_relevant", "Devenu sans objet"


class ActionBy(Term):
    """Who does an action."""

    PERSON = "person", "La personne elle-même"
    USER = "user", "Quelqu’un de l’équipe"
    OUTSIDE_REFERENT = "outside_referent", "Un référent extérieur"
    PARTNER = "partner", "Un partenaire"


class ActionOutcome(Term):
    """What became of an action."""

    DONE = "done", "Fait"
    NOT_DONE = "not_done", "Pas fait"
    NO_LONGER_NEEDED = "no_longer_needed", "Plus nécessaire"
