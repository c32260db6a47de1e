"""Who pays, what kind of saving, seen by whom: the three ways in which an account is cut."""

from convergence.vocabulary.base import Term


class Payer(Term):
    """Who pays or receives the euro first; the budget that refunds it later is named by the line's source."""

    STATE_P102 = "etat_p102", "État, programme 102 (accès et retour à l’emploi)"
    STATE_P177 = "etat_p177", "État, programme 177 (hébergement, logement adapté)"
    STATE_P304 = "etat_p304", "État, programme 304 (inclusion sociale)"
    STATE_JUSTICE = "etat_justice", "État, justice"
    STATE_INTERIOR = "etat_interieur", "État, intérieur"
    STATE_TAX = "etat_general", "État, budget général (impôts)"
    CAF = "caf", "CAF et CNAF"
    HEALTH_INSURANCE = "assurance_maladie", "Assurance maladie"
    SOCIAL_SECURITY = "securite_sociale", "Sécurité sociale et régimes de retraite (Urssaf)"
    COUNTY = "departement", "Département (à Paris, la Ville)"
    TOWN = "commune", "Communes"
    UNEDIC = "unedic", "Unédic"
    REGION = "region", "Région"
    EUROPE = "europe", "Fonds européens"
    OTHER = "autre", "Autres payeurs publics"
    FOUNDATIONS = "fondations", "Fondations"
    SOCIETY = "societe", "Collectivité (ressources employées ou produites)"

    @property
    def public(self) -> bool:
        """Whether its money is public: the published sentence is about public funding alone."""
        return self not in (Payer.FOUNDATIONS, Payer.SOCIETY)


class SavingClass(Term):
    """What becomes of the euro that is not spent (evaluation.md §1)."""

    CASHABLE = "cashable", "Dépenses évitées et recettes"
    CAPACITY = "capacity", "Capacités libérées"
    DEFERRED = "deferred", "Droits différés"
    PROGRAMME = "programme", "Coût du programme"
    PRODUCTION = "production", "Production"


class Perspective(Term):
    """Whose account it is. The two are never added together: one counts transfers, the other nets them out."""

    PUBLIC_FINANCE = "public_finance", "Finances publiques"
    SOCIETY = "society", "Société"


class PriceKind(Term):
    """How a price was obtained. Only a marginal one, or an amount fixed by law, may stand for money really saved."""

    AVERAGE = "average", "coût moyen"
    MARGINAL = "marginal", "coût marginal"


class Status(Term):
    """Whether somebody read the figure in its source."""

    READ = "read", "lu dans la source"
    MEMORY = "memory", "de mémoire, à vérifier avant impression"


class Unit(Term):
    """What a price is the price of, as it is read after an amount."""

    NIGHT = "place-night", "par place et par nuit"
    PLACE_DAY = "place-day", "par place et par jour"
    PLACE_YEAR = "place-year", "par place et par an"
    LODGING_YEAR = "lodging-year", "par logement et par an"
    PATIENT_YEAR = "patient-year", "par personne suivie et par an"
    FTE_YEAR = "fte-year", "par équivalent temps plein et par an"
    DAY = "day", "par jour"
    VISIT = "visit", "par passage"
    EVENT = "event", "par fait"
    CASE = "case", "par affaire"
    SHARE = "share-of-aci-cost", "part du coût d’un chantier ordinaire"
