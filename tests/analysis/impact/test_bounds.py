import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convergence.analysis.impact.bounds import lee, manski
from convergence.analysis.impact.errors import ImpactError

NAN = float("nan")
ARMS = [True] * 10 + [False] * 10
# Of ten people followed in the scheme six succeed; of the comparison four of eight, two are lost.
ONE_SIDED = [1.0] * 6 + [0.0] * 4 + [1.0] * 4 + [0.0] * 4 + [NAN] * 2


def test_worst_and_best_case_give_those_lost_the_outcomes_that_hurt_or_help_most() -> None:
    found = manski(ONE_SIDED, ARMS)

    assert found.lower == pytest.approx(0.6 - 0.6)
    assert found.upper == pytest.approx(0.6 - 0.4)
    assert (found.lost_treated, found.lost_controls) == (0.0, 0.2)
    assert found.low < found.lower < found.upper < found.high


def test_the_monotone_case_takes_the_excess_off_the_arm_that_is_followed_more() -> None:
    """A share q = 0.2 of the ten is taken off: the mean is (6 - 2)/8 without its highest, 6/8 without its lowest."""
    found = lee(ONE_SIDED, ARMS, draws=200)

    assert found.lower == pytest.approx(4 / 8 - 0.5)
    assert found.upper == pytest.approx(6 / 8 - 0.5)
    assert found.low < found.lower < found.upper < found.high
    assert lee(ONE_SIDED, ARMS, draws=200) == found


def test_the_monotone_case_takes_off_the_comparison_where_it_is_followed_more() -> None:
    mirrored = lee([1 - value for value in ONE_SIDED], [not arm for arm in ARMS], draws=0)
    found = lee(ONE_SIDED, ARMS, draws=0)

    assert [mirrored.lower, mirrored.upper] == pytest.approx([found.lower, found.upper])


def test_an_outcome_at_the_limit_is_taken_off_in_part() -> None:
    """Nine values and a tenth of them to take off: 0.9 of one value goes."""
    outcome = [*range(1, 10), NAN, *[5.0] * 8, NAN, NAN]
    found = lee(outcome, ARMS, draws=0)

    excess = (0.9 - 0.8) / 0.9 * 9
    assert found.lower == pytest.approx((45 - excess * 9) / (9 - excess) - 5)
    assert found.upper == pytest.approx((45 - excess * 1) / (9 - excess) - 5)


@given(
    known=st.lists(st.tuples(st.booleans(), st.sampled_from([0.0, 1.0, NAN])), min_size=5, max_size=60),
)
@settings(max_examples=40)
def test_the_worst_case_holds_every_completion_and_the_monotone_one_what_was_seen(
    known: list[tuple[bool, float]],
) -> None:
    arms = np.array([*ARMS, *(arm for arm, _ in known)])
    outcome = np.array([*[1.0, 0.0] * 10, *(value for _, value in known)])
    worst, monotone = manski(outcome, arms), lee(outcome, arms, draws=0)

    for guess in (0.0, 1.0, 0.3):
        filled = np.where(np.isfinite(outcome), outcome, guess)
        effect = filled[arms].mean() - filled[~arms].mean()
        assert worst.lower - 1e-12 <= effect <= worst.upper + 1e-12
    assert worst.upper - worst.lower == pytest.approx(worst.lost_treated + worst.lost_controls)
    seen = np.isfinite(outcome)
    naive = outcome[arms & seen].mean() - outcome[~arms & seen].mean()
    assert monotone.lower - 1e-12 <= naive <= monotone.upper + 1e-12


def test_nobody_lost_leaves_one_effect_with_its_usual_interval() -> None:
    outcome = np.tile([1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0], 2)
    found = manski(outcome, ARMS)

    assert found.lower == found.upper == pytest.approx(0.0)
    spread = outcome[:10].std()
    half = 1.959964 * np.sqrt(2 * spread**2 / 10 * 20 / 19)
    assert [found.low, found.high] == pytest.approx([-half, half], abs=1e-5)


def test_errors_between_sites_are_wider_where_sites_differ() -> None:
    outcome = np.array(([1.0] * 9 + [NAN]) * 2 + ([0.0] * 9 + [NAN]) * 2 + ([1.0, 0.0] * 5) * 4)
    arms, sites = np.repeat([True, False], 40), np.repeat(np.arange(8), 10)

    assert manski(outcome, arms, cluster=sites).low < manski(outcome, arms).low
    assert lee(outcome, arms, cluster=sites).low < lee(outcome, arms).low


def test_sites_that_hold_both_arms_are_drawn_whole() -> None:
    outcome, arms = np.tile([1.0, 0.0, 1.0, NAN], 20), np.tile([True, True, False, False], 20)

    assert lee(outcome, arms, cluster=np.repeat(np.arange(5), 16)).low == pytest.approx(
        lee(outcome, arms, draws=0).lower
    )


def test_the_sentence_names_the_assumption_and_how_many_were_lost() -> None:
    assert (
        manski(ONE_SIDED, ARMS)
        .summary()
        .startswith(
            "Pire et meilleur cas (Manski) : rien n’est supposé des personnes perdues de vue. Perdues de vue : "
            "0 % des personnes suivies, 20 % des personnes comparées."
        )
    )


@pytest.mark.parametrize(
    ("outcome", "limits", "sentence"),
    [
        ([2.0] * 20, (0.0, 1.0), "un résultat sort de ses limites"),
        ([1.0] * 20, (1.0, 1.0), "doit être en dessous"),
        ([np.inf] * 20, (0.0, 1.0), "est infini"),
        ([1.0] * 10 + [NAN] * 6 + [1.0] * 4, (0.0, 1.0), "moins de 5 personnes comparées"),
        ([1.0] * 19, (0.0, 1.0), "un résultat, un groupe et un poids par personne"),
    ],
)
def test_bounds_that_mean_nothing_are_refused(outcome: list[float], limits: tuple[float, float], sentence: str) -> None:
    with pytest.raises(ImpactError, match=sentence):
        manski(outcome, ARMS, least=limits[0], most=limits[1])


def test_infinite_weights_are_refused() -> None:
    with pytest.raises(ImpactError, match="un poids est infini"):
        lee(ONE_SIDED, ARMS, weights=[np.inf, *[1.0] * 19])
