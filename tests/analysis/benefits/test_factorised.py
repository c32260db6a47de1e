"""The engine for many people gives the cells of the direct one; its tables survive another process and a bad file."""

import multiprocessing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convergence.analysis.benefits import (
    AMOUNTS,
    Benefits,
    Change,
    Circumstances,
    Direct,
    Factorised,
    History,
    Origin,
    Reform,
    Rented,
)
from convergence.analysis.benefits.system import without
from convergence.analysis.benefits.tables import Table, Tables, bits
from tests.analysis.benefits.conftest import CASES, listed
from tests.analysis.benefits.people import drawn, one

pytestmark = pytest.mark.xdist_group("benefits")
RSA = "prestations_sociales.solidarite_insertion.minima_sociaux.rsa.rsa_m.montant_de_base_du_rsa"
JANUARY = np.datetime64("2024-01", "M")


def test_every_cell_is_that_of_the_direct_engine(direct: Benefits, factorised: Benefits) -> None:
    cells = len(AMOUNTS) * direct.people * direct.months
    found = listed(direct, factorised)
    assert len(found) <= cells / 10_000, found
    assert direct.aah.any()
    assert direct.ass.any()
    assert direct.income_tax.any()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seed", "first", "months", "spread", "history"),
    [
        (2, "2019-03", 36, 14, History.AS_FIRST),
        (3, "2014-06", 30, 10, History.NO_INCOME),
        (4, "2024-01", 24, 6, History.NO_INCOME),
        (5, "2017-01", 12, 0, History.AS_FIRST),
    ],
)
def test_every_cell_of_other_years_is_too(seed: int, first: str, months: int, spread: int, history: History) -> None:
    people = drawn(seed, 300, months, first, spread=spread, history=history)
    found = listed(Direct().compute(people), Factorised().compute(people))
    assert len(found) <= len(AMOUNTS) * 300 * months / 10_000, found


def _alone(gross: Any, **changes: Any) -> Circumstances:
    """The reference person with these wages, (people, months)."""
    given = np.atleast_2d(np.asarray(gross, float))
    told = one(0) | {"hours": given / 11.65} | changes
    first = told.pop("first_month", JANUARY)
    return Circumstances(first_month=first, gross=given, history=told.pop("history", History.NO_INCOME), **told)


WAGES = np.arange(0, 2000, 20)


@pytest.fixture(scope="module")
def by_wage(engine: Factorised) -> Benefits:
    """The reference person paid each of these wages for seven months, then and never before."""
    return engine.compute(_alone(np.repeat(WAGES[:, None], 7, axis=1)))


@given(st.integers(0, len(WAGES) - 1), st.integers(0, len(WAGES) - 1))
def test_more_wage_never_raises_rsa_nor_the_housing_aid(by_wage: Benefits, one_: int, other: int) -> None:
    less, more = sorted((one_, other))
    assert (by_wage.rsa[more] <= by_wage.rsa[less]).all()
    assert (by_wage.housing_aid[more] <= by_wage.housing_aid[less]).all()
    assert (by_wage.net_wage[more] >= by_wage.net_wage[less]).all()


@given(st.integers(0, len(WAGES) - 1), st.integers(0, len(WAGES) - 1))
def test_working_more_loses_no_more_than_the_least_amount_that_is_paid(
    by_wage: Benefits, one_: int, other: int
) -> None:
    """In the seventh month, when RSA and in-work benefit look at this wage alone; neither is paid under 15 €."""
    less, more = sorted((one_, other))
    had = by_wage.net_wage + by_wage.rsa + by_wage.in_work_benefit
    assert had[more, -1] >= had[less, -1] - 15.25


def test_a_wage_is_what_is_left_of_the_gross(factorised: Benefits, known: Circumstances) -> None:
    left = factorised.net_wage + factorised.employee_contributions + factorised.social_levies
    assert left == pytest.approx(known.gross, abs=0.02)


