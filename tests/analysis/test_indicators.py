"""Indicators, against answers worked out by hand."""

import math
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from convergence.analysis.dataset import Tables
from convergence.analysis.indicators import (
    DURABLE_EXITS,
    DYNAMIC_EXITS,
    HEALTH_RIGHTS,
    OPEN_ENDED_EXITS,
    RIGHTS,
    Denominator,
    Figure,
    Period,
    Who,
    mean_months,
    of_scheme,
    of_sites,
    people_supported,
    share_care_resumed,
    share_housed,
    share_in_care,
    share_moved_in,
    share_of_exits,
    share_opened,
    share_recovered,
)
from convergence.vocabulary.exits import ExitMotive
from convergence.vocabulary.housing import DURABLE, OBTAINED, STABILISED, Housing
from convergence.vocabulary.structures import Scheme
from tests.analysis.made import Rows, contract, person, tables

IN_2017 = Period.year(2017)
BEGAN, ENDED = date(2016, 1, 4), date(2017, 6, 1)
Row = dict[str, Any]


def path(key: int, since: date = BEGAN, until: date | None = ENDED, holder: int = 0, rank: int = 1) -> Row:
    """Path ``key``, of the person of the same key unless another is named."""
    return {"path": key, "person": holder or key, "rank": rank, "since": since, "until": until}


def leaving(key: int, motive: int, on: date = ENDED) -> Row:
    return {"exit": key, "person": key, "path": key, "on": on, "motive": motive}


def spell(holder: int, aspect: str, value: str | None, since: date = BEGAN, until: date | None = None) -> Row:
    missing = "prefers_not_to_say" if value is None else None
    row = {"person": holder, "aspect": aspect, "value": value, "missing": missing}
    return row | {"since": since, "until": until, "recorded_on": since}


def month(of_contract: int, holder: int, worked: float) -> Row:
    row: Row = {"contract": of_contract, "person": holder, "month": date(2016, 2, 1), "planned": worked}
    return row | {"worked": worked, "sick": 0.0, "justified": 0.0, "unjustified": 0.0}


def counts(figure: Figure) -> tuple[float, int, int]:
    return figure.numerator, figure.denominator, figure.unknown


# -- ends of path --------------------------------------------------------------------------------------------------


def ends() -> Tables:
    """Eight paths: one still runs, one ended a year before, six ended in 2017, one of them with no motive yet."""
    motives = {1: ExitMotive.OPEN_ENDED, 2: ExitMotive.SHORT_TERM, 3: ExitMotive.FIXED_TERM_IN_IAE}
    motives |= {4: ExitMotive.NO_NEWS, 5: ExitMotive.DEATH}
    paths = [path(key) for key in range(1, 7)]
    paths += [path(7, until=None), path(8, until=date(2016, 12, 31))]
    paths[3] = path(4, since=ENDED - timedelta(days=60))
    return tables(
        paths=paths,
        exits=[leaving(key, motive) for key, motive in motives.items()] + [leaving(8, 3, date(2016, 12, 31))],
        contracts=[contract(key, key, key, BEGAN, ENDED, ended_on=ENDED) for key in range(1, 7)],
        hours=[month(key, key, 90.0) for key in (1, 2, 3, 4, 5, 6)],
    )


@pytest.mark.parametrize(
    ("counted", "among", "answer"),
    [
        (DYNAMIC_EXITS, Denominator.ALL_ENDS, (3, 5, 1)),
        (DURABLE_EXITS, Denominator.ALL_ENDS, (1, 5, 1)),
        (OPEN_ENDED_EXITS, Denominator.ALL_ENDS, (1, 5, 1)),
        # The death is removed from both sides; the path of two months is too short.
        (DYNAMIC_EXITS, Denominator.PILOTAGE, (3, 3, 1)),
        # A move to another structure is no exit.
        (DYNAMIC_EXITS, Denominator.AFTER_IAE, (2, 4, 1)),
    ],
)
def test_the_same_exits_under_denominators_that_are_named(
    counted: Any, among: Denominator, answer: tuple[int, int, int]
) -> None:
    figure = share_of_exits(ends(), IN_2017, counted, among)
    assert counts(figure) == answer
    assert figure.value == pytest.approx(answer[0] / answer[1])
    assert figure.low < figure.value < figure.high or figure.value in (0, 1)
    assert "en 2017" in figure.definition


