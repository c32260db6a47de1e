"""Spreadsheets and text files as people keep them are read, whatever their name says."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from convergence.intake.kinds import Kind, UnreadableFile
from convergence.intake.reading import Limits, Table, read
from tests.intake import files


def people(table: Table) -> list[tuple[object, ...]]:
    return [row.cells for row in table.rows]


@pytest.mark.parametrize(
    ("content", "kind"),
    [(files.xlsx(), Kind.XLSX), (files.ods(), Kind.ODS), (files.xls(), Kind.XLS), (files.text(), Kind.TEXT)],
    ids=["xlsx", "ods", "xls", "csv"],
)
def test_each_kind_of_file_gives_the_same_table(content: bytes, kind: Kind) -> None:
    table = read(content)
    assert table.kind is kind
    assert table.headers == files.TITLES
    assert people(table) == [tuple(person) for person in files.PEOPLE]
    assert [row.number for row in table.rows] == [2, 3, 4]


def test_the_content_decides_not_the_name(tmp_path: Path) -> None:
    misnamed = tmp_path / "liste.csv"
    misnamed.write_bytes(files.xlsx())
    assert read(misnamed).kind is Kind.XLSX


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "iso-8859-15", "mac_roman", "cp850"],
)
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"], ids=["windows", "unix", "old mac"])
def test_a_text_is_read_in_its_own_encoding(encoding: str, end: str) -> None:
    table = read(files.text(encoding=encoding, end=end))
    assert table.headers == files.TITLES
    assert people(table) == [tuple(person) for person in files.PEOPLE]


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman"])
@pytest.mark.parametrize(
    "words",
    [
        ("MODÈLE", "HÉLÈNE"),
        ("L’Inventé", "Évry"),
        ("Cœur", "Maëlys"),
        ("Œuvré", "Anaïs"),
        ("Fictive", "450 €"),
        ("«\u00a0Exemple\u00a0»", "ok"),
        ("Gonçalves-Factice", "Nuñez"),
        ("Imaginaire", "n° 3"),
    ],
)
def test_a_few_accents_are_enough_to_tell_windows_from_old_macintosh(encoding: str, words: tuple[str, str]) -> None:
    table = read(files.text([("Nom", "Prénom"), words], encoding=encoding))
    assert people(table) == [words]
    assert table.headers == ("Nom", "Prénom")


def test_an_accent_that_comes_late_is_enough_too() -> None:
    plain = [("Exemple", "Jean")] * 5_000
    for encoding in ("cp1252", "mac_roman"):
        table = read(files.text([("Nom", "Prenom"), *plain, ("Modèle", "Zoé")], encoding=encoding))
        assert people(table)[-1] == ("Modèle", "Zoé")


def test_accents_that_another_program_encoded_twice_are_put_right() -> None:
    twice = files.text().decode("cp1252", "ignore").encode()
    assert "Ã©" in twice.decode()
    assert read(twice).headers == files.TITLES
    assert read(files.text([("Nom", "Prénom"), ("SÃO FICTIVE", "Zoé")])).rows[0].cells == ("SÃO FICTIVE", "Zoé")


def test_a_line_pasted_in_another_encoding_does_not_spoil_the_others() -> None:
    content = files.text(files.LIST) + "Factice;Noël;1990;\r\n".encode("cp1252")
    assert [row[1] for row in people(read(content))] == ["Zoé", "Françoise", "Hélène", "Noël"]


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_any_separator_is_found(separator: str) -> None:
    table = read(files.text(separator=separator))
    assert table.headers == files.TITLES
    assert people(table) == [tuple(person) for person in files.PEOPLE]


def test_a_comma_inside_a_cell_is_not_taken_for_the_separator() -> None:
    rows = [("Nom", "Téléphone"), ("Fictive", "0639980001, 0639980002"), ("Modèle", "0639980003, 0639980004")]
    assert people(read(files.text(rows)))[0] == ("Fictive", "0639980001, 0639980002")


def test_the_line_that_names_the_separator_is_obeyed() -> None:
    content = b"sep=|\r\nNom|Note\r\nFictive|a;b;c;d\r\n"
    table = read(content)
    assert table.headers == ("Nom", "Note")
    assert table.rows[0].cells == ("Fictive", "a;b;c;d")
    assert table.rows[0].number == 3


def test_quotes_hold_separators_quotes_and_line_ends() -> None:
    content = 'Nom;Observations\r\nFictive;"dit ""Zoé""; revient\nlundi"\r\nModèle;rien\r\n'.encode()
    table = read(content)
    assert people(table) == [("Fictive", 'dit "Zoé"; revient\nlundi'), ("Modèle", "rien")]
    assert [row.number for row in table.rows] == [2, 3]


def test_a_text_written_as_a_formula_to_keep_its_zero_is_a_text() -> None:
    assert people(read(b'Nom;Tel\r\nFictive;="0639980001"\r\n')) == [("Fictive", "0639980001")]


def test_dates_and_numbers_keep_their_kind() -> None:
    day = date(1998, 5, 3)
    for content in (
        files.xlsx([("Nom", "Né le", "Heures"), ("Fictive", day, 26.5)]),
        files.ods([("Nom", "Né le", "Heures"), ("Fictive", day, 26.5)]),
    ):
        assert people(read(content)) == [("Fictive", day, 26.5)]


def test_lines_of_presentation_above_the_titles_are_skipped() -> None:
    rows = [["Chantier Exemple"], ["Liste au 03/05/2026"], [], *files.LIST]
    for content in (files.xlsx(rows), files.text([[*row, *[""] * (4 - len(row))] for row in rows])):
        table = read(content)
        assert table.headers == files.TITLES
        assert table.header_lines == (4,)
        assert table.rows[0].number == 5


def test_a_table_may_start_anywhere_in_its_sheet() -> None:
    table = read(files.xlsx(at=(4, 3)))
    assert table.headers == files.TITLES
    assert table.header_lines == (5,)


def test_two_lines_of_titles_with_merged_cells_become_one() -> None:
    rows = [
        ["Liste des salariés"],
        [],
        ["", "", "", "", "Logement"],
        ["Nom", "Prénom", "Début", "Fin", ""],
        ["Fictive", "Zoé", "02/09/2024", "01/09/2025", "Hôtel"],
    ]
    table = read(files.xlsx(rows, merged=[(2, 0, 2, 1, "Identité"), (2, 2, 2, 3, "Contrat")]))
    assert table.headers == ("Identité – Nom", "Identité – Prénom", "Contrat – Début", "Contrat – Fin", "Logement")
    assert table.header_lines == (3, 4)
    assert "deux lignes (3 et 4)" in table.notices[0]
    assert len(table.rows) == 1


def test_sub_titles_below_the_titles_are_joined_in_a_text_too() -> None:
    rows = [("Nom", "Prénom", "Contrat", ""), ("", "", "Début", "Fin"), ("Fictive", "Zoé", "02/09/2024", "01/09/2025")]
    table = read(files.text(rows))
    assert table.headers == ("Nom", "Prénom", "Contrat – Début", "Contrat – Fin")
    assert [row.number for row in table.rows] == [3]


def test_hints_below_the_titles_are_not_a_person() -> None:
    rows = [("Nom", "Prénom", "Né(e) le"), ("obligatoire", "obligatoire", "(JJ/MM/AAAA)"), ("Fictive", "Zoé", "1984")]
    table = read(files.text(rows))
    assert table.headers == ("Nom", "Prénom", "Né(e) le")
    assert people(table) == [("Fictive", "Zoé", "1984")]


def test_a_first_person_is_never_taken_for_a_second_line_of_titles() -> None:
    table = read(files.text([("Nom", "Prénom", "Site"), ("Fictive", "Zoé", "Chantier"), ("Modèle", "Ali", "Chantier")]))
    assert len(table.rows) == 2


def test_a_list_without_titles_keeps_its_first_person_and_says_so() -> None:
    table = read(files.text(files.PEOPLE))
    assert len(table.rows) == len(files.PEOPLE)
    assert table.headers == ("Colonne A", "Colonne B", "Colonne C", "Colonne D")
    assert "Aucune ligne de titres" in table.notices[0]


def test_a_column_without_title_is_named_by_its_letter_and_an_empty_one_is_left_out() -> None:
    table = read(files.text([("Nom", "", "Prénom", ""), ("Fictive", "", "Zoé", "oui")]))
    assert table.headers == ("Nom", "Prénom", "Colonne D")


def test_blank_lines_are_skipped_and_numbers_stay_those_of_the_file() -> None:
    rows = [files.TITLES, ("", " ", "", ""), files.PEOPLE[0], ("", "", "", ""), files.PEOPLE[1]]
    assert [row.number for row in read(files.text(rows)).rows] == [3, 5]
    assert [row.number for row in read(files.xlsx(rows)).rows] == [3, 5]


def test_the_fullest_visible_sheet_is_read_and_the_others_are_offered() -> None:
    long_list = [files.TITLES, *files.PEOPLE * 5]
    content = files.xlsx(
        {"Accueil": [["Bienvenue"]], "Salariés": files.LIST, "Archives": long_list}, hidden=["Archives"]
    )
    table = read(content)
    assert table.sheet == "Salariés"
    assert [(sheet.name, sheet.rows, sheet.hidden) for sheet in table.sheets] == [
        ("Accueil", 1, False),
        ("Salariés", 4, False),
        ("Archives", 16, True),
    ]
    assert len(read(content, sheet="Archives").rows) == 15


def test_a_sheet_of_people_is_preferred_to_a_longer_sheet_of_something_else() -> None:
    towns = [("Libellé", "Zone"), *((f"Commune {letter}", "A") for letter in "abcdefghijkl")]
    assert read(files.xlsx({"Communes": towns, "Salariés": files.LIST})).sheet == "Salariés"


def test_calculated_cells_are_pointed_out_where_they_stand() -> None:
    rows = [files.TITLES, ("Fictive", "Zoé", "1998", ""), (("=UPPER(A2)", "FICTIVE"), "Léa", ("=C2", "1998"), "")]
    assert read(files.xlsx(rows, at=(3, 2))).formulas == {(6, 0), (6, 2)}
    assert read(files.ods(rows)).formulas == {(3, 0), (3, 2)}


def test_a_workbook_that_counts_days_from_1904_says_so() -> None:
    assert read(files.xlsx(starts_1904=True)).starts_1904
    assert not read(files.xlsx()).starts_1904


def test_limits_count_people_not_titles() -> None:
    rows = [["Chantier Exemple"], [], files.TITLES, *files.PEOPLE]
    assert len(read(files.xlsx(rows), limits=Limits(rows=3)).rows) == 3
    for content in (files.xlsx(rows), files.text(files.LIST)):
        with pytest.raises(UnreadableFile) as error:
            read(content, limits=Limits(rows=2))
        assert error.value.code == "too_many_rows"
        assert "plus de 2 lignes" in str(error.value)


def test_too_many_columns_or_bytes_are_refused_in_a_sentence(tmp_path: Path) -> None:
    wide = [[f"Titre {n}" for n in range(30)], [str(n) for n in range(30)]]
    for content in (files.xlsx(wide), files.text(wide)):
        with pytest.raises(UnreadableFile) as error:
            read(content, limits=Limits(columns=20))
        assert error.value.code == "too_many_columns"
    heavy = tmp_path / "lourd.xlsx"
    heavy.write_bytes(files.xlsx() + bytes(2 * 1024 * 1024))
    with pytest.raises(UnreadableFile) as error:
        read(heavy, limits=Limits(bytes=1024 * 1024))
    assert error.value.code == "too_big"
    assert "1 Mo" in str(error.value)


def test_a_machine_with_tighter_limits_than_ours_reads_workbooks_too(tmp_path: Path) -> None:
    path = tmp_path / "liste.xlsx"
    path.write_bytes(files.xlsx())
    code = (
        "import resource, pathlib, sys; from django.conf import settings; settings.configure(USE_I18N=False); "
        "from convergence.intake.reading import read; "
        "resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30)); "
        "print(len(read(pathlib.Path(sys.argv[1])).rows))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "3"
