"""What the programme costs: aid for posts by the hours paid, extra means by grants, each by who pays."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from convergence.analysis.costs.codes import Payer, Perspective, SavingClass, Status
from convergence.analysis.costs.errors import CostError
from convergence.analysis.costs.lines import CERTAIN, Factor, Line, Lines, price_lines
from convergence.analysis.costs.panel import Floats, Panel
from convergence.analysis.costs.prices import EXTRA, POST_AID, Months, Prices
from convergence.analysis.costs.sources import Dense
from convergence.analysis.dataset import Tables
from convergence.vocabulary.structures import GrantObject, Scheme

MOST_MODULATION = 0.10
PUBLIC = frozenset({Perspective.PUBLIC_FINANCE})

OTHER_AIDS = (
    "Les aides que l’État verse aux autres structures de l’insertion (EI, ETTI, AI) pour les personnes qui y "
    "travaillent ensuite ne sont pas comptées, faute d’un prix lu."
)

_MEANS_LABELS = {
    GrantObject.SUPPORT: "Accompagnement renforcé",
    GrantObject.COORDINATION: "Équipe mutualisée du territoire",
    GrantObject.EXTENDED_SUPPORT: "Accompagnement après la sortie",
    GrantObject.EVALUATION: "Évaluation",
    GrantObject.OTHER: "Autres moyens du programme",
}


def _grant(purpose: str) -> str:
    return f"grant_{purpose}"


GRANTS = tuple(_grant(purpose.value) for purpose in _MEANS_LABELS)
"""Items of the lines that grants may make."""


@dataclass(frozen=True)
class Means:
    """Money by site, calendar month and line: what a month costs for each person then in a path there.

    :param sites: keys in order; :param first: the first month of ``rates``, shape (sites, months, lines), €/person.
    """

    sites: NDArray[np.int64]
    first: np.datetime64
    rates: Floats

    def of(self, site: NDArray[np.int64], calendar: Months) -> Floats:
        """Rates of cells: ``site`` (people,), ``calendar`` (people, months) → (people, months, lines)."""
        place = np.searchsorted(self.sites, site)
        known = np.isin(site, self.sites)
        month = (calendar - self.first).astype(int)
        inside = (month >= 0) & (month < self.rates.shape[1]) & known[:, None]
        found = self.rates[
            np.where(known, np.minimum(place, len(self.sites) - 1), 0)[:, None],
            np.clip(month, 0, self.rates.shape[1] - 1),
        ]
        return np.where(inside[:, :, None], found, 0.0)


def post_aid(panel: Panel, tables: Tables, prices: Prices, *, modulation: float | None = None) -> Dense:
    """Aid for posts: hours paid × the amount of a full-time equivalent / 1,820, shared by the State and the county.

    :param modulation: the part that depends on results, 0 to 0.10; None: nothing in the central case, drawn up to
        the whole. The county's share is that of the site's post-aid grants in the year, else the supposed one.
    :raises CostError: a modulation out of range; nobody's hours are known: work that costs nothing is no work.
    """
    if modulation is not None and not 0 <= modulation <= MOST_MODULATION:
        raise CostError("La modulation de l’aide au poste va de 0 à 10\u00a0%\u00a0: donnez un nombre entre 0 et 0,10.")
    lines = price_lines(prices, POST_AID, perspectives=PUBLIC, payers=(Payer.STATE_P102, Payer.COUNTY))
    flags = list(lines.flags)
    if modulation is not None:
        certain = tuple(Line(row.item, row.label, row.payer, row.saving_class, CERTAIN, PUBLIC) for row in lines.lines)
        lines = Lines(certain, {}, lines.flags)
    hours = prices.parameter("hours_per_fte")
    if hours.central <= 0:
        raise CostError(
            "Un équivalent temps plein compte plus de zéro heure\u00a0: corrigez «\u00a0hours_per_fte\u00a0»."
        )
    if hours.status is Status.MEMORY:
        flags.append(f"{hours.label} ({hours.central:g})\u00a0: {Status.MEMORY.label}")
    if prices.before_first(POST_AID, panel.first):
        flags.append(
            f"Avant {prices.item(POST_AID).prices[0].year}, l’aide au poste n’existait pas sous cette forme\u00a0: son "
            "premier montant est ramené par l’indice des prix."
        )
    if (panel.in_path & panel.counted).any() and not panel.paid.any():
        raise CostError(
            "Aucune heure payée n’est connue, alors que des personnes sont en parcours\u00a0: le programme ne "
            "coûterait rien. Complétez la table hours du jeu de données."
        )
    sites, shares = county_shares(tables, prices)
    told = dict(zip(sites.tolist(), shares.tolist(), strict=True))
    supposed = prices.shares[POST_AID].get(Payer.COUNTY, 0.0)
    county = np.array([told.get(site, supposed) for site in panel.site.tolist()])
    if any(site not in told for site in np.unique(panel.site[(panel.paid > 0).any(axis=1)]).tolist()):
        flags.append(
            "Partage de l’aide au poste entre l’État et le département\u00a0: supposé là où aucune "
            "subvention n’est connue."
        )

    def amounts(start: int, stop: int) -> list[Floats]:
        rows = slice(start, stop)
        each = prices.by_month(POST_AID, panel.calendar(rows)) / hours.central * (1 + (modulation or 0.0))
        whole = np.where(panel.counted[rows], panel.paid[rows] * each, 0.0)
        return [whole * (1 - county[rows, None]), whole * county[rows, None]]

    return Dense(Lines(lines.lines, lines.factors, tuple(flags), (OTHER_AIDS,)), amounts)


def county_shares(tables: Tables, prices: Prices) -> tuple[NDArray[np.int64], Floats]:
    """The share of each site's post-aid grants that the county pays: keys of sites, and shares."""
    grants = tables.grants.filter(
        pl.col("object").cast(pl.String) == GrantObject.POST_AID.value, pl.col("site").is_not_null()
    )
    rows = grants.select("site", "amount", funder=pl.col("funder").cast(pl.String)).collect()
    county = [
        prices.granting(funder, GrantObject.POST_AID.value).payer is Payer.COUNTY for funder in rows["funder"].to_list()
    ]
    by_site = (
        rows.with_columns(county=pl.col("amount") * pl.Series(county, dtype=pl.Float64))
        .group_by("site")
        .agg(pl.col("county").sum(), pl.col("amount").sum())
        .filter(pl.col("amount") > 0)
        .sort("site")
    )
    return by_site["site"].to_numpy(), (by_site["county"] / by_site["amount"]).to_numpy()


