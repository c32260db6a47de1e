"""What an import found wrong: counted by reason for the screen, row by row for a spreadsheet."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from convergence.network.directory.fields import field_label
from convergence.network.directory.models import DirectoryImport, RefusedRow

SHOWN = 5
"""Rows shown under each reason."""
_FORMULA = ("=", "+", "-", "@", "|", "\t")
_AT_ONCE = 5_000


@dataclass(frozen=True)
class Reason:
    """One sentence, how many rows it was said of, and the first of them."""

    field: str
    sentence: str
    kept: bool
    count: int
    rows: list[RefusedRow]

    @property
    def label(self) -> str:
        return field_label(self.field)

    @property
    def more(self) -> int:
        return self.count - len(self.rows)


def reasons(held: DirectoryImport) -> list[Reason]:
    """What was wrong, the most frequent first; rows that were kept come after."""
    found = RefusedRow.objects.filter(directory_import=held)
    counted = found.values("field", "reason", "kept").annotate(n=Count("pk")).order_by("kept", "-n", "field")[:60]
    return [
        Reason(
            one["field"],
            one["reason"],
            one["kept"],
            one["n"],
            list(found.filter(field=one["field"], reason=one["reason"]).order_by("file", "row", "pk")[:SHOWN]),
        )
        for one in counted
    ]


def spreadsheet(held: DirectoryImport) -> bytes:
    """Every row that was refused or told of, as a text that spreadsheets open (UTF-8 with its mark, semicolons)."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";")
    where = [_("Fichier"), _("Ligne"), _("Identifiant")]
    writer.writerow([*where, _("Champ"), _("Valeur"), _("Ce qui ne va pas"), _("Ligne gardée")])
    writer.writerows(_rows(held))
    return written.getvalue().encode("utf-8-sig")


def _rows(held: DirectoryImport) -> Iterator[list[Any]]:
    found = RefusedRow.objects.filter(directory_import=held).order_by("file", "row", "pk")
    labels: dict[str, str] = {}
    for one in found.values_list("file", "row", "external_id", "field", "value", "reason", "kept").iterator(_AT_ONCE):
        file, row, external_id, field, value, reason, kept = one
        label = labels.setdefault(field, field_label(field))
        yield [
            _defused(held.files[file]["sheet"] or held.files[file]["name"]),
            row,
            _defused(external_id),
            _defused(label),
            _defused(value),
            reason,
            _("oui") if kept else _("non"),
        ]


def _defused(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text
