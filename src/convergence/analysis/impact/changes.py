"""The same situation at entry and later: what a difference in differences is made on."""

import polars as pl

from convergence.analysis.dataset import Tables
from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.outcomes import Outcomes, outcome
from convergence.analysis.impact.panel import Panel
from convergence.analysis.impact.sample import Flags, Floats
from convergence.vocabulary.structures import Scheme


def since_entry(
    tables: Tables,
    outcomes: Outcomes,
    name: str,
    chosen: Flags,
    *,
    by_site: bool = True,
    weights: Floats | None = None,
) -> Panel:
    """People in the situation of an outcome or not, on their first day and at the outcome's moment.

    A difference in differences on it takes off what set the two groups apart at entry, supposing that without the
    scheme both would have changed alike: where one starts much lower it may only have more room to rise.

    :param name: an outcome of situation (`housed_24`, `job_12`…), opened in ``outcomes``.
    :param chosen: (people,) of ``outcomes``, in both arms; ``weights``: (people,) positive.
    :raises ImpactError: an outcome that is no situation (an exit, a right that was lacking).
    """
    told = outcome(name)
    if not told.repeats:
        raise ImpactError(
            f"Le critère « {name} » n’a pas de valeur à l’entrée : la différence de différences ne vaut que pour une "
            "situation (logement, emploi, soins)."
        )
    first = outcomes.people.rename({"since": "begins", "until": "ends"}).with_columns(day=pl.col("begins"))
    before, _ = told.find(tables, first)
    return Panel.two_dates(
        before[chosen],
        outcomes.values[name][chosen],
        (outcomes.people["scheme"] == Scheme.CONVERGENCE.value).to_numpy()[chosen],
        cluster=outcomes.people["site"].to_numpy()[chosen] if by_site else None,
        weights=None if weights is None else weights[chosen],
    )
