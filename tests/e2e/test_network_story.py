"""A housing need, from the counsellor to keys handed over: the officer, the partner's telephone, the life line.

The application of tests/e2e/five_years, whose date moves: the network's figures are counted by year, and shown from
five people on. Four others of the site have been through the same before.
"""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any, TypeVar

import pytest
from django.db import connections, transaction
from playwright.sync_api import Page, expect

from convergence.network.models import Capacity, Offer
from convergence.people.models import Assignment, CivilStatus
from convergence.platform.outbox import send_waiting_mail
from convergence.referrals.models import Referral
from convergence.territories.models import Mission, Operator, Site, Territory
from convergence.vocabulary.roles import Role
from tests.builders import LONG_AGO, add_situation, make_person, make_user, open_ended
from tests.e2e.conftest import Instance, overflows, violations
from tests.e2e.five_years.conftest import Moving, instance
from tests.referrals.conftest import make_offer

__all__ = ["instance"]

T = TypeVar("T")
COUNSELLOR, OFFICER = Role.COUNSELLOR, Role.PARTNERSHIP_OFFICER
NAME, BIRTH, PHONE = ("Nadia", "Inventé"), (1987, 4, 19), "06 39 98 12 34"
WHO = " ".join(NAME)
PERSONAL = ("Nadia", "Inventé", "1987", "19/04", "19 avril", "06 39 98 12 34", "0639981234", "logement", "Canal")
STUDIO, ROOM = "Studios, Pension Imaginaire", "Studios, Foyer Modèle"
BEFORE = date(2026, 3, 2)


@dataclass
class Story:
    """The colleagues, the person's page, and the partner's letters."""

    moving: Moving
    person: str
    letters: Path

    def as_(self, role: Role) -> Page:
        return self.moving.as_(role)

    def letter(self) -> tuple[str, str, str]:
        """(recipient, subject, body) of the last letter, once those that wait have left."""
        as_deployed("worker", send_waiting_mail)
        newest = max(self.letters.iterdir(), key=lambda path: path.stat().st_mtime_ns)
        told = message_from_bytes(newest.read_bytes().rstrip(b"-\n"), policy=policy.default)
        return str(told["To"]), str(told["Subject"]), told.get_content()

    def telephone(self, letter: tuple[str, str, str]) -> Page:
        """The partner's telephone, on the page that the letter leads to."""
        page = self.moving.open_page(375, has_touch=True, is_mobile=True)
        page.set_viewport_size({"width": 375, "height": 667})
        page.goto(address_in(letter))
        return page

    def referral(self, role: Role, title: str) -> Page:
        """The page of a referral, as the counsellor finds it from the person's file."""
        page = self.as_(role)
        page.goto(self.person)
        tab(page, "Mises en relation")
        page.get_by_role("link", name=title).first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(title)
        return page


def as_deployed(role: str, work: Callable[[], T]) -> T:
    """Run ``work`` in a thread connected as one of the deployed roles; what it writes stays."""

    def connected() -> T:
        try:
            with connections["default"].cursor() as cursor:
                cursor.execute(f"SET ROLE convergence_{role}")
            return work()
        finally:
            with suppress(Exception):
                connections.close_all()

    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(connected).result(60)


def address_in(letter: tuple[str, str, str]) -> str:
    found = re.search(r"http://\S+", letter[2])
    assert found
    return found[0]


@pytest.fixture
def story(instance: Instance, open_page: Callable[..., Page], settings: Any, tmp_path: Path) -> Iterator[Story]:
    settings.EMAIL_BACKEND = "convergence.platform.outbox.OutboxBackend"
    settings.MAIL_TRANSPORT = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    team: dict[tuple[int, Role], str] = {}

    def built() -> int:
        with transaction.atomic():
            return build(team)

    person = as_deployed("maint", built)
    moving = Moving(team, open_page)
    yield Story(moving, f"{instance.url}/personnes/{person}/", tmp_path)
    moving.stay()


