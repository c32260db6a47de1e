"""Reading scenario files: every key is checked, and what contradicts itself is said in one sentence."""

import os
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from difflib import get_close_matches
from importlib.resources import files
from math import isfinite
from pathlib import Path as File
from typing import Any

from convergence.analysis.errors import AnalysisError
from convergence.analysis.scenarios.rates import Kind
from convergence.analysis.scenarios.scenario import (
    Effect,
    Entries,
    HousingPlaces,
    Officers,
    Path,
    Price,
    Ratio,
    Reform,
    Scenario,
    Site,
)
from convergence.analysis.scenarios.states import LONGEST
from convergence.analysis.toml_files import parse_toml, read_toml

SHORTEST_CONTRACT = 4
"""Months of the shortest CDDI (L5132-15-1 of the labour code)."""
LEGAL_WEEK = 35
_KINDS = {kind.name.lower(): kind for kind in Kind}
_OFFICERS_CHANGE = ("housing_up", "durable", "transition", "positive")

Told = Mapping[str, Any]


class ScenarioError(AnalysisError):
    """A scenario that cannot be read or that contradicts itself; the text names the key and says what to do."""


def standard() -> tuple[str, ...]:
    """Names of the scenarios that come with the software."""
    return tuple(sorted(file.name.removesuffix(".toml") for file in _folder().iterdir() if file.name.endswith(".toml")))


def read_scenario(place: str | File) -> Scenario:
    """The scenario of a file, or a standard one by its name.

    >>> read_scenario("path_36").path.longest
    36

    :raises ScenarioError: no such file or name, a key that does not exist, a value out of range, a contradiction.
    """
    name = str(place)
    if isinstance(place, str) and name in standard():
        return parse_scenario((_folder() / f"{name}.toml").read_text(encoding="utf-8"), name)
    path = File(place)
    if not os.path.exists(path):  # Path.exists raises where a name is too long
        raise ScenarioError(
            f"Le scénario {path} ne peut pas être lu\u00a0: aucun fichier n’a ce nom. Donnez un fichier, ou un nom "
            f"parmi {', '.join(standard())}."
        )
    if not path.stem.isprintable():
        raise ScenarioError(f"Le nom du fichier {path.stem!r} tient un caractère invisible\u00a0: renommez-le.")
    return _Reader(path.stem).scenario(read_toml(path, _said(path.stem), ScenarioError))


def parse_scenario(text: str, name: str) -> Scenario:
    """The scenario of a TOML text, named ``name``.

    :raises ScenarioError: see :func:`read_scenario`.
    """
    return _Reader(name).scenario(parse_toml(text.encode(), _said(name), ScenarioError))


def _said(name: str) -> str:
    return f"Scénario «\u00a0{name}\u00a0»\u00a0: il"


