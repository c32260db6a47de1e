from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from causaldata import organ_donations
from matplotlib.figure import Figure

from convergence.analysis.impact.differences import DifferenceInDifferences, EventStudy
from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.estimates import SUCH_SITES, THESE_PEOPLE, THESE_SITES
from convergence.analysis.impact.linear import Linear
from convergence.analysis.impact.panel import Panel
from convergence.analysis.impact.sample import Floats

UNITS, PERIODS, START = 40, 6, 3


def drawn(
    effect: float = 1.0, drift: float = 0.0, seed: int = 8, starts: tuple[float, ...] = (START, np.nan)
) -> dict[str, Any]:
    """A panel of 40 people over six periods; the effect grows by one each period after the start."""
    random = np.random.default_rng(seed)
    unit, period = np.repeat(np.arange(UNITS), PERIODS), np.tile(np.arange(PERIODS), UNITS)
    start = np.array(starts)[np.arange(UNITS) % len(starts)][unit]
    since = np.where(np.isfinite(start), period - start, -1)
    outcome = random.normal(0, 1, UNITS)[unit] + 0.3 * period + random.normal(0, 0.1, len(unit))
    outcome += effect * np.maximum(since + 1, 0) + drift * period * np.isfinite(start)
    return {"outcome": outcome, "period": period, "start": start, "unit": unit}


def _dummies(panel: Panel, *columns: Floats) -> Floats:
    """The columns, then one for each unit and each period but the first: nothing is taken off beforehand."""
    assert panel.unit is not None
    units = [(panel.unit == each) * 1.0 for each in np.unique(panel.unit)]
    periods = [(panel.period == each) * 1.0 for each in np.unique(panel.period)[1:]]
    return np.column_stack([*columns, *units, *periods])


def test_four_means_make_the_difference_of_differences() -> None:
    """10 to 16 for those reached, 8 to 9 for the others: (16 - 10) - (9 - 8) = 5."""
    before = np.array([9.0, 10, 11, 10, 10, 7, 8, 9, 8, 8])
    after = np.array([15.0, 16, 17, 16, 16, 9, 9, 9, 8, 10])
    arm = np.repeat([True, False], 5)
    found = DifferenceInDifferences().fit(Panel.two_dates(before, after, arm))
    change = after - before

    assert found.value == pytest.approx(5.0)
    neyman = change[arm].var(ddof=1) / 5 + change[~arm].var(ddof=1) / 5
    assert found.standard_error == pytest.approx(neyman**0.5)
    assert (found.treated, found.controls, found.scope) == (5, 5, THESE_PEOPLE)


def test_people_unknown_at_one_date_are_left_out_of_both() -> None:
    arm = np.repeat([True, False], 6)
    before = np.array([0.0, 0, 1, 0, 0, np.nan] * 2)
    after = np.array([1.0, 1, 1, 0, 1, 1, 0, 0, 1, 0, 0, 0])

    assert DifferenceInDifferences().fit(Panel.two_dates(before, after, arm)).value == pytest.approx(0.6)


def test_organ_donations_in_california() -> None:
    """Kessler and Roth 2014 (NBER 20378): asking for an active choice lowered registrations by 2.2 points, as in
    Huntington-Klein 2022, The Effect, ch. 18: -0.022 (0.006)."""
    rows = organ_donations.load_pandas().data
    california = (rows["State"] == "California").to_numpy()
    states = np.unique(rows["State"].to_numpy(), return_inverse=True)[1]
    start = np.where(california, 4.0, np.nan)
    panel = Panel(rows["Rate"], rows["Quarter_Num"], start, unit=states, cluster=states, people=False)
    found = DifferenceInDifferences().fit(panel)

    rate, later = rows["Rate"].to_numpy(), (rows["Quarter_Num"] >= 4).to_numpy()
    changes = [rate[arm & later].mean() - rate[arm & ~later].mean() for arm in (california, ~california)]
    assert found.value == pytest.approx(changes[0] - changes[1])
    assert found.value == pytest.approx(-0.022, abs=5e-4)
    # One state alone: no error speaks of other states.
    assert found.scope == THESE_SITES


