"""Partners of a territory: what they are, what is agreed with them, and what passes between them and the team."""

from convergence.vocabulary.base import Term


class PartnerKind(Term):
    """What a partner is to the people whom the scheme supports; its domains say where it helps."""

    EMPLOYER = "employer", "Employeur"
    INCLUSION_EMPLOYER = "inclusion_employer", "Employeur de l’insertion (SIAE)"
    LANDLORD = "landlord", "Bailleur ou logement accompagné"
    SHELTER = "shelter", "Hébergement"
    CARE = "care", "Soin"
    RIGHTS_DESK = "rights_desk", "Accès aux droits"
    TRAINING_BODY = "training_body", "Organisme de formation"
    PUBLIC_BODY = "public_body", "Administration ou collectivité"
    ASSOCIATION = "association", "Autre association"
    OTHER = "other", "Autre partenaire"


class ConsentHow(Term):
    """How somebody who works at a partner agreed to be contacted."""

    SPOKEN = "spoken", "De vive voix"
    TELEPHONE = "telephone", "Au téléphone"
    MESSAGE = "message", "Par message"
    WRITTEN = "written", "Par écrit"


class Renewal(Term):
    """What happens when an agreement comes to its end."""

    NONE = "none", "Prend fin à son terme"
    TACIT = "tacit", "Reconduite tacitement"
    EXPRESS = "express", "À renouveler par écrit"


class ExchangeKind(Term):
    """How the team and a partner spoke to one another."""

    CALL = "call", "Appel"
    EMAIL = "email", "E-mail collé"
    MEETING = "meeting", "Rencontre"
    VISIT = "visit", "Visite sur place"
    MESSAGE = "message", "Message"
