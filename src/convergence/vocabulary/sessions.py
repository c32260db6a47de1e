"""Times spent with, or about, the person: every way of contact, and what is done in a group or between referents."""

from convergence.vocabulary.base import Term
from convergence.vocabulary.contacts import ContactKind


class SessionKind(Term):
    """The codes of :class:`ContactKind`, with the same words, and two that no contact is."""

    CALL = ContactKind.CALL.value, ContactKind.CALL.label
    CALL_NO_ANSWER = ContactKind.CALL_NO_ANSWER.value, ContactKind.CALL_NO_ANSWER.label
    MESSAGE = ContactKind.MESSAGE.value, ContactKind.MESSAGE.label
    MEETING = ContactKind.MEETING.value, ContactKind.MEETING.label
    INTERVIEW = ContactKind.INTERVIEW.value, ContactKind.INTERVIEW.label
    ACCOMPANIMENT = ContactKind.ACCOMPANIMENT.value, ContactKind.ACCOMPANIMENT.label
    VISIT = ContactKind.VISIT.value, ContactKind.VISIT.label
    GROUP_WORKSHOP = "group_workshop", "Atelier collectif"
    JOINT_SUPPORT = "joint_support", "Accompagnement concerté (avec les autres référents)"
