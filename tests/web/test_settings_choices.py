"""Each choice of vocabulary changes what a screen offers, and hides nothing that was recorded."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from convergence.pathways.models import Contract
from convergence.territories.choices import Offered, offered_at
from convergence.territories.models import Choices, SettingChange, Site
from convergence.vocabulary.roles import Role
from tests.builders import World, add_situation
from tests.web.test_settings import _on_that_day, page_of, signed_in

__all__ = ["_on_that_day"]


def typed(client: Client, address: str, **changed: Any) -> dict[str, Any]:
    """What the form shows, with some of it changed."""
    form = client.get(address).context["form"]
    shown = {field.name: field.value() for field in form}
    return {name: [] if value is None else value for name, value in (shown | changed).items()}


def without(client: Client, address: str, name: str, *codes: str) -> list[str]:
    return [code for code in typed(client, address)[name] if code not in codes]


def fresh(*sites: Site) -> list[Site]:
    """The sites with what they and their territory choose now."""
    return [Site.objects.select_related("choices", "territory__choices").get(pk=site.pk) for site in sites]


@pytest.fixture
def of_territory(world: World) -> str:
    return reverse("territory-choices", args=[world.territory.pk])


@pytest.fixture
def of_site(world: World) -> str:
    return reverse("site-choices", args=[world.site.pk])


@pytest.fixture
def coordinator(world: World) -> Client:
    return signed_in(world.users[Role.COORDINATOR])


@pytest.fixture
def manager(world: World) -> Client:
    return signed_in(world.users[Role.SITE_MANAGER])


@pytest.fixture
def counsellor(world: World) -> Client:
    return signed_in(world.users[Role.COUNSELLOR])


def test_an_aspect_set_aside_is_no_longer_offered_but_where_it_was_recorded(
    world: World, coordinator: Client, of_territory: str, counsellor: Client, acting_as: Any
) -> None:
    page, ass = reverse("person", args=[world.anouk.pk]), reverse("record-situation", args=[world.anouk.pk, "ass"])
    assert ass in page_of(counsellor.get(page))
    kept = without(coordinator, of_territory, "aspects_aside", "ass", "dalo")
    coordinator.post(of_territory, typed(coordinator, of_territory, aspects_aside=kept))
    shown = page_of(counsellor.get(page))
    assert ass not in shown
    assert reverse("record-situation", args=[world.anouk.pk, "siao"]) in shown
    with acting_as("maint"):
        add_situation(world.anouk, "ass", "open")
    shown = page_of(counsellor.get(page))
    assert ass in shown
    assert "ASS" in shown


def test_housing_and_employment_cannot_be_set_aside(world: World, coordinator: Client, of_territory: str) -> None:
    offered = coordinator.get(of_territory).context["form"].fields["aspects_aside"].choices
    codes = {code for _group, aspects in offered for code, _label in aspects}
    assert "siao" in codes
    assert codes.isdisjoint({"housing", "employment"})


def test_a_programme_that_is_not_run_is_not_offered_but_to_the_contract_that_has_it(
    world: World, manager: Client, of_site: str, counsellor: Client
) -> None:
    manager.post(of_site, typed(manager, of_site, programmes_aside=["phc"]))
    form = counsellor.get(reverse("new-contract", args=[world.anouk.pk])).context["form"]
    assert [code for code, _label in form.fields["programme"].choices] == ["none", "phc"]
    assert form["programme"].value() == "phc"
    contract = Contract.objects.filter(person=world.anouk)
    address = reverse("correct-contract", args=[world.anouk.pk, world.samples[world.anouk.pk]["contract_id"]])
    corrected = counsellor.get(address).context["form"]
    assert corrected["programme"].value() == "cvg"
    assert ("cvg", "Convergence") in corrected.fields["programme"].choices
    assert contract.model is Contract


def test_a_kind_of_contact_set_aside_is_not_offered_and_an_unanswered_call_always_is(
    world: World, manager: Client, of_site: str, counsellor: Client
) -> None:
    kept = without(manager, of_site, "contacts_aside", "visit")
    assert "call_no_answer" not in kept
    manager.post(of_site, typed(manager, of_site, contacts_aside=kept))
    address = reverse("record-contact", args=[world.anouk.pk])
    shown = page_of(counsellor.get(address))
    assert 'value="visit"' not in shown
    assert 'value="call_no_answer"' in shown
    assert counsellor.post(address, {"kind": "visit", "on": "2026-11-20"}).status_code == 422


def test_bodies_are_suggested_where_a_referent_s_body_is_typed(
    world: World, coordinator: Client, of_territory: str, counsellor: Client
) -> None:
    lines = "Service social fictif\n\n  CHRS   Imaginaire \nService social fictif\n"
    coordinator.post(of_territory, typed(coordinator, of_territory, bodies=lines))
    shown = page_of(counsellor.get(reverse("add-outside-referent", args=[world.anouk.pk])))
    assert '<option value="CHRS Imaginaire">' in shown
    assert shown.count("Service social fictif") == 1
    assert 'list="organismes"' in shown


def test_a_site_follows_its_territory_until_it_chooses_itself(
    world: World, coordinator: Client, of_territory: str, manager: Client, of_site: str
) -> None:
    coordinator.post(of_territory, typed(coordinator, of_territory, programmes_aside=["cvg"], bodies="CHRS Fictif"))
    assert offered_at(fresh(world.site)).programmes_aside == {"phc"}
    # Saved as it stands, the form chooses nothing of its own: the site goes on following.
    manager.post(of_site, typed(manager, of_site))
    own = Choices.objects.get(site=world.site)
    assert (own.programmes_aside, own.bodies) == (None, None)
    coordinator.post(of_territory, typed(coordinator, of_territory, programmes_aside=["phc"]))
    assert offered_at(fresh(world.site)).programmes_aside == {"cvg"}
    manager.post(of_site, typed(manager, of_site, programmes_aside=["cvg", "phc"], bodies=""))
    assert offered_at(fresh(world.site)) == Offered()
    assert offered_at(fresh(world.other_site)).programmes_aside == {"cvg"}
    assert offered_at(fresh(world.site, world.other_site)).programmes_aside == set()
    assert offered_at([]).programmes_aside == set()


def test_the_second_editor_is_told_what_the_first_one_chose(
    world: World, coordinator: Client, of_territory: str
) -> None:
    first = typed(coordinator, of_territory, programmes_aside=["cvg"])
    assert coordinator.post(of_territory, first).status_code == 302
    late = coordinator.post(of_territory, first | {"programmes_aside": ["phc"], "bodies": "CHRS Fictif"})
    assert late.status_code == 409
    assert "Valeur enregistrée entre-temps : Convergence" in page_of(late)
    assert Choices.objects.get().programmes_aside == ["phc"]
    again = typed(coordinator, of_territory, programmes_aside=["phc"])
    assert coordinator.post(of_territory, again).status_code == 302
    assert Choices.objects.get().programmes_aside == ["cvg"]


def test_the_history_of_choices_is_kept(world: World, coordinator: Client, of_territory: str, acting_as: Any) -> None:
    admin = signed_in(world.users[Role.ADMINISTRATOR])
    for kept in (["cvg"], ["phc"]):
        coordinator.post(of_territory, typed(coordinator, of_territory, programmes_aside=kept))
    with acting_as("maint"):
        change = SettingChange.objects.get(setting="territories_choices")
    assert change.before == {"programmes_aside": ["phc"]}
    assert change.actor == world.users[Role.COORDINATOR]
    shown = page_of(admin.get(reverse("territory", args=[world.territory.pk])))
    assert "Programmes non proposés : Premières heures en chantier" in shown


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"aspects_aside": ["housing"]}, "choix"),
        ({"programmes_aside": ["\x00"]}, "choix"),
        ({"bodies": "x" * 161}, "160 caractères"),
        ({"bodies": "\n".join(f"Organisme {n}" for n in range(201))}, "200 organismes"),
        ({"bodies": "\x00"}, "nul"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(
    world: World, manager: Client, of_site: str, changed: dict[str, Any], sentence: str
) -> None:
    response = manager.post(of_site, typed(manager, of_site, **changed))
    assert response.status_code == 422
    assert sentence in page_of(response)
    assert not Choices.objects.exists()


@pytest.mark.parametrize("role", list(Role))
def test_only_those_who_keep_a_place_choose_for_it(world: World, of_site: str, of_territory: str, role: Role) -> None:
    mine, elsewhere = signed_in(world.users[role]), signed_in(world.elsewhere[role])
    assert (mine.get(of_site).status_code == 200) is (role in {Role.ADMINISTRATOR, Role.SITE_MANAGER})
    assert (elsewhere.get(of_site).status_code == 200) is (role is Role.ADMINISTRATOR)
    assert (mine.get(of_territory).status_code == 200) is (role in {Role.ADMINISTRATOR, Role.COORDINATOR})
