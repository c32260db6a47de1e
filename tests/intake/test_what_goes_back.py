"""The refused rows and the template: spreadsheets that come back to the reader."""

import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convergence.intake import refusals, template
from convergence.intake.cells import FORMULA_STARTS, Cell, visible
from convergence.intake.columns import OWN_COLUMNS, guess, signature
from convergence.intake.fields import Field
from convergence.intake.labels import contract_choices, housing_choices
from convergence.intake.parsing import rows
from convergence.intake.reading import read

TODAY = date(2026, 11, 23)
HEADERS = ("Nom", "Prénom", "Date de naissance", "Observations")


def opened(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def cells_of(content: bytes) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in opened(content).worksheets[0].iter_rows()]


def test_each_refused_row_comes_back_with_its_line_and_its_reasons() -> None:
    content = refusals.workbook(
        HEADERS,
        [("Fictive", "Zoé", "31/02/1990", None), ("=A2", "Ali", date(1990, 5, 3), 12.5)],
        [("Ce jour n’existe pas.",), ("C’est une formule.", "Et autre chose.")],
        [4, 9],
    )
    assert cells_of(content) == [
        [*OWN_COLUMNS, *HEADERS],
        [4, "Ce jour n’existe pas.", "Fictive", "Zoé", "31/02/1990", None],
        [9, "C’est une formule.\nEt autre chose.", "'=A2", "Ali", datetime(1990, 5, 3), 12.5],
    ]


@pytest.mark.parametrize("start", [*FORMULA_STARTS, "\u200b=", " =", "\ufeff+", "\u00a0@"])
def test_no_cell_title_or_reason_would_calculate(start: str) -> None:
    evil = f"{start}cmd|'/C calc'!A0"
    content = refusals.workbook([evil], [[evil]], [[evil]], [2])
    for row in opened(content).worksheets[0].iter_rows():
        for cell in row:
            assert cell.data_type != "f"
            assert not isinstance(cell.value, str) or not visible(cell.value).lstrip().startswith(FORMULA_STARTS)


def test_a_corrected_file_of_refusals_can_be_imported_as_it_is() -> None:
    content = refusals.workbook(HEADERS, [("Fictive", "Zoé", "03/05/1998", "+1 enfant")], [("x",)], [7])
    table = read(content)
    mapping = guess(table.headers, table.sample())
    assert mapping.fields == (None, None, Field.FAMILY_NAME, Field.GIVEN_NAME, Field.BIRTH_DATE, Field.NOTE)
    assert signature(table.headers) == signature(HEADERS), "its mapping is remembered too"
    (row,) = rows(table, mapping, TODAY)
    assert not row.is_refused
    assert row.person.note == "+1 enfant"


def test_very_long_cells_and_odd_dates_do_not_prevent_the_answer() -> None:
    line: Sequence[Cell] = ("x" * 40_000, date(1850, 1, 1), datetime(1998, 5, 3, 12, 30), 10**20)
    content = refusals.workbook(HEADERS, [line], [["y" * 40_000]], [2])
    assert cells_of(content)[1][3:] == ["01/01/1850", "03/05/1998 12:30", str(10**20)]
    assert len(cells_of(content)[1][2]) == 32_000


CELL = (
    st.none()
    | st.text(max_size=20)
    | st.floats()
    | st.integers()
    | st.booleans()
    | st.dates()
    | st.datetimes()
    | st.times()
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(CELL, min_size=2, max_size=2), max_size=4))
def test_any_cells_can_be_given_back(lines: list[list[Cell]]) -> None:
    content = refusals.workbook(["Nom", "Prénom"], lines, [["Motif."]] * len(lines), list(range(len(lines))))
    assert opened(content).worksheets[0].max_row == len(lines) + 1


def test_the_template_is_read_back_without_help() -> None:
    table = read(template.workbook())
    mapping = guess(table.headers, table.sample())
    assert table.sheet == "Personnes"
    assert mapping.fields == template.COLUMNS
    assert set(template.COLUMNS) == set(Field) - {Field.FULL_NAME}
    assert not mapping.unsure
    assert table.notices == ()


def test_the_example_of_the_template_is_understood_but_never_imported() -> None:
    table = read(template.workbook())
    (row,) = rows(table, guess(table.headers, table.sample()), TODAY)
    assert [problem.sentence for problem in row.problems] == [
        "Cette ligne est l’exemple du modèle\u00a0: supprimez-la."
    ]
    assert row.is_refused
    for field in template.COLUMNS:
        name = {
            Field.BIRTH_DATE: "birth",
            Field.PHONE: "phones",
            Field.OTHER_NAME: "other_names",
            Field.LANGUAGE: "languages",
        }.get(field, field.value)
        assert getattr(row.person, name) not in (None, "", ()), field


def test_a_person_written_over_the_example_is_imported() -> None:
    book = opened(template.workbook())
    sheet = book["Personnes"]
    sheet.cell(2, template.COLUMNS.index(Field.FAMILY_NAME) + 1).value = "Fictive"
    buffer = io.BytesIO()
    book.save(buffer)
    table = read(buffer.getvalue())
    (row,) = rows(table, guess(table.headers, table.sample()), TODAY)
    assert row.problems == ()
    assert row.person.family_name == "Fictive"


def test_the_template_offers_choices_and_says_how_to_fill_it() -> None:
    book = opened(template.workbook())
    assert book.sheetnames == ["Personnes", "Mode d’emploi", "Listes"]
    assert book["Listes"].sheet_state == "hidden"
    menus = book["Personnes"].data_validations.dataValidation
    offered = {area.min_col - 1 for menu in menus for area in menu.sqref.ranges}
    assert {template.COLUMNS[column] for column in offered} == {
        Field.SEX, Field.CONTRACT_KIND, Field.HOUSING, Field.RQTH, Field.RSA,
    }  # fmt: skip
    lists = [[cell for cell in column if cell] for column in book["Listes"].iter_cols(values_only=True)]
    assert contract_choices() in lists
    assert housing_choices() in lists
    guide = " ".join(str(row[0]) for row in book["Mode d’emploi"].iter_rows(values_only=True) if row[0])
    assert "sécurité sociale" in guide
    assert "03/05/1998" in guide
