"""One cell at a time: names, telephones, e-mail addresses, hours, yes or no, words of the vocabulary."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convergence.intake import cells, labels
from convergence.intake.cells import Cell, OtherName, Severity
from convergence.intake.full_names import split_full_name
from convergence.vocabulary.contracts import ContractKind, Programme
from convergence.vocabulary.housing import Housing
from convergence.vocabulary.missing import Missing
from convergence.vocabulary.people import NameKind, Sex


@pytest.mark.parametrize(
    ("typed", "tidy"),
    [
        ("FICTIVE", "Fictive"),
        ("fictive", "Fictive"),
        ("  FICTIVE \u00a0 EXEMPLE ", "Fictive Exemple"),
        ("zoé", "Zoé"),
        ("JEAN-PIERRE", "Jean-Pierre"),
        ("D'EXEMPLE", "d'Exemple"),
        ("DE LA FICTION", "de La Fiction"),
        ("DU MODÈLE", "du Modèle"),
        ("DU", "Du"),
        ("N’DIAYE-FICTIVE", "N’Diaye-Fictive"),
        ("McFictive", "McFictive"),
        ("Fictive de l’Exemple", "Fictive de l’Exemple"),
        ("Zo\u00ade\u0301", "Zoé"),
        ("\u200bFictive\ufeff", "Fictive"),
        ("Éléonore\u202e", "Éléonore"),
        ("王芳", "王芳"),
        ("Łucja Ňemcová", "Łucja Ňemcová"),
    ],
)
def test_a_name_is_tidied_without_touching_what_was_chosen(typed: str, tidy: str) -> None:
    assert cells.name(typed) == (tidy, None, [])


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Fictive2", "chiffre"),
        ("=UPPER(A2)", "formule"),
        ("=A2", "formule"),
        ("+A1+B2", "formule"),
        ("@SOMME(A1)", "formule"),
        ('=CONCAT("a";"b")', "formule"),
        (12.0, "nombre"),
        (True, "nombre"),
        ("zoe@exemple.example", "adresse e-mail"),
        ("½", "n’est pas un nom"),
        ("x" * 101, "trop long"),
    ],
)
def test_what_is_no_name_refuses_the_row(typed: Cell, words: str) -> None:
    value, other, (remark,) = cells.name(typed)
    assert (value, other) == ("", None)
    assert remark.severity is Severity.REFUSED
    assert words in remark.sentence


@pytest.mark.parametrize(
    ("typed", "name", "other"),
    [
        ("FICTIVE née MODÈLE", "Fictive", OtherName("Modèle", NameKind.BIRTH)),
        ("Fictive (née Modèle)", "Fictive", OtherName("Modèle", NameKind.BIRTH)),
        ("Fictive ép. Modèle", "Fictive", OtherName("Modèle", NameKind.USUAL)),
        ("Fictive épouse Modèle", "Fictive", OtherName("Modèle", NameKind.USUAL)),
        ("Fictive alias Modèle", "Fictive", OtherName("Modèle", NameKind.KNOWN_AS)),
        ("Zoé (Zouzou)", "Zoé", OtherName("Zouzou", NameKind.KNOWN_AS)),
    ],
)
def test_a_second_name_in_the_cell_is_kept_apart(typed: str, name: str, other: OtherName) -> None:
    value, found, (remark,) = cells.name(typed)
    assert (value, found) == (name, other)
    assert remark.severity is Severity.DOUBTFUL


@pytest.mark.parametrize("typed", ["Renée", "René", "Épousette"])
def test_a_name_that_holds_such_a_word_is_left_alone(typed: str) -> None:
    assert cells.name(typed) == (typed, None, [])


@pytest.mark.parametrize(
    ("typed", "title", "family", "given_name", "sex", "is_sure"),
    [
        ("FICTIVE Zoé", "Salarié", "Fictive", "Zoé", None, True),
        ("Zoé FICTIVE", "Salarié", "Fictive", "Zoé", None, True),
        ("Mme FICTIVE Zoé", "Salarié", "Fictive", "Zoé", Sex.WOMAN, True),
        ("Jean de LA FICTION", "Salarié", "de La Fiction", "Jean", None, True),
        ("EL FICTIVE Ali", "Salarié", "El Fictive", "Ali", None, True),
        ("M. Fictive, Ali", "Salarié", "Fictive", "Ali", Sex.MAN, True),
        ("FICTIVE-EXEMPLE Zoé Léa", "Salarié", "Fictive-Exemple", "Zoé Léa", None, True),
        ("Zoé Fictive", "Prénom Nom", "Fictive", "Zoé", None, True),
        ("Fictive Zoé", "Nom et prénom", "Fictive", "Zoé", None, True),
        ("FICTIVE ZOÉ", "Nom Prénom", "Fictive", "Zoé", None, True),
        ("Fictive Zoé", "Salarié", "Fictive", "Zoé", None, False),
        ("Fictive Zoé Léa", "Nom et prénom", "Fictive", "Zoé Léa", None, False),
        ("Fictive", "Salarié", "Fictive", "", None, True),
    ],
)
def test_a_full_name_is_parted(
    typed: str, title: str, family: str, given_name: str, sex: Sex | None, is_sure: bool
) -> None:
    found, remarks = split_full_name(typed, title)
    assert (found.family_name, found.given_name, found.sex) == (family, given_name, sex)
    assert [remark.severity for remark in remarks] == ([] if is_sure else [Severity.DOUBTFUL])


PHONE = "+33639980012"


@pytest.mark.parametrize(
    "typed",
    [
        "0639980012",
        "06 39 98 00 12",
        "06.39.98.00.12",
        "06-39-98-00-12",
        "06/39/98/00/12",
        "+33 6 39 98 00 12",
        "0033639980012",
        "+33 (0)6 39 98 00 12",
        "33639980012",
        "'0639980012",
        "\u200e06\u00a039\u00a098\u00a000\u00a012",
        639980012.0,
        639980012,
    ],
)
def test_each_way_of_writing_a_telephone_is_one_number(typed: Cell) -> None:
    assert cells.phones(typed) == ((PHONE,), [])


@pytest.mark.parametrize(
    ("typed", "numbers", "remarks"),
    [
        ("0639980012, 071234567", (PHONE,), 1),
        ("0639980012 / 0199000003", (PHONE, "+33199000003"), 0),
        ("0639980012/0199000003", (PHONE, "+33199000003"), 0),
        ("06 39 98 00 12 ou 01 99 00 00 03", (PHONE, "+33199000003"), 0),
        ("06 39 98 00 12\n01 99 00 00 03", (PHONE, "+33199000003"), 0),
        ("06 39 98 00 12 ; 06 39 98 00 12", (PHONE,), 0),
        ("06 39 98 00 12 (sœur)", (PHONE,), 1),
        ("+44 7700 900123", ("+447700900123",), 0),
        ("071234567", (), 1),
        ("0000000012", (), 1),
        ("pas de téléphone", (), 1),
        ("06399800121", (), 1),
        (True, (), 1),
        ("NC", (), 0),
        (None, (), 0),
    ],
)
def test_good_numbers_are_kept_and_bad_ones_are_doubtful(typed: Cell, numbers: tuple[str, ...], remarks: int) -> None:
    found, said = cells.phones(typed)
    assert found == numbers
    assert [remark.severity for remark in said] == [Severity.DOUBTFUL] * remarks


@pytest.mark.parametrize(
    ("typed", "address", "remarks"),
    [
        ("Zoe@Exemple.example", "zoe@exemple.example", 0),
        (" zoe@exemple.example ", "zoe@exemple.example", 0),
        ("mailto:zoe@exemple.example", "zoe@exemple.example", 0),
        ("Zoé <zoe@exemple.example>", "zoe@exemple.example", 0),
        ("zoe@exemple.example; z@autre.example", "zoe@exemple.example", 1),
        ("zoe@exemple", "", 1),
        ("zoe.exemple.example", "", 1),
        ("zoé@exemple.example", "", 1),
        ("-", "", 0),
        (12.0, "", 1),
    ],
)
def test_an_address_is_kept_when_it_can_be_written_to(typed: Cell, address: str, remarks: int) -> None:
    found, said = cells.email(typed)
    assert found == address
    assert [remark.severity for remark in said] == [Severity.DOUBTFUL] * remarks


@pytest.mark.parametrize(
    ("typed", "hours"),
    [
        ("26", "26"),
        (26.0, "26"),
        ("26,5", "26.5"),
        ("26h30", "26.5"),
        ("26 h", "26"),
        ("4 h/semaine", "4"),
        ("20 heures par semaine", "20"),
        ("26 h hebdo", "26"),
    ],
)
def test_hours_a_week_are_read_as_they_are_said(typed: Cell, hours: str) -> None:
    assert cells.weekly_hours(typed) == (Decimal(hours), [])


@pytest.mark.parametrize("typed", [151.67, "151,67", "0", "-4", "plein temps", "26h75", 36, float("nan")])
def test_impossible_hours_are_left_out_and_doubtful(typed: Cell) -> None:
    value, (remark,) = cells.weekly_hours(typed)
    assert value is None
    assert remark.severity is Severity.DOUBTFUL


@pytest.mark.parametrize(
    ("typed", "answer", "remarks"),
    [
        ("Oui", True, 0),
        ("O", True, 0),
        ("x", True, 0),
        ("✓", True, 0),
        (True, True, 0),
        (1.0, True, 0),
        ("non", False, 0),
        ("N", False, 0),
        (0, False, 0),
        (False, False, 0),
        ("oui depuis mai", True, 1),
        ("Demande déposée", None, 1),
        ("en cours", None, 1),
        ("", None, 0),
        ("NSP", None, 1),
        ("rsa_droit_ouvert_versable", True, 0),
        ("rsa_droit_ouvert_et_suspendu", True, 1),
    ],
)
def test_yes_and_no_are_told_from_the_rest(typed: Cell, answer: bool | None, remarks: int) -> None:
    found, said = cells.yes_or_no(typed)
    assert found is answer
    assert [remark.severity for remark in said] == [Severity.DOUBTFUL] * remarks


@pytest.mark.parametrize(
    ("typed", "sex"),
    [
        ("F", Sex.WOMAN),
        ("femme", Sex.WOMAN),
        ("Mme", Sex.WOMAN),
        ("M.", Sex.MAN),
        ("H", Sex.MAN),
        ("Masculin", Sex.MAN),
        ("Autre", Sex.OTHER),
        ("", None),
    ],
)
def test_a_sex_is_read_from_a_letter_a_word_or_a_title(typed: str, sex: Sex | None) -> None:
    assert labels.read_sex(typed) == (sex, [])


@pytest.mark.parametrize(
    ("typed", "kind", "programme"),
    [
        ("CDDI", ContractKind.CDDI, Programme.NONE),
        ("CDDI PHC", ContractKind.CDDI, Programme.PHC),
        ("cddi (cvg)", ContractKind.CDDI, Programme.CVG),
        ("Premières heures", ContractKind.CDDI, Programme.PHC),
        ("Convergence", ContractKind.CDDI, Programme.CVG),
        ("CDI inclusion", ContractKind.CDI_INCLUSION, None),
        ("CDI", ContractKind.OPEN_ENDED, None),
        ("CDD 6 mois", ContractKind.FIXED_TERM, None),
        ("Intérim", ContractKind.TEMP, None),
        ("ETTI", ContractKind.ETTI, None),
        ("", None, None),
    ],
)
def test_a_contract_is_read_with_its_programme(
    typed: str, kind: ContractKind | None, programme: Programme | None
) -> None:
    assert labels.read_contract(typed) == (kind, programme, [])


@pytest.mark.parametrize("term", ContractKind)
def test_each_contract_of_the_vocabulary_is_read_from_its_own_label(term: ContractKind) -> None:
    assert labels.read_contract(term.label)[0] is term


@pytest.mark.parametrize("term", Housing)
def test_each_housing_of_the_vocabulary_is_read_from_its_own_label(term: Housing) -> None:
    assert labels.read_housing(term.label) == (term, [])
    assert labels.read_housing(term.value) == (term, [])


@pytest.mark.parametrize(
    ("typed", "housing"),
    [
        ("SDF", Housing.STREET),
        ("à la rue", Housing.STREET),
        ("dort dans une tente", Housing.ROUGH),
        ("hébergé chez un ami", Housing.THIRD_PARTY),
        ("chez ses parents", Housing.THIRD_PARTY),
        ("Hôtel social", Housing.HOTEL),
        ("115", Housing.PRECARIOUS_SHELTER),
        ("CHU", Housing.EMERGENCY_SHELTER),
        ("CHRS Exemple", Housing.CHRS),
        ("CADA", Housing.ASYLUM_HOUSING),
        ("Foyer", Housing.COLLECTIVE_SHELTER),
        ("FJT", Housing.YOUNG_WORKERS),
        ("Foyer de jeunes travailleurs", Housing.YOUNG_WORKERS),
        ("Résidence sociale ADOMA", Housing.SOCIAL_RESIDENCE),
        ("Solibail", Housing.SUBLET),
        ("Pension de famille", Housing.PENSION_DE_FAMILLE),
        ("maison relais", Housing.PENSION_DE_FAMILLE),
        ("HLM", Housing.SOCIAL_LEASE),
        ("locataire", Housing.AUTONOMOUS),
        ("Logement autonome", Housing.AUTONOMOUS),
        ("propriétaire", Housing.OWNER),
        ("incarcéré", Housing.PRISON),
        ("LHSS", Housing.LHSS),
        ("Ne sait pas", Missing.DOES_NOT_KNOW),
        ("ne souhaite pas répondre", Missing.PREFERS_NOT_TO_SAY),
        ("Non évalué", Missing.NOT_ASSESSED),
        (None, None),
        ("NC", None),
    ],
)
def test_housing_is_read_from_the_words_of_lists(typed: Cell, housing: Housing | Missing | None) -> None:
    assert labels.read_housing(typed) == (housing, [])


@pytest.mark.parametrize("typed", ["Loriol", "demande de logement social", "=A1", 12.0])
def test_other_words_are_no_housing(typed: Cell) -> None:
    value, (remark,) = labels.read_housing(typed)
    assert value is None
    assert remark.severity is Severity.DOUBTFUL


def test_two_housings_in_one_cell_are_doubtful() -> None:
    value, (remark,) = labels.read_housing("hôtel puis CHRS")
    assert value is Housing.CHRS
    assert Housing.CHRS.label in remark.sentence


@pytest.mark.parametrize(
    "start", ["=1+1", "+33", "-2", "@SUM(A1)", "|cmd", "\tx", "\u200b=1+1", " =1", "\ufeff\u00a0=1"]
)
def test_what_would_calculate_is_defused(start: str) -> None:
    assert cells.defused(start) == "'" + start


@pytest.mark.parametrize("text", ["", "Fictive", "06 39 98 00 12", "a=b", "'=1"])
def test_what_would_not_calculate_is_left_alone(text: str) -> None:
    assert cells.defused(text) == text


ANYTHING = st.one_of(
    st.none(), st.text(max_size=60), st.integers(), st.floats(), st.booleans(), st.dates(), st.datetimes(), st.times()
)


@given(ANYTHING)
def test_no_cell_whatever_it_holds_breaks_a_reader(cell: Cell) -> None:
    cells.name(cell)
    cells.phones(cell)
    cells.email(cell)
    cells.weekly_hours(cell)
    cells.yes_or_no(cell)
    cells.plain_text(cell)
    cells.note(cell)
    labels.read_sex(cell)
    labels.read_contract(cell)
    labels.read_housing(cell)
    labels.needs_no_permit(cell)
    split_full_name(cell, "Nom et prénom")


@given(st.text(max_size=60))
def test_tidying_twice_changes_nothing_more(text: str) -> None:
    once, _other, _remarks = cells.name(text)
    assert cells.tidy_name(once) == once


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert cells.folded(cells.folded(text)) == cells.folded(text)
