"""Kinds of documents that a person's file keeps, who reads each, and what each proves (domain.md §4, §8)."""

from dataclasses import dataclass

from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.domains import Domain


@dataclass(frozen=True)
class DocumentKind:
    """One kind of document.

    :param aspect: the situation that it proves. That situation alone carries the expiry, and so the warnings.
    :param value: the value that it most often proves, where that aspect says none yet.
    :param has_expiry: it ends on a date of its own, which no situation tells.
    """

    code: str
    label: str
    domain: Domain
    compartment: Compartment
    aspect: str = ""
    value: str = ""
    has_expiry: bool = False
    expiry_label: str = "Valable jusqu’au"


_W, _S, _H = Compartment.WORK, Compartment.SOCIAL, Compartment.HEALTH
_RIGHTS = Domain.RIGHTS

DOCUMENTS: dict[str, DocumentKind] = {
    kind.code: kind
    for kind in (
        DocumentKind("identity_card", "Carte d’identité", _RIGHTS, _S, "identity_document", "valid"),
        DocumentKind("passport", "Passeport", _RIGHTS, _S, "identity_document", "valid"),
        DocumentKind("residence_permit", "Titre de séjour", _RIGHTS, _S, "residence_permit", "one_year"),
        DocumentKind(
            "permit_receipt", "Récépissé ou attestation de prolongation", _RIGHTS, _S, "residence_permit", "receipt"
        ),
        DocumentKind("domiciliation", "Attestation de domiciliation", _RIGHTS, _S, "domiciliation", "granted"),
        DocumentKind("benefits", "Attestation CAF ou France Travail", _RIGHTS, _S),
        DocumentKind("tax_notice", "Avis d’imposition", _RIGHTS, _S),
        DocumentKind("bank_details", "RIB", _RIGHTS, _S),
        DocumentKind("health_card", "Carte Vitale ou attestation de droits", Domain.HEALTH, _H, "health_cover", "puma"),
        DocumentKind(
            "solidarity_cover", "Complémentaire santé solidaire", Domain.HEALTH, _H, "health_cover", "css_free"
        ),
        DocumentKind("other_health", "Autre document de santé", Domain.HEALTH, _H, has_expiry=True),
        DocumentKind("rqth", "Notification de RQTH", Domain.DISABILITY, _H, "rqth", "granted"),
        DocumentKind("aah", "Notification d’AAH", Domain.DISABILITY, _H, "aah", "granted"),
        DocumentKind("mdph", "Accusé de réception ou décision de la MDPH", Domain.DISABILITY, _H, "mdph", "lodged"),
        DocumentKind(
            "lease", "Bail ou titre d’occupation", Domain.HOUSING, _S, has_expiry=True, expiry_label="Jusqu’au"
        ),
        DocumentKind(
            "social_housing",
            "Attestation de demande de logement social",
            Domain.HOUSING,
            _S,
            "social_housing",
            "lodged",
        ),
        DocumentKind("insurance", "Assurance (logement, véhicule)", Domain.HOUSING, _S, has_expiry=True),
        DocumentKind("contract", "Contrat de travail ou avenant", Domain.EMPLOYMENT, _W),
        DocumentKind("decision", "Décision : PASS, prolongation, suspension, dérogation", Domain.EMPLOYMENT, _W),
        DocumentKind("eligibility", "Justificatif d’éligibilité à l’IAE", Domain.EMPLOYMENT, _W, has_expiry=True),
        DocumentKind("work_fitness", "Avis de la médecine du travail", Domain.EMPLOYMENT, _W, has_expiry=True),
        DocumentKind("diploma", "Diplôme ou CV", Domain.EMPLOYMENT, _W),
        DocumentKind("certificate", "Certificat ou habilitation (SST, CACES…)", Domain.EMPLOYMENT, _W, has_expiry=True),
        DocumentKind("driving_licence", "Permis de conduire", Domain.EMPLOYMENT, _W, has_expiry=True),
        DocumentKind("protection", "Jugement de protection", Domain.DAILY_LIFE, _S, "protection", "curatelle"),
        DocumentKind("court", "Document de justice : horaires, convocations", Domain.DAILY_LIFE, Compartment.JUSTICE),
        DocumentKind("other", "Autre document", Domain.DAILY_LIFE, _S, has_expiry=True),
    )
}
"""Every kind by code, in the order in which screens offer them."""

DOCUMENTS_BY_COMPARTMENT: dict[Compartment, list[str]] = {
    compartment: sorted(kind.code for kind in DOCUMENTS.values() if kind.compartment is compartment)
    for compartment in sorted({kind.compartment for kind in DOCUMENTS.values()})
}
"""Codes of the kinds by compartment: what ties a document's readers to what it is."""