def test_one_start_gives_the_two_way_regression_with_the_errors_of_all_its_dummies() -> None:
    held = drawn()
    panel = Panel(**held)
    found = DifferenceInDifferences().fit(panel)
    authority = sm.OLS(panel.outcome, _dummies(panel, panel.reached.astype(np.float64))).fit()

    assert found.value == pytest.approx(authority.params[0])
    cells = [(panel.reached & (panel.period == each)) * 1.0 for each in range(START, PERIODS)]
    whole = _dummies(panel, sum(cells), cells[0] - cells[2], cells[1] - cells[2])
    assert panel.unit is not None
    error, freedom = Linear.fit(whole, panel.outcome, panel.weights).cluster_error(0, panel.unit, "CR2")
    assert found.standard_error == pytest.approx(error, rel=1e-6)
    assert found.freedom == pytest.approx(freedom, rel=1e-3)


def test_effects_that_grow_after_several_starts_are_not_mistaken_for_time_that_passes() -> None:
    """Starts at 2 and 4, effect 1, 2, 3… after the start; the two-way regression is far from their mean."""
    panel = Panel(**drawn(starts=(2, 4, np.nan)))
    found = DifferenceInDifferences().fit(panel)
    truth = np.mean(panel.period[panel.reached] - panel.start[panel.reached] + 1)
    two_way = sm.OLS(panel.outcome, _dummies(panel, panel.reached.astype(np.float64))).fit().params[0]

    assert found.low < truth < found.high
    assert found.value == pytest.approx(truth, abs=0.1)
    assert abs(two_way - truth) > 0.3


def test_units_reached_later_serve_as_comparison_until_then() -> None:
    panel = Panel(**drawn(starts=(2, 4)))
    found = DifferenceInDifferences().fit(panel)

    # From period 4 on everybody is reached: only periods 2 and 3 of the first start can be compared.
    assert found.value == pytest.approx(1.5, abs=0.1)


def test_an_event_study_gives_each_distance_its_effect() -> None:
    panel = Panel(**drawn())
    found = EventStudy().fit(panel)
    columns = [
        (np.isfinite(panel.start) & (panel.period - panel.start == distance)) * 1.0 for distance in found.relative
    ]
    authority = sm.OLS(panel.outcome, _dummies(panel, *columns)).fit()

    assert found.relative == (-3, -2, 0, 1, 2)
    np.testing.assert_allclose(found.effects, authority.params[:5], atol=1e-10)
    np.testing.assert_allclose(found.effects, [0, 0, 1, 2, 3], atol=0.12)


def test_an_event_study_over_several_starts_averages_their_own_effects() -> None:
    found = EventStudy().fit(Panel(**drawn(starts=(2, 4, np.nan))))

    assert dict(zip(found.relative, found.effects.round(), strict=True)) == {
        -4: 0, -3: 0, -2: 0, 0: 1, 1: 2, 2: 3, 3: 4,
    }  # fmt: skip


def test_the_test_of_parallel_trends_is_wald_s_on_errors_by_site() -> None:
    panel = Panel(**drawn())
    found = EventStudy().fit(panel)
    columns = [
        (np.isfinite(panel.start) & (panel.period - panel.start == distance)) * 1.0 for distance in found.relative
    ]
    authority = sm.OLS(panel.outcome, _dummies(panel, *columns)).fit(
        cov_type="cluster", cov_kwds={"groups": panel.unit, "use_correction": False}
    )
    which = np.eye(2, len(authority.params))

    assert found.trend_statistic == pytest.approx(float(authority.f_test(which).fvalue) * (UNITS - 1) / UNITS, rel=1e-6)
    assert found.trend_freedom == (2.0, UNITS - 1.0)


def test_trends_that_part_before_the_start_light_up_and_parallel_ones_do_not() -> None:
    parting, parallel = EventStudy().fit(Panel(**drawn(drift=0.3))), EventStudy().fit(Panel(**drawn()))

    assert parting.trend_p < 0.001
    assert any("n’est pas à croire ici" in note for note in parting.notes)
    assert parallel.trend_p > 0.05
    assert any("Cela ne prouve pas" in note for note in parallel.notes)


def test_few_sites_get_corrected_leads_in_the_place_of_a_joint_test() -> None:
    held = drawn(starts=(5, np.nan))
    site = held["unit"] % 2 * 4 + held["unit"] // 2 % 4
    found = EventStudy().fit(Panel(**held, cluster=site % 8))
    fewer = EventStudy(leads=2).fit(Panel(**held, cluster=site))

    assert found.inference.scope == fewer.inference.scope == SUCH_SITES
    assert found.inference.clusters == 8
    assert any("8 chantiers, soit moins de vingt" in note for note in found.notes)
    assert np.isfinite(found.trend_p)
    assert fewer.relative == (-3, -2, 0)


