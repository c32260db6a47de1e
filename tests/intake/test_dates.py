"""Dates as people write them, whole or in part."""

import calendar
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convergence.intake.cells import Cell, Severity
from convergence.intake.dates import (
    Calendar,
    Order,
    PartialDate,
    Purpose,
    age_on,
    column_order,
    looks_like_date,
    read_date,
)

TODAY = date(2026, 11, 23)
BIRTH = Calendar(TODAY, Purpose.BIRTH)
EVENT = Calendar(TODAY, Purpose.EVENT)
MONTHS = ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
          "décembre"]  # fmt: skip
SHORT = ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("03/05/1998", PartialDate(1998, 5, 3)),
        ("3.5.98", PartialDate(1998, 5, 3)),
        ("3-5-1998", PartialDate(1998, 5, 3)),
        ("03 05 1998", PartialDate(1998, 5, 3)),
        ("3 mai 1998", PartialDate(1998, 5, 3)),
        ("3 MAI 1998", PartialDate(1998, 5, 3)),
        ("1er août 1998", PartialDate(1998, 8, 1)),
        ("dimanche 3 mai 1998", PartialDate(1998, 5, 3)),
        ("03-mai-98", PartialDate(1998, 5, 3)),
        ("3 févr. 1998", PartialDate(1998, 2, 3)),
        ("né le 3 mai 1998", PartialDate(1998, 5, 3)),
        ("Née le 03/05/1998", PartialDate(1998, 5, 3)),
        ("mai 1998", PartialDate(1998, 5)),
        ("05/1998", PartialDate(1998, 5)),
        ("1998-05", PartialDate(1998, 5)),
        ("1998", PartialDate(1998)),
        (1998, PartialDate(1998)),
        (1998.0, PartialDate(1998)),
        ("00/00/1985", PartialDate(1985)),
        ("00/05/1985", PartialDate(1985, 5)),
        ("xx/xx/1985", PartialDate(1985)),
        ("??/05/1985", PartialDate(1985, 5)),
        ("1985-00-00", PartialDate(1985)),
        ("1998-05-03", PartialDate(1998, 5, 3)),
        ("1998-05-03T00:00:00", PartialDate(1998, 5, 3)),
        ("1998-05-03 14:30:00.000", PartialDate(1998, 5, 3)),
        ("1998-05-03T14:30:00+02:00", PartialDate(1998, 5, 3)),
        ("1998-05-03T14:30:00Z", PartialDate(1998, 5, 3)),
        ("03/05/1998 00:00", PartialDate(1998, 5, 3)),
        ("19980503", PartialDate(1998, 5, 3)),
        (19980503, PartialDate(1998, 5, 3)),
        ("03051998", PartialDate(1998, 5, 3)),
        (3051998.0, PartialDate(1998, 5, 3)),
        ("030598", PartialDate(1998, 5, 3)),
        (35918.0, PartialDate(1998, 5, 3)),
        (35918.75, PartialDate(1998, 5, 3)),
        ("35918", PartialDate(1998, 5, 3)),
        (date(1998, 5, 3), PartialDate(1998, 5, 3)),
        (datetime(1998, 5, 3, 8, 30), PartialDate(1998, 5, 3)),
        ("\u200b03/05/1998\u00a0", PartialDate(1998, 5, 3)),
    ],
)
def test_each_way_of_writing_a_date_is_understood(cell: Cell, expected: PartialDate) -> None:
    assert read_date(cell, BIRTH) == (expected, [])


@pytest.mark.parametrize("cell", [None, "", " ", "-", "NC", "inconnue", "Non renseigné", "?", "00/00/0000", "00/00/00"])
def test_no_date_is_no_fault(cell: Cell) -> None:
    assert read_date(cell, BIRTH) == (None, [])


