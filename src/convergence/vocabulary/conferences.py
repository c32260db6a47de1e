"""Case conferences: how a person agreed that her path be discussed there."""

from convergence.vocabulary.base import Term


class AgreementHow(Term):
    SPOKEN = "spoken", "De vive voix"
    TELEPHONE = "telephone", "Au téléphone"
    MESSAGE = "message", "Par message"
    WRITTEN = "written", "Par écrit"
