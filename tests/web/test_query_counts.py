"""Every page, as every role: at most fifteen queries, and not one more when there is more to show."""

import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import resolve, reverse

from convergence.access.models import User
from convergence.network.models import Agreement, Branch, Capacity, Exchange, Hold, Offer, Partner
from convergence.network.models import Contact as PartnerContact
from convergence.pathways.models import Contract
from convergence.people.models import Assignment, OutsideReferent, Person, PersonName, Support
from convergence.platform.dated import revise
from convergence.situations.models import Situation
from convergence.support.documents.contents import PNG
from convergence.support.models import Contact, Document, Need, Note, RightAct
from convergence.territories.models import Funder, Mission, Operator, Site, StaffMeans
from convergence.vocabulary.roles import Role
from convergence.web.rules import CARE, SITE_TEAM, rule_of
from tests.access.test_address_matrix import addresses, arguments_of, clients, samples_about
from tests.builders import LONG_AGO, TODAY, World, fill_file, fill_network, make_person, make_user, one_day, open_ended

__all__ = ["clients"]

MOST = 15
AT_A_SITE = tuple(role for role in SITE_TEAM if role not in CARE)
ELSEWHERE = tuple(role for role in Role if role not in SITE_TEAM)
OF_THE_TRANSACTION = re.compile(r"(RELEASE )?SAVEPOINT|ROLLBACK|BEGIN|COMMIT")


def queries_of_every_page(clients: dict[str, Client], samples: dict[str, Any]) -> dict[tuple[str, str], int]:
    """(address's name, role) → queries of a GET by a role that the page admits, without those of the transaction."""
    counts = {}
    for pattern in addresses():
        name = pattern.name or ""
        address = reverse(name, kwargs=arguments_of(pattern, samples))
        rule = rule_of(resolve(address), pattern.callback)
        for role, client in clients.items():
            if not rule.admits(frozenset({role})):
                continue
            asked: list[str] = []
            with connection.execute_wrapper(partial(_note, asked)):
                client.get(address)
            counts[name, role] = sum(not OF_THE_TRANSACTION.match(query) for query in asked)
    return counts


def _note(asked: list[str], execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
    asked.append(sql)
    return execute(sql, *arguments)


def fill(world: World, numbers: range) -> None:
    """More of everything that a page may list: colleagues, places, people, and facts in one person's file."""
    for number in numbers:
        operator = Operator.objects.create(name=f"Structure Exemple {number}")
        site = Site.objects.create(
            territory=world.territory, operator=operator, name=f"Chantier Exemple {number}", open_over=open_ended()
        )
        Funder.objects.create(name=f"Financeur Exemple {number}", named_over=open_ended())
        for place in ({"site": world.site}, {"territory": world.territory}):
            StaffMeans.objects.create(
                **place, function=Role.COUNSELLOR, full_time_equivalent="0.50", employer=operator, valid=open_ended()
            )
        colleague = make_user(f"collègue-{number}")
        mission = Mission.objects.create(user=colleague, role=Role.COUNSELLOR, site=world.site, valid=open_ended())
        Mission.objects.create(user=world.users[Role.COUNSELLOR], role=Role.COUNSELLOR, site=site, valid=open_ended())
        newcomer = make_person(f"Nouvelle {number}", "Modèle", world.site)
        fill_file(newcomer, world.site, TODAY)
        mine = Mission.objects.get(pk=world.counsellor_mission_id)
        for followed_by in (mission, mine):
            Assignment.objects.create(person=newcomer, mission=followed_by, valid=open_ended())
        fill_her_file(world.anouk, site, mission, number)
        User.objects.filter(pk=world.users[Role.COUNSELLOR].pk).update(given_name=f"Prénom corrigé {number}")
        Site.objects.filter(pk=world.site.pk).update(operator=operator, antenna_of=world.other_site)
        Site.objects.filter(pk=world.site.pk).update(operator=world.other_site.operator, antenna_of=site)
        standing = StaffMeans.objects.current().get(post=world.means.post)
        revise(standing, full_time_equivalent=f"0.{number + 10}")
        fill_network(world.territory, world.site, TODAY, number + 1)
        fill_her_partner(world, number)


def fill_her_partner(world: World, number: int) -> None:
    """More branches, contacts, offers and exchanges of the partner whose page is looked at."""
    partner = Partner.objects.get(pk=world.network["partner_id"])
    branch = Branch.objects.create(partner=partner, name=f"Antenne {number}", latitude=48.9, longitude=2.3)
    PartnerContact.objects.create(partner=partner, branch=branch, name="Ada Exemple")
    Agreement.objects.create(partner=partner, subject="Un objet fictif", valid=open_ended())
    offer = Offer.objects.create(
        partner=partner, branch=branch, domain="housing", kind="job", name=f"Offre {number}", open_over=open_ended()
    )
    Capacity.objects.create(offer=offer, free=1, said_by="officer", said_on=TODAY)
    Hold.objects.create(offer=offer, referral=uuid4(), held_on=TODAY)
    Exchange.objects.create(
        partner=partner,
        held_on=TODAY,
        kind="call",
        words="Un échange fictif.",
        next_step="Rappeler",
        next_on=TODAY,
        recorded_by=world.users[Role.PARTNERSHIP_OFFICER],
    )
    said = Capacity.objects.current().get(offer=world.network["network_offer_id"])
    revise(said, free=number % 3)


def fill_her_file(person: Person, site: Site, mission: Mission, number: int) -> None:
    colleague = mission.user_id
    PersonName.objects.create(
        person=person, kind="spelling", given_name=f"Anou {number}", family_name="Fictive", recorded_by_id=colleague
    )
    Support.objects.create(person=person, site=site, valid=open_ended())
    Assignment.objects.create(person=person, mission=mission, valid=open_ended())
    OutsideReferent.objects.create(
        person=person, compartment="social", role="Éducateur", comment="Fictif.", valid=open_ended()
    )
    day = LONG_AGO - timedelta(days=30 * (number + 2))
    spell = {"person": person, "valid": one_day(day), "recorded_by_id": colleague}
    Situation.objects.create(aspect="housing", compartment="social", value="hotel", detail="Fictif.", **spell)
    Contract.objects.create(site=site, kind="cddi", programme="cvg", **spell)
    Need.objects.create(compartment="social", need="housing", level=4, reason="Fictif.", **spell)
    Contact.objects.create(kind="interview", **spell)
    Note.objects.create(compartment="social", body="Fictive.", **spell)
    paper = {"person": person, "compartment": "social", "recorded_by_id": colleague}
    Document.objects.create(kind="residence_permit", words="Fictif.", pages=[{"media": PNG, "bytes": 9}], **paper)
    RightAct.objects.create(act="rsa_declaration", occurrence=day, done_on=day, **paper)


@pytest.mark.parametrize("roles", [CARE, AT_A_SITE, ELSEWHERE], ids=["care", "at a site", "elsewhere"])
def test_a_page_takes_at_most_fifteen_queries_however_much_it_shows(
    clients: dict[str, Client], world: World, acting_as: Any, roles: tuple[Role, ...]
) -> None:
    clients = {role.value: clients[role.value] for role in roles}
    samples = samples_about(world, world.anouk.pk)
    with acting_as("maint"):
        fill(world, range(3))
    few = queries_of_every_page(clients, samples)
    with acting_as("maint"):
        fill(world, range(3, 9))
    many = queries_of_every_page(clients, samples)
    assert {page: count for page, count in many.items() if count > MOST} == {}
    assert {page: (few[page], count) for page, count in many.items() if count > few[page]} == {}
