"""The law month by month, as it is asked of OpenFisca with nothing shared between people: slow, and the reference."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convergence.analysis.benefits.assumptions import Assumptions, assumptions
from convergence.analysis.benefits.averages import notes_of, published
from convergence.analysis.benefits.circumstances import FIRST_HOUSING_LAW, FIRST_LAW, Circumstances
from convergence.analysis.benefits.households import INCAPACITY, LEVIES, Households, employer_contributions
from convergence.analysis.benefits.results import AMOUNTS, Benefits, joined
from convergence.analysis.benefits.system import Reform, tax_system

BATCH = 5_000
"""People at a time: a million would take 62 GB."""
LEAD = 6
"""Months before the first from which benefits are computed and pinned, since each looks back at the others."""
LONG_LEAD = 25
"""The same for AAH and ASS, which look back a year or more."""
_SPREAD = 12
"""First months that one batch may be apart."""


class Direct:
    """Asks OpenFisca of every person, in batches, month after month.

    Each month, in this order, AAH, ASS, housing aid, RSA and in-work benefit are computed and pinned back as inputs,
    from `LEAD` months before the first: asked in another order, OpenFisca gives zeros without saying so.

    :param reform: another law than today's.
    """

    def __init__(self, reform: Reform | None = None, *, assumed: Assumptions | None = None) -> None:
        self.reform = reform
        self.assumed = assumed or assumptions()

    def compute(self, circumstances: Circumstances) -> Benefits:
        """Amounts of everybody.

        :raises BenefitsError: a reform that the law refuses, or months of which nothing is published.
        """
        parts, places = [], []
        for chosen in self._batches(circumstances):
            parts.append(self._batch(circumstances.of(chosen)))
            places.append(chosen)
        return joined(parts, places)

    def _batches(self, circumstances: Circumstances) -> Iterator[NDArray[np.int64]]:
        order = np.argsort(circumstances.first_month, kind="stable")
        firsts = circumstances.first_month[order]
        begins = 0
        while begins < len(order):
            within = np.searchsorted(firsts, firsts[begins] + _SPREAD)
            ends = min(int(within), begins + BATCH)
            yield order[begins:ends]
            begins = ends

    def _batch(self, circumstances: Circumstances) -> Benefits:
        return _Run(circumstances, tax_system(self.reform), self.assumed).result()


class _Run:
    """One batch on the calendar: row i stands in column ``month - begins``; what lies outside of a life is empty."""

    def __init__(self, circumstances: Circumstances, system: Any, assumed: Assumptions) -> None:
        whole, before = circumstances.with_history()
        self.asked, self.assumed = circumstances, assumed
        self.begins, self.ends = whole.first_month.min(), (whole.first_month + whole.months).max()
        first = circumstances.first_month
        self.starts = first.min()
        self.shift = (whole.first_month - self.begins).astype(int)
        self.before = before
        self.cells = {
            name: self._on_calendar(getattr(whole, name))
            for name in ("gross", "hours", "aci", "public_employer", "housing", "rent", "disabled", "ass", "resident")
        }
        self.households = Households(system, whole.birth, whole.couple, whole.children, first)
        self._tell(whole)

    def result(self) -> Benefits:
        amounts = {name: np.zeros_like(self.cells["gross"]) for name in AMOUNTS}
        rights = bool(self.cells["disabled"].any() or self.cells["ass"].any())
        self.households.told_of_household("rsa", self.starts - LEAD - 1, np.zeros(self.asked.people, np.float32))
        for month in self._months(self.starts - LONG_LEAD, self.ends):
            column = self._column(month)
            if rights:
                amounts["aah"][:, column] = self._pinned("aah", "aah", month)
                amounts["ass"][:, column] = self._pinned("ass", "ass", month)
            if month >= self.starts - LEAD:
                amounts["housing_aid"][:, column] = self._pinned("aide_logement", "housing_aid", month)
                amounts["rsa"][:, column] = self._pinned("rsa", "rsa", month)
            if month >= self.starts:
                amounts["in_work_benefit"][:, column] = self._pinned("ppa", "in_work_benefit", month)
        self._wages(amounts)
        self._tax(amounts)
        return self._of_lives(amounts)

    def _pinned(self, variable: str, name: str, month: np.datetime64) -> NDArray[np.float32]:
        law = FIRST_HOUSING_LAW if name == "housing_aid" else FIRST_LAW
        found = self.households.asked(variable, month) if month >= law else self._published(name, month)
        if variable in {"aah", "ass"}:
            self.households.told(variable, month, found)
        else:
            self.households.told_of_household(variable, month, found)
        if month < FIRST_HOUSING_LAW and variable == "aide_logement":
            # Other benefits ask whether there is one under this name.
            self.households.told_of_household("aide_logement_montant", month, found)
        return found

    def _published(self, name: str, month: np.datetime64) -> NDArray[np.float32]:
        here = {key: values[:, self._column(month)] for key, values in self.cells.items()}
        age = (month - self.asked.birth).astype(int)
        return published(self.assumed, name, month, age, self.asked.children, here)

    def _wages(self, amounts: dict[str, NDArray[np.float32]]) -> None:
        # From January on: the reductions of a month are what is due since then less what was had.
        for month in self._months(self.starts.astype("datetime64[Y]").astype("datetime64[M]"), self.ends):
            column, ask = self._column(month), self.households.asked
            due = employer_contributions(
                self.households,
                month,
                self.cells["gross"][:, column],
                self.cells["aci"][:, column],
                self.cells["public_employer"][:, column],
                self.assumed,
            )
            amounts["employer_contributions"][:, column] = due
            amounts["employee_contributions"][:, column] = -ask("cotisations_salariales", month)
            amounts["social_levies"][:, column] = -sum(ask(name, month) for name in LEVIES)
            amounts["net_wage"][:, column] = ask("salaire_net", month)

    def _tax(self, amounts: dict[str, NDArray[np.float32]]) -> None:
        for year in np.unique(np.array(list(self._months(self.starts, self.ends))).astype("datetime64[Y]")):
            due = np.maximum(-self.households.asked("impot_revenu_restant_a_payer", year, yearly=True), 0) / 12
            for month in self._months(year.astype("datetime64[M]"), year.astype("datetime64[M]") + 12):
                if self.begins <= month < self.ends:
                    amounts["income_tax"][:, self._column(month)] = due

    def _tell(self, whole: Circumstances) -> None:
        cells, households = self.cells, self.households
        for month in self._months(self.begins, self.ends):
            column = self._column(month)
            households.tell_work(
                month, cells["gross"][:, column], cells["hours"][:, column], self.assumed.employer_size
            )
            households.tell_housing(month, cells["housing"][:, column], cells["rent"][:, column], whole.zone)
            households.told("taux_incapacite", month, np.where(cells["disabled"][:, column], INCAPACITY, 0.0))
            households.told("ass_precondition_remplie", month, cells["ass"][:, column])
            households.told_of_adults("rsa_condition_nationalite", month, cells["resident"][:, column])
            households.tell_calendar(month)
            households.tell_no_old_age(month)

    def _on_calendar(self, values: NDArray[Any]) -> NDArray[Any]:
        people, months = values.shape
        grid = np.zeros((people, int((self.ends - self.begins).astype(int))), values.dtype)
        grid[np.arange(people)[:, None], self.shift[:, None] + np.arange(months)] = values
        return grid

    def _of_lives(self, amounts: dict[str, NDArray[np.float32]]) -> Benefits:
        rows = np.arange(self.asked.people)[:, None]
        columns = self.shift[:, None] + self.before + np.arange(self.asked.months)
        lived = {name: values[rows, columns] for name, values in amounts.items()}
        return Benefits(self.asked.first_month, **lived, notes=notes_of(self.asked, self.assumed))

    def _months(self, since: np.datetime64, until: np.datetime64) -> Iterator[np.datetime64]:
        yield from np.arange(since, until)

    def _column(self, month: np.datetime64) -> int:
        return int((month - self.begins).astype(int))
