"""A path as it happens, through the screens: after each step the page says what the rules work out."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from playwright.sync_api import Page, expect

from convergence.rules.clocks import read
from convergence.rules.french import said_in_full
from convergence.rules.path import Contract, Extension, Pass, Path, Suspension
from convergence.rules.words import clock_said
from convergence.vocabulary.contracts import ContractKind
from convergence.vocabulary.decisions import DecisionState
from convergence.vocabulary.extensions import ExtensionMotive

TODAY = date.today()
STARTS = TODAY - timedelta(days=500)
TERM = TODAY + timedelta(days=40)


def fill(page: Page, **fields: date | str) -> None:
    for name, value in fields.items():
        page.locator(f"[name={name}]").fill(value.isoformat() if isinstance(value, date) else value)


def send(page: Page, button: str) -> None:
    page.get_by_role("button", name=button).click()


def see(page: Page, path: Path, person: str) -> None:
    """The path page says each clock, and names the one that binds first, as the rules read the same facts."""
    page.goto(f"{person}parcours/")
    reading = read(path, TODAY)
    for clock in reading.clocks:
        expect(page.locator("#horloges")).to_contain_text(clock_said(clock).rstrip("."))
    assert reading.binds is not None
    expect(page.locator("#horloges .binding")).to_contain_text(said_in_full(reading.binds.last_day or TODAY))


def test_a_suspension_a_refusal_an_extension_and_a_renewal(sign_in: Callable[..., Page]) -> None:
    page = sign_in("counsellor", 1280)
    page.goto("/personnes/accueillir/")
    fill(page, given_name="Nadir", family_name="Inventé", since=STARTS)
    page.locator("form button[type=submit].btn-go").click()
    page.wait_for_url("**/personnes/*/")
    person = page.url

    page.goto(f"{person}contrats/nouveau/")
    fill(page, starts=STARTS, last_day=TERM, weekly_hours="26")
    send(page, "Enregistrer le contrat")
    page.goto(f"{person}parcours/pass/")
    fill(page, first_day=STARTS)
    send(page, "Enregistrer le PASS")
    path = Path(contracts=(Contract(ContractKind.CDDI, STARTS, TERM, "A"),), passes=(Pass(STARTS),))
    see(page, path, person)

    page.goto(f"{person}parcours/suspensions/nouvelle/")
    first, last = TODAY - timedelta(days=60), TODAY - timedelta(days=20)
    fill(page, first_day=TODAY - timedelta(days=400), last_day=last)
    send(page, "Enregistrer la suspension")
    expect(page.locator("main")).to_contain_text("au plus tard 365")
    fill(page, first_day=first)
    send(page, "Enregistrer la suspension")
    stop = Suspension(first, last, declared_on=TODAY)
    path = replace(path, passes=(Pass(STARTS, (stop,)),))
    see(page, path, person)

    refused = demand(page, person, path)
    page.get_by_role("link", name="Elle est refusée").click()
    fill(page, notified_on=TODAY, reason="Le projet est à préciser.")
    send(page, "Noter le refus")
    expect(page.locator("main")).to_contain_text("Le projet est à préciser.")
    refused = replace(refused, state=DecisionState.REFUSED, decided_on=TODAY, notified_on=TODAY)
    path = replace(path, passes=(Pass(STARTS, (stop,), (refused,)),))
    see(page, path, person)

    granted = replace(demand(page, person, path), state=DecisionState.GRANTED, decided_on=TODAY)
    page.get_by_role("link", name="Elle est accordée").click()
    send(page, "Noter l’accord")
    path = replace(path, passes=(Pass(STARTS, (stop,), (refused, granted)),))
    see(page, path, person)

    page.goto(f"{person}parcours/contrat/")
    until = date.fromisoformat(page.locator("[name=last_day]").input_value())
    send(page, "Enregistrer le contrat")
    renewed = Contract(ContractKind.CDDI, TERM + timedelta(days=1), until, "A")
    see(page, replace(path, contracts=(*path.contracts, renewed)), person)


def demand(page: Page, person: str, path: Path) -> Extension:
    """A year more is asked for today, with its review; the page of the demand is left open."""
    clock = read(path, TODAY).pass_iae
    assert clock is not None
    page.goto(f"{person}parcours/prolonger/pass/")
    page.locator("[name=motive]").select_option("difficulties")
    fill(page, until=clock.end + timedelta(days=400))
    send(page, "Préparer la demande")
    expect(page.locator("main")).to_contain_text("Une prolongation dure au plus 365")
    fill(page, until=clock.end + timedelta(days=365))
    send(page, "Préparer la demande")
    page.get_by_role("link", name="Le bilan d’un an").click()
    fill(page, done="Relu avec Nadir.")
    send(page, "Enregistrer le bilan")
    with page.expect_download() as printed:
        page.get_by_role("link", name="Imprimer (PDF)").click()
    assert printed.value.suggested_filename == "bilan.pdf"
    page.get_by_role("link", name="Revenir sans rien changer").click()
    page.get_by_role("link", name="La demande est envoyée").click()
    send(page, "Noter l’envoi")
    return Extension(ExtensionMotive.DIFFICULTIES, 365, DecisionState.ASKED, asked_on=TODAY)
