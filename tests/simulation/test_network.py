"""Drawn partners: nobody's names, where the territory is, said on days that can be; which offer each referral met."""

import re
from collections import Counter
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pytest
from data_inclusion.schema.v1 import Public, Thematique

from convergence.simulation.filing import Filed, file
from convergence.simulation.filing.referrals import BY_PARTNER, BY_TEAM, BY_TIME
from convergence.simulation.names import family_pool
from convergence.simulation.network import Network, networks
from convergence.simulation.network.areas import area_of
from convergence.simulation.network.catalogue import CORE, STEPS, TRADES, WORDS
from convergence.simulation.network.choosing import offers_of
from convergence.simulation.network.tables import Places
from convergence.simulation.parameters import parameters, parameters_from
from convergence.simulation.teams import portfolios
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.domains import Domain
from convergence.vocabulary.needs import NEEDS
from convergence.vocabulary.offers import HealthAccess
from convergence.vocabulary.referrals import PARTNER_REFUSALS, PERSON_REFUSALS
from convergence.vocabulary.sensitive import narrower
from tests.simulation.drawn import SEED, UNTIL, drawn

LAST = np.datetime64("2026-11-20")  # the Friday before


@cache
def made(seed: int = SEED, people: int = 900, until: date = UNTIL) -> tuple[Network, ...]:
    return tuple(networks(parameters(), until, people=people, territories=3, seed=seed))


@pytest.fixture(scope="module")
def met() -> tuple[Filed, Network, Places]:
    """Paris with the offers of its referrals."""
    network = next(networks(parameters(), UNTIL, seed=SEED))
    filed = file(drawn()[0], parameters().means, UNTIL, SEED)
    return filed, network, offers_of(network, filed.records["referrals"])


def same(one: Any, other: Any) -> bool:
    return all(
        a.tolist() == b.tolist()
        for name in ("partners", "branches", "contacts", "offers", "exchanges", "ways")
        for a, b in zip(getattr(one, name), getattr(other, name), strict=True)
    )


def test_the_same_seed_draws_the_same_network_and_another_one_another() -> None:
    again = tuple(networks(parameters(), UNTIL, people=900, territories=3, seed=SEED))
    assert all(same(one, other) for one, other in zip(made(), again, strict=True))
    assert not same(made()[0], next(networks(parameters(), UNTIL, people=900, territories=3, seed=SEED + 1)))


def test_there_is_a_partner_for_five_people_and_a_dozen_where_there_is_nobody() -> None:
    assert [network.territory for network in made()] == [1, 2, 3]
    assert sum(len(network.partners.name) for network in made()) == pytest.approx(900 / 5, abs=2)
    assert [len(network.partners.name) for network in made(people=3)] == [14, 14, 14]
    fewer = parameters_from("[network]\npeople_per_partner = 50\nfewest = 0\n", "essai.toml")
    assert len(next(networks(fewer, UNTIL, people=900, seed=SEED)).partners.name) == 18


@pytest.mark.slow
def test_a_territory_has_no_more_partners_than_there_are_names() -> None:
    more = parameters_from("[network]\npeople_per_partner = 0.001\nexchanges_a_year = 0\n", "essai.toml")
    network = next(networks(more, UNTIL, people=900, seed=SEED))
    assert len(set(network.partners.name.tolist())) == len(network.partners.name) == len(family_pool())


def test_every_name_address_and_number_says_that_it_is_fiction() -> None:
    pool = set(family_pool())

    def fictitious(name: str) -> bool:
        return bool(set(name.replace("-", " ").split(" ")) & pool)

    for network in made():
        begins = tuple(f"{trade.name} " for trades in TRADES.values() for trade in trades)
        for name in network.partners.name:
            assert name.startswith(begins)
            assert fictitious(name)
        assert len(set(network.partners.name.tolist())) == len(network.partners.name)
        assert all(map(fictitious, [*network.contacts.name, *network.branches.address]))
        assert all(site.endswith(".example") for site in network.partners.website)
        assert all(mail.endswith(".example") for mail in [*network.contacts.email, *network.branches.email])
        phones = [*network.contacts.phone, *network.branches.phone]
        assert all(re.fullmatch(r"01 99 00 \d\d \d\d", phone) for phone in phones)
        assert all(re.fullmatch(r"000\d{6}", siren) for siren in network.partners.siren)
        assert len(set(network.branches.siret.tolist())) == len(network.branches.siret)


