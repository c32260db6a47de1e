"""A service of the directory as an officer takes it into her network: what a partner, a branch and an offer need."""

import re

from convergence.network.directory.models import Service
from convergence.network.offers import DirectoryService, OfferFacts
from convergence.network.partners import BranchFacts, PartnerFacts
from convergence.vocabulary.domains import Domain
from convergence.vocabulary.offers import USUAL_DOMAIN, HealthAccess, OfferKind
from convergence.vocabulary.partners import PartnerKind

_NATURES: dict[str, tuple[Domain, OfferKind, PartnerKind]] = {
    "logement-hebergement": (Domain.HOUSING, OfferKind.HOUSING_PLACE, PartnerKind.LANDLORD),
    "sante": (Domain.HEALTH, OfferKind.CARE_SLOT, PartnerKind.CARE),
    "se-former": (Domain.EMPLOYMENT, OfferKind.TRAINING, PartnerKind.TRAINING_BODY),
    "lecture-ecriture-calcul": (Domain.EMPLOYMENT, OfferKind.TRAINING, PartnerKind.TRAINING_BODY),
    "trouver-un-emploi": (Domain.EMPLOYMENT, OfferKind.OTHER, PartnerKind.ASSOCIATION),
    "preparer-sa-candidature": (Domain.EMPLOYMENT, OfferKind.OTHER, PartnerKind.ASSOCIATION),
    "choisir-un-metier": (Domain.EMPLOYMENT, OfferKind.OTHER, PartnerKind.ASSOCIATION),
    "creer-une-entreprise": (Domain.EMPLOYMENT, OfferKind.OTHER, PartnerKind.ASSOCIATION),
    "difficultes-administratives-ou-juridiques": (Domain.RIGHTS, OfferKind.RIGHTS_DESK, PartnerKind.RIGHTS_DESK),
    "difficultes-financieres": (Domain.RIGHTS, OfferKind.RIGHTS_DESK, PartnerKind.RIGHTS_DESK),
    "equipement-et-alimentation": (Domain.DAILY_LIFE, OfferKind.EQUIPMENT, PartnerKind.ASSOCIATION),
}
"""What the first theme of a service usually is in a network; the officer corrects it."""


def as_network(service: Service) -> DirectoryService:
    """The service and its structure, in the words of the network."""
    record, structure = service.record, service.structure.record
    themes = list(record.get("thematiques", []))
    other = (USUAL_DOMAIN[OfferKind.OTHER], OfferKind.OTHER, PartnerKind.ASSOCIATION)
    domain, kind, partner_kind = next(
        (_NATURES[category] for theme in themes if (category := theme.partition("--")[0]) in _NATURES), other
    )
    health_access = _health_access(f"{structure['nom']} {record['nom']}")
    # A branch is where the service is given, which is not always where its structure is.
    place = record if "latitude" in record or "adresse" in record else structure
    siret = structure.get("siret", "")
    return DirectoryService(
        structure_id=service.structure.external_id,
        service_id=service.external_id,
        partner=PartnerFacts(
            name=structure["nom"],
            kind=partner_kind,
            domains=[domain],
            sensitive=bool(health_access),
            siren=siret[:9],
            website=structure.get("site_web", ""),
        ),
        branch=BranchFacts(
            name=structure["nom"],
            siret=siret,
            address=place.get("adresse", "")[:200],
            postcode=place.get("code_postal", ""),
            commune=place.get("commune", "")[:120],
            insee=place.get("code_insee", ""),
            latitude=place.get("latitude"),
            longitude=place.get("longitude"),
            phone=(record.get("telephone") or structure.get("telephone", ""))[:30],
            email=record.get("courriel") or structure.get("courriel", ""),
        ),
        offer=OfferFacts(
            name=record["nom"],
            kind=kind,
            domain=domain,
            health_access=health_access,
            description=record.get("description", "")[:4000],
            conditions=record.get("conditions_acces", "")[:2000],
            publics=record.get("publics", []),
            themes=themes,
            area_insee=[code for code in record.get("zone_eligibilite", []) if re.fullmatch(r"\w{5}", code)],
        ),
    )


def _health_access(names: str) -> str:
    """The health desk whose acronym stands in a name, as a word in capitals."""
    return next((one.value for one in HealthAccess if re.search(rf"\b{one.name}\b", names)), "")
