"""Appointments with a person, what became of them, and times spent in a group."""

from convergence.vocabulary.base import Term
from convergence.vocabulary.contacts import ContactKind


class AppointmentKind(Term):
    INTERVIEW = "interview", "Entretien"
    ACCOMPANIMENT = "accompaniment", "Accompagnement (y aller ensemble)"
    VISIT = "visit", "Visite"
    JOINT_MEETING = "joint_meeting", "Rencontre avec ses autres référents"

    @property
    def contact(self) -> ContactKind:
        """The contact that it was, once it took place with the person."""
        match self:
            case AppointmentKind.ACCOMPANIMENT:
                return ContactKind.ACCOMPANIMENT
            case AppointmentKind.VISIT:
                return ContactKind.VISIT
            case _:
                return ContactKind.INTERVIEW


class Outcome(Term):
    """What became of an appointment. An absence is a fact, never a judgement."""

    CAME = "came", "Présence"
    LATE = "late", "Présence, avec du retard"
    EXCUSED = "excused", "Absence prévenue"
    ABSENT = "absent", "Absence"
    CANCELLED = "cancelled", "Annulé"

    @property
    def met(self) -> bool:
        return self in (Outcome.CAME, Outcome.LATE)


PRESENCES = (Outcome.CAME, Outcome.LATE, Outcome.EXCUSED, Outcome.ABSENT)
"""What is noted once the day has come."""


class GroupKind(Term):
    WORKSHOP = "workshop", "Atelier collectif"
    INFORMATION = "information", "Information collective"
    DISCUSSION = "discussion", "Groupe de parole"
    OUTING = "outing", "Sortie collective"
