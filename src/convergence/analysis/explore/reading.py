"""Reading the two files of an exploration: everything is there, of its shape, and a number; else a sentence."""

import io
import json
import math
import re
import zipfile
from typing import Any

import numpy as np

from convergence.analysis.conventions import SMALLEST
from convergence.analysis.explore.about import (
    PROGRAMME,
    SAVING_CLASSES,
    About,
    Contrast,
    Line,
    Perspective,
    Price,
    TakeUp,
)
from convergence.analysis.explore.errors import ExploreError
from convergence.analysis.explore.results import Floats

FORMAT, VERSION = "convergence-explore", 1
ARRAYS, ABOUT = "explore.npz", "explore.json"
LARGEST = 600_000_000
"""Bytes of arrays, once unpacked, beyond which a file is refused unread."""


_CODE = re.compile(r"[a-z][a-z0-9_]{0,59}")


class _Told:
    """One object of the JSON file, of which each thing asked for must be there and of its kind."""

    def __init__(self, value: Any, place: str) -> None:
        if not isinstance(value, dict):
            raise _wrong(place, "un objet")
        self.value, self.place = value, place

    def text(self, name: str) -> str:
        return str(self._of(name, str, "un texte"))

    def words(self, name: str) -> str:
        """A text that is not empty."""
        if not (said := self.text(name).strip()):
            raise _wrong(f"{self.place}.{name}", "un texte qui n’est pas vide")
        return said

    def code(self, name: str) -> str:
        """A name for programs, which addresses and pages are made of."""
        said = self.text(name)
        if not _CODE.fullmatch(said):
            raise _wrong(f"{self.place}.{name}", "un code (minuscules, chiffres et tirets bas)")
        return said

    def whole(self, name: str, least: int) -> int:
        number = self._of(name, int, "un nombre entier")
        if isinstance(number, bool) or number < least:
            raise _wrong(f"{self.place}.{name}", f"un nombre entier d’au moins {least}")
        return int(number)

    def number(self, name: str) -> float:
        number = self._of(name, (int, float), "un nombre")
        if isinstance(number, bool) or not math.isfinite(number):
            raise _wrong(f"{self.place}.{name}", "un nombre")
        return float(number)

    def flag(self, name: str) -> bool:
        return bool(self._of(name, bool, "vrai ou faux"))

    def several(self, name: str) -> list[Any]:
        found = self._of(name, list, "une liste")
        if not found:
            raise _wrong(f"{self.place}.{name}", "une liste qui n’est pas vide")
        return list(found)

    def objects(self, name: str) -> list["_Told"]:
        return [_Told(each, f"{self.place}.{name}[{place}]") for place, each in enumerate(self.several(name))]

    def maybe(self, name: str) -> "_Told | None":
        if name not in self.value:
            raise _wrong(f"{self.place}.{name}", "présent, même vide (null)")
        return None if self.value[name] is None else _Told(self.value[name], f"{self.place}.{name}")

    def _of(self, name: str, kind: Any, said: str) -> Any:
        found = self.value.get(name)
        if not isinstance(found, kind):
            raise _wrong(f"{self.place}.{name}", said)
        return found


def _wrong(place: str, wanted: str) -> ExploreError:
    return ExploreError(
        f"{ABOUT} : « {place} » doit être {wanted}. Relancez « ./convergence evaluate » avec la même version"
        " de Convergence."
    )


def read_about(content: bytes) -> About:
    """What ``explore.json`` says. :raises ExploreError:"""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        raise ExploreError(f"{ABOUT} n’est pas lisible : il est abîmé, ou ce n’est pas lui.") from None
    top = _Told(found, "fichier")
    if top.text("format") != FORMAT:
        raise ExploreError(f"{ABOUT} n’est pas celui d’une évaluation de Convergence.")
    if top.whole("version", 1) != VERSION:
        raise ExploreError(
            f"{ABOUT} a été écrit par une autre version de Convergence : relancez « ./convergence evaluate » avec"
            " celle-ci."
        )
    observed = tuple(top.several("observed"))
    if not all(isinstance(people, int) and people >= SMALLEST for people in observed):
        raise ExploreError(
            f"{ABOUT} : un mois compte moins de {SMALLEST} personnes ; un tel mois n’est pas montré, et le bilan doit"
            " s’arrêter avant."
        )
    interval = top.number("interval")
    if not 0.5 <= interval < 1:
        raise _wrong("fichier.interval", "entre 0,5 et 1")
    contrasts = [
        Contrast(each.code("code"), each.words("label"), each.words("counterfactual"), each.text("limit"))
        for each in top.objects("contrasts")
    ]
    perspectives = [
        Perspective(each.code("code"), each.words("label"), each.words("definition"))
        for each in top.objects("perspectives")
    ]
    payers, classes = (
        [(each.code("code"), each.words("label")) for each in top.objects(name)] for name in ("payers", "classes")
    )
    for name, codes in (
        ("contrasts", [each.code for each in contrasts]),
        ("perspectives", [each.code for each in perspectives]),
        ("payers", [code for code, _label in payers]),
        ("classes", [code for code, _label in classes]),
    ):
        if len(set(codes)) < len(codes):
            raise _wrong(f"fichier.{name}", "une liste de codes tous différents")
    about = About(
        people=top.whole("people", SMALLEST),
        observed=observed,
        year=top.whole("year", 1900),
        interval=interval,
        contrasts=tuple(contrasts),
        perspectives=tuple(perspectives),
        payers=dict(payers),
        classes=dict(classes),
        lines=tuple(_line(each) for each in top.objects("lines")),
    )
    _check_lines(about)
    return about


