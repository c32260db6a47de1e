"""A host reads the one person whose path goes on at her structure, from a day to a day, and nothing else."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from convergence.access.models import AccessRecord, Readable, User
from convergence.pathways.models import Contract, OfficialPass
from convergence.people.hosts.recording import Hosting, end_host, open_host
from convergence.people.models import CivilStatus, Host, OutsideReferent, Person, PersonName, Support
from convergence.platform.errors import Refused
from convergence.platform.identity import assume
from convergence.situations.models import Situation
from convergence.support.models import Alert, Contact, Goal, Need, Note
from convergence.territories.identity import Identity
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World, make_person

Acting = Callable[[str], AbstractContextManager[None]]

A_DAY = timedelta(days=1)
UNTIL = date(2027, 5, 22)
HOSTING = Hosting(
    structure="Entreprise d’insertion Imaginaire",
    email="Inès.Imaginaire@accueil.example",
    given_name="Inès",
    family_name="Imaginaire",
    first_day=TODAY,
    last_day=UNTIL,
    agreed_on=TODAY - A_DAY,
)


@pytest.fixture
def lina(world: World, acting_as: Acting) -> Person:
    """Lina Modèle, supported by the first site, with one contract."""
    with acting_as("maint"):
        person = make_person("Lina", "Modèle", world.site)
        Contract.objects.create(person=person, site=world.site, kind="cddi", valid=DateRange(date(2026, 1, 5), UNTIL))
    return person


@pytest.fixture
def ines(world: World, lina: Person) -> User:
    """Inès Imaginaire, who hosts Lina."""
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    return open_host(lina.pk, HOSTING, TODAY)


def reads(person: Person) -> set[str]:
    return set(Readable.objects.filter(person_id=person.pk).values_list("compartment", flat=True))


def test_a_host_reads_the_name_the_contact_and_the_work_path_of_that_person_alone(
    world: World, lina: Person, ines: User
) -> None:
    assert assume(ines.pk, TODAY) == {"host"}
    assert reads(lina) == {"hosted"}
    assert list(Person.objects.values_list("pk", flat=True)) == [lina.pk]
    assert set(PersonName.objects.values_list("person_id", flat=True)) == {lina.pk}
    assert set(CivilStatus.objects.values_list("person_id", flat=True)) == {lina.pk}
    assert set(Contract.objects.values_list("person_id", flat=True)) == {lina.pk}
    for model in (Situation, Need, Goal, Contact, Note, Alert, OutsideReferent, OfficialPass):
        assert not model.objects.exists(), model
    with connection.cursor() as cursor:
        # Whom a host reads is on its own page, and not among the people of a site where it works too.
        cursor.execute("SELECT person_id FROM search_people('Modele', 50)")
        assert cursor.fetchall() == []


def test_a_host_writes_nothing_and_opens_nothing(world: World, lina: Person, ines: User) -> None:
    assume(ines.pk, TODAY)
    assert not Readable.objects.filter(may_write=True).exists()
    assert PersonName.objects.filter(person=lina).update(superseded_at=None) == 0
    assert Host.objects.filter(person=lina).count() == 1
    with pytest.raises(Refused, match="Vous ne pouvez pas ouvrir"):
        open_host(lina.pk, replace(HOSTING, email="complice@accueil.example"), TODAY)
    with pytest.raises(Refused, match="Vous ne pouvez pas fermer"):
        end_host(Host.objects.get(person=lina))


def test_nothing_is_read_before_the_first_day_nor_after_the_last(world: World, lina: Person) -> None:
    assume(world.users[Role.SITE_MANAGER].pk, TODAY)
    later = replace(HOSTING, first_day=TODAY + 2 * A_DAY)
    host = open_host(lina.pk, later, TODAY)
    for day, read in (
        (TODAY, False),
        (TODAY + A_DAY, False),
        (TODAY + 2 * A_DAY, True),
        (UNTIL, True),
        (UNTIL + A_DAY, False),
    ):
        roles = assume(host.pk, day)
        assert Person.objects.filter(pk=lina.pk).exists() is read, day
        assert roles == ({"host"} if read else frozenset())
        assert Identity.of(host, day).missions == []


def test_an_access_closed_is_closed_at_once_and_stays_on_record(world: World, lina: Person, ines: User) -> None:
    counsellor = world.users[Role.COUNSELLOR]
    assume(counsellor.pk, TODAY)
    end_host(Host.objects.current().get(person=lina))
    assert not Host.objects.current().filter(person=lina).exists()
    assert assume(ines.pk, TODAY) == frozenset()
    assert not Person.objects.exists()

    assume(counsellor.pk, TODAY)
    open_host(lina.pk, HOSTING, TODAY)
    assume(counsellor.pk, TODAY + 30 * A_DAY)
    end_host(Host.objects.current().get(person=lina))
    standing = Host.objects.current().get(person=lina)
    assert standing.valid == DateRange(TODAY, TODAY + 30 * A_DAY)
    assert standing.recorded_by_id == counsellor.pk
    with pytest.raises(Refused, match="déjà fermé"):
        end_host(standing)
    assume(ines.pk, TODAY + 30 * A_DAY)
    assert not Person.objects.exists()


def test_only_those_who_keep_the_work_path_open_it(world: World, lina: Person) -> None:
    may = set()
    for role, user in [*world.users.items(), *((role, user) for role, user in world.elsewhere.items())]:
        assume(user.pk, TODAY)
        try:
            open_host(lina.pk, replace(HOSTING, email=f"accueil-{user.pk}@accueil.example"), TODAY)
        except Refused:
            continue
        may.add((role, user.pk))
    assert may == {(role, world.users[role].pk) for role in (Role.COUNSELLOR, Role.SUPPORT_WORKER, Role.SITE_MANAGER)}


def test_the_account_is_made_without_a_password_or_is_the_one_of_that_address(
    world: World, lina: Person, ines: User, acting_as: Acting
) -> None:
    assert not ines.has_usable_password()
    assert (ines.email, str(ines)) == ("inès.imaginaire@accueil.example", "Inès Imaginaire")
    assert ines.opened_by_id == world.users[Role.COUNSELLOR].pk
    colleague = world.elsewhere[Role.COUNSELLOR]
    assert open_host(lina.pk, replace(HOSTING, email=colleague.email), TODAY) == colleague
    assert assume(colleague.pk, TODAY) == {"counsellor", "host"}
    assert reads(lina) == {"hosted"}
    assert reads(world.sami) >= {"social", "health"}

    closed = world.former[Role.COUNSELLOR]
    with acting_as("maint"):
        User.objects.filter(pk=closed.pk).update(is_active=False)
    actor = world.users[Role.COUNSELLOR]
    assume(actor.pk, TODAY)
    for address in (closed.email, actor.email):
        with pytest.raises(Refused, match="ne peut pas recevoir d’accès"):
            open_host(lina.pk, replace(HOSTING, email=address), TODAY)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"agreed_on": TODAY + A_DAY}, "une fois qu’elle l’a donné"),
        ({"first_day": TODAY - A_DAY}, "aujourd’hui ou un jour à venir"),
        ({"last_day": TODAY - A_DAY}, "Le dernier jour vient avant le premier"),
        ({"last_day": date(2027, 11, 23)}, "jusqu’au 22 novembre 2027 ici"),
    ],
)
def test_dates_that_cannot_be_are_a_sentence(
    world: World, lina: Person, changes: dict[str, Any], sentence: str
) -> None:
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    with pytest.raises(Refused) as refused:
        open_host(lina.pk, replace(HOSTING, **changes), TODAY)
    assert sentence in str(refused.value).replace("\u00a0", " ")
    assert not Host.objects.filter(person=lina).exists()


def test_what_a_host_looks_at_is_on_record_as_a_host(world: World, lina: Person, ines: User, acting_as: Acting) -> None:
    assume(ines.pk, TODAY)
    with connection.cursor() as cursor:
        cursor.execute("SELECT record_access('hosted-person', %s, %s)", [lina.pk, world.anouk.pk])
        assert cursor.fetchone() == (1,)
    with acting_as("maint"):
        record = AccessRecord.objects.get(actor_id=ines.pk)
    assert (record.person_id, record.acting_as, record.compartments) == (
        lina.pk,
        ["host"],
        ["hosted"],
    )


def test_the_rights_made_anew_are_those_that_stood(world: World, lina: Person, ines: User, acting_as: Acting) -> None:
    with acting_as("maint"):
        before = set(Readable.objects.values_list("scope_id", "person_id", "compartment", "valid", "origin"))
        with connection.cursor() as cursor:
            cursor.execute("SELECT rebuild_readable()")
        after = set(Readable.objects.values_list("scope_id", "person_id", "compartment", "valid", "origin"))
        assert after == before
        assert ("host",) in {(row[4],) for row in after}
        assert Support.objects.filter(person=lina).count() == 1
