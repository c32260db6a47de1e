"""Whatever is typed in a form of the settings, the answer is a page, never an error of the server."""

import itertools
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from convergence.territories.administering import fingerprint
from convergence.territories.means import seen_of
from convergence.vocabulary.roles import Role
from tests.builders import World
from tests.web.test_settings import _letters_go_to_the_outbox, _on_that_day, signed_in

__all__ = ["_letters_go_to_the_outbox", "_on_that_day"]

NASTY = [
    "\x00",
    "\ud800".encode("utf-8", "surrogatepass"),
    "9" * 40,
    "1e309",
    "NaN",
    "٣",
    "9999-12-31",
    "2026-02-30",
    "x" * 5000,
]
# One address for each form.
FORMS = [
    "change-account", "close-account", "give-mission", "change-territory", "change-site", "open-funder",
    "name-funder", "change-post", "correct-means",
]  # fmt: skip


def arguments(world: World, name: str) -> tuple[list[Any], str]:
    """The address's arguments, and the code of what its form shows."""
    counsellor = world.users[Role.COUNSELLOR]
    about: dict[str, tuple[Any, str]] = {
        "change-account": (counsellor.pk, fingerprint(counsellor)),
        "close-account": (counsellor.pk, fingerprint(counsellor)),
        "give-mission": (counsellor.pk, ""),
        "change-territory": (world.territory.pk, fingerprint(world.territory)),
        "change-site": (world.site.pk, fingerprint(world.site)),
        "name-funder": (world.funder.pk, fingerprint(world.funder)),
        "change-post": (world.means.post, seen_of(world.means.post)),
        "correct-means": (world.means.pk, seen_of(world.means.post)),
    }
    argument, seen = about.get(name, (None, ""))
    return ([] if argument is None else [argument]), seen


@pytest.mark.parametrize("name", FORMS)
def test_nasty_words_in_any_field_get_a_page(world: World, name: str) -> None:
    client: Client = signed_in(world.users[Role.ADMINISTRATOR])
    held, seen = arguments(world, name)
    address = reverse(name, args=held)
    form = client.get(address).context["form"]
    typed = {field.name: field.value() for field in form}
    valid = {field: "" if value is None else getattr(value, "pk", value) for field, value in typed.items()}
    fields = [field for field in valid if field != "seen"]
    for field, word in itertools.product([*fields, "seen", "submission"], NASTY):
        response = client.post(address, valid | {"seen": seen, field: word})
        assert response.status_code in {302, 409, 422}, (field, word)
