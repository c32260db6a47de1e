"""Short notes in plain French, put together from what teams write: what was said, what was done, what comes next."""

from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convergence.simulation.moments import Days, worked
from convergence.simulation.names import Texts
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.contracts import ContractKind
from convergence.vocabulary.domains import Domain

_MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)

_SAID: dict[Compartment, tuple[str, ...]] = {
    Compartment.SOCIAL: (
        "Point sur le budget : le loyer est payé, reste la facture d’électricité.",
        "Semaine difficile au foyer, le bruit empêche de dormir.",
        "A visité la résidence sociale avec nous ; l’emplacement convient.",
        "Courrier de la CAF relu ensemble : une pièce manque au dossier.",
        "Parle davantage de sa famille, un appel est prévu dimanche.",
        "Le renouvellement du titre de séjour inquiète ; calendrier posé ensemble.",
        "La domiciliation est à jour, le courrier est relevé chaque semaine.",
        "Dossier de logement social complété, il manque l’avis d’imposition.",
        "Souhaite ouvrir un livret et mettre un peu de côté chaque mois.",
        "Les cours de français du mardi plaisent et portent leurs fruits.",
        "La garde du plus jeune reste à trouver pour les matins.",
        "Première nuit dans le nouveau logement, tout s’est bien passé.",
        "A retrouvé ses papiers ; copies faites et rangées ensemble.",
        "Relance reçue d’un créancier : un échéancier paraît possible.",
    ),
    Compartment.WORK: (
        "À l’heure toute la semaine, apprécie le tri et la mise en rayon.",
        "Veut essayer la caisse ; un essai est prévu avec l’équipe.",
        "Deux absences, prévenues à l’avance.",
        "Prend volontiers le temps de montrer le travail aux nouveaux.",
        "Bilan du contrat : bon rythme, plus d’assurance avec les clients.",
        "Passage à davantage d’heures demandé et bien préparé.",
        "Le stage en entreprise s’est bien terminé, l’employeur propose de revenir.",
        "CV refait ensemble, deux offres retenues.",
        "Fatigue en fin de journée ; on en parle avec l’encadrement.",
        "L’entretien des espaces verts attire, visite à organiser.",
        "Formation aux gestes et postures suivie jusqu’au bout.",
        "Renouvellement du contrat discuté : le souhait est de continuer.",
    ),
    Compartment.HEALTH: (
        "Rendez-vous chez le médecin : nous y sommes allés ensemble.",
        "Souhaite un bilan de santé ; l’adresse du centre est donnée.",
        "Les nouvelles lunettes sont arrivées, le travail en est plus facile.",
        "Demande un rendez-vous chez le dentiste, la prise en charge est vérifiée.",
        "Préfère ne pas en parler aujourd’hui ; la porte reste ouverte.",
        "Carte Vitale reçue, complémentaire à renouveler.",
        "Dossier MDPH relu ensemble avant l’envoi.",
    ),
}
_NEXT: dict[Compartment, tuple[str, ...]] = {
    Compartment.SOCIAL: (
        "Rendez-vous pris {day}.",
        "On y va ensemble {day}.",
        "Pièces à rapporter {day}.",
        "L’assistante sociale est prévenue, avec son accord.",
        "À revoir {day}.",
        "Rien d’urgent, point dans un mois.",
        "",
    ),
    Compartment.WORK: (
        "Point avec l’encadrement {day}.",
        "Suite à donner {day}.",
        "Proposition à écrire avant {day}.",
        "Bravo pour le chemin parcouru.",
        "",
    ),
    Compartment.HEALTH: (
        "Prochain rendez-vous {day}.",
        "Rappel à faire {day}.",
        "À son rythme.",
        "",
    ),
}
_AFTER_THE_END = (
    "Appel de nouvelles : le nouveau poste se passe bien, l’équipe est accueillante.",
    "Le logement tient, le loyer est payé ; quelques meubles à trouver.",
    "Aide à remplir la déclaration de ressources, faite au téléphone.",
    "Cherche encore, deux entretiens la semaine prochaine.",
    "Passage au chantier pour saluer l’équipe, le moral est bon.",
)


