"""Reading files of prices, row by row: what has no source, no date or no sense is refused in a sentence."""

import math
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from convergence.analysis.costs.codes import Payer, PriceKind, SavingClass, Status, Unit
from convergence.analysis.costs.errors import CostError
from convergence.analysis.costs.prices import Item, Parameter, Payment, Price, PriceIndex, Prices, Rate, Stay
from convergence.analysis.toml_files import read_toml
from convergence.vocabulary.base import Term
from convergence.vocabulary.housing import Housing
from convergence.vocabulary.situations import ASPECTS

Row = Mapping[str, Any]
T = TypeVar("T", bound=Term)

_LARGEST = 1e12
"""Euros: more than France spends in a year. Beyond, a number is a mistake, and sums of it would say nothing."""
_ITEM = ("label", "unit", "payer", "class", "kind", "price", "decreed", "central_case", "note")
_PRICE = ("from", "low", "central", "high", "source", "status", "note")
_SECTIONS = ("index", "item", "stay", "payment", "grant", "share", "rate", "parameter")


@cache
def load_prices(own: Path | None = None) -> Prices:
    """The prices of ``prices.toml``; a file of one's own adds items, and replaces rows of the same name and date.

    :raises CostError: a file that cannot be read, or a row without a source, a date or a status, negative, out of
        order, or of a payer, class or kind that does not exist; an average price in the class ``cashable``.
    """
    text = files("convergence.analysis.costs").joinpath("prices.toml").read_text(encoding="utf-8")
    sources = [tomllib.loads(text)]
    if own is not None:
        sources.append(read_toml(own, f"Le fichier de prix {own.name}", CostError))
    for source in sources:
        _known_sections(source)
    items = _items(sources)
    rates = _rates(sources, items)
    prices = Prices(
        items=items,
        index=_index(sources),
        stays=_stays(sources, items),
        payments={row.what: row for row in _payments(sources, "payment")},
        grants=_grants(sources),
        shares=_shares(sources, items),
        rates=rates,
        parameters=_parameters(sources),
    )
    return prices if own is None else _heard(prices, sources[1])


def _heard(prices: Prices, own: Row) -> Prices:
    """The same, once what a file of one's own adds is of some use; unused prices of the project's items are noted.

    :raises CostError: a new item or payment that no line uses: the account would say nothing of it.
    """
    project = load_prices()
    unheard = [code for code in own.get("item", {}) if code not in prices.used]
    for code in unheard:
        if code not in project.items:
            raise CostError(
                f"Le poste «\u00a0{code}\u00a0» n’est employé par rien\u00a0: ajoutez la ligne [[stay]] ou [[rate]] "
                "qui dit où il s’applique, ou retirez-le."
            )
    if strange := sorted(set(prices.payments) - set(project.payments)):
        raise CostError(
            f"Personne ne verse «\u00a0{strange[0]}\u00a0»\u00a0: une ligne [[payment]] nomme l’un de "
            f"{', '.join(project.payments)}."
        )
    moved = [prices.items[code].label for code in unheard if prices.items[code] != project.items[code]]
    return replace(prices, unheard=tuple(moved))


def _known_sections(source: Row) -> None:
    strange = sorted(set(source) - set(_SECTIONS))
    if strange:
        raise CostError(
            f"La partie «\u00a0{strange[0]}\u00a0» d’un fichier de prix n’existe pas\u00a0: choisissez parmi "
            f"{', '.join(_SECTIONS)}."
        )
    for section in _SECTIONS:
        shape = dict if section in ("index", "item", "parameter") else list
        if not isinstance(source.get(section, shape()), shape):
            written = f"[{section}.…]" if shape is dict else f"[[{section}]]"
            raise CostError(f"La partie «\u00a0{section}\u00a0» d’un fichier de prix s’écrit {written}.")
        held = source.get(section, shape())
        rows = held.get("year", []) if section == "index" else held if shape is list else []
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            written = "[[index.year]]" if section == "index" else f"[[{section}]]"
            raise CostError(
                f"Dans la partie «\u00a0{section}\u00a0» d’un fichier de prix, une ligne s’écrit {written}."
            )


def _known_keys(row: Row, known: Iterable[str], where: str) -> None:
    """A key that nobody reads would leave the price as it was, without a word."""
    if strange := sorted(set(row) - set(known)):
        raise CostError(
            f"Dans {where}, «\u00a0{strange[0]}\u00a0» n’existe pas\u00a0: choisissez parmi {', '.join(known)}."
        )