def test_every_branch_and_site_is_inside_the_territory() -> None:
    for network in made():
        area = area_of(network.territory)
        for where in (network.branches, network.points):
            assert area.holds(where.latitude, where.longitude).all()
    paris, elsewhere = made()[0].branches, made()[1].branches
    assert set(paris.postcode.tolist()) <= {f"750{number:02}" for number in range(1, 21)}
    assert all(re.fullmatch(r"00\d{3}", code) for code in elsewhere.postcode)
    # Two far corners of the whole country, whatever the number of territories.
    areas = [area_of(territory) for territory in range(2, 60)]
    assert max(area.latitude for area in areas) < 48.9
    assert min(area.longitude for area in areas) > 0.3


def test_each_domain_has_offers_since_the_first_day_and_health_ones_whose_name_tells() -> None:
    for network in made(people=3):
        offers, opened = network.offers, network.partners.since[0]
        here = (offers.since == opened) & np.isnat(offers.until)
        assert set(Counter(offers.domain[here].tolist())) == {domain.value for domain in Domain}
        assert min(Counter(offers.domain[here].tolist()).values()) >= 4
        health = here & (offers.domain == Domain.HEALTH.value) & (offers.health_access != "")
        assert health.sum() >= 4
    for network in made():
        told = network.offers.health_access
        assert set(told[told != ""].tolist()) <= set(HealthAccess)
        assert (network.offers.domain[told != ""] == Domain.HEALTH.value).all()
        assert network.partners.sensitive[network.offers.partner[told != ""]].all()


def test_themes_and_publics_are_those_of_data_inclusion() -> None:
    offers = made()[0].offers
    assert {theme for each in offers.themes for theme in each} <= {theme.value for theme in Thematique}
    models = [model for trades in TRADES.values() for trade in trades for model in trade.offers]
    assert {theme for model in models for theme in model.themes} <= {theme.value for theme in Thematique}
    assert {public for model in models for public in model.publics} <= {public.value for public in Public}
    assert {name for _, name in CORE} <= {trade.name for trades in TRADES.values() for trade in trades}


def test_figures_of_places_can_be_and_are_of_all_ages() -> None:
    for network in made():
        said = network.capacities
        assert ((said.free >= 0) & (said.free <= said.places)).all()
        assert (said.free[~np.isnat(said.full_until)] == 0).all()
        stands = np.isnat(said.closed)
        assert Counter(said.offer[stands].tolist()).most_common(1)[0][1] == 1
        assert set(said.offer[stands].tolist()) == set(said.offer.tolist())
        assert (said.said_on <= said.at.astype("datetime64[D]")).all()
        assert (said.closed[~stands] > said.at[~stands]).all()
        assert (said.said_on >= network.offers.since[said.offer]).all()
    said = made()[1].capacities
    ages = (LAST - said.said_on[np.isnat(said.closed)]).astype(int)
    assert (ages >= 0).all()
    assert 0.05 < (ages > 30).mean() < 0.5
    assert len(set(said.offer.tolist())) < len(made()[1].offers.name)


