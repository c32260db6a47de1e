"""The partner answers from its link, without an account; a link that does not work tells nothing to anybody."""

import re
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from convergence.network.models import Capacity, Hold
from convergence.network.places import Figures, Speaker, say_places
from convergence.platform.identity import assume
from convergence.referrals.models import Link, PartnerLook, Referral, ReferralNote
from convergence.referrals.reading import said
from convergence.referrals.recording.notes import note
from convergence.referrals.recording.team import agree as agree_to
from convergence.referrals.recording.team import (
    cancel,
    confirm_date,
    draft,
    refuse_for_person,
    send,
    withdraw_sharing,
)
from convergence.referrals.recording.time import lapse
from convergence.rules.referrals import Side
from convergence.vocabulary.referrals import Audience
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, make_person
from tests.referrals.conftest import CONSENT, Acting, Network, network, team
from tests.web.team import text
from tests.web.test_query_counts import MOST, OF_THE_TRANSACTION, _note

__all__ = ["network"]

LOOKS = {"referrals_partnerlook", "access_accessrecord"}
"""What a fetch leaves: the record that somebody, or something, looked."""


@pytest.fixture(autouse=True)
def the_day(time_machine: Any) -> None:
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)


@pytest.fixture
def sent(network: Network) -> Referral:
    return network.sent()


class Phone:
    """A browser without an account, on the page of one link."""

    def __init__(self, token: str) -> None:
        self.client = Client(enforce_csrf_checks=False)
        self.address = reverse("partner-answer", args=[token])

    def read(self) -> Any:
        return self.client.get(self.address)

    def seen(self) -> str:
        found = re.search(r'seen_version" value="(\d+)"', self.read().content.decode())
        assert found
        return found[1]

    def say(self, act: str, seen: str = "", **fields: str) -> Any:
        fields = {f"{act}-{name}": value for name, value in fields.items()}
        return self.client.post(
            self.address, {"act": act, f"{act}-seen_version": seen or self.seen(), **fields}, follow=True
        )


@pytest.fixture
def phone(network: Network, sent: Referral) -> Phone:
    return Phone(network.tokens[-1])


def standing(network: Network, referral: Referral) -> Referral:
    network.counsellor()
    return Referral.objects.current().get(series=referral.series)


def test_it_shows_who_asks_what_for_and_what_the_person_chose_and_no_more(
    network: Network, sent: Referral, phone: Phone
) -> None:
    network.counsellor()
    note(sent, "Entre nous.", Side.TEAM, Audience.OFFICERS, TODAY)
    note(sent, "Elle peut venir le matin.", Side.TEAM, Audience.PARTNER, TODAY)
    response = phone.read()
    page = text(response)
    assert response.status_code == 200
    for shown in ("Pension Imaginaire", "Studios, Pension Imaginaire", "Anouk Fictive", "Bonjour, voici Anouk."):
        assert shown in page
    assert "Elle peut venir le matin." in page
    for kept in ("Entre nous.", "06 39 98 00 01", "1985", "identité"):
        assert kept not in page
    assert "Anouk" not in re.findall("<title>.*</title>", page)[0]


def test_it_is_kept_by_nobody_and_its_address_told_to_nobody(phone: Phone) -> None:
    for response in (phone.read(), Phone("inconnu").read()):
        assert response["Cache-Control"] == "no-store, private"
        assert response["Referrer-Policy"] == "strict-origin"
        assert response["X-Robots-Tag"] == "noindex, nofollow"
        assert "sessionid" not in response.cookies


def test_yes_with_a_meeting_is_recorded_and_the_page_says_what_comes_next(
    network: Network, sent: Referral, phone: Phone
) -> None:
    page = text(phone.say("accept", day="2026-11-26", hour="14:30"))
    accepted = standing(network, sent)
    assert (accepted.state, accepted.accepted_on, accepted.source) == ("accepted", TODAY, "partner")
    assert timezone.localtime(accepted.appointment_at) == datetime.fromisoformat("2026-11-26T14:30:00+01:00")
    assert Hold.objects.current().get(referral=sent.series).firm
    assert "jeudi 26 novembre à 14 h 30" in page
    assert "L’équipe prépare le début" in page
    assert "Dire oui" not in page
    assert "C’est commencé" in page