def _items(sources: Iterable[Row]) -> dict[str, Item]:
    tables: dict[str, dict[str, Any]] = {}
    rows: dict[str, dict[date, Price]] = {}
    for source in sources:
        for code, table in source.get("item", {}).items():
            if not isinstance(table, dict) or not isinstance(table.get("price", []), list):
                raise CostError(f"Le poste «\u00a0{code}\u00a0» s’écrit [item.{code}], ses prix [[item.{code}.price]].")
            tables.setdefault(code, {}).update({name: value for name, value in table.items() if name != "price"})
            _known_keys(table, _ITEM, f"le poste «\u00a0{code}\u00a0»")
            told: dict[date, Price] = {}
            for row in table.get("price", []):
                price = _price(row, f"le poste «\u00a0{code}\u00a0»")
                if price.since in told:
                    raise CostError(
                        f"Dans le poste «\u00a0{code}\u00a0», deux prix du même fichier sont du "
                        f"{price.since:%d/%m/%Y}\u00a0: gardez-en un."
                    )
                told[price.since] = price
            rows.setdefault(code, {}).update(told)
    return {code: _item(code, table, rows.get(code, {})) for code, table in tables.items()}


def _item(code: str, table: Row, rows: Mapping[date, Price]) -> Item:
    where = f"le poste «\u00a0{code}\u00a0»"
    if not rows:
        raise CostError(f"Dans {where}, aucun prix\u00a0: ajoutez une ligne [[item.{code}.price]] avec sa date.")
    payers = table.get("payer", [])
    names = payers if isinstance(payers, list) else [payers]
    if not names:
        raise CostError(f'Dans {where}, le payeur manque\u00a0: écrivez payer = "…".')
    item = Item(
        code=code,
        label=_text(table, "label", where),
        unit=_term(Unit, table.get("unit"), "unité", where),
        payers=tuple(_term(Payer, name, "payeur", where) for name in names),
        saving_class=_term(SavingClass, table.get("class"), "classe", where),
        kind=_term(PriceKind, table.get("kind"), "nature du prix", where),
        prices=tuple(rows[since] for since in sorted(rows)),
        decreed=_flag(table, "decreed", False, where),
        central_case=_flag(table, "central_case", True, where),
        note=str(table.get("note", "")),
    )
    if item.saving_class is SavingClass.CASHABLE and item.kind is PriceKind.AVERAGE:
        raise CostError(
            f"Dans {where}, un coût moyen ne peut pas compter comme dépense évitée\u00a0: la place libérée est "
            "occupée par la personne suivante. Donnez un coût marginal, ou la classe «\u00a0capacity\u00a0»."
        )
    return item


def _price(row: Any, where: str) -> Price:
    if not isinstance(row, dict):
        raise CostError(f"Dans {where}, un prix est une ligne avec from, low, central, high, source et status.")
    since = row.get("from")
    if type(since) is not date:
        raise CostError(f"Dans {where}, un prix n’a pas de date\u00a0: écrivez from = AAAA-MM-JJ, sans guillemets.")
    where = f"{where}, au {since:%d/%m/%Y}"
    _known_keys(row, _PRICE, where)
    low, central, high = _range(row, where)
    return Price(since, low, central, high, *_origin(row, where))


def _index(sources: Iterable[Row]) -> PriceIndex:
    name, values, status = "", {}, {}
    for source in sources:
        table = source.get("index", {})
        name = str(table.get("name", name))
        for row in table.get("year", []):
            year = row.get("year")
            if type(year) is not int:
                raise CostError("Dans l’indice des prix, une ligne n’a pas d’année\u00a0: écrivez year = AAAA.")
            where = f"l’indice des prix de {year}"
            value = _number(row, "value", where)
            if value <= 0:
                raise CostError(f"Dans {where}, la valeur doit être plus grande que zéro.")
            values[year], status[year] = value, _origin(row, where)[1]
    return PriceIndex(name, values, status)


def _stays(sources: Iterable[Row], items: Mapping[str, Item]) -> tuple[Stay, ...]:
    found: dict[tuple[str, str], Stay] = {}
    for source in sources:
        for row in source.get("stay", []):
            where = "une ligne [[stay]]"
            stay = Stay(
                _text(row, "aspect", where),
                _text(row, "value", where),
                _text(row, "item", where),
                _term(Status, row.get("status"), "statut", where),
                str(row.get("note", "")),
            )
            _known_item(stay.item, items, where)
            if stay.aspect not in ASPECTS or not ASPECTS[stay.aspect].values.has(stay.value):
                raise CostError(
                    f"Dans {where}, «\u00a0{stay.aspect} = {stay.value}\u00a0» n’est la valeur d’aucun aspect d’une "
                    "vie\u00a0: reprenez les codes de docs/dataset.md."
                )
            found[stay.aspect, stay.value] = stay
    return tuple(found.values())


def _payments(sources: Iterable[Row], section: str) -> list[Payment]:
    found = []
    for source in sources:
        for row in source.get(section, []):
            where = f"une ligne [[{section}]]"
            what = _text(row, "what" if section == "payment" else "funder", where)
            where = f"{where}, «\u00a0{what}\u00a0»"
            payer = _term(Payer, row.get("payer"), "payeur", where)
            found.append(Payment(what, str(row.get("label", payer.label)), payer, *_origin(row, where)))
    return found


def _grants(sources: list[dict[str, Any]]) -> dict[tuple[str, str], Payment]:
    purposes = [str(row.get("object", "")) for source in sources for row in source.get("grant", [])]
    payments = _payments(sources, "grant")
    return {(payment.what, purpose): payment for payment, purpose in zip(payments, purposes, strict=True)}