def test_everything_is_of_days_that_can_be() -> None:
    for network in made():
        partners, contacts, offers = network.partners, network.contacts, network.offers
        ended = ~np.isnat(partners.closed_on)
        assert (partners.closed_on[ended] > partners.since[ended]).all()
        open_until = ~np.isnat(offers.until)
        assert (offers.until[open_until] > offers.since[open_until]).all()
        assert (offers.since >= partners.since[offers.partner]).all()
        assert (network.agreements.until > network.agreements.since).all()
        assert (contacts.agreed_how[~np.isnat(contacts.agreed_on)] != "").all()
        assert (contacts.agreed_how[np.isnat(contacts.agreed_on)] == "").all()
        assert (np.bincount(contacts.partner[contacts.main], minlength=len(partners.name)) == 1).all()
        exchanges = network.exchanges
        assert (exchanges.held_on <= exchanges.at.astype("datetime64[D]")).all()
        assert ((exchanges.next_step == "") == np.isnat(exchanges.next_on)).all()
        done = ~np.isnat(exchanges.next_done_on)
        assert (exchanges.next_done_on[done] >= exchanges.held_on[done]).all()
        for at in (contacts.at, exchanges.at, network.capacities.at, network.agreements.at, network.ways.at):
            assert at.max() < LAST + 1
        assert (offers.branch < len(network.branches.name)).all()
        assert (network.branches.partner[offers.branch] == offers.partner).all()
        assert (network.branches.partner[contacts.branch] == contacts.partner).all()


def test_some_partners_were_not_spoken_with_for_long_and_some_steps_are_to_be_taken() -> None:
    network = made()[1]
    spoken = np.full(len(network.partners.name), np.datetime64("1900-01-01"))
    np.maximum.at(spoken, network.exchanges.partner, network.exchanges.held_on)
    assert 0.05 < (spoken < LAST - 180).mean() < 0.7
    left = ~np.isnat(network.exchanges.next_on) & np.isnat(network.exchanges.next_done_on)
    assert left.sum() > 3
    assert (network.exchanges.next_on[left] > LAST - 60).all()


def test_no_word_of_the_network_is_about_anybody() -> None:
    for words in (*WORDS, *STEPS):
        assert not list(narrower(words, Compartment.SOCIAL))


def test_officers_cover_every_domain_between_them_and_no_domain_twice() -> None:
    for officers in range(1, 7):
        covered = [domain for domains in portfolios(officers) for domain in domains]
        assert sorted(covered) == sorted(Domain)
    assert all(portfolios(8))


def test_each_referral_meets_an_offer_of_its_domain_that_there_was(met: tuple[Filed, Network, Places]) -> None:
    filed, network, offers = met
    told = filed.records["referrals"]
    offer = offers[told.series]
    given = offer >= 0
    assert set(told.about["state"][~given].tolist()) == {"asked"}
    assert (network.offers.domain[offer[given]] == told.about["domain"][given]).all()
    assert (network.offers.since[offer[given]] <= told.about["opened_on"][given]).all()
    health = given & (told.about["domain"] == Domain.HEALTH.value)
    assert (network.offers.health_access[offer[health]] != "").all()
    elsewhere = given & ~np.isin(told.about["domain"], [Domain.HEALTH.value, Domain.DISABILITY.value])
    assert (network.offers.health_access[offer[elsewhere]] == "").all()
    open_now = given & np.isnat(told.written.closed) & np.isnat(told.about["ended_on"])
    pairs = list(zip(told.person[open_now].tolist(), offer[open_now].tolist(), strict=True))
    assert len(set(pairs)) == len(pairs)


def test_partners_differ_in_how_readily_they_say_yes(met: tuple[Filed, Network, Places]) -> None:
    filed, network, offers = met
    told = filed.records["referrals"]
    stands = np.isnat(told.written.closed) & (offers[told.series] >= 0)
    openness = network.offers.openness[offers[told.series[stands]]]
    said_yes = ~np.isnat(told.about["accepted_on"][stands])
    said_no = told.about["refused_by"][stands] == "partner"
    assert openness[said_yes].mean() > openness[said_no].mean() + 0.05


