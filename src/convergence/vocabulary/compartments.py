"""Compartments of a person's file: what has different readers lies in different rows (domain.md §8).

The last three hold no row: they are parts of the others, read by those who do not support the person. A site reads the
candidacies that it received; it reads the path of somebody whom it considers; a host reads the one whom it hosts.
"""

from convergence.vocabulary.base import Term


class Compartment(Term):
    IDENTITY = "identity", "Nom"
    CONTACT = "contact", "État civil et coordonnées"
    HOURS = "hours", "Heures de travail"
    WORK = "work", "Parcours de travail"
    SOCIAL = "social", "Accompagnement social"
    HEALTH = "health", "Santé"
    JUSTICE = "justice", "Contraintes judiciaires"
    CANDIDACY = "candidacy", "Candidature"
    PATH = "path", "Contrats, PASS IAE et décisions"
    HOSTED = "hosted", "Nom, coordonnées et parcours de travail"
