from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines import AalenJohansenFitter, KaplanMeierFitter
from lifelines.utils import restricted_mean_survival_time
from matplotlib.figure import Figure

from convergence.analysis.impact.clusters import inference_on
from convergence.analysis.impact.durations import Durations, landmark
from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.estimates import THESE_SITES
from convergence.analysis.impact.sample import Floats
from convergence.analysis.impact.survival import (
    AalenJohansen,
    IncidenceDifference,
    KaplanMeier,
    RestrictedMean,
    _Arm,
    log_rank,
)

PEOPLE = 120


def lives(seed: int = 1, *, tied: bool = True, **more: Any) -> Durations:
    """Two groups of 60, three ways out; months are whole numbers when ``tied``."""
    random = np.random.default_rng(seed)
    treated = np.arange(PEOPLE) < 60
    months = random.exponential(np.where(treated, 20, 12)) + 0.1
    months = np.ceil(months) if tied else months
    event = random.choice(4, PEOPLE, p=[0.25, 0.3, 0.25, 0.2])
    return Durations(months, event, treated, events=("durable", "dynamique", "autre"), **more)


def test_curves_and_bands_are_those_of_lifelines() -> None:
    people = lives()
    for curve, (_, arm) in zip(KaplanMeier().fit(people).curves, people.arms(), strict=True):
        authority = KaplanMeierFitter().fit(people.months[arm], people.event[arm] > 0)
        band = authority.confidence_interval_survival_function_.loc[curve.months].to_numpy()

        np.testing.assert_allclose(curve.share, authority.predict(curve.months), atol=1e-12)
        inside = curve.share > 0
        np.testing.assert_allclose(np.column_stack([curve.low, curve.high])[inside], band[inside], atol=1e-10)


def test_incidences_are_those_of_lifelines_where_no_two_events_fall_together() -> None:
    people = lives(tied=False)
    for kind in (1, 2, 3):
        for curve, (_, arm) in zip(AalenJohansen(kind).fit(people).curves, people.arms(), strict=True):
            authority = AalenJohansenFitter(calculate_variance=False).fit(
                people.months[arm], people.event[arm], event_of_interest=kind
            )
            expected = authority.cumulative_density_.loc[curve.months].to_numpy()[:, 0]
            np.testing.assert_allclose(curve.share, expected, atol=1e-12)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_those_still_there_and_those_gone_by_each_door_are_everybody(seed: int) -> None:
    people = lives(seed)
    still = KaplanMeier().fit(people).curves
    gone = [AalenJohansen(kind).fit(people).curves for kind in (1, 2, 3)]

    for arm in range(2):
        np.testing.assert_allclose(still[arm].share + sum(curves[arm].share for curves in gone), 1.0, atol=1e-12)


def test_the_same_people_in_another_order_give_the_same_numbers() -> None:
    people, order = lives(), np.random.default_rng(0).permutation(PEOPLE)
    again = Durations(people.months[order], people.event[order], people.treated[order], events=people.events)

    for one, other in zip(AalenJohansen(1).fit(people).curves, AalenJohansen(1).fit(again).curves, strict=True):
        np.testing.assert_allclose(one.share, other.share, rtol=0, atol=1e-14)
        np.testing.assert_allclose(one.high, other.high, rtol=0, atol=1e-14)


def _arm(people: Durations, weights: Floats) -> _Arm:
    weighted = Durations(people.months, people.event, people.treated, events=people.events, weights=weights)
    return _Arm(weighted, weighted.treated, inference_on(weighted.sample).groups)


@pytest.mark.parametrize(
    ("estimate", "influence"),
    [
        (lambda arm: float(np.log(arm.survival(np.array([9.0]))[0])), lambda arm: arm.log_survival_influence(9.0)),
        (lambda arm: float(arm.incidence(2, np.array([9.0]))[0]), lambda arm: arm.incidence_influence(2, 9.0)),
        (lambda arm: arm.mean_time(9.5), lambda arm: arm.mean_time_influence(9.5)),
    ],
    ids=["survival", "incidence", "restricted mean"],
)
def test_the_influence_of_a_person_is_what_a_little_more_of_her_changes(
    estimate: Callable[[_Arm], float], influence: Callable[[_Arm], Floats]
) -> None:
    people = lives()
    weights = np.random.default_rng(3).uniform(0.5, 2.0, PEOPLE)
    said = influence(_arm(people, weights))
    for person in range(0, 60, 7):
        ends = []
        for step in (1e-5, -1e-5):
            moved = weights.copy()
            moved[person] += step
            ends.append(estimate(_arm(people, moved)))
        assert said[person] == pytest.approx((ends[0] - ends[1]) / 2e-5 * weights[person], abs=1e-8)