@pytest.mark.parametrize(
    ("cell", "year", "word"),
    [("vers 1985", 1985, "approximative"), ("env. 1985", 1985, "approximative"), ("1985 ?", 1985, "incertaine")],
)
def test_an_uncertain_date_is_kept_and_doubtful(cell: str, year: int, word: str) -> None:
    value, (remark,) = read_date(cell, BIRTH)
    assert value == PartialDate(year)
    assert remark.severity is Severity.DOUBTFUL
    assert word in remark.sentence


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("31/02/1990", "n’existe pas"),
        ("29/02/1999", "n’existe pas"),
        ("31/04/1990", "n’existe pas"),
        ("45/45/1990", "pas de mois numéro 45"),
        ("1990-13-01", "pas de mois numéro 13"),
        ("03/05/3098", "31ᵉ siècle"),
        ("3098-05-03", "31ᵉ siècle"),
        (date(3098, 5, 3), "31ᵉ siècle"),
        (437_000, "31ᵉ siècle"),
        ("03/05/2027", "futur"),
        ("03/05/2015", "moins de 14 ans"),
        ("03/05/1915", "plus de 100 ans"),
        ("1850", "plus de 100 ans"),
        ("0000-01-01", "année n’existe pas"),
        ("le printemps", "n’est pas une date"),
        ("12 brumaire 1990", "n’est pas une date"),
        ("Fictive", "n’est pas une date"),
        (True, "n’est pas une date"),
        (time(8, 30), "n’est pas une date"),
        (-5, "n’est pas une date"),
        (float("nan"), "n’est pas une date"),
        (1e300, "n’est pas une date"),
        ("=A1+3", "n’est pas une date"),
    ],
)
def test_an_impossible_birth_date_refuses_the_row_with_a_sentence(cell: Cell, words: str) -> None:
    value, (remark,) = read_date(cell, BIRTH)
    assert value is None
    assert remark.severity is Severity.REFUSED
    assert words in remark.sentence
    assert remark.sentence.endswith((".", "03/05/1998."))


def test_the_ages_of_a_birth_date_are_bounded_to_the_day() -> None:
    assert read_date("23/11/2012", BIRTH)[0] == PartialDate(2012, 11, 23)
    assert read_date("24/11/2012", BIRTH)[0] is None
    assert read_date("24/11/1925", BIRTH)[0] == PartialDate(1925, 11, 24)
    assert read_date("23/11/1925", BIRTH)[0] is None
    assert (age_on(date(1925, 11, 24), TODAY), age_on(date(1925, 11, 23), TODAY)) == (100, 101)
    assert read_date("2012", BIRTH)[0] == PartialDate(2012), "some days of that year give 14 years of age"


@pytest.mark.parametrize(
    ("cell", "how", "year"),
    [
        ("03/05/98", BIRTH, 1998),
        ("03/05/07", BIRTH, 2007),
        ("03/05/12", BIRTH, 2012),
        ("03/05/30", BIRTH, 1930),
        ("03/05/27", EVENT, 2027),
        ("03/05/24", EVENT, 2024),
        ("03/05/98", EVENT, 1998),
        ("03/05/56", EVENT, 2056),
    ],
)
def test_two_digits_of_a_year_are_read_from_today(cell: str, how: Calendar, year: int) -> None:
    assert read_date(cell, how)[0] == PartialDate(year, 5, 3)


def test_two_digits_move_with_the_day_of_the_import() -> None:
    later = Calendar(date(2031, 1, 1), Purpose.BIRTH)
    assert read_date("03/05/15", later)[0] == PartialDate(2015, 5, 3)


def test_two_digits_that_fit_no_working_age_ask_for_four() -> None:
    value, (remark,) = read_date("03/05/20", BIRTH)
    assert value is None
    assert "quatre chiffres" in remark.sentence


@pytest.mark.parametrize("cell", ["03/05/1949", "03/05/2057", "0024-05-03"])
def test_an_event_far_from_today_is_refused(cell: str) -> None:
    value, (remark,) = read_date(cell, EVENT)
    assert value is None
    assert remark.severity is Severity.REFUSED


def test_serial_numbers_follow_their_workbook() -> None:
    from_1904 = Calendar(TODAY, Purpose.BIRTH, starts_1904=True)
    assert read_date(35918.0, BIRTH)[0] == PartialDate(1998, 5, 3)
    assert read_date(34456.0, from_1904)[0] == PartialDate(1998, 5, 3)


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["03/05/1998", "04/06/1971"], Order.DAY_FIRST),
        (["05/25/1998", "04/06/1971"], Order.MONTH_FIRST),
        (["25/05/1998", "04/06/1971"], Order.DAY_FIRST),
        (["05/25/1998", "25/05/1998"], Order.DAY_FIRST),
        (["05/45/1998"], Order.DAY_FIRST),
        ([None, 35918, date(1998, 5, 3)], Order.DAY_FIRST),
        ([], Order.DAY_FIRST),
    ],
)
def test_one_date_settles_the_order_of_its_whole_column(cells: list[Cell], order: Order) -> None:
    assert column_order(cells) is order


