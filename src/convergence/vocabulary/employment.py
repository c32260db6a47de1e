"""Employment situations (domain.md §4)."""

from convergence.vocabulary.base import Term


class Employment(Term):
    NONE = "none", "Sans emploi"
    CDDI = "cddi", "CDDI"
    PLACEMENT = "placement", "Stage en entreprise (PMSMP)"
    TRAINING = "training", "Formation"
    SHORT_TERM = "short_term", "CDD ou intérim de moins de 6 mois"
    LONG_TERM = "long_term", "CDD ou intérim de 6 mois et plus"
    OPEN_ENDED = "open_ended", "CDI"
    OWN_BUSINESS = "own_business", "À son compte"
    RETIRED = "retired", "Retraite"
