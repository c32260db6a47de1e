"""What partners of each kind are called and offer: words for the drawn ones, codes for what the application counts."""

from typing import NamedTuple

from convergence.vocabulary.domains import Domain
from convergence.vocabulary.offers import HealthAccess, OfferKind, Unit
from convergence.vocabulary.partners import PartnerKind


class Model(NamedTuple):
    """An offer as many partners have it.

    :ivar themes, publics: data·inclusion codes.
    :ivar most: places of the largest.
    """

    name: str
    kind: OfferKind
    domain: Domain
    unit: Unit
    most: int
    themes: tuple[str, ...]
    publics: tuple[str, ...] = ()
    conditions: str = ""


class Trade(NamedTuple):
    """A sort of partner: how its name begins, and what it may offer.

    :ivar health_access: what kind of health desk it is, where its very name tells of health.
    """

    name: str
    offers: tuple[Model, ...]
    health_access: HealthAccess | None = None


def _job(name: str, most: int = 4, domain: Domain = Domain.EMPLOYMENT) -> Model:
    return Model(name, OfferKind.JOB, domain, Unit.POST, most, ("trouver-un-emploi--repondre-a-des-offres-demploi",))


def _home(name: str, most: int, unit: Unit = Unit.DWELLING, conditions: str = "") -> Model:
    theme = "logement-hebergement--louer-un-logement"
    return Model(name, OfferKind.HOUSING_PLACE, Domain.HOUSING, unit, most, (theme,), (), conditions)


def _bed(name: str, most: int, publics: tuple[str, ...] = ()) -> Model:
    theme = "logement-hebergement--rechercher-une-solution-dhebergement-temporaire"
    return Model(name, OfferKind.HOUSING_PLACE, Domain.HOUSING, Unit.BED, most, (theme,), publics)


def _care(name: str, theme: str = "sante--acces-aux-soins", most: int = 12) -> Model:
    return Model(name, OfferKind.CARE_SLOT, Domain.HEALTH, Unit.SLOT, most, (theme,))


def _desk(name: str, theme: str, domain: Domain = Domain.RIGHTS, most: int = 15) -> Model:
    return Model(name, OfferKind.RIGHTS_DESK, domain, Unit.SLOT, most, (theme,))


def _training(name: str, theme: str, publics: tuple[str, ...] = (), domain: Domain = Domain.EMPLOYMENT) -> Model:
    return Model(name, OfferKind.TRAINING, domain, Unit.PLACE, 14, (theme,), publics)


def _thing(name: str, theme: str) -> Model:
    return Model(name, OfferKind.EQUIPMENT, Domain.DAILY_LIFE, Unit.ITEM, 30, (theme,))


_RIGHTS = "difficultes-administratives-ou-juridiques--accompagnement-pour-lacces-aux-droits"
_STEPS = "difficultes-administratives-ou-juridiques--accompagnement-aux-demarches-administratives"
_MDPH = "sante--constituer-un-dossier-mdph-invalidite"

_CLEANING = (_job("Poste en nettoyage de bureaux", 6), _job("Poste d’équipe du matin"), _job("Remplacements d’été"))
_KITCHEN = (_job("Poste de plonge"), _job("Poste en cuisine"), _job("Poste de service en salle"))
_STORES = (_job("Poste en préparation de commandes", 8), _job("Poste de mise en rayon", 6), _job("Poste de livraison"))
_GREEN = (_job("Poste en espaces verts"), _job("Saison de maraîchage", 10), _job("Poste d’entretien des rues"))
_INSERTION = (
    _job("Parcours en entreprise d’insertion", 8),
    _job("Missions d’intérim d’insertion", 12),
    _job("Heures de ménage chez des particuliers", 10),
)
_ADAPTED = (
    _job("Poste aménagé en atelier", 5, Domain.DISABILITY),
    _job("Poste assis en conditionnement", 5, Domain.DISABILITY),
    _job("Essai de deux semaines en entreprise adaptée", 3, Domain.DISABILITY),
)

