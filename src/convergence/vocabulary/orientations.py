"""How a person comes to a site: who sent her, and what became of her candidacy (domain.md §2, §6)."""

import re
import unicodedata

from convergence.vocabulary.base import Term
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.sensitive import narrower

REVEALING = frozenset({"act", "ase", "cmp", "empp", "lam", "lhss", "pjj", "penitentiaire"})
"""Short names of bodies that care for people, placed them as children, or hold them for justice."""


def reveals_care_or_justice(body: str) -> bool:
    """Whether the name of a body says something of a person that her working side must not hold."""
    plain = unicodedata.normalize("NFKD", body.casefold())
    bare = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return bool(narrower(body, Compartment.WORK)) or not REVEALING.isdisjoint(re.findall(r"[a-z]+", bare))


class Referrer(Term):
    """The twelve kinds of referring body that the half-year return counts.

    The very name of a body can reveal health or justice (domain.md §8): analysis keeps only its kind.
    """

    FRANCE_TRAVAIL = "france_travail", "France Travail"
    MISSION_LOCALE = "mission_locale", "Mission locale"
    CAP_EMPLOI = "cap_emploi", "Cap emploi"
    PLIE = "plie", "PLIE"
    OTHER_EMPLOYMENT_SERVICE = "other_employment_service", "Autre service de l’emploi"
    SHELTER = "shelter", "Centre d’hébergement"
    OUTREACH = "outreach", "Maraude ou accueil de jour"
    PHC = "phc", "Premières heures en chantier"
    OTHER_SIAE = "other_siae", "Autre structure de l’IAE"
    COUNTY_SOCIAL_SERVICES = "county_social_services", "Services sociaux du département"
    OTHER_SUPPORT = "other_support", "Autre accompagnement"
    SPONTANEOUS = "spontaneous", "Candidature spontanée"


class CandidacyOutcome(Term):
    HIRED = "hired", "Embauche"
    REFUSED_BY_SITE = "refused_by_site", "Refus du chantier"
    REFUSED_BY_PERSON = "refused_by_person", "Refus de la personne"
    NEVER_CAME = "never_came", "Jamais venue"
    WAITING = "waiting", "En attente"


class EnteredAs(Term):
    """Why the dataset knows a person: she was hired, or remained a candidate and has no path."""

    HIRED = "hired", "A commencé un parcours"
    CANDIDATE = "candidate", "Candidature sans embauche"
