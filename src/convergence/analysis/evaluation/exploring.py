"""The two files that a page explores by hand: draws of every contrast, and what each line is."""

import io
import json
import zipfile
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convergence.analysis import french
from convergence.analysis.conventions import LEVEL, TWO_YEARS
from convergence.analysis.costs import Factor, Line, Lines, Payer, Perspective, Prices, SavingClass, Status
from convergence.analysis.evaluation.money import BEFORE_AFTER, Bill, Money
from convergence.analysis.explore import FORMAT, VERSION
from convergence.analysis.french import NBSP
from convergence.vocabulary.base import Term

DRAWS = 1_000
"""Draws kept for the page, at the most: it sums them all at each move of a slider."""
_TAKE_UP = "take_up:"
_PRICE = "price:"
_STAMP = (1980, 1, 1, 0, 0, 0)
"""Every entry of the archive bears this date, so that equal arrays make equal bytes."""
PUBLIC, ALL_FUNDERS, SOCIETY = "public_finance", "all_funders", "society"
_PERSPECTIVES = (
    (PUBLIC, "Finances publiques", "Ce que les budgets publics dépensent et reçoivent, prestations et impôts compris."),
    (ALL_FUNDERS, "Finances publiques et fondations", "Les mêmes, et ce que donnent les fondations."),
    (SOCIETY, "Société", "Ce que la collectivité emploie et produit\u00a0: prestations et impôts s’annulent."),
)
"""The published sentence is about public funding: foundations are in a point of view of their own."""


def explore_files(money: Money) -> dict[str, bytes]:
    """`explore.npz` and `explore.json`, as :mod:`convergence.analysis.explore` describes them."""
    # A contrast that is known for a few months only would cut the others short: the report alone shows it.
    reach = min(TWO_YEARS, max(bill.account.months for bill in money.bills))
    bills = sorted(
        (bill for bill in money.bills if bill.account.months >= reach), key=lambda bill: bill.code == BEFORE_AFTER
    )
    months = min(bill.account.months for bill in bills)
    lines = bills[0].account.lines
    programme = lines.of_class(SavingClass.PROGRAMME)
    kept = np.flatnonzero(programme | _savings(lines))
    costs = programme[kept]
    arrays: dict[str, NDArray[Any]] = {}
    for bill in bills:
        draws = bill.account.draws[:DRAWS, :months][:, :, kept]
        central = bill.account.saving[:months, kept]
        arrays[f"savings.{bill.code}"] = draws[:, :, ~costs]
        arrays[f"cost.{bill.code}"] = -draws[:, :, costs]
        arrays[f"central_savings.{bill.code}"] = central[:, ~costs]
        arrays[f"central_cost.{bill.code}"] = -central[:, costs]
    chosen = [lines.lines[place] for place in kept]
    multipliers = bills[0].account.multipliers[:DRAWS, kept]
    is_take_up = np.array([line.factor.startswith(_TAKE_UP) for line in chosen])
    arrays["price"] = np.where(is_take_up, 1.0, multipliers)
    arrays["take_up"] = np.where(is_take_up, multipliers, 1.0)
    about = {
        "format": FORMAT,
        "version": VERSION,
        "people": bills[0].account.treated,
        "observed": [int(each) for each in np.min([bill.account.observed[:months] for bill in bills], axis=0)],
        "year": money.year,
        "interval": LEVEL,
        "contrasts": [_contrast(bill) for bill in bills],
        "perspectives": [{"code": code, "label": label, "definition": words} for code, label, words in _PERSPECTIVES],
        "payers": _named(Payer, [line.payer for line in chosen]),
        "classes": _named(SavingClass, [line.saving_class for line in chosen]),
        "lines": [_line(line, lines, money.prices) for line in chosen],
    }
    text = json.dumps(about, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    return {"explore.json": text.encode(), "explore.npz": _packed(arrays)}


def _named(terms: type[Term], used: Sequence[Term]) -> list[dict[str, str]]:
    """The terms of a list that are used, in its order, with their words."""
    return [{"code": term.value, "label": term.label} for term in terms if term in used]


def _savings(lines: Lines) -> NDArray[np.bool_]:
    kinds = [kind for kind in SavingClass if kind is not SavingClass.PROGRAMME]
    return lines.of_class(*kinds)


def _contrast(bill: Bill) -> dict[str, str]:
    limit = " ".join(bill.account.notes)
    if bill.code == BEFORE_AFTER:
        counterfactual = "leur situation du jour d’entrée, maintenue"
        limit = f"Un avant–après attribue au dispositif ce qui aurait changé sans lui. {limit}".strip()
    else:
        counterfactual = f"{french.counted(bill.account.controls or 0, 'personne', 'personnes')} pondérées, {bill.name}"
    return {"code": bill.code, "label": bill.title, "counterfactual": counterfactual, "limit": limit}


def _line(line: Line, lines: Lines, prices: Prices) -> dict[str, Any]:
    factor = lines.factors.get(line.factor)
    return {
        "item": line.item,
        "label": line.label,
        "payer": line.payer.value,
        "class": line.saving_class.value,
        "perspectives": _seen_by(line),
        "definition": f"{line.label}{NBSP}: {line.saving_class.label.lower()}, {line.payer.label}.",
        "price": _price(factor, prices) if factor and not factor.code.startswith(_TAKE_UP) else None,
        "take_up": _share(factor) if factor and factor.code.startswith(_TAKE_UP) else None,
    }


def _seen_by(line: Line) -> list[str]:
    found = []
    if Perspective.PUBLIC_FINANCE in line.perspectives:
        found = [ALL_FUNDERS] if line.payer is Payer.FOUNDATIONS else [PUBLIC, ALL_FUNDERS]
    return [*found, SOCIETY] if Perspective.SOCIETY in line.perspectives else found


def _price(factor: Factor, prices: Prices) -> dict[str, Any]:
    low, central, high = factor.range
    item = prices.items.get(factor.code.removeprefix(_PRICE))
    row = item.prices[-1] if item else None
    return {
        "low": low,
        "central": central,
        "high": high,
        "unit": factor.unit or "fois",
        "year": row.year if row else max(prices.index.values),
        "source": factor.source or factor.label,
        "checked": not factor.flag if row is None else row.status is not Status.MEMORY,
    }


def _share(factor: Factor) -> dict[str, Any]:
    low, central, high = factor.range
    return {"low": low, "central": central, "high": min(high, 1.0), "source": factor.source or factor.label}


def _packed(arrays: dict[str, NDArray[Any]]) -> bytes:
    """A compressed archive of float32 arrays whose bytes depend on nothing but them."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as packed:
        for name in sorted(arrays):
            held = io.BytesIO()
            np.save(held, np.ascontiguousarray(arrays[name], np.float32), allow_pickle=False)
            packed.writestr(zipfile.ZipInfo(f"{name}.npy", _STAMP), held.getvalue(), zipfile.ZIP_DEFLATED)
    return written.getvalue()
