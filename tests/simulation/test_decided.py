"""The decisions of drawn paths, judged by the rules: whoever is under contract had what was needed for it."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from convergence.rules.contract_clocks import cddi_limit
from convergence.rules.pass_clock import pass_clock
from convergence.rules.path import Contract, Extension, Pass, Path, Renewal
from convergence.rules.spans import add_months
from convergence.simulation.decided import Extensions, Passes, decided
from convergence.vocabulary.contracts import ContractKind
from convergence.vocabulary.decisions import ClockName
from convergence.vocabulary.extensions import ExtensionMotive


def drawn(*contracts: tuple[int, str, str], path: int = 1) -> tuple[Passes, Extensions]:
    """Decisions of contracts given as (person, first day, day after the term), one path a person."""
    person, since, until = zip(*contracts, strict=True)
    return decided(
        np.random.default_rng(1),
        np.array(person),
        np.array(person) * 10 + path,
        np.array(since, dtype="datetime64[D]"),
        np.array(until, dtype="datetime64[D]"),
        np.ones(len(contracts), dtype=bool),
    )


def as_path(contracts: list[tuple[int, str, str]], person: int, passes: Passes, extensions: Extensions) -> Path:
    """One person's facts as the rules read them."""
    rows = [row for row in range(len(extensions.person)) if extensions.person[row] == person]

    def day(value: Any) -> date:
        return value.item()  # type: ignore[no-any-return]

    of_pass = [row for row in rows if extensions.clock[row] == ClockName.PASS.value]
    return Path(
        contracts=tuple(
            Contract(ContractKind.CDDI, date.fromisoformat(since), day(np.datetime64(until) - 1))
            for who, since, until in contracts
            if who == person
        ),
        passes=tuple(
            Pass(
                day(passes.since[row]),
                extensions=tuple(
                    Extension(ExtensionMotive.DIFFICULTIES, int(extensions.days[each])) for each in of_pass
                ),
            )
            for row in range(len(passes.person))
            if passes.person[row] == person
        ),
        renewals=tuple(
            Renewal(
                ExtensionMotive.DIFFICULTIES, day(extensions.until[row]), decided_on=day(extensions.decided_on[row])
            )
            for row in rows
            if extensions.clock[row] == ClockName.CDDI.value
        ),
    )


def test_two_years_under_contract_need_no_decision() -> None:
    passes, extensions = drawn((0, "2024-03-01", "2025-03-01"), (0, "2025-03-01", "2026-03-01"))
    assert passes.since.tolist() == [date(2024, 3, 1)]
    assert len(extensions.person) == 0


def test_a_third_year_was_decided_for_the_pass_and_for_the_cddi_before_it_began() -> None:
    _, extensions = drawn(
        (0, "2023-03-01", "2024-03-01"), (0, "2024-03-01", "2025-03-01"), (0, "2025-03-01", "2026-03-01")
    )
    assert sorted(extensions.clock.tolist()) == ["cddi", "pass"]
    assert set(extensions.until.tolist()) == {date(2026, 2, 28)}
    assert (extensions.asked_on < extensions.decided_on).all()
    assert (extensions.decided_on < np.datetime64("2025-03-01")).all()


def test_a_path_that_begins_while_the_pass_of_another_still_runs_opens_no_other_pass() -> None:
    contracts = [(0, "2022-01-03", "2022-09-03"), (0, "2023-01-03", "2023-07-03"), (1, "2022-01-03", "2022-09-03")]
    person, since, until = zip(*contracts, strict=True)
    passes, _ = decided(
        np.random.default_rng(1),
        np.array(person),
        np.array([1, 2, 3]),
        np.array(since, dtype="datetime64[D]"),
        np.array(until, dtype="datetime64[D]"),
        np.ones(3, dtype=bool),
    )
    assert passes.person.tolist() == [0, 1]


@pytest.mark.parametrize("seed", range(6))
def test_no_contract_of_a_drawn_path_outlives_what_was_decided(seed: int) -> None:
    rng = np.random.default_rng(seed)
    contracts: list[tuple[int, str, str]] = []
    for person in range(60):
        since = add_months(date(2020, 1, 6), int(rng.integers(0, 23)))
        left = int(rng.integers(4, 58))
        while left >= 4:
            length = min(left, int(rng.choice([4, 6, 8, 12])))
            until = add_months(since, length)
            contracts.append((person, str(since), str(until)))
            since, left = until, left - length
    passes, extensions = drawn(*contracts)
    for person in range(60):
        path = as_path(contracts, person, passes, extensions)
        last = max(contract.last_day for contract in path.contracts if contract.last_day)
        assert cddi_limit(path, last) >= last
        clock = pass_clock(path, last)
        assert clock is not None
        assert clock.end >= last - timedelta(days=2)  # 24 months are one or two days more than 730 days


def test_nobody_hired_means_nothing_decided() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    no_day = np.zeros(0, dtype="datetime64[D]")
    passes, extensions = decided(np.random.default_rng(1), nothing, nothing, no_day, no_day, np.zeros(0, dtype=bool))
    assert len(passes.person) == len(extensions.person) == 0
