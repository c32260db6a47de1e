"""Whoever covers a domain reads the name of those who agreed to it, while they agree, and of nobody else."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from convergence.access.models import User
from convergence.people.models import CivilStatus, Person, PersonName, Sharing, Support
from convergence.people.sharing.reading import agreements_of, standing_with_officers
from convergence.people.sharing.recording import agree, withdraw_agreement
from convergence.platform.errors import Refused
from convergence.platform.identity import assume
from convergence.situations.models import Situation
from convergence.support.models import Note
from convergence.territories.models import Mission, Portfolio, Territory
from convergence.vocabulary.domains import Domain
from convergence.vocabulary.roles import Role
from tests.builders import LONG_AGO, TODAY, World, make_user, open_ended

Acting = Callable[[str], AbstractContextManager[None]]
YESTERDAY = TODAY - timedelta(days=1)


def reads(user: User, person: Person, on: date = TODAY) -> bool:
    assume(user.pk, on)
    return PersonName.objects.filter(person=person).exists()


def officer_of(world: World, domains: list[str], territory: Territory | None = None) -> User:
    """An officer of the territory whose portfolio names these domains; made as *maint*."""
    user = make_user(f"Officier {domains} {territory}".replace(" ", "-"))
    mission = Mission.objects.create(
        user=user, role=Role.PARTNERSHIP_OFFICER, territory=territory or world.territory, valid=open_ended()
    )
    Portfolio.objects.create(mission=mission, domains=domains)
    return user


def shared(world: World, domain: Domain = Domain.HOUSING, on: date = TODAY) -> Sharing:
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    return agree(
        world.anouk.pk,
        domain,
        "spoken",
        "Nous cherchons un logement ensemble.",
        on,
        territory_id=world.territory.pk,
        today=TODAY,
    )


def test_the_officer_of_the_domain_reads_the_name_while_the_agreement_stands(world: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        housing, health = officer_of(world, ["housing"]), officer_of(world, ["health", "employment"])
        abroad = officer_of(world, ["housing"], Territory.objects.create(name="Ailleurs Fictif"))
    assert not reads(housing, world.anouk)
    agreement = shared(world)
    assert reads(housing, world.anouk)
    assert [reads(user, world.anouk) for user in (health, abroad)] == [False, False]
    assert [reads(housing, person) for person in (world.sami, world.rosa)] == [False, False]
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    withdraw_agreement(agreement, TODAY)
    assert not reads(housing, world.anouk)
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    assert agreements_of(world.anouk.pk)[0].withdrawn_on == TODAY
    assert standing_with_officers(world.anouk.pk, world.territory.pk, Domain.HOUSING) is None


def test_what_is_read_is_the_name_and_nothing_else(world: World) -> None:
    shared(world)
    assume(world.users[Role.PARTNERSHIP_OFFICER].pk, TODAY)
    assert PersonName.objects.get(person=world.anouk).given_name == "Anouk"
    for model in (CivilStatus, Situation, Note, Support, Sharing):
        assert not model.objects.filter(person=world.anouk).exists(), model


def test_without_a_portfolio_an_officer_and_the_coordinator_cover_all_but_health_and_disability(world: World) -> None:
    readers = (world.users[Role.PARTNERSHIP_OFFICER], world.users[Role.COORDINATOR])
    shared(world, Domain.HEALTH)
    shared(world, Domain.DISABILITY)
    assert [reads(user, world.anouk) for user in readers] == [False, False]
    shared(world, Domain.RIGHTS)
    assert [reads(user, world.anouk) for user in readers] == [True, True]


def test_whoever_covers_health_reads_who_agreed_to_it(world: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        officer = officer_of(world, ["health"])
    shared(world, Domain.HEALTH)
    assert reads(officer, world.anouk)


def test_an_agreement_outlives_no_support(world: World, acting_as: Acting) -> None:
    shared(world, on=YESTERDAY)
    with acting_as("maint"):
        Support.objects.filter(person=world.anouk).update(valid=DateRange(LONG_AGO, TODAY))
    officer = world.users[Role.PARTNERSHIP_OFFICER]
    assert reads(officer, world.anouk, YESTERDAY)
    assert not reads(officer, world.anouk)


def test_no_other_role_gains_anything(world: World) -> None:
    shared(world)
    for role in (Role.FUNDER, Role.EVALUATOR, Role.ADMINISTRATOR, Role.DATA_PROTECTION_OFFICER):
        assert not reads(world.users[role], world.anouk), role
    assert not reads(world.elsewhere[Role.COUNSELLOR], world.anouk)
    assert not reads(world.former[Role.PARTNERSHIP_OFFICER], world.anouk)


@pytest.mark.parametrize(
    ("how", "explained", "on", "sentence"),
    [
        ("", "Des mots.", TODAY, "comment la personne"),
        ("guessed", "Des mots.", TODAY, "comment la personne"),
        ("spoken", "  ", TODAY, "ce qui a été expliqué"),
        ("spoken", "x" * 1001, TODAY, "trop long"),
        ("spoken", "Des mots.", TODAY + timedelta(days=1), "futur"),
    ],
)
def test_an_agreement_says_how_it_was_given_and_what_was_explained(
    world: World, how: str, explained: str, on: date, sentence: str
) -> None:
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    with pytest.raises(Refused, match=sentence):
        agree(world.anouk.pk, Domain.HOUSING, how, explained, on, territory_id=world.territory.pk, today=TODAY)


def test_the_same_agreement_is_noted_once_and_withdrawn_once(world: World) -> None:
    agreement = shared(world)
    assert shared(world) == agreement
    withdraw_agreement(agreement, TODAY)
    with pytest.raises(Refused, match="déjà retiré"):
        withdraw_agreement(agreement, TODAY)
    assert shared(world).pk != agreement.pk


@pytest.mark.parametrize("role", [Role.SITE_MANAGER, Role.WORK_SUPERVISOR, Role.PARTNERSHIP_OFFICER])
def test_only_those_who_support_the_person_note_her_agreement(world: World, role: Role) -> None:
    assume(world.users[role].pk, TODAY)
    with pytest.raises((DatabaseError, Refused)), transaction.atomic():
        agree(
            world.anouk.pk, Domain.HOUSING, "spoken", "Des mots.", TODAY, territory_id=world.territory.pk, today=TODAY
        )


def test_a_portfolio_is_kept_by_the_coordination_and_the_administration_never_by_the_officer_herself(
    world: World, acting_as: Acting
) -> None:
    officer = world.users[Role.PARTNERSHIP_OFFICER]
    with acting_as("maint"):
        mission = Mission.objects.get(user=officer)
        abroad = Mission.objects.create(
            user=make_user("Lointaine"),
            role=Role.COORDINATOR,
            territory=Territory.objects.create(name="Ailleurs Fictif"),
            valid=open_ended(),
        )
    for refused in (officer, world.users[Role.SITE_MANAGER], abroad.user):
        assume(refused.pk, TODAY)
        with pytest.raises(DatabaseError), transaction.atomic():
            Portfolio.objects.create(mission=mission, domains=["health"])
    assume(world.users[Role.COORDINATOR].pk, TODAY)
    Portfolio.objects.create(mission=mission, domains=["health"])
    assume(world.users[Role.ADMINISTRATOR].pk, TODAY)
    assert Portfolio.objects.filter(mission=mission).update(domains=["housing", "rights"]) == 1
    shared(world, Domain.HEALTH)
    assert not reads(officer, world.anouk)
    shared(world)
    assert reads(officer, world.anouk)
    for domains in ([], ["gardening"]):
        assume(world.users[Role.COORDINATOR].pk, TODAY)
        with pytest.raises(DatabaseError), transaction.atomic():
            Portfolio.objects.filter(mission=mission).update(domains=domains)
