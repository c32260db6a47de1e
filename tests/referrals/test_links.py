"""A partner's link reaches one referral for as long as it works, and tells nothing once it does not."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.utils import timezone

from convergence.access.models import AccessRecord
from convergence.network.models import Contact, Hold, Offer, Partner
from convergence.people.models import Person, PersonName, Sharing
from convergence.platform.dated import revise
from convergence.platform.errors import Refused
from convergence.platform.identity import assume
from convergence.referrals.models import Link, PartnerLook, Referral, ReferralNote, Share
from convergence.referrals.recording.answers import accept, finish, put_on_waiting_list, refuse_for_partner, start
from convergence.referrals.recording.links import identify_link, record_look, renew
from convergence.referrals.recording.notes import note
from convergence.referrals.recording.team import cancel, propose, send_again, withdraw_sharing
from convergence.referrals.recording.time import remind
from convergence.referrals.sharing import Shared
from convergence.rules.referrals import Side
from convergence.situations.models import Situation
from convergence.vocabulary.referrals import Audience
from convergence.vocabulary.roles import Role
from tests.builders import TODAY
from tests.referrals.conftest import Acting, Network, partner, team

LAST_DAY = TODAY + timedelta(days=8)


def reached() -> Referral:
    return Referral.objects.current().get()


def test_a_link_reaches_its_referral_what_was_shared_and_nothing_else(network: Network) -> None:
    sent = network.sent()
    note(sent, "Entre nous.", Side.TEAM, Audience.OFFICERS, TODAY)
    note(sent, "Pour le partenaire.", Side.TEAM, Audience.PARTNER, TODAY)
    opened = identify_link(network.tokens[-1], TODAY)
    assert opened is not None
    assert reached().series == opened.referral == sent.series
    assert Shared.of(Share.objects.get().content).message == "Bonjour, voici Anouk."
    assert [said.words for said in ReferralNote.objects.all()] == ["Pour le partenaire."]
    assert Offer.objects.get().partner == Partner.objects.get()
    for model in (Person, PersonName, Situation, Sharing, Link, PartnerLook):
        assert not model.objects.exists(), model


def test_the_partner_answers_starts_and_finishes_by_its_link(network: Network) -> None:
    network.sent()
    identify_link(network.tokens[-1], TODAY)
    accepted = accept(reached(), partner(reached()))
    assert accepted.recorded_by is None
    assert Hold.objects.current().get().firm
    started = start(accepted, TODAY, partner(accepted))
    note(started, "Tout va bien.", Side.PARTNER, Audience.PARTNER, TODAY)
    assert finish(started, TODAY, partner(started), completed=False).state == "interrupted"
    network.counsellor()
    assert ReferralNote.objects.get(side="partner", referral=started.series).words == "Tout va bien."


def test_answering_twice_is_answered_by_what_stands(network: Network) -> None:
    network.sent()
    identify_link(network.tokens[-1], TODAY)
    refuse_for_partner(reached(), "no_place", partner(reached()))
    assert not Hold.objects.current().exists()
    with pytest.raises(Refused, match="terminée"):
        accept(reached(), partner(reached()))


def test_the_partner_speaks_neither_for_the_person_nor_for_the_team(network: Network) -> None:
    network.sent()
    identify_link(network.tokens[-1], TODAY)
    referral = reached()
    with pytest.raises(Refused):
        propose(referral, TODAY, partner(referral))
    for changes in (
        {"state": "cancelled", "ended_on": TODAY},
        {"state": "refused", "refused_by": "person", "refusal_reason": "too_far", "ended_on": TODAY},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            revise(referral, **changes)
    for side, audience in ((Side.PARTNER, Audience.OFFICERS), (Side.TEAM, Audience.OFFICERS)):
        with pytest.raises(DatabaseError), transaction.atomic():
            note(referral, "Mots.", side, audience, TODAY)
    share = Share.objects.get()
    with pytest.raises((DatabaseError, Refused)), transaction.atomic():
        revise(share, frozen_on=TODAY)


@pytest.mark.parametrize(("on", "works"), [(TODAY, True), (LAST_DAY, True), (LAST_DAY + timedelta(days=1), False)])
def test_a_link_works_eight_days(network: Network, on: date, works: bool) -> None:
    network.sent()
    assert (identify_link(network.tokens[-1], on) is not None) is works
    assert Referral.objects.exists() is works


def test_a_link_that_does_not_work_leaves_nobody(network: Network) -> None:
    network.sent()
    assert identify_link("a token that was never made", TODAY) is None
    assert [model.objects.count() for model in (Referral, Share, Offer)] == [0, 0, 0]


def test_a_withdrawn_agreement_closes_the_page_at_once_and_frees_the_place(network: Network) -> None:
    sent = network.sent()
    withdraw_sharing(sent, TODAY)
    ended = reached_by_team(network, sent)
    assert ended.state == "cancelled"
    assert not Hold.objects.current().filter(referral=sent.series).exists()
    assert identify_link(network.tokens[-1], TODAY) is None
    renew(network.tokens[-1], network.page, LAST_DAY)
    assert len(mail.outbox) == 1
    network.counsellor()
    with pytest.raises(Refused, match="déjà retiré"):
        withdraw_sharing(ended, TODAY)


def reached_by_team(network: Network, referral: Referral) -> Referral:
    network.counsellor()
    return Referral.objects.current().get(series=referral.series)


def test_an_agreement_withdrawn_after_the_start_closes_the_page_and_keeps_what_happened(network: Network) -> None:
    sent = network.sent()
    accepted = accept(sent, team(sent))
    started = start(accepted, TODAY, team(accepted))
    withdraw_sharing(started, TODAY)
    assert reached_by_team(network, sent).state == "started"
    assert identify_link(network.tokens[-1], TODAY) is None


def test_a_cancelled_referral_opens_to_no_link(network: Network) -> None:
    sent = network.sent()
    cancel(sent, team(sent))
    assert identify_link(network.tokens[-1], TODAY) is None


def test_the_letter_holds_a_link_and_nothing_about_anybody(network: Network) -> None:
    network.sent()
    letter = f"{mail.outbox[0].subject} {mail.outbox[0].body}"
    assert network.tokens[-1] in letter
    for told in ("Anouk", "Fictive", "Saules", "Studios", "logement", "Pension"):
        assert told not in letter


def test_a_fetch_and_a_reading_are_told_apart_and_on_the_record_of_looks(network: Network, acting_as: Acting) -> None:
    sent = network.sent()
    identify_link(network.tokens[-1], TODAY)
    record_look(read=False)
    network.counsellor()
    assert [look.read for look in PartnerLook.objects.filter(referral=sent.series)] == [False]
    before = Referral.objects.current().get(series=sent.series)
    assert before.pk == sent.pk
    identify_link(network.tokens[-1], TODAY)
    record_look(read=True)
    network.counsellor()
    assert [look.read for look in PartnerLook.objects.filter(referral=sent.series).order_by("pk")] == [False, True]
    with acting_as("maint"):
        looks = AccessRecord.objects.filter(person_id=sent.person_id, acting_as=["partner"]).order_by("pk")
        assert [look.page for look in looks] == ["partner-fetched", "partner-read"]


def test_nobody_records_a_partners_look_without_its_link(network: Network) -> None:
    network.sent()
    looks = PartnerLook.objects.count()
    record_look(read=True)
    assert PartnerLook.objects.count() == looks
    with pytest.raises(DatabaseError), transaction.atomic():
        PartnerLook.objects.create(
            person=network.world.anouk, compartment="social", referral=reached_id(), at=timezone.now(), read=True
        )


def reached_id() -> str:
    return str(Referral.objects.current().latest("pk").series)


def aged(acting_as: Acting) -> None:
    """An hour goes by."""
    with acting_as("maint"):
        Link.objects.update(recorded_at=F("recorded_at") - timedelta(hours=1))


def test_a_dead_link_is_renewed_at_the_address_known_once_a_quarter_of_an_hour(
    network: Network, acting_as: Acting
) -> None:
    network.sent()
    late = LAST_DAY + timedelta(days=1)
    dead = network.tokens[-1]
    assume(None, late)
    renew(dead, network.page, late)
    assert len(mail.outbox) == 1
    aged(acting_as)
    renew(dead, network.page, late)
    renew(dead, network.page, late)
    assert [letter.to for letter in mail.outbox[1:]] == [["accueil@partenaire.example"]]
    assert identify_link(dead, late) is None
    assert identify_link(network.tokens[-1], late) is not None
    renew("a token that was never made", network.page, late)
    assert len(mail.outbox) == 2


def test_a_partner_that_answered_no_gets_no_new_link(network: Network, acting_as: Acting) -> None:
    sent = network.sent()
    refuse_for_partner(sent, "no_place", team(sent))
    aged(acting_as)
    assume(None, TODAY)
    renew(network.tokens[-1], network.page, TODAY)
    assert len(mail.outbox) == 1


def test_the_team_sends_one_more_link(network: Network) -> None:
    sent = network.sent()
    send_again(sent, network.contact, network.page, team(sent))
    assert all(identify_link(token, TODAY) is not None for token in network.tokens)


def test_a_link_is_no_account(network: Network) -> None:
    network.sent()
    identify_link(network.tokens[-1], TODAY)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.actor'), current_setting('app.scopes')")
        assert cursor.fetchone() == ("", "{}")
    assume(network.world.users[Role.FUNDER].pk, TODAY)
    assert not Referral.objects.exists()


def test_full_until_a_day_is_said_by_the_partner(network: Network) -> None:
    network.sent()
    identify_link(network.tokens[-1], TODAY)
    assert put_on_waiting_list(reached(), partner(reached()), full_until=LAST_DAY).full_until == LAST_DAY


def test_nobody_is_written_to_who_no_longer_agrees_to_it(network: Network, acting_as: Acting) -> None:
    sent = network.sent()
    with acting_as("maint"):
        Contact.objects.filter(series=network.contact).update(agreed_on=None, agreed_how="")
    aged(acting_as)
    mail.outbox.clear()
    assume(None, TODAY)
    renew(network.tokens[-1], network.page, TODAY)
    with acting_as("worker"):
        remind(network.page, LAST_DAY + timedelta(days=3))
        assert not Link.objects.filter(referral=sent.series, reason="reminder").exists()
    assert ["accueil@partenaire.example"] not in [letter.to for letter in mail.outbox]


def test_five_links_a_day_are_renewed_for_a_referral(network: Network, acting_as: Acting) -> None:
    network.sent()
    for _time in range(7):
        aged(acting_as)
        assume(None, TODAY)
        renew(network.tokens[0], network.page, TODAY)
    assert len(network.tokens) == 6


def test_a_link_changes_no_date_of_the_person_or_of_the_team(network: Network) -> None:
    network.sent()
    identify_link(network.tokens[-1], TODAY)
    met = timezone.now() + timedelta(days=2)
    for changes in (
        {"agreed_on": LAST_DAY, "sent_on": LAST_DAY},
        {"sent_on": LAST_DAY},
        {"appointment_at": met, "confirmed_on": TODAY},
        {"fact_on": TODAY},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            revise(reached(), **changes)
    network.counsellor()
    confirmed = revise(reached_current(network), appointment_at=met, confirmed_on=TODAY)
    identify_link(network.tokens[-1], TODAY)
    assert accept(confirmed, partner(confirmed)).confirmed_on == TODAY


def reached_current(network: Network) -> Referral:
    return Referral.objects.current().get(offer=network.offer)
