"""Short notes in plain French, put together from what teams write: what was said, what was done, what comes next."""

from datetime import date, timedelta
from random import Random

from convergence.simulation.days import worked
from convergence.vocabulary.compartments import Compartment

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
    Compartment.JUSTICE: (
        "Convocation à honorer un mardi sur deux : l’emploi du temps en tient compte.",
        "Horaires imposés rappelés à l’encadrement, sans autre détail.",
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
    Compartment.JUSTICE: ("Prochaine date : {day}.",),
}
_AFTER_THE_END = (
    "Appel de nouvelles : le nouveau poste se passe bien, l’équipe est accueillante.",
    "Le logement tient, le loyer est payé ; quelques meubles à trouver.",
    "Aide à remplir la déclaration de ressources, faite au téléphone.",
    "Cherche encore, deux entretiens la semaine prochaine.",
    "Passage au chantier pour saluer l’équipe, le moral est bon.",
)


class Writer:
    """Writes notes, each a sentence or two."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng

    def note(self, compartment: Compartment, day: date, *, working: bool) -> str:
        """A note of that day; ``working`` False after the last contract."""
        said = _SAID[compartment]
        if not working and compartment is Compartment.SOCIAL:
            said = _AFTER_THE_END
        following = worked(day + timedelta(days=self._rng.randint(4, 24)))
        spoken = f"le {'1er' if following.day == 1 else following.day} {_MONTHS[following.month - 1]}"
        sentences = [self._rng.choice(said), self._rng.choice(_NEXT[compartment]).format(day=spoken)]
        return " ".join(sentence for sentence in sentences if sentence)
