"""Support that goes on after access to a job or to a home, and its follow-ups (domain.md §1)."""

from convergence.vocabulary.base import Term


class SupportOpener(Term):
    """What the support is there to make last."""

    JOB = "job", "Un emploi"
    HOME = "home", "Un logement"


class FollowUpResult(Term):
    """Whether the job or the home still holds."""

    HOLDS = "holds", "Tient toujours"
    CHANGED = "changed", "A changé sans interruption"
    LOST = "lost", "Perdu"


class SupportEnding(Term):
    """Why it stops."""

    YEAR_OVER = "year_over", "L’année est passée"
    LOST = "lost", "L’emploi ou le logement est perdu"
    NEW_PATH = "new_path", "Un nouveau parcours commence"
    PERSON_STOPS = "person_stops", "La personne ne le souhaite plus"


class ThirdPartyRole(Term):
    """Who, besides the person, knows whether it holds."""

    EMPLOYER = "employer", "Employeur"
    LANDLORD = "landlord", "Bailleur"


FOLLOW_UP_MONTHS = (1, 3, 6, 12)
"""Months after the opening at which news is asked for."""
