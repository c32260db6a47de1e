"""Territories, operators and sites: Paris as it was, the others fictitious, and which sites are drawn together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from convergence.simulation.entries import inflow, ramp, survival
from convergence.simulation.lives.calendar import NEVER, dates, day_of
from convergence.simulation.means import grants, staff_means
from convergence.simulation.parameter_file import ParameterError
from convergence.simulation.parameters import Parameters, Size
from convergence.simulation.tables import SCHEMA, Array, Layout, table
from convergence.vocabulary.structures import Scheme

_LANDSCAPES = (
    "des Collines",
    "du Fleuve",
    "de la Baie",
    "du Plateau",
    "des Deux Rives",
    "du Littoral",
    "de la Vallée",
    "des Forêts",
    "du Bocage",
    "des Étangs",
    "de la Plaine",
    "du Massif",
)
_TRADES = (
    "maraîchage",
    "recyclerie",
    "espaces verts",
    "restauration",
    "textile",
    "menuiserie",
    "nettoyage",
    "logistique",
    "second œuvre",
    "vélos",
    "blanchisserie",
    "conserverie",
)
_PLACES = ("Tilleuls", "Saules", "Érables", "Noisetiers", "Cerisiers", "Platanes", "Charmes", "Ormes")

_COMPARED_FULL_AFTER = 6
"""Months after which a site of comparison has all its people."""

MOST_HIRED = 20_000
"""People hired at one site, at most: beyond, it is no site, and its block would not fit in memory."""


@dataclass(frozen=True)
class Site:
    """A site as it is to be drawn. ``flow``: mean starts a month from its opening; ``hires``: people hired in all."""

    name: str
    operator: str
    territory: int
    scheme: str
    opened: date
    sizes: tuple[Size, ...]
    closed: date | None = None
    public_body: bool = False
    hires: int = 0


@dataclass(frozen=True)
class Plan:
    """The layout, and what the drawing of its blocks needs beside it."""

    layout: Layout
    sites: tuple[Site, ...]
    flows: tuple[Array, ...]


def plan(parameters: Parameters, until: date, people: int | None, territories: int) -> Plan:
    """The sites of ``territories`` territories, of which Paris is the first, as they stand before ``until``.

    ``people``: how many are hired at sites of the scheme, over all of them; None leaves Paris its own sizes and
    gives every other site the mean number of the parameters. Sites of comparison come on top.

    :raises ParameterError: no site is open before ``until``, or the numbers make no sense.
    """
    if territories < 1:
        raise ParameterError("Il faut au moins un territoire.")
    if people is not None and people < 1:
        raise ParameterError("Il faut au moins une personne.")
    first = min(site.opened for site in parameters.paris.sites)
    if first >= until:
        raise ParameterError(
            f"Aucun chantier n’est ouvert avant le {until:%d/%m/%Y} : le premier ouvre le {first:%d/%m/%Y}."
        )
    flow = _Flows(parameters, until)
    sites = _of_the_scheme(parameters, until, people, territories, flow)
    sites += _comparison(parameters, sites, until, flow)
    sites.sort(key=lambda site: site.territory)
    if max(site.hires for site in sites) > MOST_HIRED:
        raise ParameterError(
            f"Cela ferait plus de {MOST_HIRED} personnes par chantier : demandez plus de territoires ou moins de monde."
        )
    return _plan(parameters, sites, until, flow)


def _of_the_scheme(
    parameters: Parameters, until: date, people: int | None, territories: int, flow: "_Flows"
) -> list[Site]:
    """Paris, then the other territories: each territory has its share of ``people``, Paris its own size at most."""
    paris = _paris(parameters)
    natural = [flow.starts(site) for site in paris]
    in_paris = sum(natural)
    if people is not None:
        in_paris = people if territories == 1 else min(in_paris, people // territories)
    others = []
    if territories > 1:
        others = _elsewhere(parameters, until, None if people is None else people - in_paris, territories, flow)
    if people is not None and not others:
        in_paris = people  # elsewhere, no site is open yet
    return [*_hiring(paris, natural, in_paris), *others]


def _elsewhere(parameters: Parameters, until: date, people: int | None, territories: int, flow: "_Flows") -> list[Site]:
    """Sites of the territories beyond Paris that are open before ``until``."""
    per_site = parameters.national.people_per_site
    count = (territories - 1) * 30 if people is None else max(territories - 1, round(people / per_site))
    sites = [site for site in _fictitious(parameters, territories, count) if site.opened < until]
    weights = [flow.mean_starts(site) for site in sites]
    return _hiring(sites, weights, round(per_site * len(sites)) if people is None else people)


class _Flows:
    """Starts a month at each site; how long people stay is computed once for each scheme."""

    def __init__(self, parameters: Parameters, until: date) -> None:
        self._until = until
        self._stays = {scheme.value: survival(parameters, place) for place, scheme in enumerate(Scheme)}

    def of(self, site: Site) -> Array:
        return inflow(site.sizes, site.opened, site.closed, self._until, self._stays[site.scheme])

    def mean_starts(self, site: Site) -> float:
        """People expected to start over all the months."""
        return float(self.of(site).sum())

    def starts(self, site: Site) -> int:
        return round(self.mean_starts(site))


def _paris(parameters: Parameters) -> list[Site]:
    return [
        Site(
            site.name,
            site.operator,
            1,
            site.scheme,
            opened=site.opened,
            sizes=site.sizes,
            closed=site.closed,
            public_body=site.public_body,
        )
        for site in parameters.paris.sites
    ]


def _fictitious(parameters: Parameters, territories: int, count: int) -> list[Site]:
    """Fictitious sites, dealt to the territories; opening dates and sizes vary, but by no draw."""
    national = parameters.national
    span = (national.starts_until - national.starts_from).days
    sites = []
    for number in range(count):
        territory = 2 + number % (territories - 1)
        rank = number // (territories - 1)
        start = national.starts_from + timedelta(days=span * (territory - 2) // max(1, territories - 2))
        opened = start + timedelta(days=round(_spread(rank, 0.618) * national.opens_within_months * 30.4))
        size = round(25 + 40 * _spread(number, 0.755))
        sites.append(
            Site(
                f"Chantier fictif {_TRADES[rank % len(_TRADES)]} des {_PLACES[rank // len(_TRADES) % len(_PLACES)]}"
                f" {territory - 1}",
                f"Association fictive {territory - 1}-{1 + rank // national.sites_per_operator}",
                territory,
                Scheme.CONVERGENCE.value,
                opened=opened,
                sizes=ramp(opened, size, national.full_after_months),
                public_body=rank // national.sites_per_operator % 8 == 7,
            )
        )
    return sites


def _spread(number: int, step: float) -> float:
    """Numbers that fill the interval from 0 to 1 evenly, whatever their count (a Weyl sequence)."""
    return number * step % 1.0


def _hiring(sites: list[Site], weights: Sequence[float], people: int) -> list[Site]:
    """The sites with ``people`` hires shared out in proportion, by largest remainder."""
    total = sum(weights)
    exact = [people * weight / total if total else 0.0 for weight in weights]
    shared = [int(part) for part in exact]
    order = sorted(range(len(sites)), key=lambda place: shared[place] - exact[place])
    for place in order[: people - sum(shared)]:
        shared[place] += 1
    return [replace(site, hires=hires) for site, hires in zip(sites, shared, strict=True)]


def _comparison(parameters: Parameters, sites: list[Site], until: date, flow: _Flows) -> list[Site]:
    """Ordinary sites and waiting lists beside those of the scheme, in each territory where one is open."""
    compared = parameters.comparison
    made: list[Site] = []
    for territory in sorted({site.territory for site in sites}):
        start = min(site.opened for site in sites if site.territory == territory)
        opened = compared.opened if territory == 1 else start
        if opened >= until:
            continue
        made += [
            Site(
                f"Chantier fictif ordinaire {territory}-{rank}",
                f"Association fictive ordinaire {territory}-{rank}",
                territory,
                Scheme.ORDINARY.value,
                opened=opened,
                sizes=ramp(opened, compared.people_per_site, _COMPARED_FULL_AFTER),
            )
            for rank in range(1, compared.ordinary_sites + 1)
        ]
        if compared.waiting:
            sizes = ramp(opened, compared.waiting, _COMPARED_FULL_AFTER)
            name = f"Liste d’attente fictive {territory}"
            made.append(Site(name, "", territory, Scheme.NONE.value, opened=opened, sizes=sizes))
    return [replace(site, hires=flow.starts(site)) for site in made]


def _plan(parameters: Parameters, sites: list[Site], until: date, flow: _Flows) -> Plan:
    territories = sorted({site.territory for site in sites})
    operators = list(dict.fromkeys((site.territory, site.operator) for site in sites if site.operator))
    rank = {operator: place for place, operator in enumerate(operators, 1)}
    public = {(site.territory, site.operator): site.public_body for site in sites}
    schemes = list(Scheme)
    names = [parameters.paris.name if key == 1 else _territory_name(key) for key in territories]
    tables = {
        "territories": table(
            SCHEMA["territories"],
            {"territory": np.array(territories), "name": np.array(names, dtype=object)},
        ),
        "operators": table(
            SCHEMA["operators"],
            {
                "operator": np.arange(1, len(operators) + 1),
                "territory": np.array([territory for territory, _ in operators]),
                "public_body": np.array([int(public[each]) for each in operators]),
            },
        ),
        "sites": table(
            SCHEMA["sites"],
            {
                "site": np.arange(1, len(sites) + 1),
                "territory": np.array([site.territory for site in sites]),
                "operator": np.array([rank.get((site.territory, site.operator), -1) for site in sites]),
                "scheme": np.array([schemes.index(Scheme(site.scheme)) for site in sites]),
                "opened": dates(np.array([day_of(site.opened) for site in sites])),
                "closed": dates(np.array([day_of(site.closed) if site.closed else NEVER for site in sites])),
            },
        ),
    }
    full = [site.sizes[-1].people for site in sites]
    tables["staff_means"] = staff_means(parameters, tables["sites"], full, until)
    tables["grants"] = grants(parameters, tables["sites"], full, until)
    layout = Layout(
        tables,
        tuple(operator for _, operator in operators),
        tuple(site.name for site in sites),
        _blocks(sites, parameters.national.sites_per_block),
    )
    return Plan(layout, tuple(sites), tuple(flow.of(site) for site in sites))


def _territory_name(key: int) -> str:
    rank, landscape = divmod(key - 2, len(_LANDSCAPES))
    return f"Territoire fictif {_LANDSCAPES[landscape]}{f' {rank + 1}' if rank else ''}"


def _blocks(sites: list[Site], most: int) -> tuple[tuple[int, ...], ...]:
    """Rows of ``sites`` by block: sites of one territory and one scheme that hire somebody, ``most`` at most."""
    groups: dict[tuple[int, str], list[int]] = {}
    for row, site in enumerate(sites):
        if site.hires:
            groups.setdefault((site.territory, site.scheme), []).append(row)
    return tuple(tuple(rows[first : first + most]) for rows in groups.values() for first in range(0, len(rows), most))
