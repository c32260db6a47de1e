"""Reading a TOML file of parameters into frozen dataclasses: everything checked, one sentence for what is wrong."""

import dataclasses
import re
import tomllib
import types
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from difflib import get_close_matches
from math import isfinite
from pathlib import Path
from stat import S_ISREG
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

Read = TypeVar("Read")

LARGEST_FILE = 1_000_000
"""Bytes: forty times the standard parameters."""
LARGEST_NUMBER = 10**18
EARLIEST = date(1980, 1, 1)
"""Of every date; the first structures of work integration are a little older than their law (1985)."""
LONGEST_SAID = 60
"""Characters of a wrong value that a sentence repeats."""


class ParameterError(ValueError):
    """A parameter that cannot be used; the message is one French sentence that names its key."""

    def __init__(self, sentence: str) -> None:
        """The sentence is written with plain spaces; those of French punctuation are put here."""
        super().__init__(re.sub(r"(?<=«) | (?=[»:;?!])", "\u00a0", re.sub(r"[\r\n]+", " ", sentence)))


@dataclasses.dataclass(frozen=True)
class Rule:
    """What the value of a field must be.

    ``codes``: a table of numbers by code, read into a tuple in their order; ``shares``: those numbers are
    probabilities that add up to 1 at most, else weights. ``least`` and ``most`` bound a number.
    """

    least: float | None = None
    most: float | None = None
    codes: tuple[str, ...] = ()
    shares: bool = False
    keys: tuple[str, ...] = ()
    above: bool = False


def probability() -> Any:
    return dataclasses.field(metadata={"rule": Rule(0, 1)})


def at_least(least: float, most: float | None = None) -> Any:
    return dataclasses.field(metadata={"rule": Rule(least, most)})


def more_than(least: float) -> Any:
    return dataclasses.field(metadata={"rule": Rule(least, above=True)})


def weights(codes: Iterable[Any]) -> Any:
    """A table of weights by code, read into a tuple in the order of the codes; a code that is not given weighs 0."""
    return dataclasses.field(metadata={"rule": Rule(codes=tuple(str(code) for code in codes))})


def shares(codes: Iterable[Any]) -> Any:
    """The same for probabilities that add up to 1 at most."""
    return dataclasses.field(metadata={"rule": Rule(codes=tuple(str(code) for code in codes), shares=True)})


def shares_by(keys: Iterable[Any], codes: Iterable[Any]) -> Any:
    """Tables of shares by key; the field is a dict of tuples."""
    rule = Rule(codes=tuple(str(code) for code in codes), shares=True, keys=tuple(str(key) for key in keys))
    return dataclasses.field(metadata={"rule": rule})


def probabilities_by(keys: Iterable[Any]) -> Any:
    """One probability for each key; the field is a dict that has them all."""
    return dataclasses.field(metadata={"rule": Rule(0, 1, keys=tuple(str(key) for key in keys))})


def amounts_by(keys: Iterable[Any]) -> Any:
    """One number, not negative, for each key."""
    return dataclasses.field(metadata={"rule": Rule(0, keys=tuple(str(key) for key in keys))})


