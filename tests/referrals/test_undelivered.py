"""The address of a contact does not work: the referral says so, the team holds the next step, another clears it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from convergence.network.asks import ask_places
from convergence.network.models import Contact
from convergence.network.partners import ContactFacts, correct_contact
from convergence.platform.clock import today
from convergence.platform.errors import Refused
from convergence.platform.identity import assume
from convergence.platform.models import OutgoingMail
from convergence.platform.outbox import send_waiting_mail
from convergence.referrals.models import Referral
from convergence.referrals.reading import lines_of, story_of
from convergence.referrals.recording.answers import accept
from convergence.referrals.recording.team import note_undelivered, send_again
from convergence.referrals.recording.time import lapse, remind
from convergence.vocabulary.referrals import Holder
from convergence.vocabulary.roles import Role
from tests.builders import LONG_AGO, TODAY
from tests.platform.smtp import Server, mail_server
from tests.referrals.conftest import Acting, Network, team
from tests.web.test_referrals import signed_in, text

SAID = "n’a pas pu être remis à l’adresse du contact"


@pytest.fixture(autouse=True)
def the_day(time_machine: Any) -> None:
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    with mail_server() as server:
        settings.EMAIL_BACKEND = "convergence.platform.outbox.OutboxBackend"
        settings.MAIL_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


def change_address(network: Network, acting_as: Acting, email: str) -> None:
    with acting_as("maint"):
        Contact.objects.filter(series=network.contact).update(email=email)


def post_leaves(acting_as: Acting) -> None:
    assume(None, today())
    with acting_as("worker"):
        send_waiting_mail()


def contact(network: Network) -> Contact:
    return Contact.objects.current().get(series=network.contact)


def test_a_letter_refused_for_good_gives_the_next_step_to_the_team_and_another_address_clears_it(
    network: Network, acting_as: Acting, server: Server
) -> None:
    change_address(network, acting_as, "accueil@refused.example")
    sent = network.sent()
    post_leaves(acting_as)
    network.counsellor()
    now = Referral.objects.current().get(series=sent.series)
    (line,) = lines_of([now], TODAY)
    assert (now.undelivered_on, now.source, now.recorded_by) == (TODAY, "mail", None)
    assert (line.step.holder, line.lapses_on, now.state) == (Holder.COUNSELLOR, None, "sent")
    assert story_of(now).moments[0].words == "Le message n’a pas pu être remis"
    assert contact(network).refused_on == TODAY
    with pytest.raises(Refused):
        send_again(now, network.contact, network.page, team(now))
    # Nobody is reminded at a dead address, and no silence is held against the partner.
    later = TODAY + timedelta(days=40)
    assume(None, later)
    with acting_as("worker"):
        assert sent.series not in waiting_series(network, acting_as, later)
    network.officer()
    facts = ContactFacts("Léa Factice", email="lea@accepted.example", agreed_on=LONG_AGO, agreed_how="spoken")
    assert correct_contact(contact(network), facts, today=TODAY).refused_on is None
    network.counsellor()
    send_again(now, network.contact, network.page, team(now))
    post_leaves(acting_as)
    assert server.accepted == ["lea@accepted.example"]
    network.counsellor()
    (line,) = lines_of([Referral.objects.current().get(series=sent.series)], TODAY)
    assert (line.step.holder, line.lapses_on) == (Holder.PARTNER, TODAY + timedelta(days=30))


def waiting_series(network: Network, acting_as: Acting, on: Any) -> list[Any]:
    """Referrals that a night reminds of or closes."""
    remind(network.page, on), lapse(on)
    with acting_as("maint"):
        return list(Referral.objects.filter(source="time").values_list("series", flat=True))


def test_an_answer_clears_it_and_a_refusal_of_an_earlier_address_says_nothing(
    network: Network, acting_as: Acting, server: Server
) -> None:
    change_address(network, acting_as, "accueil@refused.example")
    sent = network.sent()
    change_address(network, acting_as, "lea@accepted.example")
    send_again(sent, network.contact, network.page, team(sent))
    post_leaves(acting_as)
    network.counsellor()
    assert Referral.objects.current().get(series=sent.series).undelivered_on is None
    assert contact(network).refused_on is None
    noted = note_undelivered(sent, team(sent))
    assert contact(network).refused_on == TODAY
    assert accept(noted, team(noted)).undelivered_on is None


def test_the_question_about_places_marks_the_address_too(network: Network, acting_as: Acting, server: Server) -> None:
    change_address(network, acting_as, "accueil@refused.example")
    network.officer()
    assert len(ask_places([network.offer.pk], "Équipe fictive", network.page, today=TODAY).asks) == 1
    post_leaves(acting_as)
    network.officer()
    assert contact(network).refused_on == TODAY
    again = ask_places([network.offer.pk], "Équipe fictive", network.page, today=TODAY + timedelta(days=1))
    assert [partner.pk for partner in again.unreachable] == [network.offer.partner_id]
    with acting_as("maint"):
        assert OutgoingMail.objects.get(about__startswith="places:").sealed is None


def test_the_buttons_say_it_when_the_answer_came_back_by_e_mail(network: Network) -> None:
    users = network.world.users
    officer, counsellor = signed_in(users[Role.PARTNERSHIP_OFFICER]), signed_in(users[Role.COUNSELLOR])
    sent = network.sent()
    page = reverse("referral", args=[sent.person_id, sent.pk])
    assert "L’adresse ne marche pas" in text(counsellor.get(page))
    said = counsellor.post(
        reverse("address-does-not-work", args=[sent.person_id, sent.pk]), {"seen_version": str(sent.pk)}, follow=True
    )
    assert SAID in text(said)
    partner = reverse("partner", args=[network.offer.partner_id])
    assert "adresse qui ne marche pas, depuis le" in text(officer.get(partner))
    network.officer()
    officer.post(reverse("partner-contact-address", args=[contact(network).pk]))
    assert "adresse qui ne marche pas" not in text(officer.get(partner))