@pytest.mark.parametrize(
    ("days", "hours", "kind", "kept"),
    [
        (80, 1.0, "aci", False),  # 80 × 0.0328767 = 2.63 months
        (81, 1.0, "aci", True),  # 2.663
        (81, 0.5, "aci", False),
        (81, 1.0, "ei", True),
        (20, 150.0, "etti", True),
        (400, 149.0, "ai", False),
    ],
)
def test_the_thresholds_of_pilotage(days: int, hours: float, kind: str, kept: bool) -> None:
    site = 1 if kind == "aci" else None
    held = contract(1, 1, 1, ENDED - timedelta(days=days), ENDED, employer_kind=kind, site=site)
    world = tables(
        paths=[path(1, since=ENDED - timedelta(days=days))],
        exits=[leaving(1, 3)],
        contracts=[held],
        hours=[month(1, 1, hours)],
    )
    assert share_of_exits(world, IN_2017, DYNAMIC_EXITS, Denominator.PILOTAGE).denominator == int(kept)


def test_a_path_without_any_hour_is_no_exit_of_pilotage() -> None:
    world = tables(paths=[path(1)], exits=[leaving(1, 3)], contracts=[contract(1, 1, 1, BEGAN, ENDED)])
    assert counts(share_of_exits(world, IN_2017, DYNAMIC_EXITS, Denominator.PILOTAGE)) == (0, 0, 0)
    assert counts(share_of_exits(world, IN_2017, DYNAMIC_EXITS, Denominator.ALL_ENDS)) == (1, 1, 0)


# -- length --------------------------------------------------------------------------------------------------------


def test_paths_that_ended_last_so_many_months() -> None:
    world = tables(
        paths=[
            path(1, since=date(2016, 1, 1), until=date(2017, 1, 2)),  # 367 days, the last on 1 January
            path(2, since=date(2015, 1, 1), until=date(2018, 1, 1)),  # 1,096 days, the last on 31 December
            path(3, since=date(2015, 1, 1), until=date(2018, 1, 2)),  # a day later
            path(4, since=date(2015, 1, 1), until=date(2017, 1, 1)),  # over the day before the year
            path(5, until=None),
        ]
    )
    figure = mean_months(world, IN_2017)
    month_days = 365.25 / 12
    assert figure.denominator == 2
    assert figure.value == pytest.approx((367 + 1096) / 2 / month_days)
    # Two values: Student's quantile for one degree of freedom is 12.7062.
    assert figure.high - figure.value == pytest.approx(12.7062 * (1096 - 367) / 2 / month_days, rel=1e-4)
    assert people_supported(world, IN_2017) == 4
    assert people_supported(world, Period.year(2015)) == 3


def test_a_person_is_supported_once_however_many_paths_she_has() -> None:
    first = path(1, since=date(2017, 1, 2), until=date(2017, 3, 1))
    world = tables(paths=[first, path(2, since=date(2017, 9, 1), until=None, holder=1, rank=2)])
    assert people_supported(world, IN_2017) == 1


# -- housing -------------------------------------------------------------------------------------------------------


def homes() -> Tables:
    moved = date(2017, 3, 1)
    return tables(
        paths=[path(1), path(2), path(3, until=None), path(4, until=None), path(5, until=None), path(6)],
        situations=[
            # 1: from the street to a pension de famille before leaving; 2: the same, a year after leaving
            spell(1, "housing", "rough", date(2010, 1, 1), moved),
            spell(1, "housing", "pension_de_famille", moved),
            spell(2, "housing", "hotel", BEGAN, date(2018, 2, 1)),
            spell(2, "housing", "social_lease", date(2018, 2, 1)),
            # 3: had a lease already; 4: in a CHRS from the last day of the year on; 5: does not say
            spell(3, "housing", "private_lease", date(2012, 1, 1)),
            spell(4, "housing", "third_party", BEGAN, date(2017, 12, 31)),
            spell(4, "housing", "chrs", date(2017, 12, 31)),
            spell(5, "housing", None),
            # 6: nothing was noted
        ],
    )


