"""The law, and the people whose amounts are known, worked out once a process."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from convergence.analysis.benefits import Benefits, Circumstances, Direct, Factorised, History, disagreements
from convergence.analysis.benefits.system import parameter, tax_system
from tests.analysis.benefits.people import drawn, one

SMIC = "marche_travail.salaire_minimum.smic.smic_b_horaire"
BEGINS, FIRST = np.datetime64("2021-01", "M"), np.datetime64("2024-01", "M")
CASES = (
    "nothing",
    "20 h",
    "26 h",
    "35 h",
    "aah",
    "4 h",
    "8 h",
    "12 h",
    "15 h",
    "enters",
    "aah at 8 h",
    "stops",
    "well paid",
)
_WEEKLY = (0, 20, 26, 35, 0, 4, 8, 12, 15, 20, 8, 35, 35)
DRAWN = 120


def minimum_wage(first: np.datetime64, months: int) -> NDArray[np.float64]:
    """Euros an hour of each month, by the law."""
    return np.array([float(parameter(tax_system(), SMIC, str(first + month))) for month in range(months)])


@pytest.fixture(scope="session")
def law() -> Any:
    """OpenFisca's system as it is: two to four seconds."""
    return tax_system()


@pytest.fixture(scope="session")
def known(law: Any) -> Circumstances:
    """The cases by name, then people drawn, in 2024; the cases' history since 2021 is the same life."""
    hours = np.repeat(np.array(_WEEKLY, float)[:, None], 48, axis=1)
    hours[CASES.index("enters"), :36] = 0
    hours[CASES.index("stops"), 41:] = 0
    gross = np.round(hours * 52 / 12 * minimum_wage(BEGINS, 48), 2)
    gross[[CASES.index("stops"), CASES.index("well paid")]] *= 1.6
    disabled = np.zeros(hours.shape, bool)
    disabled[[CASES.index("aah"), CASES.index("aah at 8 h")]] = True
    others = drawn(11, DRAWN, 12, "2024-01")
    whole, before = others.with_history()
    assert before == 36
    early = _cases(BEGINS, gross[:, :36], hours[:, :36], disabled[:, :36], History.AS_FIRST)
    cases = _cases(FIRST, gross[:, 36:], hours[:, 36:], disabled[:, 36:], History.AS_FIRST)
    history = _together(early, _columns(whole, 36), History.AS_FIRST)
    return _together(cases, others, history)


@pytest.fixture(scope="session")
def direct(known: Circumstances) -> Benefits:
    """Everybody of `known`, asked month by month."""
    return Direct().compute(known)


@pytest.fixture(scope="session")
def engine() -> Factorised:
    """An engine whose tables fill as tests run."""
    return Factorised()


@pytest.fixture(scope="session")
def factorised(known: Circumstances, engine: Factorised) -> Benefits:
    """The same people by distinct keys."""
    return engine.compute(known)


@pytest.fixture(scope="session")
def year(direct: Benefits) -> Callable[[str, str], float]:
    """An amount of a case over 2024, €."""
    return lambda case, name: float(getattr(direct, name)[CASES.index(case)].astype(float).sum())


def _cases(first: Any, gross: Any, hours: Any, disabled: Any, history: Any) -> Circumstances:
    return Circumstances(
        first_month=first, gross=gross, history=history, **one(0) | {"hours": hours * 52 / 12, "disabled": disabled}
    )


_FIELDS = ("gross", "hours", "aci", "public_employer", "housing", "rent", "disabled", "ass", "resident")
_PERSONS = ("first_month", "birth", "couple", "children", "zone")


def _columns(whole: Circumstances, months: int) -> Circumstances:
    cut = {name: getattr(whole, name)[:, :months] for name in _FIELDS}
    return Circumstances(**cut, **{name: getattr(whole, name) for name in _PERSONS}, history=History.AS_FIRST)


def _together(some: Circumstances, others: Circumstances, history: Any) -> Circumstances:
    return Circumstances(
        **{name: np.concatenate([getattr(some, name), getattr(others, name)]) for name in (*_FIELDS, *_PERSONS)},
        history=history,
    )


def listed(one_: Benefits, other: Benefits) -> list[str]:
    """Cells that differ by a cent or more, as sentences of a failing test."""
    return [
        f"{cell.amount} {cell.person} {cell.month}: {cell.one} / {cell.other}" for cell in disagreements(one_, other)
    ]
