from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.protocol import CHARACTERISTICS, Contrast, Planned, Protocol, Subgroup, open_outcomes
from convergence.analysis.impact.protocol_file import read_protocol, standard_protocol, write_template
from convergence.analysis.profiles import profiles
from tests.analysis.impact.drawn import AS_OF, territory

DATED = "dated = 2022-06-01"
BRIEF = f"""
title = "Essai"
{DATED}
authors = "Une évaluatrice fictive"
question = "Le dispositif a-t-il un effet ?"
comparison = "ordinary"
[population]
eligibility = "Premiers parcours."
[outcomes]
primary = ["dynamic_exit"]
"""


def written_to(folder: Path, text: str) -> Path:
    path = folder / "protocole.toml"
    path.write_text(text, encoding="utf-8")
    return path


def read(folder: Path, text: str) -> Protocol:
    return read_protocol(written_to(folder, text))


def test_the_template_reads_once_it_is_dated_and_is_frozen_by_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "protocole.toml"
    write_template(path)
    protocol = read_protocol(path)

    assert path.read_text(encoding="utf-8") == standard_protocol()
    assert protocol.sha256 == sha256(path.read_bytes()).hexdigest()
    assert protocol.contrast is Contrast.ORDINARY
    assert protocol.primary == ("dynamic_exit",)
    assert Planned.DOUBLY_ROBUST in protocol.estimators


def test_a_template_that_nobody_dated_opens_nothing(tmp_path: Path) -> None:
    write_template(tmp_path / "protocole.toml")
    tables, _ = territory()

    with pytest.raises(ImpactError, match="daté du 01/01/2100, après l’ouverture des résultats"):
        open_outcomes(tables, AS_OF, read_protocol(tmp_path / "protocole.toml"), date(2026, 1, 1))


def test_a_template_never_overwrites(tmp_path: Path) -> None:
    path = written_to(tmp_path, "le mien")

    with pytest.raises(ImpactError, match="existe déjà : rien n’a été écrit"):
        write_template(path)
    assert path.read_text() == "le mien"
    with pytest.raises(ImpactError, match="ne peut pas être écrit"):
        write_template(tmp_path / "absent" / "protocole.toml")


def test_without_a_protocol_no_outcome_is_opened() -> None:
    tables, _ = territory()

    with pytest.raises(ImpactError, match="Aucun protocole"):
        open_outcomes(tables, AS_OF, None, AS_OF)


def test_a_protocol_dated_after_the_opening_is_refused_and_on_the_day_accepted(tmp_path: Path) -> None:
    tables, _ = territory()
    protocol = read(tmp_path, BRIEF)

    with pytest.raises(ImpactError, match="daté du 01/06/2022, après l’ouverture des résultats \\(31/05/2022\\)"):
        open_outcomes(tables, AS_OF, protocol, date(2022, 5, 31))
    assert open_outcomes(tables, AS_OF, protocol, date(2022, 6, 1)).notes == ()


def test_only_the_outcomes_that_it_names_are_opened_and_only_for_its_arms(tmp_path: Path) -> None:
    tables, _ = territory()
    text = BRIEF.replace("[outcomes]", 'since = 2014-01-01\nuntil = 2017-01-01\n[outcomes]\nsecondary = ["housed_24"]')
    opened = open_outcomes(tables, AS_OF, read(tmp_path, text), AS_OF)

    assert list(opened.outcomes.values) == ["dynamic_exit", "housed_24"]
    chosen = opened.people.filter(opened.eligible)
    assert set(chosen["scheme"]) == {"convergence", "ordinary"}
    assert chosen["entered"].is_between(date(2014, 1, 1), date(2016, 12, 31)).all()
    assert 0 < chosen.height < opened.people.height
    assert opened.people["person"].equals(opened.outcomes.people["person"])


