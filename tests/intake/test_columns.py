"""The columns of lists in the wild are recognised without help, and the user has the last word."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convergence.intake.cells import Cell
from convergence.intake.columns import Mapping, guess, signature
from convergence.intake.fields import Field

WILD = {
    Field.GIVEN_NAME: "Prénom*|PRENOM|prénoms|Prénom du salarié|1er prénom|Prénom usuel",
    Field.FAMILY_NAME: "NOM|Nom*|nom de famille|Nom de naissance|Nom de jeune fille",
    Field.OTHER_NAME: "Nom d’usage|Nom d'usage|Nom marital|Alias|Surnom|autre nom",
    Field.FULL_NAME: "Nom Prénom|NOM et Prénom|Prénom Nom|Nom et prénom du salarié|Salarié(e)|Salarié·e|Identité",
    Field.BIRTH_DATE: "Date de naissance*|DDN|né(e) le|Né(e) le|Née le|Date naiss.|Date Naissance (JJ/MM/AAAA)|D.N.",
    Field.SEX: "Sexe|Genre|Civilité|Civ.|H/F|Sexe (H/F)|F/M",
    Field.PHONE: "Tél.|Téléphone|TEL|Portable|Numéro de téléphone|N° tel|Tél. portable|Mobile",
    Field.EMAIL: "Email|E-mail|Mail|Courriel|Adresse mail|adresse e-mail|Mél",
    Field.SITE: "Site|Chantier|ACI|Structure|Antenne|Chantier d’insertion|Site d'affectation",
    Field.ENTRY_DATE: (
        "Date d'entrée ACI|Date d’entrée|Entrée le|date entrée|Date d'entrée dans le dispositif|"
        "Date d’arrivée|Début de parcours"
    ),
    Field.CONTRACT_KIND: "Type de contrat|Contrat|Nature du contrat|Programme|Dispositif",
    Field.CONTRACT_START: (
        "Début de contrat|Date de début du contrat|Début contrat|Date d'embauche|Début CDDI|Contrat – Début"
    ),
    Field.CONTRACT_END: (
        "Fin de contrat|Date de fin de contrat|FIN CONTRAT|Fin CDDI|Échéance du contrat|Date fin prévue|Contrat – Fin"
    ),
    Field.WEEKLY_HOURS: (
        "Heures/semaine|Nb heures|H / sem.|Durée hebdomadaire|Temps de travail|Nombre d'heures hebdo|"
        "Horaire hebdomadaire"
    ),
    Field.HOUSING: (
        "Hébergement|Logement|Situation logement|Type d'hébergement|Situation au regard du logement|"
        "Logement à l’entrée|Mode d’hébergement"
    ),
    Field.PERMIT_UNTIL: (
        "Fin titre de séjour|Expiration titre séjour|Date de fin de validité du titre de séjour|"
        "Titre de séjour (fin)|Validité TS|Titre de séjour valable jusqu’au"
    ),
    Field.RQTH: "RQTH|RQTH (oui/non)|Travailleur handicapé|Fin RQTH",
    Field.RSA: "RSA|Droits RSA|Bénéficiaire RSA|BRSA|Perçoit le RSA",
    Field.LANGUAGE: "Langue|Langues parlées|Langue maternelle",
    Field.COUNSELLOR: (
        "CIP|Conseiller|Conseillère|Conseiller(ère) en insertion|Accompagnateur|Suivi par|"
        "Mail du conseiller|CISP|Référent insertion"
    ),
    Field.EXTERNAL_ID: "Identifiant dans le SI*|Matricule|ID|Identifiant|N° de dossier|Référence interne",
    Field.NOTE: "Commentaires|Observations|Remarque|Notes|À savoir",
}


@pytest.mark.parametrize(
    ("title", "field"), [(title, field) for field, titles in WILD.items() for title in titles.split("|")]
)
def test_a_title_of_the_wild_is_recognised(title: str, field: Field) -> None:
    headers = [title] if field is not Field.OTHER_NAME else [title, "Nom"]
    assert guess(headers, []).fields[0] is field


@pytest.mark.parametrize("field", Field)
def test_the_scheme_s_own_titles_are_recognised_whatever_their_accents_and_capitals(field: Field) -> None:
    for title in (field.label, field.label.upper(), f"  {field.label} * ", f"{field.label} (obligatoire)"):
        found = guess([title, "Nom"] if field is Field.OTHER_NAME else [title], [])
        assert found.fields[0] is field
        assert not found.unsure


@pytest.mark.parametrize(
    "title",
    [
        "Lieu de naissance",
        "Adresse",
        "Code postal",
        "Ville",
        "Nationalité",
        "Identifiant Pôle emploi",
        "N° allocataire CAF",
        "Téléphone du conseiller",
        "Tél. urgence",
        "Nom de la personne à prévenir",
        "Mail du tuteur",
        "Prénom du conjoint",
        "Date de naissance des enfants",
        "Demande de logement social",
        "Date d’entrée en France",
        "Fin du PASS IAE",
        "Référent RSA",
        "Niveau de langue",
        "Site internet",
        "Droits ASS",
        "Structure prescriptrice",
        "Date d’entrée dans le logement",
        "Numéro unique logement",
        "",
        "Colonne D",
    ],
)
def test_a_title_that_speaks_of_something_else_is_left_out(title: str) -> None:
    assert guess([title, "Nom"], []).fields[0] is None


def test_a_whole_list_is_mapped_at_once() -> None:
    headers = [
        "N°",
        "NOM",
        "Prénom*",
        "DDN",
        "Tél.",
        "Mail",
        "Date d'entrée ACI",
        "Fin de contrat",
        "Hébergement",
        "RQTH",
        "CIP",
    ]
    assert guess(headers, []).fields == (
        None,
        Field.FAMILY_NAME,
        Field.GIVEN_NAME,
        Field.BIRTH_DATE,
        Field.PHONE,
        Field.EMAIL,
        Field.ENTRY_DATE,
        Field.CONTRACT_END,
        Field.HOUSING,
        Field.RQTH,
        Field.COUNSELLOR,
    )


def test_two_telephones_are_both_kept_and_two_birth_dates_are_not() -> None:
    assert guess(["Portable", "Fixe", "Tél. fixe"], []).columns(Field.PHONE) == (0, 2)
    assert len(guess(["Date de naissance", "DDN"], []).columns(Field.BIRTH_DATE)) == 1


def test_the_content_decides_between_the_meanings_of_a_title() -> None:
    def one(title: str, cells: Sequence[Cell]) -> Field | None:
        return guess(["Nom", "Prénom", title], [("Fictive", "Zoé", cell) for cell in cells]).fields[2]

    assert one("Titre de séjour", ["03/05/2027", "04/06/2028"]) is Field.PERMIT_UNTIL
    assert one("Titre de séjour", ["Carte de résident", "Récépissé"]) is None
    assert one("Contrat", ["CDDI", "CDDI"]) is Field.CONTRACT_KIND
    assert one("Contrat", ["03/05/2027", "04/06/2028"]) is None
    assert one("au", ["03/05/2027", "04/06/2028"]) is Field.CONTRACT_END
    assert one("au", ["CDDI", "CDDI"]) is None
    assert one("Contact", ["06 39 98 00 01", "06 39 98 00 02"]) is Field.PHONE
    assert one("Contact", ["zoe@exemple.example", "ali@exemple.example"]) is Field.EMAIL
    assert one("Contact", ["sa sœur", "son frère"]) is None


def test_nom_alone_may_hold_the_full_name() -> None:
    rows = [("FICTIVE Zoé",), ("MODÈLE Ali",)]
    found = guess(["Nom"], rows)
    assert found.fields == (Field.FULL_NAME,)
    assert found.unsure == {0}
    assert guess(["Nom"], [("FICTIVE",), ("MODÈLE",)]).fields == (Field.FAMILY_NAME,)


def test_the_name_in_use_alone_is_the_name() -> None:
    assert guess(["Nom d’usage", "Prénom"], []).fields == (Field.FAMILY_NAME, Field.GIVEN_NAME)
    assert guess(["Nom d’usage", "Nom de naissance"], []).fields == (Field.OTHER_NAME, Field.FAMILY_NAME)
    assert guess(["Nom", "Nom de naissance"], []).fields == (Field.FAMILY_NAME, Field.OTHER_NAME)
    assert guess(["Salarié", "Prénom"], []).fields == (Field.FAMILY_NAME, Field.GIVEN_NAME)
    assert guess(["Identité", "Nom", "Prénom"], []).fields == (None, Field.FAMILY_NAME, Field.GIVEN_NAME)


def test_columns_without_titles_are_guessed_by_what_they_hold_and_need_a_look() -> None:
    headers = [f"Colonne {letter}" for letter in "ABCD"]
    rows = [
        ("Fictive", "12/03/1985", "06 39 98 00 01", "zoe@exemple.example"),
        ("Modèle", "01/02/1990", "01 99 00 00 02", "a@b.example"),
    ]
    found = guess(headers, rows)
    assert found.fields == (None, Field.BIRTH_DATE, Field.PHONE, Field.EMAIL)
    assert found.unsure == {1, 2, 3}
    assert found.faults() == ["Indiquez la colonne qui contient le nom des personnes."]


ALL_TITLES = [title for titles in WILD.values() for title in titles.split("|")]


@given(st.lists(st.sampled_from(ALL_TITLES), unique_by=str.casefold, max_size=12), st.randoms(use_true_random=False))
def test_moving_the_columns_changes_nothing(headers: list[str], shuffle: random.Random) -> None:
    cells: dict[str, Cell] = {title: f"valeur {number}" for number, title in enumerate(headers)}
    moved = headers[:]
    shuffle.shuffle(moved)
    before, after = (
        dict(zip(titles, guess(titles, [[cells[t] for t in titles]] * 3).fields, strict=True))
        for titles in (headers, moved)
    )
    assert before == after
    assert signature(headers) == signature(moved)


@given(st.lists(st.text(max_size=30), max_size=8), st.data())
def test_any_titles_and_cells_have_a_mapping(headers: list[str], data: st.DataObject) -> None:
    cell = st.none() | st.text(max_size=12) | st.floats() | st.dates()
    rows = data.draw(st.lists(st.lists(cell, min_size=len(headers), max_size=len(headers)), max_size=4))
    found = guess(headers, rows)
    assert len(found.fields) == len(headers)
    assert all(sentence.endswith(".") for sentence in found.faults())
    assert len(signature(headers)) == 64


def test_what_the_user_chose_is_sure_and_leaves_out_the_columns_without_a_field() -> None:
    chosen = Mapping.of_codes([Field.FAMILY_NAME.value, "", Field.BIRTH_DATE.value])
    assert chosen.fields == (Field.FAMILY_NAME, None, Field.BIRTH_DATE)
    assert chosen.unsure == frozenset()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ((), "nom des personnes"),
        ((Field.BIRTH_DATE,), "nom des personnes"),
        ((Field.FAMILY_NAME, Field.BIRTH_DATE, Field.BIRTH_DATE), "2 colonnes sont choisies"),
        ((Field.FULL_NAME, Field.GIVEN_NAME), "Choisissez soit"),
    ],
)
def test_a_mapping_that_cannot_be_used_says_why(fields: tuple[Field, ...], words: str) -> None:
    (sentence,) = Mapping(fields).faults()
    assert words in sentence


def test_a_usable_mapping_has_no_fault() -> None:
    assert Mapping((Field.FAMILY_NAME, Field.PHONE, Field.PHONE, Field.NOTE, Field.NOTE, None)).faults() == []


def test_a_remembered_mapping_follows_its_titles() -> None:
    headers = ["NOM", "Prénom", "Date", "Date", "Divers"]
    chosen = Mapping((Field.FAMILY_NAME, Field.GIVEN_NAME, Field.CONTRACT_START, Field.CONTRACT_END, None))
    memory = chosen.to_memory(headers)
    moved = ["Divers", "Date", "nom ", "prenom*", "DATE"]
    assert signature(moved) == signature(headers)
    assert Mapping.from_memory(moved, memory).fields == (
        None,
        Field.CONTRACT_START,
        Field.FAMILY_NAME,
        Field.GIVEN_NAME,
        Field.CONTRACT_END,
    )


def test_a_memory_with_an_unknown_field_or_title_is_still_usable() -> None:
    assert Mapping.from_memory(["Nom", "Nouveau"], {"nom": "no_such_field"}).fields == (None, None)


def test_other_titles_have_another_signature() -> None:
    assert signature(["Nom", "Prénom"]) != signature(["Nom", "Prénom", "DDN"])
    assert signature(["Nom", "Nom"]) != signature(["Nom"])
