"""Health and disability: what the person chose to say, strictly needed for an agreed action (domain.md §4, §8)."""

from convergence.vocabulary.base import Term


class HealthCover(Term):
    NONE = "none", "Sans couverture"
    AME = "ame", "Aide médicale de l’État (AME)"
    MAINTAINED = "maintained", "Droits maintenus après la fin du titre"
    PUMA = "puma", "Protection universelle maladie (PUMa)"
    EMPLOYER = "employer", "Complémentaire de l’employeur"
    CSS_FREE = "css_free", "Complémentaire santé solidaire, sans participation"
    CSS_PAID = "css_paid", "Complémentaire santé solidaire, avec participation"


class YesNo(Term):
    YES = "yes", "Oui"
    NO = "no", "Non"


class CheckUp(Term):
    TO_DO = "to_do", "À faire"
    BOOKED = "booked", "Rendez-vous pris"
    DONE = "done", "Fait"


class CarePath(Term):
    NONE = "none", "Aucun besoin dit"
    TO_SET_UP = "to_set_up", "À mettre en place"
    UNDER_WAY = "under_way", "En cours"
    INTERRUPTED = "interrupted", "Interrompu"
    STABILISED = "stabilised", "Stabilisé"


class Disability(Term):
    """RQTH, AAH: asked for (receipt), granted, refused; four months' silence is a refusal (R241-33 CASF)."""

    NONE = "none", "Pas de demande"
    TO_ASK = "to_ask", "Demande à faire"
    ASKED = "asked", "Demande déposée"
    GRANTED = "granted", "Accordée"
    REFUSED = "refused", "Refusée"


class Mdph(Term):
    NONE = "none", "Pas de dossier"
    BEING_WRITTEN = "being_written", "Dossier en préparation"
    LODGED = "lodged", "Dossier déposé"
    DECIDED = "decided", "Décision reçue"
