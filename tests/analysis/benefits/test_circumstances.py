"""Lives as amounts need them: read from a panel, refused in a sentence, with assumptions that have a source."""

import doctest
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from convergence.analysis.benefits import (
    BenefitsError,
    Circumstances,
    History,
    Rented,
    assumptions,
    circumstances_of,
    errors,
)
from tests.analysis.benefits.people import drawn, one

pytestmark = pytest.mark.xdist_group("benefits")
MODULES = ("", ".assumptions", ".system")
FIRST = np.datetime64("2024-01", "M")


@pytest.mark.parametrize("module", MODULES)
def test_examples_of_the_documentation_run(module: str) -> None:
    assert doctest.testmod(import_module(f"convergence.analysis.benefits{module}")).failed == 0


def _life(**changes: Any) -> Circumstances:
    told: dict[str, Any] = {"first_month": FIRST, "gross": np.full((1, 2), 900.0), "history": History.NO_INCOME}
    return Circumstances(**one(20) | told | changes)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"gross": np.array([[-1.0, 0.0]])}, "négatifs"),
        ({"gross": np.array([[np.nan, 0.0]])}, "manquent"),
        ({"hours": 0.0}, "sans heures payées"),
        ({"housing": 7}, "code de 0 à 3"),
        ({"zone": 4}, "zone de 1 à 3"),
        ({"children": -1}, "enfants est négatif"),
        ({"birth": np.datetime64("2025-01", "M")}, "naît après"),
        ({"first_month": np.datetime64("1990-01", "M")}, "avant 2010"),
        ({"rent": np.zeros(5)}, "forme"),
        ({"gross": np.zeros(3)}, "tableau"),
    ],
)
def test_circumstances_that_cannot_be_are_refused_in_a_sentence(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(BenefitsError, match=said):
        _life(**changes)


def test_history_has_to_be_said() -> None:
    told = one(20) | {"first_month": FIRST, "gross": np.full((1, 2), 900.0)}
    with pytest.raises(TypeError, match="history"):
        Circumstances(**told)


def test_a_history_that_is_too_short_or_ends_elsewhere_is_refused() -> None:
    short = _life(first_month=FIRST - 12, gross=np.full((1, 12), 900.0))
    with pytest.raises(BenefitsError, match="12 mois"):
        _life(history=short).with_history()
    elsewhere = _life(first_month=FIRST - 60, gross=np.full((1, 36), 900.0))
    with pytest.raises(BenefitsError, match="précède"):
        _life(history=elsewhere).with_history()


def test_a_history_comes_before_the_months() -> None:
    early = _life(first_month=FIRST - 40, gross=np.full((1, 40), 500.0))
    whole, before = _life(history=early).with_history()
    assert (before, whole.first_month[0]) == (36, FIRST - 36)
    assert list(whole.gross[0, 35:]) == [500.0, 900.0, 900.0]
    assert _life().with_history()[0].gross[0, 35] == 0
    assert _life(history=History.AS_FIRST).with_history()[0].gross[0, 35] == 900


def test_some_people_of_a_group_keep_their_own_months() -> None:
    people = drawn(1, 6, 4, "2024-01", spread=5)
    some = people.of(np.array([4, 1]))
    assert list(some.first_month) == [people.first_month[4], people.first_month[1]]
    assert np.array_equal(some.gross, people.gross[[4, 1]])


def _panel(**columns: list[Any]) -> pl.DataFrame:
    rows = {
        "person": [1, 1, 2, 2],
        "month": [date(2024, 1, 1), date(2024, 2, 1)] * 2,
        "within": [True, True, True, False],
        "observed": [True, True, True, False],
        "employer": ["aci", None, None, None],
        "public_body": [True, False, False, False],
        "weekly_hours": [26.0, 0.0, 0.0, None],
        "gross": [1312.57, 0.0, 0.0, None],
        "employment": ["cddi", "open_ended", "none", None],
        "housing": ["social_residence", "social_lease", None, "hotel"],
        "rsa": ["none", None, "open", None],
        "ass": [None] * 4,
        "aah": [None, "granted", "asked", None],
        "residence_permit": ["not_needed", None, "one_year", None],
    }
    return pl.DataFrame(rows | columns, schema_overrides={"ass": pl.String})


def _people(**columns: list[Any]) -> pl.DataFrame:
    rows = {
        "person": [1, 2],
        "entered": [date(2024, 1, 10)] * 2,
        "year": [2024, 2024],
        "age": [40.0, None],
        "children": [2.0, None],
        "single_parent": [1.0, 0.0],
        "french": [1.0, 0.0],
        "refugee": [0.0, 0.0],
    }
    return pl.DataFrame(rows | columns)


def test_lives_are_read_from_the_panel() -> None:
    lives = circumstances_of(_panel(), _people(), history=History.NO_INCOME)
    assert (lives.people, lives.months) == (2, 2)
    assert lives.housing.tolist() == [[Rented.RESIDENCE, Rented.SOCIAL], [0, 0]]
    assert lives.rent[0].tolist() == [450.0, 400.0]
    assert lives.hours[0, 0] == pytest.approx(26 * 52 / 12, abs=1e-4)
    assert lives.aci.tolist() == [[True, False], [False, False]]
    assert lives.disabled.tolist() == [[False, True], [False, False]]
    # RSA once open proves the condition; a month that has not happened counts nothing.
    assert lives.resident.tolist() == [[True, True], [True, False]]
    assert lives.couple.tolist() == [False, False]
    assert lives.children.tolist() == [2, 0]
    # An open-ended job without a contract in the file is supposed at 30 hours of SMIC, and said.
    assert lives.gross[0, 1] == pytest.approx(30 * 52 / 12 * 11.65, abs=0.01)
    assert any("1 mois d’emploi sans contrat connu" in note for note in lives.notes)
    assert any("1 mois observés n’ont pas de logement connu" in note for note in lives.notes)
    assert any("1 personnes n’ont pas d’âge connu" in note for note in lives.notes)


def test_a_panel_that_is_not_one_is_refused() -> None:
    with pytest.raises(BenefitsError, match="une ligne par mois"):
        circumstances_of(_panel().head(3), _people(), history=History.NO_INCOME)
    with pytest.raises(BenefitsError, match="1 personnes des mois n’ont pas de profil"):
        circumstances_of(_panel(), _people().head(1), history=History.NO_INCOME)


def test_every_assumption_has_a_source_and_a_range() -> None:
    told = assumptions()
    assert set(told.take_up) == {"rsa", "in_work_benefit", "aah", "ass", "housing_aid"}
    assert told.take_up["rsa"].share == pytest.approx(2 / 3, abs=0.02)
    assert told.from_memory()
    assert told.average("housing_aid", date(2012, 6, 1)).amount == 216.0
    assert told.average("housing_aid", date(2020, 12, 1)).amount == 225.0
    with pytest.raises(BenefitsError, match="Aucune moyenne"):
        told.average("rsa", date(2001, 1, 1))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('status = "read"', 'status = "guessed"', "donnez la source"),
        ('source = "DREES, Les Dossiers', 'source = ""\nold = "DREES, Les Dossiers', "donnez la source"),
        ("share = 0.66", "share = 0.99", "bas ≤ central"),
        ("[job]", "[jobs]", "ne se lit pas"),
        ("[job]", 'job = "none"\n[jobs]', "ne se lit pas"),
    ],
)
def test_a_row_without_a_source_does_not_load(tmp_path: Path, old: str, new: str, said: str) -> None:
    ours = Path(errors.__file__).with_name("assumptions.toml")
    (tmp_path / "mine.toml").write_text(ours.read_text().replace(old, new, 1))
    with pytest.raises(BenefitsError, match=said):
        assumptions(tmp_path / "mine.toml")


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "ne peut pas être lu"), (b'[employer]\nsource = "\xe9"', "UTF-8"), (b"[employer", "TOML lisible")],
)
def test_assumptions_that_cannot_be_read_are_refused_in_a_sentence(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    if content is not None:
        (tmp_path / "mine.toml").write_bytes(content)
    with pytest.raises(BenefitsError, match=said):
        assumptions(tmp_path / "mine.toml")
