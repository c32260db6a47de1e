"""Work contracts and the programmes of a CDDI (domain.md §2, §3)."""

from convergence.vocabulary.base import Term


class ContractKind(Term):
    CDDI = "cddi", "CDDI"
    EI = "ei", "Contrat en entreprise d’insertion"
    ETTI = "etti", "Mission en intérim d’insertion (ETTI)"
    AI = "ai", "Mise à disposition (association intermédiaire)"
    CDI_INCLUSION = "cdi_inclusion", "CDI inclusion"
    FIXED_TERM = "fixed_term", "CDD"
    TEMP = "temp", "Intérim"
    OPEN_ENDED = "open_ended", "CDI"


class Programme(Term):
    """A PHC is a CDDI that starts at four hours a week; its time counts in every clock."""

    NONE = "none", "Hors programme"
    CVG = "cvg", "Convergence"
    PHC = "phc", "Premières heures en chantier"