_GOALS: dict[Domain, tuple[str, ...]] = {
    Domain.EMPLOYMENT: ("Trouver un emploi de jour.", "Passer le permis.", "Travailler dans la cuisine."),
    Domain.HOUSING: ("Avoir ma clé à moi.", "Quitter l’hôtel avant l’hiver.", "Un studio où recevoir mes enfants."),
    Domain.HEALTH: ("Refaire mes lunettes.", "Dormir mieux.", "Avoir un médecin qui me connaît."),
    Domain.RIGHTS: ("Renouveler mon titre à temps.", "Comprendre mes papiers.", "Ne plus avoir de dettes."),
    Domain.DISABILITY: ("Savoir ce que la MDPH peut faire.", "Un poste où rester assis."),
    Domain.DAILY_LIFE: ("Lire les courriers seul.", "Mettre 20 euros de côté par mois.", "Revoir ma sœur."),
}
_REFUSALS = (
    "Aucune place avant plusieurs mois ; orientation proposée vers un autre chantier.",
    "Les horaires du chantier ne conviennent pas à la garde des enfants.",
    "Le besoin premier est ailleurs : relais pris avec le service qui oriente.",
)

_EXPLAINED = (
    "Ce qui est transmis, à qui et pourquoi ; l’accord peut être retiré à tout moment.",
    "La liste de ce que lira le partenaire a été relue ensemble.",
    "Le nom et le besoin seulement ; rien d’autre sans nouvel accord.",
)
_SOUGHT: dict[Domain, tuple[str, ...]] = {
    Domain.EMPLOYMENT: ("Un poste de jour, à temps plein, accessible en transport.", "Une immersion avant l’été."),
    Domain.HOUSING: ("Un studio ou une sous-location, disponible vite.", "Une place pour deux, sans limite de durée."),
    Domain.HEALTH: ("Un premier rendez-vous, avec une langue à prévoir.", "Un créneau en fin de journée."),
    Domain.RIGHTS: ("Une permanence le matin, sans rendez-vous.", "De l’aide pour un dossier en retard."),
    Domain.DISABILITY: ("Un poste assis, à mi-temps pour commencer.", "Un échange sur ce qui peut être demandé."),
    Domain.DAILY_LIFE: ("Une garde le matin avant huit heures.", "De quoi équiper un premier logement."),
}

_COMPARTMENTS = (Compartment.SOCIAL, Compartment.WORK, Compartment.HEALTH)
_SHARES = (0.60, 0.88, 1.0)
_REASONS = (
    # By level, 0 to 4: what is said of it.
    ("Plus d’inquiétude pour le moment.", "Autonomie retrouvée sur ce point depuis le printemps."),
    ("Plus d’inquiétude pour le moment.", "Va mieux depuis le changement d’équipe."),
    ("Rendez-vous pris ensemble, premier pas fait.", "À reprendre au prochain entretien."),
    ("Reste la première préoccupation.", "Plusieurs courriers restés sans réponse."),
    ("Reste la première préoccupation.", "Rend difficile la recherche d’un poste à temps plein."),
)
_DETAILS = (
    "Chambre partagée, affaires gardées par une amie.",
    "Place jusqu’à la fin de l’hiver, renouvelable.",
    "Trajet d’une heure jusqu’au chantier.",
)
_DETAILED = 0.25
_EMPLOYERS = (
    "Boulangerie Exemple",
    "Hôtel Fictif",
    "Propreté Modèle",
    "Restaurant Imaginaire",
    "Logistique Factice",
    "Espaces verts Esquisse",
    "Blanchisserie Prototype",
)
_OTHER_SIAE = {
    ContractKind.EI.value: "Entreprise d’insertion Maquette",
    ContractKind.AI.value: "Association intermédiaire Ébauche",
    ContractKind.ETTI.value: "ETTI Simulacre",
    ContractKind.CDDI.value: "Chantier d’insertion Chimère",
}


