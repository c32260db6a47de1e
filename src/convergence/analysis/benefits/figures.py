"""The law's figures, read as formulas ask for them; here alone something derives from what OpenFisca is made of."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from openfisca_core.parameters import ParameterNode, ParameterNodeAtInstant
from openfisca_core.periods import Period, instant
from openfisca_core.reforms import Reform


class FiguresOfDay(ParameterNodeAtInstant):
    """A branch of the law's figures on a day, as OpenFisca's own, save that what stands below is read when asked for.

    OpenFisca reads all of them, several thousand, for every day that a formula names: two thirds of its time where
    few people live many months.
    """

    def __init__(self, node: ParameterNode, day: str) -> None:
        self._name, self._node, self._instant_str = node.name, node, day

    @cached_property
    def _children(self) -> dict[str, Any]:
        read = {name: self._read(child) for name, child in self._node.children.items()}
        return {name: value for name, value in read.items() if value is not None}

    def _read(self, child: Any) -> Any:
        if isinstance(child, ParameterNode):
            return FiguresOfDay(child, self._instant_str)
        return child._get_at_instant(self._instant_str)

    def __getattr__(self, key: str) -> Any:
        # What is not there, OpenFisca says in its own words.
        return self._children[key] if key in self._children else super().__getattr__(key)


class AsAsked(Reform):
    """The same law, its figures read when formulas ask for them."""

    def apply(self) -> None:
        self._days: dict[Any, FiguresOfDay] = {}

    def get_parameters_at_instant(self, day: Any) -> FiguresOfDay:
        """The figures of a day; of its first one, for a period."""
        since = day.start if isinstance(day, Period) else day
        found = self._days.get(since)
        if found is None:
            found = self._days[since] = FiguresOfDay(self.parameters, str(instant(since)))
        return found
