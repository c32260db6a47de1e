"""Scenario files: the standard ones read, and whatever contradicts itself is said in one French sentence."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convergence.analysis.scenarios.rates import Kind
from convergence.analysis.scenarios.reading import ScenarioError, _Reader, parse_scenario, read_scenario, standard
from convergence.analysis.scenarios.scenario import TODAY, Entries
from convergence.analysis.scenarios.scenario import Path as Rules

HEAD = 'label = "Essai"\n'


def test_every_standard_scenario_reads_and_says_why() -> None:
    found = {name: read_scenario(name) for name in standard()}
    assert {"today", "path_24", "path_36", "path_60", "hours_26", "officers", "places"} <= set(found)
    assert {"effect_75", "effect_50", "scale_2"} <= set(found)
    for name, scenario in found.items():
        assert scenario.name == name
        assert len(scenario.why) > 20, name
    assert found["today"].path == TODAY.path
    assert found["today"].new_territories == 0


def test_a_file_says_what_it_changes() -> None:
    scenario = parse_scenario(
        HEAD
        + """
        entries = "flow"
        hours = 24
        [path]
        longest = 48
        shortest = 6
        forced = [0.2, 0.6]
        [officers]
        more = 2
        low = 1.0
        high = 1.2
        kinds = ["durable"]
        source = "étude imaginaire"
        [housing]
        places = 30
        [scale]
        factor = 1.5
        [[sites]]
        name = "Chantier Fictif"
        posts = 20
        opens = 2027-01-01
        fixed_cost = 60000
        [[prices]]
        item = "hotel_night"
        factor = 1.1
        [[reforms]]
        parameter = "prestations_sociales.solidarite_insertion.minima_sociaux.rsa.montant"
        value = 700
        since = 2027-04-01
        """,
        "essai",
    )
    assert scenario.entries is Entries.FLOW
    assert scenario.path == Rules(48, 6, 1.0, (0.2, 0.6))
    assert scenario.officers is not None
    assert scenario.officers.kinds == (Kind.DURABLE,)
    assert scenario.sites[0].opens == date(2027, 1, 1)
    assert scenario.new_territories == 1
    assert scenario.reforms[0].value == 700
    assert scenario.prices[0].factor == 1.1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[path]\nlongest = 12\nshortest = 24", "plus court que le plus court"),
        ("[path]\nlongest = 3", "entre 4 et 60"),
        ("[path]\nlongest = 24.5", "nombre entier"),
        ("[path]\nforced = [0.8, 0.2]", "le bas (0.8) dépasse le haut"),
        ("[path]\nlongst = 24", "vouliez-vous dire «\u00a0longest\u00a0»"),
        ("[effect]\nshare = 0.5\nshare = 0.75", "donnée deux fois"),
        ("[effect]\nshare = 0.5\n[effect]\nshare = 0.75", "donnée deux fois"),
        (
            '[effect]\nshare = 0.5\n[[effect_ratios]]\nkind = "durable"\nlow = 1\nhigh = 2\nassumption = true\n'
            '[[effect_ratios]]\nkind = "durable"\nlow = 1\nhigh = 3\nassumption = true',
            "«\u00a0durable\u00a0» est donné deux fois",
        ),
        ('[[effect_ratios]]\nkind = "durable"\nlow = 1\nhigh = 2\nassumption = true', "ajoutez effect.share"),
        ("[effect]\nshare = -0.5", "entre 0 et 2"),
        ('[[sites]]\nname = "A"\nposts = 5\nopens = 2027-01-01\ncloses = 2026-01-01', "avant d’ouvrir"),
        ('[[sites]]\nname = "A"\nposts = 5', "n’a pas de date d’ouverture"),
        ('[[sites]]\nname = "A"\nposts = -5\nopens = 2027-01-01', "entre 0 et"),
        ("[housing]\nplaces = -3", "vaut -3"),
        ("[housing]\ndisplaced = 0.5", "il manque «\u00a0housing.places\u00a0»"),
        ("[officers]\nmore = 1\nlow = 1\nhigh = 1.2", "n’a pas de source"),
        ("[officers]\nmore = 1\nlow = 1.3\nhigh = 1.2\nassumption = true", "dépasse le haut"),
        ('[officers]\nmore = 1\nlow = 1\nhigh = 1.2\nassumption = true\nkinds = ["magie"]', "sorte d’événement"),
        ("hours = 40", "entre 1 et 35"),
        ("hours = true", "doit être un nombre"),
        ("hours = nan", "doit être un nombre"),
        ("hours = " + "9" * 400, "doit être un nombre"),
        ("hours = " + "9" * 5000, "pas du TOML lisible"),
        ('entries = "autant"', "posts ou flow"),
        ("path = 24", "doit être une section"),
        ("sites = 3", "doit être une liste"),
        (
            '[[prices]]\nitem = "a"\nfactor = 1\n[[prices]]\nitem = "a"\nfactor = 2',
            "le prix «\u00a0a\u00a0» est donné deux",
        ),
        ('[[reforms]]\nparameter = "rsa"\nvalue = 1\nsince = 2027-01-01', "chemin avec des points"),
        ('[[reforms]]\nparameter = "a.b"\nvalue = 1', "n’a pas de date"),
        ("longueur = 12", "la clé «\u00a0longueur\u00a0» n’existe pas"),
        ("[path", "pas du TOML lisible"),
    ],
)
def test_a_contradiction_is_said_in_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        parse_scenario(HEAD + text, "essai")
    assert sentence in str(refused.value)
    assert str(refused.value).startswith("Scénario «\u00a0essai\u00a0»")


def test_a_scenario_without_a_label_and_a_file_that_is_not_there() -> None:
    with pytest.raises(ScenarioError, match="label"):
        parse_scenario("hours = 26", "essai")
    for name in ("nulle-part", "n" * 300):
        with pytest.raises(ScenarioError, match="path_24"):
            read_scenario(name)


def test_a_file_that_is_no_text_or_too_large(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ScenarioError, match="UTF-8"):
        read_scenario(tmp_path / "a.toml")
    (tmp_path / "b.toml").write_text("#" * 600_000)
    with pytest.raises(ScenarioError, match="ce n’est pas le fichier attendu"):
        read_scenario(tmp_path / "b.toml")


def test_a_name_or_a_label_that_no_report_can_hold_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a\x01.toml").write_text(HEAD)
    with pytest.raises(ScenarioError, match="renommez-le"):
        read_scenario(tmp_path / "a\x01.toml")
    with pytest.raises(ScenarioError, match="tient un caractère invisible"):
        parse_scenario('label = "Un\\u0000deux"', "essai")


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)


def refusal(read: Callable[[], object]) -> str:
    """The sentence that refuses, or a full stop where nothing does; anything else that is raised fails the test."""
    try:
        read()
    except ScenarioError as refused:
        return str(refused)
    return "."


@given(st.text(max_size=60))
@settings(max_examples=60)
def test_any_text_is_read_or_refused_in_a_sentence(text: str) -> None:
    assert refusal(lambda: parse_scenario(HEAD + text, "essai")).endswith((".", "?"))


@given(st.sampled_from(["path", "officers", "housing", "effect", "scale", "sites", "prices", "reforms"]), _VALUES)
@settings(max_examples=80)
def test_any_value_is_read_or_refused_in_a_sentence(key: str, value: object) -> None:
    told = {"label": "Essai", key: value}
    assert refusal(lambda: _Reader("essai").scenario(told)).endswith((".", "?"))
