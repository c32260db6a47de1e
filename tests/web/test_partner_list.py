"""A partner reads what waits for it in one list, opened by a code sent to its address; nobody learns who is known."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from convergence.access.models import AccessRecord
from convergence.network.models import Contact
from convergence.referrals.models import Link, PartnerList, Referral
from convergence.referrals.recording.answers import accept, refuse_for_partner
from convergence.referrals.recording.team import agree, draft, send, withdraw_sharing
from convergence.web.partner.lists import COOKIE
from tests.builders import TODAY, make_person
from tests.referrals.conftest import CONSENT, Acting, Network, network, team
from tests.web.team import text
from tests.web.test_partner_page import queries_of
from tests.web.test_query_counts import MOST

__all__ = ["network"]

ADDRESS = "Accueil@partenaire.example"
LIST, CODE = "/reponse/liste/", "/reponse/liste/code/"


@pytest.fixture(autouse=True)
def the_day(time_machine: Any) -> None:
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)


@pytest.fixture
def sent(network: Network) -> Referral:
    """The one that waits at the address: partners of the world's others have no contact there."""
    return network.sent()


def leads_to(response: Any) -> str:
    assert response.status_code == 302
    return str(response.url)


def asked(client: Client, address: str = ADDRESS) -> str:
    """The code that leaves for an address; empty where none does."""
    mail.outbox.clear()
    assert leads_to(client.post(LIST, {"email": address})) == CODE
    found = [re.search(r"\d{4} \d{4}", str(letter.body)) for letter in mail.outbox]
    return found[0][0] if found and found[0] else ""


def opened(client: Client) -> Any:
    response = client.post(CODE, {"code": asked(client)}, follow=True)
    assert response.redirect_chain[-1][0] == LIST
    return response


def later(acting_as: Acting, **ago: float) -> None:
    """Some time goes by since everything that was asked for or opened."""
    with acting_as("maint"):
        PartnerList.objects.update(
            asked_at=F("asked_at") - timedelta(**ago), opened_at=F("opened_at") - timedelta(**ago)
        )


def test_a_code_opens_the_list_and_the_list_leads_to_each_answer(network: Network, sent: Referral) -> None:
    client = Client()
    page = text(opened(client))
    assert "Anouk Fictive" in page
    assert "Studios, Pension Imaginaire" in page
    assert "Fictif" not in page
    found = re.search(r'name="referral" value="([\w-]+)"', page)
    assert found
    answer = client.post(reverse("open-listed"), {"referral": found[1]}, follow=True)
    assert answer.status_code == 200
    assert "Bonjour, voici Anouk." in text(answer)
    network.counsellor()
    last = Link.objects.filter(referral=sent.series).latest("pk")
    assert (last.source, last.expires_on) == ("list", TODAY)


def test_the_letter_says_a_code_and_nothing_about_anybody(sent: Referral) -> None:
    code = asked(Client())
    letter = f"{mail.outbox[0].subject} {mail.outbox[0].body}"
    assert code in letter
    assert mail.outbox[0].to == ["accueil@partenaire.example"]
    for told in ("Anouk", "Fictive", "Saules", "Studios", "Pension", "reponse"):
        assert told not in letter


