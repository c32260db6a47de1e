"""A comparison from elsewhere: what an office writes is understood, or refused in a sentence that says what to do."""

import shutil
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from convergence.analysis.dataset import SCHEMAS, About, Dataset, Manifest, Origin, Tables, write
from convergence.analysis.dataset.parts import Checker
from convergence.analysis.impact.comparison import check, join, read, write_template
from convergence.analysis.impact.comparison.flaws import ComparisonError
from convergence.analysis.impact.comparison.template import TABLES, columns_of
from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.outcomes import outcomes_of
from convergence.analysis.months import first_paths
from tests.analysis.impact.drawn import AS_OF, territory
from tests.analysis.made import person, tables

SETTINGS = """
name = "Chantier Exemple"
scheme = "ordinary"
as_of = 2022-12-31
territory = "Territoire Exemple"
"""

PEOPLE = """person;sex;birth_year;education;children;street_path
A1;F;1980;Jamais allé à l’école;0;oui
A2;H;1975;;2;non
A3;;1990;level_three;;
"""
PATHS = """person;since;until
A1;05/01/2015;2015-12-01
A2;2016-03-01;2017-03-01
A3;2018-01-08;
"""
CODINGS = """
[people.sex]
F = "woman"
H = "man"
[people.education]
"Jamais allé à l’école" = "never_at_school"
"""
CONTRACTS = """contract;person;employer_kind;kind;weekly_hours;monthly_gross;since;until;ended_on
1;A1;aci;cddi;26;1 250,50;2015-01-05;2015-12-01;
2;A2;aci;cddi;20;1000.0;2016-03-01;2017-03-01;
3;A3;aci;cddi;26;1300;2018-01-08;2023-01-08;
4;A1;ordinary;fixed_term;35;1500;2016-01-01;2016-07-01;
"""
EXITS = "person;motive\nA1;9\nA2;7\n"
SITUATIONS = """person;aspect;value;since;until
A1;housing;hotel;2014-01-01;2015-09-01
A1;housing;social_lease;2015-09-01;
A2;housing;rough;2016-03-01;
"""


def extract(folder: Path, **files: str) -> Path:
    """A small extract of an ordinary site; files given replace its own, an empty text removes one."""
    given = {
        "comparison.toml": SETTINGS,
        "codings.toml": CODINGS,
        "people.csv": PEOPLE,
        "paths.csv": PATHS,
        "sites.csv": "site;opened\nS;2012-01-01\n",
        "contracts.csv": CONTRACTS,
        "exits.csv": EXITS,
        "situations.csv": SITUATIONS,
    }
    given |= {name.replace("_toml", ".toml").replace("_csv", ".csv"): text for name, text in files.items()}
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in given.items():
        if text:
            (folder / name).write_text(text, encoding="utf-8")
    return folder


def dataset_of(held: Tables, as_of: date = AS_OF) -> Dataset:
    return Dataset(held, Manifest(About(as_of, as_of, Origin.SIMULATED)))


def small() -> Dataset:
    """One person of a Convergence site, whose keys are those that an extract would have too."""
    return dataset_of(
        tables(
            territories=[{"territory": 1, "name": "Territoire Exemple"}],
            operators=[{"operator": 1, "public_body": False}],
            sites=[{"site": 1, "territory": 1, "operator": 1, "scheme": "convergence", "opened": date(2012, 1, 1)}],
            people=[person(1, sex="woman", birth_year=1980)],
            paths=[{"path": 1, "person": 1, "rank": 1, "since": date(2015, 1, 5)}],
        )
    )


def test_what_an_office_writes_is_understood(tmp_path: Path) -> None:
    found = read(extract(tmp_path / "aci"))
    people, contracts = found.frames["people"], found.frames["contracts"]

    assert people["sex"].to_list() == ["woman", "man", None]
    assert people["sex_missing"].to_list() == [None, None, "not_assessed"]
    assert people["education"].to_list() == ["never_at_school", None, "level_three"]
    assert people["street_path"].to_list() == [True, False, None]
    assert people["entered"].to_list() == [date(2015, 1, 5), date(2016, 3, 1), date(2018, 1, 8)]
    assert contracts["monthly_gross"].to_list() == [1250.5, 1000.0, 1300.0, 1500.0]
    assert contracts["path"].to_list() == [1, 2, 3, None]
    assert contracts["site"].to_list() == [1, 1, 1, None]
    assert contracts["programme"].to_list() == ["none", "none", "none", None]
    assert found.frames["exits"].select("path", "on").rows() == [(1, date(2015, 12, 1)), (2, date(2017, 3, 1))]
    assert found.frames["sites"]["scheme"].to_list() == ["ordinary"]
    assert list(found.frames) == list(SCHEMAS)


