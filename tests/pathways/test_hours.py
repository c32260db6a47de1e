"""Hours in the database: closed months stay closed, contracts stay hidden, sums count everybody."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from convergence.pathways.hours.reading import closings_of, lines_of, rota, site_months
from convergence.pathways.hours.recording import Change, close_month, reopen_month, save_month
from convergence.pathways.models import Amendment, Contract, MonthClosing, MonthHours
from convergence.people.models import Person, Support
from convergence.platform.errors import ChangedMeanwhile, Refused, sentence_of
from convergence.platform.identity import assume
from convergence.rules.periods import Period
from convergence.rules.worked_hours import Typed
from convergence.territories.models import Mission
from convergence.vocabulary.absences import HoursAbsence
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World, make_person, open_ended

Acting = Callable[[str], AbstractContextManager[None]]
OCTOBER = date(2026, 10, 1)
NOVEMBER = date(2026, 11, 1)
FULL = Typed(Decimal("112.67"), Decimal("112.67"))


@pytest.fixture
def supervisor(world: World) -> World:
    assume(world.users[Role.WORK_SUPERVISOR].pk, TODAY)
    return world


def line_of(world: World, person: Person, month: date) -> Any:
    (line,) = [line for line in lines_of(world.site.pk, month) if line.contract.person_id == person.pk]
    return line


def change_of(world: World, month: date = NOVEMBER, typed: Typed = FULL, seen: int | None = None) -> Change:
    return Change(line_of(world, world.anouk, month).contract.series, seen, typed)


def test_the_supervisor_learns_who_is_under_contract_and_reads_no_contract(supervisor: World) -> None:
    (contract,) = rota(site_id=supervisor.site.pk, during=Period(NOVEMBER, TODAY))
    assert contract.person_id == supervisor.anouk.pk
    assert contract.programme == "cvg"
    assert not Contract.objects.exists()
    assert rota(site_id=supervisor.other_site.pk, during=Period(NOVEMBER, TODAY)) == []
    assert rota(person_id=supervisor.sami.pk, during=Period(NOVEMBER, TODAY)) == []


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.FUNDER, Role.ADMINISTRATOR, Role.PARTNERSHIP_OFFICER])
def test_whoever_does_not_work_there_learns_nothing(world: World, role: Role) -> None:
    assume(world.users[role].pk, TODAY)
    assert rota(site_id=world.site.pk, during=Period(NOVEMBER, TODAY)) == []
    assert site_months(world.site.pk, OCTOBER, NOVEMBER) == []


def test_a_month_foresees_the_hours_of_each_stretch_of_an_amended_contract(world: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        Amendment.objects.all().delete()
        series = Contract.objects.current().get(person=world.anouk).series
        Amendment.objects.create(
            person=world.anouk,
            contract=series,
            signed_on=TODAY,
            weekly_hours=26,
            hours_before=20,
            valid=open_ended(date(2026, 11, 16)),
        )
    assume(world.users[Role.WORK_SUPERVISOR].pk, TODAY)
    # 20 hours a week over 10 weekdays of 21, then 26 over 11.
    assert line_of(world, world.anouk, NOVEMBER).foreseen == Decimal("41.27") + Decimal("59.02")
    assert line_of(world, world.anouk, OCTOBER).foreseen == Decimal("86.67")


def test_hours_are_written_whole_and_a_second_typing_keeps_the_first(supervisor: World) -> None:
    assert save_month(supervisor.site.pk, NOVEMBER, [change_of(supervisor)], TODAY) == 1
    first = line_of(supervisor, supervisor.anouk, NOVEMBER).row
    fewer = Typed(FULL.planned, Decimal(98), {HoursAbsence.PAID_LEAVE: Decimal("14.67")})
    again = change_of(supervisor, typed=fewer, seen=first.pk)
    assert save_month(supervisor.site.pk, NOVEMBER, [again], TODAY) == 1
    assert save_month(supervisor.site.pk, NOVEMBER, [Change(again.contract, None, fewer)], TODAY) == 0
    stands = line_of(supervisor, supervisor.anouk, NOVEMBER).row
    assert stands.absences == {"paid_leave": "14.67"}
    assert stands.series == first.series
    assert MonthHours.objects.filter(series=first.series).count() == 2


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(supervisor: World) -> None:
    save_month(supervisor.site.pk, NOVEMBER, [change_of(supervisor)], TODAY)
    theirs = line_of(supervisor, supervisor.anouk, NOVEMBER).row
    mine = change_of(supervisor, typed=Typed(FULL.planned, Decimal(50)))
    with pytest.raises(ChangedMeanwhile) as told:
        save_month(supervisor.site.pk, NOVEMBER, [mine], TODAY)
    assert told.value.fresh == {mine.contract: theirs}
    assert line_of(supervisor, supervisor.anouk, NOVEMBER).row.worked == FULL.worked


def test_a_month_to_come_and_unlawful_hours_are_refused(supervisor: World) -> None:
    with pytest.raises(Refused, match="n’a pas commencé"):
        save_month(supervisor.site.pk, date(2026, 12, 1), [change_of(supervisor)], TODAY)
    with pytest.raises(Refused, match="35 heures par semaine"):
        save_month(supervisor.site.pk, NOVEMBER, [change_of(supervisor, typed=Typed(worked=Decimal(200)))], TODAY)


def test_a_month_is_closed_when_nobody_is_left_out_then_refuses_hours_by_screen_and_by_statement(
    supervisor: World,
) -> None:
    site = supervisor.site.pk
    with pytest.raises(Refused, match="notez les heures faites de Anouk Fictive"):
        close_month(site, NOVEMBER, TODAY)
    close_month(site, OCTOBER, TODAY)
    october = line_of(supervisor, supervisor.anouk, OCTOBER)
    with pytest.raises(Refused, match="Octobre\u00a02026 est clos depuis le 23\u00a0novembre\u00a02026 par Ici-work"):
        save_month(site, OCTOBER, [Change(october.contract.series, october.row.pk, FULL)], TODAY)
    with pytest.raises(IntegrityError) as told, transaction.atomic():
        MonthHours.objects.filter(pk=october.row.pk).update(superseded_at=october.row.recorded_at)
    assert "Ce mois est clos sur ce chantier" in sentence_of(told.value)
    with pytest.raises(Refused, match="déjà clos"):
        close_month(site, OCTOBER, TODAY)


def test_reopening_says_who_and_why_and_is_not_the_supervisor_s(supervisor: World) -> None:
    site = supervisor.site.pk
    close_month(site, OCTOBER, TODAY)
    with pytest.raises((Refused, ProgrammingError)), transaction.atomic():
        reopen_month(site, OCTOBER, "Une feuille arrivée tard.")
    closing = MonthClosing.objects.current().get(site=site)
    with transaction.atomic():
        assert MonthClosing.objects.filter(pk=closing.pk).update(superseded_at=closing.recorded_at) == 0
    assume(supervisor.users[Role.SITE_MANAGER].pk, TODAY)
    with pytest.raises(Refused, match="Dites pourquoi"):
        reopen_month(site, OCTOBER, " \x00 ")
    reopen_month(site, OCTOBER, "Une feuille arrivée tard.")
    october = line_of(supervisor, supervisor.anouk, OCTOBER)
    save_month(site, OCTOBER, [Change(october.contract.series, october.row.pk, FULL)], TODAY)
    close_month(site, OCTOBER, TODAY)
    history = [(each.closed, each.reason, str(each.recorded_by).split()[0]) for each in closings_of(site, OCTOBER)]
    assert history == [
        (True, "", "Ici-site-manager"),
        (False, "Une feuille arrivée tard.", "Ici-site-manager"),
        (True, "", "Ici-work-supervisor"),
    ]


def test_hours_of_no_contract_and_absences_of_no_number_are_refused_by_the_database(
    world: World, acting_as: Acting
) -> None:
    with acting_as("maint"):
        row = MonthHours.objects.current().get(person=world.anouk)
        told: list[tuple[dict[str, Any], str]] = [
            ({"contract": row.series}, "aucun contrat"),
            ({"absences": {"paid_leave": "-7"}}, ""),
        ]
        for changes, words in told:
            values = {"person": world.anouk, "contract": row.contract, "site": world.site, "month": NOVEMBER} | changes
            with pytest.raises(IntegrityError) as error, transaction.atomic():
                MonthHours.objects.create(**values)
            assert words in sentence_of(error.value)


def test_the_sums_of_a_site_count_those_who_left_and_say_that_they_are_hidden(world: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        left = make_person("Bruno", "Factice", world.site)
        contract = Contract.objects.create(
            person=left, site=world.site, kind="cddi", weekly_hours=20, valid=open_ended()
        )
        MonthHours.objects.create(
            person=left,
            contract=contract.series,
            site=world.site,
            month=OCTOBER,
            worked=50,
            absences={"sick_leave": "10"},
        )
        Support.objects.filter(person=left).delete()
    assume(world.users[Role.SITE_MANAGER].pk, TODAY)
    (october,) = site_months(world.site.pk, OCTOBER, OCTOBER)
    # Anouk's, Rosa's who left yesterday, Bruno's.
    assert (october.contracts, october.hidden, october.typed) == (3, 2, 3)
    assert october.worked == Decimal("98.67") * 2 + 50
    assert october.absent == Decimal(14) * 2 + 10
    assert october.paid == october.worked + Decimal(28)


def test_a_mission_that_ended_writes_no_hours(world: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        row = MonthHours.objects.current().get(person=world.anouk)
        Mission.objects.filter(user=world.users[Role.WORK_SUPERVISOR]).update(
            valid=open_ended(TODAY.replace(year=2027))
        )
    assume(world.users[Role.WORK_SUPERVISOR].pk, TODAY)
    assert not MonthHours.objects.exists()
    values = {"person": world.anouk, "contract": row.contract, "site": world.site, "month": NOVEMBER}
    with pytest.raises(ProgrammingError), transaction.atomic():
        MonthHours.objects.create(**values)
