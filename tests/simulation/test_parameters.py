"""Parameter files: what they may say, and the one sentence for what they may not."""

import os
import re
from collections.abc import Iterator
from dataclasses import FrozenInstanceError, fields, is_dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from convergence.simulation.model import blocks
from convergence.simulation.network import networks
from convergence.simulation.parameter_file import ParameterError, Rule
from convergence.simulation.parameters import parameters, parameters_from
from convergence.vocabulary.people import Sex

SIZES = "sizes = [{ on = 2016-04-01, people = 4 }]"
SITE = 'name = "A"\noperator = "B"\nscheme = "convergence"\npublic_body = false\n'

WRONG = {
    "[path]\nmoves = 0": "« path » n’existe pas ; le nom le plus proche est « paths »",
    "[paths]\nmonths_meen = 3": "« paths.months_meen » n’existe pas ; le nom le plus proche est « paths.months_mean »",
    "[people.sex]\nmen = 1": "« people.sex.men » n’existe pas ; le nom le plus proche est « people.sex.man »",
    "[people.missing.sexe]": "« people.missing.sexe » n’existe pas ; le nom le plus proche est « people.missing.sex »",
    "[situations.missing.housin]": "le nom le plus proche est « situations.missing.housing »",
    "[zzz]\nq = 1": "« zzz » n’existe pas.",
    "[paths]\ngap = 1.2": "« paths.gap » doit être une probabilité, entre 0 et 1, et non « 1.2 »",
    "[paths]\ngap = -0.1": "« paths.gap » doit être une probabilité",
    "[rights.opened]\nrsa = 2": "« rights.opened.rsa » doit être une probabilité",
    "[after]\nreached = [0.5, 2, 0.1, 0.1]": r"« after.reached\[2\] » doit être une probabilité",
    "[after]\nreached = [0.5]": "« after.reached » doit avoir 4 valeurs, et non 1",
    "[housing]\nup = 0.1": "« housing.up » doit être une liste, et non « 0.1 »",
    "[people.missing.sex]\nnot_assessed = 0.6\ndoes_not_know = 0.6": "« people.missing.sex » dépassent 1 ensemble",
    "[people.sex]\nman = 0\nwoman = 0\nother = 0": "Les poids de « people.sex » sont tous à 0",
    "[people.sex]\nman = -1": "« people.sex.man » doit être au moins 0",
    "[people]\nsex = 3": "« people.sex » doit être une section, et non « 3 »",
    "people = 3": "« people » doit être une section",
    "[people]\nmissing = 3": "« people.missing » doit être une section",
    '[entry]\nphc = "often"': "« entry.phc » doit être un nombre, et non « often »",
    "[entry]\nphc = true": "« entry.phc » doit être un nombre, et non vrai ou faux",
    "[entry]\nphc = nan": "« entry.phc » doit être un nombre",
    "[paths]\nmonths_shape = inf": "« paths.months_shape » doit être un nombre",
    "[paths]\nmonths_shape = 0": "« paths.months_shape » doit être plus grand que 0",
    "[paths]\nlongest = 72": "« paths.longest » doit être au plus 60",
    "[paths]\nlongest = 30.5": "« paths.longest » doit être un nombre entier",
    "[entry]\nphc_since = 2023": "« entry.phc_since » doit être une date, et non « 2023 »",
    "[entry]\nphc_since = 2023-01-01T10:00:00": "« entry.phc_since » doit être une date",
    "[national]\nstarts_until = 2018-01-01": "« national.starts_until » .* doit venir après « national.starts_from »",
    f"[[paris.sites]]\n{SITE}opened = 2016-04-01\nclosed = 2015-01-01\n{SIZES}": (
        r"Le chantier « A » \(paris.sites\[1\]\) fermerait le 01/01/2015, avant d’avoir ouvert le 01/04/2016"
    ),
    f"[[paris.sites]]\n{SITE}opened = 2016-04-01\nsizes = []": r"« paris.sites\[1\].sizes » doit dire au moins une",
    f"[[paris.sites]]\n{SITE}opened = 2016-04-01": r"« paris.sites\[1\].sizes » manque",
    f"[[paris.sites]]\n{SITE}opened = 2016-04-01\nsizes = [{{ on = 2017-01-01, people = 4 }}, "
    "{ on = 2016-01-01, people = 4 }]": "doit venir après",
    f"[[paris.sites]]\n{SITE.replace('convergence', 'other')}opened = 2016-04-01\n{SIZES}": (
        r"« paris.sites\[1\].scheme » doit être l’un de"
    ),
    "[paris]\nsites = []": "« paris.sites » doit dire au moins un chantier",
    "[outcomes]\ndurable = 0.5": "« outcomes.durable » ne peut pas dépasser « outcomes.dynamic »",
    "[effects]\ndurable = 0.5": "dépassent ensemble « outcomes.dynamic » et « effects.dynamic »",
    "[effects]\ndynamic = 0.9\ndurable = 0.1": "dépassent 1 ensemble",
    "[outcomes.durable_motives]\ndeath = 1": "« outcomes.durable_motives.death » n’est pas un motif de cette sorte",
    "[housing.arrives]\nprison = 0\nhospital = 0\nlhss = 0\nact = 0": "« housing.arrives » .* « institution »",
    "[[wages.minimum]]\nsince = 2020-01-01\neuros = 0": r"« wages.minimum\[1\].euros » doit être plus grand que 0",
    f"[[paris.sites]]\n{SITE}opened = 0001-01-01\n{SIZES}": (
        r"« paris.sites\[1\].opened » doit être au plus tôt le 01/01/1980, et non « 01/01/1 »"
    ),
    f"[[paris.sites]]\n{SITE}opened = 2016-04-01\n{SIZES.replace('4 }', '999999999999 }')}": (
        r"« paris.sites\[1\].sizes\[1\].people » doit être au plus 10000, et non « 999999999999 »"
    ),
    "[paths\n": "n’est pas du TOML lisible",
    f"a = {'[' * 5_000}{']' * 5_000}": "« essai.toml » est trop profond, ou tient un nombre trop long",
    f"[paths]\ngap = {'9' * 5_000}": "« essai.toml » est trop profond, ou tient un nombre trop long",
    f"[paths]\ngap = 0x{'f' * 5_000}": "« paths.gap » doit être un nombre, et non un nombre aussi grand",
    f"[paths]\nlongest = {10**300}": "« paths.longest » doit être un nombre entier, et non un nombre aussi grand",
    f'[paths]\ngap = "{"long " * 50}"': "et non « long long [^»]{,60}… »",
    '[paths]\ngap = "a\\nb"': "et non « a b »",
}


