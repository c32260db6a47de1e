"""A line of dated facts holds one thing at a time, forgets nothing, and tells what was known when."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from convergence.platform.dated import revise, withdraw
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.platform.identity import assume
from convergence.situations.models import Situation
from convergence.situations.recording import correct_situation, record_situation
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World

pytestmark = pytest.mark.usefixtures("counsellor")


@pytest.fixture
def counsellor(world: World) -> None:
    assume(world.users[Role.COUNSELLOR].pk, TODAY)


def line(world: World) -> list[tuple[date | None, date | None, str]]:
    rows = Situation.objects.line_of(world.anouk.pk, "siao").current().order_by("valid")
    return [(row.starts, row.ends, row.value or row.missing) for row in rows]


def record(world: World, code: str, since: date, **options: object) -> Situation:
    return record_situation(world.anouk.pk, "siao", code, since, today=TODAY, **options)  # type: ignore[arg-type]


def test_a_new_situation_ends_the_one_before_where_it_begins(world: World) -> None:
    record(world, "to_ask", date(2025, 1, 1))
    record(world, "lodged", date(2025, 3, 1))
    assert line(world) == [
        (date(2025, 1, 1), date(2025, 3, 1), "to_ask"),
        (date(2025, 3, 1), None, "lodged"),
    ]


def test_a_situation_learnt_late_ends_where_the_next_one_begins(world: World) -> None:
    record(world, "lodged", date(2025, 3, 1))
    record(world, "to_ask", date(2025, 1, 1))
    assert line(world) == [
        (date(2025, 1, 1), date(2025, 3, 1), "to_ask"),
        (date(2025, 3, 1), None, "lodged"),
    ]


def test_recording_again_on_the_same_day_corrects_and_keeps_the_history(world: World) -> None:
    first = record(world, "to_ask", date(2025, 1, 1))
    second = record(world, "lodged", date(2025, 1, 1))
    assert line(world) == [(date(2025, 1, 1), None, "lodged")]
    assert second.series == first.series
    first.refresh_from_db()
    assert first.superseded_at is not None
    assert first.value == "to_ask"


@given(
    steps=st.lists(
        st.tuples(st.integers(0, 40), st.sampled_from(["to_ask", "lodged", "accepted", "not_assessed"])), max_size=8
    )
)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_whatever_the_order_of_entry_nothing_overlaps_and_each_day_tells_the_latest_word(
    world: World, steps: list[tuple[int, str]]
) -> None:
    begin = date(2025, 1, 1)
    with transaction.atomic():
        said: dict[date, str] = {}
        for offset, code in steps:
            since = begin + timedelta(days=offset)
            record(world, code, since)
            said[since] = code
        days = sorted(said)
        expected = [
            (day, days[number + 1] if number + 1 < len(days) else None, said[day]) for number, day in enumerate(days)
        ]
        assert line(world) == expected
        # Nothing was erased: every word ever said is still a row.
        assert Situation.objects.line_of(world.anouk.pk, "siao").count() >= len(steps)
        transaction.set_rollback(True)


def test_what_was_known_on_a_day_stays_known_after_a_correction(world: World, acting_as: object) -> None:
    before, after = datetime(2025, 2, 1, tzinfo=UTC), datetime(2025, 4, 1, tzinfo=UTC)
    row = record(world, "to_ask", date(2025, 1, 1))
    corrected = revise(row, value="lodged")
    with acting_as("maint"):  # type: ignore[operator]
        moment = datetime(2025, 3, 1, tzinfo=UTC)
        Situation.objects.filter(pk=row.pk).update(recorded_at=datetime(2025, 1, 2, tzinfo=UTC), superseded_at=moment)
        Situation.objects.filter(pk=corrected.pk).update(recorded_at=moment)
    known = Situation.objects.line_of(world.anouk.pk, "siao")
    assert [fact.value for fact in known.known_on(before)] == ["to_ask"]
    assert [fact.value for fact in known.known_on(after)] == ["lodged"]
    assert not known.known_on(datetime(2024, 1, 1, tzinfo=UTC)).exists()


def test_the_second_of_two_editors_is_told_and_sees_the_first_one_s_change(world: World) -> None:
    shown = record(world, "to_ask", date(2025, 1, 1))
    theirs = correct_situation(shown, "lodged", date(2025, 1, 1), today=TODAY, seen_version=str(shown.pk))
    with pytest.raises(ChangedMeanwhile) as told:
        correct_situation(theirs, "refused", date(2025, 1, 1), today=TODAY, seen_version=str(shown.pk))
    assert told.value.fresh == theirs
    with pytest.raises(ChangedMeanwhile) as told:
        record(world, "accepted", TODAY, seen_version=str(shown.pk))
    assert told.value.fresh == theirs


def test_what_was_withdrawn_no_longer_counts_and_stays_readable(world: World) -> None:
    row = record(world, "to_ask", date(2025, 1, 1))
    withdraw(row)
    assert line(world) == []
    assert Situation.objects.filter(pk=row.pk).exists()
    with pytest.raises(ChangedMeanwhile):
        withdraw(row)


@pytest.mark.parametrize(
    ("aspect", "code", "since"),
    [
        ("siao", "lodged", TODAY + timedelta(days=1)),
        ("siao", "no_such_code", TODAY),
        ("no_such_aspect", "lodged", TODAY),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_and_nothing_is_written(
    world: World, aspect: str, code: str, since: date
) -> None:
    before = Situation.objects.count()
    with pytest.raises(Refused) as refusal:
        record_situation(world.anouk.pk, aspect, code, since, today=TODAY)
    assert str(refusal.value).endswith((".", "liste."))
    assert Situation.objects.count() == before


def test_the_database_stamps_who_and_when_whatever_the_client_says(world: World) -> None:
    row = Situation.objects.create(
        person=world.anouk,
        aspect="siao",
        compartment="social",
        value="lodged",
        valid=DateRange(TODAY, None),
        recorded_by=world.users[Role.ADMINISTRATOR],
        recorded_at=datetime(2001, 1, 1, tzinfo=UTC),
        superseded_at=datetime(2001, 1, 1, tzinfo=UTC),
    )
    row.refresh_from_db()
    assert row.recorded_by == world.users[Role.COUNSELLOR]
    assert row.recorded_at.year > 2025
    assert row.superseded_at is None


@pytest.mark.parametrize(
    "change", ["value = 'street'", "recorded_at = now()", "person_id = person_id", "valid = valid"]
)
def test_the_web_role_changes_nothing_but_the_closing_of_a_version(world: World, change: str) -> None:
    row = record(world, "to_ask", TODAY)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE situations_situation SET {change} WHERE id = %s", [row.pk])


def test_a_closed_version_never_opens_again_and_no_version_is_deleted(world: World) -> None:
    row = record(world, "to_ask", TODAY)
    withdraw(row)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE situations_situation SET superseded_at = NULL WHERE id = %s", [row.pk])
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM situations_situation WHERE id = %s", [row.pk])


def test_the_two_halves_of_a_value_never_stand_together(world: World) -> None:
    for value, missing in (("", ""), ("lodged", "not_assessed")):
        with pytest.raises(IntegrityError, match="situation_value_or_missing"), transaction.atomic():
            Situation.objects.create(
                person=world.anouk,
                aspect="siao",
                compartment="social",
                value=value,
                missing=missing,
                valid=DateRange(TODAY, None),
            )
