"""Writes the network of a territory: partners, their branches and contacts, what they offer, say and agree on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from django.db import connection, models
from numpy.typing import NDArray

from convergence.cli.demo import columns as to
from convergence.cli.demo.columns import Texts, copy
from convergence.network.models import (
    Agreement,
    Branch,
    Capacity,
    Contact,
    Exchange,
    Offer,
    Partner,
    SitePoint,
    Travel,
)
from convergence.platform.sealing import seal_for_instance
from convergence.simulation.moments import Days, Moments
from convergence.simulation.network import Network
from convergence.simulation.network.tables import Numbers, Places

WRITTEN_OF_NETWORK = (Partner, Branch, Contact, Agreement, Offer, Capacity, Exchange, SitePoint, Travel)
"""Tables filled by COPY."""


@dataclass(frozen=True)
class Officer:
    """Who holds one officer's post of a territory, one account after the other: first days, primary keys of users."""

    since: Days
    users: NDArray[np.int64]

    def on(self, moments: Moments) -> NDArray[np.int64]:
        """The user at each moment; the first one before any."""
        found = np.searchsorted(self.since, moments.astype("datetime64[D]"), side="right") - 1
        return np.asarray(self.users[np.maximum(found, 0)])


@dataclass(frozen=True)
class WrittenNetwork:
    """A network in the database.

    :ivar territory: primary key. :ivar offers: primary keys of its offers, in their order.
    :ivar letters: for each offer, where its partner's first contact is written to; empty without consent.
    """

    network: Network
    territory: int
    offers: NDArray[np.int64]
    letters: Texts


def write_network(
    network: Network, territory: int, sites: dict[int, int], officers: list[Officer], source: str
) -> WrittenNetwork:
    """Into tables set aside, by COPY.

    :param territory: primary key; ``sites``: those of the sites, by their keys in the layout.
    """
    return _Writing(network, territory, sites, officers, source).written()


