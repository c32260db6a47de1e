"""Every address of the URLconf, asked for as every role: the second of the two matrices."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from convergence.access.models import AccessRecord, User
from convergence.vocabulary.roles import Role
from convergence.web.rules import LIBRARY_RULES, Rule
from tests.access.matrix import check_section
from tests.builders import TODAY, World


def addresses(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern)
        else:
            yield pattern


def arguments_of(pattern: URLPattern, samples: dict[str, Any]) -> dict[str, Any]:
    """Values for the address's parameters; a parameter that no test knows fails here, by name."""
    return {name: samples[name] for name in pattern.pattern.regex.groupindex}


def samples_about(world: World, person_id: int) -> dict[str, Any]:
    """Values of every parameter that an address may have; ids come from tests/builders.py."""
    settings = {
        "account_id": world.users[Role.COUNSELLOR].pk,
        "mission_id": world.counsellor_mission_id,
        "site_id": world.site.pk,
        "territory_id": world.territory.pk,
        "operator_id": world.site.operator_id,
        "funder_id": world.funder.pk,
        "post": world.means.post,
        "means_id": world.means.pk,
        "import_id": UUID(int=0),
        "offer_id": 0,
        "likeness_id": 0,
        "dataset_id": world.dataset.pk,
        "evaluation_id": world.evaluation.pk,
        "directory_structure_id": 0,
        "directory_service_id": 0,
        "directory_import_id": UUID(int=0),
        "directory_format": "hsds",
        "step": "declaration",
        "month": "2026-10",
        "year": 2026,
        "token": "adresse-inconnue",
        "block": "demandes",
    }
    about_her = {
        "person_id": person_id,
        "aspect": "housing",
        "part": "work",
        "stage": "entry",
        "uidb36": "1",
        "key": "x-y",
    }
    papers = {"kind": "other", "act": "rsa_declaration"}
    return settings | about_her | papers | world.network | world.samples[person_id]


def test_every_address_has_a_name_and_declares_a_rule() -> None:
    unruled = [
        pattern.name or str(pattern.pattern)
        for pattern in addresses()
        if not isinstance(getattr(pattern.callback, "rule", None) or LIBRARY_RULES.get(pattern.name or ""), Rule)
    ]
    assert unruled == []


@pytest.fixture
def clients(world: World, time_machine: Any) -> dict[str, Client]:
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)
    made: dict[str, Client] = {"nobody": Client(raise_request_exception=False)}
    for role, user in world.users.items():
        made[role.value] = Client(raise_request_exception=False)
        made[role.value].force_login(user)
    return made


def answers(clients: dict[str, Client], world: World, person_id: int) -> dict[str, list[int]]:
    """Status of a GET of each address, role by role."""
    found: dict[str, list[int]] = {}
    for pattern in addresses():
        address = reverse(pattern.name or "", kwargs=arguments_of(pattern, samples_about(world, person_id)))
        found[f"{pattern.name} `{pattern.pattern}`"] = [client.get(address).status_code for client in clients.values()]
    return found


def test_each_role_gets_what_the_rules_say_of_a_person_of_its_site(clients: dict[str, Client], world: World) -> None:
    found = answers(clients, world, world.anouk.pk)
    assert not [address for address, statuses in found.items() if any(status >= 500 for status in statuses)]
    head = f"| address | {' | '.join(clients)} |\n|---|{'---|' * len(clients)}"
    lines = [f"| {address} | {' | '.join(map(str, statuses))} |" for address, statuses in sorted(found.items())]
    check_section("addresses", "\n".join([head, *lines]))


def test_no_address_shows_a_person_of_another_site(clients: dict[str, Client], world: World) -> None:
    for pattern in addresses():
        if "person_id" not in pattern.pattern.regex.groupindex:
            continue
        address = reverse(pattern.name or "", kwargs=arguments_of(pattern, samples_about(world, world.sami.pk)))
        for role, client in clients.items():
            for method in (client.get, client.post):
                response = method(address)
                assert response.status_code in {302, 403, 404, 405}, (pattern.name, role)
                assert "Imaginaire" not in response.content.decode(), (pattern.name, role)
                if response.status_code == 302:
                    assert role == "nobody", (pattern.name, role)


def test_every_page_about_a_person_leaves_one_access_record(
    clients: dict[str, Client], world: World, acting_as: Any
) -> None:
    counsellor = world.users[Role.COUNSELLOR]
    for pattern in addresses():
        if "person_id" not in pattern.pattern.regex.groupindex:
            continue
        address = reverse(pattern.name or "", kwargs=arguments_of(pattern, samples_about(world, world.anouk.pk)))
        with acting_as("maint"):
            before = AccessRecord.objects.filter(actor_id=counsellor.pk, person_id=world.anouk.pk).count()
        if clients[Role.COUNSELLOR.value].get(address).status_code == 200:
            with acting_as("maint"):
                after = AccessRecord.objects.filter(actor_id=counsellor.pk, person_id=world.anouk.pk).count()
            assert after == before + 1, pattern.name


def test_somebody_whose_account_was_closed_is_signed_out(
    clients: dict[str, Client], world: World, acting_as: Any
) -> None:
    counsellor = world.users[Role.COUNSELLOR]
    with acting_as("maint"):
        User.objects.filter(pk=counsellor.pk).update(is_active=False)
    response = clients[Role.COUNSELLOR.value].get(reverse("person", kwargs={"person_id": world.anouk.pk}))
    assert response.status_code == 302
