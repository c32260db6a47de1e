"""What identifies a person."""

from convergence.vocabulary.base import Term


class Sex(Term):
    WOMAN = "woman", "Femme"
    MAN = "man", "Homme"
    OTHER = "other", "Autre"


class NameKind(Term):
    USUAL = "usual", "Nom d’usage"
    BIRTH = "birth", "Nom de naissance"
    SPELLING = "spelling", "Autre orthographe"
    KNOWN_AS = "known_as", "Se fait appeler"