def test_three_sites_in_an_arm_say_nothing_of_other_sites() -> None:
    held = drawn()
    found = DifferenceInDifferences().fit(Panel(**held, cluster=held["unit"] % 2 * 3 + held["unit"] // 2 % 3))

    assert (found.scope, found.clusters) == (THESE_SITES, None)


def test_different_people_at_each_period_are_compared_by_their_groups() -> None:
    held = drawn()
    del held["unit"]
    found = DifferenceInDifferences().fit(Panel(**held))
    reached, later = np.isfinite(held["start"]), held["period"] >= START
    means = [held["outcome"][arm & when].mean() for arm in (reached, ~reached) for when in (later, ~later)]

    assert found.value == pytest.approx(means[0] - means[1] - means[2] + means[3])


def test_missing_months_and_units_that_appear_after_their_start_are_said() -> None:
    held = drawn()
    kept = ~((held["unit"] == 0) & (held["period"] < START)) & ~((held["unit"] == 1) & (held["period"] == 0))
    found = DifferenceInDifferences().fit(Panel(**{name: values[kept] for name, values in held.items()}))
    without = held["unit"] != 0
    kept &= without
    same = DifferenceInDifferences().fit(Panel(**{name: values[kept] for name, values in held.items()}))

    assert found.notes[0].startswith("Panel incomplet : lignes manquantes (unité absente à une période) : 4.")
    assert found.notes[1].startswith("Unités qui n’apparaissent qu’après leur début")
    assert found.value == pytest.approx(same.value)


def test_weights_count() -> None:
    held = drawn()
    heavy = np.where(held["unit"] < 20, 3.0, 1.0)
    rows = np.repeat(np.arange(len(heavy)), heavy.astype(int))
    again = {name: values[rows] for name, values in held.items()} | {
        "unit": held["unit"][rows] + 100 * np.concatenate([np.arange(int(weight)) for weight in heavy])
    }

    assert DifferenceInDifferences().fit(Panel(**held, weights=heavy)).value == pytest.approx(
        DifferenceInDifferences().fit(Panel(**again)).value
    )


def test_the_summary_and_the_drawing_tell_effects_by_period() -> None:
    found = EventStudy().fit(Panel(**drawn()))
    axes = Figure().subplots()
    found.plot(axes)

    assert found.summary().splitlines()[1].startswith("  -3  ")
    assert axes.get_xlabel() == "Périodes depuis le début"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"outcome": np.full(UNITS * PERIODS, np.nan)}, "résultats manquants : 240"),
        ({"period": np.full(UNITS * PERIODS, 0.5)}, "une période est un nombre entier"),
        ({"weights": np.zeros(UNITS * PERIODS)}, "poids infinis, absents ou négatifs"),
        ({"start": np.full(UNITS * PERIODS, np.nan)}, "n’atteint personne pendant ces périodes"),
        ({"start": np.full(UNITS * PERIODS, 2.0)}, "toutes les unités sont atteintes en même temps"),
        ({"start": np.repeat([0.0, np.nan], 120)}, "unités déjà atteintes à la première période : 20."),
        ({"start": np.repeat([2.0, np.nan], [24, 216])}, "moins de 5 personnes suivies"),
        ({"start": np.tile([2.0, np.nan], 120)}, "change de début"),
        ({"cluster": np.arange(UNITS * PERIODS)}, "change de chantier"),
        ({"cluster": np.array([None] * (UNITS * PERIODS), dtype=object)}, "une unité ou un chantier manque"),
        ({"unit": np.zeros(UNITS * PERIODS)}, "deux lignes pour une même période"),
        ({"outcome": [1.0]}, "un résultat, une période et un début par ligne"),
    ],
)
def test_a_panel_that_means_nothing_is_refused(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ImpactError, match=sentence):
        Panel(**drawn() | wrong)


def test_studies_that_cannot_be_are_refused() -> None:
    everybody = Panel(**drawn(starts=(2, 4)))
    with pytest.raises(ImpactError, match="toutes les unités finissent par être atteintes"):
        EventStudy().fit(everybody)

    held = drawn()
    kept = held["period"] != START - 1
    with pytest.raises(ImpactError, match="personne n’est connu à la période qui précède le début"):
        EventStudy().fit(Panel(**{name: values[kept] for name, values in held.items()}))

    still = Panel.two_dates([0.0] * 10, [1.0] * 5 + [0.0] * 5, [True] * 5 + [False] * 5)
    with pytest.raises(ImpactError, match="son incertitude ne se mesure pas"):
        DifferenceInDifferences().fit(still)
    with pytest.raises(ImpactError, match="un résultat avant, un après et son groupe"):
        Panel.two_dates([0.0], [1.0, 2.0], [True])