def extra_means(panel: Panel, tables: Tables, prices: Prices) -> Dense | None:
    """Grants but those for posts, spread each month over the people then in a path at the sites they are for.

    A grant of a territory is spread over its sites of the scheme. None where no such grant
    is known: see :func:`supposed_means`.

    :raises CostError: a negative grant.
    """
    grants = tables.grants.filter(pl.col("object").cast(pl.String) != GrantObject.POST_AID.value).collect()
    if not grants.height:
        return None
    if grants.filter(pl.col("amount") < 0).height:
        raise CostError("Une subvention a un montant négatif\u00a0: corrigez-la dans le jeu de données.")
    lines: dict[tuple[str, Payer], int] = {}
    flags, money = [], []
    for grant in grants.iter_rows(named=True):
        purpose = GrantObject(grant["object"])
        payment = prices.granting(grant["funder"], purpose.value)
        line = lines.setdefault((purpose.value, payment.payer), len(lines))
        money.append({**grant, "line": line, "daily": _daily(grant["amount"], grant["since"], grant["until"])})
        if payment.status is Status.MEMORY:
            flags.append(f"{payment.payer.label}\u00a0: payeur des moyens du programme {Status.MEMORY.label}")
    described = tuple(
        Line(_grant(purpose), _MEANS_LABELS[GrantObject(purpose)], payer, SavingClass.PROGRAMME, CERTAIN, PUBLIC)
        for purpose, payer in lines
    )
    return spread(panel, tables, money, Lines(described, {}, tuple(dict.fromkeys(flags))))