def test_two_sides_become_one_with_keys_apart_and_the_same_territory(tmp_path: Path) -> None:
    joined = join(small(), read(extract(tmp_path / "aci")))
    firsts = first_paths(joined.tables)

    assert firsts["person"].to_list() == [1, 2, 3, 4]
    assert firsts["scheme"].to_list() == ["none", "ordinary", "ordinary", "ordinary"]
    assert joined.tables.territories.collect().rows() == [(1, "Territoire Exemple")]
    assert joined.tables.sites.collect()["site"].to_list() == [1, 2]
    outcomes = outcomes_of(joined.tables, joined.as_of, ["durable_exit", "housed_6"])
    assert outcomes.values["durable_exit"][1:3].tolist() == [1.0, 0.0]
    assert outcomes.values["housed_6"][1:3].tolist() == [0.0, 0.0]


def test_a_comparison_from_another_territory_brings_its_own(tmp_path: Path) -> None:
    elsewhere = SETTINGS.replace("Territoire Exemple", "Ville Imaginaire")
    joined = join(small(), read(extract(tmp_path / "aci", comparison_toml=elsewhere)))

    assert joined.tables.territories.collect().rows() == [(1, "Territoire Exemple"), (2, "Ville Imaginaire")]
    assert joined.tables.sites.collect()["territory"].to_list() == [1, 2]
    assert joined.tables.people.collect()["territory"].to_list() == [1, 2, 2, 2]


def test_what_is_joined_keeps_every_rule_of_the_dataset(tmp_path: Path) -> None:
    joined = join(small(), read(extract(tmp_path / "aci")))
    frames = {name: frame.collect() for name, frame in joined.tables.to_dict().items()}
    frames["people"] = frames["people"].filter(pl.col("person") > 1)
    frames["paths"] = frames["paths"].filter(pl.col("person") > 1)

    Checker(joined.as_of).check(frames, {name: name for name in frames})
    assert frames["paths"]["path"].to_list() == [2, 3, 4]


def test_people_who_wait_need_neither_site_nor_contract(tmp_path: Path) -> None:
    waiting = extract(
        tmp_path / "attente",
        comparison_toml=SETTINGS.replace('"ordinary"', '"none"'),
        sites_csv="",
        contracts_csv="",
        exits_csv="",
    )
    joined = join(small(), read(waiting))

    firsts = first_paths(joined.tables)
    assert firsts["scheme"].to_list()[1:] == ["none"] * 3
    assert firsts["site"].to_list()[1:] == [2] * 3


def test_a_whole_dataset_is_a_comparison_too_and_gives_the_same_outcomes(tmp_path: Path) -> None:
    """The compared people of a drawn territory, written, read back and joined to its Convergence people."""
    drawn, _ = territory()
    folder = tmp_path / "jeu"
    frames = {name: frame.collect() for name, frame in drawn.to_dict().items()}
    write(folder, [frames], About(AS_OF, AS_OF, Origin.SIMULATED))
    of_scheme = first_paths(drawn).filter(pl.col("scheme") == "convergence")["person"].implode()
    alone = {
        name: frame.filter(pl.col("person").is_in(of_scheme)) if "person" in frame.columns else frame
        for name, frame in frames.items()
    }
    alone["sites"] = frames["sites"].filter(pl.col("scheme") == "convergence")
    joined = join(dataset_of(Tables.cast({name: frame.lazy() for name, frame in alone.items()})), read(folder))
    names = ["dynamic_exit", "housed_24"]
    found, known = outcomes_of(joined.tables, AS_OF, names), outcomes_of(drawn, AS_OF, names)

    for scheme in ("convergence", "ordinary", "none"):
        mine, theirs = ((each.people["scheme"] == scheme).to_numpy() for each in (found, known))
        assert mine.sum() == theirs.sum() > 30
        for name in names:
            assert sorted(found.values[name][mine].astype(str)) == sorted(known.values[name][theirs].astype(str))