def test_a_month_first_column_is_read_so_throughout() -> None:
    american = Calendar(TODAY, Purpose.BIRTH, Order.MONTH_FIRST)
    assert read_date("05/03/1998", american)[0] == PartialDate(1998, 5, 3)
    assert read_date("05031998", american)[0] == PartialDate(1998, 5, 3)
    assert read_date("1998-05-03", american)[0] == PartialDate(1998, 5, 3)


def test_a_lone_reversed_date_is_understood_and_doubtful() -> None:
    value, (remark,) = read_date("05/25/1998", BIRTH)
    assert value == PartialDate(1998, 5, 25)
    assert remark.severity is Severity.DOUBTFUL


DAYS = st.dates(date(1930, 1, 1), date(2010, 12, 31))


@given(DAYS)
def test_a_day_comes_back_from_each_way_of_writing_it(day: date) -> None:
    ways: list[Cell] = [
        f"{day:%d/%m/%Y}",
        f"{day.day}/{day.month}/{day.year}",
        f"{day:%d.%m.%Y}",
        f"{day:%d-%m-%Y}",
        f"{day:%Y-%m-%d}",
        f"{day:%Y-%m-%d}T00:00:00",
        f"{day:%d/%m/%Y} 12:30",
        f"{day:%Y%m%d}",
        f"{day:%d%m%Y}",
        int(f"{day:%d%m%Y}"),
        int(f"{day:%Y%m%d}"),
        f"{day.day} {MONTHS[day.month - 1]} {day.year}",
        f"{day.day} {SHORT[day.month - 1]} {day.year}",
        f"{day.day}-{SHORT[day.month - 1]}-{day.year}",
        day,
        datetime(day.year, day.month, day.day, 10),
        (day - date(1899, 12, 30)).days,
        float((day - date(1899, 12, 30)).days),
        str((day - date(1899, 12, 30)).days),
        str(PartialDate(day.year, day.month, day.day)),
    ]
    for way in ways:
        value, remarks = read_date(way, BIRTH)
        assert value is not None, way
        assert (value.whole, remarks) == (day, []), way


@given(DAYS)
def test_a_serial_number_of_1904_comes_back(day: date) -> None:
    how = Calendar(TODAY, Purpose.BIRTH, starts_1904=True)
    value, _remarks = read_date((day - date(1904, 1, 1)).days, how)
    assert value == PartialDate(day.year, day.month, day.day)


@given(st.dates(date(1927, 1, 1), date(2012, 11, 23)))
def test_two_digits_of_a_working_age_come_back(day: date) -> None:
    value, _remarks = read_date(f"{day:%d/%m/%y}", BIRTH)
    assert value is not None
    assert value.whole == day


@given(st.integers(1930, 2010), st.none() | st.integers(1, 12))
def test_a_partial_date_comes_back_from_its_own_words(year: int, month: int | None) -> None:
    partial = PartialDate(year, month)
    assert read_date(str(partial), BIRTH) == (partial, [])
    assert partial.earliest <= partial.latest
    assert partial.whole is None


@given(st.integers(1900, 2100), st.integers(1, 12))
def test_a_month_ends_on_its_last_day(year: int, month: int) -> None:
    assert PartialDate(year, month).latest + timedelta(days=1) == PartialDate(year, month).earliest + timedelta(
        days=calendar.monthrange(year, month)[1]
    )


@pytest.mark.parametrize("parts", [(1998, None, 3), (1999, 2, 29), (1998, 13), (0,)])
def test_an_impossible_partial_date_cannot_be_made(parts: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        PartialDate(*parts)


@given(
    st.one_of(
        st.none(),
        st.text(max_size=40),
        st.integers(),
        st.floats(),
        st.booleans(),
        st.dates(),
        st.datetimes(),
        st.times(),
    )
)
def test_anything_is_a_date_or_a_remark(cell: Cell) -> None:
    for how in (BIRTH, EVENT, Calendar(TODAY, Purpose.EVENT, Order.MONTH_FIRST, starts_1904=True)):
        value, remarks = read_date(cell, how)
        assert value is None or isinstance(value, PartialDate)
        assert all(remark.sentence for remark in remarks)
    assert looks_like_date(cell) in (True, False)


@given(st.from_regex(r"[0-3x?]?[0-9x?][/.\- ][0-1]?[0-9][/.\- ]([0-9]{2}|[0-9]{4})", fullmatch=True))
def test_anything_that_looks_like_a_date_is_one_or_gets_a_remark(cell: str) -> None:
    value, remarks = read_date(cell, BIRTH)
    assert value is not None or remarks or set(cell) & set("0x?")
