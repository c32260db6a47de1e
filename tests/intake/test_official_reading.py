"""Which files are exports of the State's tool, and what their lines say."""

from collections.abc import Mapping
from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convergence.intake.kinds import Kind, UnreadableFile
from convergence.intake.official.profiles import made_on as day_of
from convergence.intake.official.profiles import profile, recognise, unknown_titles
from convergence.intake.official.rows import Group, employers, groups, latest_application, lines, pass_number
from convergence.intake.reading import Row, Table, read
from convergence.vocabulary.passes import HireState, PassState
from tests.builders import TODAY
from tests.intake.emplois import COLUMNS, EMPLOYER, as_csv, as_xlsx, line, made_on
from tests.intake.files import text

SITE = 7


def read_groups(content: bytes, sites: Mapping[str, int] | None = None) -> list[Group]:
    return groups(lines(read(content), TODAY, {EMPLOYER: SITE} if sites is None else sites, TODAY))


def only(content: bytes) -> Group:
    (group,) = read_groups(content)
    return group


# -- which file --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [as_csv(line()), as_csv(line(), encoding="cp1252"), as_xlsx(line())],
    ids=["csv with a byte-order mark", "csv of an old Excel", "xlsx"],
)
def test_the_export_is_recognised_and_read_the_same_in_every_form(content: bytes) -> None:
    table = read(content)
    version = recognise(table.headers)
    assert version is not None
    assert version.since == date(2024, 9, 10)
    group = only(content)
    assert (group.name, str(group.person.birth), group.person.sex) == ("Anouk Fictive", "12/03/1985", "woman")
    (said,) = group.passes
    assert (said.number, said.starts, said.last_day, said.state, said.holder, said.said_on) == (
        "999992400042", date(2024, 1, 8), date(2026, 1, 6), PassState.EXPIRED, "Anouk Fictive", TODAY,
    )  # fmt: skip
    ((hire, kind),) = group.hires
    assert (hire.starts, hire.last_day, hire.state, hire.site_id, hire.applied_on, kind) == (
        date(2024, 1, 8), date(2025, 1, 7), HireState.ACCEPTED, SITE, date(2023, 12, 5), "cddi",
    )  # fmt: skip
    assert group.refusals == group.remarks == []


def test_the_version_before_is_recognised_by_what_it_lacks() -> None:
    columns = [title for title in COLUMNS if title != "Eligible au contrôle"]
    version = recognise(read(as_csv(line(), columns=columns)).headers)
    assert version is not None
    assert version.since == date(2024, 2, 28)


def test_columns_may_move_and_lose_their_accents() -> None:
    columns = [title.upper().replace("É", "E").replace("\u00a0", " ") for title in reversed(COLUMNS)]
    assert recognise(columns) == recognise(COLUMNS)


def test_a_column_that_somebody_added_is_left_out_by_name() -> None:
    version = recognise([*COLUMNS, "Mes remarques"])
    assert version is not None
    assert unknown_titles(version, [*COLUMNS, "Mes remarques"]) == ["Mes remarques"]


@pytest.mark.parametrize(
    ("columns", "named"),
    [
        ([one for one in COLUMNS if "Statut PASS" not in one], ["Statut PASS IAE"]),
        (
            [one.replace("Fin PASS\u00a0IAE", "Échéance du PASS") for one in COLUMNS],
            ["Fin PASS IAE", "Échéance du PASS"],
        ),
        (COLUMNS[1:16], ["Dates de début d’embauche", "et 4 autres"]),
    ],
    ids=["a column missing", "a column renamed", "half of the columns"],
)
def test_an_export_of_another_version_is_refused_by_what_it_lacks(columns: list[str], named: list[str]) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        recognise(columns)
    assert refusal.value.code == "other_version"
    for words in named:
        assert words in refusal.value.sentence.replace("\u00a0", " ")
    assert "Rien n’a été lu" in refusal.value.sentence


def test_an_ordinary_list_goes_the_ordinary_way_even_with_pass_numbers() -> None:
    assert recognise(read(text()).headers) is None
    assert recognise(["Nom", "Prénom", "Numéro PASS IAE", "Début PASS IAE", "Fin PASS IAE"]) is None


def test_every_version_holds_what_is_read_of_it() -> None:
    assert [version.since for version in profile().versions] == sorted(one.since for one in profile().versions)
    assert set(profile().pass_states.values()) == set(PassState)


def test_a_workbook_says_the_day_on_which_it_was_made() -> None:
    assert day_of(made_on(as_xlsx(line()), date(2026, 11, 2))) == date(2026, 11, 2)
    assert day_of(as_csv(line())) is None
    assert day_of(b"PK\x03\x04 cut short") is None


