"""The social security number (NIR) never goes further than the reader."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convergence.intake.nir import is_nir_title, without_nir
from convergence.intake.reading import Table, read
from tests.intake import files

# The example of the public documentation of the number, and the same without its key.
NIR = "255081416802538"


def says_it(table: Table) -> bool:
    kept = "".join(c for c in repr((table.headers, table.rows, table.notices, table.sheets)) if c.isalnum())
    return NIR[:13] in kept


@pytest.mark.parametrize(
    "title",
    [
        "NIR",
        "N° de sécurité sociale",
        "Numéro sécu",
        "n° ss",
        "NSS",
        "Numéro INSEE",
        "N° Sécurité Sociale*",
        "NIR (15 chiffres)",
    ],
)
def test_its_column_is_left_out_and_the_user_is_told(title: str) -> None:
    for cell in (NIR, "illisible", ""):
        table = read(files.text([("Nom", title, "Prénom"), ("Fictive", cell, "Zoé"), ("Modèle", "", "Ali")]))
        assert table.headers == ("Nom", "Prénom")
        assert table.rows[0].cells == ("Fictive", "Zoé")
        assert "sécurité sociale" in table.notices[0]
        assert not says_it(table)


@pytest.mark.parametrize("title", ["Code INSEE", "Senior", "Sécurité", "Dernier emploi", "Commune (INSEE)"])
def test_other_columns_are_not_mistaken_for_it(title: str) -> None:
    assert not is_nir_title(title)


@pytest.mark.parametrize(
    "written",
    [
        NIR,
        NIR[:13],
        "2 55 08 14 168 025 38",
        "2.55.08.14.168.025.38",
        "2-55-08-14-168-025-38",
        "2 55 08 14 168 025 (38)",
        "255081416802538 ",
        "2 55 08 2A 168 025 38",
        "1\u00a055\u00a008\u00a014\u00a0168\u00a0025\u00a038",
        "255081416802500",
        "2,55081E+14",
        "'255081416802538",
        "755081416802538",
    ],
)
def test_each_way_of_writing_it_is_taken_away(written: str) -> None:
    assert without_nir(written) == (None, True)


@pytest.mark.parametrize("number", [255081416802538, 255081416802538.0, 2550814168025.0])
def test_it_is_taken_away_when_it_is_a_number_of_the_spreadsheet(number: float) -> None:
    assert without_nir(number) == (None, True)


@pytest.mark.parametrize(
    "cell",
    [
        "0639980012",
        "06 39 98 00 12, 01 99 00 00 03",
        "73282932000074",
        "FR7630006000011234567890189",
        "03/05/1998",
        35918.0,
        "2055990",
        "EX-255081416802538X",
        None,
        True,
        "300000L",
        "2024-05-03T12:30:00",
    ],
)
def test_a_telephone_a_siret_or_a_date_is_left_alone(cell: object) -> None:
    assert without_nir(cell) == (cell, False)  # type: ignore[arg-type]


def test_one_in_a_note_is_taken_away_and_the_rest_of_the_note_kept() -> None:
    rows = [("Nom", "Observations"), ("Fictive", f"vue lundi, {NIR} à vérifier"), ("Modèle", "rien")]
    table = read(files.text(rows))
    assert table.rows[0].cells == ("Fictive", "vue lundi,  à vérifier")
    assert "Observations" in table.notices[0]
    assert not says_it(table)


def test_an_untold_column_of_them_is_left_out_whole() -> None:
    rows = [("Nom", "Divers"), ("Fictive", NIR), ("Modèle", NIR), ("Exemple", "")]
    table = read(files.text(rows))
    assert table.headers == ("Nom",)
    assert "Divers" in table.notices[0]


def test_one_in_a_workbook_is_taken_away_too() -> None:
    for content in (
        files.xlsx([("Nom", "Note"), ("Fictive", int(NIR)), ("Modèle", "x"), ("Exemple", "y")]),
        files.ods([("Nom", "Note"), ("Fictive", NIR), ("Modèle", "x"), ("Exemple", "y")]),
    ):
        table = read(content)
        assert [row.cells for row in table.rows] == [("Fictive", None), ("Modèle", "x"), ("Exemple", "y")]
        assert not says_it(table)


def test_one_in_a_list_without_titles_or_in_a_title_is_not_shown() -> None:
    assert not says_it(read(files.text([("Fictive", "Zoé", NIR, "1985"), ("Modèle", "Ali", NIR, "1990")])))
    assert not says_it(read(files.text([("Nom", f"Note {NIR}"), ("Fictive", "x")])))


@given(
    sex=st.sampled_from("12"),
    year=st.integers(0, 99),
    month=st.integers(1, 12),
    place=st.from_regex(r"[0-9]{2}|2[AB]", fullmatch=True),
    rest=st.integers(0, 999_999),
    key=st.none() | st.integers(1, 97),
    separator=st.sampled_from(["", " ", ".", "-", "\u00a0"]),
    around=st.sampled_from([("", ""), ("n° ", " !"), ("(", ")"), ("vu\n", ",")]),
)
def test_any_number_of_that_shape_is_taken_away(
    sex: str, year: int, month: int, place: str, rest: int, key: int | None, separator: str, around: tuple[str, str]
) -> None:
    parts = [
        sex,
        f"{year:02}",
        f"{month:02}",
        place,
        f"{rest:06}"[:3],
        f"{rest:06}"[3:],
        *([f"{key:02}"] if key else []),
    ]
    cell, was_there = without_nir(around[0] + separator.join(parts) + around[1])
    assert was_there
    assert parts[4] + separator + parts[5] not in str(cell)
