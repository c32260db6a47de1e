import numpy as np
import pytest
from matplotlib.figure import Figure
from statsmodels.duration.hazard_regression import PHReg

from convergence.analysis.impact.cox import SCHEME, Cox, Ties
from convergence.analysis.impact.durations import Durations
from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.sample import Floats


def lives(people: int = 400, effect: float = 0.7, seed: int = 5) -> tuple[Floats, Floats, Floats, Floats]:
    """Months in whole numbers, whether it happened, the group, and an age that counts too."""
    random = np.random.default_rng(seed)
    treated, age = random.random(people) < 0.5, np.asarray(random.normal(0, 1, people), dtype=np.float64)
    months = np.ceil(random.exponential(20 / np.exp(effect * treated + 0.5 * age)))
    followed = random.integers(6, 40, people)
    return (
        np.minimum(months, followed).astype(np.float64),
        (months <= followed).astype(np.float64),
        treated.astype(np.float64),
        age,
    )


@pytest.mark.parametrize("ties", Ties)
def test_coefficients_and_errors_are_those_of_statsmodels(ties: Ties) -> None:
    months, happened, treated, age = lives()
    found = Cox(ties).fit(Durations(months, happened, treated, covariates=age, names=["âge"]))
    authority = PHReg(months, np.column_stack([treated, age]), status=happened, ties=ties.value).fit()

    assert found.names == (SCHEME, "âge")
    np.testing.assert_allclose(found.coefficients, authority.params, atol=1e-5)
    np.testing.assert_allclose(found.errors, authority.bse, rtol=1e-3)
    assert not found.robust


def test_errors_of_the_trial_of_freireich_are_those_of_r() -> None:
    """R's `coxph(Surv(time, cens) ~ treat, gehan)`: 0.4124 (Efron)."""
    six_mp = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    relapse = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    placebo = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
    found = Cox().fit(Durations(six_mp + placebo, relapse + [1] * 21, [False] * 21 + [True] * 21))

    assert found.errors[0] == pytest.approx(0.4124, abs=1e-4)
    assert found.hazard_ratio()[0] == pytest.approx(4.817, abs=1e-3)


@pytest.mark.parametrize("ties", Ties)
def test_the_same_people_twice_at_one_site_teach_nothing_more(ties: Ties) -> None:
    months, happened, treated, _ = lives(120)
    rows = np.repeat(np.arange(120), 4)
    apart = Cox(ties).fit(Durations(months[rows], happened[rows], treated[rows]))
    together = Cox(ties).fit(Durations(months[rows], happened[rows], treated[rows], cluster=rows))

    assert together.robust
    np.testing.assert_allclose(together.coefficients, apart.coefficients, atol=1e-6)
    assert together.errors[0] > 1.7 * apart.errors[0]


def test_few_sites_widen_the_interval_and_say_that_it_may_not_be_enough() -> None:
    months, happened, treated, _ = lives(400)
    site = (treated * 5 + np.arange(400) % 5).astype(np.int64)
    few = Cox().fit(Durations(months, happened, treated, cluster=site))

    assert few.freedom == 8
    ratio, low, _ = few.hazard_ratio()
    assert np.log(ratio / low) == pytest.approx(2.306 * few.errors[0], rel=1e-3)
    assert few.notes[0].startswith("10 chantiers, soit moins de vingt : l’erreur par chantier est élargie")
    assert not any("Satterthwaite" in note for note in few.notes)


def test_weights_change_the_ratio_and_make_errors_robust() -> None:
    months, happened, treated, age = lives()
    found = Cox().fit(Durations(months, happened, treated, weights=np.exp(age)))

    assert found.robust
    assert found.coefficients[0] != pytest.approx(Cox().fit(Durations(months, happened, treated)).coefficients[0])


def test_hazards_that_cross_are_said() -> None:
    random = np.random.default_rng(2)
    treated = np.repeat([True, False], 400)
    months = np.where(treated, random.weibull(3, 800) * 12, random.weibull(0.7, 800) * 12)
    crossing = Cox().fit(Durations(months, np.ones(800), treated))
    months, happened, treated_too, _ = lives()

    assert any("ne restent pas proportionnels" in note for note in crossing.notes)
    assert Cox().fit(Durations(months, happened, treated_too)).notes == ()


def test_the_summary_and_the_drawing_tell_ratios() -> None:
    months, happened, treated, age = lives()
    found = Cox().fit(Durations(months, happened, treated, covariates=age, names=["âge"]))
    axes = Figure().subplots()
    found.plot(axes)

    assert found.summary().startswith("Modèle de Cox (ex æquo : Efron (1977))\n  dispositif  rapport ")
    assert [label.get_text() for label in axes.get_yticklabels()] == ["âge", "dispositif"]
    ratio, low, high = found.hazard_ratio()
    assert low < ratio < high
    assert found.p_value() < 0.01


def test_weights_with_the_ties_of_breslow_are_refused() -> None:
    months, happened, treated, age = lives()
    with pytest.raises(ImpactError, match="prenez les ex æquo d’Efron"):
        Cox(Ties.BRESLOW).fit(Durations(months, happened, treated, weights=np.exp(age)))


@pytest.mark.parametrize("ties", Ties)
def test_a_group_to_which_it_never_happens_is_refused(ties: Ties) -> None:
    months, _, treated, _ = lives()
    with pytest.raises(ImpactError, match="Le modèle de Cox ne converge pas"):
        Cox(ties).fit(Durations(months, treated, treated))


@pytest.mark.parametrize("ties", Ties)
def test_a_characteristic_that_repeats_another_is_refused(ties: Ties) -> None:
    months, happened, treated, age = lives()
    with pytest.raises(ImpactError, match="Le modèle de Cox ne converge pas"):
        Cox(ties).fit(
            Durations(months, happened, treated, covariates=np.column_stack([age, age]), names=["âge", "le même"])
        )
