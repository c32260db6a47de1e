"""What one row is refused for, beyond what the schema's package checks; each reason in French, without the value."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convergence.network.directory.fields import choices_of, field_label, fields_of, required_of, said
from convergence.network.directory.models import Kind
from convergence.network.directory.opening_hours import are_opening_hours
from convergence.network.directory.phones import phone_fault
from convergence.network.directory.streaming import JsonItems, UnreadableJson
from convergence.network.directory.validating import Problem, judge
from tests.builders import TODAY
from tests.network.directory.made import cut, page, service, structure


def problems(row: Any, kind: Kind = Kind.STRUCTURE, today: date = TODAY) -> dict[str, str]:
    return {each.field: each.reason for each in judge(row, kind, today).problems}


def test_a_good_row_makes_a_record_without_its_empty_fields() -> None:
    judged = judge(structure(1), Kind.STRUCTURE, TODAY)
    assert judged.problems == []
    record = json.loads(judged.text or "")
    assert "siret" not in record
    assert (record["nom"], record["date_maj"]) == ("Maison Imaginaire 1", "2026-03-31")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"nom": "ab"}, "nom"),
        ({"nom": None}, "nom"),
        ({"description": "x" * 10_001}, "description"),
        ({"siret": "123"}, "siret"),
        ({"code_postal": 75010}, "code_postal"),
        ({"courriel": "pas une adresse"}, "courriel"),
        ({"site_web": "maison"}, "site_web"),
        ({"reseaux_porteurs": ["inconnu"]}, "reseaux_porteurs"),
        ({"latitude": "nord"}, "latitude"),
        ({"source": "avec espace", "id": "avec espace--1"}, "source"),
        ({"source": "convergence", "id": "convergence--1"}, "source"),
        ({"id": "ailleurs--1"}, "id"),
        ({"id": "fictif--"}, "id"),
        ({"id": "fictif--" + "x" * 300}, "id"),
        ({"telephone": "01 99 00 00 01 / 01 99 00 00 02"}, "telephone"),
        ({"horaires_accueil": "du lundi au vendredi"}, "horaires_accueil"),
        ({"latitude": 999.0}, "latitude"),
        ({"latitude": 0.0, "longitude": 0.0}, "latitude"),
        ({"latitude": 46.0, "longitude": -4.5}, "latitude"),
        ({"latitude": float("nan")}, "latitude"),
        ({"longitude": None}, "longitude"),
        ({"date_maj": "1999-12-31"}, "date_maj"),
        ({"date_maj": "31 mars"}, "date_maj"),
        ({"date_maj": None}, "date_maj"),
        ({"commune": "x" * 200}, "commune"),
        ({"nom": "Nul\x00 caractère"}, ""),
        ({"nom": "Moitié \ud800"}, "nom"),
        ({"adresse": "x" * 100_001}, ""),
    ],
    ids=range(28),
)
def test_a_fault_refuses_the_row_and_names_the_field(changed: dict[str, Any], field: str) -> None:
    judged = judge(structure(1, **changed), Kind.STRUCTURE, TODAY)
    assert judged.text is None
    assert field in {each.field for each in judged.problems if not each.kept}
    for each in judged.problems:
        assert each.reason.endswith((".", ")"))
        assert not set(each.reason.lower().split()) & {"input", "should", "valid", "string"}
        each.value.encode()


def test_a_service_is_held_to_its_own_fields() -> None:
    assert judge(service(1), Kind.SERVICE, TODAY).text is not None
    wrong: dict[str, Any] = {
        "publics": ["tous-publics", "jeunes"],
        "zone_eligibilite": ["partout"],
        "nombre_semaines": 0,
    }
    assert set(problems(service(1, **wrong), Kind.SERVICE)) == set(wrong)
    assert "structure_id" in problems(service(1, structure_id="x"), Kind.SERVICE)
    assert problems(service(1), Kind.STRUCTURE)[""].startswith("Cette ligne décrit un service")
    assert problems(structure(1, reseaux_porteurs=None), Kind.SERVICE)[""].startswith(
        "Cette ligne décrit une structure"
    )


def test_the_day_is_an_argument_and_not_the_machine_s_clock() -> None:
    row = structure(1, date_maj="2031-05-01")
    assert problems(row, today=date(2031, 4, 30)) == {"date_maj": "La date de mise à jour est dans le futur."}
    assert problems(row, today=date(2031, 5, 1)) == {}
    assert problems(structure(1, date_maj="2026-03-31T10:00:00")) == {}


def test_an_unknown_field_and_a_point_after_a_name_keep_the_row() -> None:
    judged = judge(structure(1, score=3, nom="Maison Exemple."), Kind.STRUCTURE, TODAY)
    assert judged.text is not None
    assert "score" not in judged.text
    assert judged.unknown == ["score"]
    assert judged.problems == [Problem("nom", "Maison Exemple.", "Un nom ne finit pas par un point.", kept=True)]


@settings(max_examples=40)
@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=4), st.data())
def test_whatever_a_field_holds_the_row_is_judged(value: Any, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from([Kind.STRUCTURE, Kind.SERVICE]))
    row = structure(1) if kind is Kind.STRUCTURE else service(1)
    row[data.draw(st.sampled_from(fields_of(kind)))] = value
    judged = judge(row, kind, TODAY)
    assert (judged.text is None) == any(not each.kept for each in judged.problems)
    if judged.text is not None:
        json.loads(judged.text.encode())


@pytest.mark.parametrize("row", [None, 3, "x", [], [structure(1)], {}])
def test_what_is_no_row_is_said(row: Any) -> None:
    assert judge(row, Kind.STRUCTURE, TODAY).text is None


# -- telephones and opening hours --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "phone",
    ["0199000001", "01.99.00.00.01", "+33 1 99 00 00 01", "+33 (0)1 99 00 00 01", "0033199000001", "06 39 98 00 00",
     "3919", "115", "15", "116 117", "+262 262 00 00 00", "+32 2 000 00 00", "0262 00 00 00"],
)  # fmt: skip
def test_a_number_that_may_be_dialled(phone: str) -> None:
    assert phone_fault(phone) == ""


@pytest.mark.parametrize(
    "phone",
    ["", "12345", "00 00 00 00 00", "+33 99", "+33 0 99 00 00 01", "accueil", "0199000001x", "+0 1234567", "1" * 40],
)
def test_a_number_that_nobody_can_dial(phone: str) -> None:
    assert phone_fault(phone)


@pytest.mark.parametrize(
    "hours",
    ["24/7", "Mo-Fr 09:00-12:00,14:00-17:00", "Mo-Fr 08:30-12:30; PH off", "Mo[1] 09:00-12:00", "sunrise-sunset",
     "Jul-Aug Mo-Fr 09:00-12:00", "Jan 01-Mar 31: Mo 09:00-12:00", "week 1-53/2 Tu 09:00-12:00", "easter -2 days off",
     '"sur rendez-vous"', 'We 13:30-17:30 "accueil"', "Mo-Fr 09:00-12:00, Sa 10:00-11:00", "Mo 08:00+", "PH,SH off",
     "Mo-Fr 9:00-12:00;", "Fr 22:00-26:00", "2026 Dec 25 off", 'Mo 08:00-12:00 || "fermé"'],
)  # fmt: skip
def test_hours_as_openstreetmap_writes_them(hours: str) -> None:
    assert are_opening_hours(hours)


@pytest.mark.parametrize(
    "hours",
    ["", "lundi au vendredi", "Lu-Ve 9h-12h", "9h-17h", "Mo-Fr 25:70-30:99", "Mo-Zz 09:00-12:00", "Mo 09:00-12:60",
     "<p>Mo-Fr</p>", "Mo-Fr 9-12h", ";;", "Mo, " * 400, "08:00-09:00," * 80 + "z"],
)  # fmt: skip
def test_hours_that_nobody_can_read(hours: str) -> None:
    assert not are_opening_hours(hours)


# -- reading -----------------------------------------------------------------------------------------------------


@given(
    st.lists(st.dictionaries(st.text(max_size=5), st.text() | st.integers() | st.none(), max_size=4)),
    st.integers(1, 40),
)
def test_items_come_out_as_they_went_in_wherever_the_file_is_cut(rows: list[Any], every: int) -> None:
    items = JsonItems(cut(page(rows, page=2), every))
    assert list(items) == rows
    assert (items.about["page"], items.read) == (2, len(rows))


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused_in_a_sentence(content: bytes) -> None:
    sentence = "."
    try:
        list(JsonItems([content]))
    except UnreadableJson as error:
        sentence = str(error)
    assert sentence.endswith(".")


def test_not_a_number_is_a_word_and_refuses_its_row_alone() -> None:
    (row,) = JsonItems([b'[{"latitude": NaN, "longitude": -Infinity}]'])
    assert row == {"latitude": "NaN", "longitude": "-Infinity"}


# -- words -------------------------------------------------------------------------------------------------------


def test_every_field_and_code_has_a_french_word() -> None:
    for kind in Kind:
        assert all(field_label(name) != name for name in fields_of(kind))
        assert set(required_of(kind)) <= set(fields_of(kind))
    assert len(choices_of("thematiques")) == 69
    assert said("publics", "femmes") == "Femmes"
    assert said("publics", "inconnu") == "inconnu"
