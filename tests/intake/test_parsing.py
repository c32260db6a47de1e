"""A row says who the person is, or what is wrong with it in a sentence."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convergence.intake.cells import Cell, OtherName
from convergence.intake.columns import Mapping, guess
from convergence.intake.dates import PartialDate
from convergence.intake.fields import Field
from convergence.intake.kinds import Kind
from convergence.intake.parsing import date_notices, rows
from convergence.intake.reading import Row, Table, read
from convergence.intake.records import ParsedRow, PersonRow
from convergence.vocabulary.contracts import ContractKind, Programme
from convergence.vocabulary.housing import Housing
from convergence.vocabulary.people import NameKind, Sex
from tests.intake import files

TODAY = date(2026, 11, 23)


def table_of(headers: Sequence[str], *lines: Sequence[Cell], formulas: Sequence[tuple[int, int]] = ()) -> Table:
    return Table(
        Kind.XLSX,
        tuple(headers),
        tuple(Row(number, tuple(cells)) for number, cells in enumerate(lines, 2)),
        formulas=frozenset(formulas),
    )


def parsed(table: Table) -> list[ParsedRow]:
    return list(rows(table, guess(table.headers, table.sample()), TODAY))


def one(**cells: Cell) -> ParsedRow:
    """A row with a name and these fields, each under its own title."""
    fields = {"family_name": "Fictive", "given_name": "Zoé"} | cells
    headers = [Field(name).label for name in fields]
    mapping = Mapping(tuple(Field(name) for name in fields))
    (row,) = rows(table_of(headers, list(fields.values())), mapping, TODAY)
    return row


def test_a_full_row_says_everything_it_holds() -> None:
    row = one(
        external_id=1234.0,
        family_name="FICTIVE",
        given_name="zoé",
        birth_date=35918.0,
        sex="F",
        phone="06 39 98 00 01 / 01 99 00 00 02",
        email="Zoe@exemple.example",
        language="français, arabe",
        site="Chantier Exemple",
        counsellor="conseil@chantier.example",
        entry_date="02/09/2024",
        contract_kind="CDDI PHC",
        contract_start="2 septembre 2024",
        contract_end=date(2025, 9, 1),
        weekly_hours="4 h",
        housing="Hôtel",
        permit_until="30/06/2027",
        rqth="Oui, jusqu’au 31/12/2028",
        rsa="Non",
        note="Préfère\nle matin",
    )
    assert row.problems == ()
    assert row.person == PersonRow(
        given_name="Zoé",
        family_name="Fictive",
        birth=PartialDate(1998, 5, 3),
        sex=Sex.WOMAN,
        phones=("+33639980001", "+33199000002"),
        email="zoe@exemple.example",
        languages="français, arabe",
        site="Chantier Exemple",
        counsellor="conseil@chantier.example",
        entry_date=date(2024, 9, 2),
        contract_kind=ContractKind.CDDI,
        programme=Programme.PHC,
        contract_start=date(2024, 9, 2),
        contract_end=date(2025, 9, 1),
        weekly_hours=Decimal(4),
        housing=Housing.HOTEL,
        permit_until=date(2027, 6, 30),
        rqth=True,
        rqth_until=date(2028, 12, 31),
        rsa=False,
        external_id="1234",
        note="Préfère\nle matin",
    )


def test_a_name_is_enough() -> None:
    (row,) = parsed(table_of(["Nom", "Prénom", "DDN", "Tél"], ["Fictive", "Zoé", None, None]))
    assert (row.person, row.problems) == (PersonRow(given_name="Zoé", family_name="Fictive"), ())


@pytest.mark.parametrize("name", [None, "-", "NC"])
def test_a_row_without_any_name_is_refused(name: Cell) -> None:
    row = one(family_name=name, given_name=None, birth_date="03/05/1998")
    assert row.is_refused
    assert row.reasons == ("Le nom manque\u00a0: indiquez au moins un nom ou un prénom.",)


def test_a_row_with_half_a_name_is_doubtful() -> None:
    for missing in ("family_name", "given_name"):
        row = one(**{missing: None})
        assert row.is_doubtful
        assert row.problems[0].field is Field(missing)


@pytest.mark.parametrize(
    ("field", "cell"),
    [
        ("birth_date", "31/02/1990"),
        ("birth_date", "03/05/3098"),
        ("contract_end", "31/02/2026"),
        ("entry_date", "03/05/3098"),
        ("family_name", "=A2"),
        ("given_name", "Zoé2"),
    ],
)
def test_what_cannot_be_true_refuses_the_row(field: str, cell: Cell) -> None:
    row = one(**{field: cell})
    assert row.is_refused
    assert [problem.field for problem in row.problems] == [Field(field)]
    assert len(row.reasons) == 1


@pytest.mark.parametrize(
    ("field", "cell"),
    [
        ("phone", "071234567"),
        ("email", "zoe(at)exemple"),
        ("sex", "B"),
        ("housing", "Loriol"),
        ("weekly_hours", "151,67"),
        ("rqth", "en cours"),
        ("rsa", "peut-être"),
        ("contract_kind", "bénévolat"),
        ("entry_date", "mai 2024"),
        ("other_name", "Modèle2"),
        ("site", "=A1"),
        ("note", "=HYPERLINK(A1)"),
    ],
)
def test_a_detail_that_is_not_understood_leaves_the_person_in(field: str, cell: Cell) -> None:
    row = one(**{field: cell})
    assert row.is_doubtful
    assert [problem.field for problem in row.problems] == [Field(field)]
    assert row.reasons == ()


def test_the_good_telephone_is_kept_beside_the_bad_one() -> None:
    row = one(phone="0639980001, 071234567")
    assert row.person.phones == ("+33639980001",)
    assert "071234567" in row.problems[0].sentence


def test_two_columns_of_telephones_and_notes_are_joined() -> None:
    headers = ["Nom", "Portable", "Tél. fixe", "Observations", "Divers"]
    (row,) = parsed(table_of(headers, ["Fictive", "0639980001", "0199000002", "a", "b"]))
    assert row.person.phones == ("+33639980001", "+33199000002")
    assert row.person.note == "a\nb"
    mapping = Mapping((Field.FAMILY_NAME, Field.PHONE, Field.PHONE, Field.NOTE, Field.NOTE))
    (row,) = rows(table_of(headers, ["Fictive", "0639980001", "0639980001", "a", None]), mapping, TODAY)
    assert row.person.phones == ("+33639980001",)
    assert row.person.note == "a"


def test_a_calculated_name_is_refused_and_a_calculated_date_is_not() -> None:
    table = read(
        files.xlsx(
            [
                ("Nom", "Prénom", "Fin de contrat", "Observations"),
                ("Fictive", "Zoé", "01/09/2027", "vue lundi"),
                (("=UPPER(A2)", "FICTIVE"), "Léa", ("=C2", "01/09/2027"), ("=D2", "vue lundi")),
                ("Modèle", "Ali", ("=C2", "01/09/2027"), ("=D2", "vue lundi")),
            ]
        )
    )
    good, calculated, doubtful = parsed(table)
    assert good.problems == ()
    assert calculated.is_refused
    assert "formule" in calculated.reasons[0]
    assert doubtful.is_doubtful
    assert doubtful.person.contract_end == date(2027, 9, 1)
    assert [problem.field for problem in doubtful.problems] == [Field.NOTE]


def test_a_name_whose_formula_fails_is_refused_for_the_formula() -> None:
    table = table_of(["Nom", "Prénom", "DDN"], [None, "Zoé", "1998"], formulas=[(2, 0)])
    (row,) = parsed(table)
    assert "formule" in row.reasons[0]


def test_a_contract_that_ends_before_it_starts_is_refused() -> None:
    row = one(contract_start="02/09/2025", contract_end="01/09/2024")
    assert row.is_refused
    assert "avant son début" in row.reasons[0]
    assert not one(contract_start="02/09/2025", contract_end="02/09/2025").problems


def test_an_open_ended_contract_has_no_end() -> None:
    assert one(contract_end="CDI").problems == ()
    assert one(contract_end="indéterminé").person.contract_end is None


def test_somebody_who_needs_no_permit_has_no_expiry() -> None:
    assert one(permit_until="Française").problems == ()


@pytest.mark.parametrize("cell", ["31/12/2028", date(2028, 12, 31), "jusqu’au 31/12/2028"])
def test_a_date_for_the_disabled_worker_s_right_is_a_yes_with_its_end(cell: Cell) -> None:
    row = one(rqth=cell)
    assert (row.person.rqth, row.person.rqth_until, row.problems) == (True, date(2028, 12, 31), ())


def test_a_name_in_use_comes_before_the_name_of_birth() -> None:
    table = table_of(
        ["Nom de naissance", "Nom d’usage", "Prénom"], ["FICTIVE", "MODÈLE", "Zoé"], ["Exemple", None, "Léa"]
    )
    both, birth_only = parsed(table)
    assert both.person.family_name == "Modèle"
    assert both.person.other_names == (OtherName("Fictive", NameKind.BIRTH),)
    assert (birth_only.person.family_name, birth_only.person.other_names) == ("Exemple", ())


def test_a_name_of_birth_beside_the_name_is_another_name() -> None:
    (row,) = parsed(table_of(["Nom", "Nom de jeune fille", "Prénom"], ["Modèle", "Fictive", "Zoé"]))
    assert row.person.family_name == "Modèle"
    assert row.person.other_names == (OtherName("Fictive", NameKind.BIRTH),)


def test_one_column_with_the_full_name_gives_its_parts() -> None:
    table = table_of(["Salarié", "DDN"], ["Mme FICTIVE Zoé", "03/05/1998"], ["MODÈLE Ali", "1990"])
    first, second = parsed(table)
    assert (first.person.family_name, first.person.given_name, first.person.sex) == ("Fictive", "Zoé", Sex.WOMAN)
    assert (second.person.family_name, second.person.given_name) == ("Modèle", "Ali")


def test_the_same_person_twice_is_pointed_out_with_her_line() -> None:
    headers = ["Nom", "Prénom", "DDN"]
    lines: list[list[Cell]] = [
        ["FICTIVE", "Zoé", "03/05/1998"],
        ["Modèle", "Ali", "1990"],
        ["fictive", "ZOE", "1998-05-03"],
        ["Zoé", "Fictive", date(1998, 5, 3)],
        ["Fictive", "Zoé", "04/05/1998"],
    ]
    found = parsed(table_of(headers, *lines))
    assert [[problem.sentence for problem in row.problems] for row in found] == [
        [],
        [],
        ["Même personne que la ligne 2."],
        ["Même personne que la ligne 2."],
        [],
    ]
    assert found[2].is_doubtful


def test_the_same_name_without_birth_dates_is_doubtful_in_other_words() -> None:
    found = parsed(table_of(["Nom", "Prénom"], ["Fictive", "Zoé"], ["Fictive", "Zoé"]))
    assert "sans date de naissance" in found[1].problems[0].sentence


def test_a_refused_row_is_nobody_s_double() -> None:
    found = parsed(
        table_of(["Nom", "Prénom", "Fin de contrat"], ["Fictive", "Zoé", "31/02/2026"], ["Fictive", "Zoé", ""])
    )
    assert [row.is_refused for row in found] == [True, False]
    assert found[1].problems == ()


def test_one_identifier_for_two_people_is_doubtful() -> None:
    found = parsed(table_of(["Identifiant", "Nom", "Prénom"], ["7", "Fictive", "Zoé"], ["7", "Modèle", "Ali"]))
    assert found[1].problems[0].field is Field.EXTERNAL_ID
    assert "ligne 2" in found[1].problems[0].sentence


def test_a_line_that_repeats_the_titles_is_refused_in_those_words() -> None:
    (_first, row) = parsed(table_of(["Nom", "Prénom"], ["Fictive", "Zoé"], ["NOM", "Prénom"]))
    assert "répète les titres" in row.reasons[0]


def test_a_line_of_totals_is_refused_in_those_words() -> None:
    (_first, row) = parsed(table_of(["Nom", "Prénom", "Heures"], ["Fictive", "Zoé", 26], ["TOTAL", None, 26]))
    assert "est un total" in row.reasons[0]


def test_a_word_alone_on_its_line_is_no_person() -> None:
    title, person = parsed(
        table_of(["Nom", "Prénom", "DDN"], ["ATELIER CUISINE", None, None], ["Fictive", None, "03/05/1998"])
    )
    assert "Rien que ce nom" in title.reasons[0]
    assert person.is_doubtful


@pytest.mark.parametrize("text", ["- vue lundi", "+ deux enfants", "-", "@ rappeler", "a = b", "+33 6 39 98 00 01"])
def test_a_note_that_only_starts_with_a_sign_is_a_note(text: str) -> None:
    assert one(note=text).problems == ()


def test_a_column_is_read_month_first_when_one_of_its_dates_says_so() -> None:
    table = table_of(
        ["Nom", "Date d’entrée", "DDN"], ["Fictive", "05/25/2024", "03/05/1998"], ["Modèle", "05/03/2024", "04/06/1990"]
    )
    mapping = guess(table.headers, table.sample())
    first, second = rows(table, mapping, TODAY)
    assert (first.person.entry_date, second.person.entry_date) == (date(2024, 5, 25), date(2024, 5, 3))
    assert second.person.birth == PartialDate(1990, 6, 4), "the other column keeps French order"
    (notice,) = date_notices(table, mapping)
    assert "Date d’entrée" in notice


def test_serial_numbers_of_a_1904_workbook_are_read_so() -> None:
    content = files.xlsx([("Nom", "DDN"), ("Fictive", 34456)], starts_1904=True)
    (row,) = parsed(read(content))
    assert row.person.birth == PartialDate(1998, 5, 3)


def test_the_day_of_the_import_decides_of_the_ages() -> None:
    table = table_of(["Nom", "Prénom", "DDN"], ["Fictive", "Zoé", "03/05/2013"])
    mapping = guess(table.headers, table.sample())
    (now,), (later,) = list(rows(table, mapping, TODAY)), list(rows(table, mapping, date(2027, 5, 3)))
    assert now.is_refused
    assert not later.problems


def test_an_unusable_mapping_is_a_programmer_s_error() -> None:
    table = table_of(["Nom", "DDN"], ["Fictive", "1998"])
    for mapping in (Mapping((None, Field.BIRTH_DATE)), Mapping((Field.FAMILY_NAME,))):
        with pytest.raises(ValueError, match="mapping"):
            next(rows(table, mapping, TODAY))


def test_reading_the_same_file_twice_says_the_same_twice() -> None:
    content = files.xlsx()
    assert parsed(read(content)) == parsed(read(content))


CELL = (
    st.none()
    | st.text(max_size=25)
    | st.floats()
    | st.integers()
    | st.booleans()
    | st.dates()
    | st.datetimes()
    | st.times()
)


@given(st.lists(st.lists(CELL, min_size=len(Field) - 1, max_size=len(Field) - 1), max_size=3))
def test_any_cells_are_a_person_or_a_reason(lines: list[list[Cell]]) -> None:
    fields = [field for field in Field if field is not Field.FULL_NAME]
    table = table_of([field.label for field in fields], *lines)
    for row in rows(table, Mapping(tuple(fields)), TODAY):
        assert row.is_refused or row.person.family_name or row.person.given_name
        assert all(problem.sentence.endswith((".", ").", "03/05/1998.")) for problem in row.problems)
        assert bool(row.reasons) == row.is_refused
