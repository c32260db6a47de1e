"""Fictitious rows of a directory, and imports of them as the worker runs them."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from convergence.network.directory import importing
from convergence.network.directory.holding import KIND, File, hold
from convergence.network.directory.models import DirectoryImport, RefusedRow
from convergence.platform.identity import assume
from convergence.platform.models import Job
from tests.builders import TODAY

Row = dict[str, Any]
Acting = Callable[[str], Any]


def structure(number: int = 1, **changed: Any) -> Row:
    """A structure of the source « fictif »; ``field=None`` leaves a field empty."""
    return {
        "source": "fictif",
        "id": f"fictif--structure-{number}",
        "nom": f"Maison Imaginaire {number}",
        "date_maj": "2026-03-31",
        "description": "Structure fictive, pour les essais.",
        "siret": None,
        "commune": "Exempleville",
        "code_postal": "75010",
        "code_insee": "75110",
        "adresse": "1 rue de l’Exemple",
        "longitude": 2.3551,
        "latitude": 48.8693,
        "telephone": "01 99 00 00 01",
        "courriel": "accueil@maison.example",
        "horaires_accueil": "Mo-Fr 09:00-12:00",
    } | changed


def service(number: int = 1, of: int = 1, **changed: Any) -> Row:
    """A service of structure ``of``."""
    return {
        "source": "fictif",
        "structure_id": f"fictif--structure-{of}",
        "id": f"fictif--service-{number}",
        "nom": f"Atelier Modèle {number}",
        "description": "Service fictif, pour les essais.",
        "date_maj": "2026-03-31",
        "type": "atelier",
        "thematiques": ["logement-hebergement--se-maintenir-dans-le-logement"],
        "publics": ["tous-publics"],
        "frais": "gratuit",
        "modes_accueil": ["en-presentiel"],
    } | changed


def page(rows: Sequence[Any], **about: Any) -> bytes:
    """A page as the State's service publishes it."""
    return json.dumps({"items": rows, "total": len(rows), "page": 1, "size": len(rows), "pages": 1} | about).encode()


def cut(content: bytes, every: int = 1_000) -> list[bytes]:
    return [content[start : start + every] for start in range(0, len(content), every)]


def bring(user_id: int, acting_as: Acting, *contents: bytes, complete: bool = False) -> DirectoryImport:
    """Hold files as the web does, then import them as the worker does."""
    assume(user_id, TODAY)
    files = [File(f"fichier-{number}.json", cut(content)) for number, content in enumerate(contents, 1)]
    held = hold(user_id, files, complete=complete)
    run(held, acting_as)
    return held


def run(held: DirectoryImport, acting_as: Acting) -> str:
    with acting_as("worker"):
        sentence = importing.work(Job(kind=KIND, arguments={"import_id": str(held.pk)}), lambda done, total: None)
    held.refresh_from_db()
    return sentence


def told(held: DirectoryImport) -> list[tuple[int, str, str]]:
    """(row, field, reason) of whatever was wrong, in the files' order."""
    rows = RefusedRow.objects.filter(directory_import=held).order_by("file", "row", "id")
    return list(rows.values_list("row", "field", "reason"))