def build(team: dict[tuple[int, Role], str]) -> int:
    """A site and its team, two landlords, and five people of whom four have a roof since this spring."""
    territory = Territory.objects.create(name="Pays Exemple")
    operator = Operator.objects.create(name="Association Exemple")
    site = Site.objects.create(territory=territory, operator=operator, name="Chantier du Canal", open_over=open_ended())
    for role, where in ((COUNSELLOR, {"site": site}), (OFFICER, {"territory": territory})):
        user = make_user(role.value.replace("_", "-"))
        Mission.objects.create(user=user, role=role, valid=open_ended(), **where)
        team[0, role] = user.email
    studio, _contact = make_offer(territory)
    room, _contact = make_offer(territory, "Foyer Modèle")
    Capacity.objects.create(
        territory=territory, offer=room, free=1, unit="place", said_by="partner", said_on=date(2026, 10, 5)
    )
    for number in range(4):
        went_through(make_person("Camille", f"Fictive {number}", site).pk, site, studio)
    person = make_person(*NAME, site)
    year, month, day = BIRTH
    CivilStatus.objects.filter(person=person).update(birth_year=year, birth_month=month, birth_day=day, phone=PHONE)
    add_situation(person, "housing", "third_party", since=LONG_AGO)
    mission = Mission.objects.get(role=COUNSELLOR)
    Assignment.objects.create(person=person, mission=mission, valid=open_ended())
    return int(person.pk)


def went_through(person: int, site: Site, offer: Offer) -> None:
    """Refused once by her, once by the landlord, then housed: the year's figures are hers and three others'."""
    common: dict[str, Any] = {"person_id": person, "site": site, "territory": site.territory, "offer": offer}
    common |= {"compartment": "social", "domain": "housing", "need": "housing", "source": "team"}
    common |= dict.fromkeys(("opened_on", "agreed_on", "sent_on", "answered_on"), BEFORE)
    Referral.objects.create(state="refused", refused_by="person", refusal_reason="too_far", ended_on=BEFORE, **common)
    Referral.objects.create(state="refused", refused_by="partner", refusal_reason="no_place", ended_on=BEFORE, **common)
    Referral.objects.create(state="started", accepted_on=BEFORE, started_on=BEFORE, fact_on=BEFORE, **common)


def tab(page: Page, label: str) -> None:
    page.get_by_role("navigation", name="Pages de ce dossier").get_by_role("link", name=label).click()


def choose(page: Page, offer: str) -> None:
    line = page.get_by_role("listitem").filter(has_text=offer)
    expect(line).to_contain_text("1 place libre")
    line.get_by_role("button", name=re.compile("^Choisir")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(offer)


FIGURES = (
    "Ouvertes pendant la période",
    "Une place trouvée",
    "Une place trouvée : commencée",
    "La personne : trop loin ou mal desservi",
    "Le partenaire : pas de place",
)


def see_figures(story: Story, *expected: str) -> None:
    """The network's figures of this year, in the only domain; « – »: fewer than five people."""
    page = story.as_(OFFICER)
    page.goto("/propositions/")
    page.get_by_role("link", name="Chiffres", exact=True).click()
    for label, number in zip(FIGURES, expected, strict=True):
        row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=label, exact=True))
        expect(row.get_by_role("cell").first).to_have_text(number)


def places_are_known(story: Story) -> None:
    """The landlord says on the telephone that a studio is free; the officer writes it down."""
    page = story.as_(OFFICER)
    page.goto("/aujourdhui/")
    page.get_by_role("navigation", name="Principal").first.get_by_role("link", name="Réseau").click()
    page.get_by_role("link", name="Pension Imaginaire").click()
    page.get_by_role("link", name=re.compile("^Dire les places")).click()
    page.get_by_label("Libres", exact=False).first.fill("1")
    page.locator("main form button[type=submit]").last.click()
    expect(page.get_by_text("1 place libre").first).to_be_visible()


def the_need_is_told_and_the_officer_asked(story: Story) -> None:
    page = story.as_(COUNSELLOR)
    page.goto(story.person)
    tab(page, "Besoins")
    page.get_by_role("link", name="Évaluer : logement et droits").click()
    housing = page.get_by_role("group", name="Logement", exact=True)
    housing.get_by_role("radio", name="4 · urgent").check()
    page.get_by_role("button", name="Enregistrer l’évaluation").click()
    tab(page, "Mises en relation")
    page.get_by_role("link", name="Demander à l’équipe mutualisée").click()
    page.get_by_label("Besoin", exact=True).select_option("Logement")
    page.get_by_label("Ce qu’il faut savoir pour chercher").fill("Dort chez un ami jusqu’à la fin du mois.")
    page.get_by_role("button", name="La personne est d’accord : demander").click()
    expect(page.get_by_role("alert")).to_contain_text("Dites comment la personne a donné son accord.")
    page.get_by_role("radio", name="De vive voix").check()
    page.get_by_role("button", name="La personne est d’accord : demander").click()
    expect(page.locator("main")).to_contain_text("chercher une place ou un partenaire")