def test_a_comparison_in_parquet_keeps_its_types(tmp_path: Path) -> None:
    folder = extract(tmp_path / "aci")
    columns = {
        "person": ["A1", "A2", "A3"],
        "since": [date(2015, 1, 5), date(2016, 3, 1), date(2018, 1, 8)],
        "until": [date(2015, 12, 1), date(2017, 3, 1), None],
    }
    pl.DataFrame(columns).write_parquet(folder / "paths.parquet")
    (folder / "paths.csv").unlink()

    assert read(folder).frames["paths"].equals(read(extract(tmp_path / "csv")).frames["paths"])


def test_other_codings_are_named_with_a_proposal_that_then_reads(tmp_path: Path) -> None:
    folder = extract(tmp_path / "aci", codings_toml="")
    found = check(folder)

    assert found.flaws[0].startswith(
        "people, colonne « sex » : codes inconnus « F » (1 ligne), « H » (1 ligne). Codes permis : woman (Femme), man "
        "(Homme), other (Autre). Complétez codings.toml"
    )
    assert found.flaws[1].startswith("people, colonne « education » : codes inconnus « Jamais allé à l’école »")
    (folder / "codings.toml").write_text(found.codings, encoding="utf-8")
    assert read(folder).frames["people"].equals(read(extract(tmp_path / "autre")).frames["people"])


def test_a_code_that_nobody_can_guess_waits_for_an_answer(tmp_path: Path) -> None:
    folder = extract(tmp_path / "aci", codings_toml="", people_csv=PEOPLE.replace("A3;;", "A3;X9;"))
    found = check(folder)

    assert '"X9" = ""' in found.codings
    (folder / "codings.toml").write_text(found.codings, encoding="utf-8")
    with pytest.raises(ComparisonError, match="codes inconnus « X9 »"):
        read(folder)


def test_what_was_already_answered_stays_in_the_next_proposal(tmp_path: Path) -> None:
    half = '[people.sex]\nF = "woman"\n'
    folder = extract(tmp_path / "aci", codings_toml=half)
    (folder / "codings.toml").write_text(check(folder).codings, encoding="utf-8")

    assert read(folder).frames["people"]["sex"].to_list() == ["woman", "man", None]


def test_places_that_the_settings_tell_may_be_named_all_the_same(tmp_path: Path) -> None:
    people = "person;territory\nA1;75\nA2;75\nA3;75\n"

    assert read(extract(tmp_path / "aci", people_csv=people)).frames["people"]["territory"].to_list() == [1, 1, 1]


def test_people_who_wait_at_several_places_say_where(tmp_path: Path) -> None:
    folder = extract(
        tmp_path / "attente",
        comparison_toml=SETTINGS.replace('"ordinary"', '"none"'),
        sites_csv="site\nS\nT\n",
        contracts_csv="",
        exits_csv="",
    )
    with pytest.raises(ComparisonError, match=f"personnes dont rien ne dit où elles attendent{chr(160)}: 3"):
        read(folder)


def test_the_template_is_complete_and_says_what_each_column_holds(tmp_path: Path) -> None:
    folder = tmp_path / "modele"
    write_template(folder)

    assert {path.name for path in folder.iterdir()} == {
        "comparison.toml", "LISEZMOI.md", *(f"{table}.csv" for table in TABLES),
    }  # fmt: skip
    explained = (folder / "LISEZMOI.md").read_text(encoding="utf-8")
    assert all(f"`{column}`" in explained for table in TABLES for column in columns_of(table))
    assert "| `sex` | code : woman (Femme), man (Homme), other (Autre) |" in explained
    assert check(folder).flaws == (
        "people.csv manque ou est vide : sans cette table il n’y a personne à comparer.",
        "paths.csv manque ou est vide : sans cette table il n’y a personne à comparer.",
    )


def test_the_template_once_filled_reads(tmp_path: Path) -> None:
    folder = tmp_path / "modele"
    write_template(folder)
    extract(folder, comparison_toml=(folder / "comparison.toml").read_text(encoding="utf-8"))

    assert check(folder).flaws == ()


def test_a_template_never_overwrites(tmp_path: Path) -> None:
    extract(tmp_path / "aci")
    with pytest.raises(ImpactError, match="n’est pas vide : rien n’y a été écrit"):
        write_template(tmp_path / "aci")