def test_data_older_than_the_protocol_are_opened_with_a_note(tmp_path: Path) -> None:
    tables, _ = territory()
    late = read(tmp_path, BRIEF.replace("2022-06-01", "2023-02-01"))

    (note,) = open_outcomes(tables, AS_OF, late, date(2023, 3, 1)).notes
    assert note.startswith("Le protocole (01/02/2023) a été arrêté après la date des données (31/12/2022)")


def test_a_protocol_that_changed_since_it_was_settled_is_refused(tmp_path: Path) -> None:
    path = written_to(tmp_path, BRIEF)
    settled = read_protocol(path).sha256
    path.write_text(BRIEF.replace("dynamic_exit", "durable_exit"), encoding="utf-8")

    with pytest.raises(ImpactError, match="n’est plus celui qui a été arrêté"):
        read_protocol(path, sha256=settled)


def test_it_is_printed_whole_with_the_definition_of_each_outcome(tmp_path: Path) -> None:
    text = BRIEF.replace("[outcomes]", 'least_age = 25\n[outcomes]\nsecondary = ["care_24"]\ncontrols = ["needs"]')
    text += "[analysis]\ndetectable = 0.12\n"
    text += '[[subgroups]]\nlabel = "Femmes"\ncharacteristic = "woman"\nleast = 1\nmost = 1\n'
    printed = read(tmp_path, text).printed()
    told = dict(printed)

    assert told["Arrêté le"] == "01/06/2022 par Une évaluatrice fictive"
    assert told["Comparaison"] == "Convergence contre un chantier d’insertion ordinaire (ACI)"
    assert "âge d’au moins 25 ans" in told["Population"]
    assert told["Critère principal"].startswith("Sorties dynamiques")
    assert "24 mois après l’entrée" in told["Critère secondaire"]
    assert told["Critères témoins"].endswith("Niveau moyen des besoins.")
    assert "Femmes" in told["Sous-groupes"]
    assert told["Plus petit effet visible"].startswith("12,0 points")
    assert len(told["Empreinte du protocole"].removeprefix("SHA-256 : ")) == 64


def test_what_was_done_otherwise_is_listed(tmp_path: Path) -> None:
    protocol = read(tmp_path, BRIEF)
    planned = {
        "outcomes": protocol.outcomes,
        "estimators": [each.value for each in protocol.estimators],
        "covariates": protocol.covariates,
        "subgroups": [],
    }

    assert protocol.deviations(**planned) == ()
    changed = planned | {"outcomes": ["dynamic_exit", "job_24"], "estimators": ["matching", "weighting"]}
    assert protocol.deviations(**changed) == (
        "Non prévu au protocole, ajouté ensuite (critère) : job_24.",
        "Prévu au protocole, non fait (estimateur) : doubly_robust.",
    )


def test_characteristics_that_may_be_named_are_those_of_profiles() -> None:
    tables, _ = territory()

    assert set(CHARACTERISTICS) <= set(profiles(tables).columns)


