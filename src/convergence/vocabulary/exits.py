"""Ends of path: one motive of the ASP each, and the category that the table in force gives it (domain.md §5)."""

from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from convergence.vocabulary.base import Term


class ExitCategory(Term):
    """What a motive counts as. It is read in the table of a date, never stored."""

    DURABLE = "durable", "Emploi durable"
    TRANSITION = "transition", "Emploi de transition"
    POSITIVE = "positive", "Sortie positive"
    OTHER = "other", "Autre sortie"
    REMOVED = "removed", "Sortie retirée du décompte"


DYNAMIC = frozenset({ExitCategory.DURABLE, ExitCategory.TRANSITION, ExitCategory.POSITIVE})
"""*Sorties dynamiques*: durable, transition and positive exits (circular DGEFP 2008-21 of 10 December 2008)."""


class ExitDenominator(Term):
    """Among which ends of path an exit is counted; always shown by name beside a figure."""

    ALL_ENDS = "all_ends", "Toutes les fins de parcours"
    PILOTAGE = "pilotage", "Pilotage de l’inclusion"
    AFTER_IAE = "after_iae", "Sorties de l’IAE"


class ExitMotive(IntEnum):
    """Why a path ended: ``.value`` is the code of the ASP's monthly state, ``.label`` its words in French.

    The numbers are the ASP's own; 13, 15, 21, 22 and 96 are to be confirmed [check].
    """

    label: str

    # The label has a default only for type checkers, which take ExitMotive(3) for a call of __new__.
    def __new__(cls, code: int, label: str = "") -> "ExitMotive":
        motive = int.__new__(cls, code)
        motive._value_ = code
        motive.label = label
        return motive

    OPEN_ENDED_HERE = 1, "CDI dans la structure ou une filiale"
    FIXED_TERM_IN_IAE = 2, "CDD dans une autre structure de l’IAE"
    OPEN_ENDED = 3, "CDI non aidé ailleurs"
    OWN_BUSINESS = 4, "Création ou reprise d’entreprise"
    TRAINING = 5, "Formation préqualifiante ou qualifiante"
    INACTIVE = 6, "Inactivité"
    UNEMPLOYED = 7, "Au chômage"
    NO_NEWS = 8, "Sans nouvelles"
    LONG_TERM = 9, "CDD ou intérim non aidé de 6 mois et plus"
    SHORT_TERM = 10, "CDD ou intérim non aidé de moins de 6 mois"
    CIVIL_SERVICE = 11, "Fonction publique"
    OTHER_POSITIVE = 12, "Autre sortie reconnue comme positive"
    SUBSIDISED_OPEN_ENDED = 13, "CDI aidé"
    SUBSIDISED_OUTSIDE_IAE = 14, "Contrat aidé hors IAE"
    RETIREMENT = 15, "Retraite"
    LONG_LEAVE = 16, "Congé de longue durée"
    DEATH = 17, "Décès"
    DECISION = 18, "Décision administrative ou de justice"
    SERIOUS_FAULT = 19, "Licenciement pour faute grave"
    TRANSFER = 20, "Transfert d’employeur"
    TRIAL_ENDED_BY_EMPLOYER = 21, "Période d’essai rompue par l’employeur"
    TRIAL_ENDED_BY_PERSON = 22, "Période d’essai rompue par la personne"
    CDI_INCLUSION = 96, "CDI inclusion"


@dataclass(frozen=True)
class ExitTable:
    """The category of every motive from ``since`` on, and where that is written."""

    since: date
    source: str
    categories: dict[ExitMotive, ExitCategory]


TABLES = (
    ExitTable(
        since=date(2009, 1, 1),
        source="circulaire DGEFP no 2008-21 du 10 décembre 2008 ; codes de l’état mensuel de l’ASP",
        categories={
            ExitMotive.OPEN_ENDED_HERE: ExitCategory.DURABLE,
            ExitMotive.OPEN_ENDED: ExitCategory.DURABLE,
            ExitMotive.OWN_BUSINESS: ExitCategory.DURABLE,
            ExitMotive.LONG_TERM: ExitCategory.DURABLE,
            ExitMotive.CIVIL_SERVICE: ExitCategory.DURABLE,
            ExitMotive.CDI_INCLUSION: ExitCategory.DURABLE,  # [check]
            ExitMotive.SUBSIDISED_OPEN_ENDED: ExitCategory.DURABLE,  # [check]
            ExitMotive.SHORT_TERM: ExitCategory.TRANSITION,
            ExitMotive.SUBSIDISED_OUTSIDE_IAE: ExitCategory.TRANSITION,
            ExitMotive.FIXED_TERM_IN_IAE: ExitCategory.POSITIVE,
            ExitMotive.TRAINING: ExitCategory.POSITIVE,
            ExitMotive.OTHER_POSITIVE: ExitCategory.POSITIVE,
            ExitMotive.RETIREMENT: ExitCategory.POSITIVE,  # [check]
            ExitMotive.INACTIVE: ExitCategory.OTHER,
            ExitMotive.UNEMPLOYED: ExitCategory.OTHER,
            ExitMotive.NO_NEWS: ExitCategory.OTHER,
            ExitMotive.LONG_LEAVE: ExitCategory.REMOVED,
            ExitMotive.DEATH: ExitCategory.REMOVED,
            ExitMotive.DECISION: ExitCategory.REMOVED,
            ExitMotive.SERIOUS_FAULT: ExitCategory.REMOVED,
            ExitMotive.TRANSFER: ExitCategory.REMOVED,
            ExitMotive.TRIAL_ENDED_BY_EMPLOYER: ExitCategory.REMOVED,  # [check]
            ExitMotive.TRIAL_ENDED_BY_PERSON: ExitCategory.REMOVED,  # [check]
        },
    ),
)
"""Every table that was in force, oldest first."""


def table_on(day: date) -> ExitTable:
    """The table in force on a day; before the first one, the first."""
    in_force = [table for table in TABLES if table.since <= day]
    return in_force[-1] if in_force else TABLES[0]
