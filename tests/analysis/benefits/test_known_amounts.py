"""Amounts reached to the cent, and each way in which OpenFisca misleads whoever asks it otherwise."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from convergence.analysis.benefits import Benefits, BenefitsError, Circumstances, Factorised, History
from convergence.analysis.benefits.households import Households
from convergence.analysis.benefits.system import parameter
from tests.analysis.benefits.conftest import CASES, FIRST, minimum_wage
from tests.analysis.benefits.people import one

pytestmark = pytest.mark.xdist_group("benefits")
CENT = 0.01
Year = Callable[[str, str], float]


@pytest.mark.parametrize(
    ("case", "amount", "euros"),
    [
        ("nothing", "rsa", 6639.28),
        ("nothing", "housing_aid", 3369.0),
        ("20 h", "net_wage", 9622.63),
        ("20 h", "in_work_benefit", 3055.00),
        ("20 h", "housing_aid", 1935.0),
        ("20 h", "employer_contributions", 307.18),
        ("20 h", "rsa", 0.0),
        ("26 h", "net_wage", 12509.27),
        ("26 h", "in_work_benefit", 2654.50),
        ("26 h", "housing_aid", 1341.0),
        ("26 h", "employer_contributions", 399.14),
        ("35 h", "net_wage", 16839.37),
        ("35 h", "in_work_benefit", 2916.20),
        ("35 h", "housing_aid", 26.0),
        ("aah", "aah", 12058.56),
        # Few hours, as in « Premières heures en chantier »: by this engine, and below by hand.
        ("4 h", "rsa", 4723.66),
        ("4 h", "in_work_benefit", 1168.53),
        ("8 h", "rsa", 2807.92),
        ("8 h", "in_work_benefit", 2337.13),
        ("12 h", "rsa", 892.17),
        ("12 h", "in_work_benefit", 3505.74),
        ("15 h", "rsa", 0.0),
        ("15 h", "in_work_benefit", 3652.80),
        ("15 h", "housing_aid", 2799.0),
    ],
)
def test_a_year_of_2024_comes_to_the_published_amount(year: Year, case: str, amount: str, euros: float) -> None:
    assert year(case, amount) == pytest.approx(euros, abs=CENT)


def test_gross_wages_of_the_cases_are_those_of_the_reference(known: Circumstances) -> None:
    gross = known.gross.astype(float).sum(axis=1)
    assert gross[CASES.index("20 h")] == pytest.approx(12155.90, abs=CENT)
    assert gross[CASES.index("26 h")] == pytest.approx(15802.66, abs=CENT)


def test_rsa_runs_out_over_three_months_after_a_hiring(direct: Benefits) -> None:
    assert direct.rsa[CASES.index("enters"), :4] == pytest.approx([534.82, 268.40, 0.0, 0.0], abs=CENT)


@pytest.mark.parametrize("hours", [4, 8, 12, 15])
def test_rsa_and_in_work_benefit_of_few_hours_are_those_reckoned_by_hand(direct: Benefits, hours: int) -> None:
    """January 2024 by the decrees: RSA of 607.75 € since April 2023, less 12 % for the housing, less the mean net wage
    of October to December at the SMIC of 11.52 €; in-work benefit of 595.25 €, and 61 % of the wage back."""
    case = CASES.index(f"{hours} h")
    gross = round(hours * 52 / 12 * 11.52, 2)
    # Old age 6.90 + 0.40 %, complementary 3.15 + 0.86 %; CSG and CRDS 9.70 % on 98.25 % of the gross.
    net = gross * (1 - 0.0730 - 0.0401 - 0.097 * 0.9825)
    assert direct.rsa[case, 0] == pytest.approx(max(607.75 * 0.88 - net, 0), abs=0.05)
    flat, lodging = 595.25, 0.12 * 595.25
    bonus = min(max((net - 59 * 11.52) / (120 * 11.52 - 59 * 11.52), 0), 1) * round(flat * 0.29057, 2)
    share = flat + bonus + 0.61 * net - max(net + lodging, flat)
    assert direct.in_work_benefit[case, 0] == pytest.approx(share, abs=0.05)


def test_asking_for_december_first_gives_eleven_months_too_much(law: Any, direct: Benefits) -> None:
    """Trap 1: a variable that asks itself at another period in the wrong order gives zeros without a word."""
    wages = (151.67 * minimum_wage(FIRST, 12)).astype(np.float32)
    naive = _alone(law)
    in_order = _alone(law)
    for month in range(12):
        for asked in (naive, in_order):
            asked.tell_work(FIRST + month, wages[month : month + 1], np.array([151.67], np.float32), 60)
    december = FIRST + 11
    assert float(naive.asked("allegement_general", december)[0]) == pytest.approx(6879.76, abs=CENT)
    for month in range(12):
        last = in_order.asked("allegement_general", FIRST + month)
    assert float(last[0]) == pytest.approx(582.71, abs=CENT)
    # Trap 2: without the reduction, employer contributions are more than ten times too high.
    gross_of_it = float(-sum(in_order.asked("cotisations_employeur", FIRST + month)[0] for month in range(12)))
    net_of_it = float(direct.employer_contributions[CASES.index("35 h")].sum())
    assert 10 < gross_of_it / net_of_it < 14


def test_rsa_asked_at_once_forgets_that_rsa_sets_earnings_aside_in_the_housing_aid(
    law: Any, known: Circumstances, direct: Benefits
) -> None:
    """Trap 1 again: RSA looks at the housing aid, which looks at the RSA of the month before. Asked with nothing pinned
    that one is zero, the aid too, and its part is not taken off RSA."""
    case, october = CASES.index("stops"), 9
    whole, before = known.of(np.array([case])).with_history()
    naive = _alone(law)
    for place in range(before - 5, before + october + 1):
        month = whole.first_month[0] + place
        naive.tell_work(month, whole.gross[:, place], whole.hours[:, place], 60)
        naive.tell_housing(month, whole.housing[:, place], whole.rent[:, place], whole.zone)
    assert float(naive.asked("rsa", FIRST + october)[0]) == pytest.approx(635.71, abs=CENT)
    assert direct.rsa[case, october] == pytest.approx(635.71 * 0.88, abs=CENT)


def test_history_left_out_is_read_as_no_income(known: Circumstances, engine: Factorised, factorised: Benefits) -> None:
    """Trap 6: without the wages of the year before, the housing aid is that of somebody who had none."""
    case = CASES.index("35 h")
    alone = known.of(np.array([case]))
    without = engine.compute(replace(alone, history=History.NO_INCOME))
    assert factorised.housing_aid[case, 0] < 10
    assert without.housing_aid[0, 0] > 250
    assert any("aucun revenu avant" in note for note in without.notes)


def test_amounts_of_a_year_are_not_those_of_the_next(
    known: Circumstances, engine: Factorised, direct: Benefits
) -> None:
    """Trap 8: amounts change in April, and again in the year after; nothing is projected."""
    nothing = direct.rsa[CASES.index("nothing")]
    assert nothing[2] == pytest.approx(607.75 * 0.88, abs=CENT)
    assert nothing[3] == pytest.approx(635.71 * 0.88, abs=CENT)


def test_a_person_under_25_has_no_rsa_unless_she_has_a_child(known: Circumstances, engine: Factorised) -> None:
    """Trap 7."""
    alone = known.of(np.array([0, 0, 0]))
    young = replace(
        alone, birth=np.array(["1999-03", "1999-03", "1999-02"], "datetime64[M]"), children=np.array([0, 1, 0])
    )
    rsa = engine.compute(young).rsa
    assert list((rsa > 0)[0, :5]) == [False, False, True, True, True]  # 25 on 1 March
    assert (rsa[1] > 0).all()
    assert list((rsa > 0)[2, :3]) == [False, True, True]


def test_somebody_without_the_right_permit_has_neither_rsa_nor_in_work_benefit(
    known: Circumstances, engine: Factorised
) -> None:
    """OpenFisca takes everybody for French unless told."""
    alone = replace(known.of(np.array([0, 1])), resident=np.zeros((2, 12), bool), history=History.AS_FIRST)
    found = engine.compute(alone)
    assert not found.rsa.any()
    assert not found.in_work_benefit.any()
    assert found.housing_aid.all()


def test_a_month_s_rsa_and_in_work_benefit_look_at_three_months_and_the_quarter_is_said(direct: Benefits) -> None:
    """Trap 4: the law's amounts move every month after somebody is hired, where the CAF fixes three at a time."""
    case = CASES.index("enters")
    assert len(set(direct.rsa[case, :3])) == 3
    assert len(set(direct.in_work_benefit[case, :4])) == 4
    assert any("La CAF les fixe par trimestre" in note for note in direct.notes)