# -- its lines ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["99999 24 00042", "999992400042", "99999\u00a024\u00a000042", " 99999-24-00042 "])
def test_a_pass_number_is_read_with_its_spaces_or_without(typed: str) -> None:
    assert pass_number(typed) == "999992400042"
    assert only(as_csv(line(number=typed))).passes[0].shown_number == "99999 24 00042"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"number": "99999 24"}, "douze chiffres"),
        ({"pass_state": "Valide à moitié"}, "cet état de PASS n’est pas connu"),
        ({"pass_starts": "06/01/2026", "pass_ends": "08/01/2024"}, "Le PASS finit avant de commencer"),
        ({"pass_ends": "31/02/2026"}, "ce jour n’existe pas"),
        ({"pass_ends": ""}, "n’a pas ses deux dates"),
        ({"pass_ends": "2026"}, "il manque le jour ou le mois"),
        ({"starts": "08/01/2025", "ends": "07/01/2024"}, "L’embauche finit avant de commencer"),
        ({"starts": "08/01/1824"}, "l’année 1824 n’est pas possible"),
        ({"birth": "01/01/2099"}, "naissance"),
        ({"state": "Candidature parfaite"}, "ce statut de candidature n’est pas connu"),
        ({"family": "", "given": ""}, "Il manque le nom"),
        ({"family": "F" * 81}, "trop long"),
    ],
)
def test_what_cannot_be_refuses_the_person_in_a_sentence(changed: dict[str, str], words: str) -> None:
    group = only(as_csv(line(**changed)))
    assert any(words in sentence.replace("\u00a0", " ") for sentence in group.refusals), group.refusals


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("Valide", "valid"),
        ("Valide (non démarré)", "future"),
        ("Valide (suspendu)", "suspended"),
        ("Expiré", "expired"),
    ],
)
def test_each_state_of_the_tool_has_its_term(said: str, state: str) -> None:
    assert only(as_csv(line(pass_state=said))).passes[0].state == state


def test_applications_of_one_person_are_gathered_and_a_line_twice_counts_once() -> None:
    later = line(applied="02/01/2025", starts="13/01/2025", ends="")
    group = only(as_csv(line(), line(), later))
    assert [one.number for one in group.lines] == [2, 3, 4]
    assert len(group.passes) == 1
    assert [(hire.starts, hire.last_day) for hire, _kind in group.hires] == [
        (date(2024, 1, 8), date(2025, 1, 7)),
        (date(2025, 1, 13), None),
    ]


def test_an_application_that_was_not_accepted_is_no_hiring() -> None:
    assert only(as_csv(line(state="Candidature déclinée", starts="", ends=""))).hires == []
    ((hire, _kind),) = only(as_csv(line(state="Embauche annulée"))).hires
    assert hire.state is HireState.CANCELLED


def test_two_people_with_one_pass_are_both_refused() -> None:
    found = read_groups(as_csv(line(), line(family="MODELE", given="Manuel")))
    assert len(found) == 2
    for group in found:
        assert "Le PASS 99999 24 00042 est donné à plusieurs personnes dans ce fichier (lignes 2, 3)." in group.refusals


def test_one_pass_with_two_periods_is_refused() -> None:
    group = only(as_csv(line(), line(pass_ends="06/01/2027", pass_state="Valide")))
    assert "Le PASS 99999 24 00042 a deux périodes ou deux états dans ce fichier." in group.refusals


def test_a_name_that_the_platform_hides_is_no_name() -> None:
    group = only(as_csv(line(family="F…", given="A…", birth="")))
    assert group.masked
    assert group.name == ""
    assert group.passes[0].number == "999992400042"
    assert group.refusals == []


def test_a_hiring_elsewhere_is_not_at_a_site_of_ours() -> None:
    ((hire, kind),) = only(as_csv(line(employer="Entreprise Inventée", kind="EI"))).hires
    assert (hire.site_id, hire.employer, kind) == (None, "Entreprise Inventée", "ei")


def test_employers_and_the_latest_application_are_known_before_anything_is_planned() -> None:
    table = read(as_csv(line(), line(employer="Entreprise Inventée", applied="06/01/2025"), line()))
    assert employers(table) == [EMPLOYER, "Entreprise Inventée"]
    assert latest_application(table, TODAY) == date(2025, 1, 6)


CELLS = st.one_of(
    st.none(),
    st.text(max_size=40),
    st.integers(-10, 10**13),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(datetime(1899, 12, 31), datetime(2199, 12, 31)),
    st.times().map(lambda moment: time(moment.hour, moment.minute)),
    st.sampled_from(
        ["Candidature acceptée", "Embauche annulée", "Valide", "Expiré", "999992400042", "99999 24 00042", "F…", "ACI",
         "08/01/2024", "06/01/2026", "FICTIVE", "Anouk", "31/02/2026", "=1+1", "12/03/1985"]
    ),
)  # fmt: skip


@given(rows=st.lists(st.lists(CELLS, min_size=len(COLUMNS), max_size=len(COLUMNS)), max_size=6))
def test_whatever_the_cells_hold_is_read_or_refused_and_nothing_impossible_comes_out(rows: list[list[object]]) -> None:
    numbered = tuple(Row(number, tuple(cells)) for number, cells in enumerate(rows, 2))  # type: ignore[arg-type]
    table = Table(Kind.XLSX, COLUMNS, numbered)
    found = groups(lines(table, TODAY, {EMPLOYER: SITE}, TODAY))
    assert sorted(one.number for group in found for one in group.lines) == [row.number for row in numbered]
    for group in found:
        assert all(said.starts < said.last_day and pass_number(said.number) == said.number for said in group.passes)
        assert all(hire.last_day is None or hire.starts <= hire.last_day for hire, _kind in group.hires)
        assert group.masked or group.name or group.refusals
    assert latest_application(table, TODAY) is None or latest_application(table, TODAY) <= TODAY  # type: ignore[operator]
    assert all(employers(table))