def _line(told: _Told) -> Line:
    price, take_up = told.maybe("price"), told.maybe("take_up")
    return Line(
        item=told.code("item"),
        label=told.words("label"),
        payer=told.code("payer"),
        kind=told.words("class"),
        perspectives=tuple(str(code) for code in told.several("perspectives")),
        definition=told.words("definition"),
        price=_price(price) if price else None,
        take_up=TakeUp(*_three(take_up), take_up.words("source")) if take_up else None,
    )


def _price(told: _Told) -> Price:
    return Price(
        *_three(told), told.words("unit"), told.whole("year", 1900), told.words("source"), told.flag("checked")
    )


def _three(told: _Told) -> tuple[float, float, float]:
    low, central, high = told.number("low"), told.number("central"), told.number("high")
    if not 0 <= low <= central <= high or central == 0:
        raise _wrong(told.place, "trois nombres dans l’ordre (bas, central, haut), sans nombre négatif ni centre nul")
    return low, central, high


def _check_lines(about: About) -> None:
    known = {each.code for each in about.perspectives}
    prices: dict[str, Price | None] = {}
    for line in about.lines:
        if line.kind not in (*SAVING_CLASSES, PROGRAMME) or line.kind not in about.classes:
            raise ExploreError(f"{ABOUT} : la ligne « {line.label} » a une classe inconnue.")
        if line.payer not in about.payers:
            raise ExploreError(f"{ABOUT} : la ligne « {line.label} » a un payeur inconnu.")
        if not set(line.perspectives) <= known:
            raise ExploreError(f"{ABOUT} : la ligne « {line.label} » a un point de vue inconnu.")
        if line.take_up and (line.take_up.high > 1 or line.take_up.low == 0):
            raise ExploreError(f"{ABOUT} : le recours de la ligne « {line.label} » n’est pas entre 0 et 100 %.")
        if prices.setdefault(line.item, line.price) != line.price:
            raise ExploreError(f"{ABOUT} : deux lignes « {line.label} » n’ont pas le même prix.")
    if not any(line.kind == PROGRAMME for line in about.lines):
        raise ExploreError(f"{ABOUT} : aucune ligne ne dit ce que coûte le programme.")
    if not any(line.kind in SAVING_CLASSES for line in about.lines):
        raise ExploreError(f"{ABOUT} : aucune ligne ne dit ce qui est évité.")


def read_arrays(content: bytes, about: About) -> dict[str, Floats]:
    """The arrays of ``explore.npz``. :raises ExploreError:"""
    unreadable = ExploreError(f"{ARRAYS} n’est pas lisible : il est abîmé, ou ce n’est pas lui.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(member.file_size for member in packed.infolist()) > LARGEST:
                raise ExploreError(f"{ARRAYS} est trop lourd : relancez l’évaluation avec moins de tirages.")
        with np.load(io.BytesIO(content), allow_pickle=False) as found:
            arrays = {name: found[name] for name in found.files}
    except ExploreError:
        raise
    except Exception:  # numpy tells a damaged file in many ways
        raise unreadable from None
    months, lines = len(about.observed), len(about.lines)
    costs = sum(line.kind == PROGRAMME for line in about.lines)
    savings = lines - costs
    draws = len(arrays["price"]) if arrays.get("price", np.zeros(())).ndim == 2 else 0
    if draws < 2:
        raise ExploreError(f"{ARRAYS} : il faut au moins deux tirages (« price ») pour un intervalle.")
    shapes: dict[str, tuple[int, ...]] = {"price": (draws, lines), "take_up": (draws, lines)}
    for contrast in about.contrasts:
        shapes[f"savings.{contrast.code}"] = (draws, months, savings)
        shapes[f"cost.{contrast.code}"] = (draws, months, costs)
        shapes[f"central_savings.{contrast.code}"] = (months, savings)
        shapes[f"central_cost.{contrast.code}"] = (months, costs)
    for name, shape in shapes.items():
        array = arrays.get(name)
        if array is None or array.shape != shape or array.dtype.kind != "f":
            said = " × ".join(str(size) for size in shape)
            raise ExploreError(f"{ARRAYS} : le tableau « {name} » manque, ou n’a pas la forme {said} que dit {ABOUT}.")
        if not np.isfinite(array).all():
            raise ExploreError(f"{ARRAYS} : le tableau « {name} » contient une valeur qui n’est pas un nombre.")
    if (arrays["price"] < 0).any() or (arrays["take_up"] < 0).any():
        raise ExploreError(f"{ARRAYS} : un prix ou un recours tiré est négatif.")
    return {name: np.ascontiguousarray(arrays[name]) for name in shapes}
