"""The network of one territory as columns: what the application's tables hold, by places instead of keys."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from convergence.simulation.moments import Days, Moments
from convergence.simulation.names import Texts

Places = NDArray[np.int64]
Numbers = NDArray[Any]


class Partners(NamedTuple):
    """``domains``: lists of codes; ``officer``: which officer of the territory looks after it, from 0."""

    name: Texts
    kind: Texts
    domains: Numbers
    sensitive: NDArray[np.bool_]
    siren: Texts
    website: Texts
    since: Days
    closed_on: Days
    officer: Places


class Branches(NamedTuple):
    """Bodies and antennas, those of a partner together, the first one first."""

    partner: Places
    name: Texts
    siret: Texts
    address: Texts
    postcode: Texts
    commune: Texts
    insee: Texts
    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    phone: Texts
    email: Texts


class Contacts(NamedTuple):
    """People who work at partners; ``agreed_on`` NaT for those who did not agree to be contacted."""

    partner: Places
    branch: Places
    name: Texts
    function: Texts
    email: Texts
    phone: Texts
    agreed_on: Days
    agreed_how: Texts
    main: NDArray[np.bool_]
    at: Moments


class Agreements(NamedTuple):
    """``contact``: place among the contacts; ``reserved_places`` -1 where none is said."""

    partner: Places
    subject: Texts
    signed_on: Days
    reserved_places: Places
    contact: Places
    renewal: Texts
    notice_months: Places
    since: Days
    until: Days
    at: Moments


class Offers(NamedTuple):
    """``until``: first day on which it is no longer offered, NaT while it is; ``most``: places at its largest.

    ``pull``: how often it is chosen; ``openness``: how readily its partner says yes, from 0 to 1.
    """

    partner: Places
    branch: Places
    domain: Texts
    kind: Texts
    health_access: Texts
    name: Texts
    conditions: Texts
    publics: Numbers
    themes: Numbers
    unit: Texts
    most: Places
    since: Days
    until: Days
    pull: NDArray[np.float64]
    openness: NDArray[np.float64]


class Capacities(NamedTuple):
    """Figures said of offers, the later ones in place of the earlier; numbers are -1 where nobody said."""

    offer: Places
    places: Places
    unit: Texts
    free: Places
    waiting_days: Places
    full_until: Days
    said_by: Texts
    said_by_name: Texts
    said_on: Days
    at: Moments
    closed: Moments


class Exchanges(NamedTuple):
    """Calls, e-mails, meetings; ``next_on`` NaT without a next step, ``next_done_on`` until it is taken."""

    partner: Places
    contact: Places
    held_on: Days
    kind: Texts
    words: Texts
    next_step: Texts
    next_on: Days
    next_done_on: Days
    at: Moments


class Ways(NamedTuple):
    """Minutes by public transport from some sites (keys of the layout) to some branches."""

    site: Places
    branch: Places
    minutes: Places
    at: Moments


class Points(NamedTuple):
    """Where the territory's sites are (keys of the layout)."""

    site: Places
    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]


@dataclass(frozen=True)
class Network:
    """Everything about the partners of a territory, and nothing about anybody whom the scheme supports."""

    territory: int
    partners: Partners
    branches: Branches
    contacts: Contacts
    agreements: Agreements
    offers: Offers
    capacities: Capacities
    exchanges: Exchanges
    points: Points
    ways: Ways