def supposed_means(aid: Dense, panel: Panel, prices: Prices) -> Dense:
    """Extra means where no grant is known: the published share of the aid for posts, at sites of the scheme.

    Shared by payers as supposed; the price of ``convergence_extra`` is that share.
    """
    item = prices.item(EXTRA)
    factor = Factor.of_price(item)
    share = item.prices[-1].central
    payers = prices.shares[EXTRA]
    lines = tuple(Line(EXTRA, item.label, payer, SavingClass.PROGRAMME, factor.code, PUBLIC) for payer in payers)
    ours = panel.scheme == Scheme.CONVERGENCE.value

    def amounts(start: int, stop: int) -> list[Floats]:
        aided = np.sum(aid.amounts(start, stop), axis=0) * ours[start:stop, None] * share
        return [aided * part for part in payers.values()]

    flag = f"{item.label}\u00a0: supposé, {100 * share:.0f}\u00a0% de l’aide au poste, faute de subventions connues."
    return Dense(Lines(lines, {factor.code: factor}, (flag,)), amounts)


def spread(panel: Panel, tables: Tables, money: Iterable[dict[str, Any]], lines: Lines) -> Dense:
    """Money of sites and territories, spread over the people in a path there.

    :param money: rows with `site`, `territory` (one of them), `since`, `until`, `line` and `daily` (€ a day).
    """
    means = means_of(tables, pl.DataFrame(list(money), infer_schema_length=None), len(lines), panel.last)

    def amounts(start: int, stop: int) -> list[Floats]:
        rows = slice(start, stop)
        each = means.of(panel.site[rows], panel.calendar(rows))
        each = np.where((panel.in_path & panel.counted)[rows, :, None], each, 0.0)
        return list(np.moveaxis(each, 2, 0))

    return Dense(lines, amounts)


def means_of(tables: Tables, money: pl.DataFrame, lines: int, last: np.datetime64) -> Means:
    """Euros a month and a person in a path, by site, month and line."""
    sites = tables.sites.select("site", "territory", scheme=pl.col("scheme").cast(pl.String)).sort("site").collect()
    people = people_in_path(tables, last)
    keys = sites["site"].to_numpy()
    begin = money["since"].to_numpy().astype("datetime64[M]").min()
    months = np.arange(begin, max(last, begin) + 1)
    present = np.zeros((len(keys), len(months)))
    month = (people["month"].to_numpy().astype("datetime64[M]") - begin).astype(int)
    inside = (month >= 0) & (month < len(months))
    np.add.at(
        present,
        (np.searchsorted(keys, people["site"].to_numpy())[inside], month[inside]),
        people["people"].to_numpy()[inside],
    )
    firsts, afters = months.astype("datetime64[D]"), (months + 1).astype("datetime64[D]")
    ours = (sites["scheme"] == Scheme.CONVERGENCE.value).to_numpy()
    rates = np.zeros((len(keys), len(months), lines))
    for row in money.iter_rows(named=True):
        since, until = np.datetime64(row["since"]), np.datetime64(row["until"] or afters[-1])
        days = (np.minimum(afters, until) - np.maximum(firsts, since)).astype(int).clip(0)
        euros = row["daily"] * days
        mine = (
            keys == row["site"]
            if row["site"] is not None
            else ours & (sites["territory"] == row["territory"]).to_numpy()
        )
        there = present[mine].sum(axis=0)
        rates[mine, :, row["line"]] += np.divide(euros, there, out=np.zeros_like(euros), where=there > 0)
    return Means(keys, begin, rates)


def people_in_path(tables: Tables, last: np.datetime64) -> pl.DataFrame:
    """People with a path on the last day of each month, by the site of the path's first contract: `site`, `month`,
    `people`. All paths of everybody count, first or not, so that no money is spread over too few."""
    hired = (
        tables.contracts.filter(pl.col("path").is_not_null(), pl.col("site").is_not_null())
        .sort("path", "since", "contract")
        .group_by("path", maintain_order=True)
        .agg(pl.col("site").first())
    )
    paths = tables.paths.join(hired, on="path").with_columns(
        end=pl.col("until").fill_null(pl.lit(last.astype(object)).cast(pl.Date))
    )
    return (
        paths.with_columns(
            month=pl.date_ranges(pl.col("since").dt.month_start(), pl.col("end").dt.month_start(), interval="1mo")
        )
        .explode("month", empty_as_null=False, keep_nulls=False)
        .filter(pl.col("until").is_null() | (pl.col("until") > pl.col("month").dt.month_end()))
        .group_by("site", "month")
        .agg(people=pl.len())
        .sort("site", "month")
        .collect()
    )


def _daily(amount: float, since: date, until: date) -> float:
    return amount / (until - since).days
