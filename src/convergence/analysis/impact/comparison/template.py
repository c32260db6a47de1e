"""The folder that whoever prepares a comparison fills in: empty tables, and what each column means."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import dataframely as dy

from convergence.analysis.dataset import SCHEMAS
from convergence.analysis.dataset.columns import MISSING
from convergence.analysis.impact.comparison import settings
from convergence.analysis.impact.comparison.codings import allowed_in_words
from convergence.analysis.impact.errors import ImpactError

TABLES: Final = ("people", "paths", "sites", "contracts", "hours", "exits", "situations")
"""Tables of the template. The others of `docs/dataset.md` may be added under their own names."""

_LEFT_OUT: Final = {
    "people": {"territory"},
    "sites": {"territory", "operator", "scheme"},
}
"""Columns that `comparison.toml` tells for everybody."""

_NEEDED: Final = {
    "people": ("person",),
    "paths": ("person", "since"),
    "sites": ("site",),
    "contracts": ("person", "employer_kind", "kind", "weekly_hours", "monthly_gross", "since"),
    "hours": ("contract", "month", "planned", "worked", "sick", "justified", "unjustified"),
    "exits": ("person", "motive"),
    "situations": ("person", "aspect", "value", "since"),
}
_TYPES: Final[dict[type[dy.Column], str]] = {
    dy.Int64: "identifiant (texte ou nombre)",
    dy.Int16: "nombre entier",
    dy.Float64: "nombre (virgule ou point)",
    dy.Date: "date (2025-12-31 ou 31/12/2025)",
    dy.Bool: "oui ou non",
    dy.Enum: "code",
    dy.String: "texte",
}


def write_template(folder: Path) -> None:
    """Write a folder to fill in: a CSV file for each table, `comparison.toml` and `LISEZMOI.md`.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as parent:
    ...     write_template(Path(parent) / "autre-aci")
    ...     len(list((Path(parent) / "autre-aci").iterdir())) - len(TABLES)
    2

    :raises ImpactError: the folder is not empty, or cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise ImpactError(f"Le dossier {folder} n’est pas vide : rien n’y a été écrit.")
        (folder / settings.NAME).write_text(settings.TEMPLATE, encoding="utf-8")
        (folder / "LISEZMOI.md").write_text(explained(), encoding="utf-8")
        for table in TABLES:
            # Spreadsheets take a text for UTF-8 when it begins with this mark.
            (folder / f"{table}.csv").write_text(";".join(columns_of(table)) + "\n", encoding="utf-8-sig")
    except OSError as error:
        raise ImpactError(f"{folder} ne peut pas être écrit : {error.strerror}.") from None


def columns_of(table: str) -> list[str]:
    """The columns of a table of the template."""
    left_out = _LEFT_OUT.get(table, set())
    return [name for name in SCHEMAS[table].column_names() if name not in left_out and not name.endswith(MISSING)]


def explained() -> str:
    """`LISEZMOI.md`: what each column holds, and which must be filled."""
    return "\n".join(_explained()) + "\n"


def _explained() -> Iterator[str]:
    yield from (
        "# Une comparaison à remplir",
        "",
        "Un fichier par table, une ligne par fait ; séparateur point-virgule ou virgule, textes en UTF-8. Les "
        "colonnes marquées * sont nécessaires ; une cellule vide veut dire « pas connu », jamais zéro. Les "
        "identifiants sont les vôtres : ils sont renumérotés. Aucun nom, aucune adresse, aucune date de naissance. Le "
        "sens de chaque table et colonne, en anglais, est dans docs/dataset.md ; comparison.toml dit d’où viennent ces "
        "personnes.",
        "",
        "Une personne en attente ou d’un extrait administratif a une ligne dans paths : la période pendant laquelle "
        "elle est suivie ; elle n’a ni chantier ni contrat d’insertion.",
    )
    for table in TABLES:
        yield from ("", f"## {table}.csv", "", "| Colonne | Ce qu’on y écrit |", "|---|---|")
        columns = SCHEMAS[table].columns()
        for name in columns_of(table):
            star = "*" if name in _NEEDED[table] else ""
            codes = allowed_in_words(table, name)
            said = f"{_TYPES[type(columns[name])]}{' : ' if codes else ''}{codes}"
            yield f"| `{name}`{star} | {said.replace('|', '/')} |"
