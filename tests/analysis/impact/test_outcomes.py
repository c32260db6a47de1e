from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.outcomes import OUTCOMES, Known, Outcomes, flow, outcomes_of
from tests.analysis.impact.drawn import AS_OF, territory
from tests.analysis.made import contract, person, tables

ENTRY = date(2015, 1, 5)

SITES = [
    {"site": 1, "territory": 1, "operator": 1, "scheme": "convergence", "opened": date(2012, 1, 1)},
    {"site": 2, "territory": 1, "operator": 1, "scheme": "ordinary", "opened": date(2012, 1, 1)},
    {"site": 3, "territory": 1, "scheme": "none", "opened": date(2012, 1, 1)},
]


def situation(holder: int, aspect: str, value: str, since: date, until: date | None = None) -> dict[str, Any]:
    return {"person": holder, "aspect": aspect, "value": value, "since": since, "until": until, "recorded_on": since}


def of_one(
    names: Sequence[str], *, until: date | None = None, motive: int | None = None, site: int = 1, **rows: Any
) -> Outcomes:
    """What became of one person who entered on 5 January 2015."""
    path = {"path": 1, "person": 1, "rank": 1, "since": ENTRY, "until": until}
    exits = [{"exit": 1, "person": 1, "path": 1, "on": until, "motive": motive}] if motive else []
    held = [contract(1, 1, 1, ENTRY, until or date(2023, 1, 5), site=site)] if site != 3 else []
    applied = {"candidacy": 1, "person": 1, "site": site, "opened_on": ENTRY, "outcome": "waiting"}
    made = tables(
        sites=SITES,
        people=[person(1)],
        paths=[path],
        contracts=held,
        exits=exits,
        candidacies=[applied] if site == 3 else [],
        **rows,
    )
    return outcomes_of(made, AS_OF, names)


def test_an_exit_counts_once_five_years_have_passed_under_the_table_of_its_day() -> None:
    ended = of_one(["dynamic_exit", "durable_exit"], until=date(2016, 7, 5), motive=10)

    assert (ended.values["dynamic_exit"][0], ended.values["durable_exit"][0]) == (1.0, 0.0)
    assert of_one(["dynamic_exit"], until=date(2016, 7, 5), motive=7).values["dynamic_exit"][0] == 0.0


def test_an_exit_within_two_years_counts_whoever_is_still_there_as_no() -> None:
    names = ["dynamic_exit_within_24", "dynamic_exit_within_36"]
    found = of_one(names, until=date(2017, 1, 6), motive=3)

    assert [float(found.values[name][0]) for name in names] == [0.0, 1.0]
    # Two years to the day, the longest path of an ordinary site.
    assert of_one(names, until=date(2017, 1, 5), motive=3).values["dynamic_exit_within_24"][0] == 1.0


def test_a_path_that_ended_without_a_motive_is_lost_not_a_failure() -> None:
    found = of_one(["dynamic_exit"], until=date(2016, 7, 5))

    assert np.isnan(found.values["dynamic_exit"][0])
    assert found.lost("dynamic_exit").tolist() == [True]


def test_whoever_was_never_hired_has_no_path_to_end() -> None:
    found = of_one(["dynamic_exit"], until=date(2017, 1, 5), site=3)

    assert found.why["dynamic_exit"][0] is Known.NOT_CONCERNED
    assert not (found.known("dynamic_exit") | found.lost("dynamic_exit")).any()


def test_a_situation_is_that_of_the_last_day_of_the_month_after_entry() -> None:
    moved = [
        situation(1, "housing", "chrs", ENTRY, until=date(2017, 1, 4)),
        situation(1, "housing", "social_lease", date(2017, 1, 4)),
    ]
    found = of_one(["housed_24", "stabilised_24", "own_home_24", "housed_12"], situations=moved)

    assert {name: float(values[0]) for name, values in found.values.items()} == {
        "housed_24": 1.0,
        "stabilised_24": 1.0,
        "own_home_24": 1.0,
        "housed_12": 0.0,
    }


def test_silence_is_not_a_situation_even_where_the_records_still_say_one() -> None:
    """Her path ended and nobody has had news since: at 24 months nobody knows where she lives."""
    street = [situation(1, "housing", "rough", ENTRY)]
    found = of_one(["housed_12", "housed_24"], until=date(2016, 7, 5), motive=8, situations=street)

    assert found.values["housed_12"][0] == 0.0
    assert np.isnan(found.values["housed_24"][0])
    assert found.why["housed_24"][0] is Known.LOST


def test_news_after_the_path_makes_the_situation_known_again() -> None:
    told = [situation(1, "housing", "rough", ENTRY, until=date(2016, 12, 1))]
    told.append(situation(1, "housing", "hotel", date(2016, 12, 1)) | {"recorded_on": date(2017, 3, 1)})

    assert of_one(["housed_24"], until=date(2016, 7, 5), motive=8, situations=told).values["housed_24"][0] == 0.0


def test_whoever_entered_too_recently_is_not_lost() -> None:
    late = outcomes_of(
        tables(
            sites=SITES,
            people=[person(1)],
            paths=[{"path": 1, "person": 1, "rank": 1, "since": date(2021, 2, 1)}],
            contracts=[contract(1, 1, 1, date(2021, 2, 1), date(2023, 2, 1))],
        ),
        AS_OF,
        ["housed_24", "housed_12"],
    )

    assert late.why["housed_24"][0] is Known.TOO_SOON
    assert late.why["housed_12"][0] is Known.LOST  # of a path that runs, but nobody wrote where she lives
    assert not late.lost("housed_24").any()


