"""The law as OpenFisca-France holds it, as it is or with a change that somebody asks about."""

from __future__ import annotations

import hashlib
import json
import os
import tomllib
import warnings
from collections.abc import Callable, Mapping, Sequence
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

    @classmethod
    def read(cls, content: Mapping[str, Any]) -> Reform:
        """From the table ``[reform]`` of a scenario: a dotted name, then ``from`` and ``value``, once or in a list.

        >>> name = "prestations_sociales.solidarite_insertion.minima_sociaux.rsa.rsa_m.montant_de_base_du_rsa"
        >>> Reform.read({name: {"from": date(2025, 1, 1), "value": 700.0}}).changes[0].value
        700.0

        :raises BenefitsError: a key that is not a parameter's name, a date or a value that is missing.
        """
        changes: list[Change] = []
        for name, told in content.items():
            for one in told if isinstance(told, list) else [told]:
                changes.append(_change(name, one))
        return cls(tuple(changes))

    @classmethod
    def of_file(cls, file: Path) -> Reform | None:
        """The table ``[reform]`` of a scenario's file, None where it has none.

        :raises BenefitsError: what :meth:`read` refuses, or a file that is no TOML.
        """
        try:
            content = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise BenefitsError(
                f"Le scénario {file.name} ne se lit pas{NBSP}: vérifiez que c’est un fichier TOML."
            ) from error
        return cls.read(content["reform"]) if "reform" in content else None


@cache
def tax_system(reform: Reform | None = None) -> Any:
    """OpenFisca-France's system: two to four seconds the first time in a process, then at once; shared by fork.

    :raises BenefitsError: a change of a parameter that the law does not have.
    """
    openfisca_france = quietly_imported()
    system = openfisca_france.FranceTaxBenefitSystem()
    if reform is None:
        return system
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
    from openfisca_core.reforms import Reform as OpenFiscaReform

    class Without(OpenFiscaReform):
        def apply(self) -> None:
            for name in names:
                self.neutralize_variable(name)

    return Without(system)


def parameter(system: Any, name: str, month: str) -> Any:
    """The value of a parameter in a month.

    :raises BenefitsError: no parameter has this name, or no single value.
    """
    node = system.get_parameters_at_instant(month)
    for part in name.split("."):
        node = getattr(node, part, None) if node is not None else None
    if node is None:
        raise BenefitsError(_unknown(name))
    return node


def _unknown(name: str) -> str:
    return (
        f"La loi n’a pas de paramètre «{NBSP}{name}{NBSP}»{NBSP}: prenez son nom complet dans OpenFisca-France "
        f"{law_version()}."
    )


def _change(name: str, told: Any) -> Change:
    if not isinstance(told, Mapping) or not set(told) <= {"from", "to", "value"}:
        raise BenefitsError(f"Réforme, «{NBSP}{name}{NBSP}»{NBSP}: écrivez {{ from = une date, value = un nombre }}.")
    since, until, value = told.get("from"), told.get("to"), told.get("value")
    if type(since) is not date or (until is not None and type(until) is not date):
        raise BenefitsError(f"Réforme, «{NBSP}{name}{NBSP}»{NBSP}: «{NBSP}from{NBSP}» est une date, comme 2025-01-01.")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BenefitsError(f"Réforme, «{NBSP}{name}{NBSP}»{NBSP}: «{NBSP}value{NBSP}» est un nombre.")
    if until is not None and until <= since:
        raise BenefitsError(f"Réforme, «{NBSP}{name}{NBSP}»{NBSP}: la fin vient après le début.")
    return Change(name, float(value), since, until)


def _changed(system: Any, changes: tuple[Change, ...]) -> Any:
    from openfisca_core.parameters import Parameter
    from openfisca_core.reforms import Reform as OpenFiscaReform

    def modify(parameters: Any) -> Any:
        for change in changes:
            node = parameters
            for part in change.name.split("."):
                node = getattr(node, part, None) if node is not None else None
            if not isinstance(node, Parameter):
                raise BenefitsError(_unknown(change.name))
            stop = str(change.until) if change.until else None
            node.update(start=str(change.since), stop=stop, value=change.value)
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
