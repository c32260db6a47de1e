"""A panel of months as arrays, checked: what every source of amounts reads."""

from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from convergence.analysis.costs.errors import CostError
from convergence.analysis.costs.prices import Months
from convergence.analysis.months import Lost

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

_NEEDED = ("person", "site", "scheme", "month", "elapsed", "within", "observed", "in_path", "gross", "paid")


@dataclass(frozen=True)
class Panel:
    """People and months; arrays are (people,) or (people, months).

    :param counted: months that enter means: those that are known, and those that an assumption fills.
    """

    person: NDArray[np.int64]
    site: NDArray[np.int64]
    scheme: NDArray[np.str_]
    first: Months
    counted: Booleans
    in_path: Booleans
    gross: Floats
    paid: Floats
    lost: Lost | None

    @property
    def people(self) -> int:
        return int(self.counted.shape[0])

    @property
    def months(self) -> int:
        return int(self.counted.shape[1])

    def calendar(self, rows: slice = slice(None)) -> Months:
        """The calendar month of each cell of some people, shape (people, months).

        Months after the last that counts for anybody are given as that one: nothing is priced in the future.
        """
        return np.minimum(self.first[rows, None] + np.arange(self.months), self.last)

    @property
    def years(self) -> tuple[int, int]:
        """The first and the last year of the calendar months."""
        return self.first.min().astype(object).year, self.last.astype(object).year

    @cached_property
    def last(self) -> np.datetime64:
        """The last calendar month that counts for anybody."""
        ends = self.first + self.months - 1 - np.argmax(self.counted[:, ::-1], axis=1)
        known = self.counted.any(axis=1)
        return cast(np.datetime64, ends[known].max() if known.any() else self.first.max())

    @classmethod
    def of(cls, frame: pl.DataFrame, lost: Lost | None = None) -> "Panel":
        """
        :param frame: what ``person_months`` gave.
        :param lost: the assumption with which it was made: months in which nobody has heard of her count only then.
        :raises CostError: nobody, a person without all her months, a month that is not known and that counts.
        """
        if not frame.height:
            raise CostError("Aucune personne n’a de parcours dans ces données\u00a0: vérifiez le jeu de données.")
        absent = [name for name in _NEEDED if name not in frame.columns]
        if absent:
            raise CostError(
                f"La colonne «\u00a0{absent[0]}\u00a0» manque au tableau des mois\u00a0: partez de person_months."
            )
        people = frame["person"].n_unique()
        months, left = divmod(frame.height, people)
        expected = np.tile(np.arange(months), people)
        whole = not left and np.array_equal(frame["elapsed"].to_numpy(), expected)
        if not whole or np.ptp(frame["person"].to_numpy().reshape(people, months), axis=1).any():
            raise CostError(
                "Des mois manquent\u00a0: chaque personne doit avoir tous les mois, du premier au "
                "dernier, dans l’ordre."
            )

        def table(name: str) -> Floats:
            return frame[name].cast(pl.Float64).to_numpy().reshape(people, months)

        def truth(expression: pl.Expr) -> Booleans:
            return frame.select(expression.fill_null(False)).to_series().to_numpy().reshape(people, months)

        rows = frame.gather_every(months)
        calendar = frame["month"].to_numpy().astype("datetime64[M]").reshape(people, months)
        first = calendar[:, 0]
        if not np.array_equal(calendar, first[:, None] + np.arange(months)):
            raise CostError("Des mois ne se suivent pas\u00a0: chaque ligne est le mois qui suit la précédente.")
        counted = truth(pl.col("observed") if lost is None else pl.col("within"))
        gross, paid = table("gross"), table("paid")
        if np.isnan(gross[counted]).any() or np.isnan(paid[counted]).any():
            raise CostError(
                "Des salaires ou des heures manquent dans des mois comptés\u00a0: dites ce qui est supposé des "
                "personnes sans nouvelles, comme pour person_months."
            )
        return cls(
            person=rows["person"].to_numpy(),
            site=rows["site"].fill_null(-1).to_numpy(),
            scheme=rows["scheme"].to_numpy().astype(str),
            first=first,
            counted=counted,
            in_path=truth(pl.col("in_path")),
            gross=np.nan_to_num(gross),
            paid=np.nan_to_num(paid),
            lost=lost,
        )