def parsed(text: str, name: str) -> dict[str, Any]:
    """The tables of a TOML text.

    :raises ParameterError: the text is not TOML.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ParameterError(f"Le fichier de paramètres « {name} » n’est pas du TOML lisible : {error}.") from None
    except (RecursionError, ValueError):
        # A table within thousands of others; a number of thousands of digits.
        raise ParameterError(
            f"Le fichier de paramètres « {name} » est trop profond, ou tient un nombre trop long."
        ) from None


def text_of(path: Path) -> str:
    """The text of a parameter file.

    :raises ParameterError: it is not there, cannot be read, or is no file of parameters by its size.
    """
    try:
        found = path.stat()
        # A pipe or a device may never end.
        if S_ISREG(found.st_mode) and found.st_size <= LARGEST_FILE:
            # Some editors begin a text with a mark of its encoding.
            return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise ParameterError(f"Le fichier de paramètres « {path} » ne peut pas être lu.") from None
    raise ParameterError(
        f"Le fichier de paramètres « {path} » ne peut pas être lu : il faut un texte d’un mégaoctet au plus."
    )


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """``base`` with what ``over`` says instead; tables are merged key by key, lists replaced."""
    both = dict(base)
    for key, value in over.items():
        held = both.get(key)
        both[key] = merged(held, value) if isinstance(held, dict) and isinstance(value, dict) else value
    return both


def read(shape: type[Read], values: Any, key: str = "") -> Read:
    """An instance of the dataclass ``shape`` from TOML values.

    :raises ParameterError: an unknown or absent key, a wrong type, a value out of its bounds.
    """
    if not isinstance(values, dict):
        raise _wrong(key, "une section", values)
    fields = {field.name: field for field in dataclasses.fields(shape)}  # type: ignore[arg-type]
    for name in values:
        if name not in fields:
            raise ParameterError(f"Le paramètre « {_join(key, name)} » n’existe pas{_nearest(key, name, fields)}.")
    hints = get_type_hints(shape)
    made: dict[str, Any] = {}
    for name, field in fields.items():
        if name in values:
            made[name] = _value(hints[name], field.metadata.get("rule", Rule()), values[name], _join(key, name))
        elif field.default is dataclasses.MISSING:
            raise ParameterError(f"Le paramètre « {_join(key, name)} » manque.")
    return shape(**made)


def _join(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name


def _nearest(key: str, name: str, known: Mapping[str, Any] | Sequence[str]) -> str:
    near = get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f" ; le nom le plus proche est « {_join(key, near[0])} »" if near else ""


def _wrong(key: str, expected: str, value: Any) -> ParameterError:
    return ParameterError(f"Le paramètre « {key} » doit être {expected}, et non {_said(value)}.")


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "vrai ou faux"
    if isinstance(value, dict):
        return "une section"
    if isinstance(value, list):
        return "une liste"
    if isinstance(value, int) and abs(value) > LARGEST_NUMBER:
        return "un nombre aussi grand"
    said = str(value)
    return f"« {said if len(said) <= LONGEST_SAID else said[:LONGEST_SAID] + '…'} »"


def _value(hint: Any, rule: Rule, value: Any, key: str) -> Any:
    if rule.keys:
        return _by_key(rule, value, key)
    if rule.codes:
        return _by_code(rule, value, key)
    if isinstance(hint, types.UnionType):
        return _value(next(arm for arm in get_args(hint) if arm is not type(None)), rule, value, key)
    if get_origin(hint) is tuple:
        if not isinstance(value, list):
            raise _wrong(key, "une liste", value)
        return tuple(_value(get_args(hint)[0], rule, each, f"{key}[{rank}]") for rank, each in enumerate(value, 1))
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return read(hint, value, key)
    return _scalar(hint, rule, value, key)


_EXPECTED = {bool: "vrai ou faux", int: "un nombre entier", float: "un nombre", date: "une date", str: "un texte"}


def _scalar(hint: Any, rule: Rule, value: Any, key: str) -> Any:
    if isinstance(value, int) and abs(value) > LARGEST_NUMBER:
        raise _wrong(key, _EXPECTED[hint], value)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    fits = isinstance(value, hint) and not (isinstance(value, bool) and hint is not bool)
    if not fits or isinstance(value, datetime) or (isinstance(value, float) and not isfinite(value)):
        raise _wrong(key, _EXPECTED[hint], value)
    if hint in {int, float}:
        _bounded(rule, value, key)
    if isinstance(value, date) and value < EARLIEST:
        raise _wrong(key, f"au plus tôt le {EARLIEST:%d/%m/%Y}", f"{value.day:02}/{value.month:02}/{value.year}")
    return value


def _bounded(rule: Rule, value: float, key: str) -> None:
    if (rule.least, rule.most) == (0, 1) and not 0 <= value <= 1:
        raise _wrong(key, "une probabilité, entre 0 et 1", value)
    if rule.least is not None and (value < rule.least or (rule.above and value == rule.least)):
        raise _wrong(key, f"{'plus grand que' if rule.above else 'au moins'} {rule.least:g}", value)
    if rule.most is not None and value > rule.most:
        raise _wrong(key, f"au plus {rule.most:g}", value)


def _by_key(rule: Rule, value: Any, key: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _wrong(key, "une section", value)
    for name in value:
        if name not in rule.keys:
            raise ParameterError(f"Le paramètre « {_join(key, name)} » n’existe pas{_nearest(key, name, rule.keys)}.")
    each = dataclasses.replace(rule, keys=())
    if rule.codes:
        return {name: _by_code(each, value[name], _join(key, name)) for name in rule.keys if name in value}
    for name in rule.keys:
        if name not in value:
            raise ParameterError(f"Le paramètre « {_join(key, name)} » manque.")
    return {name: _scalar(float, each, value[name], _join(key, name)) for name in rule.keys}


def _by_code(rule: Rule, value: Any, key: str) -> tuple[float, ...]:
    if not isinstance(value, dict):
        raise _wrong(key, "une section", value)
    for name in value:
        if name not in rule.codes:
            raise ParameterError(f"Le paramètre « {_join(key, name)} » n’existe pas{_nearest(key, name, rule.codes)}.")
    bounds = Rule(0, 1) if rule.shares else Rule(0)
    held = tuple(
        float(_scalar(float, bounds, value[code], _join(key, code))) if code in value else 0.0 for code in rule.codes
    )
    if rule.shares and sum(held) > 1 + 1e-9:
        raise ParameterError(f"Les probabilités de « {key} » dépassent 1 ensemble ({sum(held):g}).")
    if not rule.shares and not sum(held):
        raise ParameterError(f"Les poids de « {key} » sont tous à 0 : aucune valeur ne peut être tirée.")
    return held
