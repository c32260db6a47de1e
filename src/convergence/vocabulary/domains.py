"""The six domains of a person's life as the scheme sees it."""

from convergence.vocabulary.base import Term


class Domain(Term):
    EMPLOYMENT = "employment", "Emploi"
    HOUSING = "housing", "Logement"
    HEALTH = "health", "Santé"
    RIGHTS = "rights", "Droits"
    DISABILITY = "disability", "Handicap"
    DAILY_LIFE = "daily_life", "Vie quotidienne"
