"""data·inclusion's rows in the words of HSDS 3 (Open Referral), for other countries' tools.

A service carries its organization, where it is given, its telephone, hours, area, cost and themes. HSDS wants UUIDs:
they are drawn from our identifiers, so that the same row has the same one at each export.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from convergence.network.directory.fields import said

VERSION = "3.0"
_SPACE = UUID("5d0f3a52-3c0c-5d60-9a53-0c4b0fd0b3d6")
"""The namespace of our identifiers; drawn once, and never changed."""
_TAXONOMIES = {"thematiques": "data·inclusion thematiques", "publics": "data·inclusion publics"}

Row = dict[str, Any]


def services(rows: Sequence[Row], structures: Iterable[Row]) -> Row:
    """A page of services, each with its organization."""
    by_id = {structure["id"]: structure for structure in structures}
    return _page([_service(row, by_id[row["structure_id"]]) for row in rows])


def organizations(structures: Sequence[Row]) -> Row:
    """A page of organizations, those without any service too."""
    return _page([_organization(structure) for structure in structures])


def _page(contents: list[Row]) -> Row:
    return {
        "total_items": len(contents),
        "total_pages": 1,
        "page_number": 1,
        "size": len(contents),
        "first_page": True,
        "last_page": True,
        "empty": not contents,
        "contents": contents,
    }


def _id(*parts: str) -> str:
    return str(uuid5(_SPACE, "/".join(parts)))


def _service(row: Row, structure: Row) -> Row:
    key = row["id"]
    made = _filled(
        id=_id(key),
        name=row["nom"],
        description=row.get("description"),
        url=_link(row.get("lien_source")),
        email=row.get("courriel"),
        status="active",
        application_process=_mobilisation(row),
        fees_description=_fees(row),
        eligibility_description=_eligibility(row),
        last_modified=f"{row['date_maj']}T00:00:00Z",
        phones=_phones(row),
        schedules=_schedules(row),
        cost_options=_costs(row),
        service_areas=[
            {"id": _id(key, "area", code), "service_id": _id(key), "name": code, "extent": code, "extent_type": "text"}
            for code in row.get("zone_eligibilite", [])
        ],
        service_at_locations=_locations(row),
        attributes=[_attribute(key, "service", name, code) for name in _TAXONOMIES for code in row.get(name, [])],
        organization=_organization(structure),
    )
    return made


def _organization(structure: Row) -> Row:
    key = structure["id"]
    return _filled(
        id=_id(key),
        name=structure["nom"],
        # HSDS wants one; we have none for many: the name says what there is.
        description=structure.get("description") or structure["nom"],
        email=structure.get("courriel"),
        website=_link(structure.get("site_web")),
        phones=_phones(structure),
        locations=[at["location"] for at in _locations(structure)],
        organization_identifiers=[
            {
                "id": _id(key, "siret"),
                "organization_id": _id(key),
                "identifier_scheme": "FR-SIRET",
                "identifier_type": "SIRET",
                "identifier": structure["siret"],
            }
        ]
        if structure.get("siret")
        else [],
    )


def _phones(row: Row) -> list[Row]:
    return [{"id": _id(row["id"], "phone"), "number": row["telephone"]}] if row.get("telephone") else []


def _schedules(row: Row) -> list[Row]:
    """Opening hours as they are written; HSDS has no word for OpenStreetMap's grammar as a whole."""
    hours = row.get("horaires_accueil")
    return [{"id": _id(row["id"], "hours"), "description": hours}] if hours else []


def _costs(row: Row) -> list[Row]:
    if row.get("frais") != "gratuit":
        return []
    free = {"option": said("frais", "gratuit"), "currency": "EUR", "amount": 0}
    return [{"id": _id(row["id"], "cost"), "service_id": _id(row["id"]), **free}]


def _locations(row: Row) -> list[Row]:
    """Where it is given; at a distance only, a virtual location."""
    key = row["id"]
    position = _filled(latitude=row.get("latitude"), longitude=row.get("longitude"))
    remote_only = row.get("modes_accueil") == ["a-distance"]
    addresses = _addresses(row)
    if not position and not addresses and not remote_only:
        return []
    location = _filled(
        id=_id(key, "location"),
        location_type="virtual" if remote_only else "physical",
        name=row["nom"],
        addresses=addresses,
        accessibility=[{"id": _id(key, "accessibility"), "url": row["accessibilite_lieu"]}]
        if row.get("accessibilite_lieu")
        else [],
        **position,
    )
    return [{"id": _id(key, "at"), "service_id": _id(key), "location_id": location["id"], "location": location}]


def _addresses(row: Row) -> list[Row]:
    """HSDS wants a street, a town, a postcode and a department: half an address is none."""
    street, town, postcode = row.get("adresse"), row.get("commune"), row.get("code_postal")
    if not (street and town and postcode):
        return []
    code = str(row.get("code_insee") or postcode)
    return [
        _filled(
            id=_id(row["id"], "address"),
            address_1=street,
            address_2=row.get("complement_adresse"),
            city=town,
            state_province=code[:3] if code.startswith(("97", "98")) else code[:2],
            postal_code=postcode,
            country="FR",
            address_type="physical",
        )
    ]


def _attribute(key: str, entity: str, name: str, code: str) -> Row:
    label = said(name, code)
    return {
        "id": _id(key, name, code),
        "link_id": _id(key),
        "link_entity": entity,
        "taxonomy_term_id": _id(name, code),
        "taxonomy_term": {
            "id": _id(name, code),
            "code": code,
            "name": label,
            "description": label,
            "taxonomy": _TAXONOMIES[name],
        },
    }


def _mobilisation(row: Row) -> str:
    ways = [said("modes_mobilisation", code) for code in row.get("modes_mobilisation", [])]
    who = [said("mobilisable_par", code) for code in row.get("mobilisable_par", [])]
    parts = [", ".join(ways), _("Par : %s") % ", ".join(who) if who else "", row.get("mobilisation_precisions", "")]
    return " ".join(part if part.endswith(".") else f"{part}." for part in parts if part)


def _fees(row: Row) -> str:
    fees = said("frais", row["frais"]) if row.get("frais") else ""
    return ". ".join(part for part in (fees, row.get("frais_precisions", "")) if part)


def _eligibility(row: Row) -> str:
    people = ", ".join(said("publics", code) for code in row.get("publics", []))
    parts = people, row.get("publics_precisions", ""), row.get("conditions_acces", "")
    return "\n".join(part for part in parts if part)


def _link(url: str | None) -> str | None:
    return url if url and url.isascii() else None


def _filled(**values: Any) -> Row:
    return {name: value for name, value in values.items() if value not in (None, "", [])}
