"""What a jurist worked out by hand, case by case (``cases/*.toml``): the rules answer the same."""

import pytest

from tests.rules.worked_cases import Case, all_cases, found

CASES = all_cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.file}: {case.title}")
def test_the_rules_answer_what_was_worked_out_by_hand(case: Case) -> None:
    assert found(case) == case.expect


def test_there_are_at_least_sixty_cases_each_with_its_own_title() -> None:
    assert len(CASES) >= 60
    assert len({case.title for case in CASES}) == len(CASES)