def test_a_subgroup_is_looked_at_only_if_declared_and_of_thirty_people_in_each_arm(tmp_path: Path) -> None:
    tables, _ = territory()
    people = profiles(tables)
    group = '[[subgroups]]\nlabel = "{}"\ncharacteristic = "{}"\nleast = {}\nmost = {}\n'
    text = BRIEF + group.format("Rue", "street_path", 1, 1) + group.format("Anciens", "age", 64, 90)
    protocol = read(tmp_path, text)
    street, old = protocol.subgroups

    inside = people.filter(protocol.members(street, people))
    assert set(inside["street_path"]) == {1.0}
    with pytest.raises(ImpactError, match="« Anciens » compte moins de 30 personnes"):
        protocol.members(old, people)
    with pytest.raises(ImpactError, match="n’est pas déclaré au protocole"):
        protocol.members(Subgroup("Femmes", "woman", 1, 1), people)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (DATED, "", "il manque « dated » \\(la date à laquelle il est arrêté"),
        (DATED, 'dated = "2022-06-01"', "« dated » doit être une date, telle que 2026-01-15"),
        (DATED, "dated = 2022-06-01T10:00:00", "doit être une date"),
        (DATED, "dated = 0022-06-01", "doit être une date"),
        ('title = "Essai"', 'title = " "', "« title » doit être un texte non vide"),
        ('"ordinary"', '"autre"', "« comparison » doit être l’un de : ordinary, none"),
        ('"ordinary"', '"none"', "sans chantier il n’y a pas de fin de parcours, « dynamic_exit »"),
        ('primary = ["dynamic_exit"]', "", "il manque « outcomes.primary »"),
        ('["dynamic_exit"]', "[]", "doit être une liste non vide"),
        ('["dynamic_exit"]', '"dynamic_exit"', "doit être une liste non vide"),
        (
            '["dynamic_exit"]',
            '["bonheur"]',
            "Protocole, « outcomes.primary » : Le critère « bonheur",
        ),
        ('["dynamic_exit"]', '["job_24", "job_24"]', "nomme deux fois la même chose"),
        ('["dynamic_exit"]', '["job_24"]\nsecondary = ["job_24"]', "à la fois principal et secondaire"),
        ("[outcomes]", "since = 2017-01-01\nuntil = 2016-01-01\n[outcomes]", "doit précéder"),
        ("[outcomes]", "least_age = 3\n[outcomes]", "doit être un nombre entier entre 14 et 100"),
        ("[outcomes]", "least_age = true\n[outcomes]", "doit être un nombre entier"),
        (
            "[outcomes]",
            "leest_age = 20\n[outcomes]",
            "« population.leest_age » n’existe pas ; .*« least_age",
        ),
        ("[outcomes]", "[outcomez]\n[outcomes]", "la clé « outcomez » n’existe pas"),
        ("[outcomes]", '[analysis]\ncovariates = ["âge"]\n[outcomes]', "caractéristique inconnue, « âge »"),
        ("[outcomes]", '[analysis]\nestimators = ["magie"]\n[outcomes]', "doit être l’un de : difference"),
        ("[outcomes]", "[analysis]\nalpha = 2\n[outcomes]", "doit être un nombre entre 0.0001 et 0.5"),
        ("[outcomes]", "[analysis]\nalpha = nan\n[outcomes]", "doit être un nombre entre 0.0001 et 0.5"),
        ("[outcomes]", "[analysis]\nby_site = 1\n[outcomes]", "doit être true ou false"),
        ("[outcomes]", '[outcomes]\ncontrols = ["age"]', "à la fois covariable et critère témoin"),
        ("[outcomes]", '[[subgroups]]\nlabel = "x"\n[outcomes]', "a exactement les clés label, characteristic"),
        (
            "[outcomes]",
            '[[subgroups]]\nlabel = "x"\ncharacteristic = "age"\nleast = 3\nmost = 1\n[outcomes]',
            "a ses bornes à l’envers",
        ),
        ("[population]", "[[population]]", "« population » doit être une section"),
        ("[outcomes]", "subgroups = 3\n[outcomes]", "n’existe pas"),
        ("[population]", "subgroups = 3\n[population]", "un sous-groupe s’écrit sous"),
        ("title", "= title", "n’est pas du TOML lisible"),
        ("title", f"authors = {'9' * 5000}\ntitle", "n’est pas du TOML lisible"),
    ],
)
def test_a_protocol_that_cannot_be_followed_is_refused_in_a_sentence(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    with pytest.raises(ImpactError, match=sentence):
        read(tmp_path, BRIEF.replace(old, new, 1))


def test_a_file_that_is_no_protocol_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImpactError, match="ne peut pas être lu"):
        read_protocol(tmp_path / "absent.toml")
    with pytest.raises(ImpactError, match="n’est pas un fichier"):
        read_protocol(tmp_path)
    with pytest.raises(ImpactError, match="ce n’est pas le fichier attendu"):
        read(tmp_path, "#" * 600_000)
    (tmp_path / "octets.toml").write_bytes(b'title = "\xff"')
    with pytest.raises(ImpactError, match="n’est pas un texte en UTF-8"):
        read_protocol(tmp_path / "octets.toml")
