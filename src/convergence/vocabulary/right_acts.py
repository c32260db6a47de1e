"""What is done again and again to keep a right: declared, visited, updated (domain.md §4)."""

from dataclasses import dataclass

from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.situations import ASPECTS


@dataclass(frozen=True)
class RightAct:
    """One act. Its code is the kind of its calendar (rules/calendars.toml).

    :param aspect: the right that it keeps, whose readers are its readers.
    :param label: what is to be done, after the right's name.
    :param done: what the button says once it is done.
    """

    code: str
    aspect: str
    label: str
    done: str

    @property
    def compartment(self) -> Compartment:
        return ASPECTS[self.aspect].compartment


RIGHT_ACTS: dict[str, RightAct] = {
    act.code: act
    for act in (
        RightAct("rsa_declaration", "rsa", "déclaration trimestrielle", "Déclaration faite"),
        RightAct("in_work_declaration", "in_work_benefit", "déclaration trimestrielle", "Déclaration faite"),
        RightAct("aah_declaration", "aah", "déclaration trimestrielle", "Déclaration faite"),
        RightAct("ass_renewal", "ass", "renouvellement des six mois", "Renouvellement demandé"),
        RightAct("housing_aid_check", "housing_aid", "vérification de l’année", "Vérification faite"),
        RightAct("siao_update", "siao", "mise à jour de l’évaluation", "Mise à jour faite"),
        RightAct("domiciliation_visit", "domiciliation", "passage pour le courrier", "Passage fait"),
    )
}
"""Every act by code."""

RIGHT_ACTS_BY_COMPARTMENT: dict[Compartment, list[str]] = {
    compartment: sorted(act.code for act in RIGHT_ACTS.values() if act.compartment is compartment)
    for compartment in sorted({act.compartment for act in RIGHT_ACTS.values()})
}
"""Codes of the acts by compartment."""
