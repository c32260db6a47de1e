"""Dated facts under several hands: nothing is lost, nothing known before is rewritten, the second is told."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from datetime import date, timedelta
from itertools import pairwise
from threading import Barrier, Event

import pytest
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from convergence.pathways.models import Contract
from convergence.platform.changes import settle
from convergence.platform.clock import today
from convergence.platform.dated import place, revise, withdraw
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.platform.identity import assume, remembered
from convergence.situations.models import Situation
from convergence.situations.recording import record_situation
from convergence.support.models import Note
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World, one_day, open_ended
from tests.platform.conftest import Committed

DAY = timedelta(days=1)
START = date(2025, 1, 1)


@pytest.fixture
def counsellor(world: World) -> None:
    assume(world.users[Role.COUNSELLOR].pk, TODAY)


def account(world: World, value: str, begins: date | None, ends: date | None = None, **more: str) -> Situation:
    return Situation(
        person=world.anouk,
        aspect="bank_account",
        compartment="social",
        value=value,
        valid=DateRange(begins, ends),
        **more,
    )


def put(world: World, value: str, begins: date | None, ends: date | None = None, **more: str) -> Situation:
    line = Situation.objects.line_of(world.anouk.pk, "bank_account")
    return place(account(world, value, begins, ends, **more), line)


def line(world: World) -> list[tuple[str, date | None, date | None]]:
    rows = Situation.objects.line_of(world.anouk.pk, "bank_account").current().order_by("valid")
    return [(row.value, row.starts, row.ends) for row in rows]


@pytest.mark.usefixtures("counsellor")
def test_a_version_is_revised_by_the_name_of_a_foreign_key_or_by_its_column(world: World) -> None:
    contract = Contract.objects.create(
        person=world.anouk, site=world.other_site, kind="cddi", valid=open_ended(date(2023, 1, 1))
    )
    by_name = revise(contract, site=world.site, valid=DateRange(date(2023, 1, 1), date(2023, 2, 1)))
    assert Contract.objects.get(pk=by_name.pk).site == world.site
    by_column = revise(by_name, site_id=world.other_site.pk)
    assert Contract.objects.get(pk=by_column.pk).site == world.other_site
    assert {by_name.series, by_column.series} == {contract.series}


@pytest.mark.usefixtures("counsellor")
def test_what_a_new_fact_cuts_short_keeps_its_source_and_its_words(world: World) -> None:
    first = put(world, "open", START, source="import:42", detail="Livret à la banque fictive.")
    put(world, "none", START + 10 * DAY)
    cut = Situation.objects.current().get(series=first.series)
    assert (cut.source, cut.detail, cut.ends) == ("import:42", "Livret à la banque fictive.", START + 10 * DAY)


@pytest.mark.usefixtures("counsellor")
def test_after_a_fact_with_an_end_what_ran_before_it_runs_on(world: World) -> None:
    put(world, "open", START, source="import:42")
    put(world, "none", START + 5 * DAY, START + 8 * DAY)
    assert line(world) == [
        ("open", START, START + 5 * DAY),
        ("none", START + 5 * DAY, START + 8 * DAY),
        ("open", START + 8 * DAY, None),
    ]
    last = Situation.objects.current().filter(aspect="bank_account").latest("valid")
    assert last.source == "import:42"
    put(world, "right_asked", START + 5 * DAY, START + 6 * DAY)
    assert line(world)[1:3] == [
        ("right_asked", START + 5 * DAY, START + 6 * DAY),
        ("none", START + 6 * DAY, START + 8 * DAY),
    ]


PERIODS = st.tuples(
    st.one_of(st.none(), st.integers(0, 12)),
    st.one_of(st.none(), st.integers(1, 6)),
    st.sampled_from(["open", "none", "right_asked"]),
)


@pytest.mark.usefixtures("counsellor")
@given(steps=st.lists(PERIODS, min_size=1, max_size=7))
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_a_fact_changes_the_days_that_it_covers_and_no_other(
    world: World, steps: list[tuple[int | None, int | None, str]]
) -> None:
    days = [START + number * DAY for number in range(-3, 25)]
    with transaction.atomic():
        for offset, length, value in steps:
            begins = None if offset is None else START + offset * DAY
            ends = None if length is None else (begins or START) + length * DAY
            before, ever = line(world), set(Situation.objects.values_list("pk", "value", "valid"))
            starts = [
                start for _value, start, _end in before if start is not None and (begins is None or start > begins)
            ]
            placed = put(world, value, begins, ends)
            after = line(world)
            assert ever <= set(Situation.objects.values_list("pk", "value", "valid"))
            # It covers what was asked, up to the next fact that already began later.
            assert (placed.starts, placed.ends) == (begins, min([*starts, *([ends] if ends else [])], default=None))
            for day in days:
                told = [said for said, start, end in after if day in DateRange(start, end)]
                stood = [said for said, start, end in before if day in DateRange(start, end)]
                assert told == ([value] if day in placed.valid else stood), day
        transaction.set_rollback(True)


@pytest.mark.usefixtures("counsellor")
def test_facts_written_in_bulk_are_said_to_have_changed_too(world: World) -> None:
    settle(TODAY)
    assert not remembered("changed people")
    Situation.objects.bulk_create([account(world, "open", START)])
    assert list(remembered("changed people")) == [world.anouk.pk]


def test_of_two_editors_of_an_empty_line_the_second_gets_the_fresh_fact(committed: Committed) -> None:
    both, world = Barrier(2, timeout=30), committed.world

    def write(value: str) -> Situation:
        both.wait()
        recorded = record_situation(world.anouk.pk, "bank_account", value, START, today=today(), seen_version="")
        time.sleep(0.2)
        return recorded

    def outcome(future: Future[Situation]) -> Situation | ChangedMeanwhile:
        try:
            return future.result(60)
        except ChangedMeanwhile as told:
            return told

    tried = [committed.start(lambda v=v: committed.acting(lambda: write(v))) for v in ("open", "none")]  # type: ignore[misc]
    outcomes = [outcome(future) for future in tried]
    (kept,) = [one for one in outcomes if isinstance(one, Situation)]
    (told,) = [one for one in outcomes if isinstance(one, ChangedMeanwhile)]
    assert told.fresh == kept
    assert committed.as_maint(lambda: line(world)) == [(kept.value, START, None)]


def test_of_two_editors_of_a_running_fact_the_second_gets_the_fresh_fact(committed: Committed) -> None:
    both, world = Barrier(2, timeout=30), committed.world
    shown = committed.as_user(lambda: put(world, "open", START))

    def write(value: str) -> Situation:
        both.wait()
        return record_situation(
            world.anouk.pk, "bank_account", value, START + DAY, today=today(), seen_version=str(shown.pk)
        )

    tried = [committed.start(lambda v=v: committed.acting(lambda: write(v))) for v in ("none", "right_asked")]  # type: ignore[misc]
    errors = [error for future in tried if (error := future.exception(60))]
    assert [type(error) for error in errors] == [ChangedMeanwhile]
    (told,) = errors
    standing = committed.as_maint(lambda: line(world))
    assert standing[0] == ("open", START, START + DAY)
    assert standing[1:] == [(told.fresh.value, START + DAY, None)]  # type: ignore[attr-defined]


def test_a_long_transaction_does_not_rewrite_what_was_known_before_it_ended(committed: Committed) -> None:
    began, go_on, world = Event(), Event(), committed.world

    def slow() -> Situation:
        with connection.cursor() as cursor:
            cursor.execute("SELECT now()")
        began.set()
        assert go_on.wait(30)
        return put(world, "none", START)

    long = committed.start(lambda: committed.acting(slow))
    assert began.wait(30)
    theirs = committed.as_user(lambda: put(world, "open", START))
    go_on.set()
    with pytest.raises(ChangedMeanwhile) as told:
        long.result(60)
    assert told.value.fresh == theirs
    assert committed.as_maint(lambda: line(world)) == [("open", START, None)]

    def just_after() -> list[str]:
        moment = Situation.objects.get(pk=theirs.pk).recorded_at
        return [row.value for row in Situation.objects.line_of(world.anouk.pk, "bank_account").known_on(moment)]

    assert committed.as_maint(just_after) == ["open"]


def test_no_version_ends_before_it_was_recorded(committed: Committed) -> None:
    world = committed.world
    for value in ("open", "none", "right_asked"):
        committed.as_user(lambda value=value: put(world, value, START))  # type: ignore[misc]
    rows = committed.as_maint(lambda: list(Situation.objects.filter(aspect="bank_account").order_by("pk")))
    assert len(rows) == 3
    for earlier, later in pairwise(rows):
        assert earlier.superseded_at == later.recorded_at
        assert earlier.recorded_at < later.recorded_at


def test_whoever_reads_without_writing_is_told_so_and_not_that_somebody_changed_it(world: World) -> None:
    assume(world.users[Role.WORK_SUPERVISOR].pk, TODAY)
    with pytest.raises(Refused) as told:
        withdraw(world.anouk.names.get())
    assert not isinstance(told.value, ChangedMeanwhile)


@pytest.fixture
def note(world: World, counsellor: None) -> Note:
    return Note.objects.create(person=world.anouk, compartment="social", body="Elle a été reçue.", valid=one_day(TODAY))


def test_sealed_words_that_were_not_loaded_are_fetched_and_kept(note: Note) -> None:
    for partly in (Note.objects.defer("body").get(pk=note.pk), Note.objects.only("pk").get(pk=note.pk)):
        assert partly.body == "Elle a été reçue."
    renewed = revise(Note.objects.defer("body").get(pk=note.pk), valid=one_day(TODAY - DAY))
    assert Note.objects.get(pk=renewed.pk).body == "Elle a été reçue."


def test_sealed_words_pass_the_checks_of_a_form_unchanged(world: World, counsellor: None) -> None:
    for words in ("abcd", "Elle a été reçue.", "YWJjZA=="):
        note = Note(person=world.anouk, compartment="social", body=words, valid=one_day(TODAY))
        note.full_clean()
        note.save()
        assert Note.objects.get(pk=note.pk).body == words


def test_words_never_reach_the_database_in_clear_by_another_way(note: Note) -> None:
    attempts: tuple[Callable[[], object], ...] = (
        lambda: Note.objects.filter(pk=note.pk).update(body="en clair"),
        lambda: Note.objects.bulk_update([note], ["body"]),
        lambda: Note.objects.filter(body="Elle a été reçue.").exists(),
    )
    for attempt in attempts:
        with pytest.raises(TypeError, match="sealed"), transaction.atomic():
            attempt()
    assert Note.objects.get(pk=note.pk).body == "Elle a été reçue."