class _Reader:
    """Values of one file, each with its key for the sentence that refuses it."""

    def __init__(self, name: str) -> None:
        self.name = name

    def refuse(self, sentence: str) -> ScenarioError:
        return ScenarioError(f"Scénario «\u00a0{self.name}\u00a0»\u00a0: {sentence}")

    def scenario(self, told: Told) -> Scenario:
        self.keys(told, "", ("label", "why", "entries", "hours", *_SECTIONS, *_LISTS))
        for key in _SECTIONS:
            if not isinstance(told.get(key, {}), dict):
                raise self.refuse(f"«\u00a0{key}\u00a0» doit être une section, [{key}].")
        for key in _LISTS:
            if not isinstance(told.get(key, []), list) or not all(isinstance(row, dict) for row in told.get(key, [])):
                raise self.refuse(f"«\u00a0{key}\u00a0» doit être une liste de sections, [[{key}]].")
        scale = told.get("scale", {})
        self.keys(scale, "scale", ("factor", "ramp"))
        sites = tuple(self.site(row) for row in told.get("sites", []))
        self.once([site.name for site in sites], "le chantier")
        prices = tuple(self.price(row) for row in told.get("prices", []))
        self.once([price.item for price in prices], "le prix")
        reforms = tuple(self.reform(row) for row in told.get("reforms", []))
        self.once([f"{reform.parameter} au {reform.since}" for reform in reforms], "le paramètre")
        return Scenario(
            name=self.name,
            label=self.text(told, "label", "label"),
            why=self.text(told, "why", "why", ""),
            entries=self.entries(told.get("entries", Entries.POSTS.code)),
            path=self.path(told.get("path", {})),
            hours=self.number(told, "hours", "hours", None, 1, LEGAL_WEEK),
            officers=self.officers(told["officers"]) if "officers" in told else None,
            housing=self.housing(told["housing"]) if "housing" in told else None,
            effect=self.effect(told.get("effect", {}), told.get("effect_ratios", [])),
            scale=self.number(scale, "factor", "scale.factor", 1.0, 0.1, 1_000) or 1.0,
            scale_ramp=self.whole(scale, "ramp", "scale.ramp", 12, 0, 240) or 0,
            sites=sites,
            prices=prices,
            reforms=reforms,
        )

    def entries(self, value: object) -> Entries:
        for entries in Entries:
            if value == entries.code:
                return entries
        raise self.refuse(
            f"«\u00a0entries\u00a0» vaut {value!r}\u00a0: écrivez {' ou '.join(entries.code for entries in Entries)}."
        )

    def path(self, told: Told) -> Path:
        self.keys(told, "path", ("longest", "shortest", "extended", "forced", "newcomers"))
        longest = self.whole(told, "longest", "path.longest", None, SHORTEST_CONTRACT, LONGEST)
        shortest = self.whole(told, "shortest", "path.shortest", 0, 0, LONGEST) or 0
        if longest is not None and longest < shortest:
            raise self.refuse(
                f"le parcours le plus long ({longest} mois) est plus court que le plus court ({shortest} mois)\u00a0: "
                "corrigez path.longest ou path.shortest."
            )
        extended = self.number(told, "extended", "path.extended", 1.0, 0, 1)
        forced = told.get("forced", [0.0, 1.0])
        if not isinstance(forced, list) or len(forced) != 2:
            raise self.refuse("«\u00a0path.forced\u00a0» doit être deux parts, telles que [0, 1].")
        low, high = (self.needed({"forced": part}, "forced", "path.forced", 0, 1) for part in forced)
        if low > high:
            raise self.refuse(f"«\u00a0path.forced\u00a0»\u00a0: le bas ({low:g}) dépasse le haut ({high:g}).")
        newcomers = told.get("newcomers", True)
        if not isinstance(newcomers, bool):
            raise self.refuse("«\u00a0path.newcomers\u00a0» est true ou false.")
        return Path(longest, shortest, 1.0 if extended is None else extended, (low, high), newcomers)

    def officers(self, told: Told) -> Officers:
        self.keys(told, "officers", ("more", "low", "high", "kinds", "yearly_cost", "source", "assumption"))
        kinds = told.get("kinds", list(_OFFICERS_CHANGE))
        if not isinstance(kinds, list) or not kinds:
            raise self.refuse("«\u00a0officers.kinds\u00a0» doit être une liste de sortes d’événements.")
        self.once([str(kind) for kind in kinds], "la sorte")
        return Officers(
            more=self.needed(told, "more", "officers.more", 0, 1_000),
            ratio=self.ratio(told, "officers"),
            kinds=tuple(self.kind(kind, "officers.kinds") for kind in kinds),
            yearly_cost=self.number(told, "yearly_cost", "officers.yearly_cost", 0.0, 0, 1e6) or 0.0,
        )

    def housing(self, told: Told) -> HousingPlaces:
        self.keys(told, "housing", ("places", "displaced", "yearly_cost"))
        return HousingPlaces(
            places=self.needed(told, "places", "housing.places", 0, 1e6),
            displaced=self.number(told, "displaced", "housing.displaced", 0.0, 0, 1) or 0.0,
            yearly_cost=self.number(told, "yearly_cost", "housing.yearly_cost", 0.0, 0, 1e6) or 0.0,
        )

    def effect(self, told: Told, rows: Sequence[Told]) -> Effect:
        self.keys(told, "effect", ("share", "data_first"))
        share = self.number(told, "share", "effect.share", 1.0, 0, 2)
        self.once([str(row.get("kind")) for row in rows], "l’effet sur")
        ratios = {}
        for row in rows:
            self.keys(row, "effect_ratios", ("kind", "low", "high", "source", "assumption"))
            ratios[self.kind(row.get("kind"), "effect_ratios.kind")] = self.ratio(row, "effect_ratios")
        if ratios and "share" not in told:
            raise self.refuse(
                "des rapports d’effet sont donnés sans la part de l’effet qui est gardée\u00a0: ajoutez effect.share."
            )
        data_first = told.get("data_first", False)
        if not isinstance(data_first, bool):
            raise self.refuse("«\u00a0effect.data_first\u00a0» est true ou false.")
        return Effect(1.0 if share is None else share, ratios, data_first)

    def ratio(self, told: Told, section: str) -> Ratio:
        low = self.needed(told, "low", f"{section}.low", 0.01, 100)
        high = self.needed(told, "high", f"{section}.high", 0.01, 100)
        if low > high:
            raise self.refuse(f"«\u00a0{section}\u00a0»\u00a0: le bas ({low:g}) dépasse le haut ({high:g}).")
        source = self.text(told, "source", f"{section}.source", "")
        assumption = told.get("assumption", False)
        if not isinstance(assumption, bool):
            raise self.refuse(f"«\u00a0{section}.assumption\u00a0» est true ou false.")
        if not source and not assumption:
            raise self.refuse(
                f"l’effet de «\u00a0{section}\u00a0» n’a pas de source\u00a0: donnez-la, ou écrivez assumption = true."
            )
        return Ratio(low, high, source, assumption)

    def site(self, told: Told) -> Site:
        costs = ("fixed_cost", "variable_cost")
        self.keys(told, "sites", ("name", "posts", "opens", "closes", "ramp", "territory", *costs))
        name = self.text(told, "name", "sites.name")
        opens, closes = self.day(told, "opens"), self.day(told, "closes") if "closes" in told else None
        if opens is None:
            raise self.refuse(f"le chantier «\u00a0{name}\u00a0» n’a pas de date d’ouverture\u00a0: ajoutez opens.")
        if closes is not None and closes <= opens:
            raise self.refuse(
                f"le chantier «\u00a0{name}\u00a0» ferme ({closes:%d/%m/%Y}) avant d’ouvrir ({opens:%d/%m/%Y})."
            )
        fixed, variable = (self.number(told, cost, f"sites.{cost}", 0.0, 0, 1e8) or 0.0 for cost in costs)
        return Site(
            name=name,
            posts=self.needed(told, "posts", "sites.posts", 0, 1e6),
            opens=opens,
            closes=closes,
            ramp=self.whole(told, "ramp", "sites.ramp", 12, 0, 240) or 0,
            territory=self.whole(told, "territory", "sites.territory", None, 1, 10**9),
            fixed_cost=fixed,
            variable_cost=variable,
        )

    def price(self, told: Told) -> Price:
        self.keys(told, "prices", ("item", "factor"))
        return Price(self.text(told, "item", "prices.item"), self.needed(told, "factor", "prices.factor", 0, 100))

    def reform(self, told: Told) -> Reform:
        self.keys(told, "reforms", ("parameter", "value", "since"))
        parameter = self.text(told, "parameter", "reforms.parameter")
        if "." not in parameter or not all(part.isidentifier() for part in parameter.split(".")):
            raise self.refuse(
                f"«\u00a0{parameter}\u00a0» n’est pas un paramètre de la loi\u00a0: écrivez son chemin avec des points."
            )
        since = self.day(told, "since")
        if since is None:
            raise self.refuse(f"la réforme de «\u00a0{parameter}\u00a0» n’a pas de date\u00a0: ajoutez since.")
        return Reform(parameter, self.needed(told, "value", "reforms.value", -1e9, 1e9), since)

    def kind(self, value: object, key: str) -> Kind:
        if not isinstance(value, str) or value not in _KINDS:
            raise self.refuse(
                f"«\u00a0{key}\u00a0»\u00a0: {value!r} n’est pas une sorte d’événement\u00a0: {', '.join(_KINDS)}."
            )
        return _KINDS[value]

    def once(self, names: Sequence[str], what: str) -> None:
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise self.refuse(f"{what} «\u00a0{twice}\u00a0» est donné deux fois\u00a0: gardez-en un.")

    def keys(self, told: Told, section: str, known: Sequence[str]) -> None:
        for key in told:
            if key not in known:
                near = get_close_matches(key, known, 1)
                hint = f"\u00a0; vouliez-vous dire «\u00a0{near[0]}\u00a0»\u00a0?" if near else "."
                raise self.refuse(f"la clé «\u00a0{section + '.' if section else ''}{key}\u00a0» n’existe pas{hint}")

    def text(self, told: Told, key: str, full: str, default: str | None = None) -> str:
        value = told.get(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self.refuse(f"«\u00a0{full}\u00a0» doit être un texte.")
        # Not split(): it would take away the non-breaking spaces of French.
        return re.sub(r"[ \t\r\n]+", " ", value).strip(" ")

    def day(self, told: Told, key: str) -> date | None:
        value = told.get(key)
        if value is not None and (not isinstance(value, date) or isinstance(value, datetime)):
            raise self.refuse(f"«\u00a0{key}\u00a0» doit être une date, telle que 2027-01-01 (sans guillemets).")
        return value

    def number(self, told: Told, key: str, full: str, default: float | None, least: float, most: float) -> float | None:
        value = told.get(key, default)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not _is_finite(value):
            raise self.refuse(f"«\u00a0{full}\u00a0» doit être un nombre.")
        if not least <= value <= most:
            raise self.refuse(
                f"«\u00a0{full}\u00a0» vaut {value:g}\u00a0: donnez un nombre entre {least:g} et {most:g}."
            )
        return float(value)

    def needed(self, told: Told, key: str, full: str, least: float, most: float) -> float:
        value = self.number(told, key, full, None, least, most)
        if value is None:
            raise self.refuse(f"il manque «\u00a0{full}\u00a0».")
        return value

    def whole(self, told: Told, key: str, full: str, default: int | None, least: int, most: int) -> int | None:
        value = self.number(told, key, full, default, least, most)
        if value is not None and value != int(value):
            raise self.refuse(f"«\u00a0{full}\u00a0» doit être un nombre entier.")
        return None if value is None else int(value)


_SECTIONS = ("path", "officers", "housing", "effect", "scale")
_LISTS = ("effect_ratios", "sites", "prices", "reforms")


def _is_finite(value: float) -> bool:
    try:
        return isfinite(value)
    except OverflowError:  # a whole number that no float holds
        return False


def _folder() -> Any:
    return files("convergence.analysis.scenarios").joinpath("standard")
