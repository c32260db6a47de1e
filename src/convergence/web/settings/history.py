"""What settings said before, as people read it: when, who, and the earlier value of each thing that changed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from convergence.territories.choices import LISTS
from convergence.territories.models import Operator, SettingChange, Site, Territory
from convergence.territories.periods import ONE_DAY
from convergence.vocabulary.contacts import ContactKind
from convergence.vocabulary.contracts import Programme
from convergence.vocabulary.situations import ASPECTS
from convergence.web.templatetags.display import and_list, period

LABELS = {
    "name": gettext_lazy("Nom"),
    "siret": gettext_lazy("SIRET"),
    "territory_id": gettext_lazy("Territoire"),
    "operator_id": gettext_lazy("Structure porteuse"),
    "antenna_of_id": gettext_lazy("Antenne de"),
    "open_over": gettext_lazy("Ouvert"),
    "named_over": gettext_lazy("Sous ce nom"),
    "valid": gettext_lazy("Dates de la mission"),
    "given_name": gettext_lazy("Prénom"),
    "family_name": gettext_lazy("Nom"),
    "email": gettext_lazy("Adresse e-mail"),
    "is_active": gettext_lazy("Compte"),
    "second_factor": gettext_lazy("Code à la connexion"),
    "administers": gettext_lazy("Administre Convergence"),
    "aspects_aside": gettext_lazy("Aspects non proposés"),
    "programmes_aside": gettext_lazy("Programmes non proposés"),
    "contacts_aside": gettext_lazy("Contacts non proposés"),
    "bodies": gettext_lazy("Organismes proposés"),
    "reminder_days": gettext_lazy("Relance après (jours)"),
    "lapse_days": gettext_lazy("Caduque après (jours)"),
    "link_days": gettext_lazy("Lien valable (jours)"),
}
CODES: dict[str, dict[str, str]] = {
    "aspects_aside": {aspect.code: aspect.label for aspect in ASPECTS.values()},
    "programmes_aside": dict(Programme.choices()),
    "contacts_aside": dict(ContactKind.choices()),
}
NAMED: dict[str, type[models.Model]] = {"territory_id": Territory, "operator_id": Operator, "antenna_of_id": Site}
RANGE = re.compile(r"[\[(](\d{4}-\d\d-\d\d)?,(\d{4}-\d\d-\d\d)?\)")


@dataclass(frozen=True)
class Earlier:
    """One change: when, by whom, and (label, value before) of what changed."""

    at: datetime
    who: str
    said: list[tuple[str, str]]


def history_of(rows: Iterable[models.Model], today: date) -> list[Earlier]:
    """Changes of these rows, the latest first; one query, and one for each kind of place that they name."""
    about = Q(pk__in=[])
    for row in rows:
        about |= Q(setting=row._meta.db_table, row_id=row.pk)
    changes = list(SettingChange.objects.filter(about).select_related("actor").order_by("-changed_at", "-pk"))
    places = _places_of(change.before for change in changes)
    return [
        Earlier(
            change.changed_at,
            str(change.actor or _("La ligne de commande")),
            [(str(LABELS.get(name, name)), _said(name, value, today, places)) for name, value in change.before.items()],
        )
        for change in changes
    ]


def _places_of(said: Iterable[dict[str, Any]]) -> dict[tuple[str, Any], models.Model]:
    """(column, id) → the place that it names."""
    wanted: dict[str, set[int]] = {}
    for before in said:
        for name in before.keys() & NAMED.keys():
            if before[name] is not None:
                wanted.setdefault(name, set()).add(before[name])
    return {
        (name, place.pk): place
        for name, ids in wanted.items()
        for place in NAMED[name]._default_manager.filter(pk__in=ids)
    }


def _said(name: str, value: Any, today: date, places: dict[tuple[str, Any], models.Model]) -> str:
    if name in NAMED and value is not None:
        return str(places.get((name, value), value))
    if name == "is_active":
        return _("ouvert") if value else _("fermé")
    if name in LISTS:
        if value is None:
            return _("sans choix propre")
        return and_list([CODES.get(name, {}).get(code, code) for code in value]) or _("aucun")
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if value in {None, ""}:
        return _("vide")
    found = RANGE.fullmatch(str(value))
    if found:
        first, after = (date.fromisoformat(text) if text else None for text in found.groups())
        return period(first, after - ONE_DAY if after else None, today)
    return str(value)
