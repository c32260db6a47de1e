"""The panel of months, and profiles at entry, on lives small enough to follow with a finger."""

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from convergence.analysis.errors import AnalysisError
from convergence.analysis.months import ASPECTS, Lost, days_of, first_paths, known_until, person_months
from convergence.analysis.profiles import covariates, profiles
from tests.analysis.made import contract, person, tables

AS_OF = date(2016, 12, 31)
BEGAN, ENDED = date(2015, 1, 12), date(2015, 7, 16)


def fact(who: int, aspect: str, value: str, since: date, until: date | None = None, told: date | None = None) -> Any:
    row = {"person": who, "aspect": aspect, "value": value, "since": since, "until": until}
    return row | {"recorded_on": told or since}


SITES: dict[str, Any] = {
    "operators": [{"operator": 1, "public_body": True}],
    "sites": [
        {"site": 1, "territory": 1, "operator": 1, "scheme": "convergence", "opened": date(2012, 1, 1)},
        {"site": 2, "territory": 1, "scheme": "none", "opened": date(2012, 1, 1)},
    ],
}

# She is hired on 12 January, leaves on 16 July for a job noted to last, and nobody hears of her after 20 August.
HER = tables(
    **SITES,
    people=[person(1, birth_year=1970)],
    paths=[{"path": 1, "person": 1, "rank": 1, "since": BEGAN, "until": ENDED}],
    contracts=[
        contract(1, 1, 1, BEGAN, ENDED, weekly_hours=26.0, monthly_gross=1240.0),
        contract(
            2, 1, None, ENDED, None, site=None, employer_kind="ordinary", kind="open_ended", programme=None,
            weekly_hours=35.0, monthly_gross=1550.0,
        ),
    ],
    hours=[
        {"contract": 1, "person": 1, "month": date(2015, 2, 1), "planned": 112.0, "worked": 90.0, "sick": 12.0,
         "justified": 4.0, "unjustified": 6.0},
    ],
    situations=[
        fact(1, "housing", "hotel", date(2014, 3, 1), date(2015, 3, 11), BEGAN),
        fact(1, "housing", "social_residence", date(2015, 3, 11)),
        fact(1, "employment", "cddi", BEGAN, ENDED),
        fact(1, "employment", "open_ended", ENDED, told=date(2015, 8, 19)),
    ],
)  # fmt: skip


def test_everybody_has_every_month_and_the_first_is_that_of_her_first_day() -> None:
    months = person_months(HER, AS_OF, months=30)
    assert months["elapsed"].to_list() == list(range(30))
    assert months["month"][0] == date(2015, 1, 1)
    assert months["month"][29] == date(2017, 6, 1)
    assert (months["site"][0], months["scheme"][0]) == (1, "convergence")


def test_what_is_known_of_a_month_is_told_from_what_nobody_knows_and_from_what_has_not_happened() -> None:
    months = person_months(HER, AS_OF, months=30)
    assert known_until(HER, AS_OF)["known_until"].to_list() == [date(2015, 8, 20)]
    assert months.filter("observed")["elapsed"].to_list() == list(range(7)), "January to July 2015"
    assert months.filter("lost")["elapsed"].to_list() == list(range(7, 24)), "August 2015 to December 2016"
    assert months.filter(~pl.col("within"))["elapsed"].to_list() == list(range(24, 30))
    unknown = months.filter(~pl.col("observed"))
    assert unknown.select(pl.col(ASPECTS).is_null().all()).row(0) == (True,) * len(ASPECTS)
    assert unknown.filter("lost")["gross"].is_null().all()


def test_wages_and_hours_are_those_of_the_days_of_the_month_on_which_a_contract_runs() -> None:
    months = person_months(HER, AS_OF)
    assert months["gross"][0] == pytest.approx(1240 * 20 / 31)
    assert months["gross"][1] == 1240
    assert months["gross"][6] == pytest.approx(1240 * 15 / 31 + 1550 * 16 / 31)
    assert months["weekly_hours"][6] == pytest.approx(26 * 15 / 31 + 35 * 16 / 31)
    assert (months["employer"][1], months["public_body"][1], months["programme"][1]) == ("aci", True, "cvg")
    assert months["employer"][6] == "ordinary", "the contract of most hours in the month"


def test_sick_leave_is_neither_worked_nor_paid_by_the_employer() -> None:
    months = person_months(HER, AS_OF)
    assert (months["worked"][1], months["paid"][1]) == (90.0, 94.0)
    assert (months["worked"][2], months["paid"][2]) == (0.0, 0.0)


def test_situations_and_the_path_are_read_on_the_last_day_of_the_month() -> None:
    months = person_months(HER, AS_OF)
    assert months["housing"].cast(pl.String).to_list()[:4] == ["hotel", "hotel", "social_residence", "social_residence"]
    assert months["in_path"].to_list()[:8] == [True] * 6 + [False] * 2


