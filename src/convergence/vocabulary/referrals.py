"""A referral to a partner: its answer, why it was refused, what came of it (domain.md §7)."""

from convergence.vocabulary.base import Term


class ReferralAnswer(Term):
    """A proposal that nobody answers lapses at 30 days, as in the State's DORA service."""

    ACCEPTED = "accepted", "Acceptée"
    REFUSED_BY_PERSON = "refused_by_person", "Refusée par la personne"
    REFUSED_BY_PARTNER = "refused_by_partner", "Refusée par le partenaire"
    WAITING_LIST = "waiting_list", "Sur liste d’attente"
    LAPSED = "lapsed", "Sans réponse, devenue caduque"


class RefusalReason(Term):
    """Why the person or the partner said no."""

    NO_PLACE = "no_place", "Pas de place"
    NOT_ELIGIBLE = "not_eligible", "Conditions d’admission non remplies"
    INCOMPLETE_FILE = "incomplete_file", "Dossier incomplet"
    TOO_FAR = "too_far", "Trop loin ou mal desservi"
    TIMES_DO_NOT_FIT = "times_do_not_fit", "Horaires incompatibles avec le travail"
    DOES_NOT_MEET_THE_NEED = "does_not_meet_the_need", "Ne répond pas au besoin"
    NOT_READY = "not_ready", "Ce n’est pas le moment pour la personne"
    TOO_EXPENSIVE = "too_expensive", "Trop cher pour la personne"
    OTHER = "other", "Autre raison"


class ReferralOutcome(Term):
    """What an accepted referral led to."""

    UNDER_WAY = "under_way", "En cours"
    OBTAINED = "obtained", "Obtenu ou mené à bien"
    STOPPED = "stopped", "Commencé puis interrompu"
    NEVER_STARTED = "never_started", "Jamais commencé"
