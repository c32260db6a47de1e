"""The list of what is left to set up a place: steps follow from facts, each shown to whom it belongs."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from convergence.access.models import User
from convergence.people.models import PersonName
from convergence.support.models import SiteStart
from convergence.territories.models import Mission, NothingToImport, Site, StaffMeans, Territory
from convergence.territories.periods import days
from convergence.vocabulary.roles import Role
from tests.builders import LONG_AGO, TODAY, World, add_situation, make_person, make_user, open_ended
from tests.web.test_settings import _letters_go_to_the_outbox, _on_that_day, page_of, signed_in

__all__ = ["_letters_go_to_the_outbox", "_on_that_day"]


@pytest.fixture
def site(world: World, acting_as: Any) -> Site:
    """A site that was just added to the world's territory."""
    with acting_as("maint"):
        return Site.objects.create(
            territory=world.territory, operator=world.site.operator, name="Chantier des Ormes", open_over=open_ended()
        )


@pytest.fixture
def team(site: Site, acting_as: Any) -> dict[Role, User]:
    with acting_as("maint"):
        made = {role: make_user(f"Ormes-{role.value}") for role in (Role.SITE_MANAGER, Role.COUNSELLOR)}
        for role, user in made.items():
            Mission.objects.create(user=user, role=role, site=site, valid=open_ended())
    return made


def states(response: Any) -> dict[str, str]:
    return {shown.step.code: shown.step.state for shown in response.context["steps"]}


def links(response: Any, code: str) -> list[str]:
    """The links and buttons of a step, as the page shows them."""
    (section,) = re.findall(rf'<li id="etape-{code}">.*?</li>', page_of(response), re.S)
    return re.findall(r"<(?:a|button)[^>]*>([^<]+)<", section)


def test_a_new_site_says_what_is_left_and_whose_it_is(world: World, site: Site) -> None:
    client = signed_in(world.users[Role.ADMINISTRATOR])
    shown = client.get(reverse("site-setup", args=[site.pk]))
    assert states(shown) == {
        "entity": "open",
        "team": "open",
        "sign_ins": "later",
        "means": "open",
        "choices": "optional",
        "people": "open",
        "start": "later",
    }
    page = page_of(shown)
    assert "Direction du chantier, Insertion professionnelle et Encadrement technique" in page
    assert "le bilan semestriel n’a pas ses moyens humains" in page
    assert links(shown, "team")[0] == "Ouvrir un compte : Direction du chantier"
    # What belongs to the site's own team is said, without a link that would lead nowhere.
    assert "À faire par : Direction du chantier" in page
    assert links(shown, "people") == links(shown, "start") == []


def test_steps_close_as_facts_come(world: World, site: Site, team: dict[Role, User], acting_as: Any) -> None:
    with acting_as("maint"):
        Site.objects.filter(pk=site.pk).update(siret="73282932000074")
        supervisor = make_user("Ormes-supervisor")
        Mission.objects.create(user=supervisor, role=Role.WORK_SUPERVISOR, site=site, valid=open_ended())
        User.objects.filter(pk__in=[supervisor.pk, *(user.pk for user in team.values())]).update(
            last_login="2026-11-02T08:00Z"
        )
        StaffMeans.objects.create(site=site, function="counsellor", full_time_equivalent="1", valid=open_ended())
        make_person("Inès", "Fictive", site)
    shown = signed_in(team[Role.SITE_MANAGER]).get(reverse("site-setup", args=[site.pk]))
    assert {code for code, state in states(shown).items() if state == "done"} == {
        "entity",
        "team",
        "sign_ins",
        "means",
    }
    assert "dites s’il reste une liste à importer" in page_of(shown)


def test_the_team_says_that_there_is_no_list_then_notes_the_first_day(
    world: World, site: Site, team: dict[Role, User]
) -> None:
    client = signed_in(team[Role.COUNSELLOR])
    address, start = reverse("nothing-to-import", args=[site.pk]), reverse("site-start", args=[site.pk])
    too_early = client.post(start, {})
    assert too_early.status_code == 409
    assert "Il est trop tôt" in page_of(too_early)
    assert not SiteStart.objects.filter(site=site).exists()
    shown = page_of(client.post(address, follow=True))
    assert "Pas de liste à importer : Ormes-counsellor Exemple l’a dit le 23 novembre 2026." in shown
    noted = page_of(client.post(start, {}, follow=True))
    assert "le chantier n’accompagnait encore personne" in noted
    assert "Avant ce jour, « connu le » veut dire « connu à l’import »" in noted
    assert states(client.get(reverse("site-setup", args=[site.pk])))["start"] == "done"


def test_the_first_day_is_read_again_with_its_counts(
    world: World, site: Site, team: dict[Role, User], acting_as: Any
) -> None:
    with acting_as("maint"):
        ines = make_person("Inès", "Fictive", site)
        add_situation(ines, "housing", "third_party")
        PersonName.objects.filter(person=ines).update(source="import:0", recorded_by=team[Role.COUNSELLOR])
    client = signed_in(team[Role.COUNSELLOR])
    client.post(reverse("site-start", args=[site.pk]), {})
    shown = page_of(client.get(reverse("site-start", args=[site.pk])))
    assert "le chantier accompagnait une personne" in shown
    rows = dict(re.findall(r'<tr><th scope="row">([^<]+)</th>\s*<td[^>]*>([^<]+)<', shown))
    assert (rows["Année de naissance"], rows["Contrat en cours sur ce chantier"]) == ("1", "0")
    # One person's housing is known: a number that would tell of her is not shown.
    assert (rows["Logement"], rows["Demande SIAO"]) == ("–", "0")
    assert "Contraintes judiciaires" not in rows


