"""One person's page and what is recorded from it: within what the actor reads, nothing erased, nothing doubled."""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from convergence.pathways.models import Contract
from convergence.people.models import CivilStatus, OutsideReferent, Person, PersonName, Support
from convergence.platform.identity import assume
from convergence.situations.models import Situation
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World, add_situation, make_person


@pytest.fixture
def client_of(world: World, time_machine: Any) -> Any:
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)

    def enter(role: Role) -> Client:
        # Signing in is done by nobody yet; in a test, the identity of the request before still stands.
        assume(None, TODAY)
        client = Client()
        client.force_login(world.users[role])
        return client

    return enter


def page(client: Client, world: World) -> str:
    response = client.get(reverse("person", args=[world.anouk.pk]))
    assert response.status_code == 200
    return response.content.decode()


def form(**fields: Any) -> dict[str, Any]:
    return {"submission": str(uuid.uuid4())} | fields


def test_the_counsellor_sees_the_whole_story(client_of: Any, world: World) -> None:
    shown = page(client_of(Role.COUNSELLOR), world)
    for words in ("Anouk Fictive", "Chez un tiers", "CDDI 26", "Lise Factice", "Médecin traitant", "39\u00a098"):
        assert words in shown, words


def test_the_work_supervisor_sees_the_name_and_nothing_else(client_of: Any, world: World) -> None:
    shown = page(client_of(Role.WORK_SUPERVISOR), world)
    assert "Anouk Fictive" in shown
    for words in (
        "Chez un tiers",
        "CDDI 26",
        "Lise Factice",
        "Médecin",
        "06 39 98",
        "Noter un changement",
        "Note fictive",
    ):
        assert words not in shown, words


def test_the_site_manager_sees_contracts_and_neither_housing_nor_health(client_of: Any, world: World) -> None:
    shown = page(client_of(Role.SITE_MANAGER), world)
    assert "CDDI 26" in shown
    for words in ("Chez un tiers", "Médecin traitant", "Lise Factice", "Contraintes judiciaires"):
        assert words not in shown, words


def test_the_number_of_queries_does_not_grow_with_the_story(
    client_of: Any, world: World, acting_as: Any, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = client_of(Role.COUNSELLOR)
    page(client, world)
    with django_assert_max_num_queries(40) as few:
        page(client, world)
    with acting_as("maint"):
        for aspect, value in (("rsa", "open"), ("siao", "lodged"), ("css", "")):
            if value:
                add_situation(world.anouk, aspect, value)
    with django_assert_max_num_queries(len(few)):
        page(client, world)


def test_the_list_asks_as_many_queries_for_one_as_for_many(
    client_of: Any, world: World, acting_as: Any, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = client_of(Role.COUNSELLOR)
    client.get(reverse("people"))
    with django_assert_max_num_queries(40) as few:
        client.get(reverse("people"))
    with acting_as("maint"):
        for number in range(12):
            make_person(f"Numéro{number}", "Exemple", world.site)
    with django_assert_max_num_queries(len(few)):
        assert "Numéro11" in client.get(reverse("people")).content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?etape=under_contract", True),
        ("?etape=after", False),
        ("?logement=third_party", True),
        ("?logement=chrs", False),
        ("?besoin=housing", True),
        ("?besoin=mobility", False),
        ("?q=anouk", True),
        ("?q=zzz", False),
        ("?chantier=999999999999999999999999&referent=abc&etape=nope&page=zzz", True),
        ("?q=%00&logement=%00", True),
    ],
)
def test_filters_keep_whom_they_say_and_nonsense_filters_nothing(
    client_of: Any, world: World, query: str, found: bool
) -> None:
    response = client_of(Role.COUNSELLOR).get(reverse("people") + query)
    assert response.status_code == 200
    if "%00&logement" not in query:
        assert ("Anouk Fictive" in response.content.decode()) is found


def test_somebody_is_welcomed_with_only_a_first_name_and_is_found(client_of: Any, world: World) -> None:
    client = client_of(Role.COUNSELLOR)
    data = form(given_name="Idriss", site=world.site.pk, since=TODAY.isoformat(), birth="1985")
    response = client.post(reverse("admit-person"), data)
    assert response.status_code == 302
    assert "Idriss" in client.get(response["Location"]).content.decode()
    again = client.post(reverse("admit-person"), data)
    assert again["Location"] == response["Location"]
    assert "Idriss" in client.get(reverse("people") + "?q=idris").content.decode()


