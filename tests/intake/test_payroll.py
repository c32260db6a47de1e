"""Files of payroll as they come: titles known by several names, months and hours in every form."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from convergence.intake.kinds import UnreadableFile
from convergence.intake.payroll.layout import columns_of, layout_on, layouts
from convergence.intake.payroll.rows import PayrollLine, lines, words_of
from convergence.intake.reading import read
from convergence.vocabulary.absences import HoursAbsence

TODAY = date(2026, 11, 23)
OCTOBER = date(2026, 10, 1)


def read_lines(text: str, month: date | None = None) -> list[PayrollLine]:
    table = read(text.encode())
    columns = columns_of(table.headers, TODAY, month_is_given=month is not None)
    return list(lines(table, columns, month, TODAY))


def test_titles_are_dated_data_and_say_what_is_to_be_checked() -> None:
    for layout in layouts():
        assert layout.check
        assert set(layout.parts.values()) >= {"matricule", "family_name", "month", "worked"}
        assert not layout.parts.keys() & layout.absences.keys()
    assert layout_on(date(2000, 1, 1)) == layouts()[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Matricule;Nom;Prénom;Période;Heures travaillées;Congés payés;Maladie\n"
            "12;FICTIVE;Anouk;10/2026;98,67;14;\n",
            ("12", "Anouk FICTIVE", OCTOBER, "98.67", {"paid_leave": "14.0", "sick_leave": "0"}),
        ),
        (
            "Salarié,Mois,Nb heures travaillées\nFictive Anouk,octobre 2026,98 h 40\n",
            ("", "Fictive Anouk", OCTOBER, "98.67", {}),
        ),
        (
            "Nom\tPrénom\tMois\tAnnée\tHEURES EFFECTUEES\nFictive\tAnouk\t10\t2026\t98.67\n",
            ("", "Anouk Fictive", OCTOBER, "98.67", {}),
        ),
        (
            "Nom usuel;Prénom;Mois de paie;Heures réalisées\nFictive;Anouk;202610;98,67\n",
            ("", "Anouk Fictive", OCTOBER, "98.67", {}),
        ),
    ],
)
def test_a_line_is_read_whatever_the_program_that_made_it(text: str, expected: tuple[Any, ...]) -> None:
    (line,) = read_lines(text)
    assert line.refusals == []
    absent = {kind.value: str(hours) for kind, hours in line.absent.items()}
    assert (line.matricule, line.name, line.month, str(line.worked), absent) == expected


def test_a_file_of_one_month_takes_the_month_that_is_chosen() -> None:
    (line,) = read_lines("Nom;Prénom;Heures travaillées\nFictive;Anouk;98,67\n", OCTOBER)
    assert line.month == OCTOBER


def test_names_are_one_in_any_order_capitals_and_accents() -> None:
    assert words_of("FICTIVE  Anoùk") == words_of("Anouk Fictive")
    assert words_of("Anouk Fictive") != words_of("Anouk Factice")


def test_blank_lines_and_totals_are_nobody_s() -> None:
    text = "Nom;Prénom;Mois;Heures travaillées\nFictive;Anouk;10/2026;98\nModèle;Lina;10/2026;\n;;;98\n"
    assert [line.name for line in read_lines(text)] == ["Anouk Fictive"]


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ("10/2026;beaucoup", "«\u00a0beaucoup\u00a0» n’est pas un nombre d’heures"),
        ("13/2026;98", "mois"),
        ("bientôt;98", "n’est pas une date"),
        (";98", "Il manque le mois"),
    ],
)
def test_what_cannot_be_read_says_so_on_its_line(cells: str, words: str) -> None:
    (line,) = read_lines(f"Nom;Prénom;Mois;Heures travaillées\nFictive;Anouk;{cells}\n")
    assert any(words in refusal for refusal in line.refusals)


def test_a_raised_figure_is_no_month() -> None:
    (line,) = read_lines("Nom;Prénom;Mois;Année;Heures travaillées\nFictive;Anouk;²;2026;98\n")
    assert line.month is None
    assert any("date" in refusal for refusal in line.refusals)


@pytest.mark.parametrize(
    ("titles", "words"),
    [
        ("Nom;Prénom;Mois;Total", "les heures"),
        ("Couleur;Mois;Heures travaillées", "qui"),
        ("Nom;Prénom;Heures travaillées", "quel mois"),
    ],
)
def test_a_file_that_lacks_a_column_is_refused_with_its_name(titles: str, words: str) -> None:
    with pytest.raises(UnreadableFile) as told:
        read_lines(f"{titles}\nFictive;Anouk;10/2026;3\n")
    assert words in str(told.value)
    assert "Titres lus" in str(told.value)


def test_kinds_without_a_column_are_not_said_to_be_nought() -> None:
    (line,) = read_lines("Nom;Prénom;Mois;Heures travaillées;CP\nFictive;Anouk;10/2026;98;\n")
    assert line.absent == {HoursAbsence.PAID_LEAVE: Decimal(0)}
