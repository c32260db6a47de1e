"""What partners offer, how its places are counted, and who said how many are free."""

from convergence.vocabulary.base import Term
from convergence.vocabulary.domains import Domain


class OfferKind(Term):
    JOB = "job", "Emploi"
    TRAINING = "training", "Formation"
    HOUSING_PLACE = "housing_place", "Place en logement ou hébergement"
    CARE_SLOT = "care_slot", "Créneau de soin"
    RIGHTS_DESK = "rights_desk", "Permanence d’accès aux droits"
    EQUIPMENT = "equipment", "Équipement ou matériel"
    OTHER = "other", "Autre offre"


USUAL_DOMAIN: dict[OfferKind, Domain] = {
    OfferKind.JOB: Domain.EMPLOYMENT,
    OfferKind.TRAINING: Domain.EMPLOYMENT,
    OfferKind.HOUSING_PLACE: Domain.HOUSING,
    OfferKind.CARE_SLOT: Domain.HEALTH,
    OfferKind.RIGHTS_DESK: Domain.RIGHTS,
    OfferKind.EQUIPMENT: Domain.DAILY_LIFE,
    OfferKind.OTHER: Domain.DAILY_LIFE,
}
"""The domain that a form proposes for each kind of offer."""


class HealthAccess(Term):
    """Offers whose very name tells of somebody's health: a sensitive referrer (domain.md §7, §8)."""

    PASS = "pass", "PASS, permanence d’accès aux soins"
    EMPP = "empp", "EMPP, équipe mobile psychiatrie précarité"
    CMP = "cmp", "CMP, centre médico-psychologique"
    CSAPA = "csapa", "CSAPA, soin en addictologie"
    CAARUD = "caarud", "CAARUD, réduction des risques"
    LHSS = "lhss", "LHSS, lits halte soins santé"
    LAM = "lam", "LAM, lits d’accueil médicalisés"
    ACT = "act", "ACT, appartement de coordination thérapeutique"


class Unit(Term):
    """What a place is."""

    PLACE = "place", "place"
    POST = "post", "poste"
    DWELLING = "dwelling", "logement"
    BED = "bed", "lit"
    SLOT = "slot", "créneau"
    ITEM = "item", "exemplaire"


SEVERAL: dict[Unit, str] = {
    Unit.PLACE: "places",
    Unit.POST: "postes",
    Unit.DWELLING: "logements",
    Unit.BED: "lits",
    Unit.SLOT: "créneaux",
    Unit.ITEM: "exemplaires",
}
"""The word from two on."""

USUAL_UNIT: dict[OfferKind, Unit] = {
    OfferKind.JOB: Unit.POST,
    OfferKind.CARE_SLOT: Unit.SLOT,
    OfferKind.RIGHTS_DESK: Unit.SLOT,
    OfferKind.EQUIPMENT: Unit.ITEM,
}
"""The unit that a form proposes; a place where the kind is not named."""


class SaidBy(Term):
    """Who said how many places are free."""

    PARTNER = "partner", "le partenaire"
    OFFICER = "officer", "l’équipe partenariats"
    COUNSELLOR = "counsellor", "l’équipe du chantier"
    IMPORT = "import", "un fichier importé"


class Nearness(Term):
    """How a distance was found: travel time where it is known, else a straight line."""

    TRAVEL = "travel", "en transports en commun"
    STRAIGHT_LINE = "straight_line", "à vol d’oiseau"
    UNKNOWN = "unknown", "distance non connue"