def test_an_unknown_address_is_answered_like_a_known_one(sent: Referral) -> None:
    known, unknown = Client(), Client()
    assert asked(known)
    assert not asked(unknown, "personne@ailleurs.example")
    pages = [text(client.get(CODE)) for client in (known, unknown)]
    pages += [text(client.post(CODE, {"code": "0000 0000"})) for client in (known, unknown)]
    bare = [re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")\w+', "", page) for page in pages]
    assert bare[0] == bare[1]
    assert bare[2] == bare[3]
    assert "Ce code ne marche pas" in bare[2]


@pytest.mark.parametrize("email", ["", "pas une adresse", "a@b", "x" * 400 + "@exemple.example", "a@b.example\x00"])
def test_what_is_no_address_is_refused_in_a_sentence(network: Network, email: str) -> None:
    response = Client().post(LIST, {"email": email})
    assert response.status_code == 422
    assert "à corriger" in text(response)


def test_a_code_works_once(sent: Referral) -> None:
    client = Client()
    code = asked(client)
    other = Client()
    other.cookies[COOKIE] = client.cookies[COOKIE].value
    assert client.post(CODE, {"code": code}).status_code == 302
    assert other.post(CODE, {"code": code}).status_code == 422


def test_a_code_works_in_the_browser_that_asked_for_it_alone(sent: Referral) -> None:
    client, other = Client(), Client()
    code = asked(client)
    asked(other)
    assert other.post(CODE, {"code": code}).status_code == 422
    assert Client().post(CODE, {"code": code}).status_code == 302
    assert leads_to(client.post(CODE, {"code": code})) == LIST


def test_five_tries_and_no_more(sent: Referral) -> None:
    client = Client()
    code = asked(client)
    for number in range(5):
        assert client.post(CODE, {"code": f"0000 000{number}"}).status_code == 422
    assert client.post(CODE, {"code": code}).status_code == 422


@pytest.mark.parametrize(("minutes", "status"), [(14, 302), (16, 422)])
def test_a_code_works_a_quarter_of_an_hour(sent: Referral, acting_as: Acting, minutes: int, status: int) -> None:
    client = Client()
    code = asked(client)
    later(acting_as, minutes=minutes)
    assert client.post(CODE, {"code": code}).status_code == status


@pytest.mark.parametrize(("minutes", "open_still"), [(29, True), (31, False)])
def test_the_list_is_open_half_an_hour(sent: Referral, acting_as: Acting, minutes: int, open_still: bool) -> None:
    client = Client()
    opened(client)
    later(acting_as, minutes=minutes)
    assert ("Anouk" in text(client.get(LIST))) is open_still
    led = leads_to(client.post(reverse("open-listed"), {"referral": str(sent.series)}))
    assert (led != LIST) is open_still
    assert (client.get(reverse("partner-list-calendar")).status_code == 200) is open_still


def test_the_list_is_closed_on_a_shared_computer(sent: Referral) -> None:
    client = Client()
    opened(client)
    kept = client.cookies[COOKIE].value
    client.post(reverse("close-partner-list"))
    client.cookies[COOKIE] = kept
    assert "Anouk" not in text(client.get(LIST))


def test_codes_leave_once_a_minute_and_five_times_an_hour(sent: Referral, acting_as: Acting) -> None:
    client = Client()
    assert asked(client)
    assert not asked(client)
    left = 0
    for _time in range(6):
        later(acting_as, minutes=2)
        left += bool(asked(client))
    assert left == 4
    later(acting_as, hours=1)
    assert asked(client)


def test_what_is_asked_for_is_forgotten_within_a_day(sent: Referral, acting_as: Acting) -> None:
    asked(Client())
    later(acting_as, days=1, minutes=1)
    asked(Client(), "personne@ailleurs.example")
    with acting_as("maint"):
        assert [row.email for row in PartnerList.objects.all()] == ["personne@ailleurs.example"]


def test_the_list_holds_what_may_still_be_answered_and_is_agreed_to(
    network: Network, sent: Referral, acting_as: Acting
) -> None:
    client = Client()
    network.counsellor()
    accepted = accept(sent, team(sent))
    assert "Acceptées" in text(opened(client))
    network.counsellor()
    withdraw_sharing(accepted, TODAY)
    page = text(client.get(LIST))
    assert "Anouk" not in page
    assert "Rien n’attend votre réponse" in page
    assert leads_to(client.post(reverse("open-listed"), {"referral": str(sent.series)})) == LIST
    later(acting_as, minutes=2)
    assert not asked(Client())


def test_a_refused_referral_waits_no_more(network: Network, sent: Referral) -> None:
    network.counsellor()
    refuse_for_partner(sent, "no_place", team(sent))
    assert not asked(Client())


def test_somebody_who_left_the_partner_reads_nothing_any_more(
    network: Network, sent: Referral, acting_as: Acting
) -> None:
    with acting_as("maint"):
        Contact.objects.filter(series=network.contact).update(email="ailleurs@partenaire.example")
    assert not asked(Client())


def test_every_person_shown_is_on_the_record_of_looks(sent: Referral, acting_as: Acting) -> None:
    opened(Client())
    with acting_as("maint"):
        looks = AccessRecord.objects.filter(page="partner-list")
        assert [(look.person_id, look.acting_as) for look in looks] == [(sent.person_id, ["partner"])]


def test_the_calendar_holds_hours_and_no_name(network: Network, sent: Referral) -> None:
    client = Client()
    answer = Client()
    address = reverse("partner-answer", args=[network.tokens[-1]])
    seen = {"date-seen_version": str(sent.pk), "date-day": "2026-11-30", "date-hour": "09:00"}
    answer.post(address, {"act": "date", **seen})
    page = text(opened(client))
    assert "Rendez-vous : lundi 30 novembre à 9 h" in page
    response = client.get(reverse("partner-list-calendar"))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Cache-Control"] == "no-store, private"
    (event,) = Calendar.from_ical(response.content).walk("VEVENT")
    assert (str(event["summary"]), event.decoded("dtstart").date()) == ("Rendez-vous (Convergence)", date(2026, 11, 30))
    assert str(event["status"]) == "TENTATIVE"
    for told in (b"Anouk", b"Pension", b"Studios", b"Saules"):
        assert told not in response.content


@pytest.mark.parametrize("wanted", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_no_other_referral_is_opened_from_the_list(sent: Referral, wanted: str) -> None:
    client = Client()
    opened(client)
    assert leads_to(client.post(reverse("open-listed"), {"referral": wanted})) == LIST
    assert leads_to(Client().post(reverse("open-listed"), {"referral": str(sent.series)})) == LIST


def test_nobody_reads_who_asked_for_a_list(network: Network) -> None:
    asked(Client())
    network.counsellor()
    for statement in ("SELECT * FROM referrals_partnerlist", "UPDATE referrals_partnerlist SET tries = 0"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT referrals_sent_to(%s)", [ADDRESS])


def test_a_longer_list_takes_no_more_queries(network: Network, sent: Referral, acting_as: Acting) -> None:
    client = Client()
    opened(client)
    before = queries_of(client, LIST)
    assert len(before) <= MOST
    with acting_as("maint"):
        other = make_person("Inès", "Factice", network.world.site)
    network.counsellor()
    second = draft(other.pk, network.world.site, "housing", network.offer, TODAY)
    second = agree(second, ["name"], "Bonjour.", CONSENT, team(second))
    send(second, network.contact, network.page, team(second))
    assert len(queries_of(client, LIST)) == len(before)
    page = text(client.get(LIST))
    assert "Inès Factice" in page
    assert "Anouk Fictive" in page