@pytest.mark.parametrize(("day", "hour"), [("2026-11-26", ""), ("", "14:30"), ("2026-11-22", "14:30"), ("demain", "x")])
def test_half_a_meeting_or_one_that_is_over_is_refused_and_kept_as_typed(
    network: Network, sent: Referral, phone: Phone, day: str, hour: str
) -> None:
    response = phone.say("accept", day=day, hour=hour)
    assert response.status_code in {409, 422}
    assert "à corriger" in text(response)
    assert '<details class="answer answer-main" name="reponse" open>' in response.content.decode()
    assert standing(network, sent).state == "sent"


def test_an_hour_that_summer_time_skips_is_refused_in_a_sentence(phone: Phone) -> None:
    response = phone.say("date", day="2027-03-28", hour="02:30")
    assert response.status_code == 409
    assert "Cette heure n’existe pas ce jour-là" in text(response)


def test_a_date_is_proposed_confirmed_with_the_person_and_read_here(
    network: Network, sent: Referral, phone: Phone
) -> None:
    page = text(phone.say("date", day="2026-11-30", hour="09:00"))
    assert "Rendez-vous proposé : <strong>lundi 30 novembre à 9 h</strong>" in page
    proposed = standing(network, sent)
    assert (proposed.state, proposed.answered_on) == ("sent", TODAY)
    confirm_date(proposed, team(proposed))
    assert "Rendez-vous confirmé avec la personne : <strong>lundi 30 novembre" in text(phone.read())


def test_full_until_a_day_puts_on_the_waiting_list_frees_the_place_and_says_the_figure(
    network: Network, sent: Referral, phone: Phone
) -> None:
    page = text(phone.say("wait", full_until="2027-01-15"))
    waiting = standing(network, sent)
    assert (waiting.state, waiting.full_until) == ("waiting_list", date(2027, 1, 15))
    assert not Hold.objects.current().filter(referral=sent.series).exists()
    figure = Capacity.objects.current().get(offer=sent.offer)
    assert (figure.free, figure.full_until, figure.said_by) == (0, date(2027, 1, 15), "partner")
    assert "Complet jusqu’au 15 janvier 2027" in page
    assert "Dire oui" in page


def test_waiting_without_a_day_says_nothing_of_the_offer(network: Network, sent: Referral, phone: Phone) -> None:
    phone.say("wait", full_until="")
    assert standing(network, sent).state == "waiting_list"
    assert not Capacity.objects.current().filter(offer=sent.offer).exists()


def test_a_refusal_says_why_and_frees_the_place(network: Network, sent: Referral, phone: Phone) -> None:
    assert phone.say("refuse", reason="too_expensive").status_code == 422
    page = text(phone.say("refuse", reason="not_eligible", words="Il faut un garant."))
    refused = standing(network, sent)
    assert said(refused).startswith("Refusée par le partenaire")
    assert (refused.state, refused.refused_by, refused.refusal_reason) == ("refused", "partner", "not_eligible")
    assert ReferralNote.objects.get(referral=sent.series, side="partner").words == "Il faut un garant."
    assert not Hold.objects.current().filter(referral=sent.series).exists()
    assert "Réponse du 23 novembre 2026 : non, conditions d’admission non remplies." in page
    assert "Dire oui" not in page


def test_no_place_is_a_figure_of_the_offer_too(network: Network, sent: Referral, phone: Phone) -> None:
    phone.say("refuse", reason="no_place")
    network.counsellor()
    assert Capacity.objects.current().get(offer=sent.offer).free == 0


def test_a_refusal_by_the_person_is_told_apart_and_closes_the_page(
    network: Network, sent: Referral, phone: Phone
) -> None:
    phone.say("accept")
    accepted = standing(network, sent)
    refuse_for_person(accepted, "not_ready", TODAY, team(accepted))
    assert phone.read().status_code == 404
    assert said(standing(network, sent)) == "Refusée par la personne\u00a0: ce n’est pas le moment pour la personne"
    assert not Hold.objects.current().filter(referral=sent.series).exists()


@pytest.mark.parametrize(("act", "state"), [("complete", "completed"), ("interrupt", "interrupted")])
def test_the_start_then_the_outcome_are_told(
    network: Network, sent: Referral, phone: Phone, act: str, state: str
) -> None:
    phone.say("accept")
    assert phone.say("start", day="2026-12-24").status_code == 409
    phone.say("start", day="2026-11-23", words="Clés remises.")
    assert standing(network, sent).started_on == TODAY
    phone.say(act, day="2026-11-23")
    assert standing(network, sent).state == state
    page = text(phone.read())
    assert "Noter" not in page
    assert "plus rien à faire" in page


