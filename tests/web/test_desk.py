"""The desk of those who keep a network: needs meet places there, and what waits is seen."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from convergence.access.models import AccessRecord, User
from convergence.network.models import Agreement, Capacity, Exchange, Partner
from convergence.people.models import Sharing
from convergence.people.sharing.recording import withdraw_agreement
from convergence.platform.identity import assume
from convergence.referrals.models import Referral
from convergence.referrals.recording.team import ask_officers
from convergence.territories.models import Site
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World, make_person
from tests.referrals.conftest import CONSENT, Acting
from tests.referrals.test_figures import ACCEPTED, REFUSED, SENT, refer

BLOCKS = (
    "demandes",
    "attente",
    "places",
    "a-redemander",
    "complets",
    "etapes",
    "partenaires",
    "conventions",
    "reponses",
)
LONG = TODAY - timedelta(days=41)


def text(response: Any) -> str:
    plain = re.sub(r"<[^>]+>", " ", response.content.decode().replace("\u00a0", " "))
    return " ".join(plain.split())


def section(response: Any, code: str) -> str:
    """The words of a block."""
    found = re.search(rf'<section class="panel" id="{code}".*?</section>', response.content.decode(), re.DOTALL)
    assert found is not None, code
    return " ".join(re.sub(r"<[^>]+>", " ", found[0].replace("\u00a0", " ")).split())


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def at_work(world: World, time_machine: Any) -> Callable[[Role], Client]:
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)
    clients = {role: signed_in(user) for role, user in world.users.items()}
    return clients.__getitem__


@pytest.fixture
def officer(at_work: Callable[[Role], Client]) -> Client:
    return at_work(Role.PARTNERSHIP_OFFICER)


def ask(world: World, acting_as: Acting, number: int = 1, site: Site | None = None) -> list[Referral]:
    """People with whose agreement the officers are asked to look for housing, six weeks ago."""
    made = []
    for n in range(number):
        with acting_as("maint"):
            person = make_person(f"Demande {n}", "Fictive", site or world.site)
        assume(world.users[Role.COUNSELLOR].pk, TODAY)
        made.append(ask_officers(person.pk, world.site, "housing", CONSENT, "Un studio.", TODAY))
        with acting_as("maint"):
            Referral.objects.filter(pk=made[-1].pk).update(opened_on=LONG)
    return made


def test_each_block_has_its_whole_list_and_there_is_no_other(officer: Client) -> None:
    desk = officer.get(reverse("desk")).content.decode()
    for block in BLOCKS:
        assert f'id="{block}"' in desk
        assert officer.get(reverse("desk-list", args=[block])).status_code == 200
    assert officer.get(reverse("desk-list", args=["autre"])).status_code == 404
    assert officer.get(reverse("desk"), {"territoire": "0"}).status_code == 404


def test_an_empty_block_says_the_next_step(officer: Client, acting_as: Acting) -> None:
    with acting_as("maint"):
        Capacity.objects.all().delete()
    page = officer.get(reverse("desk"))
    assert "Les chantiers vous adressent des besoins avec l’accord de la personne" in section(page, "demandes")
    assert "est-ce encore libre ?" in section(page, "places")


def test_who_is_referred_to_the_officer_is_asked_for_until_she_withdraws(
    world: World, officer: Client, acting_as: Acting
) -> None:
    (asked,) = ask(world, acting_as)
    page = officer.get(reverse("desk"))
    words = section(page, "demandes")
    assert words.startswith("1 Demandes des équipes Demande 0 Fictive Logement · Chantier des Saules depuis 41 jours")
    assert reverse("referral-offer", args=[asked.person_id, asked.pk]) in page.content.decode()
    assert "1 attend depuis plus de dix jours" in text(page)
    with acting_as("maint"):
        looks = AccessRecord.objects.filter(person_id=asked.person_id, page="desk")
        assert looks.get().actor_id == world.users[Role.PARTNERSHIP_OFFICER].pk
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    withdraw_agreement(Sharing.objects.current().get(person=asked.person_id), TODAY)
    assert "Fictive" not in section(officer.get(reverse("desk")), "demandes")


def test_what_waits_on_somebody_is_told_with_who_holds_the_next_step_the_late_first(
    world: World, officer: Client, acting_as: Acting
) -> None:
    offer = world.network["network_offer_id"]
    late, recent = ask(world, acting_as, 2)
    facts = {"offer_id": offer, "state": "sent", "agreed_on": LONG, "sent_on": LONG}
    with acting_as("maint"):
        Referral.objects.filter(pk=late.pk).update(**facts)
        Referral.objects.filter(pk=recent.pk).update(**facts | {"sent_on": TODAY})
    words = section(officer.get(reverse("desk")), "attente")
    assert words.index("Demande 0") < words.index("depuis 41 jours") < words.index("Demande 1")
    assert "Le partenaire Répondre à la demande" in words
    assert "depuis aujourd’hui caduque le 23 décembre 2026" in words


def test_places_are_told_with_what_is_held_and_those_soon_lost_first(
    world: World, officer: Client, acting_as: Acting
) -> None:
    offer = world.network["network_offer_id"]
    assert "Studios · Bailleur Factice 0, Paris 1 libre" in section(officer.get(reverse("desk")), "places")
    with acting_as("maint"):
        Capacity.objects.filter(offer=offer).update(said_on=TODAY - timedelta(days=90))
    page = officer.get(reverse("desk"))
    assert "Studios" not in section(page, "places")
    assert "Studios · Bailleur Factice 0 dernier chiffre du 25 août 2026" in section(page, "a-redemander")
    with acting_as("maint"):
        Capacity.objects.filter(offer=offer).update(free=0, full_until=TODAY + timedelta(days=3))
    assert "complet jusqu’au 26 novembre 2026" in section(officer.get(reverse("desk")), "complets")


def test_silent_partners_steps_and_agreements_are_told(world: World, officer: Client, acting_as: Acting) -> None:
    partner = world.network["partner_id"]
    assert "Bailleur Factice 0" not in section(officer.get(reverse("desk")), "partenaires")
    ends = TODAY + timedelta(days=30)
    with acting_as("maint"):
        exchange = Exchange.objects.get(partner=partner)
        exchange.held_on, exchange.next_on = TODAY - timedelta(days=120), TODAY - timedelta(days=2)
        exchange.next_step = "Rappeler"
        exchange.save(update_fields=["held_on", "next_on", "next_step"])
        Agreement.objects.filter(partner=partner).update(valid=DateRange(TODAY, ends), notice_months=2)
        Partner.objects.create(territory=world.territory, name="Fini Fictif", kind="other", closed_on=TODAY)
    page = officer.get(reverse("desk"))
    assert "Bailleur Factice 0 dernier échange le 26 juillet 2026" in section(page, "partenaires")
    assert "Fini Fictif" not in section(page, "partenaires")
    assert "Bailleur Factice 0 Rappeler prévu le 21 novembre 2026" in section(page, "etapes")
    assert "à décider depuis le 22 octobre 2026" in section(page, "conventions")


def test_needs_without_an_offer_stand_on_a_table_and_on_a_map(world: World, officer: Client, acting_as: Acting) -> None:
    with acting_as("maint"):
        refer(7, world.site, state="asked")
        refer(6, world.other_site, state="asked")
    assert reverse("unmet-needs") in officer.get(reverse("desk")).content.decode()
    block = officer.get(reverse("unmet-needs"), headers={"hx-request": "true"})
    assert "Logement 13" in section(block, "besoins")
    page = officer.get(reverse("unmet-needs"), {"besoin": "housing"})
    assert "Chantier des Saules 7" in text(page)
    assert 'aria-label="1. Chantier des Saules\u00a0: 7 personnes"' in page.content.decode()
    assert "Pas encore sur la carte : Chantier des Tilleuls" in text(page)
    for wrong in ("", "x", "\x00"):
        assert officer.get(reverse("unmet-needs"), {"besoin": wrong}).status_code == 200


def test_how_partners_answer_comes_after_the_page(world: World, officer: Client, acting_as: Acting) -> None:
    with acting_as("maint"):
        Referral.objects.all().delete()
        refer(6, world.site, **ACCEPTED)
        refer(2, world.site, **REFUSED, refused_by="partner", refusal_reason="no_place")
    answer = officer.get(reverse("desk-list", args=["reponses"]), headers={"hx-request": "true"})
    assert "Partenaire Fictif housing 8 75 % de 8 4 jours" in text(answer)
    assert "<html" not in answer.content.decode()


def test_the_figures_leave_as_a_sheet_in_which_nothing_calculates(
    world: World, officer: Client, acting_as: Acting
) -> None:
    with acting_as("maint"):
        Referral.objects.all().delete()
        refer(7, world.site, "rights", "procedures", **SENT)
        Partner.objects.filter(name="Partenaire Fictif rights").update(name="=1+1")
        refer(5, world.site, **REFUSED, refused_by="person", refusal_reason="too_far")
        refer(6, world.site, **REFUSED, refused_by="partner", refusal_reason="no_place")
    page = text(officer.get(reverse("network-figures"), {"periode": "2026"}))
    assert "La personne : trop loin ou mal desservi 5" in page
    assert "Le partenaire : pas de place 6" in page
    sheet = officer.get(reverse("network-figures-sheet"), {"periode": "2026"})
    assert sheet["Content-Disposition"] == 'attachment; filename="reseau-2026.xlsx"'
    book = openpyxl.load_workbook(BytesIO(sheet.content))
    assert book.sheetnames == ["Mises en relation", "Réponses", "Refus", "Partenaires"]
    cells = [cell for page in book for row in page.iter_rows() for cell in row]
    assert not any(cell.data_type == "f" for cell in cells)
    assert "'=1+1 (droits)" in {cell.value for cell in cells}
    assert "Sheet" not in text(officer.get(reverse("network-figures"), {"periode": "2025-T1"}))


def test_today_tells_what_waits_to_whoever_holds_the_next_step_and_what_is_late_to_all(
    world: World, at_work: Callable[[Role], Client], acting_as: Acting
) -> None:
    officer, counsellor = at_work(Role.PARTNERSHIP_OFFICER), at_work(Role.COUNSELLOR)
    assert "Vous lirez ici les personnes que les équipes vous orientent" in text(officer.get(reverse("today")))
    ask(world, acting_as)
    assert "Demande 0 Fictive · Logement Équipe mutualisée : chercher une place" in text(officer.get(reverse("today")))
    with acting_as("maint"):
        own = Referral.objects.current().filter(person=world.anouk, domain="housing")
        own.update(opened_on=LONG, agreed_on=LONG, sent_on=TODAY - timedelta(days=12))
    words = text(counsellor.get(reverse("today")))
    assert "Le partenaire : répondre à la demande depuis 12 jours" in words
    with acting_as("maint"):
        own.update(sent_on=TODAY - timedelta(days=2))
    assert "répondre à la demande" not in text(counsellor.get(reverse("today")))


def test_the_desk_takes_fifteen_queries_at_most_however_much_there_is(
    world: World, officer: Client, acting_as: Acting
) -> None:
    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert officer.get(address).status_code == 200
        plain = re.compile(r"(RELEASE )?SAVEPOINT|ROLLBACK|BEGIN|COMMIT")
        return sum(not plain.match(query["sql"]) for query in asked)

    pages = [reverse("desk"), reverse("territory-drawn"), reverse("network-figures"), reverse("unmet-needs")]
    pages += [reverse("desk-list", args=[block]) for block in BLOCKS]
    ask(world, acting_as)
    with acting_as("maint"):
        refer(6, world.site, **ACCEPTED)
    few = [queries(page) for page in pages]
    ask(world, acting_as, 7)
    with acting_as("maint"):
        refer(6, world.other_site, "rights", "procedures", **SENT)
        for number in range(6):
            Partner.objects.create(territory=world.territory, name=f"Muet Fictif {number}", kind="other")
    many = [queries(page) for page in pages]
    assert max(many) <= 15
    assert dict(zip(pages, many, strict=True)) == dict(zip(pages, few, strict=True))