def test_a_person_who_weighs_two_counts_as_two() -> None:
    people = lives()
    weights = 1.0 + (np.arange(PEOPLE) % 3 == 0)
    rows = np.repeat(np.arange(PEOPLE), weights.astype(int))
    twice = Durations(people.months[rows], people.event[rows], people.treated[rows], events=people.events)
    weighted = Durations(people.months, people.event, people.treated, events=people.events, weights=weights)

    for one, other in zip(KaplanMeier().fit(weighted).curves, KaplanMeier().fit(twice).curves, strict=True):
        shown = len(one.share)
        np.testing.assert_allclose(one.share, other.share[:shown], atol=1e-12)
        # Twice the same life is not twice the knowledge.
        assert np.nansum(one.high - one.low) > np.nansum((other.high - other.low)[:shown])


def test_the_restricted_mean_is_the_area_under_the_curve_of_lifelines() -> None:
    people = lives()
    found = RestrictedMean(24).fit(people)
    areas = [
        restricted_mean_survival_time(KaplanMeierFitter().fit(people.months[arm], people.event[arm] > 0), t=24)
        for _, arm in people.arms()
    ]

    assert found.value == pytest.approx(areas[0] - areas[1], abs=1e-3)  # lifelines integrates numerically
    assert found.diagnostics["treated_months"] == pytest.approx(areas[0], abs=1e-3)
    assert found.low < found.value < found.high


def test_without_censoring_the_restricted_mean_is_a_difference_of_means() -> None:
    people = lives(tied=False)
    until = float(np.minimum(people.months[people.treated].max(), people.months[~people.treated].max()))
    everybody = Durations(people.months, [1] * PEOPLE, people.treated)
    found = RestrictedMean(until).fit(everybody)
    held = np.minimum(people.months, until)

    assert found.value == pytest.approx(held[people.treated].mean() - held[~people.treated].mean())
    neyman = held[people.treated].var(ddof=1) / 60 + held[~people.treated].var(ddof=1) / 60
    assert found.standard_error == pytest.approx(neyman**0.5)


def test_without_censoring_an_incidence_is_a_share_and_its_difference_that_of_shares() -> None:
    people = lives(tied=False)
    kinds = np.where(people.event == 0, 3, people.event)
    everybody = Durations(people.months, kinds, people.treated, events=people.events)
    found = IncidenceDifference(10.0, 1).fit(everybody)
    gone = (people.months <= 10) & (kinds == 1)

    assert found.value == pytest.approx(gone[people.treated].mean() - gone[~people.treated].mean())
    assert found.diagnostics["treated_share"] == pytest.approx(gone[people.treated].mean())


def test_two_sites_an_arm_say_nothing_of_other_sites() -> None:
    found = RestrictedMean(24).fit(lives(cluster=np.arange(PEOPLE) // 30))

    assert found.scope == THESE_SITES
    assert found.clusters is None
    assert any("Moins de quatre chantiers" in note for note in found.notes)


def test_bands_between_few_sites_are_wide_and_say_that_it_may_not_be_enough() -> None:
    people = lives(cluster=np.arange(PEOPLE) // 12)
    found = KaplanMeier().fit(people)
    one = _Arm(people, people.treated, inference_on(people.sample).groups)
    month = float(found.curves[0].months[5])
    share, low, _ = found.curves[0].at(month)

    error = one.spread(one.log_survival_influence(month)) / abs(np.log(share))
    assert np.log(np.log(low) / np.log(share)) == pytest.approx(2.776 * (5 / 4) ** 0.5 * error, rel=1e-3)
    assert found.notes[-1].startswith("10 chantiers, soit moins de vingt : les bandes sont élargies")


def test_people_who_share_their_fate_with_their_site_count_for_less() -> None:
    people = lives()
    rows = np.repeat(np.arange(PEOPLE), 10)
    together = Durations(
        people.months[rows], people.event[rows], people.treated[rows], events=people.events, cluster=rows
    )
    apart = Durations(people.months[rows], people.event[rows], people.treated[rows], events=people.events)

    assert RestrictedMean(24).fit(together).standard_error == pytest.approx(
        RestrictedMean(24).fit(people).standard_error, rel=1e-6
    )
    assert RestrictedMean(24).fit(apart).standard_error < RestrictedMean(24).fit(together).standard_error / 3


def _housed_without_any_effect(people: int = 4000) -> tuple[Floats, Floats]:
    """Lengths of paths, and the month of a home which changes nothing; never for those who left before."""
    random = np.random.default_rng(11)
    months, home = random.exponential(20, people), random.exponential(25, people)
    return months, np.where(home < months, home, np.nan)


def test_a_landmark_finds_no_effect_where_there_is_none_and_naive_classes_find_a_great_one() -> None:
    months, home = _housed_without_any_effect()
    naive = RestrictedMean(24).fit(Durations(months, np.ones(len(months)), np.isfinite(home)))
    honest = RestrictedMean(24).fit(landmark(months, np.ones(len(months)), home, at=12).durations)

    assert naive.low > 3
    assert honest.low < 0 < honest.high


def test_a_landmark_leaves_out_whoever_left_before_and_says_how_many() -> None:
    months, home = _housed_without_any_effect(400)
    found = landmark(months, np.ones(len(months)), home, at=12)

    assert found.before == (months <= 12).sum()
    assert len(found.durations) == (months > 12).sum()
    assert found.durations.treated.sum() == (home <= 12)[months > 12].sum()
    assert found.durations.months.min() > 0
    assert f"{found.before} personnes sorties ou perdues de vue avant" in found.durations.notes[0]


def test_groups_made_of_what_happened_later_are_refused() -> None:
    months, home = _housed_without_any_effect(400)
    known_at = np.where(np.isfinite(home), home, 0.0)

    with pytest.raises(ImpactError, match=r"Le groupe n’est connu qu’après l’entrée.*point de repère"):
        Durations(months, np.ones(len(months)), np.isfinite(home), known_at=known_at)


def test_a_curve_stops_where_fewer_than_five_people_are_followed() -> None:
    months = [float(month) for month in range(1, 21)]
    curves = KaplanMeier().fit(Durations(months * 2, [1] * 40, [True] * 20 + [False] * 20)).curves

    assert [curve.followed for curve in curves] == [16.0, 16.0]
    assert all(curve.months[-1] == 16.0 and curve.at_risk.min() == 5 for curve in curves)


def test_summaries_and_drawings() -> None:
    people = lives()
    axes = Figure().subplots()
    curves = AalenJohansen(1).fit(people)
    curves.plot(axes)

    assert curves.summary((12,)).splitlines()[0] == "Incidence cumulée : durable"
    assert curves.summary((12,)).count("12 mois : ") == 2
    assert [line.get_label() for line in axes.lines] == ["Dispositif", "Comparaison"]
    assert log_rank(people).summary().startswith("Test du log-rank : χ² = ")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"months": [-1.0] * 20}, "Durées négatives : 20."),
        ({"months": [np.nan] * 20}, "Valeurs absentes ou infinies"),
        ({"event": [0] * 20}, "Aucun événement n’est arrivé"),
        ({"event": [2] * 20}, "hors de 0 à 1"),
        ({"event": [np.nan] * 20}, "n’est pas un nombre entier"),
        ({"event": [1] * 19}, "un événement \\(ou 0\\) par durée"),
        ({"treated": [True] * 4 + [False] * 16}, "Moins de 5 personnes"),
    ],
)
def test_durations_that_mean_nothing_are_refused(wrong: dict[str, Any], sentence: str) -> None:
    given: dict[str, Any] = {"months": np.arange(1.0, 21.0), "event": [1] * 20, "treated": [True] * 10 + [False] * 10}
    with pytest.raises(ImpactError, match=sentence):
        Durations(**given | wrong)