def test_resources_of_the_housing_aid_are_those_of_a_year_ending_two_months_before(direct: Benefits) -> None:
    """Trap 5: somebody hired in January sees her aid go down only as those months enter the year looked at."""
    aid = direct.housing_aid[CASES.index("enters")]
    assert len(set(aid[:4])) == 1
    assert aid[-1] < aid[0]


def test_law_of_2025_looks_a_month_further_back(engine: Factorised) -> None:
    """RSA and in-work benefit take the quarter that ends two months before from March 2025 on."""
    gross = np.zeros((2, 5), np.float32)
    gross[:, 0] = 900.0
    first = np.array(["2025-02", "2024-09"], "datetime64[M]")
    hours = {"hours": (gross > 0) * 86.6667}
    lives = Circumstances(first_month=first, gross=gross, history=History.NO_INCOME, **one(0) | hours)
    # A wage that has stopped is set aside in the month after, then counts until the quarter has passed it.
    assert [list(rsa < 400) for rsa in engine.compute(lives).rsa] == [
        [False, False, True, True, True],
        [False, False, True, True, False],
    ]


def _alone(law: Any) -> Households:
    nobody = np.zeros(1, np.int8)
    return Households(law, np.array(["1984-01"], "datetime64[M]"), nobody > 0, nobody, np.array([FIRST]))


def test_a_name_the_law_has_not_is_refused(law: Any) -> None:
    with pytest.raises(BenefitsError, match="pas de paramètre"):
        parameter(law, "prestations_sociales.rsa_universel", "2024-01")