def _shares(sources: Iterable[Row], items: Mapping[str, Item]) -> dict[str, dict[Payer, float]]:
    """The shares of the last source that names an item: a file of one's own replaces them all."""
    found: dict[str, dict[Payer, float]] = {}
    for source in sources:
        told: dict[str, dict[Payer, float]] = {}
        for row in source.get("share", []):
            item = _text(row, "item", "une ligne [[share]]")
            where = f"le partage de «\u00a0{item}\u00a0»"
            _known_item(item, items, where)
            value = _number(row, "value", where)
            if not 0 <= value <= 1:
                raise CostError(f"Dans {where}, une part est entre 0 et 1\u00a0: corrigez {value}.")
            _origin(row, where)
            payer = _term(Payer, row.get("payer"), "payeur", where)
            if payer not in items[item].payers:
                raise CostError(
                    f"Dans {where}, «\u00a0{payer.value}\u00a0» n’est pas un payeur du poste\u00a0: ajoutez-le."
                )
            if payer in told.setdefault(item, {}):
                raise CostError(f"Dans {where}, «\u00a0{payer.value}\u00a0» a deux parts\u00a0: gardez-en une.")
            told[item][payer] = value
        for item, shares in told.items():
            if not math.isclose(sum(shares.values()), 1, abs_tol=1e-6):
                raise CostError(
                    f"Les parts de «\u00a0{item}\u00a0» font {sum(shares.values()):.3f}\u00a0: leur somme est 1."
                )
        found |= told
    return found


def _rates(sources: Iterable[Row], items: Mapping[str, Item]) -> tuple[Rate, ...]:
    found: dict[tuple[str, str], Rate] = {}
    for source in sources:
        for row in source.get("rate", []):
            where = "une ligne [[rate]]"
            item = _text(row, "item", where)
            _known_item(item, items, where)
            housing = _term(Housing, row.get("housing"), "logement", where)
            value = _number(row, "central", where)
            if value < 0:
                raise CostError(f"Dans {where}, «\u00a0{item}\u00a0», un nombre par an n’est pas négatif.")
            found[item, housing.value] = Rate(item, housing.value, value, *_origin(row, where))
    return tuple(found.values())


def _parameters(sources: Sequence[Row]) -> dict[str, Parameter]:
    found: dict[str, Parameter] = {}
    for source in sources:
        for code, row in source.get("parameter", {}).items():
            where = f"le paramètre «\u00a0{code}\u00a0»"
            if source is not sources[0] and code not in found:
                raise CostError(
                    f"{where[0].upper()}{where[1:]} n’existe pas\u00a0: choisissez parmi {', '.join(found)}."
                )
            if not isinstance(row, dict):
                raise CostError(
                    f"{where[0].upper()}{where[1:]} s’écrit [parameter.{code}], avec low, central, high et source."
                )
            found[code] = Parameter(_text(row, "label", where), *_range(row, where), *_origin(row, where))
    return found


def _range(row: Row, where: str) -> tuple[float, float, float]:
    low, central, high = (_number(row, name, where) for name in ("low", "central", "high"))
    if low < 0:
        raise CostError(
            f"Dans {where}, un coût est négatif ({low:g})\u00a0: un gain est une ligne de recettes, à part."
        )
    if not low <= central <= high:
        raise CostError(
            f"Dans {where}, l’ordre bas, central, haut n’est pas respecté\u00a0: {low:g}, {central:g}, {high:g}."
        )
    return low, central, high


def _origin(row: Row, where: str) -> tuple[str, Status]:
    source = row.get("source")
    if not isinstance(source, str) or not source.strip():
        raise CostError(f"Dans {where}, la source manque\u00a0: un chiffre sans source n’entre pas dans un compte.")
    return source, _term(Status, row.get("status"), "statut", where)


def _number(row: Row, name: str, where: str) -> float:
    value = row.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= _LARGEST:
        raise CostError(f"Dans {where}, «\u00a0{name}\u00a0» doit être un nombre.")
    return float(value)


def _flag(row: Row, name: str, default: bool, where: str) -> bool:
    value = row.get(name, default)
    if not isinstance(value, bool):
        raise CostError(f"Dans {where}, «\u00a0{name}\u00a0» est true ou false, sans guillemets.")
    return value


def _text(row: Row, name: str, where: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value.strip():
        raise CostError(f"Dans {where}, «\u00a0{name}\u00a0» manque\u00a0: écrivez-le entre guillemets.")
    return value


def _term(kind: type[T], code: Any, name: str, where: str) -> T:
    if not isinstance(code, str) or not kind.has(code):
        possible = ", ".join(term.value for term in kind)
        raise CostError(f"Dans {where}, «\u00a0{code}\u00a0» ({name}) n’existe pas\u00a0: choisissez parmi {possible}.")
    return kind(code)


def _known_item(code: str, items: Mapping[str, Item], where: str) -> None:
    if code not in items:
        raise CostError(f"Dans {where}, le poste «\u00a0{code}\u00a0» n’a pas de prix\u00a0: ajoutez [item.{code}].")