def test_people_of_both_sides_are_refused_or_left_out_and_counted(tmp_path: Path) -> None:
    shared = SETTINGS + 'keys = "shared"\n'
    texts = {
        name: text.replace("A1", "1")
        for name, text in (
            ("people_csv", PEOPLE),
            ("paths_csv", PATHS),
            ("contracts_csv", CONTRACTS),
            ("exits_csv", EXITS),
            ("situations_csv", SITUATIONS),
        )
    }
    with pytest.raises(
        ComparisonError, match=r"à la fois dans le jeu de données et dans la comparaison « Chantier Exemple » : 1\."
    ):
        join(small(), read(extract(tmp_path / "aci", comparison_toml=shared, **texts)))

    left = extract(tmp_path / "sans", comparison_toml=shared + 'both = "leave_out"\n', **texts)
    joined = join(small(), read(left))
    assert joined.tables.people.collect().height == 3
    assert joined.notes[-1].startswith("Personnes retirées de la comparaison")


def test_somebody_with_the_same_profile_and_day_of_entry_is_pointed_at(tmp_path: Path) -> None:
    held = small()
    people = held.tables.people.collect()
    twin = "person;sex;birth_year;education;nationality;household;children;entered\n"
    twin += "A1;woman;1980;level_three;french;alone;0;2015-01-05\nA2;man;1975;;;;;\nA3;;1990;;;;;\n"
    known = people.with_columns(
        pl.lit("level_three").cast(people["education"].dtype).alias("education"),
        pl.lit("french").cast(people["nationality"].dtype).alias("nationality"),
        pl.lit("alone").cast(people["household"].dtype).alias("household"),
        pl.lit(0, dtype=pl.Int16).alias("children"),
        pl.lit(date(2015, 1, 5)).alias("entered"),
    )
    frames = held.tables.to_dict() | {"people": known.lazy()}
    joined = join(dataset_of(Tables.cast(frames)), read(extract(tmp_path / "aci", people_csv=twin)))

    assert any(note.endswith("retirez-les si oui.") and " : moins de 5." in note for note in joined.notes)


def test_an_older_comparison_shortens_the_follow_up_of_both(tmp_path: Path) -> None:
    older = extract(
        tmp_path / "aci",
        comparison_toml=SETTINGS.replace("2022-12-31", "2019-06-30"),
    )
    joined = join(small(), read(older))

    assert joined.as_of == date(2019, 6, 30)
    assert any("ne sont suivis que jusqu’au 30/06/2019" in note for note in joined.notes)


def test_months_without_hours_stay_unknown_and_are_counted(tmp_path: Path) -> None:
    hours = "contract;month;planned;worked;sick;justified;unjustified\n"
    hours += "".join(f"1;2015-{month:02}-01;100;90;10;0;0\n" for month in (1, 2, 5))
    found = read(extract(tmp_path / "aci", hours_csv=hours))

    assert found.frames["hours"].height == 3
    assert found.notes[0].startswith(
        "hours : mois absents au milieu d’un contrat : 2 (contrats touchés : 1). Ils restent"
    )