def test_referrals_stand_in_every_state_and_never_about_justice(met: tuple[Filed, Network, Places]) -> None:
    told = met[0].records["referrals"]
    stands = np.isnat(told.written.closed)
    assert set(told.about["state"][stands].tolist()) == {
        *("asked", "draft", "proposed", "agreed", "sent", "waiting_list", "accepted", "started"),
        *("completed", "interrupted", "refused", "cancelled", "lapsed"),
    }
    assert set(told.about["refused_by"][stands].tolist()) == {"", "person", "partner"}
    assert set(told.about["need"].tolist()) <= {
        need.code for need in NEEDS.values() if need.compartment is not Compartment.JUSTICE
    }
    for side, reasons in (("person", PERSON_REFUSALS), ("partner", PARTNER_REFUSALS)):
        given = told.about["refusal_reason"][told.about["refused_by"] == side]
        assert set(given.tolist()) <= {reason.value for reason in reasons}
        assert len(set(given.tolist())) > 3
    assert set(told.about["source"].tolist()) == {BY_TEAM, BY_PARTNER, BY_TIME}
    assert ((told.written.by < 0) == (told.about["source"] != BY_TEAM)).all()
    sent = stands & (told.about["state"] == "sent")
    assert ((LAST - told.about["sent_on"][sent]).astype(int) <= 30).all()


def test_each_step_of_a_referral_is_a_version_with_what_was_known_then(met: tuple[Filed, Network, Places]) -> None:
    told = met[0].records["referrals"]
    again = told.series[1:] == told.series[:-1]
    assert (told.written.closed[:-1][again] == told.written.at[1:][again]).all()
    assert np.isnat(told.written.closed[np.r_[~again, True]]).all()
    for name in ("proposed_on", "agreed_on", "sent_on", "accepted_on", "started_on", "ended_on"):
        days = told.about[name]
        assert (days[~np.isnat(days)] <= told.written.at[~np.isnat(days)].astype("datetime64[D]") + 2).all()
        kept = days[1:][again] == days[:-1][again]
        assert (kept | np.isnat(days[:-1][again])).all()


def test_the_dataset_s_referrals_are_all_told_and_a_few_more_are_open(met: tuple[Filed, Network, Places]) -> None:
    filed, _network, _offers = met
    told, table = filed.records["referrals"], drawn()[0].tables["referrals"]
    stands = np.isnat(told.written.closed)
    proposed = stands & ~np.isnat(told.about["proposed_on"])
    hired = np.isin(table["person"], filed.people)
    count = (hired & (table["proposed_on"] <= LAST)).sum()
    assert count > 1000
    assert 5 < proposed.sum() - count < 0.02 * count
    accepted = ~np.isnat(told.about["accepted_on"][stands])
    drawn_so = hired & (table["answer"] == table.codes["answer"].index("accepted")) & (table["answered_on"] <= LAST)
    assert accepted.sum() == drawn_so.sum()


def test_the_partner_reads_nothing_without_an_agreement_and_the_officers_know_whom_they_look_for(
    met: tuple[Filed, Network, Places],
) -> None:
    told, sharings = met[0].records["referrals"], met[0].records["sharings"]
    with_partner = sharings.about["referral"] >= 0
    agreed = set(told.series[told.about["state"] == "agreed"].tolist())
    assert sorted(sharings.about["referral"][with_partner].tolist()) == sorted(agreed)
    officers = set(
        zip(sharings.person[~with_partner].tolist(), sharings.about["domain"][~with_partner].tolist(), strict=True)
    )
    assert len(officers) == (~with_partner).sum()
    asked = told.about["state"] == "asked"
    assert set(zip(told.person[asked].tolist(), told.about["domain"][asked].tolist(), strict=True)) <= officers
    withdrawn = ~np.isnat(sharings.about["withdrawn_on"])
    assert 0 < withdrawn.sum() < 0.2 * with_partner.sum()
    assert (sharings.about["withdrawn_on"][withdrawn] >= sharings.since[withdrawn]).all()
    health = np.isin(sharings.about["domain"], [Domain.HEALTH.value, Domain.DISABILITY.value])
    assert ((sharings.about["compartment"] == Compartment.HEALTH.value) == health).all()


def test_a_young_territory_without_referrals_has_its_network_all_the_same() -> None:
    early = date(2012, 3, 5)
    network = next(networks(parameters(), early, people=1, seed=1))
    assert len(network.partners.name) == 14
    (block,) = drawn(1, early, 1)
    filed = file(block, parameters().means, early, 1)
    assert len(offers_of(network, filed.records["referrals"])) == len(set(filed.records["referrals"].series.tolist()))
