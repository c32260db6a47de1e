"""Partners of each territory, what they offer and say; which of them each referral went to. Nobody supported is named.

A network has a random stream of its own, from the seed and its territory: no life and no block moves it, nor it them.
"""

from collections.abc import Iterator
from datetime import date

import numpy as np

from convergence.simulation.layout import plan
from convergence.simulation.moments import worked
from convergence.simulation.network.drawing import Draw
from convergence.simulation.network.tables import Network
from convergence.simulation.parameters import Parameters
from convergence.vocabulary.structures import Scheme

__all__ = ["Network", "networks"]


def networks(
    parameters: Parameters, until: date, *, people: int | None = None, territories: int = 1, seed: int
) -> Iterator[Network]:
    """The network of each territory as it stands on the morning of ``until``; numbers as those of ``model.blocks``.

    :raises ParameterError: no site is open before ``until``.
    """
    planned = plan(parameters, until, people, territories)
    last = worked(np.array([until], dtype="datetime64[D]") - 1)[0]
    sites = planned.layout.tables["sites"]
    inside = sites["scheme"] == sites.codes["scheme"].index(Scheme.CONVERGENCE.value)
    for territory in planned.layout.tables["territories"]["territory"].tolist():
        here = inside & (sites["territory"] == territory)
        hired = sum(planned.sites[row].hires for row in np.flatnonzero(here).tolist())
        rng = np.random.default_rng(np.random.SeedSequence([seed, territory, *b"network"]))
        yield Draw(
            rng,
            parameters.network,
            territory,
            hired,
            sites["opened"][here].min(),
            last,
            sites["site"][here],
            parameters.means.partnership_officers,
        ).network()