def draw_notes(rng: np.random.Generator, days: Days, working: NDArray[np.bool_]) -> tuple[Texts, Texts]:
    """A note for each day: who may read it (a value of ``Compartment``), and what it says.

    :param working: False after the last contract.
    """
    count = len(days)
    places = np.searchsorted(_SHARES, rng.random(count), side="right")
    following = worked(days + rng.integers(4, 25, count)).astype(object)
    said, coming = rng.random(count).tolist(), rng.random(count).tolist()
    bodies = []
    for place, day, at_work, one, other in zip(
        places.tolist(), following.tolist(), working.tolist(), said, coming, strict=True
    ):
        compartment = _COMPARTMENTS[place]
        known = _SAID[compartment] if at_work or compartment is not Compartment.SOCIAL else _AFTER_THE_END
        then = _NEXT[compartment]
        following_step = then[int(other * len(then))].format(day=_spoken(day))
        bodies.append(f"{known[int(one * len(known))]} {following_step}".rstrip())
    compartments = np.array([compartment.value for compartment in _COMPARTMENTS], dtype=object)[places]
    return compartments, np.array(bodies, dtype=object)


def draw_reasons(rng: np.random.Generator, levels: NDArray[Any]) -> Texts:
    """Why a need was rated so, in a sentence, for each level (0 to 4; -1 counts as 0)."""
    reasons = np.array(_REASONS, dtype=object)
    return np.asarray(reasons[np.maximum(levels, 0), rng.integers(0, reasons.shape[1], len(levels))])


def draw_details(rng: np.random.Generator, aspects: Texts) -> Texts:
    """A sentence beside some facts of housing, nothing beside the others."""
    details = np.array(_DETAILS, dtype=object)[rng.integers(0, len(_DETAILS), len(aspects))]
    return np.where((aspects == "housing") & (rng.random(len(aspects)) < _DETAILED), details, "")


def draw_goals(rng: np.random.Generator, domains: Texts) -> Texts:
    """What somebody wants, in her words, for each domain."""
    chances = rng.random(len(domains)).tolist()
    return np.array(
        [
            _GOALS[Domain(domain)][int(chance * len(_GOALS[Domain(domain)]))]
            for domain, chance in zip(domains.tolist(), chances, strict=True)
        ],
        dtype=object,
    )


def draw_refusals(rng: np.random.Generator, count: int) -> Texts:
    """Why a site could not hire somebody."""
    return np.array(_REFUSALS, dtype=object)[rng.integers(0, len(_REFUSALS), count)]


def draw_explained(rng: np.random.Generator, count: int) -> Texts:
    """What a person was told before she agreed that something about her be shared."""
    return np.array(_EXPLAINED, dtype=object)[rng.integers(0, len(_EXPLAINED), count)]


def draw_sought(rng: np.random.Generator, domains: Texts) -> Texts:
    """What the officers of a domain are told of what is looked for."""
    chances = rng.random(len(domains)).tolist()
    return np.array(
        [
            _SOUGHT[Domain(domain)][int(chance * len(_SOUGHT[Domain(domain)]))]
            for domain, chance in zip(domains.tolist(), chances, strict=True)
        ],
        dtype=object,
    )


def hosts() -> Texts:
    """Names of ordinary employers, where work placements take place."""
    return np.array(_EMPLOYERS, dtype=object)


def draw_employers(rng: np.random.Generator, kinds: Texts) -> Texts:
    """Names of employers outside the scheme's sites, by kind of contract."""
    ordinary = np.array(_EMPLOYERS, dtype=object)[rng.integers(0, len(_EMPLOYERS), len(kinds))]
    return np.array([_OTHER_SIAE.get(kind, name) for kind, name in zip(kinds, ordinary, strict=True)], dtype=object)


def _spoken(day: date) -> str:
    return f"le {'1er' if day.day == 1 else day.day} {_MONTHS[day.month - 1]}"
