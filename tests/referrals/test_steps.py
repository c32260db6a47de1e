"""A referral goes from the counsellor to the officer, to the partner's link, to what became of it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, transaction

from convergence.network.models import Contact, Hold
from convergence.network.places import Figures, Speaker, say_places
from convergence.people.models import Sharing
from convergence.people.sharing.reading import standing_with_partner
from convergence.people.sharing.recording import withdraw_agreement
from convergence.platform.dated import revise
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.platform.identity import assume
from convergence.referrals.models import Link, Referral, ReferralNote, Share
from convergence.referrals.recording.answers import (
    accept,
    finish,
    propose_date,
    put_on_waiting_list,
    refuse_for_partner,
    start,
)
from convergence.referrals.recording.facts import confirm_fact, fact_meant
from convergence.referrals.recording.links import identify_link
from convergence.referrals.recording.team import (
    agree,
    ask_officers,
    cancel,
    confirm_date,
    draft,
    offer_place,
    refuse_for_person,
    send,
    send_again,
    undo,
    withdraw_sharing,
)
from convergence.referrals.sharing import Shared, lines_offered
from convergence.situations.models import Situation
from convergence.situations.recording import record_situation
from convergence.territories.models import Territory
from convergence.vocabulary.roles import Role
from tests.builders import TODAY
from tests.referrals.conftest import CONSENT, Acting, Network, make_offer, team

TOMORROW = TODAY + timedelta(days=1)
WRITTEN = ["social", "work", "health", "identity", "contact"]


def test_a_need_goes_from_the_counsellor_to_the_officer_and_to_keys_handed_over(network: Network) -> None:
    network.counsellor()
    asked = ask_officers(
        network.world.anouk.pk, network.world.site, "housing", CONSENT, "Un studio, près du chantier.", TODAY
    )
    network.officer()
    seen = Referral.objects.current().get(series=asked.series)
    assert ReferralNote.objects.get(referral=asked.series).words == "Un studio, près du chantier."
    drafted = offer_place(seen, network.offer, team(seen))
    network.counsellor()
    agreed = agree(drafted, ["name"], "", CONSENT, team(drafted))
    sent = send(agreed, network.contact, network.page, team(agreed))
    assert [letter.to for letter in mail.outbox] == [["accueil@partenaire.example"]]
    accepted = accept(sent, team(sent))
    begun = start(accepted, TODAY, team(accepted))
    suggestion = fact_meant(begun, WRITTEN)
    assert suggestion is not None
    assert suggestion.on == TODAY
    assert "housing:social_residence" in dict(suggestion.choices)
    before = Situation.objects.current().get(person=begun.person, aspect="housing")
    assert before.value == "third_party"
    fact = confirm_fact(begun, "housing:social_residence", TODAY, team(begun), WRITTEN)
    assert fact is not None
    assert Situation.objects.current().valid_on(TODAY).get(person=begun.person, aspect="housing") == fact
    settled = Referral.objects.current().get(series=asked.series)
    assert fact_meant(settled, WRITTEN) is None
    ended = finish(settled, TODAY, team(settled), completed=True)
    steps = Referral.objects.filter(series=asked.series).order_by("pk").values_list("state", flat=True)
    assert list(steps) == ["asked", "draft", "agreed", "sent", "accepted", "started", "started", "completed"]
    assert ended.since == TODAY
    assert Hold.objects.current().get(referral=asked.series).firm


def test_what_the_partner_will_see_is_chosen_among_what_is_known_and_frozen(network: Network) -> None:
    referral = network.agreed()
    share = Share.objects.current().get(referral=referral.series)
    shared = Shared.of(share.content)
    assert [(line.code, line.text) for line in shared.lines] == [
        ("name", "Anouk Fictive"),
        ("housing", "Chez un tiers"),
    ]
    assert (shared.sender, shared.message) == ("Chantier des Saules", "Bonjour, voici Anouk.")
    Situation.objects.current().filter(person=referral.person, aspect="housing").update(superseded_at=datetime.now(UTC))
    assert "housing" not in {line.code for line in lines_offered(referral.person_id, TODAY)}
    assert Shared.of(Share.objects.current().get(referral=referral.series).content) == shared


@pytest.mark.parametrize("codes", [[], ["judicial_constraint"], ["name", "name of her mother"]])
def test_nothing_is_shared_that_was_not_chosen_in_the_list(network: Network, codes: list[str]) -> None:
    drafted = network.drafted()
    with pytest.raises(Refused):
        agree(drafted, codes, "", CONSENT, team(drafted))
    assert not Share.objects.filter(referral=drafted.series).exists()
    assert Referral.objects.current().get(series=drafted.series).state == "draft"


def test_a_refusal_by_the_person_and_one_by_the_partner_are_told_apart(network: Network) -> None:
    sent = network.sent()
    by_person = refuse_for_person(sent, "too_far", TODAY, team(sent))
    assert (by_person.refused_by, by_person.refusal_reason) == ("person", "too_far")
    assert Link.objects.current().get(referral=sent.series).shut_on == TODAY
    again = network.sent()
    by_partner = refuse_for_partner(again, "no_place", team(again))
    assert (by_partner.refused_by, by_partner.refusal_reason) == ("partner", "no_place")
    assert not Hold.objects.current().filter(referral__in=[sent.series, again.series]).exists()
    third = network.sent()
    with pytest.raises(Refused):
        refuse_for_person(third, "no_place", TODAY, team(third))
    with pytest.raises(Refused):
        refuse_for_partner(third, "too_expensive", team(third))


def test_a_step_on_what_another_changed_meanwhile_is_refused(network: Network) -> None:
    sent = network.sent()
    accept(sent, team(sent))
    with pytest.raises(ChangedMeanwhile) as told:
        refuse_for_partner(sent, "no_place", team(sent))
    assert told.value.fresh.state == "accepted"


def test_what_is_over_says_since_when(network: Network) -> None:
    sent = network.sent()
    refused = refuse_for_partner(sent, "no_place", team(sent))
    with pytest.raises(Refused, match=r"terminée depuis le 23/11/2026 \(refusée\)"):
        accept(refused, team(refused))


def test_the_partner_is_full_then_proposes_a_day_that_the_team_confirms(network: Network) -> None:
    sent = network.sent()
    listed = put_on_waiting_list(sent, team(sent), full_until=TOMORROW)
    assert (listed.state, listed.full_until, listed.answered_on) == ("waiting_list", TOMORROW, TODAY)
    assert not Hold.objects.current().filter(referral=sent.series).exists()
    at = datetime(2026, 12, 1, 10, tzinfo=UTC)
    dated = propose_date(listed, at, team(listed))
    assert (dated.state, dated.confirmed_on) == ("waiting_list", None)
    assert confirm_date(dated, team(dated)).confirmed_on == TODAY
    with pytest.raises(Refused, match="jour à venir"):
        propose_date(dated, datetime(2026, 11, 1, tzinfo=UTC), team(dated))


def test_the_last_place_is_not_sent_to_twice(network: Network, acting_as: Acting) -> None:
    first = network.agreed()
    say_places(network.offer.pk, Figures(free=1), Speaker("officer"), TODAY, today=TODAY)
    send(first, network.contact, network.page, team(first))
    assume(network.world.elsewhere[Role.COUNSELLOR].pk, TODAY)
    other = draft(network.world.sami.pk, network.world.other_site, "housing", network.offer, TODAY)
    agreed = agree(other, ["name"], "", CONSENT, team(other))
    with pytest.raises(Refused, match="plus de place libre"):
        send(agreed, network.contact, network.page, team(agreed))
    assert Referral.objects.current().get(series=other.series).state == "agreed"


def test_no_letter_leaves_without_the_contacts_consent_or_the_persons(network: Network, acting_as: Acting) -> None:
    agreed = network.agreed()
    with acting_as("maint"):
        Contact.objects.update(agreed_on=None, agreed_how="")
    with pytest.raises(Refused, match="n’a pas donné son accord"):
        send(agreed, network.contact, network.page, team(agreed))
    sent = send(agreed, None, network.page, team(agreed))
    assert sent.state == "sent"
    with pytest.raises(Refused):
        send_again(sent, network.contact, network.page, team(sent))
    assert mail.outbox == []


def test_the_last_step_is_taken_back_with_what_it_did(network: Network) -> None:
    sent = network.sent()
    back = undo(sent, team(sent))
    assert back is not None
    assert (back.state, back.sent_on) == ("agreed", None)
    assert Link.objects.current().get(referral=sent.series).shut_on == TODAY
    assert not Hold.objects.current().filter(referral=sent.series).exists()
    with pytest.raises(Refused, match="ne se reprend pas"):
        undo(back, team(back))
    assert standing_with_partner(sent.series) is not None


def test_taking_back_an_agreement_withdraws_what_was_frozen(network: Network) -> None:
    agreed = network.agreed()
    back = undo(agreed, team(agreed))
    assert back is not None
    assert back.state == "draft"
    assert standing_with_partner(agreed.series) is None
    assert not Share.objects.current().filter(referral=agreed.series).exists()
    cancel(back, team(back))
    first = network.drafted()
    assert undo(first, team(first)) is None
    assert not Referral.objects.current().filter(series=first.series).exists()


def test_a_cancelled_referral_frees_its_place(network: Network) -> None:
    sent = network.sent()
    assert cancel(sent, team(sent)).state == "cancelled"
    assert not Hold.objects.current().filter(referral=sent.series).exists()


def test_a_referral_keeps_its_object(network: Network) -> None:
    drafted = network.drafted()
    for changes in ({"need": "mobility"}, {"site": network.world.other_site}, {"domain": "rights"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            revise(drafted, **changes)


def test_one_demand_at_a_time_to_an_offer(network: Network) -> None:
    network.drafted()
    with pytest.raises(DatabaseError, match="referral_once_to_an_offer"), transaction.atomic():
        network.drafted()


@pytest.mark.parametrize("need", ["justice", "unknown"])
def test_judicial_constraints_are_told_to_no_partner(network: Network, need: str) -> None:
    network.counsellor()
    with pytest.raises(Refused):
        draft(network.world.anouk.pk, network.world.site, need, network.offer, TODAY)
    with pytest.raises(Refused):
        ask_officers(network.world.anouk.pk, network.world.site, need, CONSENT, "", TODAY)


def test_an_offer_whose_name_tells_of_health_makes_the_referral_one_of_health(
    network: Network, acting_as: Acting
) -> None:
    with acting_as("maint"):
        lhss, _contact = make_offer(network.world.territory, "Halte Fictive", health_access="lhss")
    network.counsellor()
    made = draft(network.world.anouk.pk, network.world.site, "housing", lhss, TODAY)
    assert (made.compartment, made.domain, made.need) == ("health", "health", "housing")
    asked = ask_officers(network.world.anouk.pk, network.world.site, "housing", CONSENT, "", TODAY)
    with pytest.raises(Refused, match="santé"):
        offer_place(asked, lhss, team(asked))


def test_what_is_offered_for_a_disability_tells_of_it_whatever_the_need(network: Network, acting_as: Acting) -> None:
    with acting_as("maint"):
        offer, _contact = make_offer(network.world.territory, "Appui Fictif", domain="disability", kind="job")
    network.counsellor()
    made = draft(network.world.anouk.pk, network.world.site, "finding_a_job", offer, TODAY)
    assert (made.compartment, made.domain, made.need) == ("health", "disability", "finding_a_job")
    asked = ask_officers(network.world.anouk.pk, network.world.site, "finding_a_job", CONSENT, "", TODAY)
    with pytest.raises(Refused, match="santé"):
        offer_place(asked, offer, team(asked))


def test_an_offer_of_another_territory_is_refused(network: Network, acting_as: Acting) -> None:
    with acting_as("maint"):
        abroad, _contact = make_offer(Territory.objects.create(name="Ailleurs Fictif"))
    network.counsellor()
    with pytest.raises(Refused, match="autre territoire"):
        draft(network.world.anouk.pk, network.world.site, "housing", abroad, TODAY)


@pytest.mark.parametrize("on", [TOMORROW, TODAY - timedelta(days=40)])
def test_a_day_that_cannot_be_is_refused(network: Network, on: date) -> None:
    sent = network.sent()
    accepted = accept(sent, team(sent))
    with pytest.raises((Refused, DatabaseError)), transaction.atomic():
        start(accepted, on, team(accepted))


def test_a_start_that_changed_nothing_is_said_so_once(network: Network) -> None:
    sent = network.sent()
    accepted = accept(sent, team(sent))
    begun = start(accepted, TODAY, team(accepted))
    with pytest.raises(Refused):
        confirm_fact(begun, "housing:street", TODAY, team(begun), WRITTEN)
    assert fact_meant(begun, ["health"]) is None
    assert confirm_fact(begun, "", TODAY, team(begun), WRITTEN) is None
    assert Referral.objects.current().get(series=sent.series).fact_on == TODAY


def test_an_officer_reads_the_referrals_of_her_domain_while_the_person_agrees(
    network: Network, acting_as: Acting
) -> None:
    quiet = network.agreed()
    network.counsellor()
    asked = ask_officers(network.world.anouk.pk, network.world.site, "mobility", CONSENT, "Le permis.", TODAY)
    network.officer()
    assert [row.series for row in Referral.objects.current()] == [asked.series]
    assert quiet.series != asked.series
    network.counsellor()
    withdraw_agreement(Sharing.objects.current().get(recipient="officers"), TODAY)
    network.officer()
    assert not Referral.objects.exists()
    assert not ReferralNote.objects.exists()


@pytest.mark.parametrize("role", [Role.SITE_MANAGER, Role.WORK_SUPERVISOR, Role.FUNDER, Role.ADMINISTRATOR])
def test_no_other_role_reads_a_referral(network: Network, role: Role) -> None:
    network.sent()
    assume(network.world.users[role].pk, TODAY)
    assert [model.objects.count() for model in (Referral, Share, Link, ReferralNote)] == [0, 0, 0, 0]


def test_the_officers_are_asked_once_for_a_need_at_a_time(network: Network) -> None:
    network.counsellor()
    about = (network.world.anouk.pk, network.world.site, "housing", CONSENT, "", TODAY)
    asked = ask_officers(*about)
    with pytest.raises(Refused, match="cherche déjà"):
        ask_officers(*about)
    cancel(asked, team(asked))
    assert ask_officers(*about).state == "asked"


def test_what_tells_of_health_is_not_read_by_the_officers_of_another_domain(network: Network) -> None:
    network.counsellor()
    anouk, site = network.world.anouk, network.world.site
    record_situation(anouk.pk, "rqth", "granted", TODAY, today=TODAY)
    shares = []
    for need, codes in (("finding_a_job", ["name", "rqth"]), ("housing", ["name"])):
        asked = ask_officers(anouk.pk, site, need, CONSENT, "", TODAY)
        agreed = agree(found := offer_place(asked, network.offer, team(asked)), codes, "", CONSENT, team(found))
        sent = send(agreed, network.contact, network.page, team(agreed))
        shares.append(sent.series)
        # Only one referral of hers to an offer goes on at a time.
        if need == "finding_a_job":
            cancel(sent, team(sent))
    read = Share.objects.filter(referral__in=shares)
    assert [share.compartment for share in read.order_by("pk")] == ["health", "social"]
    network.officer()
    assert Referral.objects.current().filter(series__in=shares).count() == 2
    assert [share.compartment for share in read] == ["social"]


def test_the_partner_reads_all_that_was_chosen_for_it(network: Network) -> None:
    network.counsellor()
    record_situation(network.world.anouk.pk, "rqth", "granted", TODAY, today=TODAY)
    drafted = network.drafted()
    send(row := agree(drafted, ["rqth"], "", CONSENT, team(drafted)), network.contact, network.page, team(row))
    assert identify_link(network.tokens[-1], TODAY) is not None
    assert [line.code for line in Shared.of(Share.objects.get().content).lines] == ["rqth"]


def test_a_step_is_not_taken_back_into_an_agreement_that_was_withdrawn(network: Network) -> None:
    sent = network.sent()
    withdraw_sharing(sent, TODAY)
    ended = Referral.objects.current().get(series=sent.series)
    with pytest.raises(Refused, match="retiré"):
        undo(ended, team(ended))
    assert Referral.objects.current().get(series=sent.series).state == "cancelled"
    assert not Hold.objects.current().filter(referral=sent.series).exists()