def test_a_namesake_is_shown_before_a_second_file_is_opened(client_of: Any, world: World, acting_as: Any) -> None:
    client = client_of(Role.COUNSELLOR)
    data = form(given_name="Anouk", family_name="Fictive", site=world.site.pk, since=TODAY.isoformat())
    response = client.post(reverse("admit-person"), data)
    assert response.status_code == 409
    assert reverse("person", args=[world.anouk.pk]) in response.content.decode()
    assert client.post(reverse("admit-person"), data | {"not_the_same": "1"}).status_code == 302
    with acting_as("maint"):
        assert PersonName.objects.filter(given_name="Anouk", family_name="Fictive").count() == 2


@pytest.mark.parametrize(
    "bad",
    [
        {"given_name": "", "family_name": ""},
        {"birth": "31/02/1985"},
        {"birth": "1785"},
        {"birth": "3085"},
        {"since": "2999-01-01"},
        {"site": "999999"},
        {"site": "another"},
        {"email": "not an address"},
    ],
)
def test_nobody_is_welcomed_with_what_cannot_be(
    client_of: Any, world: World, acting_as: Any, bad: dict[str, str]
) -> None:
    with acting_as("maint"):
        before = Person.objects.count()
    site = bad.pop("site") if bad.get("site") == "another" else None
    data = form(given_name="Idriss", site=world.other_site.pk if site else world.site.pk, since=TODAY.isoformat()) | bad
    response = client_of(Role.COUNSELLOR).post(reverse("admit-person"), data)
    assert response.status_code in {409, 422}
    with acting_as("maint"):
        assert Person.objects.count() == before


def test_a_corrected_identity_keeps_the_earlier_one_readable(client_of: Any, world: World, acting_as: Any) -> None:
    client = client_of(Role.COUNSELLOR)
    address = reverse("identity", args=[world.anouk.pk])
    seen = client.get(address).context["form"].initial["seen_version"]
    data = form(given_name="Anouck", family_name="Fictive", birth="05/1985", seen_version=seen)
    assert client.post(address, data).status_code == 302
    shown = client.get(address).content.decode()
    assert "Anouck Fictive" in shown
    assert "Anouk Fictive" in shown
    second = client.post(address, form(given_name="Annouk", family_name="Fictive", seen_version=seen))
    assert second.status_code == 409
    assert "Anouck" in second.content.decode()
    with acting_as("maint"):
        assert CivilStatus.objects.filter(person=world.anouk).count() == 2


def test_a_contract_that_overlaps_another_is_refused_and_nothing_is_written(
    client_of: Any, world: World, acting_as: Any
) -> None:
    data = form(kind="cddi", programme="cvg", site=world.site.pk, starts="2026-01-01", last_day="2026-06-30")
    response = client_of(Role.SITE_MANAGER).post(reverse("new-contract", args=[world.anouk.pk]), data)
    assert response.status_code == 409
    assert "Un autre contrat court déjà" in response.content.decode()
    with acting_as("maint"):
        assert Contract.objects.filter(person=world.anouk).count() == 1


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"last_day": "2025-01-01"}, "Le dernier jour vient avant le premier."),
        ({"weekly_hours": "40"}, "au plus 35 heures"),
        ({"site": ""}, "Indiquez le chantier, ou le nom de l’autre employeur."),
        ({"kind": "open_ended"}, "Seul un CDDI"),
        ({"starts": "3026-01-01"}, "hors du possible"),
    ],
)
def test_unlawful_terms_get_their_sentence(
    client_of: Any, world: World, changed: dict[str, str], sentence: str
) -> None:
    data = form(kind="cddi", programme="cvg", site=world.site.pk, starts="2026-01-01", last_day="2026-06-30")
    response = client_of(Role.COUNSELLOR).post(reverse("new-contract", args=[world.anouk.pk]), data | changed)
    assert response.status_code == 422
    assert sentence in response.content.decode()


def test_a_contract_at_an_ordinary_employer_stands_beside_the_path(client_of: Any, world: World) -> None:
    client = client_of(Role.COUNSELLOR)
    data = form(kind="open_ended", programme="", site="", employer="Boulangerie Exemple", starts="2026-11-01")
    assert client.post(reverse("new-contract", args=[world.anouk.pk]), data).status_code == 302
    assert "Boulangerie Exemple" in page(client, world)