TRADES: dict[PartnerKind, tuple[Trade, ...]] = {
    PartnerKind.EMPLOYER: (
        Trade("Boulangerie", _KITCHEN),
        Trade("Hôtel", (*_CLEANING, _job("Poste à l’accueil", 2))),
        Trade("Propreté", _CLEANING),
        Trade("Restaurant", _KITCHEN),
        Trade("Logistique", _STORES),
        Trade("Espaces verts", _GREEN),
        Trade("Supermarché", _STORES),
        Trade("Blanchisserie", _CLEANING),
        Trade("Aide à domicile", (_job("Poste d’aide à domicile", 8), _job("Poste de livraison de repas", 4))),
        Trade("Bâtiment", (_job("Poste de manœuvre", 6), _job("Poste de peinture"), _job("Poste de second œuvre"))),
        Trade("Entreprise adaptée", _ADAPTED),
    ),
    PartnerKind.INCLUSION_EMPLOYER: (
        Trade("Entreprise d’insertion", _INSERTION),
        Trade("Association intermédiaire", _INSERTION),
        Trade("ETTI", _INSERTION),
    ),
    PartnerKind.LANDLORD: (
        Trade(
            "Bailleur",
            (
                _home("Logement social T1", 12, conditions="Numéro unique d’enregistrement, avis d’imposition."),
                _home("Logement social T3", 6, conditions="Numéro unique d’enregistrement, avis d’imposition."),
                _home("Bail glissant", 5),
            ),
        ),
        Trade("Pension de famille", (_home("Studio en pension de famille", 8), _home("Séjour d’essai", 2))),
        Trade("Résidence sociale", (_home("Studio en résidence sociale", 20), _home("Chambre meublée", 15))),
        Trade("Intermédiation locative", (_home("Sous-location", 10), _home("Bail glissant", 6))),
    ),
    PartnerKind.SHELTER: (
        Trade("CHRS", (_bed("Place d’hébergement d’insertion", 25), _bed("Place de stabilisation", 12))),
        Trade("Centre d’hébergement", (_bed("Place d’urgence", 30), _bed("Place pour un couple", 6, ("familles",)))),
        Trade("Accueil de nuit", (_bed("Lit pour une nuit", 40, ("personnes-en-situation-durgence",)),)),
        Trade("Hôtel social", (_bed("Chambre au mois", 15), _bed("Chambre pour une famille", 8, ("familles",)))),
    ),
    PartnerKind.CARE: (
        Trade(
            "CSAPA",
            (_care("Premier entretien", "sante--addictions"), _care("Consultation de suivi", "sante--addictions")),
            HealthAccess.CSAPA,
        ),
        Trade(
            "CMP",
            (_care("Premier accueil", "sante--sante-mentale"), _care("Consultation", "sante--sante-mentale")),
            HealthAccess.CMP,
        ),
        Trade(
            "PASS", (_care("Consultation sans rendez-vous"), _care("Ouverture de droits et soins")), HealthAccess.PASS
        ),
        Trade(
            "Équipe mobile",
            (
                _care("Rencontre sur place", "sante--sante-mentale"),
                _care("Relais vers un suivi", "sante--sante-mentale"),
            ),
            HealthAccess.EMPP,
        ),
        Trade("LHSS", (_care("Lit halte soins", most=6),), HealthAccess.LHSS),
        Trade("Centre de santé", (_care("Médecine générale"), _care("Soins dentaires"), _care("Bilan de santé"))),
    ),
    PartnerKind.RIGHTS_DESK: (
        Trade(
            "Permanence", (_desk("Accueil sans rendez-vous", _RIGHTS), _desk("Rendez-vous titre de séjour", _RIGHTS))
        ),
        Trade(
            "Espace d’accès aux droits", (_desk("Aide aux démarches en ligne", _STEPS), _desk("Domiciliation", _STEPS))
        ),
        Trade(
            "Point conseil budget",
            (
                _desk(
                    "Entretien budget et dettes",
                    "difficultes-financieres--situation-dendettement-surendettement",
                    Domain.DAILY_LIFE,
                ),
                _desk("Ouverture d’un compte", "difficultes-financieres--ameliorer-sa-gestion-budgetaire"),
            ),
        ),
    ),
    PartnerKind.TRAINING_BODY: (
        Trade(
            "Organisme de formation",
            (
                _training("Français à visée professionnelle", "lecture-ecriture-calcul--maitriser-le-francais"),
                _training("Compétences clés", "lecture-ecriture-calcul--maitriser-le-calcul"),
                _training("CACES 1, 3 et 5", "se-former--trouver-sa-formation", ("demandeurs-emploi",)),
            ),
        ),
        Trade(
            "École",
            (
                _training("CAP cuisine en un an", "se-former--trouver-sa-formation", ("demandeurs-emploi",)),
                _training("Titre d’agent de propreté", "se-former--trouver-sa-formation", ("demandeurs-emploi",)),
            ),
        ),
        Trade(
            "Auto-école solidaire",
            (
                _training("Code de la route", "mobilite--preparer-un-permis", domain=Domain.DAILY_LIFE),
                _training("Permis B", "mobilite--preparer-un-permis", domain=Domain.DAILY_LIFE),
            ),
        ),
    ),
    PartnerKind.PUBLIC_BODY: (
        Trade(
            "Service municipal",
            (
                _desk("Domiciliation", _STEPS),
                _desk("Aides facultatives", "difficultes-financieres--ameliorer-sa-gestion-budgetaire"),
            ),
        ),
        Trade(
            "Service handicap",
            (
                _desk("Aide au dossier MDPH", _MDPH, Domain.DISABILITY),
                _desk("Suivi d’un dossier MDPH", _MDPH, Domain.DISABILITY),
            ),
        ),
    ),
    PartnerKind.ASSOCIATION: (
        Trade(
            "Ressourcerie",
            (
                _thing("Équipement de cuisine", "equipement-et-alimentation--electromenager"),
                _thing("Vélo remis en état", "mobilite--mobilite-douce-partagee-collective"),
            ),
        ),
        Trade(
            "Vestiaire",
            (
                _thing("Tenue d’entretien", "equipement-et-alimentation--habillement"),
                _thing("Vêtements chauds", "equipement-et-alimentation--habillement"),
            ),
        ),
        Trade("Épicerie solidaire", (_thing("Panier de la semaine", "equipement-et-alimentation--alimentation"),)),
        Trade(
            "Relais familles",
            (
                Model(
                    "Garde d’enfants à horaires décalés",
                    OfferKind.OTHER,
                    Domain.DAILY_LIFE,
                    Unit.PLACE,
                    8,
                    ("famille--garde-denfants",),
                    ("familles",),
                ),
                Model(
                    "Halte-garderie",
                    OfferKind.OTHER,
                    Domain.DAILY_LIFE,
                    Unit.PLACE,
                    10,
                    ("famille--garde-denfants",),
                    ("familles",),
                ),
            ),
        ),
        Trade(
            "Handicap et emploi",
            (
                _desk("Entretien avec un référent handicap", _MDPH, Domain.DISABILITY),
                _desk("Visite d’un poste aménagé", _MDPH, Domain.DISABILITY),
            ),
        ),
    ),
    PartnerKind.OTHER: (
        Trade("Club d’entreprises", (_job("Visites d’entreprises", 12), _job("Parrainage par un salarié", 6))),
        Trade("Fondation", (_thing("Aide à l’installation", "equipement-et-alimentation--electromenager"),)),
    ),
}
"""Every kind of partner, with the sorts of it."""