def test_a_message_reaches_the_team_once(network: Network, sent: Referral, phone: Phone) -> None:
    for _time in range(2):
        phone.say("message", words="A-t-elle un garant ?")
    assert phone.say("message", words=" ").status_code == 422
    network.counsellor()
    assert [row.words for row in ReferralNote.objects.filter(referral=sent.series)] == ["A-t-elle un garant ?"]


def rows(acting_as: Acting) -> dict[str, tuple[int, str]]:
    """Every table: how many rows, and what they say."""
    with acting_as("maint"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
            " AND has_table_privilege(oid, 'SELECT')"
        )
        found = {}
        for (name,) in cursor.fetchall():
            cursor.execute(f"SELECT count(*), md5(string_agg(t::text, '' ORDER BY t::text)) FROM \"{name}\" t")
            found[name] = cursor.fetchone()
        return found


def test_a_mail_scanner_that_fetches_the_link_changes_nothing(
    network: Network, sent: Referral, phone: Phone, acting_as: Acting
) -> None:
    before = rows(acting_as)
    assert len(before) > 50
    for method in (phone.client.head, phone.client.get):
        assert method(phone.address).status_code == 200
    after = rows(acting_as)
    assert {name for name in after if after[name] != before[name]} == LOOKS
    network.counsellor()
    assert {look.read for look in PartnerLook.objects.filter(referral=sent.series)} == {False}


def test_somebody_who_has_read_and_answers_later_says_so(network: Network, sent: Referral, phone: Phone) -> None:
    page = text(phone.client.post(phone.address, {"act": "later"}, follow=True))
    assert "l’équipe sait que vous avez lu" in page
    network.counsellor()
    assert PartnerLook.objects.filter(referral=sent.series, read=True).exists()
    assert standing(network, sent).pk == sent.pk


def test_an_answer_without_its_page_s_own_token_is_refused(network: Network, sent: Referral, phone: Phone) -> None:
    phone.client = Client(enforce_csrf_checks=True)
    response = phone.client.post(phone.address, {"act": "accept", "accept-seen_version": str(sent.pk)})
    assert response.status_code == 403
    assert standing(network, sent).state == "sent"


def test_the_same_answer_twice_is_one_answer(network: Network, sent: Referral, phone: Phone) -> None:
    seen = phone.seen()
    for _time in range(2):
        response = phone.say("accept", seen)
    assert response.status_code == 200
    assert "Cette réponse était déjà notée." in text(response)
    assert standing(network, sent).state == "accepted"
    assert Referral.objects.filter(series=sent.series, state="accepted").count() == 1


def test_two_devices_that_answer_differently_are_told_what_stands(
    network: Network, sent: Referral, phone: Phone
) -> None:
    seen = phone.seen()
    phone.say("accept", seen)
    response = phone.say("refuse", seen, reason="no_place")
    assert response.status_code == 409
    page = text(response)
    assert "a changé depuis l’affichage" in page
    assert "Réponse du 23 novembre 2026 : oui." in page
    assert standing(network, sent).state == "accepted"


def test_an_answer_that_makes_no_sense_changes_nothing(network: Network, sent: Referral, phone: Phone) -> None:
    for act in ("", "burn", "start", "complete"):
        assert phone.say(act, day="2026-11-23").status_code < 500
    assert phone.say("accept", seen="x" * 5000).status_code == 409
    assert standing(network, sent).pk == sent.pk


def test_after_the_lapse_the_page_says_so_and_the_answer_is_refused(
    network: Network, sent: Referral, phone: Phone, acting_as: Acting, time_machine: Any
) -> None:
    seen = phone.seen()
    with acting_as("worker"):
        assert lapse(TODAY + timedelta(days=30)) > 0
    response = phone.say("accept", seen)
    assert response.status_code == 409
    page = text(response)
    assert "a changé depuis l’affichage" in page
    assert "Restée sans réponse, cette demande s’est éteinte" in page
    assert standing(network, sent).state == "lapsed"


def dead_page(token: str) -> Any:
    return Phone(token).read()


def without_tokens(response: Any, token: str) -> str:
    return re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")\w+', r"\1", text(response).replace(token, "…"))


