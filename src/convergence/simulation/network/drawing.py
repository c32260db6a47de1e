"""Draws the network of a territory: partners first, then what they offer, say and agree on."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convergence.simulation.lives.chance import pick
from convergence.simulation.moments import NEVER, Days, Moments, at_work, later, one_after_the_other, worked
from convergence.simulation.names import (
    STAFF,
    SURNAMES,
    Texts,
    address_of,
    draw_family_names,
    family_pool,
    without_accents,
)
from convergence.simulation.network import areas
from convergence.simulation.network.catalogue import CORE, FUNCTIONS, STEPS, SUBJECTS, TRADES, WORDS, Model, Trade
from convergence.simulation.network.tables import (
    Agreements,
    Branches,
    Capacities,
    Contacts,
    Exchanges,
    Network,
    Numbers,
    Offers,
    Partners,
    Places,
    Points,
    Ways,
)
from convergence.simulation.parameters import Network as Asked
from convergence.vocabulary.domains import Domain
from convergence.vocabulary.offers import SaidBy
from convergence.vocabulary.partners import ConsentHow, ExchangeKind, PartnerKind, Renewal

_MOST_BRANCHES, _MOST_CONTACTS, _MOST_FIGURES = 6, 4, 3
_TOWNS_APART = 7
"""Towns between two branches of a partner: prime to the number of towns of any territory."""
_YEAR = 365
_LOOKED_BACK = 3 * _YEAR
"""Days of exchanges that are drawn."""
_SILENT_FOR, _FORGOTTEN_FOR = 200, 45
"""Days since the last exchange with some partners; days for which a next step may be overdue."""
_ENTITIES = 4_000
"""Numbers of legal entities kept for a territory."""
_STREETS = ("rue", "avenue", "place", "impasse", "boulevard")
_OWN_SHELF_LIFE = 0.05


class Draw:
    """One territory on its way.

    :ivar since: the day on which its first site opened; ``last``: the last day on which anything is known.
    :ivar sites: keys of its sites. :ivar officers: how many look after partners.
    """

    def __init__(
        self,
        rng: np.random.Generator,
        asked: Asked,
        territory: int,
        people: int,
        since: np.datetime64,
        last: np.datetime64,
        sites: Places,
        officers: int,
    ) -> None:
        self._rng, self._asked, self._territory = rng, asked, territory
        self._since, self._last, self._sites, self._officers = since, last, sites, max(1, officers)
        wanted = max(asked.fewest, len(CORE), round(people / asked.people_per_partner))
        self._count = min(wanted, len(family_pool()))
        self._towns = areas.towns_of(territory)

    def network(self) -> Network:
        kinds, trades = self._trades()
        self._models = [self._offered(place, trade) for place, trade in enumerate(trades)]
        partners = self._partners(kinds, trades)
        branches = self._branches(partners)
        contacts = self._contacts(partners, branches)
        offers = self._offers(partners, branches, trades)
        points = self._points()
        return Network(
            self._territory,
            partners,
            branches,
            contacts,
            self._agreements(partners, contacts),
            offers,
            self._capacities(offers, contacts),
            self._exchanges(partners, contacts),
            points,
            self._ways(points, branches),
        )

    def _trades(self) -> tuple[list[PartnerKind], list[Trade]]:
        drawn = pick(self._rng, self._asked.kinds, self._count - len(CORE))
        kinds = [*(kind for kind, _ in CORE), *(list(PartnerKind)[place] for place in drawn.tolist())]
        core = [next(trade for trade in TRADES[kind] if trade.name == name) for kind, name in CORE]
        chance = self._rng.random(self._count).tolist()
        rest = [
            TRADES[kind][int(chance[place] * len(TRADES[kind]))]
            for place, kind in enumerate(kinds)
            if place >= len(CORE)
        ]
        return kinds, [*core, *rest]

    def _offered(self, place: int, trade: Trade) -> list[Model]:
        if place < len(CORE):
            return list(trade.offers)
        many = min(len(trade.offers), self._rng.geometric(1 - self._asked.one_more_offer))
        first = int(self._rng.integers(0, len(trade.offers)))
        return [trade.offers[(first + step) % len(trade.offers)] for step in range(many)]

    def _partners(self, kinds: list[PartnerKind], trades: list[Trade]) -> Partners:
        rng, count = self._rng, self._count
        pool = family_pool()
        known, others = len(SURNAMES), rng.permutation(np.arange(len(SURNAMES), len(pool)))
        words = pool[np.r_[rng.permutation(known), others][:count]].tolist()
        days = max(0, int((self._last - self._since).astype(np.int64)) - 30)
        since = self._since + (np.sqrt(rng.random(count)) * days).astype(np.int64)
        since[: len(CORE)] = self._since
        ended = np.minimum(since + rng.integers(180, 1500, count), self._last - rng.integers(1, 400, count))
        closes = (rng.random(count) < self._asked.closed) & (ended > since + 180)
        closes[: len(CORE)] = False
        domains = [list(dict.fromkeys(model.domain for model in models)) for models in self._models]
        officer = [list(Domain).index(each[0]) % self._officers for each in domains]
        return Partners(
            _column(f"{trade.name} {word}" for trade, word in zip(trades, words, strict=True)),
            _column(kind.value for kind in kinds),
            _lists([domain.value for domain in each] for each in domains),
            np.array([trade.health_access is not None for trade in trades]),
            _column(entities(10_000 + self._territory * _ENTITIES + np.arange(count))),
            _column(f"https://{_slug(word)}.example" for word in words),
            since,
            np.where(closes, ended, NEVER).astype("datetime64[D]"),
            np.array(officer, dtype=np.int64),
        )

    def _branches(self, partners: Partners) -> Branches:
        rng, towns = self._rng, self._towns
        many = np.minimum(rng.geometric(1 - self._asked.one_more_branch, self._count), _MOST_BRANCHES)
        partner, rank = _repeated(many)
        town = (rng.integers(0, len(towns.name), self._count)[partner] + rank * _TOWNS_APART) % len(towns.name)
        latitude, longitude = areas.addresses(rng, towns, town)
        streets = rng.integers(0, len(_STREETS), len(partner)).tolist()
        named = draw_family_names(rng, len(partner)).tolist()
        numbers = rng.integers(1, 140, len(partner)).tolist()
        hosts = [site.removeprefix("https://") for site in partners.website.tolist()]
        return Branches(
            partner,
            np.where(rank == 0, "Siège", np.array(["Antenne "], dtype=object) + towns.name[town]),
            _column(establishments(partners.siren[partner], rank)),
            _column(
                f"{number} {_STREETS[street]} {name}"
                for number, street, name in zip(numbers, streets, named, strict=True)
            ),
            towns.postcode[town],
            towns.name[town],
            towns.insee[town],
            latitude,
            longitude,
            _phones(rng, len(partner)),
            _column(
                f"contact{step or ''}@{hosts[of]}" for of, step in zip(partner.tolist(), rank.tolist(), strict=True)
            ),
        )

    def _contacts(self, partners: Partners, branches: Branches) -> Contacts:
        rng = self._rng
        many = np.minimum(rng.geometric(1 - self._asked.one_more_contact, self._count), _MOST_CONTACTS)
        partner, rank = _repeated(many)
        count = len(partner)
        first = np.searchsorted(branches.partner, partner)
        places = np.searchsorted(branches.partner, partner, side="right") - first
        given = np.array(STAFF, dtype=object)[rng.integers(0, len(STAFF), count)]
        family = draw_family_names(rng, count)
        hosts = _column(site.removeprefix("https://").removesuffix(".example") for site in partners.website.tolist())
        since = np.minimum(later(rng, partners.since[partner], 0, 400), self._last)
        since = np.maximum(since, partners.since[partner])
        agreed = rng.random(count) < self._asked.consent
        how = np.array([each.value for each in ConsentHow], dtype=object)[rng.integers(0, len(ConsentHow), count)]
        return Contacts(
            partner,
            first + np.minimum(rank, places - 1),
            given + " " + family,
            np.array(FUNCTIONS, dtype=object)[rng.integers(0, len(FUNCTIONS), count)],
            _column(map(address_of, given.tolist(), family.tolist(), hosts[partner].tolist())),
            _phones(rng, count),
            np.where(agreed, since, NEVER).astype("datetime64[D]"),
            np.where(agreed, how, ""),
            rank == 0,
            self._written(since),
        )

    def _offers(self, partners: Partners, branches: Branches, trades: list[Trade]) -> Offers:
        rng = self._rng
        partner, rank = _repeated(np.array([len(models) for models in self._models]))
        models = [model for each in self._models for model in each]
        count = len(models)
        first = np.searchsorted(branches.partner, partner)
        places = np.searchsorted(branches.partner, partner, side="right") - first
        since = np.maximum(np.minimum(later(rng, partners.since[partner], 0, 200), self._last), partners.since[partner])
        ends = np.where(rng.random(count) < self._asked.closed, self._last - rng.integers(1, 300, count), NEVER).astype(
            "datetime64[D]"
        )
        ends[ends <= since + 90] = NEVER
        ends = np.fmin(ends, partners.closed_on[partner])
        core = partner < len(CORE)
        since[core], ends[core] = self._since, NEVER
        largest = np.array([model.most for model in models])
        return Offers(
            partner,
            first + rank % places,
            _column(model.domain.value for model in models),
            _column(model.kind.value for model in models),
            _column(_health_access(trades[of]) for of in partner.tolist()),
            _column(model.name for model in models),
            _column(model.conditions for model in models),
            _lists(list(model.publics) for model in models),
            _lists(list(model.themes) for model in models),
            _column(model.unit.value for model in models),
            1 + (rng.random(count) ** 2 * largest).astype(np.int64),
            since,
            np.where(ends <= since, since + 1, ends).astype("datetime64[D]"),
            rng.pareto(1.6, count) + 0.3,
            rng.beta(4, 2, count),
        )

    def _capacities(self, offers: Offers, contacts: Contacts) -> Capacities:
        """Figures of the offers that are open, said again and again; of some nobody ever said any."""
        rng, asked = self._rng, self._asked
        told = np.flatnonzero(np.isnat(offers.until) & (rng.random(len(offers.name)) < asked.places_said))
        many = rng.integers(1, _MOST_FIGURES + 1, len(told))
        of, rank = _repeated(many)
        offer, ago = told[of], many[of] - 1 - rank
        age = (rng.exponential(asked.said_days, len(told))).astype(np.int64)[of] + ago * rng.integers(
            15, 60, len(told)
        )[of]
        said = worked(np.maximum(self._last - age, offers.since[offer]))
        said = np.maximum(said, offers.since[offer])
        count = len(offer)
        places = offers.most[offer]
        full = rng.random(count) < asked.full
        free = np.where(full, 0, np.minimum(1 + rng.geometric(0.45, count), places))
        waits = full & (rng.random(count) < 0.7)
        closes = full & (rng.random(count) < 0.3)
        until = said + rng.integers(7, 60, count)
        by_partner = rng.random(count) < 0.55
        main = np.flatnonzero(contacts.main)[offers.partner[offer]]
        at = self._written(said)
        order = np.lexsort((rank, of))
        line = of[order]
        stamped = one_after_the_other(line, at[order])
        closed = np.where(np.r_[line[1:] == line[:-1], False], np.r_[stamped[1:], NEVER], NEVER)
        return Capacities(
            offer,
            places,
            offers.unit[offer],
            free,
            np.where(waits, rng.integers(10, 240, count), -1),
            np.where(closes, until, NEVER).astype("datetime64[D]"),
            np.where(by_partner, SaidBy.PARTNER.value, SaidBy.OFFICER.value).astype(object),
            np.where(by_partner, contacts.name[main], ""),
            said,
            stamped,
            closed.astype("datetime64[m]"),
        )

    def _agreements(self, partners: Partners, contacts: Contacts) -> Agreements:
        rng = self._rng
        signed = np.flatnonzero((rng.random(self._count) < self._asked.agreements) & np.isnat(partners.closed_on))
        count = len(signed)
        since = np.minimum(later(rng, partners.since[signed], 0, 300), self._last)
        since = np.maximum(since, partners.since[signed])
        years = 1 + rng.integers(0, 3, count)
        # Renewed again and again, until the term to come; a few were not.
        age = (self._last - since).astype(np.int64)
        renewed = np.where(rng.random(count) < 0.9, age // (years * _YEAR), 0)
        reserved = (rng.random(count) < 0.4) * rng.integers(1, 9, count)
        main = np.flatnonzero(contacts.main)[signed]
        return Agreements(
            signed,
            _column(SUBJECTS[PartnerKind(kind)] for kind in partners.kind[signed].tolist()),
            since,
            np.where(reserved > 0, reserved, -1),
            main,
            np.array([each.value for each in Renewal], dtype=object)[pick(rng, (0.2, 0.3, 0.5), count)],
            np.where(rng.random(count) < 0.7, rng.integers(1, 5, count), -1),
            since,
            since + (renewed + 1) * years * _YEAR,
            np.maximum(self._written(since), contacts.at[main] + 5),
        )

    def _exchanges(self, partners: Partners, contacts: Contacts) -> Exchanges:
        rng, asked = self._rng, self._asked
        ends = np.where(np.isnat(partners.closed_on), self._last, partners.closed_on)
        ends = np.where(rng.random(self._count) < asked.silent, np.minimum(ends, self._last - _SILENT_FOR), ends)
        begins = np.maximum(partners.since, self._last - _LOOKED_BACK)
        span = np.maximum(0, (ends - begins).astype(np.int64))
        partner, _rank = _repeated(rng.poisson(asked.exchanges_a_year * span / _YEAR))
        count = len(partner)
        held = worked(begins[partner] + (rng.random(count) * span[partner]).astype(np.int64))
        held = np.maximum(held, partners.since[partner])
        order = np.lexsort((held, partner))
        held = held[order]
        latest = np.r_[partner[1:] != partner[:-1], True][:count]
        wanted = rng.random(count) < asked.next_step
        due = worked(held + rng.integers(10, 90, count))
        taken = ~latest | (rng.random(count) < 0.4) | (due < self._last - _FORGOTTEN_FOR)
        done = wanted & taken & (due <= self._last)
        kinds = np.array([each.value for each in ExchangeKind], dtype=object)
        at = self._written(held)
        return Exchanges(
            partner,
            np.flatnonzero(contacts.main)[partner],
            held,
            kinds[pick(rng, (0.4, 0.3, 0.15, 0.08, 0.07), count)],
            np.array(WORDS, dtype=object)[rng.integers(0, len(WORDS), count)],
            np.where(wanted, np.array(STEPS, dtype=object)[rng.integers(0, len(STEPS), count)], ""),
            np.where(wanted, due, NEVER).astype("datetime64[D]"),
            np.where(done, due, NEVER).astype("datetime64[D]"),
            np.maximum(np.where(done, self._written(np.minimum(np.where(done, due, held), self._last)), at), at),
        )

    def _points(self) -> Points:
        town = self._rng.integers(0, len(self._towns.name), len(self._sites))
        return Points(self._sites, *areas.addresses(self._rng, self._towns, town))

    def _ways(self, points: Points, branches: Branches) -> Ways:
        """Travel times from each site to a few branches: some 18 km/h as the crow flies, and ten minutes of waiting."""
        rng = self._rng
        each = min(self._asked.ways_known, len(branches.name))
        site = np.repeat(np.arange(len(points.site)), each)
        chosen = [rng.permutation(len(branches.name))[:each] for _ in points.site]
        branch = np.concatenate(chosen) if chosen else np.empty(0, dtype=np.int64)
        north = (branches.latitude[branch] - points.latitude[site]) * areas.KILOMETRES_PER_DEGREE
        east = (branches.longitude[branch] - points.longitude[site]) * areas.KILOMETRES_PER_DEGREE * 0.7
        minutes = 10 + np.round(np.hypot(north, east) / 18 * 60).astype(np.int64) + rng.integers(0, 15, len(site))
        return Ways(points.site[site], branch, minutes, self._written(np.full(len(site), self._last)))

    def _written(self, days: Days) -> Moments:
        """A moment at which the officers were at work, that day or the last one before it."""
        return at_work(self._rng, worked(np.minimum(days, self._last)))


def entities(numbers: NDArray[np.int64]) -> list[str]:
    """SIREN numbers that pass Luhn's check, in a range that was never given out (000…)."""
    return [_keyed(f"000{number % 100_000:05}") for number in numbers.tolist()]


