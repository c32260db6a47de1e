from datetime import date
from typing import Any

import numpy as np
import pytest

from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.outcomes import outcomes_of
from convergence.analysis.impact.spells import DAYS_A_MONTH, Spells, until_exit, until_housed, until_job
from convergence.analysis.impact.survival import _Arm
from tests.analysis.impact.drawn import AS_OF, territory
from tests.analysis.made import contract, person, tables

ENTRY = date(2015, 1, 5)
SITE = {"site": 1, "territory": 1, "operator": 1, "scheme": "convergence", "opened": date(2012, 1, 1)}


def exit_of(until: date | None, motive: int | None) -> tuple[float, int]:
    ends = [{"exit": 1, "person": 1, "path": 1, "on": until, "motive": motive}] if motive else []
    made = tables(
        sites=[SITE],
        people=[person(1)],
        paths=[{"path": 1, "person": 1, "rank": 1, "since": ENTRY, "until": until}],
        contracts=[contract(1, 1, 1, ENTRY, until or date(2023, 1, 5))],
        exits=ends,
    )
    found = until_exit(made, AS_OF)
    return float(found.months[0]), int(found.event[0])


def home_of(*housing: tuple[str, date, date | None], until: date | None = None) -> Spells:
    rows: list[dict[str, Any]] = [
        {"person": 1, "aspect": "housing", "value": value, "since": since, "until": end, "recorded_on": since}
        for value, since, end in housing
    ]
    made = tables(
        sites=[SITE],
        people=[person(1)],
        paths=[{"path": 1, "person": 1, "rank": 1, "since": ENTRY, "until": until}],
        contracts=[contract(1, 1, 1, ENTRY, until or date(2023, 1, 5))],
        situations=rows,
    )
    return until_housed(made, AS_OF)


@pytest.mark.parametrize(("motive", "way"), [(3, 1), (10, 2), (5, 2), (7, 3), (17, 3), (None, 3)])
def test_each_motive_is_one_way_out(motive: int | None, way: int) -> None:
    until = date(2016, 1, 5)

    assert exit_of(until, motive) == (365 / DAYS_A_MONTH, way)


def test_a_path_that_runs_has_not_ended_yet() -> None:
    months, way = exit_of(None, None)

    assert way == 0
    assert months == pytest.approx((AS_OF - ENTRY).days / DAYS_A_MONTH)


def test_a_home_counts_from_its_first_day() -> None:
    found = home_of(("hotel", date(2014, 1, 1), date(2016, 1, 5)), ("social_lease", date(2016, 1, 5), None))

    assert (found.months[0], found.event[0]) == (pytest.approx(365 / DAYS_A_MONTH), 1)


def test_whoever_had_a_home_or_of_whom_it_is_not_known_is_not_followed_towards_one() -> None:
    assert home_of(("social_lease", date(2014, 1, 1), None)).people.height == 0
    assert home_of().people.height == 0


def test_whoever_is_lost_is_followed_until_the_last_news_of_her() -> None:
    found = home_of(("rough", date(2014, 1, 1), None), until=date(2016, 1, 5))

    assert (found.months[0], found.event[0]) == (pytest.approx(365 / DAYS_A_MONTH), 0)


def test_a_job_counts_from_its_first_day_and_a_place_in_integration_is_none() -> None:
    work = (("cddi", ENTRY, date(2016, 1, 5)), ("short_term", date(2016, 1, 5), None))
    made = tables(
        sites=[SITE],
        people=[person(1)],
        paths=[{"path": 1, "person": 1, "rank": 1, "since": ENTRY, "until": date(2016, 1, 5)}],
        contracts=[contract(1, 1, 1, ENTRY, date(2016, 1, 5))],
        situations=[
            {"person": 1, "aspect": "employment", "value": value, "since": since, "until": end, "recorded_on": since}
            for value, since, end in work
        ],
    )
    found = until_job(made, AS_OF)

    assert (found.months[0], found.event[0]) == (pytest.approx(365 / DAYS_A_MONTH), 1)
    assert found.events == ("emploi hors insertion",)


def test_one_way_out_alone_censors_the_people_who_took_another() -> None:
    drawn, _ = territory()
    spells = until_exit(drawn, AS_OF)
    alone = spells.only(2)

    assert alone.events == (spells.events[1],)
    assert (alone.event == (spells.event == 2)).all()
    assert alone.months.tolist() == spells.months.tolist()


def test_once_every_path_has_ended_an_incidence_is_the_share_of_exits() -> None:
    drawn, _ = territory()
    spells = until_exit(drawn, AS_OF)
    shares = outcomes_of(drawn, AS_OF, ["durable_exit"])
    old = shares.known("durable_exit")

    assert spells.people["person"].equals(shares.people["person"])
    durations = spells.durations(old)
    for (_, arm), scheme in zip(durations.arms(), ("convergence", "ordinary"), strict=True):
        mine = old & (shares.people["scheme"] == scheme).to_numpy()
        everybody = _Arm(durations, arm, np.arange(len(durations)))
        assert everybody.incidence(1, np.array([72.0]))[0] == pytest.approx(shares.values["durable_exit"][mine].mean())


def test_sites_and_weights_come_with_the_durations() -> None:
    drawn, _ = territory()
    spells = until_exit(drawn, AS_OF)
    hired = (spells.people["scheme"] != "none").to_numpy()

    weights = np.linspace(1, 2, len(hired))
    held = spells.durations(hired, weights=weights)
    assert held.cluster is not None
    assert held.weights.tolist() == weights[hired].tolist()
    assert spells.durations(hired, by_site=False).cluster is None


def test_whoever_enters_after_the_date_is_not_followed_yet() -> None:
    drawn, _ = territory()
    early = date(2018, 6, 30)

    assert until_exit(drawn, early).people["since"].max() <= early  # type: ignore[operator]
    assert until_housed(drawn, early).people["since"].max() <= early  # type: ignore[operator]


def test_nobody_left_is_refused() -> None:
    drawn, _ = territory()
    spells = until_exit(drawn, AS_OF)

    with pytest.raises(ImpactError, match="Personne n’est retenu"):
        spells.durations(np.zeros(spells.people.height, dtype=np.bool_))
