"""Ways of meeting, or trying to reach, the person."""

from convergence.vocabulary.base import Term


class ContactKind(Term):
    CALL = "call", "Appel"
    CALL_NO_ANSWER = "call_no_answer", "Appel sans réponse"
    MESSAGE = "message", "Message écrit"
    MEETING = "meeting", "Rencontre sur le chantier"
    INTERVIEW = "interview", "Entretien"
    ACCOMPANIMENT = "accompaniment", "Accompagnement de proximité"
    VISIT = "visit", "Visite"

    @property
    def reached(self) -> bool:
        """Whether the person was really met or spoken to: a call without an answer or a message is not enough."""
        return self not in (ContactKind.CALL_NO_ANSWER, ContactKind.MESSAGE)