class _Writing:
    def __init__(
        self, network: Network, territory: int, sites: dict[int, int], officers: list[Officer], source: str
    ) -> None:
        self._network, self._territory, self._sites = network, territory, sites
        self._officers, self._source = officers, source

    def written(self) -> WrittenNetwork:
        self._partners()
        self._branches()
        self._contacts()
        self._agreements()
        self._offers()
        self._capacities()
        self._exchanges()
        self._ways()
        contacts, offers = self._network.contacts, self._network.offers
        agreed = np.where(np.isnat(contacts.agreed_on), "", contacts.email)
        first = np.flatnonzero(contacts.main)
        return WrittenNetwork(self._network, self._territory, self._offer_keys, agreed[first[offers.partner]].tolist())

    def _partners(self) -> None:
        partners = self._network.partners
        copy(
            Partner,
            {
                **self._here(len(partners.name)),
                "name": to.words(partners.name),
                "kind": to.codes(partners.kind),
                "domains": _lists(partners.domains),
                "sensitive": to.flags(partners.sensitive.astype(np.int8)),
                "siren": to.codes(partners.siren),
                "website": to.codes(partners.website),
                "since": to.days(partners.since),
                "closed_on": to.days(partners.closed_on),
            },
        )
        self._partner_keys = self._keys(Partner)

    def _branches(self) -> None:
        branches = self._network.branches
        copy(
            Branch,
            {
                **self._of_partner(branches.partner),
                "name": to.words(branches.name),
                "siret": to.codes(branches.siret),
                "address": to.words(branches.address),
                "postcode": to.codes(branches.postcode),
                "commune": to.words(branches.commune),
                "insee": to.codes(branches.insee),
                "latitude": to.numbers(branches.latitude),
                "longitude": to.numbers(branches.longitude),
                "phone": to.codes(branches.phone),
                "email": to.codes(branches.email),
            },
        )
        self._branch_keys = self._keys(Branch)

    def _contacts(self) -> None:
        contacts = self._network.contacts
        self._contact_series = np.array(to.fresh(len(contacts.name)), dtype=object)
        copy(
            Contact,
            {
                **self._of_partner(contacts.partner),
                **self._version(contacts.partner, contacts.at),
                "series": to.codes(self._contact_series),
                "branch_id": to.numbers(self._branch_keys[contacts.branch]),
                "name": to.words(contacts.name),
                "function": to.words(contacts.function),
                "email": to.codes(contacts.email),
                "phone": to.codes(contacts.phone),
                "agreed_on": to.days(contacts.agreed_on),
                "agreed_how": to.codes(contacts.agreed_how),
                "main": to.flags(contacts.main.astype(np.int8)),
            },
        )

    def _agreements(self) -> None:
        agreements = self._network.agreements
        partner = agreements.partner
        copy(
            Agreement,
            {
                **self._of_partner(partner),
                **self._version(partner, agreements.at),
                "series": to.fresh(len(partner)),
                "subject": to.words(agreements.subject),
                "domains": _lists(self._network.partners.domains[partner]),
                "signed_on": to.days(agreements.signed_on),
                "reserved_places": to.counts(agreements.reserved_places),
                "contact": to.codes(self._contact_series[agreements.contact]),
                "renewal": to.codes(agreements.renewal),
                "notice_months": to.counts(agreements.notice_months),
                "valid": to.periods(agreements.since, agreements.until),
            },
        )

    def _offers(self) -> None:
        offers = self._network.offers
        count = len(offers.name)
        copy(
            Offer,
            {
                **self._of_partner(offers.partner),
                "branch_id": to.numbers(self._branch_keys[offers.branch]),
                "domain": to.codes(offers.domain),
                "kind": to.codes(offers.kind),
                "health_access": to.codes(offers.health_access),
                "name": to.words(offers.name),
                "description": to.always("", count),
                "conditions": to.words(offers.conditions),
                "publics": _lists(offers.publics),
                "themes": _lists(offers.themes),
                "area_insee": to.always("{}", count),
                "open_over": to.periods(offers.since, offers.until),
            },
        )
        self._offer_keys = self._keys(Offer)

    def _capacities(self) -> None:
        said = self._network.capacities
        partner = self._network.offers.partner[said.offer]
        copy(
            Capacity,
            {
                **self._here(len(said.offer)),
                **self._version(partner, said.at),
                "superseded_at": to.moments(said.closed),
                "series": to.series(said.offer),
                "offer_id": to.numbers(self._offer_keys[said.offer]),
                "places": to.counts(said.places),
                "unit": to.codes(said.unit),
                "free": to.counts(said.free),
                "waiting_days": to.counts(said.waiting_days),
                "full_until": to.days(said.full_until),
                "said_by": to.codes(said.said_by),
                "said_by_name": to.words(said.said_by_name),
                "said_on": to.days(said.said_on),
            },
        )

    def _exchanges(self) -> None:
        exchanges = self._network.exchanges
        copy(
            Exchange,
            {
                **self._of_partner(exchanges.partner),
                **self._version(exchanges.partner, exchanges.at),
                "series": to.fresh(len(exchanges.partner)),
                "contact": to.codes(self._contact_series[exchanges.contact]),
                "held_on": to.days(exchanges.held_on),
                "kind": to.codes(exchanges.kind),
                "words": _sealed("words", exchanges.words),
                "next_step": _sealed("next_step", exchanges.next_step),
                "next_on": to.days(exchanges.next_on),
                "next_done_on": to.days(exchanges.next_done_on),
            },
        )

    def _ways(self) -> None:
        points, ways = self._network.points, self._network.ways
        copy(
            SitePoint,
            {
                **self._here(len(points.site)),
                "site_id": to.chosen(self._sites, points.site),
                "latitude": to.numbers(points.latitude),
                "longitude": to.numbers(points.longitude),
            },
        )
        copy(
            Travel,
            {
                **self._here(len(ways.site)),
                **self._version(self._network.branches.partner[ways.branch], ways.at),
                "series": to.fresh(len(ways.site)),
                "site_id": to.chosen(self._sites, ways.site),
                "branch_id": to.numbers(self._branch_keys[ways.branch]),
                "minutes": to.numbers(ways.minutes),
                "said_by": to.always("calculateur d’itinéraires", len(ways.site)),
            },
        )

    def _here(self, count: int) -> dict[str, Texts]:
        return {"territory_id": to.always(str(self._territory), count)}

    def _of_partner(self, partner: Places) -> dict[str, Texts]:
        return {**self._here(len(partner)), "partner_id": to.numbers(self._partner_keys[partner])}

    def _version(self, partner: Places, at: Moments) -> dict[str, Texts]:
        """Written by the officer who looks after the partner, whoever held the post at that moment."""
        looks_after = self._network.partners.officer[partner]
        by = np.empty(len(partner), dtype=np.int64)
        for place, officer in enumerate(self._officers):
            rows = looks_after == place
            by[rows] = officer.on(at[rows])
        return {
            "recorded_at": to.moments(at),
            "recorded_by_id": to.numbers(by),
            "source": to.always(self._source, len(partner)),
        }

    def _keys(self, model: type[models.Model]) -> NDArray[np.int64]:
        """Primary keys of the territory's rows, in the order in which they were copied: the database counts them."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT id FROM {model._meta.db_table} WHERE territory_id = %s ORDER BY id",  # noqa: S608 (ours)
                [self._territory],
            )
            return np.array([key for (key,) in cursor.fetchall()], dtype=np.int64)


def _lists(values: Numbers) -> Texts:
    """Lists of codes."""
    return [f"{{{','.join(each)}}}" for each in values.tolist()]


def _sealed(column: str, texts: Iterable[str]) -> Texts:
    place = f"{Exchange._meta.db_table}.{column}"
    return to.sealed(seal_for_instance(text, place) if text else None for text in texts)
