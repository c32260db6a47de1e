"""Two files that may be one person's: how their parts agree, and what was decided."""

from convergence.vocabulary.base import Term


class NameAgreement(Term):
    """How two given names, or two family names, agree; the most alike first."""

    EQUAL = "equal", "identique"
    SOUND = "sound", "prononcé pareil"
    CLOSE = "close", "à une ou deux lettres près"
    PART = "part", "une partie en commun"
    SHORTENED = "shortened", "le début en commun"
    REMOTE = "remote", "ressemblant de loin"
    MISSING = "missing", "non noté d’un côté"
    DIFFERENT = "different", "différent"


class DayAgreement(Term):
    """How two days of birth (day and month) agree."""

    EQUAL = "equal", "même jour et même mois"
    SWAPPED = "swapped", "jour et mois inversés"
    NEAR = "near", "jour ou mois à une faute de frappe près"
    MONTH = "month", "même mois, jour non noté"
    HALF = "half", "le jour ou le mois seul en commun"
    FIRST_OF_JANUARY = "first_of_january", "1er janvier d’un côté, date peut-être inconnue"
    MISSING = "missing", "jour et mois non notés d’un côté"
    DIFFERENT = "different", "jour et mois différents"


class YearAgreement(Term):
    EQUAL = "equal", "même année de naissance"
    NEXT = "next", "année de naissance à un an près"
    DIGIT = "digit", "année de naissance à un chiffre près"
    MISSING = "missing", "année de naissance non notée d’un côté"
    DIFFERENT = "different", "années de naissance différentes"


class SexAgreement(Term):
    EQUAL = "equal", "même sexe noté"
    MISSING = "missing", "sexe non noté d’un côté"
    DIFFERENT = "different", "sexe noté différemment"


class NameOrder(Term):
    """Whether the names were compared as they stand."""

    STRAIGHT = "straight", "prénom avec prénom, nom avec nom"
    SWAPPED = "swapped", "prénom et nom inversés"
    TOGETHER = "together", "mêmes mots, répartis autrement entre prénom et nom"


class Verdict(Term):
    """What somebody decides about two files that look alike."""

    SAME = "same", "C’est la même personne"
    APART = "apart", "Ce sont deux personnes"
    UNSURE = "unsure", "Je ne sais pas encore"
    UNDONE = "undone", "Décision défaite"


class LikenessState(Term):
    """Where a pair stands."""

    OPEN = "open", "à décider"
    UNSURE = "unsure", "pas encore tranché"
    LINKED = "linked", "même personne, dossiers liés"
    APART = "apart", "deux personnes"
    GONE = "gone", "ne se ressemblent plus"
