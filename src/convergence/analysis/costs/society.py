"""What stands only in the account of society: working time employed, and production. Rights that are deferred."""

from typing import Any

import numpy as np
import polars as pl

from convergence.analysis.benefits.results import Benefits
from convergence.analysis.costs.codes import Payer, Perspective, SavingClass, Status
from convergence.analysis.costs.errors import CostError
from convergence.analysis.costs.lines import CERTAIN, Factor, Line, Lines
from convergence.analysis.costs.panel import Floats, Panel
from convergence.analysis.costs.prices import DAYS_A_YEAR, Prices
from convergence.analysis.costs.programme import PUBLIC, spread
from convergence.analysis.costs.sources import Dense
from convergence.analysis.dataset import Tables

_SOCIETY = frozenset({Perspective.SOCIETY})

PRODUCTION = (
    "Ce que produit le travail est estimé par ce que les employeurs en paient\u00a0: salaire brut et cotisations, "
    "moins l’aide au poste. Le temps des personnes n’a pas d’autre emploi supposé\u00a0: il ne coûte rien à la "
    "collectivité."
)
JOBLESS = (
    "Les allocations de chômage versées après un contrat ne sont pas dans ces données\u00a0: les droits qui naissent "
    "du travail figurent parmi les droits différés, hors de tout équilibre."
)
STAFF = (
    "Du point de vue de la collectivité, le programme coûte le temps de travail de ses équipes, aux coûts annuels "
    "connus\u00a0; locaux, matériel et achats ne sont pas dans ces données et ne sont pas comptés."
)

TEAMS = ("staff_site", "staff_pooled")
PRODUCED = "production"
RIGHTS = {"pension_rights": Payer.SOCIAL_SECURITY, "unemployment_rights": Payer.UNEDIC}
"""Items of the lines below; rights with whoever will pay them."""


def staff_time(panel: Panel, tables: Tables) -> Dense | None:
    """Yearly costs of the means of sites and territories, spread over the people in a path; None where none is known.

    :raises CostError: a negative yearly cost.
    """
    means = tables.staff_means.filter(pl.col("yearly_cost").is_not_null()).collect()
    if not means.height:
        return None
    if means.filter(pl.col("yearly_cost") < 0).height:
        raise CostError("Un moyen en personnel a un coût négatif\u00a0: corrigez-le dans le jeu de données.")
    money: list[dict[str, Any]] = [
        {**row, "line": int(row["site"] is None), "daily": row["yearly_cost"] / DAYS_A_YEAR}
        for row in means.select("site", "territory", "yearly_cost", "since", "until").iter_rows(named=True)
    ]
    labels = ("Équipes des chantiers", "Équipe mutualisée du territoire (temps de travail)")
    lines = tuple(
        Line(item, label, Payer.SOCIETY, SavingClass.PROGRAMME, CERTAIN, _SOCIETY)
        for item, label in zip(TEAMS, labels, strict=True)
    )
    return spread(panel, tables, money, Lines(lines, {}, (), (STAFF,)))


def production(panel: Panel, benefits: Benefits, aid: Dense) -> Dense:
    """The value of what is produced, a gain: labour costs less the aid for posts, never below zero."""
    line = Line(PRODUCED, "Production", Payer.SOCIETY, SavingClass.PRODUCTION, CERTAIN, _SOCIETY)

    def amounts(start: int, stop: int) -> list[Floats]:
        rows = slice(start, stop)
        aided = np.sum(aid.amounts(start, stop), axis=0)
        paid = panel.gross[rows] + benefits.employer_contributions[rows]
        return [-np.where(panel.counted[rows], np.maximum(paid - aided, 0.0), 0.0)]

    return Dense(Lines((line,), {}, (), (PRODUCTION,)), amounts)


def deferred_rights(panel: Panel, prices: Prices) -> Dense:
    """Rights to a pension and to unemployment benefit that wages create, valued at the contribution that is due.

    A cost to come, on lines of its own: never part of a break-even.
    """
    lines, factors, flags = [], {}, []
    for code, payer in RIGHTS.items():
        row = prices.parameter(code)
        flag = f"{row.label}\u00a0: {Status.MEMORY.label}" if row.status is Status.MEMORY else ""
        factor = Factor.of_parameter(code, row, "part du salaire brut", flag)
        factors[factor.code] = factor
        flags.append(flag)
        lines.append(Line(code, row.label, payer, SavingClass.DEFERRED, factor.code, PUBLIC))
    rates = [prices.parameter(code).central for code in RIGHTS]

    def amounts(start: int, stop: int) -> list[Floats]:
        wages = np.where(panel.counted[start:stop], panel.gross[start:stop], 0.0)
        return [wages * rate for rate in rates]

    return Dense(Lines(tuple(lines), factors, tuple(flag for flag in flags if flag), (JOBLESS,)), amounts)