def test_work_outside_of_work_integration_is_told_from_a_work_integration_contract() -> None:
    jobs = [
        situation(1, "employment", "cddi", ENTRY, until=date(2016, 6, 1)),
        situation(1, "employment", "short_term", date(2016, 6, 1)),
    ]
    found = of_one(["job_12", "job_24", "durable_job_24"], situations=jobs)

    assert [float(found.values[name][0]) for name in ("job_12", "job_24", "durable_job_24")] == [0.0, 1.0, 0.0]


def test_a_right_counts_for_those_who_lacked_one() -> None:
    lacking = [
        situation(1, "bank_account", "none", ENTRY, until=date(2015, 9, 1)),
        situation(1, "bank_account", "open", date(2015, 9, 1)),
        situation(1, "health_cover", "puma", ENTRY),
    ]
    names = ["right_recovered_6", "right_recovered_12", "health_right_12"]
    found = of_one(names, situations=lacking)

    assert [float(found.values[name][0]) for name in names[:2]] == [0.0, 1.0]
    assert found.why["health_right_12"][0] is Known.NOT_CONCERNED


def test_care_under_way_counts_everybody() -> None:
    cared = [situation(1, "care_path", "to_set_up", ENTRY, until=date(2016, 1, 1))]
    cared.append(situation(1, "care_path", "under_way", date(2016, 1, 1)))
    found = of_one(["care_6", "care_24"], situations=cared)

    assert [float(found.values[name][0]) for name in ("care_6", "care_24")] == [0.0, 1.0]


def test_an_outcome_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(ImpactError, match=r"Le critère « bonheur_24 » n’existe pas.*dynamic_exit, .*care_24"):
        of_one(["bonheur_24"])


def test_every_outcome_has_a_definition_that_names_its_moment() -> None:
    assert all(each.label and each.definition for each in OUTCOMES.values())
    assert all(str(each.months) in each.label + each.definition for each in OUTCOMES.values())


@pytest.fixture(scope="module")
def simulated() -> tuple[Outcomes, pl.DataFrame]:
    """Outcomes of a drawn territory with an ordinary site, and both potential outcomes of each first path."""
    drawn, truth = territory()
    return outcomes_of(drawn, AS_OF, ["dynamic_exit", "durable_exit", "housed_24", "care_24"]), truth


@pytest.mark.parametrize(
    ("name", "known"),
    [("dynamic_exit", "dynamic"), ("durable_exit", "durable"), ("housed_24", "housed"), ("care_24", "care")],
)
def test_what_is_found_in_the_records_is_what_really_happened(
    simulated: tuple[Outcomes, pl.DataFrame], name: str, known: str
) -> None:
    found, truth = simulated
    happened = found.people.join(truth, on="path", how="left", maintain_order="left").select(
        pl.when(pl.col("scheme") == "convergence").then(f"{known}_with").otherwise(f"{known}_without").alias("happened")
    )
    sure = found.known(name)

    assert sure.sum() > 200
    assert (found.values[name][sure] == happened["happened"].to_numpy()[sure]).mean() > 0.995


def test_the_flow_adds_up_and_shows_no_handful_of_people(simulated: tuple[Outcomes, pl.DataFrame]) -> None:
    found, _ = simulated
    chart = flow(found, np.ones(found.people.height, dtype=np.bool_))

    assert [step.scheme.value for step in chart.steps] == ["convergence", "ordinary", "none"]
    for step in chart.steps:
        assert step.entered == step.eligible == found.people.filter(scheme=step.scheme.value).height
        for months in chart.moments:
            parts = [step.followed[months], step.lost[months], step.too_soon[months]]
            shown = [part for part in parts if part is not None]
            assert not any(0 < part < 5 for part in shown)
            assert sum(shown) == step.eligible if None not in parts else parts.count(None) >= 2
    assert chart.rows()[0][1:] == tuple(step.scheme.label for step in chart.steps)


def test_whoever_enters_after_the_common_date_is_not_counted(simulated: tuple[Outcomes, pl.DataFrame]) -> None:
    found, _ = simulated
    earlier = Outcomes(date(2018, 6, 30), found.people, {}, {})
    (step, *_) = flow(earlier, np.ones(found.people.height, dtype=np.bool_), moments=(6,)).steps

    mine = found.people.filter(pl.col("scheme") == "convergence", pl.col("since") <= date(2018, 6, 30))
    assert step.entered == mine.height
    assert sum(part[6] or 0 for part in (step.followed, step.lost, step.too_soon)) == mine.height


def test_two_people_lost_are_not_shown_nor_found_by_subtraction() -> None:
    people = pl.DataFrame(
        {
            "person": range(40),
            "path": range(40),
            "since": [ENTRY] * 40,
            "until": [None] * 40,
            "site": [1] * 40,
            "scheme": ["convergence"] * 40,
            "known_until": [date(2015, 3, 1)] * 2 + [date(2023, 1, 1)] * 38,
        }
    )
    (step,) = flow(Outcomes(AS_OF, people, {}, {}), np.ones(40, dtype=np.bool_), moments=(6,)).steps

    assert (step.eligible, step.lost[6], step.followed[6], step.too_soon[6]) == (40, None, None, 0)


def test_an_arm_with_a_handful_of_eligible_people_shows_nothing_of_them() -> None:
    people = pl.DataFrame(
        {
            "since": [ENTRY] * 9,
            "scheme": ["convergence"] * 9,
            "known_until": [date(2023, 1, 1)] * 9,
        }
    )
    (step,) = flow(Outcomes(AS_OF, people, {}, {}), np.arange(9) < 3, moments=(6,)).steps
    (other,) = flow(Outcomes(AS_OF, people, {}, {}), np.arange(9) < 7, moments=(6,)).steps

    assert (step.entered, step.eligible, step.followed[6]) == (9, None, None)
    assert (other.entered, other.eligible, other.followed[6]) == (None, 7, 7)