def test_people_in_another_order_have_the_same_amounts(known: Circumstances, engine: Factorised) -> None:
    order = np.random.default_rng(1).permutation(known.people)
    plain, shuffled = engine.compute(known), engine.compute(known.of(order))
    assert all(np.array_equal(getattr(plain, name)[order], getattr(shuffled, name)) for name in AMOUNTS)


def test_blocks_are_the_whole_in_order(known: Circumstances, engine: Factorised, factorised: Benefits) -> None:
    blocks = list(engine.blocks(known, cells=48 * 50))
    assert [block.people for block in blocks] == [50, 50, known.people - 100]
    assert np.array_equal(np.concatenate([block.rsa for block in blocks]), factorised.rsa)


def test_tables_are_found_again_by_another_engine(tmp_path: Path, engine: Factorised) -> None:
    lives = _alone([[900.0]], housing=Rented.NONE)
    first = Factorised(tmp_path).compute(lives)
    again = Factorised(tmp_path)
    for law in ("wages", "rsa", "in_work_month", "income_tax"):
        setattr(again.laws, law, _refused)
    assert np.array_equal(again.compute(lives).net_wage, first.net_wage)
    assert not again.tables.notes


def _refused(*_: Any) -> Any:
    raise AssertionError("asked of the law again")


@pytest.mark.parametrize("spoil", [lambda raw: raw[: len(raw) // 2], lambda raw: raw[:2000] + b"\0" * 50 + raw[2050:]])
def test_a_table_that_does_not_read_is_worked_out_again_and_said(tmp_path: Path, spoil: Any) -> None:
    file = _filled(tmp_path)
    file.write_bytes(spoil(file.read_bytes()))
    tables = Tables(tmp_path, "law" * 10)
    assert len(tables.of("wages", 1, 2, 1)) == 0
    assert tables.notes == [f"La table «\u00a0{file.name}\u00a0» ne se lit pas\u00a0: ses montants sont recalculés."]
    tables.of("wages", 1, 2, 1).look_up(_keys(3), _doubled)
    tables.save()
    assert len(Tables(tmp_path, "law" * 10).of("wages", 1, 2, 1)) == 3


def test_a_folder_that_cannot_be_written_to_is_said_and_done_without(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be")
    tables = Tables(tmp_path / "taken", "law" * 10)
    tables.of("wages", 1, 2, 1).look_up(_keys(2), _doubled)
    tables.save()
    assert [note.partition(" dans ")[0] for note in tables.notes] == ["Les tables de montants ne s’écrivent pas"]


def test_a_table_of_another_law_is_not_read(tmp_path: Path) -> None:
    _filled(tmp_path)
    assert len(Tables(tmp_path, "another law, with another fingerprint").of("wages", 1, 2, 1)) == 0
    changed = Reform((Change(RSA, 700.0, date(2024, 1, 1)),))
    assert Factorised(tmp_path, changed).tables.law != Factorised(tmp_path).tables.law


def test_two_processes_that_save_at_once_leave_a_whole_table(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=_save_often, args=(tmp_path, begins)) for begins in (0, 1000)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    tables = Tables(tmp_path, "law" * 10)
    assert len(tables.of("wages", 1, 2, 1)) >= 20
    assert not tables.notes
    assert {file.suffix for file in tmp_path.iterdir()} == {".npz"}


def _save_often(folder: Path, begins: int) -> None:
    for turn in range(20):
        tables = Tables(folder, "law" * 10)
        tables.of("wages", 1, 2, 1).look_up(_keys(1, begins + turn), _doubled)
        tables.save()


def test_keys_with_one_fingerprint_are_worked_out_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "convergence.analysis.benefits.tables._fingerprints", lambda keys: np.zeros(len(keys), np.uint64)
    )
    table = Table(2, 1)
    assert table.look_up(_keys(1), _doubled)[:, 0] == pytest.approx([0.0])
    assert table.look_up(_keys(3), _doubled)[:, 0] == pytest.approx([0.0, 2.0, 4.0])
    assert table.look_up(_keys(1, 7), _doubled)[:, 0] == pytest.approx([14.0])


def _keys(rows: int, begins: int = 0) -> Any:
    return bits(np.arange(begins, begins + rows), np.zeros(rows, np.float32))


def _doubled(keys: Any) -> Any:
    return 2 * keys[:, :1].astype(np.float32)


def _filled(folder: Path) -> Path:
    tables = Tables(folder, "law" * 10)
    tables.of("wages", 1, 2, 1).look_up(_keys(500), _doubled)
    tables.save()
    return tables.file("wages")


def test_months_before_the_law_is_computed_are_published_averages_and_say_so(engine: Factorised) -> None:
    """Before 2016 all four benefits, before 2021 the housing aid."""
    nothing = _alone(np.zeros((1, 3)), first_month=np.datetime64("2015-11", "M"), history=History.NO_INCOME)
    found = engine.compute(nothing)
    assert list(found.origin("rsa")[0]) == [Origin.PUBLISHED_AVERAGE, Origin.PUBLISHED_AVERAGE, Origin.LAW]
    assert list(found.origin("housing_aid")[0]) == [Origin.PUBLISHED_AVERAGE] * 3
    assert list(found.origin("net_wage")[0]) == [Origin.LAW] * 3
    assert list(found.rsa[0, :2]) == [497.0, 497.0]
    # 524.16 € less 12 % for the housing.
    assert found.rsa[0, 2] == pytest.approx(524.16 * 0.88, abs=0.01)
    assert list(found.housing_aid[0]) == [225.0] * 3
    assert any("Avant 2021, aide au logement" in note and "DREES" in note for note in found.notes)
    assert any("à vérifier avant impression" in note for note in found.notes)


def test_a_site_owes_less_from_2014_to_2018_and_a_public_one_ever_since(engine: Factorised) -> None:
    gross = np.full((3, 1), 1200.0)
    hired = {"aci": np.array([[True], [True], [False]]), "public_employer": np.array([[False], [True], [False]])}
    before = engine.compute(_alone(gross, first_month=np.datetime64("2018-11", "M"), **hired))
    after = engine.compute(_alone(gross, first_month=np.datetime64("2019-01", "M"), **hired))
    site, public, ordinary = before.employer_contributions[:, 0]
    assert site == public
    assert site < ordinary
    site, public, ordinary = after.employer_contributions[:, 0]
    assert site == ordinary
    assert public != ordinary


@pytest.mark.slow
def test_a_reform_of_an_amount_changes_that_amount_from_its_day(engine: Factorised) -> None:
    nothing = _alone(np.zeros((1, 2)), first_month=np.datetime64("2024-06", "M"), housing=Rented.NONE)
    changed = Factorised(reform=Reform((Change(RSA, 735.71, date(2024, 7, 1)),))).compute(nothing)
    today = engine.compute(nothing)
    assert changed.rsa[0, 0] == today.rsa[0, 0]
    assert changed.rsa[0, 1] - today.rsa[0, 1] == pytest.approx(100, abs=0.01)


@pytest.mark.slow
def test_a_reform_that_rewrites_formulas_is_computed_directly() -> None:
    def no_rsa(system: Any) -> Any:
        return without(system, ("rsa_socle",))

    lives = replace(_alone(np.zeros((1, 1))), first_month=np.array(["2024-06"], "datetime64[M]"))
    found = Factorised(reform=Reform(rewrite=no_rsa)).compute(lives)
    assert found.rsa[0, 0] == 0
    assert found.housing_aid[0, 0] > 250
    assert any("directement" in note for note in found.notes)


def test_where_nobody_rents_there_is_no_aid(factorised: Benefits, known: Circumstances) -> None:
    assert not factorised.housing_aid[known.housing == Rented.NONE].any()
    assert factorised.housing_aid[CASES.index("nothing")].all()
