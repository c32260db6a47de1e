"""A referral to a partner: where it stands, who holds the next step, its answer, what came of it (domain.md §7)."""

from convergence.vocabulary.base import Term


class ReferralState(Term):
    """Where a referral stands. The last five end it."""

    ASKED = "asked", "À chercher avec l’équipe mutualisée"
    DRAFT = "draft", "À proposer à la personne"
    PROPOSED = "proposed", "Proposée à la personne"
    AGREED = "agreed", "La personne est d’accord"
    SENT = "sent", "Envoyée au partenaire"
    WAITING_LIST = "waiting_list", "Sur liste d’attente"
    ACCEPTED = "accepted", "Acceptée par le partenaire"
    STARTED = "started", "Commencée"
    COMPLETED = "completed", "Menée à bien"
    INTERRUPTED = "interrupted", "Interrompue"
    REFUSED = "refused", "Refusée"
    CANCELLED = "cancelled", "Annulée"
    LAPSED = "lapsed", "Sans réponse, devenue caduque"


class Holder(Term):
    """Who holds the next step of a referral."""

    OFFICER = "officer", "Équipe mutualisée"
    COUNSELLOR = "counsellor", "Équipe du chantier"
    PERSON = "person", "La personne"
    PARTNER = "partner", "Le partenaire"
    NOBODY = "nobody", "Plus personne"


class RefusedBy(Term):
    PERSON = "person", "La personne"
    PARTNER = "partner", "Le partenaire"


class ReferralAnswer(Term):
    """A proposal that nobody answers lapses at 30 days, as in the State's DORA service."""

    ACCEPTED = "accepted", "Acceptée"
    REFUSED_BY_PERSON = "refused_by_person", "Refusée par la personne"
    REFUSED_BY_PARTNER = "refused_by_partner", "Refusée par le partenaire"
    WAITING_LIST = "waiting_list", "Sur liste d’attente"
    LAPSED = "lapsed", "Sans réponse, devenue caduque"


class RefusalReason(Term):
    """Why the person or the partner said no; which of the two may say it: the two lists below."""

    NO_PLACE = "no_place", "Pas de place"
    NOT_ELIGIBLE = "not_eligible", "Conditions d’admission non remplies"
    INCOMPLETE_FILE = "incomplete_file", "Dossier incomplet"
    TOO_FAR = "too_far", "Trop loin ou mal desservi"
    TIMES_DO_NOT_FIT = "times_do_not_fit", "Horaires incompatibles avec le travail"
    DOES_NOT_MEET_THE_NEED = "does_not_meet_the_need", "Ne répond pas au besoin"
    NOT_READY = "not_ready", "Ce n’est pas le moment pour la personne"
    TOO_EXPENSIVE = "too_expensive", "Trop cher pour la personne"
    OTHER = "other", "Autre raison"


PERSON_REFUSALS: tuple[RefusalReason, ...] = (
    RefusalReason.TOO_FAR,
    RefusalReason.TIMES_DO_NOT_FIT,
    RefusalReason.DOES_NOT_MEET_THE_NEED,
    RefusalReason.NOT_READY,
    RefusalReason.TOO_EXPENSIVE,
    RefusalReason.OTHER,
)
"""Why a person says no, in the order in which it is asked."""

PARTNER_REFUSALS: tuple[RefusalReason, ...] = (
    RefusalReason.NO_PLACE,
    RefusalReason.NOT_ELIGIBLE,
    RefusalReason.INCOMPLETE_FILE,
    RefusalReason.TIMES_DO_NOT_FIT,
    RefusalReason.DOES_NOT_MEET_THE_NEED,
    RefusalReason.OTHER,
)
"""Why a partner says no."""


class ReferralOutcome(Term):
    """What an accepted referral led to."""

    UNDER_WAY = "under_way", "En cours"
    OBTAINED = "obtained", "Obtenu ou mené à bien"
    STOPPED = "stopped", "Commencé puis interrompu"
    NEVER_STARTED = "never_started", "Jamais commencé"


class Audience(Term):
    """Who reads a message about a referral, besides the team."""

    OFFICERS = "officers", "Équipe mutualisée"
    PARTNER = "partner", "Équipe mutualisée et partenaire"


class LinkReason(Term):
    """Why a link left for the partner."""

    SENT = "sent", "Envoi"
    REMINDER = "reminder", "Relance"
    RENEWED = "renewed", "Nouveau lien demandé"