def test_notes_say_what_is_not_given(tmp_path: Path) -> None:
    found = read(extract(tmp_path / "aci", territories_csv="territory;name\n1;Ailleurs\n"))

    assert [note.split(" : ")[0] for note in found.notes] == [
        "territories n’est pas lue ici", "hours", "situations",
    ]  # fmt: skip


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    folder = extract(
        tmp_path / "aci",
        people_csv=PEOPLE.replace("1980", "80 ans").replace("sex;", "sexe;"),
        paths_csv=PATHS.replace("2016-03-01", "mars"),
    )
    flaws = check(folder).flaws

    assert len(flaws) == 3
    assert "paths, colonne « since » : « mars » n’est pas une date (2025-12-31 ou 31/12/2025) (1 ligne)" in flaws[0]
    assert "people, colonne « sexe » : elle n’existe pas ; vouliez-vous dire « sex » ?" in flaws[1]
    assert "people, colonne « birth_year » : « 80 ans » n’est pas un nombre" in flaws[2]
    with pytest.raises(ComparisonError, match=r"\(et 2 autres à corriger\)"):
        read(folder)


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"comparison_toml": ""}, "comparison.toml manque"),
        ({"comparison_toml": "name ="}, "n’est pas du TOML lisible"),
        ({"comparison_toml": 'name = "x"'}, "il manque « scheme »"),
        ({"comparison_toml": SETTINGS.replace("ordinary", "convergence")}, "ne peut pas servir de comparaison"),
        ({"comparison_toml": SETTINGS + "date = 3\n"}, "la clé « date » n’existe pas"),
        ({"comparison_toml": SETTINGS.replace("2022-12-31", '"hier"')}, "« as_of » doit être une date"),
        ({"comparison_toml": SETTINGS.replace("Chantier Exemple", " ")}, "« name » doit être un texte"),
        ({"codings_toml": "[people.sex]\nF = 'femme'\n"}, "« femme » n’est pas un code .woman, man, other."),
        ({"codings_toml": "[people.age]\nF = 'x'\n"}, "n’est pas une colonne de codes"),
        ({"codings_toml": "[gens]\n"}, "n’est pas une table"),
        ({"codings_toml": "= ="}, "n’est pas du TOML lisible"),
        ({"codings_toml": "[people.sex]\nF = ['woman']\n"}, "n’est pas un code .woman, man, other."),
        ({"codings_toml": f"a = {'[' * 3000}{']' * 3000}"}, "n’est pas du TOML lisible"),
        ({"comparison_toml": f"{SETTINGS}x = {'9' * 5000}"}, "n’est pas du TOML lisible"),
        ({"people_csv": PEOPLE + "A4;" + "F" * 200_000}, "people.csv, ligne 5 : elle ne peut pas être lue"),
        ({"people_csv": PEOPLE.replace("1980", "1980,5")}, "« 1980,5 » n’est pas un nombre entier"),
        ({"people_csv": ""}, "people.csv manque ou est vide"),
        ({"people_csv": "person;sex\nA1;F;3\n"}, "people.csv, ligne 2 : 3 cellules pour 2 colonnes"),
        ({"people_csv": "person;person\nA1;F\n"}, "une colonne n’a pas de nom, ou deux ont le même"),
        ({"people_csv": "person\nA1\nA1\nA2\nA3\n"}, "identifiant présent plus d’une fois .1 ligne de trop."),
        ({"people_csv": "person;sex\nA1;\n;F\nA2;\nA3;\n"}, "identifiant vide .1 ligne."),
        ({"gens_csv": "person\nA1\n"}, "gens.csv n’est pas une table"),
        ({"paths_csv": PATHS.replace("A3", "A9")}, "nomment un identifiant absent de people, le premier « A9 »"),
        ({"sites_csv": ""}, "sites.csv manque ou est vide"),
        (
            {"sites_csv": "site;opened\nS;2024-02-01\n"},
            "après la date de la comparaison .31/12/2022. : 1, le premier le",
        ),
        ({"sites_csv": "site;opened\nS;2017-01-01\n"}, "commencent avant l’ouverture de leur chantier : 2."),
        (
            {"contracts_csv": CONTRACTS.replace("1000.0", "-1000")},
            "« monthly_gross ».* valeur trop petite .* Corrigez contracts",
        ),
        (
            {"contracts_csv": CONTRACTS.replace("2;A2;aci", "2;A2;ordinary")},
            "parcours sans contrat dans un chantier : 1. Rien",
        ),
        ({"contracts_csv": ""}, "parcours sans contrat dans un chantier : 3. Rien"),
        ({"exits_csv": "person;motive\nA1;99\n"}, "« motive ».*n’est pas dans la liste"),
        ({"exits_csv": "person;motive\nA3;7\n"}, "« on ».*valeur absente"),
        ({"situations_csv": SITUATIONS.replace("rough", "dehors")}, "codes inconnus « dehors »"),
        (
            {"situations_csv": SITUATIONS.replace("housing;rough", "rsa;rough")},
            "valeur qui n’appartient pas à l’aspect",
        ),
        (
            {"situations_csv": SITUATIONS.replace("2015-09-01;\n", "2015-06-01;\n")},
            "deux valeurs d’un même aspect le même jour",
        ),
        ({"situations_csv": SITUATIONS.replace("2016-03-01", "2023-03-01")}, "dépasse la date du jeu de données"),
    ],
)
def test_a_comparison_that_cannot_be_used_is_refused_in_a_sentence(
    tmp_path: Path, files: dict[str, str], sentence: str
) -> None:
    with pytest.raises(ComparisonError, match=sentence):
        read(extract(tmp_path / "aci", **files))


def test_people_hired_by_an_aci_are_not_people_without_one(tmp_path: Path) -> None:
    folder = extract(tmp_path / "aci", comparison_toml=SETTINGS.replace('"ordinary"', '"none"'))
    with pytest.raises(ComparisonError, match="dans un ACI, alors que la comparaison est « sans chantier » : 3"):
        read(folder)


