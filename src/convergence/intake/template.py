"""The list that the scheme proposes: its columns, an example, choices and a page that explains how to fill it."""

import io
from datetime import date

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from convergence.intake import labels
from convergence.intake.fields import DATES, Field
from convergence.vocabulary.housing import Housing
from convergence.vocabulary.people import Sex

ROWS_READY = 2_000
"""How many rows have their formats and choices ready."""

COLUMNS = tuple(one for one in Field if one is not Field.FULL_NAME)

# Unmistakably nobody: telephones in 06 39 98 and domains in .example are reserved for fiction.
EXAMPLE_FAMILY_NAME, EXAMPLE_GIVEN_NAME, EXAMPLE_BIRTH = "Exemple", "Camille", date(1985, 3, 12)
EXAMPLE: dict[Field, str | date] = {
    Field.EXTERNAL_ID: "EX-001",
    Field.FAMILY_NAME: EXAMPLE_FAMILY_NAME,
    Field.GIVEN_NAME: EXAMPLE_GIVEN_NAME,
    Field.OTHER_NAME: "Modèle",
    Field.BIRTH_DATE: EXAMPLE_BIRTH,
    Field.SEX: Sex.WOMAN.label,
    Field.PHONE: "06 39 98 00 00",
    Field.EMAIL: "camille@exemple.example",
    Field.LANGUAGE: "français, arabe",
    Field.SITE: "Chantier Exemple",
    Field.COUNSELLOR: "conseil@chantier.example",
    Field.ENTRY_DATE: date(2024, 9, 2),
    Field.CONTRACT_KIND: labels.contract_choices()[1],
    Field.CONTRACT_START: date(2024, 9, 2),
    Field.CONTRACT_END: date(2025, 9, 1),
    Field.WEEKLY_HOURS: "26",
    Field.HOUSING: Housing.SOCIAL_RESIDENCE.label,
    Field.PERMIT_UNTIL: date(2026, 6, 30),
    Field.RQTH: "Non",
    Field.RSA: "Oui",
    Field.NOTE: "Préfère être appelée le matin",
}


def workbook() -> bytes:
    """The template, as .xlsx: « Personnes », « Mode d’emploi », and the hidden lists of choices."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": "dd/mm/yyyy"}) as book:
        choices = _choices()
        _people_sheet(book, choices)
        _guide_sheet(book)
        _lists_sheet(book, choices)
    return buffer.getvalue()


def _choices() -> dict[Field, list[str]]:
    yes_or_no = [_("Oui"), _("Non")]
    return {
        Field.SEX: [one.label for one in Sex],
        Field.CONTRACT_KIND: labels.contract_choices(),
        Field.HOUSING: labels.housing_choices(),
        Field.RQTH: yes_or_no,
        Field.RSA: yes_or_no,
    }


def _people_sheet(book: Workbook, choices: dict[Field, list[str]]) -> None:
    titles = book.add_format({"bold": True, "bg_color": "#E7F0EF", "bottom": 1, "text_wrap": True, "valign": "top"})
    example = {"italic": True, "font_color": "#5C5C5C"}
    days = book.add_format({"num_format": "dd/mm/yyyy"})
    words = book.add_format({"num_format": "@"})
    sheet = book.add_worksheet(_("Personnes"))
    sheet.freeze_panes(1, 0)
    for column, one in enumerate(COLUMNS):
        is_date = one in DATES
        sheet.set_column(column, column, 22, days if is_date else words)
        sheet.write_string(0, column, _title(one), titles)
        value = EXAMPLE[one]
        if isinstance(value, date):
            sheet.write_datetime(1, column, value, book.add_format(example | {"num_format": "dd/mm/yyyy"}))
        else:
            sheet.write(1, column, value, book.add_format(example))
        if one in choices:
            _offer(sheet, column, one, len(choices[one]), list(choices).index(one))


def _title(one: Field) -> str:
    return f"{one.label}*" if one in {Field.FAMILY_NAME, Field.GIVEN_NAME} else one.label


def _offer(sheet: Worksheet, column: int, one: Field, count: int, list_column: int) -> None:
    """A menu in the cells; another value is warned of, not forbidden: the import will say what it understands."""
    letter = chr(ord("A") + list_column)
    sheet.data_validation(
        1,
        column,
        ROWS_READY,
        column,
        {
            "validate": "list",
            "source": f"='{_lists_name()}'!${letter}$1:${letter}${count}",
            "error_type": "warning",
            "error_title": one.label[:32],
            "error_message": _("Cette valeur n’est pas dans la liste : l’import dira s’il la comprend."),
        },
    )


def _guide_sheet(book: Workbook) -> None:
    sheet = book.add_worksheet(_("Mode d’emploi"))
    sheet.set_column(0, 0, 100, book.add_format({"text_wrap": True, "valign": "top"}))
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, _("Remplir la liste des personnes"), book.add_format({"bold": True, "font_size": 14}))
    for row, line in enumerate(_guide(), 2):
        sheet.write_string(row, 0, line)


def _guide() -> list[str]:
    return [
        _("1. Une ligne par personne, dans la feuille « Personnes ». Supprimez la ligne d’exemple."),
        _("2. Seul le nom, ou le prénom, est obligatoire : laissez vide ce que vous ne savez pas."),
        _("3. Dates : 03/05/1998. Date de naissance incertaine : 05/1998, ou 1998, suffit."),
        _("4. Plusieurs téléphones : séparez-les par une virgule."),
        _("5. RQTH : Oui, Non, ou la date de fin de la reconnaissance."),
        _("6. Conseiller ou conseillère : son adresse e-mail dans Convergence, ou ses nom et prénom."),
        _("7. N’écrivez jamais de numéro de sécurité sociale : il serait retiré."),
        _("8. Commentaire : ce que la personne accepte que l’équipe lise."),
        _("9. Vous pouvez déplacer ou supprimer des colonnes, pas les renommer au hasard."),
        _("10. Avant d’écrire quoi que ce soit, l’import montre ce qui sera créé, changé, douteux ou refusé."),
    ]


def _lists_sheet(book: Workbook, choices: dict[Field, list[str]]) -> None:
    sheet = book.add_worksheet(_lists_name())
    sheet.hide()
    for column, values in enumerate(choices.values()):
        sheet.write_column(0, column, values)


def _lists_name() -> str:
    return _("Listes")
