"""What we know better than a source: kept over its imports, and put side by side when the source changes its mind."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from convergence.network.directory.fields import field_label, numbers_in, several_in
from convergence.network.directory.models import DirectoryRecord, Kind, Service, Structure
from convergence.network.directory.validating import judge
from convergence.platform.errors import ChangedMeanwhile, Refused

CORRECTED = {
    Kind.STRUCTURE: [
        "nom", "description", "telephone", "courriel", "site_web", "horaires_accueil", "adresse",
        "complement_adresse", "code_postal", "commune", "code_insee", "latitude", "longitude",
    ],
    Kind.SERVICE: [
        "nom", "description", "telephone", "courriel", "conditions_acces", "frais_precisions",
        "publics_precisions", "horaires_accueil", "mobilisation_precisions", "lien_mobilisation", "adresse",
        "complement_adresse", "code_postal", "commune", "code_insee", "latitude", "longitude",
    ],
}  # fmt: skip
"""Fields that one may correct; identifiers, dates and codes are the source's."""


@dataclass(frozen=True)
class Difference:
    """A field of which our value and the source's part, since the source changed it after our correction."""

    record: DirectoryRecord
    field: str
    ours: Any
    theirs: Any

    @property
    def label(self) -> str:
        return field_label(self.field)


def kind_of(record: DirectoryRecord) -> Kind:
    return Kind.SERVICE if isinstance(record, Service) else Kind.STRUCTURE


def correct(record: DirectoryRecord, values: dict[str, str], today: date, *, seen: str = "") -> list[str]:
    """Keep our own values of some fields; one that says what the source says is no correction any more.

    :param values: field → what was typed; empty: there is nothing to say.
    :param seen: ``fingerprint`` of the record that was shown.
    :returns: the fields that changed.
    :raises Refused: a value that the schema, or our own checks, do not accept.
    :raises ChangedMeanwhile: somebody changed the record since it was shown.
    """
    kind = kind_of(record)
    fresh = _locked(record)
    if seen and seen != fingerprint(fresh):
        raise ChangedMeanwhile(_("Quelqu’un a corrigé cette fiche entre-temps : relisez-la avant d’écrire."), fresh)
    wanted = {field: _typed(field, typed, kind) for field, typed in values.items() if field in CORRECTED[kind]}
    changed = [field for field, value in wanted.items() if value != fresh.value(field)]
    if not changed:
        return []
    _check(fresh, {field: wanted[field] for field in changed}, kind, today)
    for field in changed:
        theirs = fresh.theirs.get(field)
        if wanted[field] == theirs:
            fresh.corrected.pop(field, None)
        else:
            fresh.corrected[field] = {"ours": wanted[field], "seen": theirs}
    fresh.save(update_fields=["corrected"])
    return changed


def differences() -> Iterator[Difference]:
    """Corrections whose source has changed its value since, structures first."""
    for model in (Structure, Service):
        for record in model.objects.exclude(corrected={}).filter(closed_on=None).order_by("external_id"):
            for field, kept in sorted(record.corrected.items()):
                theirs = record.theirs.get(field)
                if theirs not in (kept["seen"], kept["ours"]):
                    yield Difference(record, field, kept["ours"], theirs)


def settle(record: DirectoryRecord, field: str, *, ours: bool) -> None:
    """Keep our value over the source's new one, or take the source's.

    :raises Refused: nothing is to be settled there any more.
    """
    fresh = _locked(record)
    if field not in fresh.corrected:
        raise Refused(_("Cet écart est déjà réglé."))
    if ours:
        fresh.corrected[field]["seen"] = fresh.theirs.get(field)
    else:
        del fresh.corrected[field]
    fresh.save(update_fields=["corrected"])


def fingerprint(record: DirectoryRecord) -> str:
    """Changes with what is shown of a record."""
    return hashlib.sha256(json.dumps(record.record, sort_keys=True).encode()).hexdigest()[:16]


def _locked(record: DirectoryRecord) -> DirectoryRecord:
    model = Service if isinstance(record, Service) else Structure
    fresh: DirectoryRecord = model.objects.select_for_update().get(pk=record.pk)
    return fresh


def _typed(field: str, typed: str, kind: Kind) -> Any:
    text = typed.strip()
    if not text:
        return None
    if field in several_in(kind):
        return sorted(part.strip() for part in text.split(",") if part.strip())
    if field in numbers_in(kind):
        try:
            return float(text.replace(",", "."))
        except ValueError:
            raise Refused(_("%s : un nombre est attendu.") % field_label(field)) from None
    return text


def _check(record: DirectoryRecord, changed: dict[str, Any], kind: Kind, today: date) -> None:
    """The whole row as it would stand is judged, and only what was changed is held against it."""
    row = {field: value for field, value in (record.record | changed).items() if value is not None}
    place = {"latitude", "longitude"}
    for problem in judge(row, kind, today).problems:
        if not problem.kept and (problem.field in changed or (problem.field in place and place & changed.keys())):
            raise Refused(f"{field_label(problem.field)}\u00a0: {problem.reason}")