def test_handing_over_opens_the_file_to_the_other_team_and_ending_closes_it(
    client_of: Any, world: World, acting_as: Any
) -> None:
    client, address = client_of(Role.COUNSELLOR), reverse("person", args=[world.anouk.pk])
    colleague = Client()
    colleague.force_login(world.elsewhere[Role.COUNSELLOR])
    assert colleague.get(address).status_code == 404
    hand_over = reverse("hand-over", args=[world.anouk.pk])
    assert client.post(hand_over, form(site=world.other_site.pk, since=TODAY.isoformat())).status_code == 302
    assert colleague.get(address).status_code == 200
    end = reverse("end-support", args=[world.anouk.pk, world.site.pk])
    assert client.post(end, form(last_day="2026-11-22")).status_code == 302
    assert client.get(address).status_code == 404
    with acting_as("maint"):
        assert Support.objects.filter(person=world.anouk).count() == 3


def test_the_export_holds_what_the_list_shows_and_leaves_a_record_for_each(
    client_of: Any, world: World, acting_as: Any
) -> None:
    from convergence.access.models import AccessRecord
    from convergence.intake.reading import read

    response = client_of(Role.COUNSELLOR).get(reverse("export-people"))
    table = read(response.content)
    assert [row.cells[0] for row in table.rows] == ["Anouk"]
    assert "Logement" in table.headers
    with acting_as("maint"):
        assert AccessRecord.objects.filter(page="export-people", person_id=world.anouk.pk).count() == 1
    supervised = read(client_of(Role.WORK_SUPERVISOR).get(reverse("export-people")).content)
    assert supervised.headers == ("Prénom", "Nom", "Chantier")


def test_what_is_withdrawn_no_longer_counts_and_says_so(client_of: Any, world: World, acting_as: Any) -> None:
    client = client_of(Role.COUNSELLOR)
    with acting_as("maint"):
        fact = Situation.objects.current().get(person=world.anouk, aspect="housing")
    address = reverse("withdraw-fact", args=[world.anouk.pk, fact.pk])
    response = client.post(address, form(), follow=True)
    assert "a été retirée" in response.content.decode()
    assert client.get(reverse("people") + "?logement=third_party").context["page"].paginator.count == 0


def test_the_site_manager_opens_the_facts_of_work_and_no_others(client_of: Any, world: World, acting_as: Any) -> None:
    with acting_as("maint"):
        facts = {
            aspect: Situation.objects.current().get(person=world.anouk, aspect=aspect).pk
            for aspect in ("employment", "housing", "regular_doctor")
        }
    client = client_of(Role.SITE_MANAGER)
    assert client.get(reverse("fact", args=[world.anouk.pk, facts["employment"]])).status_code == 200
    for aspect in ("housing", "regular_doctor"):
        assert client.get(reverse("fact", args=[world.anouk.pk, facts[aspect]])).status_code == 404


def test_somebody_welcomed_today_has_been_there_since_today(client_of: Any, world: World) -> None:
    client = client_of(Role.COUNSELLOR)
    data = form(given_name="Idriss", site=world.site.pk, since=TODAY.isoformat())
    shown = client.get(client.post(reverse("admit-person"), data)["Location"]).content.decode()
    assert "dans le parcours depuis aujourd’hui" in shown


def test_an_outside_referent_is_shown_with_what_is_said_of_her_and_ends_with_trace(
    client_of: Any, world: World, acting_as: Any
) -> None:
    client = client_of(Role.COUNSELLOR)
    data = form(role="Référente RSA", name="Zoé Inventée", compartment="social", comment="Plutôt le matin.")
    assert client.post(reverse("add-outside-referent", args=[world.anouk.pk]), data).status_code == 302
    shown = page(client, world)
    assert "Zoé Inventée" in shown
    assert "Plutôt le matin." in shown
    with acting_as("maint"):
        row = OutsideReferent.objects.get(person=world.anouk, name="Zoé Inventée")
    client.post(reverse("end-outside-referent", args=[world.anouk.pk, row.pk]), form())
    assert "Zoé Inventée" not in page(client, world)
    with acting_as("maint"):
        assert OutsideReferent.objects.filter(person=world.anouk, name="Zoé Inventée").exists()
