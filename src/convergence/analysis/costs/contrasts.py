"""What the people of the scheme are compared with: themselves before, or others without it. Contrasts have names."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from convergence.analysis.conventions import SMALLEST
from convergence.analysis.costs.errors import CostError
from convergence.analysis.costs.ledger import Ledger, check_weights
from convergence.analysis.costs.panel import Booleans, Floats
from convergence.analysis.dataset import Tables
from convergence.analysis.months import ASPECTS, first_paths
from convergence.vocabulary.employment import Employment

_LEARNT_WITHIN = "1mo"
"""A fact first written down as true in the month after the entry tells of the entry."""

Reweighting = Callable[[NDArray[np.int64]], Floats]
"""From how many times each person was drawn, (people,), to the weight of each copy in the comparison, (people,)."""


@dataclass(frozen=True)
class BeforeAfter:
    """The same people as on the day they entered, their situation and income held as they were then.

    :param ledger: what happened; :param before: the ledger of :func:`held_at_entry` on the same people.
    """

    ledger: Ledger
    before: Ledger
    treated: Booleans
    name: str = "Avant-après\u00a0: situation et revenus du jour d’entrée maintenus"

    def __post_init__(self) -> None:
        _enough(self.treated, "Personnes du dispositif")
        if not np.array_equal(self.ledger.panel.person, self.before.panel.person):
            raise CostError("L’avant et l’après ne portent pas sur les mêmes personnes\u00a0: partez du même tableau.")
        if self.ledger.year != self.before.year:
            raise CostError("L’avant et l’après ne sont pas dans les mêmes euros\u00a0: convertissez les deux comptes.")
        if self.ledger.lines.lines != self.before.lines.lines:
            raise CostError("L’avant et l’après n’ont pas les mêmes lignes\u00a0: faites-les avec les mêmes prix.")

    @property
    def with_scheme(self) -> Ledger:
        return self.ledger

    @property
    def without(self) -> Ledger:
        return self.before

    @property
    def controls(self) -> None:
        return None

    def weights(self, counts: NDArray[np.int64]) -> Floats:
        """Total weights of the people before, for a sample in which they were drawn ``counts`` times, (people,)."""
        return counts.astype(np.float64) * self.treated


@dataclass(frozen=True)
class Counterfactual:
    """People of the scheme against the weighted mean of others.

    :param controls: (people,) weights of the comparison, zero outside of it.
    :param reweighting: works the weights out again on each bootstrap sample, so that the uncertainty of the effect's
        estimation is drawn too; None: the weights are taken as known.
    :param pool: (people,) who may be drawn on the side of the comparison, when people of no weight may get one in
        another sample, as with matching; None: those of some weight.
    """

    ledger: Ledger
    treated: Booleans
    controls: Floats
    name: str
    reweighting: Reweighting | None = None
    pool: Booleans | None = None

    def __post_init__(self) -> None:
        check_weights(self.controls)
        _enough(self.treated, "Personnes du dispositif")
        _enough(self.controls > 0, "Personnes de comparaison")
        if (self.treated & (self.drawn | (self.controls > 0))).any():
            raise CostError("Des personnes sont des deux côtés de la comparaison\u00a0: retirez-les d’un des deux.")
        if not self.name.strip():
            raise CostError("La comparaison n’a pas de nom\u00a0: nommez le contrefactuel et la méthode.")

    @property
    def with_scheme(self) -> Ledger:
        return self.ledger

    @property
    def without(self) -> Ledger:
        return self.ledger

    def weights(self, counts: NDArray[np.int64]) -> Floats:
        """Total weights of the comparison for a sample in which people were drawn ``counts`` times, (people,)."""
        each = self.controls if self.reweighting is None else self.reweighting(counts)
        return cast(Floats, counts * np.where(self.drawn, each, 0.0))

    @property
    def drawn(self) -> Booleans:
        """Who may be drawn on the side of the comparison, (people,)."""
        return self.controls > 0 if self.pool is None else self.pool


Contrast = BeforeAfter | Counterfactual


def held_at_entry(tables: Tables, months: pl.DataFrame) -> pl.DataFrame:
    """The same people and months, each as on the day she entered: the frame of "before".

    Every aspect keeps its value of the first day of the path (or the first written in the month after, where nothing
    was known); nobody works, and no path runs. Aspects are strings. Months that were not over stay so.
    """
    entered = first_paths(tables).select("person", entered="since")
    told = (
        tables.situations.filter(pl.col("value").is_not_null())
        .select("person", "since", "until", pl.col("aspect").cast(pl.String), pl.col("value").cast(pl.String))
        .collect()
        .join(entered, on="person")
        .filter(
            pl.col("aspect").is_in(ASPECTS),
            pl.col("since") <= pl.col("entered").dt.offset_by(_LEARNT_WITHIN),
            pl.col("until").is_null() | (pl.col("until") > pl.col("entered")),
        )
        .sort("person", "aspect", "since")
        .unique(["person", "aspect"], keep="first", maintain_order=True)
        .pivot("aspect", index="person", values="value")
    )
    absent = [pl.lit(None, pl.String).alias(aspect) for aspect in ASPECTS if aspect not in told.columns]
    held = months.drop(*ASPECTS).join(told.with_columns(absent), on="person", how="left", maintain_order="left")
    no_work = [pl.lit(0.0).alias(name) for name in ("weekly_hours", "gross", "worked", "paid")]
    nobody = [pl.lit(None, pl.String).alias(name) for name in ("employer", "programme")]
    return held.with_columns(
        *no_work,
        *nobody,
        in_path=pl.lit(False),
        public_body=pl.lit(False),
        employment=pl.lit(Employment.NONE.value),
    ).select(months.columns)


def _enough(people: Booleans, who: str) -> None:
    count = int(np.count_nonzero(people))
    if count < SMALLEST:
        raise CostError(
            f"{who}\u00a0: {count}. Sous {SMALLEST}, rien n’est montré\u00a0: élargissez la période ou les chantiers."
        )