def establishments(sirens: Texts, rank: NDArray[np.int64]) -> list[str]:
    """SIRET numbers of the establishments of entities, from the first one (rank 0)."""
    return [_keyed(f"{siren}{place + 1:04}") for siren, place in zip(sirens.tolist(), rank.tolist(), strict=True)]


def _keyed(digits: str) -> str:
    """The digits and the key that makes them pass Luhn's check."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return f"{digits}{-total % 10}"


def _health_access(trade: Trade) -> str:
    return "" if trade.health_access is None else trade.health_access.value


def _repeated(many: NDArray[Any]) -> tuple[Places, Places]:
    """Each place as often as ``many`` says, and the rank of each time, from 0."""
    place = np.repeat(np.arange(len(many)), many)
    starts = np.cumsum(many) - many
    return place, np.arange(len(place)) - starts[place]


def _phones(rng: np.random.Generator, count: int) -> Texts:
    """Numbers that the regulator keeps for fiction."""
    return _column(f"01 99 00 {one:02} {other:02}" for one, other in rng.integers(0, 100, (count, 2)).tolist())


def _slug(word: str) -> str:
    return without_accents(word).lower().replace(" ", "-")


def _column(texts: Iterable[str]) -> Texts:
    return np.array(list(texts), dtype=object)


def _lists(lists: Iterable[Sequence[str]]) -> Numbers:
    """A column of lists."""
    each = list(lists)
    return np.fromiter(each, dtype=object, count=len(each))