def test_the_last_situation_carried_keeps_her_job_and_her_home() -> None:
    months = person_months(HER, AS_OF, lost=Lost.CARRIED).filter("lost")
    assert months["employment"].cast(pl.String).unique().to_list() == ["open_ended"]
    assert months["housing"].cast(pl.String).unique().to_list() == ["social_residence"]
    assert months["gross"].unique().to_list() == [1550]


def test_back_as_at_entry_takes_both_away() -> None:
    months = person_months(HER, AS_OF, lost=Lost.AS_AT_ENTRY).filter("lost")
    assert months["employment"].cast(pl.String).unique().to_list() == ["none"]
    assert months["housing"].cast(pl.String).unique().to_list() == ["hotel"]
    assert months["gross"].unique().to_list() == [0]


def test_what_follows_the_date_is_never_supposed() -> None:
    for lost in Lost:
        later = person_months(HER, AS_OF, months=30, lost=lost).filter(~pl.col("within"))
        assert later.select(pl.col(ASPECTS).is_null().all()).row(0) == (True,) * len(ASPECTS)
        assert not later["in_path"].any()


def test_days_of_a_month_are_shared_between_the_places_where_she_slept() -> None:
    days = days_of(HER, person_months(HER, AS_OF), "housing")
    march = days.filter(pl.col("elapsed") == 2).select(pl.col("value").cast(pl.String), "days").rows()
    assert sorted(march) == [("hotel", 10), ("social_residence", 21)]
    assert days["elapsed"].max() == 6, "months not observed are left out"


def test_somebody_on_a_waiting_list_has_the_site_she_applied_to_and_no_scheme() -> None:
    waiting = tables(
        **SITES,
        people=[person(1)],
        paths=[{"path": 1, "person": 1, "rank": 1, "since": BEGAN, "until": date(2017, 1, 12)}],
        candidacies=[{"candidacy": 1, "person": 1, "site": 2, "opened_on": BEGAN, "outcome": "waiting"}],
    )
    assert first_paths(waiting).select("site", "scheme").rows() == [(2, "none")]


def test_a_panel_without_months_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one month"):
        person_months(HER, AS_OF, months=0)


def test_a_profile_tells_what_was_known_on_the_first_day_or_learnt_in_the_month_after() -> None:
    people = tables(
        **SITES,
        people=[person(1, birth_year=1970, sex="woman", education="level_three", street_path=True), person(2)],
        paths=[{"path": who, "person": who, "rank": 1, "since": BEGAN} for who in (1, 2)],
        contracts=[contract(who, who, who, BEGAN, date(2015, 9, 1)) for who in (1, 2)],
        situations=[
            fact(1, "housing", "rough", date(2014, 1, 1)),
            fact(1, "rsa", "open", date(2015, 2, 1)),
            fact(2, "housing", "prison", date(2014, 1, 1), date(2015, 1, 12)),
            fact(2, "rsa", "open", date(2015, 4, 1)),
        ],
        needs=[
            {"person": 1, "need": need, "level": level, "reviewed_on": BEGAN, "review": review}
            for need, level, review in (("housing", 4, 1), ("money", 1, 1), ("money", 0, 2))
        ],
    )
    one, two = profiles(people).rows(named=True)
    assert (one["age"], one["woman"], one["education"], one["street_path"]) == (45, 1, 2, 1)
    assert (one["housing"], one["rsa"], one["needs"]) == (0, 1, 2.5)
    assert [two[name] for name in ("age", "woman", "housing", "rsa", "needs")] == [None] * 5


def test_a_missing_value_is_marked_rather_than_taken_for_zero() -> None:
    people = pl.DataFrame({"person": [1, 2, 3], "age": [30.0, None, 50.0], "woman": [1.0, 0.0, 1.0], "rsa": [1.0] * 3})
    matrix, names = covariates(people, ("age", "woman", "rsa"))
    assert names == ("age", "age inconnu", "woman"), "what never varies tells nobody apart"
    assert np.array_equal(matrix, [[30, 0, 1], [40, 1, 0], [50, 0, 1]])


@pytest.mark.parametrize(
    ("name", "sentence"), [("shoe_size", "n’existe pas"), ("person", "n’existe pas"), ("needs", "connue de personne")]
)
def test_a_covariate_that_nobody_has_is_refused_with_what_to_do(name: str, sentence: str) -> None:
    people = pl.DataFrame({"person": [1, 2], "age": [30.0, 40.0], "needs": pl.Series([None, None], dtype=pl.Float64)})
    with pytest.raises(AnalysisError, match=sentence):
        covariates(people, (name,))
