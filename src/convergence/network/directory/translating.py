"""What the schema's package finds wrong in a row, said in French: pydantic speaks English."""

from typing import Any

from django.utils.translation import gettext as _

_DIGITS = {"siret": 14, "code_postal": 5}


def reason_of(error: dict[str, Any]) -> str:
    """One sentence without the value, so that the same fault in a thousand rows is counted as one.

    :param error: an entry of pydantic's ``ValidationError.errors()``.
    """
    field, kind, limits = str(error["loc"][0]), str(error["type"]), error.get("ctx", {})
    if kind == "missing" or (error.get("input") is None and kind.endswith("_type")):
        return _("Ce champ est obligatoire.")
    if field in _DIGITS:
        return _("%d chiffres sont attendus.") % _DIGITS[field]
    if field == "code_insee":
        return _("Le code Insee d’une commune compte 5 caractères.")
    if field == "zone_eligibilite" and kind != "too_short":
        return _(
            "Chaque zone est le code Insee d’une commune, d’un département, d’un EPCI ou d’un pays, ou « france »."
        )
    return _by_kind(field, kind, limits)


def _by_kind(field: str, kind: str, limits: dict[str, Any]) -> str:
    least, most = str(limits.get("min_length")), str(limits.get("max_length"))
    match kind:
        case "enum" | "literal_error":
            return _("Cette valeur n’est pas dans la liste de data·inclusion.")
        case "string_too_short":
            return _("%s caractères au moins sont attendus.") % least
        case "string_too_long":
            return _("%s caractères au plus sont acceptés.") % most
        case "too_short":
            return _("Une valeur au moins est attendue ; sans aucune, laissez ce champ absent.")
        case "greater_than_equal":
            return _("Ce nombre ne peut pas être inférieur à %s.") % f"{limits['ge']:g}"
        case "string_type" | "string_unicode":
            return _("Un texte est attendu.")
        case "set_type" | "list_type":
            return _("Une liste de valeurs est attendue.")
        case "int_from_float":
            return _("Un nombre entier est attendu.")
    if kind.startswith("url"):
        return _("Une adresse web complète est attendue (https://…).")
    if kind.startswith(("float", "int", "finite")):
        return _("Un nombre est attendu.")
    if field == "courriel":
        return _("Cette adresse e-mail n’est pas valide.")
    if kind == "value_error" and "error" in limits:
        # The package's own checks already speak French.
        return str(limits["error"])
    return _("Cette valeur n’est pas acceptée par le schéma data·inclusion.")
