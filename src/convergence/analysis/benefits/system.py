"""The law as OpenFisca-France holds it, as it is or with a change that somebody asks about."""

from __future__ import annotations

import hashlib
import json
import os
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from convergence.analysis.benefits.errors import BenefitsError
from convergence.analysis.french import NBSP

Rewrite = Callable[[Any], Any]
"""Takes OpenFisca's tax system and gives back another, as its `Reform` classes do."""


@dataclass(frozen=True)
class Change:
    """A parameter of the law that takes another value.

    :param name: its dotted path in OpenFisca-France, such as
        ``prestations_sociales.solidarite_insertion.minima_sociaux.rsa.rsa_m.montant_de_base_du_rsa``.
    :param value: in the parameter's own unit: euros, a share, hours.
    :param since: first day of the new value; ``until``, the last one, None while it lasts.
    """

    name: str
    value: float
    since: date
    until: date | None = None


@dataclass(frozen=True)
class Reform:
    """Changes of parameters, or a rewriting of the formulas (an OpenFisca reform class), or both."""

    changes: tuple[Change, ...] = ()
    rewrite: Rewrite | None = None


def tax_system(reform: Reform | None = None) -> Any:
    """OpenFisca-France's system: two to four seconds the first time in a process, then at once; shared by fork.

    :raises BenefitsError: a change of a parameter that the law does not have.
    """
    return _todays() if reform is None else _reformed(reform)


@cache
def _todays() -> Any:
    return quietly_imported().FranceTaxBenefitSystem()


@cache
def _reformed(reform: Reform) -> Any:
    system = _todays()
    if reform.changes:
        system = _changed(system, reform.changes)
    return reform.rewrite(system) if reform.rewrite else system


def quietly_imported() -> Any:
    """The module `openfisca_france`; what its import warns of concerns its authors."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import openfisca_france
    return openfisca_france


def law_version() -> str:
    """The version of OpenFisca-France, on which every amount depends."""
    return version("openfisca-france")


def fingerprint(reform: Reform | None, *others: str) -> str:
    """What tells one law from another: version, changes, and whatever else amounts depend on.

    A rewriting of formulas is told by its qualified name alone.
    """
    told: list[Any] = [law_version(), version("openfisca-core"), *others]
    if reform is not None:
        told += [[one.name, one.value, str(one.since), str(one.until)] for one in reform.changes]
        if reform.rewrite is not None:
            told.append(f"{reform.rewrite.__module__}.{getattr(reform.rewrite, '__qualname__', reform.rewrite)}")
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def without(system: Any, names: Sequence[str]) -> Any:
    """The same system with some variables always empty, so that nothing is asked on their account."""
    from convergence.analysis.benefits.figures import AsAsked

    class Without(AsAsked):
        def apply(self) -> None:
            super().apply()
            for name in names:
                self.neutralize_variable(name)

    return Without(system)


def parameter(system: Any, name: str, month: str) -> Any:
    """The value of a parameter in a month.

    :raises BenefitsError: no parameter has this name, or no single value.
    """
    value = _of_name(system.parameters, name).get_at_instant(month)
    if value is None:
        raise _unknown(name)
    return value


def _of_name(parameters: Any, name: str) -> Any:
    """OpenFisca's parameter of a dotted path."""
    from openfisca_core.parameters import Parameter

    node = parameters
    for part in name.split("."):
        node = getattr(node, part, None)
    if not isinstance(node, Parameter):
        raise _unknown(name)
    return node


def _unknown(name: str) -> BenefitsError:
    return BenefitsError(
        f"La loi n’a pas de paramètre «{NBSP}{name}{NBSP}»{NBSP}: prenez son nom complet dans OpenFisca-France "
        f"{law_version()}."
    )


def _changed(system: Any, changes: tuple[Change, ...]) -> Any:
    from openfisca_core.reforms import Reform as OpenFiscaReform

    def modify(parameters: Any) -> Any:
        for change in changes:
            stop = str(change.until) if change.until else None
            _of_name(parameters, change.name).update(start=str(change.since), stop=stop, value=change.value)
        return parameters

    class Changed(OpenFiscaReform):
        def apply(self) -> None:
            self.modify_parameters(modifier_function=modify)

    return Changed(system)


def cache_folder() -> Path:
    """Where what can be made again is kept: under the data folder, else in the user's cache."""
    data = os.environ.get("CONVERGENCE_DATA")
    return Path(data) / "benefits" if data else users_cache()


def users_cache() -> Path:
    """The same outside of any data folder."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "convergence" / "benefits"
