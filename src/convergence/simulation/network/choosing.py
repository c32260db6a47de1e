"""Which offer each referral went to: one of its domain that there was on the day, those often chosen more often."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from convergence.simulation.filing.desk import Places, Records
from convergence.simulation.network.tables import Network
from convergence.vocabulary.domains import Domain
from convergence.vocabulary.referrals import ReferralState, RefusedBy

_S = ReferralState


def offers_of(network: Network, referrals: Records) -> Places:
    """The place of an offer of the network for each fact of ``referrals``; -1 while one is looked for.

    Partners that say yes readily are more often those that did. An offer of the domain of health is always a desk
    whose name tells of it, and nobody has two open referrals to one offer.
    """
    first, latest = _first_and_latest(referrals.series)
    about = referrals.about
    domains, days = about["domain"][first], about["opened_on"][first]
    said_yes = ~np.isnat(about["accepted_on"][latest])
    said_no = (about["refused_by"][latest] == RefusedBy.PARTNER.value) | (about["state"][latest] == _S.LAPSED.value)
    chance = about["chance"][first]
    found = np.full(len(first), -1)
    for domain in np.unique(domains.astype(str)).tolist():
        rows = np.flatnonzero(domains == domain)
        offers = _chosen_among(network, domain)
        openness = network.offers.openness[offers]
        for asked, weights in (
            (rows[said_yes[rows]], openness),
            (rows[said_no[rows]], 1 - openness),
            (rows[~said_yes[rows] & ~said_no[rows]], np.ones(len(offers))),
        ):
            ends = np.cumsum(network.offers.pull[offers] * weights)
            there = np.searchsorted(network.offers.since[offers], days[asked], side="right")
            total = ends[np.maximum(there, 1) - 1]
            found[asked] = offers[np.minimum(np.searchsorted(ends, chance[asked] * total), len(offers) - 1)]
    found[about["state"][latest] == _S.ASKED.value] = -1
    return _one_open_each(network, referrals.person[first], np.isnat(about["ended_on"][latest]), domains, found)


def _chosen_among(network: Network, domain: str) -> NDArray[np.int64]:
    """Offers of a domain that still stand, the oldest first."""
    offers = network.offers
    stands = (offers.domain == domain) & np.isnat(offers.until)
    if domain == Domain.HEALTH.value:
        stands &= offers.health_access != ""
    rows = np.flatnonzero(stands)
    return rows[np.argsort(offers.since[rows], kind="stable")]


def _one_open_each(
    network: Network, person: Places, is_open: NDArray[np.bool_], domains: NDArray[np.object_], found: Places
) -> Places:
    """Another offer of the domain for the second of two open referrals of somebody to the same one."""
    rows = np.flatnonzero(is_open & (found >= 0))
    rows = rows[np.lexsort((found[rows], person[rows]))]
    twice = [
        other for one, other in pairwise(rows.tolist()) if person[one] == person[other] and found[one] == found[other]
    ]
    for row in twice:
        taken = found[rows[person[rows] == person[row]]]
        others = _chosen_among(network, domains[row])
        found[row] = others[~np.isin(others, taken)][0]
    return found


def _first_and_latest(series: Places) -> tuple[Places, Places]:
    """The first and last row of each fact, whose rows stand together, in order."""
    starts = np.flatnonzero(np.r_[True, series[1:] != series[:-1]][: len(series)])
    return starts, np.r_[starts[1:], len(series)][: len(starts)] - 1
