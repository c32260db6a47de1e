"""The aspects of a person's life in which one thing is true at a time (domain.md §4)."""

from dataclasses import dataclass

from convergence.vocabulary.base import Term
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.domains import Domain
from convergence.vocabulary.employment import Employment
from convergence.vocabulary.health import CarePath, CheckUp, Disability, HealthCover, Mdph, YesNo
from convergence.vocabulary.housing import Housing
from convergence.vocabulary.rights import (
    BankAccount,
    Benefit,
    DaloRequest,
    DebtFile,
    Domiciliation,
    HousingRequest,
    IdentityDocument,
    JudicialConstraint,
    Protection,
    ResidencePermit,
    RightToWork,
    TaxReturn,
)


@dataclass(frozen=True)
class Aspect:
    """One aspect: its values, whether a value may expire on a date, and who reads it (the compartment)."""

    code: str
    label: str
    domain: Domain
    compartment: Compartment
    values: type[Term]
    has_expiry: bool = False
    expiry_label: str = "Valable jusqu’au"


_S, _H = Compartment.SOCIAL, Compartment.HEALTH
_RIGHTS, _DAILY = Domain.RIGHTS, Domain.DAILY_LIFE

ASPECTS: dict[str, Aspect] = {
    aspect.code: aspect
    for aspect in (
        Aspect("housing", "Logement", Domain.HOUSING, _S, Housing),
        Aspect("siao", "Demande SIAO", Domain.HOUSING, _S, HousingRequest),
        Aspect(
            "social_housing",
            "Demande de logement social",
            Domain.HOUSING,
            _S,
            HousingRequest,
            True,
            "À renouveler avant le",
        ),
        Aspect("priority_label", "Label prioritaire (SYPLO)", Domain.HOUSING, _S, HousingRequest),
        Aspect("dalo", "Recours DALO ou DAHO", Domain.HOUSING, _S, DaloRequest, True, "Offre attendue avant le"),
        Aspect("employment", "Emploi", Domain.EMPLOYMENT, Compartment.WORK, Employment),
        Aspect("health_cover", "Couverture santé", Domain.HEALTH, _H, HealthCover, True),
        Aspect("regular_doctor", "Médecin traitant", Domain.HEALTH, _H, YesNo),
        Aspect("check_up", "Bilan de santé", Domain.HEALTH, _H, CheckUp),
        Aspect("care_path", "Parcours de soins", Domain.HEALTH, _H, CarePath),
        Aspect("mental_health_care", "Soins psychiques", Domain.HEALTH, _H, CarePath),
        Aspect("addiction_care", "Consommations, addictologie", Domain.HEALTH, _H, CarePath),
        Aspect("rqth", "RQTH", Domain.DISABILITY, _H, Disability, True),
        Aspect("aah", "AAH", Domain.DISABILITY, _H, Disability, True),
        Aspect("mdph", "Dossier MDPH", Domain.DISABILITY, _H, Mdph),
        Aspect("identity_document", "Pièce d’identité", _RIGHTS, _S, IdentityDocument, True),
        Aspect("residence_permit", "Titre de séjour", _RIGHTS, _S, ResidencePermit, True),
        Aspect("right_to_work", "Droit de travailler", _RIGHTS, Compartment.WORK, RightToWork),
        Aspect("domiciliation", "Domiciliation", _RIGHTS, _S, Domiciliation, True),
        Aspect("bank_account", "Compte bancaire", _RIGHTS, _S, BankAccount),
        Aspect("rsa", "RSA", _RIGHTS, _S, Benefit),
        Aspect("ass", "ASS", _RIGHTS, _S, Benefit),
        Aspect("in_work_benefit", "Prime d’activité", _RIGHTS, _S, Benefit),
        Aspect("housing_aid", "Aide au logement", _RIGHTS, _S, Benefit),
        Aspect("tax_return", "Déclaration de revenus", _RIGHTS, _S, TaxReturn),
        Aspect("debt_file", "Dossier de surendettement", _DAILY, _S, DebtFile),
        Aspect("protection", "Mesure de protection", _DAILY, _S, Protection, True, "Jusqu’au"),
        Aspect(
            "judicial_constraint",
            "Contraintes judiciaires",
            _DAILY,
            Compartment.JUSTICE,
            JudicialConstraint,
            True,
            "Jusqu’au",
        ),
    )
}
"""Every aspect by code, in the order in which screens offer them."""

ASPECTS_BY_COMPARTMENT: dict[Compartment, list[str]] = {
    compartment: sorted(aspect.code for aspect in ASPECTS.values() if aspect.compartment is compartment)
    for compartment in sorted({aspect.compartment for aspect in ASPECTS.values()})
}
"""Codes of the aspects by compartment: what ties a row's readers to what it says."""
