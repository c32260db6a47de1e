"""The law asked once per distinct key: the same cells as :class:`Direct`, for a million people at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convergence.analysis.benefits.assumptions import Assumptions, assumptions
from convergence.analysis.benefits.averages import notes_of, published
from convergence.analysis.benefits.circumstances import FIRST_HOUSING_LAW, FIRST_LAW, HISTORY, Circumstances, Rented
from convergence.analysis.benefits.direct import LEAD, LONG_LEAD, Direct
from convergence.analysis.benefits.households import EXPERIMENT
from convergence.analysis.benefits.laws import ADULT, CENT, FIGURES, GROWN, HOUR, OLD, WINDOW, Laws, housing_resources
from convergence.analysis.benefits.results import Benefits, joined
from convergence.analysis.benefits.system import Reform, fingerprint, tax_system
from convergence.analysis.benefits.tables import Bits, Tables, Values, bits
from convergence.analysis.french import NBSP

CELLS = 8_000_000
"""Person-months, history included, held at a time."""
_FORMAT = "1"
"""Of the tables' columns: another number, and files of before are not read."""

Amounts = dict[str, NDArray[np.float32]]


class Factorised:
    """Works out each distinct wage, rent, sum of resources… once, and keeps it.

    Wages give contributions; rounded resources, kind of housing and rent give the housing aid; the means of three
    months give RSA; each month's own situation gives its share of the in-work benefit. What is held for a month is
    found again by every later computation, also in other processes when a folder is given.

    :param folder: where tables are kept between runs; None: in memory alone, as long as this object lives.
    :param reform: another law; one that rewrites formulas is computed by :class:`Direct`, and said in the notes.
    """

    def __init__(
        self, folder: Path | None = None, reform: Reform | None = None, *, assumed: Assumptions | None = None
    ) -> None:
        self.reform = reform
        self.assumed = assumed or assumptions()
        self.tables = Tables(folder, fingerprint(reform, self.assumed.sha256, _FORMAT))
        self._laws: Laws | None = None

    @property
    def laws(self) -> Laws:
        """The law, built at its first question: a table that holds everything does without."""
        if self._laws is None:
            self._laws = Laws(tax_system(self.reform), self.assumed)
        return self._laws

    def compute(self, circumstances: Circumstances) -> Benefits:
        """Amounts of everybody; see :meth:`blocks` for more people than memory holds."""
        blocks = list(self.blocks(circumstances))
        ends = np.cumsum([0, *(block.people for block in blocks)])
        return joined(blocks, [np.arange(*pair) for pair in pairwise(ends)])

    def blocks(self, circumstances: Circumstances, cells: int = CELLS) -> Iterator[Benefits]:
        """Amounts of some people after others, in order; tables are saved at the end.

        :param cells: person-months of one block, history included.
        """
        if self.reform is not None and self.reform.rewrite is not None:
            found = Direct(self.reform, assumed=self.assumed).compute(circumstances)
            yield replace(
                found, notes=(*found.notes, f"Réforme des formules{NBSP}: calculée directement, mois par mois.")
            )
            return
        size = max(1, cells // (HISTORY + circumstances.months))
        for begins in range(0, circumstances.people, size):
            part = circumstances.of(slice(begins, begins + size))
            yield _Block(part, self).result()
        self.tables.save()


class _Block:
    """Lives side by side: row k of an array is everybody's k-th month, `HISTORY` months before the first included."""

    def __init__(self, circumstances: Circumstances, engine: Factorised) -> None:
        self.asked, self.engine, self.assumed = circumstances, engine, engine.assumed
        whole, _before = circumstances.with_history()
        self.first = whole.first_month.astype(np.int64)
        self.birth = whole.birth.astype(np.int64)
        self.couple, self.children = whole.couple.astype(np.int32), whole.children.astype(np.int32)
        self.zone = whole.zone.astype(np.int32)
        self.months = whole.months
        self.cells = {name: np.ascontiguousarray(getattr(whole, name).T) for name in _CELLS}
        self.amounts: Amounts = {name: np.zeros(self.cells["gross"].shape, np.float32) for name in _STATES}
        # Households of which limits are asked: few.
        self.kinds, self.kind = np.unique((self.couple << _FAMILY) + self.children, return_inverse=True)
        self.together = bool((self.first == self.first[0]).all())

    def result(self) -> Benefits:
        for month in range(int(self.first.min()), int(self.first.max()) + self.months):
            self._month(np.datetime64(month, "M"))
        for year in range(
            self._year(int(self.first.min()) + HISTORY), self._year(int(self.first.max()) + self.months - 1) + 1
        ):
            self._tax(year)
        lived = {name: np.ascontiguousarray(self.amounts[name][HISTORY:].T) for name in _KEPT}
        notes = (*notes_of(self.asked, self.assumed), *self.engine.tables.notes)
        return Benefits(self.asked.first_month, **lived, notes=notes)

    def _month(self, month: np.datetime64) -> None:
        here = _Here(self, month, 0)
        if not here.people:
            return
        self._wages(here)
        here = here.since(HISTORY - LONG_LEAD)
        if here.people and (here.cell("disabled").any() or here.cell("ass").any()):
            self._rights(here)
        here = here.since(HISTORY - LEAD)
        if here.people:
            self._housing(here)
            self._supplement(here)
            self._minimum(here)
            self._in_work(here)

    def _wages(self, here: _Here) -> None:
        gross = here.cell("gross")
        paid = gross > 0
        if not paid.any():
            return
        keys = np.empty((int(paid.sum()), 4), np.int32)
        keys[:, 0] = np.rint(gross[paid] * CENT)
        keys[:, 1] = np.rint(here.cell("hours")[paid].astype(np.float64) * HOUR)
        keys[:, 2] = here.cell("aci")[paid]
        keys[:, 3] = here.cell("public_employer")[paid] & here.cell("aci")[paid]
        found = self._found("wages", here.month, keys, 5, lambda laws: laws.wages)
        for place, name in enumerate(_WAGES):
            here.put(name, found[:, place], paid)

    def _rights(self, here: _Here) -> None:
        disabled, ass = here.cell("disabled"), here.cell("ass")
        if here.month < FIRST_LAW:
            here.put("aah", self._published("aah", here))
            here.put("ass", self._published("ass", here))
            return
        if disabled.any():
            at_work = here.back("taxable", 0) > 0
            quarter = np.where(at_work, here.total("net_wage", range(3, 0, -1)) * 4, np.float32(0))
            year = np.where(at_work, np.float32(0), here.year_before())
            keys = bits(
                quarter, year, at_work, self._age(here, GROWN), self.couple[here.rows], self.children[here.rows]
            )
            found = self._found("aah", here.month, keys[disabled], 1, lambda laws: laws.aah)
            here.put("aah", found[:, 0], disabled)
        if ass.any():
            age = np.maximum(self._months_old(here), OLD * 12)
            columns = [age, self.couple[here.rows]]
            for name in ("taxable", "aah", "ass_right"):
                columns += [here.back(name, back) for back in range(WINDOW - 1, -1, -1)]
            keys = bits(*(column[ass] for column in columns))
            found = self._found("ass", here.month, keys, 1, lambda laws: laws.ass)
            here.put("ass", found[:, 0], ass)

    def _housing(self, here: _Here) -> None:
        housing = here.cell("housing")
        housed = housing > Rented.NONE
        if not housed.any():
            return
        if here.month < FIRST_HOUSING_LAW:
            here.put("housing_aid", self._published("housing_aid", here))
            return
        reduced = (here.back("aah", 0) > 0) & (here.back("taxable", 0) == 0)
        left_out = here.back("rsa", 1) > 0
        taxable = here.total("taxable", range(13, 1, -1))
        resources = housing_resources(self._figures(here), taxable, reduced, left_out)
        keys = bits(
            resources,
            housing,
            np.rint(here.cell("rent") * CENT).astype(np.int32),
            self.zone[here.rows],
            self.couple[here.rows],
            self.children[here.rows],
        )
        found = self._found("housing", here.month, keys[housed], 1, lambda laws: laws.housing_aid)
        here.put("housing_aid", found[:, 0], housed)

    def _supplement(self, here: _Here) -> None:
        aah = here.back("aah", 0)
        some = aah > 0
        if not some.any():
            return
        worked = here.total("taxable", range(12, 0, -1)) > 0
        foyer = here.cell("housing") == Rented.RESIDENCE
        keys = bits(aah, worked, here.back("housing_aid", 0) > 0, foyer)[some]
        found = self._found("supplement", here.month, keys, 1, lambda laws: laws.supplement)
        here.put("supplement", found[:, 0], some)

    def _minimum(self, here: _Here) -> None:
        if here.month < FIRST_LAW:
            here.put("rsa", self._published("rsa", here))
            return
        resident = here.cell("resident")
        if not resident.any():
            return
        ago = range(4, 1, -1) if here.month >= EXPERIMENT else range(3, 0, -1)
        stopped = (here.back("net_wage", 0) == 0) & (here.back("net_wage", 1) > 0)
        wages = here.total("net_wage", ago) * ~stopped / np.float32(3)
        others = (here.total("ass", ago) + here.total("aah", ago) + here.total("supplement", ago)) / np.float32(3)
        forfait, _in_work, full = self._limits(here)
        sought = resident & (wages + others < full)
        if sought.any():
            aid = np.minimum(here.back("housing_aid", 0), forfait)
            household = (resident, self.couple[here.rows], self.children[here.rows])
            keys = bits(wages, others, aid, self._age(here, GROWN), *household)[sought]
            found = self._found("rsa", here.month, keys, 1, lambda laws: laws.rsa)
            here.put("rsa", found[:, 0], sought)

    def _in_work(self, here: _Here) -> None:
        net = here.back("net_wage", 0)
        some = (net > 0) & here.cell("resident")
        if here.month >= FIRST_LAW - _LOOKED_BACK and some.any():
            _minimum, forfait, _full = self._limits(here)
            aid = np.minimum(here.back("housing_aid", 0), forfait)
            others = (here.back("aah", 0), here.back("ass", 0), here.back("supplement", 0))
            household = (here.cell("resident"), self.couple[here.rows], self.children[here.rows])
            keys = bits(net, *others, aid, self._age(here, ADULT), *household)[some]
            found = self._found("in_work", here.month, keys, 1, lambda laws: laws.in_work_month)
            here.put("month_share", found[:, 0], some)
        here = here.since(HISTORY)
        if not here.people:
            return
        if here.month < FIRST_LAW:
            here.put("in_work_benefit", self._published("in_work_benefit", here))
            return
        ago = range(4, 1, -1) if here.month >= EXPERIMENT else range(3, 0, -1)
        mean = here.total("month_share", ago) / np.float32(3)
        if not mean.any():
            return
        worked = here.total("net_wage", range(3, 0, -1)) > 0
        least = self._figures(here)[4]
        here.put("in_work_benefit", mean * worked * (mean >= least))

    def _tax(self, year: int) -> None:
        january = (year - 1970) * 12
        columns = january - self.first[:, None] + np.arange(12)
        inside = (columns >= 0) & (columns < self.months)
        rows = np.arange(len(self.first))[:, None]
        wages = np.where(inside, self.amounts["taxable"][np.clip(columns, 0, self.months - 1), rows], np.float32(0))
        taxable = np.zeros(len(self.first), np.float32)
        for month in range(12):
            taxable += wages[:, month]
        up = (np.ceil(taxable / _STEP) * _STEP).astype(np.float32)
        household = (self.couple, self.children)
        when = np.datetime64(year - 1970, "Y")
        # Tax grows with wages: who would owe none for a little more owes none.
        due = self._found("tax", when, bits(up, *household), 1, lambda laws: laws.income_tax)[:, 0]
        owing = due > 0
        if owing.any():
            exact = bits(taxable, *household)[owing]
            due[owing] = self._found("tax", when, exact, 1, lambda laws: laws.income_tax)[:, 0]
        where, who = np.nonzero(inside.T)
        self.amounts["income_tax"][columns[who, where], who] = due[who] / np.float32(12)

    def _found(
        self,
        kind: str,
        when: np.datetime64,
        keys: Bits,
        values: int,
        law: Callable[[Laws], Callable[[Any, Bits], Values]],
    ) -> Values:
        table = self.engine.tables.of(kind, int(when.astype(int)), keys.shape[1], values)

        def work_out(missing: Bits) -> Values:
            return np.concatenate(
                [law(self.engine.laws)(when, missing[at : at + _AT_ONCE]) for at in range(0, len(missing), _AT_ONCE)]
            )

        return table.look_up(keys, work_out)

    def _limits(self, here: _Here) -> tuple[Values, Values, Values]:
        keys = np.stack([self.kinds >> _FAMILY, self.kinds % (1 << _FAMILY)], axis=1).astype(np.int32)
        mine = self._found("limits", here.month, keys, 3, lambda laws: laws.limits)[self.kind[here.rows]]
        return mine[:, 0], mine[:, 1], mine[:, 2]

    def _figures(self, here: _Here) -> Values:
        nothing = np.zeros((1, 1), np.int32)
        found: Values = self._found("figures", here.month, nothing, len(FIGURES), lambda laws: laws.figures)[0]
        return found

    def _published(self, name: str, here: _Here) -> Values:
        cells = {key: here.cell(key) for key in ("gross", "disabled", "ass", "resident", "housing")}
        return published(self.assumed, name, here.month, self._months_old(here), self.children[here.rows], cells)

    def _months_old(self, here: _Here) -> NDArray[np.int32]:
        old: NDArray[np.int32] = (here.number - self.birth[here.rows]).astype(np.int32)
        return old

    def _age(self, here: _Here, enough: int) -> NDArray[np.int32]:
        """Years, no further than the age from which nothing changes."""
        return np.minimum(self._months_old(here) // 12, enough)

    @staticmethod
    def _year(month: int) -> int:
        return 1970 + month // 12


class _Here:
    """The people for whom a calendar month is one of their lives' months, and each one's place in it."""

    def __init__(self, block: _Block, month: np.datetime64, least: int) -> None:
        self.block, self.month, self.number = block, month, int(month.astype(int))
        places = self.number - block.first
        if block.together:
            inside = least <= places[0] < block.months
            self.rows: Any = slice(None) if inside else slice(0, 0)
            self.places: Any = int(places[0])
            self.people = len(places) if inside else 0
        else:
            self.rows = np.flatnonzero((places >= least) & (places < block.months))
            self.places = places[self.rows]
            self.people = len(self.rows)

    def since(self, least: int) -> _Here:
        """Those of them who are at their month ``least`` or later."""
        return _Here(self.block, self.month, least)

    def cell(self, name: str) -> NDArray[Any]:
        found: NDArray[Any] = self.block.cells[name][self.places, self.rows]
        return found

    def back(self, name: str, months: int) -> NDArray[Any]:
        """An amount so many months ago; 0 before a life begins."""
        source = self.block.cells["ass"] if name == "ass_right" else self.block.amounts[name]
        places = self.places - months
        if self.block.together:
            return source[places] if places >= 0 else np.zeros(source.shape[1], source.dtype)
        found: NDArray[Any] = np.where(places >= 0, source[np.maximum(places, 0), self.rows], source.dtype.type(0))
        return found

    def total(self, name: str, ago: range) -> Values:
        """A sum over months, the oldest first, as the law's formulas add them."""
        sum_ = np.zeros(self.people, np.float32)
        for months in ago:
            sum_ = sum_ + self.back(name, months)
        return sum_

    def year_before(self) -> Values:
        """Taxable wages of the calendar year two years ago."""
        since_january = self.number % 12
        return self.total("taxable", range(since_january + 24, since_january + 12, -1))

    def put(self, name: str, values: Values, some: NDArray[np.bool_] | None = None) -> None:
        target = self.block.amounts[name]
        if some is None:
            target[self.places, self.rows] = values
        elif self.block.together:
            target[self.places, some] = values
        else:
            target[self.places[some], self.rows[some]] = values


_CELLS = ("gross", "hours", "aci", "public_employer", "housing", "rent", "disabled", "ass", "resident")
_WAGES = ("net_wage", "taxable", "employee_contributions", "social_levies", "employer_contributions")
_KEPT = (
    *(name for name in _WAGES if name != "taxable"),
    "rsa",
    "in_work_benefit",
    "aah",
    "ass",
    "housing_aid",
    "income_tax",
)
_STATES = (*_KEPT, "taxable", "supplement", "month_share")
_STEP = np.float32(200)
_FAMILY = 8
"""Bits of a number of children."""
_LOOKED_BACK = 3
"""Months that the first in-work benefits look back at; there is no law of it before."""
_AT_ONCE = 50_000
