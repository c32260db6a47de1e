"""What the European Social Fund Plus asks of each participant, and when (domain.md §6).

Codes follow the common indicators of regulation (EU) 2021/1057, annex I: EECO02 to 05 for the status, EECR01 to 06 for
results. No stable home is read from the housing noted for the day: it is not asked again.
"""

from dataclasses import dataclass

from convergence.vocabulary.base import Term
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.entry import TimeWithoutWork
from convergence.vocabulary.health import YesNo


class FundStage(Term):
    """When it is asked; nothing is asked at any other time."""

    ENTRY = "entry", "À l’entrée"
    EXIT = "exit", "À la sortie"
    SIX_MONTHS = "six_months", "Six mois après la sortie"


class LabourStatus(Term):
    EMPLOYED = "employed", "En emploi, ou à son compte"
    UNEMPLOYED = "unemployed", "Au chômage, en recherche d’emploi"
    TRAINING = "training", "En formation ou en études"
    INACTIVE = "inactive", "Sans emploi et sans recherche d’emploi"


class MainResources(Term):
    WORK = "work", "Un revenu du travail"
    UNEMPLOYMENT = "unemployment", "Une allocation de chômage (ARE, ASS)"
    RSA = "rsa", "Le RSA"
    DISABILITY = "disability", "L’AAH ou une pension d’invalidité"
    OTHER_BENEFIT = "other_benefit", "Une autre prestation"
    RELATIVES = "relatives", "L’aide de proches"
    NONE = "none", "Aucune ressource"


@dataclass(frozen=True)
class FundQuestion:
    """One question: when it is asked, its values, who reads the answer."""

    code: str
    label: str
    stages: frozenset[FundStage]
    compartment: Compartment
    values: type[Term]


_ENTRY, _EXIT, _LATER = (frozenset({stage}) for stage in FundStage)

FUND_QUESTIONS: dict[str, FundQuestion] = {
    question.code: question
    for question in (
        FundQuestion("status", "Situation face à l’emploi", _ENTRY | _EXIT | _LATER, Compartment.WORK, LabourStatus),
        FundQuestion("time_without_work", "Temps passé sans emploi avant", _ENTRY, Compartment.WORK, TimeWithoutWork),
        FundQuestion("single_parent", "Parent seul avec enfants à charge", _ENTRY, Compartment.SOCIAL, YesNo),
        FundQuestion("main_resources", "Principales ressources", _ENTRY, Compartment.SOCIAL, MainResources),
        FundQuestion("qualification", "A obtenu une qualification", _EXIT, Compartment.WORK, YesNo),
        FundQuestion("improved", "Situation d’emploi meilleure qu’à l’entrée", _LATER, Compartment.WORK, YesNo),
    )
}
"""Every question by code, in the order of the form; ``status`` says whether a stage was asked."""