@pytest.mark.parametrize(
    ("named", "who", "answer"),
    [
        (STABILISED, Who.PRESENT, (3, 4, 2)),
        (OBTAINED, Who.PRESENT, (2, 4, 2)),
        (DURABLE, Who.PRESENT, (1, 4, 2)),
        (OBTAINED, Who.ENDED, (1, 2, 1)),
        (DURABLE, Who.ENDED, (0, 2, 1)),
    ],
)
def test_three_sets_of_housing_at_two_moments(named: Any, who: Who, answer: tuple[int, int, int]) -> None:
    figure = share_housed(homes(), IN_2017, named, who)
    assert counts(figure) == answer
    assert named.definition in figure.definition


def test_a_home_obtained_is_one_that_was_not_there_at_entry() -> None:
    assert counts(share_moved_in(homes(), IN_2017, OBTAINED, Who.PRESENT)) == (1, 4, 2)
    assert counts(share_moved_in(homes(), IN_2017, STABILISED, Who.PRESENT)) == (2, 4, 2)


# -- care and rights -----------------------------------------------------------------------------------------------


def health() -> Tables:
    cared = date(2016, 5, 1)
    return tables(
        paths=[path(key) for key in range(1, 6)],
        situations=[
            spell(1, "care_path", "to_set_up", BEGAN, cared),
            spell(1, "care_path", "under_way", cared),
            spell(2, "care_path", "interrupted", BEGAN, cared),
            spell(2, "care_path", "to_set_up", cared),
            spell(3, "care_path", "stabilised"),
            spell(4, "care_path", "none"),
            spell(5, "care_path", "to_set_up", BEGAN, cared),
            spell(5, "care_path", None, cared),
        ],
    )


def test_care_is_counted_over_everybody_or_over_those_who_needed_it() -> None:
    assert counts(share_in_care(health(), IN_2017, Who.PRESENT)) == (2, 4, 1)
    assert counts(share_care_resumed(health(), IN_2017, Who.PRESENT)) == (1, 2, 1)


def rights() -> Tables:
    opened = date(2016, 9, 1)
    return tables(
        paths=[path(key) for key in range(1, 7)],
        situations=[
            # 1: RSA opened, no bank account yet
            spell(1, "rsa", "to_ask", BEGAN, opened),
            spell(1, "rsa", "open", opened),
            spell(1, "bank_account", "none"),
            # 2: still nothing
            spell(2, "identity_document", "lost"),
            # 3: everything was there already
            spell(3, "rsa", "open"),
            spell(3, "health_cover", "puma"),
            # 4: what was lacking is no longer known
            spell(4, "domiciliation", "asked", BEGAN, opened),
            spell(4, "domiciliation", None, opened),
            # 5: a doctor, which is a right of health only
            spell(5, "regular_doctor", "no", BEGAN, opened),
            spell(5, "regular_doctor", "yes", opened),
            # 6: opened, but after the exit
            spell(6, "rsa", "asked", BEGAN, date(2017, 7, 1)),
            spell(6, "rsa", "open", date(2017, 7, 1)),
        ],
    )


def test_rights_recovered_are_counted_among_those_who_lacked_one() -> None:
    figure = share_recovered(rights(), IN_2017, RIGHTS, Who.ENDED)
    assert counts(figure) == (1, 3, 1)  # 1, 2 and 6 lacked one and it is known since; 4 is not known
    assert RIGHTS.definition in figure.definition