def test_no_dead_link_tells_why_it_is_dead(network: Network, acting_as: Acting, time_machine: Any) -> None:
    pages = {"unknown": without_tokens(unknown := dead_page("jamais-fait"), "jamais-fait")}
    statuses = {unknown.status_code}
    for why in ("withdrawn", "cancelled", "expired"):
        row = network.sent()
        token = network.tokens[-1]
        assert dead_page(token).status_code == 200
        network.counsellor()
        if why == "withdrawn":
            withdraw_sharing(row, TODAY)
        elif why == "cancelled":
            cancel(row, team(row))
        else:
            time_machine.move_to(f"{TODAY + timedelta(days=9)}T10:00:00+01:00", tick=False)
        response = dead_page(token)
        pages[why] = without_tokens(response, token)
        statuses.add(response.status_code)
        answered = Phone(token).client.post(reverse("partner-answer", args=[token]), {"act": "accept"})
        assert without_tokens(answered, token) == pages[why]
    assert statuses == {404}
    assert len(set(pages.values())) == 1
    for told in ("Anouk", "Pension", "Studios", "Chantier"):
        assert told not in pages["unknown"]


def test_a_withdrawn_agreement_closes_the_page_between_its_display_and_the_answer(
    network: Network, sent: Referral, phone: Phone
) -> None:
    seen = phone.seen()
    network.counsellor()
    withdraw_sharing(sent, TODAY)
    assert phone.client.post(phone.address, {"act": "accept", "accept-seen_version": seen}).status_code == 404
    assert standing(network, sent).state == "cancelled"


def test_a_new_link_is_asked_for_and_the_page_says_the_same_whether_it_leaves_or_not(
    network: Network, sent: Referral, acting_as: Acting, time_machine: Any
) -> None:
    dead = network.tokens[-1]
    time_machine.move_to(f"{TODAY + timedelta(days=9)}T10:00:00+01:00", tick=False)
    with acting_as("maint"):
        Link.objects.update(recorded_at=F("recorded_at") - timedelta(hours=1))
    assume(None, TODAY + timedelta(days=9))
    client = Client()
    mail.outbox.clear()
    answers = [client.post(reverse("renew-partner-answer", args=[token])) for token in (dead, "jamais-fait")]
    assert without_tokens(answers[0], dead) == without_tokens(answers[1], "jamais-fait")
    assert [letter.to for letter in mail.outbox] == [["accueil@partenaire.example"]]
    found = re.search(r"http://testserver(/reponse/[\w-]+/)", str(mail.outbox[0].body))
    assert found
    assert client.get(found[1]).status_code == 200


def test_a_partner_that_accepts_two_for_its_last_place_is_told(network: Network, acting_as: Acting) -> None:
    with acting_as("maint"):
        other = make_person("Inès", "Factice", network.world.site)
    network.officer()
    free_places(network, 2)
    rows = [network.sent()]
    network.counsellor()
    second = draft(other.pk, network.world.site, "housing", network.offer, TODAY)
    second = agree_to(second, ["name"], "Bonjour.", CONSENT, team(second))
    rows.append(send(second, network.contact, network.page, team(second)))
    network.officer()
    free_places(network, 1)
    with acting_as("maint"):
        Capacity.objects.current().update(recorded_at=timezone.now() - timedelta(hours=1))
    pages = [text(Phone(token).say("accept")) for token in network.tokens]
    assert "demandes sont acceptées" not in pages[0]
    assert "Cette offre annonçait 1 place libre, et 2 demandes sont acceptées" in pages[1]
    assert {standing(network, row).state for row in rows} == {"accepted"}


def free_places(network: Network, free: int) -> None:
    say_places(network.offer.pk, Figures(free=free, places=4), Speaker("officer"), TODAY, today=TODAY)


def test_somebody_signed_in_who_opens_the_link_sees_the_partner_s_page_and_no_rail(
    network: Network, sent: Referral, phone: Phone
) -> None:
    network.counsellor()
    phone.client.force_login(network.world.users[Role.COUNSELLOR])
    response = phone.read()
    assert response.status_code == 200
    assert 'class="rail"' not in response.content.decode()
    assert phone.client.get(reverse("today")).status_code == 200


def test_the_page_takes_at_most_fifteen_queries_whatever_was_said(
    network: Network, sent: Referral, phone: Phone
) -> None:
    phone.say("accept", day="2026-11-26", hour="14:30")
    for number in range(3):
        phone.say("message", words=f"Message {number}.")
    assert len(queries_of(phone.client, phone.address)) <= MOST


def queries_of(client: Client, address: str) -> list[str]:
    asked: list[str] = []
    with connection.execute_wrapper(partial(_note, asked)):
        assert client.get(address).status_code == 200
    return [query for query in asked if not OF_THE_TRANSACTION.match(query)]