@pytest.mark.parametrize("text", WRONG, ids=lambda text: text.replace("\n", " ")[:60])
def test_what_is_wrong_is_said_in_one_sentence(text: str) -> None:
    with pytest.raises(ParameterError) as raised:
        parameters_from(text, "essai.toml")
    said = str(raised.value)
    assert re.search(WRONG[text], said.replace("\u00a0", " ")), said
    assert said.endswith(".")
    assert "\n" not in said
    assert "« " not in said


def test_what_is_no_file_of_parameters_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "lourd.toml").write_bytes(b"# un mot\n" * 200_000)
    (tmp_path / "binaire.toml").write_bytes(bytes(range(256)))
    os.mkfifo(tmp_path / "tuyau.toml")
    for path in (*tmp_path.iterdir(), tmp_path, Path("/dev/zero"), tmp_path / "absent.toml", tmp_path / ("n" * 300)):
        with pytest.raises(ParameterError, match="ne peut pas être lu"):
            parameters(path)


def test_the_mark_that_some_editors_put_first_is_no_mistake(tmp_path: Path) -> None:
    (tmp_path / "marque.toml").write_text("[paths]\ngap = 0.25\n", encoding="utf-8-sig")
    assert parameters(tmp_path / "marque.toml").paths.gap == 0.25


def test_a_file_says_only_what_it_changes(tmp_path: Path) -> None:
    file = tmp_path / "essai.toml"
    file.write_text("[effects]\ndynamic = 0.3\n[people.sex]\nwoman = 0.69\n", encoding="utf-8")
    changed, standard = parameters(file), parameters()
    assert changed.effects.dynamic == 0.3
    assert changed.effects.durable == standard.effects.durable
    assert changed.people.sex[list(Sex).index(Sex.WOMAN)] == changed.people.sex[list(Sex).index(Sex.MAN)] == 0.69
    assert changed.paris == standard.paris


def test_an_empty_file_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "vide.toml"
    file.touch()
    assert parameters(file) == parameters()


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"absent\.toml\u00a0» ne peut pas être lu"):
        parameters(tmp_path / "absent.toml")


def test_a_file_that_is_no_text_is_said(tmp_path: Path) -> None:
    file = tmp_path / "image.toml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ParameterError, match=r"image\.toml\u00a0» ne peut pas être lu"):
        parameters(file)


def test_parameters_cannot_be_changed_once_read() -> None:
    with pytest.raises(FrozenInstanceError):
        parameters().effects.dynamic = 1  # type: ignore[misc]


def leaves(held: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Rule, Any]]:
    """Every number, or set of numbers without codes, with its rule."""
    for field in fields(held):
        value, rule = getattr(held, field.name), field.metadata.get("rule", Rule())
        if is_dataclass(value):
            yield from leaves(value, (*path, field.name))
        elif rule.least is not None and not rule.codes:
            yield (*path, field.name), rule, value


def with_changed(held: Any, path: tuple[str, ...], value: Any) -> Any:
    name, *rest = path
    return replace(held, **{name: with_changed(getattr(held, name), tuple(rest), value) if rest else value})


LEAVES = list(leaves(parameters()))


@pytest.mark.parametrize(("path", "rule", "value"), LEAVES, ids=[".".join(path) for path, _, _ in LEAVES])
def test_the_least_and_the_most_that_a_number_may_be_can_be_drawn(
    path: tuple[str, ...], rule: Rule, value: Any
) -> None:
    assert rule.least is not None
    territories = 2 if path[0] == "national" else 1
    for number in (1.0 if rule.above else rule.least, rule.most):
        if number is None:
            continue
        same: Any = dict.fromkeys(value, number) if isinstance(value, dict) else number
        same = tuple(number for _ in value) if isinstance(value, tuple) else same
        changed = with_changed(parameters(), path, int(number) if isinstance(value, int) else same)
        if path[0] == "network":
            assert len(next(networks(changed, date(2024, 3, 1), people=40, seed=1)).partners.name) >= 12
            continue
        drawn = list(blocks(changed, date(2024, 3, 1), people=40, territories=territories, seed=1))
        assert sum((block.tables["people"]["entered_as"] == 0).sum() for block in drawn) == 40
