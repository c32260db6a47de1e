"""Exports of the State's tool for the tests: its titles, its lines, files as it makes them."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date
from typing import Any

from tests.intake.files import text, xlsx

COLUMNS = (
    "Civilité candidat", "Nom candidat", "Prénom candidat", "Email candidat", "Téléphone candidat",
    "Date de naissance candidat", "Ville candidat", "Département candidat", "Nom structure employeur",
    "Type employeur", "Métiers", "Source de la candidature", "Nom organisation prescripteur",
    "Nom utilisateur prescripteur", "Date de la candidature", "Statut de la candidature",
    "Dates de début d’embauche", "Dates de fin d’embauche", "Motifs de refus", "Éligibilité IAE validée",
    "Eligible au contrôle", "Numéro PASS\u00a0IAE", "Début PASS\u00a0IAE", "Fin PASS\u00a0IAE",
    "Statut PASS\u00a0IAE",
)  # fmt: skip
"""The titles since 10 September 2024, with the spaces that the platform writes."""

EMPLOYER = "Chantier des Saules"
ANOUK = {
    "Civilité candidat": "Madame",
    "Nom candidat": "FICTIVE",
    "Prénom candidat": "Anouk",
    "Email candidat": "anouk@exemple.example",
    "Téléphone candidat": "0639980001",
    "Date de naissance candidat": "12/03/1985",
    "Ville candidat": "Paris",
    "Département candidat": "75019",
    "Nom structure employeur": EMPLOYER,
    "Type employeur": "ACI",
    "Métiers": "Agent de propreté (Paris)",
    "Source de la candidature": "Prescripteur habilité",
    "Nom organisation prescripteur": "Organisme Exemple",
    "Nom utilisateur prescripteur": "Lise Factice",
    "Date de la candidature": "05/12/2023",
    "Statut de la candidature": "Candidature acceptée",
    "Dates de début d’embauche": "08/01/2024",
    "Dates de fin d’embauche": "07/01/2025",
    "Éligibilité IAE validée": "oui",
    "Eligible au contrôle": "non",
    "Numéro PASS\u00a0IAE": "999992400042",
    "Début PASS\u00a0IAE": "08/01/2024",
    "Fin PASS\u00a0IAE": "06/01/2026",
    "Statut PASS\u00a0IAE": "Expiré",
}
# Shorter names of the columns that tests change.
SHORT = {
    "family": "Nom candidat",
    "given": "Prénom candidat",
    "birth": "Date de naissance candidat",
    "employer": "Nom structure employeur",
    "kind": "Type employeur",
    "applied": "Date de la candidature",
    "state": "Statut de la candidature",
    "starts": "Dates de début d’embauche",
    "ends": "Dates de fin d’embauche",
    "number": "Numéro PASS\u00a0IAE",
    "pass_starts": "Début PASS\u00a0IAE",
    "pass_ends": "Fin PASS\u00a0IAE",
    "pass_state": "Statut PASS\u00a0IAE",
}
DAYS = {"birth", "applied", "starts", "ends", "pass_starts", "pass_ends"}


def line(**changed: str) -> dict[str, str]:
    """Anouk's application, with some columns otherwise (keys of ``SHORT``)."""
    return ANOUK | {SHORT[name]: value for name, value in changed.items()}


def rows_of(lines: Sequence[dict[str, str]], columns: Sequence[str] = COLUMNS) -> list[list[str]]:
    return [list(columns), *([one.get(title, "") for title in columns] for one in lines)]


def as_csv(*lines: dict[str, str], columns: Sequence[str] = COLUMNS, encoding: str = "utf-8-sig") -> bytes:
    """What a spreadsheet saves of it in France: semicolons, a byte-order mark."""
    return text(rows_of(lines, columns), encoding=encoding)


def as_xlsx(*lines: dict[str, str], columns: Sequence[str] = COLUMNS) -> bytes:
    """What the platform lets download: real dates since May 2025."""
    days = {SHORT[name] for name in DAYS}
    rows: list[list[Any]] = [list(columns)]
    rows += [[_day(one.get(title, "")) if title in days else one.get(title, "") for title in columns] for one in lines]
    return xlsx({"Sheet": rows})


def _day(said: str) -> date | str:
    try:
        day, month, year = (int(part) for part in said.split("/"))
        return date(year, month, day)
    except ValueError:
        return said


def made_on(content: bytes, day: date) -> bytes:
    """The same workbook, made another day."""
    core = (
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
        ' xmlns:dcterms="http://purl.org/dc/terms/"><dcterms:created>'
        f"{day.isoformat()}T09:00:00Z</dcterms:created></cp:coreProperties>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as read, zipfile.ZipFile(buffer, "w") as made:
        for name in read.namelist():
            made.writestr(name, core if name == "docProps/core.xml" else read.read(name))
    return buffer.getvalue()
