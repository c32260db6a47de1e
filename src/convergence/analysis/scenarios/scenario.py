"""What is changed in a scenario, and what that does to rates and to posts."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import Enum
from math import log

import numpy as np

from convergence.analysis.errors import AnalysisError
from convergence.analysis.scenarios.blocks import Stream
from convergence.analysis.scenarios.pooling import Floats
from convergence.analysis.scenarios.rates import DYNAMIC_KINDS, N_KINDS, Kind, Rates

_NORMAL_975 = 1.959963984540054


@dataclass(frozen=True)
class Ratio:
    """A rate ratio with its 95 % interval, and where it comes from.

    Drawn as a log-normal law whose 2.5 % and 97.5 % quantiles are ``low`` and ``high``.
    """

    low: float
    high: float
    source: str
    assumption: bool = False

    @property
    def central(self) -> float:
        return float(np.sqrt(self.low * self.high))

    def draw(self, generator: np.random.Generator, draws: int) -> Floats:
        """(draws,) ratios."""
        middle, spread = log(self.central), (log(self.high) - log(self.low)) / (2 * _NORMAL_975)
        return np.asarray(np.exp(middle + spread * generator.standard_normal(draws)), dtype=np.float64)


class Entries(Enum):
    """How many people enter."""

    POSTS = "posts", "les postes restent pourvus\u00a0: on entre quand quelqu’un part"
    FLOW = "flow", "autant d’entrées par mois que dans les deux dernières années"

    def __init__(self, code: str, label: str) -> None:
        self.code, self.label = code, label


@dataclass(frozen=True)
class Path:
    """Rules of length: out at the end of month ``longest``; nobody leaves without a solution before ``shortest``.

    ``extended``: of those who used to leave at a legal term that no longer binds, the share who stay on as in the
    months around it. Beyond the months observed, rates go back to the mean of all. ``forced``: bounds of the share of
    those put out in the month ``longest`` who leave as people of that duration do, drawn evenly between them; the
    others leave without a solution. Nobody knows it: by default the whole range from 0 to 1. ``newcomers``: the rules
    are for people who enter from now on; those in a path keep the rules of today.
    """

    longest: int | None = None
    shortest: int = 0
    extended: float = 1.0
    forced: tuple[float, float] = (0.0, 1.0)
    newcomers: bool = True


@dataclass(frozen=True)
class Officers:
    """More partnership officers: ``more`` a territory, each multiplying the intensities of ``kinds`` by ``ratio``."""

    more: float
    ratio: Ratio
    kinds: tuple[Kind, ...]
    yearly_cost: float = 0.0


@dataclass(frozen=True)
class HousingPlaces:
    """``places`` more in semi-durable housing, over all territories by their posts, for people in a path who sleep
    below that step.

    A place is taken again when whoever is in it moves on; ``displaced``: the share of places taken by people who would
    have found as good a home in the same month without them.
    """

    places: float
    displaced: float = 0.0
    yearly_cost: float = 0.0


@dataclass(frozen=True)
class Effect:
    """The share of the scheme's effect that is kept: ratios of the scheme against an ordinary site, raised to the
    power share − 1, multiply the rates of housing and care, and the odds of the three dynamic exits against the others.

    ``ratios`` by kind of event; empty: those that the data show, if they hold ordinary sites; ``data_first``: those of
    the data where they show some, the ratios given otherwise. How many leave in each
    month is a rule, not an effect: it stays as it is.
    """

    share: float = 1.0
    ratios: Mapping[Kind, Ratio] = field(default_factory=dict)
    data_first: bool = False

    def uses_data(self, contrast: bool) -> bool:
        """Whether the ratios are those that the data show. ``contrast``: they show some.

        :raises AnalysisError: there are no ratios at all.
        """
        if self.share == 1.0 or (self.ratios and not (self.data_first and contrast)):
            return False
        if contrast:
            return True
        raise AnalysisError(
            "Une part de l’effet est demandée, mais ces données n’ont pas de chantier ordinaire où la mesurer\u00a0: "
            "donnez les rapports d’effet ([[effect_ratios]]), ou des données qui ont des chantiers ordinaires."
        )


@dataclass(frozen=True)
class Site:
    """A site that opens: ``posts`` filled evenly over ``ramp`` months from the month ``opens`` on.

    ``territory``: key of one that the data know; None: a new territory. Costs in € a year, and € a person and month in
    a path, beyond what state costs hold.
    """

    name: str
    posts: float
    opens: date
    closes: date | None = None
    ramp: int = 12
    territory: int | None = None
    fixed_cost: float = 0.0
    variable_cost: float = 0.0


@dataclass(frozen=True)
class Price:
    """The price of an item of the account, multiplied."""

    item: str
    factor: float


@dataclass(frozen=True)
class Reform:
    """A parameter of the law, by its dotted name, and its value from a day on: for the benefits engine."""

    parameter: str
    value: float
    since: date


@dataclass(frozen=True)
class Scenario:
    """A change of rules, means or prices; nothing is changed by default: :data:`TODAY`.

    ``scale``: posts multiplied, evenly over ``scale_ramp`` months; ``hours``: weekly hours of those in a path.
    """

    name: str
    label: str
    why: str = ""
    entries: Entries = Entries.POSTS
    path: Path = Path()
    hours: float | None = None
    officers: Officers | None = None
    housing: HousingPlaces | None = None
    effect: Effect = Effect()
    scale: float = 1.0
    scale_ramp: int = 12
    sites: tuple[Site, ...] = ()
    prices: tuple[Price, ...] = ()
    reforms: tuple[Reform, ...] = ()

    @property
    def new_territories(self) -> int:
        return sum(site.territory is None for site in self.sites)

    def check(self, territories: tuple[int, ...], last: date, *, contrast: bool) -> None:
        """
        :param last: the last day of the projection.
        :raises AnalysisError: a territory that nobody knows, what begins after the end, or an effect without ratios.
        """
        self.effect.uses_data(contrast)
        late = [f"le chantier «\u00a0{site.name}\u00a0» ouvre" for site in self.sites if site.opens > last]
        late += [f"la réforme de {reform.parameter} commence" for reform in self.reforms if reform.since > last]
        if late:
            raise AnalysisError(
                f"Scénario «\u00a0{self.name}\u00a0»\u00a0: {late[0]} après la fin de la projection, "
                f"le {last:%d/%m/%Y}\u00a0: avancez sa date ou allongez la projection."
            )
        for site in self.sites:
            if site.territory is not None and site.territory not in territories:
                known = ", ".join(str(key) for key in territories)
                raise AnalysisError(
                    f"Le chantier «\u00a0{site.name}\u00a0» est placé sur le territoire {site.territory}, que ces "
                    f"données n’ont pas ({known})\u00a0: corrigez son numéro, ou retirez-le pour un nouveau territoire."
                )

    def changed(self, rates: Rates, stream: Stream, contrast: Floats | None) -> Rates:
        """The rates of this scenario, from those of today.

        :param contrast: ratios (draws, kinds) of the scheme against an ordinary site, that the data show.
        """
        draws = int(rates.entry.shape[0])
        if self.path.longest is not None:
            low, high = self.path.forced
            rates = replace(rates, forced=low + (high - low) * stream.of("forced").random(draws))
        ratios = np.ones((draws, 1, N_KINDS))
        if self.officers:
            drawn = self.officers.ratio.draw(stream.of("officers"), draws) ** self.officers.more
            ratios[:, 0, list(self.officers.kinds)] *= drawn[:, None]
        if self.effect.share == 1.0:
            return rates.times(ratios)
        whole = np.ones((draws, N_KINDS))
        if contrast is not None and self.effect.uses_data(contrast=True):
            whole = contrast
        else:
            for kind, ratio in self.effect.ratios.items():
                whole[:, kind] = ratio.draw(stream.of(f"effect {kind.name}"), draws)
        kept = (whole ** (self.effect.share - 1.0))[:, None]
        dynamic = list(DYNAMIC_KINDS)
        odds = kept[..., dynamic].copy()
        kept[..., dynamic] = 1.0
        return rates.times(ratios * kept).with_mix(odds)

    def posts(self, today: Floats, territories: tuple[int, ...], month: int, months: int) -> Floats:
        """Posts (territories + new ones, months) from the month after ``month`` on."""
        ahead = np.arange(1, months + 1)
        grown = 1 + (self.scale - 1) * np.minimum(ahead / max(self.scale_ramp, 1), 1.0)
        posts = np.concatenate([today[:, None] * grown, np.zeros((self.new_territories, months))])
        fresh = len(territories)
        for site in self.sites:
            place = fresh if site.territory is None else territories.index(site.territory)
            fresh += site.territory is None
            posts[place] += site.posts * self._open(site, month, months)
        return np.asarray(posts)

    def open_sites(self, month: int, months: int) -> Floats:
        """Share of its posts that each site of the scenario has (sites, months)."""
        return np.array([self._open(site, month, months) for site in self.sites]).reshape(len(self.sites), months)

    @staticmethod
    def _open(site: Site, month: int, months: int) -> Floats:
        calendar = month + np.arange(1, months + 1)
        since = calendar - month_of(site.opens)
        share = np.clip((since + 1) / max(site.ramp, 1), 0.0, 1.0)
        return np.asarray(share if site.closes is None else np.where(calendar < month_of(site.closes), share, 0.0))


def last_day_of(month: int) -> date:
    """The last day of a month counted from January 1970.

    >>> last_day_of(1)
    datetime.date(1970, 2, 28)
    """
    return date(1970 + (month + 1) // 12, (month + 1) % 12 + 1, 1) - timedelta(days=1)


def month_of(day: date) -> int:
    """Months from January 1970 to the month of a day.

    >>> month_of(date(1971, 3, 15))
    14
    """
    return (day.year - 1970) * 12 + day.month - 1


TODAY = Scenario("today", "Aujourd’hui", "Rien ne change.")
