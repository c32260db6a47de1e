"""The spreadsheet to fill when a directory has no JSON: one sheet for structures, one for services."""

import io

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.workbook import Workbook

from convergence.network.directory.fields import CODE_LISTS, choices_of, field_label, fields_of, required_of, several_in
from convergence.network.directory.models import Kind

ROWS_READY = 2_000
_EXAMPLES = {
    "source": "mon-reseau",
    "id": "mon-reseau--exemple-1",
    "structure_id": "mon-reseau--exemple-1",
    "nom": "Maison Exemple",
    "description": "Accueil et conseil, sur rendez-vous.",
    "date_maj": "2026-03-31",
    "telephone": "01 99 00 00 01",
    "courriel": "accueil@maison.example",
    "horaires_accueil": "Mo-Fr 09:00-12:00",
    "commune": "Exempleville",
    "code_postal": "75010",
}


def workbook() -> bytes:
    """The template, as .xlsx: « Structures », « Services », and the lists of codes."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        _sheet(book, _("Structures"), Kind.STRUCTURE)
        _sheet(book, _("Services"), Kind.SERVICE)
        _lists(book)
    return buffer.getvalue()


def _sheet(book: Workbook, name: str, kind: Kind) -> None:
    titles = book.add_format({"bold": True, "bg_color": "#E7F0EF", "bottom": 1, "text_wrap": True, "valign": "top"})
    example, words = book.add_format({"italic": True, "font_color": "#5C5C5C"}), book.add_format({"num_format": "@"})
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    needed = required_of(kind)
    for column, field in enumerate(fields_of(kind)):
        sheet.set_column(column, column, 24, words)
        sheet.write_string(0, column, f"{field_label(field)}{'*' if field in needed else ''}", titles)
        if field in _EXAMPLES:
            sheet.write_string(1, column, _EXAMPLES[field], example)
        if field in CODE_LISTS and field not in several_in(kind):
            choices = [code for code, _label in choices_of(field)]
            sheet.data_validation(1, column, ROWS_READY, column, {"validate": "list", "source": choices})
        elif field in several_in(kind):
            sheet.write_comment(0, column, _("Plusieurs codes : séparez-les par une virgule (feuille « Listes »)."))


def _lists(book: Workbook) -> None:
    """Every code with its label, a pair of columns a list."""
    sheet = book.add_worksheet(_("Listes"))
    titles = book.add_format({"bold": True})
    for place, field in enumerate(CODE_LISTS):
        sheet.set_column(2 * place, 2 * place + 1, 36)
        sheet.write_string(0, 2 * place, field_label(field), titles)
        for row, (code, label) in enumerate(choices_of(field), 1):
            sheet.write_string(row, 2 * place, code)
            sheet.write_string(row, 2 * place + 1, label)