CORE: tuple[tuple[PartnerKind, str], ...] = (
    (PartnerKind.EMPLOYER, "Propreté"),
    (PartnerKind.LANDLORD, "Résidence sociale"),
    (PartnerKind.CARE, "CMP"),
    (PartnerKind.RIGHTS_DESK, "Permanence"),
    (PartnerKind.PUBLIC_BODY, "Service handicap"),
    (PartnerKind.ASSOCIATION, "Ressourcerie"),
    (PartnerKind.INCLUSION_EMPLOYER, "Entreprise d’insertion"),
    (PartnerKind.SHELTER, "CHRS"),
    (PartnerKind.CARE, "PASS"),
    (PartnerKind.RIGHTS_DESK, "Espace d’accès aux droits"),
    (PartnerKind.ASSOCIATION, "Handicap et emploi"),
    (PartnerKind.TRAINING_BODY, "Auto-école solidaire"),
)
"""Partners that every territory has from its first day, with all their offers: two of each domain at least."""

FUNCTIONS = ("Responsable du recrutement", "Chargée d’accueil", "Direction", "Responsable d’agence", "Coordination")

SUBJECTS: dict[PartnerKind, str] = {
    PartnerKind.EMPLOYER: "Immersions et embauches à la sortie du chantier",
    PartnerKind.INCLUSION_EMPLOYER: "Suites de parcours d’insertion",
    PartnerKind.LANDLORD: "Logements réservés aux personnes du programme",
    PartnerKind.SHELTER: "Places d’hébergement et relais avec l’équipe",
    PartnerKind.CARE: "Accueil dans un délai convenu et lien avec l’équipe",
    PartnerKind.RIGHTS_DESK: "Permanences sur le chantier",
    PartnerKind.TRAINING_BODY: "Sessions ouvertes pendant le contrat",
    PartnerKind.PUBLIC_BODY: "Instruction des dossiers du programme",
    PartnerKind.ASSOCIATION: "Équipement et entraide",
    PartnerKind.OTHER: "Rencontres et parrainages",
}
"""What an agreement with each kind of partner is about."""

WORDS = (
    "Point sur les places du mois et les conditions d’admission.",
    "Visite des locaux avec l’équipe, accueil chaleureux.",
    "Retour sur les derniers accueils : les délais ont été tenus.",
    "Le délai s’allonge faute de personnel, retour à la normale attendu le mois prochain.",
    "Un nouveau site ouvre à la rentrée, quelques places pourraient nous être réservées.",
    "La convention est à relire ensemble avant sa reconduction.",
    "Présentation du programme à la nouvelle direction.",
    "Rappel des pièces à fournir pour que les demandes soient complètes.",
    "Refus expliqués : le secteur est trop éloigné pour les horaires demandés.",
    "Matinée d’information prévue pour les équipes des chantiers.",
)
"""What was said with a partner; nobody supported is named."""

STEPS = (
    "Redemander les places libres",
    "Envoyer le projet de convention",
    "Fixer une date de visite",
    "Inviter à la réunion des partenaires",
    "Rappeler pour le bilan des accueils",
)
