"""Today, by role: who needs something, most pressing first, and nothing that the role may not read."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from convergence.access.models import AccessRecord, User
from convergence.pathways.models import Contract
from convergence.people.models import Assignment, CivilStatus, Person
from convergence.support.alerts import rebuild_alerts
from convergence.support.models import Alert, Contact
from convergence.territories.models import Mission
from convergence.vocabulary.roles import Role
from tests.builders import LONG_AGO, TODAY, World, make_person, make_user, open_ended
from tests.web.team import add_paper, add_person, enter, text

Acting = Callable[[str], AbstractContextManager[None]]


@pytest.fixture(autouse=True)
def that_day(time_machine: Any, world: World, acting_as: Acting) -> None:
    """The day of the tests; the people of the small world ask for nothing."""
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)
    with acting_as("maint"):
        Alert.objects.all().delete()


def page_of(user: Any, query: str = "") -> str:
    client = enter(user)
    response = client.get(reverse("today") + query)
    assert response.status_code == 200
    return text(response)


def test_a_counsellor_sees_the_people_she_follows_most_pressing_first(world: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        add_person(world, "Awa", met=32)
        add_paper(add_person(world, "Basile"), "domiciliation", "granted", TODAY + timedelta(days=4))
        add_paper(add_person(world, "Chloé"), "residence_permit", "one_year", TODAY + timedelta(days=140))
        add_paper(add_person(world, "Emma"), "health_cover", "css_free", TODAY + timedelta(days=110))
        add_person(world, "Dario", met=40, mine=False)
    page = page_of(world.users[Role.COUNSELLOR])
    assert "Dario" not in page
    places = [
        page.index(words)
        for words in ("En retard", "Awa", "D’ici une semaine", "Basile", "D’ici un mois", "Chloé", "À prévoir", "Emma")
    ]
    assert places == sorted(places)
    assert "Pas de rencontre depuis 32 jours." in page
    assert "en retard de 2 jours" in page
    assert "Domiciliation : valable jusqu’au 27 novembre." in page
    assert "5 personnes que vous accompagnez · 2 demandent quelque chose cette semaine" in page
    everybody = page_of(world.users[Role.COUNSELLOR], "?qui=tous")
    assert everybody.index("Dario") < everybody.index("Basile")
    assert "6 personnes sur le chantier" in everybody


def test_a_paper_whose_date_has_passed_comes_before_a_missed_meeting(world: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        add_person(world, "Awa", met=300)
        add_paper(add_person(world, "Basile"), "domiciliation", "granted", TODAY - timedelta(days=1))
        add_paper(add_person(world, "Chloé", met=200), "health_cover", "css_free", TODAY - timedelta(days=5))
    page = page_of(world.users[Role.COUNSELLOR])
    places = [page.index(f"{name} Modèle</a>") for name in ("Chloé", "Basile", "Awa")]
    assert places == sorted(places)
    assert "jusqu’au 18 novembre, date passée" in page


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (300, "Point sur la suite à faire"),
        (150, "Bilan à préparer"),
        (60, "Prolongation ou sortie à décider"),
    ],
)
def test_a_review_or_a_decision_leads_to_the_persons_contracts(
    world: World, acting_as: Acting, days: int, words: str
) -> None:
    with acting_as("maint"):
        person = add_person(world, "Awa")
        last = DateRange(LONG_AGO, TODAY + timedelta(days=days))
        Contract.objects.create(person=person, site=world.site, kind="cddi", weekly_hours=26, valid=last)
        rebuild_alerts([person.pk], TODAY)
    page = page_of(world.users[Role.COUNSELLOR])
    assert words in page
    assert f'href="/personnes/{person.pk}/#contrats">Voir ses contrats<' in page


def test_a_contract_that_ends_with_the_clock_is_one_decision_with_its_form(world: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        person = add_person(world, "Awa")
        two_years = DateRange(date(2025, 3, 3), date(2027, 3, 3))
        Contract.objects.create(person=person, site=world.site, kind="cddi", weekly_hours=26, valid=two_years)
        rebuild_alerts([person.pk], TODAY)
    page = page_of(world.users[Role.COUNSELLOR])
    assert "CDDI jusqu’au 2 mars 2027 au plus. Bilan et demande à préparer avant le 2 décembre." in page
    assert f'href="/personnes/{person.pk}/parcours/prolonger/cddi/">Préparer la prolongation<' in page
    assert "CDDI jusqu’au 2 mars 2027." not in page
    assert "Voir ses contrats" not in page


def test_an_end_of_contract_that_nobody_noted_leads_to_the_persons_contracts(world: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        person = add_person(world, "Awa")
        Contract.objects.create(person=person, site=world.site, kind="cddi", weekly_hours=26, valid=open_ended())
        rebuild_alerts([person.pk], TODAY)
    page = page_of(world.users[Role.COUNSELLOR])
    assert "date de fin à noter" in page
    assert f'href="/personnes/{person.pk}/#contrats">Voir ses contrats<' in page


def test_one_person_with_several_things_is_one_line(world: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        person = add_person(world, "Awa", met=32)
        add_paper(person, "domiciliation", "granted", TODAY + timedelta(days=4))
        add_paper(person, "rqth", "granted", TODAY + timedelta(days=30))
    page = page_of(world.users[Role.COUNSELLOR])
    assert page.count("Awa Modèle</a>") == 1
    assert "et 2 autres choses" in page
    assert "RQTH : valable jusqu’au 23 décembre." in page


def test_the_rail_counts_those_who_need_something_this_week(world: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        add_person(world, "Awa", met=32)
        add_paper(add_person(world, "Chloé"), "residence_permit", "one_year", TODAY + timedelta(days=140))
    client = enter(world.users[Role.COUNSELLOR])
    assert '<span class="count">1<' in client.get(reverse("people")).content.decode()
    assert '<span class="count">' not in client.get(reverse("people"), headers={"HX-Request": "true"}).content.decode()


def test_the_same_role_at_another_site_sees_none_of_it(world: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        add_paper(add_person(world, "Awa", met=32), "domiciliation", "granted", TODAY)
    for role in Role:
        for query in ("", "?qui=tous"):
            assert "Awa" not in page_of(world.elsewhere[role], query), role
            assert "Awa" not in page_of(world.former[role], query), role


def test_a_support_worker_who_follows_nobody_sees_the_whole_site_without_justice(
    world: World, acting_as: Acting
) -> None:
    with acting_as("maint"):
        person = add_person(world, "Awa", met=3)
        add_paper(person, "judicial_constraint", "times", TODAY + timedelta(days=4))
        add_paper(add_person(world, "Basile"), "domiciliation", "granted", TODAY + timedelta(days=4))
    page = page_of(world.users[Role.SUPPORT_WORKER])
    assert "voici tout le chantier" in page
    assert "Basile" in page
    assert "Awa" not in page
    assert "Contraintes judiciaires" in page_of(world.users[Role.COUNSELLOR])


@pytest.mark.parametrize(
    ("phone", "email", "action"),
    [
        ("06 39 98 00 42", "", 'href="tel:0639980042"'),
        ("", "awa@convergence.example", 'href="mailto:awa@convergence.example"'),
        ("", "", "Noter une rencontre"),
    ],
)
def test_the_action_is_to_call_to_write_or_to_record_a_meeting(
    world: World, acting_as: Acting, phone: str, email: str, action: str
) -> None:
    with acting_as("maint"):
        person = add_person(world, "Awa", met=32, phone=phone)
        CivilStatus.objects.filter(person=person).update(email=email)
    page = page_of(world.users[Role.COUNSELLOR])
    assert action in page
    assert ("Appelé, pas de réponse" in page) is bool(phone)


def test_looking_at_today_leaves_no_access_record_and_changes_nothing(world: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        add_person(world, "Awa", met=32)
        before = (AccessRecord.objects.count(), set(Alert.objects.values_list("pk", flat=True)))
    page_of(world.users[Role.COUNSELLOR])
    with acting_as("maint"):
        assert (AccessRecord.objects.count(), set(Alert.objects.values_list("pk", flat=True))) == before


@pytest.mark.parametrize(
    ("role", "query"),
    [
        (Role.COUNSELLOR, ""),
        (Role.COUNSELLOR, "?qui=tous"),
        (Role.SUPPORT_WORKER, ""),
        (Role.SITE_MANAGER, ""),
        (Role.WORK_SUPERVISOR, ""),
        (Role.COORDINATOR, ""),
    ],
)
def test_the_number_of_queries_does_not_grow_with_the_people(
    world: World, acting_as: Acting, role: Role, query: str
) -> None:
    def queries() -> int:
        client = enter(world.users[role])
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get(reverse("today") + query)
        return len(captured)

    def grow(start: int, stop: int) -> None:
        with acting_as("maint"):
            for number in range(start, stop):
                person = add_person(world, f"Prénom{number}", met=32)
                add_paper(person, "domiciliation", "granted", TODAY + timedelta(days=4))
                last = DateRange(LONG_AGO, TODAY + timedelta(days=20))
                Contract.objects.create(person=person, site=world.site, kind="cddi", valid=last)
                rebuild_alerts([person.pk], TODAY)

    grow(0, 2)
    few = queries()
    grow(2, 9)
    assert queries() == few < 25


def test_a_site_manager_sees_contracts_that_end_and_files_to_complete_and_nothing_social(
    world: World, acting_as: Acting
) -> None:
    with acting_as("maint"):
        person = add_person(world, "Awa", met=32)
        add_paper(person, "domiciliation", "granted", TODAY)
        last = DateRange(LONG_AGO, TODAY + timedelta(days=25))
        Contract.objects.create(person=person, site=world.site, kind="cddi", programme="cvg", valid=last)
        rebuild_alerts([person.pk], TODAY)
    page = page_of(world.users[Role.SITE_MANAGER])
    assert "Awa Modèle" in page
    assert "17 déc." in page
    assert "Avenant ou fin de contrat à signer." in page
    assert "heures du contrat non notées" in page
    assert "Domiciliation" not in page
    assert "Pas de rencontre" not in page


def test_contracts_that_end_in_more_than_three_months_are_folded(world: World, acting_as: Acting) -> None:
    def ending(given: str, last_day: date) -> None:
        with acting_as("maint"):
            person = add_person(world, given)
            last = DateRange(LONG_AGO, last_day + timedelta(days=1))
            Contract.objects.create(person=person, site=world.site, kind="cddi", weekly_hours=26, valid=last)
            rebuild_alerts([person.pk], TODAY)

    ending("Chloé", date(2027, 2, 24))
    page = page_of(world.users[Role.SITE_MANAGER])
    assert "Aucun contrat ne prend fin dans les trois mois qui viennent." in page
    ending("Awa", date(2026, 11, 20))
    ending("Basile", date(2027, 2, 23))
    ending("Dario", date(2027, 5, 23))
    ending("Elsa", date(2027, 5, 24))
    page = page_of(world.users[Role.SITE_MANAGER])
    marks = [
        "Awa Modèle",
        "Basile Modèle",
        "<summary>Plus tard (2 contrats",
        "Chloé Modèle",
        "Dario Modèle",
        "</details>",
    ]
    contracts = page[page.index("Contrats qui prennent fin") :]
    places = [contracts.index(words) for words in marks]
    assert places == sorted(places)
    assert "Elsa" not in contracts
    assert page.index("Dossiers à compléter") < page.index("Contrats qui prennent fin")
    assert "Aucun contrat" not in page


def assign(supervisor: User, person: Person, valid: DateRange) -> None:
    Assignment.objects.create(person=person, mission=supervisor.missions.get(), valid=valid)


def test_a_work_supervisors_own_team_comes_first_and_the_rest_of_the_site_is_folded(
    world: World, acting_as: Acting
) -> None:
    supervisor = world.users[Role.WORK_SUPERVISOR]
    with acting_as("maint"):
        awa = add_person(world, "Awa")
        assign(supervisor, awa, open_ended())
        assign(supervisor, add_person(world, "Basile"), DateRange(LONG_AGO, TODAY))
        assign(supervisor, world.sami, open_ended())
        over = Mission.objects.create(
            user=supervisor, role=Role.WORK_SUPERVISOR, site=world.other_site, valid=DateRange(LONG_AGO, TODAY)
        )
        Assignment.objects.create(person=add_person(world, "Chloé"), mission=over, valid=open_ended())
    page = page_of(supervisor)
    assert "1 personne dans votre équipe aujourd’hui." in page
    assert f'<a href="/personnes/{awa.pk}/">Awa Modèle</a>' in page
    marks = ("Mon équipe", "Awa", "<summary>Tout le chantier (3 autres personnes)", "Anouk", "Basile", "Chloé")
    places = [page.index(words) for words in marks]
    assert places == sorted(places)
    assert page.count("Awa") == 1
    assert "Sami" not in page


def test_a_work_supervisor_without_a_team_finds_the_whole_site_open(world: World) -> None:
    page = page_of(world.users[Role.WORK_SUPERVISOR])
    assert "Votre équipe n’est pas encore notée" in page
    assert "Anouk Fictive" in page
    assert "Mon équipe" not in page
    assert "autre personne" not in page


def test_a_work_supervisor_sees_the_names_of_her_team_and_nothing_else(world: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        awa = add_person(world, "Awa", met=32)
        add_paper(awa, "domiciliation", "granted", TODAY)
        assign(world.users[Role.WORK_SUPERVISOR], awa, open_ended())
    page = page_of(world.users[Role.WORK_SUPERVISOR])
    assert "Awa Modèle" in page
    assert "Anouk Fictive" in page
    assert "Sami" not in page
    assert "Rosa" not in page
    for word in ("Domiciliation", "Appeler", "06 39", "rencontre", "CDDI"):
        assert word not in page


def test_a_coordinator_sees_counts_by_site_without_names_and_small_ones_withheld(
    world: World, acting_as: Acting
) -> None:
    with acting_as("maint"):
        for number in range(11):
            make_person(f"Prénom{number}", "Factice", world.site)
    page = page_of(world.users[Role.COORDINATOR])
    assert "Chantier des Saules" in page
    assert '<td class="n" data-label="Personnes accompagnées">12</td>' in page
    assert '<td class="n" data-label="Personnes accompagnées">–</td>' in page
    for name in ("Prénom", "Factice", "Anouk", "Sami"):
        assert name not in page


@pytest.mark.parametrize(
    ("role", "words"),
    [
        (Role.ADMINISTRATOR, "Ouvrir les réglages"),
        (Role.PARTNERSHIP_OFFICER, "avec leur accord"),
        (Role.DATA_PROTECTION_OFFICER, "scellée chaque heure"),
        (Role.FUNDER, "jamais de noms"),
        (Role.EVALUATOR, "jamais de noms"),
    ],
)
def test_those_whom_nothing_awaits_find_a_calm_page(world: World, role: Role, words: str) -> None:
    page = page_of(world.users[role])
    assert words in page
    for name in ("Anouk", "Sami", "Rosa"):
        assert name not in page


def test_somebody_without_a_mission_is_told_whom_to_ask(world: World) -> None:
    assert "Aucune mission en cours" in page_of(world.former[Role.COUNSELLOR])


def test_nothing_to_do_and_nobody_yet_each_have_their_page(world: World, acting_as: Acting) -> None:
    assert "Rien ne presse aujourd’hui" in page_of(world.users[Role.COUNSELLOR])
    with acting_as("maint"):
        user = make_user("Toute-seule")
        site = type(world.site).objects.create(
            territory=world.territory, operator=world.site.operator, name="Chantier neuf", open_over=open_ended()
        )
        for role in (Role.COUNSELLOR, Role.SITE_MANAGER, Role.WORK_SUPERVISOR):
            Mission.objects.create(user=user, role=role, site=site, valid=open_ended())
    page = page_of(user)
    for words in (
        "Accueillir une personne",
        "Aucun contrat ne prend fin dans les six mois",
        "Le chantier n’accompagne encore personne.",
        "Personne dans l’équipe aujourd’hui",
    ):
        assert words in page


def test_a_called_person_is_shown_as_tried_and_not_offered_again(world: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        person = add_person(world, "Awa", met=32)
        Contact.objects.create(person=person, kind="call_no_answer", valid=DateRange(TODAY, TODAY + timedelta(days=1)))
        rebuild_alerts([person.pk], TODAY)
    page = page_of(world.users[Role.COUNSELLOR])
    assert "Dernier appel sans réponse le 23." in page
    assert "appel sans réponse aujourd’hui" in page
    assert "Appelé, pas de réponse" not in page


def test_a_strange_page_number_or_switch_is_no_error(world: World) -> None:
    for query in ("?page=abc", "?page=999999", "?page=-1", "?qui=%00", "?qui=" + "x" * 5000):
        page_of(world.users[Role.COUNSELLOR], query)