def the_officer_finds_a_place(story: Story) -> None:
    page = story.as_(OFFICER)
    page.goto("/aujourdhui/")
    page.get_by_role("navigation", name="Principal").first.get_by_role("link", name="Propositions").click()
    asked = page.get_by_role("region", name="Demandes des équipes")
    expect(asked).to_contain_text("depuis 1 jour")
    asked.get_by_role("link", name=f"Chercher une offre pour {WHO}").click()
    choose(page, STUDIO)
    expect(page.locator("main")).to_contain_text("en parler avec la personne")
    expect(page.locator("main")).to_contain_text("Dort chez un ami jusqu’à la fin du mois.")
    for page_of_hers in (story.person, f"{story.person}besoins/"):
        assert page.request.get(page_of_hers).status in {403, 404}


def agreed_as_it_will_be_read(story: Story) -> None:
    """The partner's page is drawn for the person before she agrees; the name alone is ticked beforehand."""
    page = story.as_(COUNSELLOR)
    page.goto("/aujourdhui/")
    waiting = page.get_by_role("region", name="Mises en relation")
    expect(waiting).to_contain_text("en parler avec la personne")
    waiting.get_by_role("link", name=WHO).click()
    page.get_by_role("link", name="La personne est d’accord").click()
    expect(page.get_by_role("checkbox", name=f"Nom : {WHO}")).to_be_checked()
    expect(page.get_by_role("checkbox", name=re.compile("^Téléphone"))).not_to_be_checked()
    page.get_by_role("checkbox", name="Logement : Chez un tiers").check()
    page.get_by_label("Message pour le partenaire").fill("Nadia travaille de 9 h à 16 h.")
    page.get_by_role("radio", name="De vive voix").check()
    page.get_by_role("button", name="Voir ce que le partenaire lira").click()
    preview = page.locator("#apercu")
    for words in (WHO, "Chez un tiers", "Nadia travaille de 9 h à 16 h."):
        expect(preview).to_contain_text(words)
    expect(preview).not_to_contain_text(PHONE)
    page.get_by_role("button", name="La personne est d’accord").click()
    expect(page.locator("main")).to_contain_text("envoyer au partenaire")


def sent_without_a_name(story: Story) -> tuple[str, str, str]:
    page = story.as_(COUNSELLOR)
    page.get_by_role("link", name="Envoyer au partenaire").click()
    page.get_by_role("button", name="Envoyer au partenaire").click()
    expect(page.locator("main")).to_contain_text("Le partenaire : répondre à la demande")
    letter = story.letter()
    assert letter[0] == "accueil@partenaire.example"
    for part in letter:
        assert [word for word in PERSONAL if word.lower() in part.lower()] == []
    return letter


def a_scanner_changes_nothing(story: Story, letter: tuple[str, str, str]) -> None:
    """A machine that fetches every address of a letter is not the partner."""
    page = story.as_(COUNSELLOR)
    assert page.request.head(address_in(letter)).ok
    assert page.request.get(address_in(letter)).ok
    page = story.referral(COUNSELLOR, STUDIO)
    expect(page.locator("main")).to_contain_text("Envoyée au partenaire")
    expect(page.locator("main")).to_contain_text("peut-être par une machine : rien ne dit qu’elle a été lue")


def accepted_on_the_telephone(story: Story, letter: tuple[str, str, str]) -> Page:
    phone = story.telephone(letter)
    shown = phone.locator("#partage")
    expect(shown).to_contain_text("Ce que la personne a choisi de vous dire")
    for words in (WHO, "Chez un tiers", "Nadia travaille de 9 h à 16 h."):
        expect(shown).to_contain_text(words)
    expect(phone.locator("body")).not_to_contain_text(PHONE)
    assert not overflows(phone)
    assert violations(phone) == []
    phone.get_by_text("Oui, c’est d’accord").tap()
    phone.get_by_role("button", name="Dire oui").tap()
    expect(phone.get_by_text("La place est retenue.")).to_be_visible()
    page = story.referral(COUNSELLOR, STUDIO)
    expect(page.locator("main")).to_contain_text("Acceptée par le partenaire")
    expect(page.locator("main")).to_contain_text("Lu par le partenaire le")
    officer = story.as_(OFFICER)
    officer.goto("/reseau/offres/")
    expect(officer.locator("main").get_by_role("listitem").filter(has_text=STUDIO)).to_contain_text("complet")
    return phone


def keys_handed_over(story: Story, phone: Page) -> None:
    phone.reload()
    phone.get_by_text("clés remises").tap()
    phone.get_by_role("button", name="Noter le début").tap()
    expect(phone.get_by_text("Commencé le 12 octobre 2026.")).to_be_visible()