def _still_followed() -> Durations:
    """Lives of which the longest of each group is not over."""
    people = lives()
    event = people.event.copy()
    for _, arm in people.arms():
        event[arm & (people.months == people.months[arm].max())] = 0
    return Durations(people.months, event, people.treated, events=people.events)


def test_where_everybody_has_left_shares_stay_as_they_are() -> None:
    people = lives(tied=False)
    kinds = np.where(people.event == 0, 3, people.event)
    everybody = Durations(people.months, kinds, people.treated, events=people.events)
    found = IncidenceDifference(500, 1).fit(everybody)

    assert found.value == pytest.approx(np.mean(kinds[people.treated] == 1) - np.mean(kinds[~people.treated] == 1))
    lasted = RestrictedMean(500).fit(everybody)
    assert lasted.value == pytest.approx(people.months[people.treated].mean() - people.months[~people.treated].mean())


def test_looking_further_than_the_follow_up_is_refused() -> None:
    with pytest.raises(ImpactError, match="dépasse le suivi : l’un des groupes n’est suivi que jusqu’à"):
        RestrictedMean(500).fit(_still_followed())
    with pytest.raises(ImpactError, match="L’incidence à 500 mois dépasse le suivi"):
        IncidenceDifference(500, 1).fit(_still_followed())
    with pytest.raises(ImpactError, match="Plus personne n’est suivi à 900 mois"):
        landmark([3.0] * 10, [1] * 10, [np.nan] * 10, at=900)
    with pytest.raises(ImpactError, match="après l’entrée \\(plus de 0 mois\\)"):
        landmark([3.0] * 10, [1] * 10, [np.nan] * 10, at=0)


def test_an_event_that_does_not_exist_or_never_happened_is_refused() -> None:
    with pytest.raises(ImpactError, match="L’événement 4 n’existe pas : choisissez parmi 1 : durable"):
        AalenJohansen(4).fit(lives())
    with pytest.raises(ImpactError, match="« autre » n’est arrivé à personne"):
        AalenJohansen(2).fit(Durations([1.0] * 20, [1] * 20, [True] * 10 + [False] * 10, events=("durable", "autre")))


def test_a_weighted_log_rank_test_is_refused() -> None:
    with pytest.raises(ImpactError, match="ne vaut pas pour des personnes pondérées"):
        log_rank(lives(weights=np.linspace(1, 2, PEOPLE)))
