import numpy as np
import pytest

from convergence.analysis.impact.changes import since_entry
from convergence.analysis.impact.differences import DifferenceInDifferences
from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.outcomes import OUTCOMES, Outcomes, outcomes_of
from convergence.analysis.indicators.observed import on_day
from convergence.vocabulary.housing import OBTAINED
from tests.analysis.impact.drawn import AS_OF, territory


@pytest.fixture(scope="module")
def opened() -> Outcomes:
    return outcomes_of(territory()[0], AS_OF, ["housed_12", "dynamic_exit", "right_recovered_12"])


def test_what_changed_since_entry_is_taken_off_what_changed_for_the_others(opened: Outcomes) -> None:
    tables, _ = territory()
    arms = opened.people["scheme"]
    chosen = (arms != "none").to_numpy()
    found = DifferenceInDifferences().fit(since_entry(tables, opened, "housed_12", chosen))

    at_entry = on_day(tables, opened.people.rename({"since": "begins", "until": "ends"}), "housing", "begins", "home")
    before = at_entry["home"].is_in(sorted(OBTAINED.values)).cast(float).fill_null(np.nan).to_numpy()
    change = opened.values["housed_12"] - before
    means = [np.nanmean(change[(arms == scheme).to_numpy()]) for scheme in ("convergence", "ordinary")]
    assert found.value == pytest.approx(means[0] - means[1])
    assert found.treated == np.isfinite(change[(arms == "convergence").to_numpy()]).sum()
    assert any("Moins de quatre chantiers" in note for note in found.notes)


def test_an_outcome_without_a_value_at_entry_is_refused(opened: Outcomes) -> None:
    everybody = np.ones(opened.people.height, dtype=np.bool_)
    for name in ("dynamic_exit", "right_recovered_12"):
        with pytest.raises(ImpactError, match=f"« {name} » n’a pas de valeur à l’entrée"):
            since_entry(territory()[0], opened, name, everybody)


def test_situations_of_housing_work_and_care_have_a_value_at_entry() -> None:
    repeating = {name.rsplit("_", 1)[0] for name, each in OUTCOMES.items() if each.repeats}

    assert repeating == {"stabilised", "housed", "own_home", "job", "durable_job", "care"}
