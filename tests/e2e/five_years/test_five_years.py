"""Five years of one path, from outreach to an ordinary job and after, entered day by day as it would happen.

The dates and the words that the screens are held to were worked out by hand: ``tests/rules/cases/cinq-ans.toml``.
"""

from datetime import date

from playwright.sync_api import Page, expect

from convergence.vocabulary.roles import Role
from tests.e2e.five_years import hands
from tests.e2e.five_years.conftest import Moving
from tests.e2e.five_years.worked import CASES, see_after, see_candidacy, see_path, see_today

HERE, THERE = 0, 1


def look(moving: Moving, person: str, site: int = HERE) -> Page:
    """The path page and *Today* say, to who follows the person, what was worked out for this day."""
    page = moving.as_(Role.COUNSELLOR, site)
    see_path(page, person, moving.today)
    see_today(page, person, moving.today)
    return page


def test_from_outreach_through_first_hours_to_an_ordinary_job_by_two_employers(moving: Moving) -> None:
    person = first_hours(moving)
    asked_and_refused(moving, person)
    suspended(moving, person)
    extended(moving, person)
    second_employer(moving, person)
    extended_again(moving, person)
    at_work(moving, person)
    ordinary_job(moving, person)


def first_hours(moving: Moving) -> str:
    """2023: met in the street, received and waited for, four hours a week, then a CDDI."""
    moving.go_to(date(2023, 1, 9))
    page = moving.as_(Role.COUNSELLOR)
    candidacy = hands.receive(
        page, given_name="Nadir", family_name="Inventé", birth="14/06/1990", body="Maraude Exemple"
    )
    moving.go_to(date(2023, 1, 16))
    hands.meet(page, candidacy, "Envie de travailler dehors, quelques heures pour commencer.")
    hands.decide(page, candidacy, "waiting", reason="Une place se libère en février.")

    moving.go_to(date(2023, 1, 24))
    page.goto(candidacy)
    hands.prove(page, "rsa", date(2022, 12, 20))
    hands.decide(page, candidacy, "hired", first_day=date(2023, 2, 1))
    see_candidacy(page, moving.today)
    expect(page.locator("#decisions")).to_contain_text("8 jours sur la liste d’attente")
    moving.go_to(date(2023, 1, 30))
    hands.declare_hiring(page, candidacy)

    moving.go_to(date(2023, 2, 1))
    terms: dict[str, date | str] = {"programme": "phc", "last_day": date(2023, 7, 31), "weekly_hours": "4"}
    person = hands.start(page, candidacy, **terms)
    hands.follow(page, person)
    look(moving, person)
    hands.plan_first_hours(moving.as_(Role.WORK_SUPERVISOR, width=320), person)

    moving.go_to(date(2023, 5, 2))
    supervisor = moving.as_(Role.WORK_SUPERVISOR)
    hands.note_week(supervisor, person, "24 avril 2023", done="11,5", told="Semis sous serre, en confiance.")
    look(moving, person)

    moving.go_to(date(2023, 7, 3))
    page = moving.as_(Role.COUNSELLOR)
    hands.renew(page, person, programme="cvg", last_day=date(2024, 7, 31), weekly_hours="26")
    look(moving, person)
    return person


def asked_and_refused(moving: Moving, person: str) -> None:
    """2024: an extension of the PASS asked for on the first day on which it may be, and refused."""
    moving.go_to(date(2024, 1, 29))
    page = moving.as_(Role.COUNSELLOR)
    see_today(page, person, moving.today)
    demand = hands.prepare(page, person, "pass", date(2026, 1, 30), "Une prolongation dure au plus 365")
    hands.review(page, months="12", done="Relu avec Nadir : les premières heures tenues, le logement à trouver.")
    page.get_by_role("link", name="La demande est envoyée").click()
    hands.refused(page, "Noter l’envoi", CASES[moving.today].expect["refused"][0])

    moving.go_to(date(2024, 1, 30))
    page = moving.as_(Role.COUNSELLOR)
    page.goto(demand)
    hands.ask(page)
    demand = page.url
    look(moving, person)

    moving.go_to(date(2024, 2, 26))
    page = moving.as_(Role.COUNSELLOR)
    hands.refuse(page, demand, date(2024, 2, 22), date(2024, 2, 26), "Le projet est à préciser avant de prolonger.")
    look(moving, person)


def suspended(moving: Moving, person: str) -> None:
    """2024: a long sick leave stops the PASS; the contract runs on to its term, and is renewed."""
    moving.go_to(date(2024, 3, 25))
    hands.suspend(moving.as_(Role.COUNSELLOR), person, date(2024, 3, 4), date(2024, 12, 31))
    look(moving, person)

    moving.go_to(date(2024, 7, 8))
    page = moving.as_(Role.SITE_MANAGER)
    page.goto(f"{person}parcours/contrat/")
    hands.fill(page, last_day=date(2025, 2, 1))
    hands.refused(page, "Enregistrer le contrat", "Les CDDI vont jusqu’au 31 janvier 2025")
    hands.renew(page, person, last_day=date(2025, 1, 31))
    look(moving, person)


