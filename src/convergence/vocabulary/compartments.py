"""Compartments of a person's file: what has different readers lies in different rows (domain.md §8)."""

from convergence.vocabulary.base import Term


class Compartment(Term):
    IDENTITY = "identity", "Nom"
    CONTACT = "contact", "État civil et coordonnées"
    HOURS = "hours", "Heures de travail"
    WORK = "work", "Parcours de travail"
    SOCIAL = "social", "Accompagnement social"
    HEALTH = "health", "Santé"
    JUSTICE = "justice", "Contraintes judiciaires"
