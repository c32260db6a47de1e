"""The grid of hours as a work supervisor uses it; months closed and reopened."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from convergence.pathways.models import Contract, MonthHours
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World, make_person, open_ended
from tests.web.team import enter

Acting = Callable[[str], AbstractContextManager[None]]

NOVEMBER = date(2026, 11, 1)
OCTOBER = date(2026, 10, 1)


def text_of(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def grid_of(client: Client, world: World, month: date = NOVEMBER) -> dict[str, str]:
    """The form as the page shows it: every field with its value."""
    form = client.get(reverse("hours-month", args=[world.site.pk, month])).context["form"]
    return {field.html_name: str(field.value() or "") for field in form}


@pytest.fixture
def clients(world: World, time_machine: Any) -> dict[Role, Client]:
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)
    return {role: enter(user) for role, user in world.users.items()}


@pytest.fixture
def supervisor(clients: dict[Role, Client]) -> Client:
    return clients[Role.WORK_SUPERVISOR]


@pytest.fixture
def key(world: World, acting_as: Acting) -> str:
    with acting_as("maint"):
        return str(Contract.objects.current().get(person=world.anouk).series.hex)


def send(client: Client, world: World, fields: dict[str, str], month: date = NOVEMBER) -> Any:
    return client.post(reverse("hours-month", args=[world.site.pk, month]), fields)


def stands(acting_as: Acting, world: World) -> MonthHours | None:
    with acting_as("maint"):
        return MonthHours.objects.current().filter(person=world.anouk, month=NOVEMBER).first()


def worked(acting_as: Acting, world: World) -> Decimal | None:
    row = stands(acting_as, world)
    return row.worked if row else None


def test_the_supervisor_opens_hours_from_the_menu_and_finds_the_months(supervisor: Client, world: World) -> None:
    assert f'href="{reverse("hours")}"' in supervisor.get(reverse("today")).content.decode()
    said = text_of(supervisor.get(reverse("hours")))
    assert "Saisir novembre 2026" in said
    assert re.search(r"Novembre.2026 à compléter", said)


def test_the_whole_grid_is_saved_at_once_with_planned_hours_filled_in(
    supervisor: Client, world: World, key: str, acting_as: Acting
) -> None:
    fields = grid_of(supervisor, world)
    assert fields[f"{key}-planned"] == "94,09"
    typed = fields | {f"{key}-worked": "91 h 30", f"{key}-kind0": "sick_leave", f"{key}-absent0": "21,17"}
    assert send(supervisor, world, typed).status_code == 302
    row = stands(acting_as, world)
    assert row is not None
    assert (row.planned, row.worked, row.absences) == (Decimal("94.09"), Decimal("91.50"), {"sick_leave": "21.17"})
    assert "1 ligne est enregistrée" in text_of(supervisor.get(reverse("hours-month", args=[world.site.pk, NOVEMBER])))


def test_what_was_not_touched_writes_nothing(supervisor: Client, world: World, acting_as: Acting) -> None:
    assert send(supervisor, world, grid_of(supervisor, world)).status_code == 302
    assert stands(acting_as, world) is None


@pytest.mark.parametrize(
    ("cell", "typed", "words"),
    [
        ("worked", "173,33", "à 35 heures par semaine"),
        ("worked", "800", "Au plus 154"),
        ("worked", "-7", "ne sont pas négatives"),
        ("worked", "beaucoup", "n’est pas un nombre d’heures"),
        ("planned", "12,345", "n’est pas un nombre d’heures"),
        ("kind0", "paid_leave", "Combien d’heures"),
        ("absent0", "7", "Quelle absence"),
    ],
)
def test_each_wrong_cell_has_its_sentence_beside_it_and_keeps_what_was_typed(
    supervisor: Client, world: World, key: str, acting_as: Acting, cell: str, typed: str, words: str
) -> None:
    fields = grid_of(supervisor, world) | {f"{key}-worked": "100", f"{key}-{cell}": typed}
    answered = send(supervisor, world, fields)
    assert answered.status_code == 422
    page = answered.content.decode()
    wrong = {"kind0": "absent0", "absent0": "kind0"}.get(cell, cell)
    error = re.search(rf'id="id_{key}-{wrong}_error".*?</ul>', page, re.DOTALL)
    assert error
    assert words in text_of(HttpResponse(error[0]))
    assert f'value="{typed}"' in page
    assert stands(acting_as, world) is None


def test_two_people_on_one_month_lose_nothing(
    clients: dict[Role, Client], world: World, key: str, acting_as: Acting
) -> None:
    mine, theirs = clients[Role.WORK_SUPERVISOR], clients[Role.COUNSELLOR]
    shown = grid_of(mine, world)
    send(theirs, world, grid_of(theirs, world) | {f"{key}-worked": "98"})
    refused = send(mine, world, shown | {f"{key}-worked": "105"})
    assert refused.status_code == 409
    said = text_of(refused)
    assert "rien n’est enregistré, tout ce que vous avez tapé est gardé" in said
    assert re.search(r"Changé pendant que vous écriviez, par Ici-counsellor Exemple à \d\d:\d\d", said)
    assert "faites 98,00" in said
    again = {field.html_name: str(field.value() or "") for field in refused.context["form"]}
    assert again[f"{key}-worked"] == "105"
    assert worked(acting_as, world) == 98
    assert send(mine, world, again).status_code == 302
    assert worked(acting_as, world) == 105


def test_a_line_that_only_the_other_changed_is_shown_as_it_stands(
    clients: dict[Role, Client], world: World, key: str, acting_as: Acting
) -> None:
    with acting_as("maint"):
        bruno = make_person("Bruno", "Factice", world.site)
        hired = Contract.objects.create(person=bruno, site=world.site, kind="cddi", weekly_hours=20, valid=open_ended())
    other = hired.series.hex
    mine, theirs = clients[Role.WORK_SUPERVISOR], clients[Role.COUNSELLOR]
    shown = grid_of(mine, world)
    send(theirs, world, grid_of(theirs, world) | {f"{key}-worked": "98", f"{other}-worked": "80"})
    refused = send(mine, world, shown | {f"{key}-worked": "105"})
    again = {field.html_name: str(field.value() or "") for field in refused.context["form"]}
    assert (again[f"{key}-worked"], again[f"{other}-worked"]) == ("105", "80")
    send(mine, world, again)
    with acting_as("maint"):
        rows = MonthHours.objects.current().filter(month=NOVEMBER)
        assert dict(rows.values_list("contract", "worked")) == {
            hired.series: Decimal(80),
            rows.get(person=world.anouk).contract: Decimal(105),
        }


def test_a_closed_month_is_read_and_reopened_with_a_reason(clients: dict[Role, Client], world: World, key: str) -> None:
    supervisor, manager = clients[Role.WORK_SUPERVISOR], clients[Role.SITE_MANAGER]
    address = reverse("hours-month", args=[world.site.pk, OCTOBER])
    typed = grid_of(supervisor, world, OCTOBER) | {f"{key}-worked": "100"}
    closed = supervisor.post(reverse("close-month", args=[world.site.pk, OCTOBER]), follow=True)
    assert re.search(r"Octobre.2026 est clos", text_of(closed))
    late = send(supervisor, world, typed, OCTOBER)
    assert late.status_code == 409
    assert "rouvrez-le, en disant pourquoi" in text_of(late)
    assert reverse("reopen-month", args=[world.site.pk, OCTOBER]) not in supervisor.get(address).content.decode()
    reopen = reverse("reopen-month", args=[world.site.pk, OCTOBER])
    assert supervisor.get(reopen).status_code == 403
    assert manager.post(reopen, {"reason": " "}).status_code == 422
    assert manager.post(reopen, {"reason": "Feuille arrivée tard."}).status_code == 302
    said = text_of(supervisor.get(address))
    assert "Feuille arrivée tard." in said
    assert send(supervisor, world, typed, OCTOBER).status_code == 302


def test_a_month_is_not_closed_over_somebody_s_missing_hours(supervisor: Client, world: World) -> None:
    said = text_of(supervisor.post(reverse("close-month", args=[world.site.pk, NOVEMBER]), follow=True))
    assert "notez les heures faites de Anouk Fictive" in said
    assert "À noter" in text_of(supervisor.get(reverse("hours")))


def test_another_site_s_hours_are_nobody_s_here(clients: dict[Role, Client], world: World) -> None:
    for name in ("hours-month", "close-month", "reopen-month"):
        for role in (Role.COUNSELLOR, Role.SITE_MANAGER):
            assert clients[role].post(reverse(name, args=[world.other_site.pk, NOVEMBER])).status_code == 404
    assert clients[Role.COUNSELLOR].get(f"{reverse('hours')}?chantier={world.other_site.pk}").status_code == 404
    assert clients[Role.COUNSELLOR].get(f"{reverse('hours')}?chantier=²&annee=99999").status_code == 404


@pytest.mark.parametrize("month", ["1990-01", "2026-12", "2100-12"])
def test_a_month_of_another_age_is_a_page_that_takes_no_hours(
    supervisor: Client, world: World, key: str, month: str
) -> None:
    address = reverse("hours-month", args=[world.site.pk, month])
    assert supervisor.get(address).status_code == 200
    typed = {f"{key}-worked": "7", f"{key}-seen": "9" * 17}
    assert supervisor.post(address, typed).status_code in (302, 409)
    assert supervisor.get(address.replace(month, "2026-13")).status_code == 404


def test_the_same_grid_sent_twice_is_saved_once(supervisor: Client, world: World, key: str, acting_as: Acting) -> None:
    page = supervisor.get(reverse("hours-month", args=[world.site.pk, NOVEMBER])).content.decode()
    token = re.search(r'name="submission" value="([^"]+)"', page)
    assert token
    fields = grid_of(supervisor, world) | {f"{key}-worked": "98", "submission": token[1]}
    assert [send(supervisor, world, fields).status_code for _ in range(2)] == [302, 302]
    with acting_as("maint"):
        assert MonthHours.objects.filter(month=NOVEMBER).count() == 1