def a_roof_in_her_life(story: Story) -> None:
    """The start is not yet a fact of her life: her counsellor confirms it."""
    page = story.as_(COUNSELLOR)
    page.goto(story.person)
    line = page.get_by_role("region", name="Ligne de vie", exact=True)
    expect(line).to_contain_text("Chez un tiers")
    expect(line).not_to_contain_text("Résidence sociale")
    page = story.referral(COUNSELLOR, STUDIO)
    page.get_by_role("link", name="Confirmer ce qui a changé").click()
    page.get_by_role("radio", name="Logement : Résidence sociale").check()
    page.get_by_role("button", name="Confirmer").click()
    page.get_by_role("link", name=WHO).first.click()
    expect(line).to_contain_text("Résidence sociale")
    today = page.locator("section", has=page.get_by_role("heading", name="Aujourd’hui, dans sa vie"))
    expect(today).to_contain_text("Résidence sociale")


def refusals_told_apart(story: Story) -> None:
    """To another landlord: the first time she says no herself, the second time the landlord does."""
    page = story.as_(COUNSELLOR)
    look_for_another(page, story)
    page.get_by_role("link", name="La personne refuse").click()
    page.get_by_role("radio", name="Trop loin ou mal desservi").check()
    page.locator("main form button[type=submit]").last.click()
    expect(page.locator("main")).to_contain_text("Refusée par la personne : trop loin ou mal desservi")

    look_for_another(page, story)
    page.get_by_role("link", name="La personne est d’accord").click()
    page.get_by_role("radio", name="De vive voix").check()
    page.get_by_role("button", name="La personne est d’accord").click()
    page.get_by_role("link", name="Envoyer au partenaire").click()
    page.get_by_role("button", name="Envoyer au partenaire").click()
    expect(page.locator("main")).to_contain_text("Le partenaire : répondre à la demande")
    phone = story.telephone(story.letter())
    phone.get_by_text("Non, pas cette fois").tap()
    phone.get_by_role("radio", name="Pas de place").check()
    phone.get_by_role("button", name="Dire non").tap()
    expect(phone.locator("main")).to_contain_text("non, pas de place")

    page.goto(story.person)
    tab(page, "Mises en relation")
    listed = page.get_by_role("row").filter(has_text=ROOM)
    expect(listed).to_have_count(2)
    expect(listed.filter(has_text="Refusée par la personne : trop loin ou mal desservi")).to_have_count(1)
    expect(listed.filter(has_text="Refusée par le partenaire : pas de place")).to_have_count(1)


def look_for_another(page: Page, story: Story) -> None:
    page.goto(story.person)
    tab(page, "Mises en relation")
    page.get_by_role("link", name="Chercher une offre").click()
    page.get_by_label("Besoin", exact=True).select_option("Logement")
    page.get_by_role("button", name="Filtrer").click()
    choose(page, ROOM)


def a_withdrawn_agreement_closes(story: Story, phone: Page) -> None:
    """The page is open on the telephone when she takes her agreement back: neither a button nor the address works."""
    phone.get_by_text("C’est mené à bien").tap()
    page = story.referral(COUNSELLOR, STUDIO)
    page.get_by_role("button", name=re.compile("La personne retire son accord")).click()
    expect(page.locator("main")).to_contain_text("fermé le 12 octobre")
    phone.get_by_role("button", name="Noter la fin").tap()
    dead = phone.get_by_role("heading", name="Ce lien ne fonctionne plus")
    expect(dead).to_be_visible()
    after_post = phone.locator("main").inner_text()
    answer = phone.reload()
    assert answer is not None
    assert answer.status == 404
    expect(dead).to_be_visible()
    assert phone.locator("main").inner_text() == after_post
    expect(phone.locator("body")).not_to_contain_text("Nadia")
    page.reload()
    expect(page.locator("main")).to_contain_text("Commencée")


def test_a_housing_need_goes_from_the_counsellor_to_keys_handed_over(story: Story) -> None:
    story.moving.go_to(date(2026, 10, 5))
    places_are_known(story)
    see_figures(story, "–", "–", "–", "–", "–")
    the_need_is_told_and_the_officer_asked(story)
    story.moving.go_to(date(2026, 10, 6))
    the_officer_finds_a_place(story)
    agreed_as_it_will_be_read(story)
    letter = sent_without_a_name(story)
    a_scanner_changes_nothing(story, letter)
    story.moving.go_to(date(2026, 10, 8))
    phone = accepted_on_the_telephone(story, letter)
    story.moving.go_to(date(2026, 10, 12))
    keys_handed_over(story, phone)
    a_roof_in_her_life(story)
    refusals_told_apart(story)
    see_figures(story, "15", "5", "5", "5", "5")
    a_withdrawn_agreement_closes(story, phone)