def test_a_list_after_all_takes_the_word_back_and_a_button_pressed_twice_says_the_same(
    site: Site, team: dict[Role, User]
) -> None:
    client = signed_in(team[Role.SITE_MANAGER])
    address = reverse("nothing-to-import", args=[site.pk])
    for _time in range(2):
        client.post(address)
        shown = client.get(reverse("site-setup", args=[site.pk]))
        assert states(shown)["people"] == "done"
    back = f"{address}?reprendre"
    assert f'action="{back}"' in shown.content.decode()
    for _time in range(2):
        client.post(back)
        assert states(client.get(reverse("site-setup", args=[site.pk])))["people"] == "open"
    assert NothingToImport.objects.current().count() == 0


def test_a_site_that_opens_later_waits_for_its_day(
    world: World, site: Site, team: dict[Role, User], acting_as: Any
) -> None:
    with acting_as("maint"):
        Site.objects.filter(pk=site.pk).update(open_over=days(TODAY.replace(year=2027), None))
    client = signed_in(team[Role.COUNSELLOR])
    client.post(reverse("nothing-to-import", args=[site.pk]))
    assert "Le chantier ouvre le 23 novembre 2027" in page_of(client.get(reverse("site-setup", args=[site.pk])))
    assert client.post(reverse("site-start", args=[site.pk]), {}).status_code == 409


def test_today_tells_each_what_is_theirs_until_it_is_done(site: Site, team: dict[Role, User]) -> None:
    manager, counsellor = signed_in(team[Role.SITE_MANAGER]), signed_in(team[Role.COUNSELLOR])
    assert "Chantier des Ormes, les moyens humains" in page_of(manager.get(reverse("today")))
    shown = page_of(counsellor.get(reverse("today")))
    assert "les moyens humains" not in shown
    assert "Chantier des Ormes, les personnes accompagnées" in shown
    counsellor.post(reverse("nothing-to-import", args=[site.pk]))
    counsellor.post(reverse("site-start", args=[site.pk]), {})
    assert "Mise en route" not in page_of(counsellor.get(reverse("today")))


def test_today_counts_for_the_administrator_the_sites_that_have_not_started(world: World, site: Site) -> None:
    client = signed_in(world.users[Role.ADMINISTRATOR])
    assert "Un chantier n’a pas encore démarré" in page_of(client.get(reverse("today")))
    listed = page_of(client.get(reverse("setup")))
    assert "Chantier des Ormes" in listed
    assert "Chantier des Saules" not in listed


def test_a_territory_misses_its_coordinator_its_officers_its_means(world: World, acting_as: Any) -> None:
    client = signed_in(world.users[Role.ADMINISTRATOR])
    client.post(reverse("open-territory"), {"name": "Pays Nouveau"})
    territory = Territory.objects.get(name="Pays Nouveau")
    shown = client.get(reverse("territory-setup", args=[territory.pk]))
    assert states(shown) == {
        "sites": "open",
        "team": "open",
        "sign_ins": "later",
        "means": "open",
        "choices": "optional",
    }
    assert "Coordination du territoire et Partenariats (0 sur 2 ou 3)" in page_of(shown)
    with acting_as("maint"):
        world.elsewhere[Role.PARTNERSHIP_OFFICER].missions.update(valid=days(LONG_AGO, LONG_AGO))
    here = signed_in(world.users[Role.COORDINATOR]).get(reverse("territory-setup", args=[world.territory.pk]))
    assert "Partenariats (1 sur 2 ou 3)" in page_of(here)
    assert "2 chantiers ont démarré" in page_of(here)
    assert links(here, "means") == ["Noter les moyens"]
    assert "Territoire Exemple, les moyens humains" in page_of(
        signed_in(world.users[Role.COORDINATOR]).get(reverse("today"))
    )


def test_an_account_opened_from_a_step_gets_its_mission_and_leads_back(world: World, site: Site) -> None:
    client = signed_in(world.users[Role.ADMINISTRATOR])
    asked = f"?lieu=site-{site.pk}&fonction=site_manager"
    given = {"given_name": "Aliénor", "family_name": "Inventée", "email": "alienor@convergence.example"}
    led = client.post(f"{reverse('open-account')}{asked}", given)
    account = User.objects.get(email="alienor@convergence.example")
    assert led.url == f"{reverse('give-mission', args=[account.pk])}{asked}"  # type: ignore[attr-defined]
    form = client.get(led.url).context["form"]  # type: ignore[attr-defined]
    assert (form["place"].value(), form["role"].value()) == (f"site-{site.pk}", "site_manager")
    mission = {"place": f"site-{site.pk}", "role": "site_manager", "since": TODAY.isoformat(), "last_day": ""}
    after = client.post(led.url, mission)  # type: ignore[attr-defined]
    assert after.url == reverse("site-setup", args=[site.pk])  # type: ignore[attr-defined]


@pytest.mark.parametrize("role", list(Role))
def test_a_stranger_finds_no_page_of_the_site(world: World, site: Site, role: Role) -> None:
    client: Client = signed_in(world.users[role])
    shown = client.get(reverse("site-setup", args=[site.pk])).status_code
    takes_part = role in {Role.ADMINISTRATOR, Role.COORDINATOR}
    assert (shown == 200) is takes_part
    assert client.post(reverse("nothing-to-import", args=[site.pk])).status_code in {403, 404}
    assert client.post(reverse("site-start", args=[site.pk]), {}).status_code in {403, 404}
    assert not SiteStart.objects.filter(site=site).exists()