def test_rights_of_health_are_another_set_and_everybody_may_be_the_denominator() -> None:
    assert counts(share_recovered(rights(), IN_2017, HEALTH_RIGHTS, Who.ENDED)) == (1, 1, 0)
    assert counts(share_opened(rights(), IN_2017, HEALTH_RIGHTS, Who.ENDED)) == (1, 6, 0)
    assert counts(share_opened(rights(), IN_2017, RIGHTS, Who.ENDED)) == (1, 6, 0)


def test_no_value_both_lacks_a_right_and_opens_it() -> None:
    for rights_set in (RIGHTS, HEALTH_RIGHTS):
        assert set(rights_set.lacking) == set(rights_set.open)
        for aspect in rights_set.lacking:
            assert not set(rights_set.lacking[aspect]) & set(rights_set.open[aspect])


# -- some sites ----------------------------------------------------------------------------------------------------


def test_only_the_paths_of_some_sites() -> None:
    world = tables(
        sites=[{"site": 1, "scheme": "convergence"}, {"site": 2, "scheme": "ordinary"}],
        people=[person(key) for key in (1, 2, 3)],
        paths=[path(1), path(2), path(3, until=None)],
        contracts=[
            contract(1, 1, 1, BEGAN, ENDED),
            contract(2, 2, 2, BEGAN, date(2016, 6, 1)),
            contract(3, 2, 2, date(2016, 6, 1), ENDED, site=2),  # she moved: her path counts where it ended
            contract(4, 3, 3, BEGAN, ENDED, site=2),
            contract(5, 1, None, ENDED, date(2018, 1, 1), site=None, employer_kind="ordinary"),
        ],
        exits=[leaving(1, 3), leaving(2, 8)],
        extended_support=[
            {"support": key, "person": key, "path": key, "opened_by": "job", "since": ENDED} for key in (1, 2)
        ],
        follow_ups=[{"support": key, "month_due": 1, "reached": True} for key in (1, 2)],
    )
    scheme = of_scheme(world, Scheme.CONVERGENCE)
    assert scheme.people.collect()["person"].to_list() == [1]
    assert scheme.contracts.collect()["contract"].to_list() == [1, 5]
    assert scheme.follow_ups.collect()["support"].to_list() == [1]
    assert share_of_exits(scheme, IN_2017, DYNAMIC_EXITS, Denominator.ALL_ENDS).value == 1
    other = of_sites(world, [2])
    assert people_supported(other, IN_2017) == 2
    assert share_of_exits(other, IN_2017, DYNAMIC_EXITS, Denominator.ALL_ENDS).value == 0


# -- laws ----------------------------------------------------------------------------------------------------------

ALL_FIGURES: dict[str, Callable[[Tables], Figure]] = {
    "exits": lambda world: share_of_exits(world, IN_2017, DYNAMIC_EXITS, Denominator.ALL_ENDS),
    "pilotage": lambda world: share_of_exits(world, IN_2017, DURABLE_EXITS, Denominator.PILOTAGE),
    "months": lambda world: mean_months(world, IN_2017),
    "housed": lambda world: share_housed(world, IN_2017, STABILISED, Who.PRESENT),
    "moved in": lambda world: share_moved_in(world, IN_2017, OBTAINED, Who.ENDED),
    "care": lambda world: share_in_care(world, IN_2017, Who.PRESENT),
    "resumed": lambda world: share_care_resumed(world, IN_2017, Who.ENDED),
    "recovered": lambda world: share_recovered(world, IN_2017, RIGHTS, Who.PRESENT),
    "opened": lambda world: share_opened(world, IN_2017, HEALTH_RIGHTS, Who.PRESENT),
}
_DAYS = st.dates(date(2015, 6, 1), date(2018, 3, 1))