def extended(moving: Moving, person: str) -> None:
    """2025: back at work, the CDDI goes beyond twenty-four months, the PASS is extended by a year."""
    moving.go_to(date(2025, 1, 6))
    page = moving.as_(Role.COUNSELLOR)
    hands.prepare(page, person, "cddi", date(2026, 1, 31), "Une décision porte sur un an au plus")
    hands.ask(page)
    hands.grant(page, page.url)
    hands.renew(page, person, last_day=date(2025, 10, 31))
    look(moving, person)

    moving.go_to(date(2025, 9, 15))
    page = moving.as_(Role.COUNSELLOR)
    of_the_cddi = prepared_and_asked(page, person, "cddi", date(2027, 1, 31))
    of_the_pass = prepared_and_asked(page, person, "pass", date(2026, 11, 28))
    look(moving, person)

    moving.go_to(date(2025, 10, 6))
    page = moving.as_(Role.COUNSELLOR)
    hands.grant(page, of_the_pass)
    hands.grant(page, of_the_cddi)
    look(moving, person)


def prepared_and_asked(page: Page, person: str, clock: str, until: date) -> str:
    hands.prepare(page, person, clock, until)
    hands.ask(page)
    return page.url


def second_employer(moving: Moving, person: str) -> None:
    """2025: another structure of the territory takes over, two days after the first contract ended."""
    moving.go_to(date(2025, 10, 20))
    hands.hand_over(moving.as_(Role.COUNSELLOR), person, "Chantier du Canal")
    hands.follow(moving.as_(Role.COUNSELLOR, THERE), person)
    look(moving, person, THERE)

    moving.go_to(date(2025, 11, 3))
    hands.end_support(moving.as_(Role.COUNSELLOR), person, date(2025, 10, 31))
    page = moving.as_(Role.COUNSELLOR, THERE)
    hands.sign(page, person, starts=date(2025, 11, 3), last_day=date(2026, 10, 31), weekly_hours="28")
    look(moving, person, THERE)

    moving.go_to(date(2025, 11, 28))
    look(moving, person, THERE)


def extended_again(moving: Moving, person: str) -> None:
    """2026: a second year for the PASS, the last for the CDDI."""
    moving.go_to(date(2026, 9, 14))
    page = moving.as_(Role.COUNSELLOR, THERE)
    of_the_pass = prepared_and_asked(page, person, "pass", date(2027, 11, 28))
    of_the_cddi = prepared_and_asked(page, person, "cddi", date(2028, 1, 31))
    look(moving, person, THERE)

    moving.go_to(date(2026, 10, 5))
    page = moving.as_(Role.COUNSELLOR, THERE)
    hands.grant(page, of_the_pass)
    hands.grant(page, of_the_cddi)
    hands.renew(page, person, last_day=date(2027, 10, 31))
    look(moving, person, THERE)


def at_work(moving: Moving, person: str) -> None:
    """2026 and 2027: hours typed on a telephone and the month closed, a placement, an appointment kept."""
    moving.go_to(date(2026, 12, 1))
    telephone = moving.as_(Role.WORK_SUPERVISOR, THERE, width=320)
    hands.type_month(telephone, "Novembre 2026", "Nadir Inventé", planned="121,33", worked="107,33", absent="14")
    page = moving.as_(Role.COUNSELLOR, THERE)
    page.goto(f"{person}heures/")
    expect(page.get_by_role("row", name="Novembre 2026")).to_contain_text("107,33")
    look(moving, person, THERE)

    moving.go_to(date(2027, 3, 1))
    page = moving.as_(Role.COUNSELLOR, THERE)
    hands.note_placement(page, person, "Menuiserie Fictive", date(2027, 3, 8), date(2027, 3, 19))
    moving.go_to(date(2027, 3, 22))
    look(moving, person, THERE)
    expect(page.locator("main")).to_contain_text("Immersion jusqu’au 19 mars, date passée.")
    hands.tell_result(page, person, "Menuiserie Fictive", "job_offer", "Une embauche est proposée à la fin du contrat.")

    moving.go_to(date(2027, 8, 30))
    hands.agree_appointment(page, person, date(2027, 9, 6), "10:00", "Préparer l’entrée à la menuiserie.")
    moving.go_to(date(2027, 9, 6))
    hands.came(page, person)
    look(moving, person, THERE)


def ordinary_job(moving: Moving, person: str) -> None:
    """2027 and 2028: an open-ended job, and three times news of it."""
    moving.go_to(date(2027, 11, 2))
    page = moving.as_(Role.COUNSELLOR, THERE)
    hands.leave(page, person, date(2027, 10, 31), "Menuiserie Fictive", date(2027, 11, 2))
    look(moving, person, THERE)

    for day, words in (
        (date(2027, 11, 30), "Tout va bien à l’atelier."),
        (date(2028, 1, 31), "Un logement plus près du travail est en vue."),
        (date(2028, 5, 2), "La période d’essai est finie, le travail lui plaît."),
    ):
        moving.go_to(day)
        page = moving.as_(Role.COUNSELLOR, THERE)
        see_today(page, person, day)
        see_after(page, person, day)
        hands.hear_news(page, words)
    moving.go_to(date(2028, 5, 3))
    see_after(page, person, moving.today)
    see_today(page, person, moving.today)