def test_files_that_are_no_tables_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ComparisonError, match="n’est pas un dossier"):
        read(tmp_path / "absent")
    folder = extract(tmp_path / "aci")
    (folder / "paths.parquet").write_bytes(b"rien")
    (folder / "exits.csv").write_bytes(b"a\0b")
    flaws = check(folder).flaws
    assert any("La table paths est dans deux fichiers" in flaw for flaw in flaws)
    assert any("exits.csv n’est pas un fichier CSV lisible" in flaw for flaw in flaws)
    (folder / "paths.csv").unlink()
    assert any("paths.parquet n’est pas un fichier Parquet lisible" in flaw for flaw in check(folder).flaws)


@pytest.mark.parametrize(
    ("column", "values", "sentence"),
    [
        ("birth_year", [1980.7, 1975.0, None], "« 1980.7 » n’est pas un nombre entier .1 ligne."),
        ("birth_year", [date(1980, 1, 1)] * 3, "« 1980-01-01 » n’est pas un nombre"),
        ("birth_year", [[1980]] * 3, "chaque cellule y tient une liste"),
        ("entered", [20150105, 20160301, 20180108], "« 20150105 » n’est pas une date"),
        ("entered", [timedelta(1)] * 3, "chaque cellule y tient une liste"),
        ("street_path", [2, 0, 1], "« 2 » n’est pas oui ou non"),
        ("person", [b"\xff", b"a", b"b"], "chaque cellule y tient une liste ou un contenu qui n’est pas du texte"),
    ],
)
def test_a_parquet_column_of_another_type_is_refused_and_never_cut_to_fit(
    tmp_path: Path, column: str, values: list[object], sentence: str
) -> None:
    folder = extract(tmp_path / "aci", people_csv="")
    people = pl.read_csv(PEOPLE.encode(), separator=";").with_columns(pl.Series(column, values))
    people.write_parquet(folder / "people.parquet")
    with pytest.raises(ComparisonError, match=sentence):
        read(folder)


def test_lines_that_end_as_on_an_old_macintosh_read(tmp_path: Path) -> None:
    folder = extract(tmp_path / "aci")
    (folder / "people.csv").write_bytes(PEOPLE.replace("\n", "\r").encode())
    assert read(folder).frames["people"].height == 3


def test_a_spreadsheet_of_an_older_office_reads(tmp_path: Path) -> None:
    folder = extract(tmp_path / "aci")
    (folder / "people.csv").write_bytes(PEOPLE.replace("’", "'").replace(";", ",").encode("cp1252"))
    (folder / "codings.toml").write_text(CODINGS.replace("’", "'"), encoding="utf-8")

    assert read(folder).frames["people"]["education"].to_list()[0] == "never_at_school"


def test_nothing_in_common_is_refused(tmp_path: Path) -> None:
    late = dataset_of(small().tables, as_of=date(2014, 1, 1))
    with pytest.raises(ComparisonError, match="n’a personne de suivi avant le 01/01/2014"):
        join(late, read(extract(tmp_path / "aci")))


def test_a_site_that_opens_after_the_common_period_brings_nothing_and_is_said(tmp_path: Path) -> None:
    sites = "site;opened\nS;2012-01-01\nT;2021-01-01\n"
    contracts = "contract;site" + CONTRACTS.split("contract", 1)[1].replace("\n1;", "\n1;S;").replace("\n2;", "\n2;S;")
    contracts = contracts.replace("\n3;", "\n3;S;").replace("\n4;", "\n4;;")
    joined = join(
        dataset_of(small().tables, as_of=date(2020, 1, 1)),
        read(extract(tmp_path / "aci", sites_csv=sites, contracts_csv=contracts)),
    )

    assert any(
        note.startswith("Chantiers de la comparaison qui ouvrent après le 01/01/2020 : 1.") for note in joined.notes
    )


def test_a_dataset_of_convergence_alone_compares_nobody(tmp_path: Path) -> None:
    drawn, _ = territory("[comparison]\nordinary_sites = 0\n")
    write(tmp_path / "jeu", [{name: frame.collect() for name, frame in drawn.to_dict().items()}],
          About(AS_OF, AS_OF, Origin.SIMULATED))  # fmt: skip
    with pytest.raises(ComparisonError, match="ne contient que des chantiers Convergence"):
        read(tmp_path / "jeu")
    shutil.rmtree(tmp_path / "jeu" / "people")
    with pytest.raises(ComparisonError, match=r"est nommé dans manifest.json mais ne s’y trouve pas"):
        read(tmp_path / "jeu")
