"""Rights and papers, housing requests, protection, judicial constraints (domain.md §4)."""

from convergence.vocabulary.base import Term


class IdentityDocument(Term):
    NONE = "none", "Aucune pièce"
    BEING_MADE = "being_made", "Demande en cours"
    VALID = "valid", "Pièce valable"
    LOST = "lost", "Perdue ou volée"


class ResidencePermit(Term):
    NOT_NEEDED = "not_needed", "Pas nécessaire (française, européen…)"
    NONE = "none", "Sans titre"
    ASYLUM_REQUEST = "asylum_request", "Attestation de demande d’asile"
    RECEIPT = "receipt", "Récépissé ou attestation de prolongation"
    ONE_YEAR = "one_year", "Carte d’un an"
    SEVERAL_YEARS = "several_years", "Carte pluriannuelle"
    TEN_YEARS = "ten_years", "Carte de dix ans"


class RightToWork(Term):
    YES = "yes", "Oui"
    WITH_AUTHORISATION = "with_authorisation", "Avec autorisation"
    NO = "no", "Non"


class Domiciliation(Term):
    NOT_NEEDED = "not_needed", "Pas nécessaire"
    NONE = "none", "Aucune"
    ASKED = "asked", "Demandée"
    GRANTED = "granted", "En place"
    STRUCK_OFF = "struck_off", "Radiée"


class BankAccount(Term):
    NONE = "none", "Aucun compte"
    RIGHT_ASKED = "right_asked", "Droit au compte demandé"
    OPEN = "open", "Compte ouvert"


class Benefit(Term):
    """RSA, ASS, in-work benefit, housing aid."""

    NONE = "none", "Pas de droit"
    TO_ASK = "to_ask", "Demande à faire"
    ASKED = "asked", "Demande déposée"
    OPEN = "open", "Droit ouvert"
    SUSPENDED = "suspended", "Suspendu"
    REFUSED = "refused", "Refusé"


class TaxReturn(Term):
    TO_DO = "to_do", "À faire"
    DONE = "done", "Faite"


class DebtFile(Term):
    NONE = "none", "Pas de dossier"
    BEING_WRITTEN = "being_written", "Dossier en préparation"
    LODGED = "lodged", "Dossier déposé"
    ADMISSIBLE = "admissible", "Recevable"
    PLAN = "plan", "Plan ou effacement en cours"
    CLOSED = "closed", "Terminé"


class HousingRequest(Term):
    """SIAO, social housing, priority label."""

    NONE = "none", "Pas de demande"
    TO_ASK = "to_ask", "Demande à faire"
    LODGED = "lodged", "Demande déposée"
    ACCEPTED = "accepted", "Retenue"
    REFUSED = "refused", "Refusée"
    CLOSED = "closed", "Radiée ou terminée"


class DaloRequest(Term):
    """DALO and DAHO appeals."""

    NONE = "none", "Pas de recours"
    LODGED = "lodged", "Recours déposé"
    PRIORITY = "priority", "Reconnue prioritaire"
    REFUSED = "refused", "Rejeté"
    OFFER = "offer", "Offre reçue"


class Protection(Term):
    NONE = "none", "Aucune mesure"
    MASP = "masp", "MASP"
    MAJ = "maj", "MAJ"
    CURATELLE = "curatelle", "Curatelle simple"
    REINFORCED_CURATELLE = "reinforced_curatelle", "Curatelle renforcée"
    TUTELLE = "tutelle", "Tutelle"
    HABILITATION = "habilitation", "Habilitation familiale"


class JudicialConstraint(Term):
    """Only constraints on time and on the contract: never an offence, never a conviction."""

    NONE = "none", "Aucune contrainte"
    TIMES = "times", "Horaires imposés"
    PLACES = "places", "Lieux imposés ou interdits"
    APPOINTMENTS = "appointments", "Convocations régulières"
