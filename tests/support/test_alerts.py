"""Stored alerts follow facts, in the same transaction, compartment by compartment."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from convergence.pathways.decisions.recording import Demand, ask, grant, note_pass, prepare
from convergence.pathways.exits.recording import Leaving, latest_pathway, leave, undo
from convergence.pathways.models import Contract, Pathway
from convergence.people.models import Person
from convergence.platform.changes import settle
from convergence.platform.dated import hold, place, revise, withdraw
from convergence.platform.identity import assume
from convergence.situations.models import Situation
from convergence.situations.recording import record_situation
from convergence.support.alerts import rebuild_alerts, rewrite_alerts
from convergence.support.contacts import record_contact, undo_contact
from convergence.support.models import Alert
from convergence.vocabulary.decisions import Approver, ClockName
from convergence.vocabulary.exits import ExitMotive
from convergence.vocabulary.extensions import ExtensionMotive
from convergence.vocabulary.roles import Role
from tests.builders import LONG_AGO, TODAY, World, add_situation, make_person

Acting = Callable[[str], AbstractContextManager[None]]

LAST_DAY = date(2027, 1, 31)


def kinds_of(person_id: int) -> set[str]:
    """Without what is asked of everybody each spring."""
    return set(Alert.objects.filter(person_id=person_id).values_list("kind", flat=True)) - {"tax_return"}


def as_role(world: World, role: Role) -> int:
    user = world.users[role]
    assume(user.pk, TODAY)
    return user.pk


def add_contract(world: World, lina: Person, last_day: date = LAST_DAY) -> Contract:
    valid = DateRange(date(2026, 2, 1), last_day + timedelta(days=1))
    return Contract.objects.create(person=lina, site=world.site, kind="cddi", programme="cvg", valid=valid)


def test_recording_a_situation_writes_the_alerts_that_follow(world: World, lina: Person) -> None:
    as_role(world, Role.COUNSELLOR)
    record_situation(lina.pk, "residence_permit", "one_year", TODAY, today=TODAY, expires_on=date(2027, 1, 31))
    settle(TODAY)
    assert kinds_of(lina.pk) == {"residence_permit_expiring", "health_rights_kept", "no_contact"}
    alert = Alert.objects.get(person=lina, kind="residence_permit_expiring")
    assert (alert.compartment, alert.due_on) == ("social", date(2027, 1, 31))


def test_every_way_of_changing_a_fact_makes_the_alerts_anew(world: World, lina: Person) -> None:
    actor = as_role(world, Role.COUNSELLOR)

    def due() -> dict[str, date]:
        settle(TODAY)
        return dict(Alert.objects.filter(person=lina).values_list("kind", "due_on"))

    contract = add_contract(world, lina)
    assert due()["contract_ending"] == LAST_DAY
    contract = revise(contract, valid=DateRange(contract.starts, LAST_DAY))
    assert due()["contract_ending"] == LAST_DAY - timedelta(days=1)
    withdraw(contract)
    assert "contract_ending" not in due()
    line = Situation.objects.line_of(lina.pk, "rqth")
    place(
        Situation(
            person=lina,
            aspect="rqth",
            compartment="health",
            value="granted",
            valid=DateRange(TODAY, None),
            expires_on=LAST_DAY,
        ),
        line,
    )
    assert due()["rqth_expiring"] == LAST_DAY
    met = record_contact(lina.pk, "interview", TODAY, actor_id=actor, today=TODAY)
    assert due()["no_contact"] == TODAY + timedelta(days=30)
    undo_contact(lina, met.pk, actor_id=actor)
    assert due()["no_contact"] == LONG_AGO + timedelta(days=30)
    Pathway.objects.create(person=lina, valid=DateRange(LONG_AGO, TODAY))
    add_contract(world, lina)
    assert "contract_ending" not in due()


def test_what_is_undone_leaves_the_former_alerts(world: World, lina: Person) -> None:
    actor = as_role(world, Role.COUNSELLOR)
    add_contract(world, lina)
    settle(TODAY)
    before = list(Alert.objects.filter(person=lina).order_by("pk").values())
    with transaction.atomic():
        record_contact(lina.pk, "meeting", TODAY, actor_id=actor, today=TODAY)
        settle(TODAY)
        assert Alert.objects.get(person=lina, kind="no_contact").begins_on == TODAY + timedelta(days=30)
        transaction.set_rollback(True)
    assert list(Alert.objects.filter(person=lina).order_by("pk").values()) == before


def test_an_alert_that_still_stands_is_not_written_again(world: World, lina: Person) -> None:
    actor = as_role(world, Role.COUNSELLOR)
    add_contract(world, lina)
    settle(TODAY)
    contract_alert = Alert.objects.get(person=lina, kind="contract_ending")
    record_contact(lina.pk, "meeting", TODAY, actor_id=actor, today=TODAY)
    settle(TODAY)
    assert Alert.objects.get(person=lina, kind="contract_ending").pk == contract_alert.pk


def test_a_site_manager_rewrites_work_alerts_and_leaves_those_she_does_not_read(
    world: World, lina: Person, acting_as: Acting
) -> None:
    with acting_as("maint"):
        add_situation(lina, "judicial_constraint", "times")
        Situation.objects.filter(person=lina, aspect="judicial_constraint").update(expires_on=LAST_DAY)
        rebuild_alerts([lina.pk], TODAY)
        before = set(Alert.objects.filter(person=lina).values_list("pk", "kind"))
    assert {kind for _, kind in before} == {"no_contact", "judicial_constraint_expiring", "tax_return"}
    as_role(world, Role.SITE_MANAGER)
    add_contract(world, lina)
    settle(TODAY)
    assert kinds_of(lina.pk) == {"contract_ending", "clock_binding"}
    with acting_as("maint"):
        others = Alert.objects.filter(person=lina).exclude(kind__in=["contract_ending", "clock_binding"])
        assert set(others.values_list("pk", "kind")) == before


def test_a_death_noted_by_the_manager_ends_every_alert_and_turned_back_brings_them_again(
    world: World, lina: Person, acting_as: Acting
) -> None:
    with acting_as("maint"):
        permit = add_situation(lina, "residence_permit", "one_year")
        Situation.objects.filter(pk=permit.pk).update(expires_on=date(2026, 12, 31))
        add_contract(world, lina)
        path = Pathway.objects.create(person=lina, valid=DateRange(date(2026, 2, 1), None))
        rebuild_alerts([lina.pk], TODAY)
        before = kinds_of(lina.pk)
    assert before >= {"residence_permit_expiring", "no_contact", "contract_ending"}
    as_role(world, Role.SITE_MANAGER)
    died = leave(lina.pk, Leaving(ExitMotive.DEATH, TODAY), str(path.pk), TODAY)
    settle(TODAY)
    for role in (Role.SITE_MANAGER, Role.COUNSELLOR):
        as_role(world, role)
        assert not Alert.objects.filter(person=lina).exists()
    as_role(world, Role.SITE_MANAGER)
    undo(died)
    settle(TODAY)
    as_role(world, Role.COUNSELLOR)
    assert kinds_of(lina.pk) == before
    leave(lina.pk, Leaving(ExitMotive.DEATH, TODAY), str(latest_pathway(lina.pk).pk), TODAY)  # type: ignore[union-attr]
    settle(TODAY)
    assert not Alert.stored.filter(person=lina).exists()


def test_somebody_of_the_site_who_is_not_her_referent_leaves_justice_alone(
    world: World, lina: Person, acting_as: Acting
) -> None:
    with acting_as("maint"):
        add_situation(lina, "judicial_constraint", "times")
        Situation.objects.filter(person=lina, aspect="judicial_constraint").update(expires_on=LAST_DAY)
        rebuild_alerts([lina.pk], TODAY)
    actor = as_role(world, Role.SUPPORT_WORKER)
    record_contact(lina.pk, "meeting", TODAY, actor_id=actor, today=TODAY)
    settle(TODAY)
    assert kinds_of(lina.pk) == {"no_contact"}
    as_role(world, Role.COUNSELLOR)
    assert kinds_of(lina.pk) == {"no_contact", "judicial_constraint_expiring"}


@pytest.mark.parametrize("role", list(Role))
def test_each_role_reads_alerts_of_the_compartments_it_reads(
    world: World, lina: Person, acting_as: Acting, role: Role
) -> None:
    with acting_as("maint"):
        add_contract(world, lina)
        for aspect, value in (("rqth", "granted"), ("judicial_constraint", "times")):
            add_situation(lina, aspect, value)
        Situation.objects.filter(person=lina, aspect__in=["rqth", "judicial_constraint"]).update(expires_on=LAST_DAY)
        rebuild_alerts([lina.pk], TODAY)
    read = {
        Role.COUNSELLOR: {
            "contract_ending",
            "clock_binding",
            "rqth_expiring",
            "judicial_constraint_expiring",
            "no_contact",
        },
        Role.SUPPORT_WORKER: {"contract_ending", "clock_binding", "rqth_expiring", "no_contact"},
        Role.SITE_MANAGER: {"contract_ending", "clock_binding"},
    }
    assume(world.users[role].pk, TODAY)
    assert kinds_of(lina.pk) == read.get(role, set())
    assert kinds_of(world.sami.pk) == set()
    assume(world.elsewhere[role].pk, TODAY)
    assert kinds_of(lina.pk) == set()


def test_bulk_and_one_by_one_agree_and_bulk_takes_as_many_queries_for_many_as_for_one(
    world: World, lina: Person, acting_as: Acting
) -> None:
    as_role(world, Role.COUNSELLOR)
    add_contract(world, lina)
    record_situation(lina.pk, "domiciliation", "granted", TODAY, today=TODAY, expires_on=LAST_DAY)
    settle(TODAY)
    columns = ("person_id", "compartment", "kind", "begins_on", "due_on", "about")
    one_by_one = list(Alert.objects.filter(person=lina).order_by("kind").values(*columns))
    with acting_as("maint"):
        more = [make_person(f"Prénom{number}", "Factice", world.site).pk for number in range(12)]
        with CaptureQueriesContext(connection) as for_one:
            rebuild_alerts([lina.pk], TODAY)
        with CaptureQueriesContext(connection) as for_many:
            made = rebuild_alerts([lina.pk, *more], TODAY)
        assert len(for_many) == len(for_one) < 25
        assert made == 6 + 3 * 12
    as_role(world, Role.COUNSELLOR)
    assert list(Alert.objects.filter(person=lina).order_by("kind").values(*columns)) == one_by_one


def test_nothing_is_written_for_a_person_whom_the_actor_does_not_write(
    world: World, lina: Person, acting_as: Acting
) -> None:
    with acting_as("maint"):
        before = list(Alert.objects.filter(person=world.sami).order_by("pk").values_list("pk", flat=True))
    as_role(world, Role.COUNSELLOR)
    rewrite_alerts([world.sami.pk], TODAY)
    with acting_as("maint"):
        assert list(Alert.objects.filter(person=world.sami).order_by("pk").values_list("pk", flat=True)) == before


def test_what_binds_a_path_is_warned_of_until_it_is_decided(world: World, lina: Person) -> None:
    as_role(world, Role.COUNSELLOR)

    def warned() -> dict[str, Any]:
        settle(TODAY)
        found = Alert.objects.filter(person=lina, kind="clock_binding").first()
        return {} if found is None else {"begins": found.begins_on, "due": found.due_on} | found.about

    add_contract(world, lina)
    note_pass(lina.pk, date(2025, 2, 1))
    assert warned() == {"begins": date(2026, 1, 31), "due": LAST_DAY, "on": "2027-01-31", "value": "pass"}
    demand = Demand(
        ClockName.PASS, ExtensionMotive.DIFFICULTIES, Approver.AUTHORISED_PRESCRIBER, LAST_DAY + timedelta(days=365)
    )
    draft = prepare(lina.pk, demand, TODAY)
    asked = ask(draft, TODAY, str(draft.pk), TODAY)
    assert warned()["asked"] == TODAY.isoformat()
    granted = grant(asked, TODAY, demand.until, str(asked.pk), TODAY)
    assert warned() == {
        "begins": date(2027, 1, 31),
        "due": date(2028, 1, 31),
        "on": "2028-01-31",
        "value": "pass",
    }
    withdraw(granted)
    assert warned()["due"] == LAST_DAY


def test_two_changes_at_once_take_turns(db: None) -> None:
    lock = "SELECT pg_advisory_xact_lock(hashtextextended('person:' || %s::bigint, 0))"
    hold(7)
    address = os.environ["CONVERGENCE_TEST_SUPERUSER_URL"]
    with psycopg.connect(address, dbname=connection.settings_dict["NAME"]) as other:
        other.execute("SET lock_timeout = '150ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable), other.transaction():
            other.execute(lock, [7])
        other.execute(lock, [8])