@st.composite
def lives(draw: DrawFn) -> dict[str, Rows]:
    """Up to a dozen people with a path each, housing, care and RSA in two spells."""
    rows: dict[str, Rows] = {"paths": [], "exits": [], "contracts": [], "hours": [], "situations": []}
    for key in range(1, draw(st.integers(1, 12)) + 1):
        since, until = sorted(draw(st.lists(_DAYS, min_size=2, max_size=2, unique=True)))
        running = draw(st.booleans())
        rows["paths"].append(path(key, since, None if running else until))
        rows["contracts"].append(contract(key, key, key, since, until))
        rows["hours"].append(month(key, key, draw(st.sampled_from([0.0, 80.0]))))
        if not running and draw(st.booleans()):
            rows["exits"].append(leaving(key, draw(st.sampled_from(list(ExitMotive))), until))
        turn = draw(_DAYS)
        for aspect, values in (
            ("housing", [value.value for value in Housing]),
            ("care_path", ["none", "to_set_up", "under_way"]),
            ("rsa", ["none", "to_ask", "open"]),
        ):
            before, after = (draw(st.sampled_from([*values, None])) for _ in range(2))
            rows["situations"] += [
                spell(key, aspect, before, date(2015, 1, 1), turn),
                spell(key, aspect, after, turn),
            ]
    return rows


def same(one: Figure, other: Figure) -> bool:
    return repr(one) == repr(other)


@pytest.mark.parametrize("name", ALL_FIGURES)
@settings(max_examples=12, deadline=None)
@given(rows=lives(), random=st.randoms(use_true_random=False))
def test_a_figure_is_its_share_and_neither_order_nor_strangers_change_it(
    name: str, rows: dict[str, Rows], random: Any
) -> None:
    figure = ALL_FIGURES[name](tables(**rows))
    if figure.denominator:
        assert figure.value == pytest.approx(figure.numerator / figure.denominator)
        assert figure.low <= figure.value <= figure.high
        if name != "months":
            assert 0 <= figure.low <= figure.high <= 1
            assert figure.numerator <= figure.denominator
    else:
        assert math.isnan(figure.value)
    shuffled = {table: random.sample(of_table, len(of_table)) for table, of_table in rows.items()}
    assert same(figure, ALL_FIGURES[name](tables(**shuffled)))
    # Somebody whose path was over long before, and somebody who never had one.
    stranger = path(90, date(2009, 1, 5), date(2010, 1, 5))
    strangers = {
        "paths": [stranger],
        "exits": [leaving(90, 3, date(2010, 1, 5))],
        "situations": [spell(90, "housing", "owner"), spell(91, "care_path", "under_way")],
    }
    more = {table: [*of_table, *strangers.get(table, [])] for table, of_table in rows.items()}
    assert same(figure, ALL_FIGURES[name](tables(**more)))


def test_nobody_to_count_gives_no_value() -> None:
    for figure in (each(tables()) for each in ALL_FIGURES.values()):
        assert math.isnan(figure.value)
        assert figure.denominator == 0


def test_people_of_one_path_are_looked_at_on_its_last_day_of_the_period() -> None:
    world = tables(paths=[path(1, until=None)], situations=[spell(1, "housing", "chrs", date(2017, 12, 31))])
    assert share_housed(world, IN_2017, STABILISED, Who.PRESENT).value == 1
    assert counts(share_housed(world, Period(BEGAN, date(2017, 12, 31)), STABILISED, Who.PRESENT)) == (0, 0, 1)


def test_a_period_has_a_first_day_before_its_end() -> None:
    with pytest.raises(ValueError, match="is not before"):
        Period(ENDED, ENDED)
    assert str(Period(date(2015, 4, 1), date(2015, 10, 1))) == "du 01/04/2015 au 30/09/2015"
    assert str(IN_2017) == "en 2017"


def test_definitions_are_french_sentences_without_holes() -> None:
    for figure in (each(ends()) for each in ALL_FIGURES.values()):
        assert figure.definition.endswith(".")
        assert "{" not in figure.definition
        assert "'" not in figure.definition


def test_indicators_read_scanned_files_as_they_read_frames(tmp_path: Any) -> None:
    world = homes()
    world.paths.collect().write_parquet(tmp_path / "paths.parquet")
    frames = world.to_dict() | {"paths": pl.scan_parquet(tmp_path / "paths.parquet")}
    assert counts(share_housed(Tables.cast(frames), IN_2017, OBTAINED, Who.PRESENT)) == (2, 4, 2)
