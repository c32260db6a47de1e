"""data·inclusion's fields and code lists, as the package declares them, with the French words that people read."""

from enum import Enum
from functools import cache
from typing import Any, get_args

from data_inclusion.schema import v1
from django.utils.translation import gettext as _
from pydantic import BaseModel

from convergence.network.directory.models import Kind

MODELS: dict[Kind, type[BaseModel]] = {Kind.STRUCTURE: v1.Structure, Kind.SERVICE: v1.Service}
OWN_SOURCE = "convergence"
"""The source of what this instance publishes itself."""


def fields_of(kind: Kind) -> list[str]:
    """Their names, in the order of the package."""
    return list(MODELS[kind].model_fields)


def required_of(kind: Kind) -> list[str]:
    return [name for name, one in MODELS[kind].model_fields.items() if one.is_required()]


@cache
def several_in(kind: Kind) -> frozenset[str]:
    """The fields that hold several codes."""
    return frozenset(
        name
        for name, one in MODELS[kind].model_fields.items()
        if any(getattr(part, "__origin__", None) in (set, list) for part in (one.annotation, *get_args(one.annotation)))
    )


def numbers_in(kind: Kind) -> frozenset[str]:
    """The fields that hold a number."""
    return frozenset(
        name
        for name, one in MODELS[kind].model_fields.items()
        if {float, int} & {one.annotation, *get_args(one.annotation)}
    )


CODE_LISTS: dict[str, type[Enum]] = {
    "type": v1.TypeService,
    "thematiques": v1.Thematique,
    "frais": v1.Frais,
    "publics": v1.Public,
    "modes_accueil": v1.ModeAccueil,
    "modes_mobilisation": v1.ModeMobilisation,
    "mobilisable_par": v1.PersonneMobilisatrice,
    "reseaux_porteurs": v1.ReseauPorteur,
}


def choices_of(field: str) -> list[tuple[str, str]]:
    """(code, French label) of a field's list, as the package orders them."""
    return [(str(one.value), label_of(one)) for one in CODE_LISTS[field]]


def label_of(term: Any) -> str:
    """The package's label, with our typographic spaces."""
    return str(term.label)


@cache
def _labels(field: str) -> dict[str, str]:
    return dict(choices_of(field))


def said(field: str, code: str) -> str:
    """The label of a code; the code itself where the list does not know it."""
    return _labels(field).get(code, code)


def category_choices() -> list[tuple[str, str]]:
    """The sixteen categories that themes are grouped in."""
    return [(str(one.value), label_of(one)) for one in v1.Categorie]


def themes_of(category: str) -> list[tuple[str, str]]:
    """The themes of a category."""
    return [(code, label) for code, label in choices_of("thematiques") if code.startswith(f"{category}--")]


def field_label(field: str) -> str:
    """How a field is called on screen and in the template's titles."""
    return {
        "": _("la ligne"),
        "source": _("Source"),
        "id": _("Identifiant"),
        "structure_id": _("Identifiant de la structure"),
        "nom": _("Nom"),
        "description": _("Description"),
        "lien_source": _("Lien à la source"),
        "date_maj": _("Date de mise à jour"),
        "type": _("Type de service"),
        "thematiques": _("Thématiques"),
        "frais": _("Frais"),
        "frais_precisions": _("Précisions sur les frais"),
        "publics": _("Publics"),
        "publics_precisions": _("Précisions sur les publics"),
        "conditions_acces": _("Conditions d’accès"),
        "commune": _("Commune"),
        "code_postal": _("Code postal"),
        "code_insee": _("Code Insee de la commune"),
        "adresse": _("Adresse"),
        "complement_adresse": _("Complément d’adresse"),
        "longitude": _("Longitude"),
        "latitude": _("Latitude"),
        "telephone": _("Téléphone"),
        "courriel": _("Adresse e-mail"),
        "modes_accueil": _("Modes d’accueil"),
        "zone_eligibilite": _("Zone d’éligibilité"),
        "contact_nom_prenom": _("Personne à contacter"),
        "lien_mobilisation": _("Lien pour mobiliser le service"),
        "modes_mobilisation": _("Modes de mobilisation"),
        "mobilisable_par": _("Mobilisable par"),
        "mobilisation_precisions": _("Précisions sur la mobilisation"),
        "volume_horaire_hebdomadaire": _("Heures par semaine"),
        "nombre_semaines": _("Nombre de semaines"),
        "horaires_accueil": _("Horaires d’accueil"),
        "siret": _("SIRET"),
        "site_web": _("Site web"),
        "accessibilite_lieu": _("Accessibilité du lieu"),
        "reseaux_porteurs": _("Réseaux porteurs"),
    }.get(field, field)
