"""The record of who looked cannot be altered unseen."""

from typing import Any

import pytest
from django.db import connection

from convergence.access.chain import first_broken_seal, seal_records
from convergence.access.models import AccessRecord, AccessSeal
from convergence.platform.identity import assume
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World


@pytest.fixture
def looks(world: World, acting_as: Any) -> World:
    """Two batches of looks, each sealed."""
    for _batch in range(2):
        assume(world.users[Role.COUNSELLOR].pk, TODAY)
        with connection.cursor() as cursor:
            for page in ("person", "fact"):
                cursor.execute("SELECT record_access(%s, %s)", [page, world.anouk.pk])
        with acting_as("worker"):
            assert seal_records() == 2
    return world


def test_a_chain_that_nobody_touched_holds_and_sealing_again_adds_nothing(looks: World, acting_as: Any) -> None:
    with acting_as("worker"):
        assert seal_records() == 0
    assert first_broken_seal() is None


@pytest.mark.parametrize("batch", [0, 1])
@pytest.mark.parametrize("crime", ["alter", "remove", "insert"])
def test_an_altered_removed_or_added_record_breaks_the_chain_at_its_batch(
    looks: World, acting_as: Any, crime: str, batch: int
) -> None:
    with acting_as("maint"):
        seal = AccessSeal.objects.order_by("pk")[batch]
        records = AccessRecord.objects.filter(seal=seal)
        if crime == "alter":
            records.filter(page="fact").update(actor_id=999)
        elif crime == "remove":
            records.filter(page="fact").delete()
        else:
            AccessRecord.objects.create(
                actor_id=1, acting_as=[], page="person", person_id=1, compartments=[], seal=seal
            )
    assert first_broken_seal() == seal.pk


def test_only_the_data_protection_officer_reads_the_record(looks: World) -> None:
    for role in Role:
        assume(looks.users[role].pk, TODAY)
        assert AccessRecord.objects.exists() == (role is Role.DATA_PROTECTION_OFFICER), role
