"""The network and the directory as data·inclusion publishes them: structures and services that the package accepts.

Exported: our partners' branches and offers under identifiers ``convergence--…``, and records of the directory with our
corrections, under their own. Everything goes through the schema's package with its warnings: an optional field that it
refuses is left out, a record that it refuses is too, and both are told. Persons to contact are never exported: that
they agreed to be written to is no agreement to be published.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

from convergence.network.directory.fields import MODELS, OWN_SOURCE, field_label, required_of, several_in
from convergence.network.directory.models import DirectoryRecord, Kind, Service
from convergence.network.directory.translating import reason_of
from convergence.network.models import Branch, Offer
from convergence.vocabulary.offers import OfferKind

_NAME = 150
_DESCRIPTION = 10_000
_TYPES = {
    OfferKind.TRAINING: "formation",
    OfferKind.EQUIPMENT: "aide-materielle",
    OfferKind.RIGHTS_DESK: "accompagnement",
    OfferKind.CARE_SLOT: "accompagnement",
}
NEVER_EXPORTED = ("contact_nom_prenom",)

Row = dict[str, Any]


@dataclass
class Export:
    """Rows that the package accepts, and what had to be left out: (identifier, sentence)."""

    structures: list[Row] = field(default_factory=list)
    services: list[Row] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)


def export(branches: Iterable[Branch], offers: Iterable[Offer], records: Iterable[DirectoryRecord], on: date) -> Export:
    """Make the rows, in the order of their identifiers.

    :param branches: with their partner. ``offers``: with their partner and branch; their branches are among
        ``branches``.
    :param records: services are exported with their structure, which is asked for with them.
    :param on: our own rows are as they stand on this day, and say so in ``date_maj``.
    """
    made = Export()
    structures: dict[str, Row] = {}
    services: dict[str, Row] = {}
    for branch in branches:
        structures[_branch_id(branch)] = _of_branch(branch, on)
    for record in records:
        if isinstance(record, Service):
            structures.setdefault(record.structure.external_id, _published(record.structure))
            services[record.external_id] = _published(record) | {"structure_id": record.structure.external_id}
        else:
            structures[record.external_id] = _published(record)
    for offer in offers:
        if offer.directory_id and offer.directory_id in services:
            continue
        if offer.branch is None:
            sentence = _("Cette offre n’a pas d’établissement : data·inclusion en demande un.")
            made.left_out.append((_offer_id(offer), sentence))
            continue
        services[_offer_id(offer)] = _of_offer(offer, offer.branch, on)
    made.structures = list(_accepted(structures, Kind.STRUCTURE, made))
    kept = {row["id"] for row in made.structures}
    orphans = {key: row for key, row in services.items() if row["structure_id"] not in kept}
    made.left_out += [(key, _("Sa structure ne peut pas être exportée.")) for key in sorted(orphans)]
    made.services = list(_accepted({k: v for k, v in services.items() if k not in orphans}, Kind.SERVICE, made))
    return made


def not_expressed() -> list[str]:
    """What our network knows and these formats have no word for; said with every export."""
    return [
        _("Places libres, places retenues et délais d’attente."),
        _("Conventions, places réservées et échanges avec le partenaire."),
        _("Dates d’ouverture et de fin d’une offre."),
        _("Personnes à contacter : leur accord vaut pour être contactées, pas pour être publiées."),
        _("Distances et temps de trajet."),
    ]


def _published(record: DirectoryRecord) -> Row:
    return {name: value for name, value in record.record.items() if name not in NEVER_EXPORTED}


def _branch_id(branch: Branch) -> str:
    return f"{OWN_SOURCE}--etablissement-{branch.pk}"


def _offer_id(offer: Offer) -> str:
    return f"{OWN_SOURCE}--offre-{offer.pk}"


def _of_branch(branch: Branch, on: date) -> Row:
    partner = branch.partner
    same = branch.name in ("", partner.name)
    return _filled(
        source=OWN_SOURCE,
        id=_branch_id(branch),
        nom=_name(partner.name if same else f"{partner.name}, {branch.name}"),
        date_maj=on.isoformat(),
        siret=branch.siret,
        site_web=partner.website,
        **_place(branch),
        telephone=branch.phone,
        courriel=branch.email,
    )


def _of_offer(offer: Offer, branch: Branch, on: date) -> Row:
    kind = OfferKind(offer.kind)
    said = offer.description if len(offer.description) >= 5 else f"{kind.label} : {offer.name}, {offer.partner.name}"
    return _filled(
        source=OWN_SOURCE,
        structure_id=_branch_id(branch),
        id=_offer_id(offer),
        nom=_name(offer.name),
        description=said[:_DESCRIPTION],
        date_maj=on.isoformat(),
        type=_TYPES.get(kind, ""),
        thematiques=sorted(offer.themes),
        publics=sorted(offer.publics),
        conditions_acces=offer.conditions,
        zone_eligibilite=list(offer.area_insee),
        **_place(branch),
        telephone=branch.phone,
        courriel=branch.email,
        mobilisable_par=["professionnels"],
    )


def _place(branch: Branch) -> Row:
    whole = branch.latitude is not None and branch.longitude is not None
    return {
        "commune": branch.commune,
        "code_postal": branch.postcode,
        "code_insee": branch.insee,
        "adresse": branch.address,
        "latitude": branch.latitude if whole else None,
        "longitude": branch.longitude if whole else None,
    }


def _filled(**values: Any) -> Row:
    return {name: value for name, value in values.items() if value not in (None, "", [])}


def _name(text: str) -> str:
    """A name of the length that the schema wants, without a point at its end."""
    text = text.strip()[:_NAME].strip()
    return text if text.endswith("etc.") else re.sub(r"[.\s]+$", "", text)


def _accepted(rows: dict[str, Row], kind: Kind, made: Export) -> Iterator[Row]:
    for key, row in sorted(rows.items()):
        kept = _mended(key, row, kind, made)
        if kept is not None:
            yield kept


def _mended(key: str, row: Row, kind: Kind, made: Export) -> Row | None:
    """The row without the optional fields that the package refuses or warns of; None when it needs one of them."""
    row = row | {"nom": _name(row["nom"])}
    try:
        MODELS[kind].model_validate(row, context={"ignore_warnings": False})
    except ValidationError as error:
        wrong = {str(one["loc"][0]): reason_of(dict(one)) for one in error.errors(include_url=False)}
        made.left_out += [(key, f"{field_label(name)}\u00a0: {reason}") for name, reason in sorted(wrong.items())]
        if wrong.keys() & set(required_of(kind)):
            return None
        row = {name: value for name, value in row.items() if name not in wrong}
    return {name: sorted(value) if name in several_in(kind) else value for name, value in row.items()}
