"""Reading a protocol from its file, every key checked; the file to fill in."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import date, datetime
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.outcomes import outcome
from convergence.analysis.impact.protocol import (
    CHARACTERISTICS,
    Contrast,
    Correction,
    Planned,
    Protocol,
    Subgroup,
)
from convergence.analysis.toml_files import parse_toml, read_bytes
from convergence.vocabulary.base import Term


def read_protocol(path: Path, *, sha256: str | None = None) -> Protocol:
    """The protocol of a TOML file, checked.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "protocole.toml"
    ...     write_template(path)
    ...     read_protocol(path).primary
    ('dynamic_exit',)

    :param sha256: the fingerprint noted when it was settled: a file that changed since is refused.
    :raises ImpactError: one sentence that names the key and what to do.
    """
    what = f"Le protocole {path.name}"
    content = read_bytes(path, what, ImpactError)
    found = hashlib.sha256(content).hexdigest()
    if sha256 is not None and found != sha256:
        raise ImpactError(
            f"{what} n’est plus celui qui a été arrêté : son empreinte a changé. Reprenez le fichier "
            "d’origine, ou arrêtez un nouveau protocole à une nouvelle date."
        )
    return _protocol(parse_toml(content, what, ImpactError), found)


def standard_protocol() -> str:
    """The text of a protocol to fill in: every key with its meaning. It reads as it is, but for its date."""
    return files("convergence.analysis.impact").joinpath("protocol.toml").read_text(encoding="utf-8")


def write_template(path: Path) -> None:
    """Write :func:`standard_protocol` to a new file.

    :raises ImpactError: the file is already there, or cannot be written.
    """
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(standard_protocol())
    except FileExistsError:
        raise ImpactError(f"{path} existe déjà : rien n’a été écrit.") from None
    except OSError as error:
        raise ImpactError(f"{path} ne peut pas être écrit : {error.strerror}.") from None


_Reader = Callable[[str, Any], Any]


def _protocol(told: Mapping[str, Any], sha256: str) -> Protocol:
    values: dict[str, Any] = {}
    for key in told:
        if key not in {section for section, *_ in _KEYS if section} | {"subgroups"} | {
            name for section, name, *_ in _KEYS if not section
        }:
            raise ImpactError(f"Protocole : la clé « {key} » n’existe pas{_nearest(key)}.")
    for section, key, name, reader, needed in _KEYS:
        held = told.get(section, {}) if section else told
        if not isinstance(held, dict):
            raise ImpactError(f"Protocole : « {section} » doit être une section.")
        full = f"{section}.{key}" if section else key
        if key in held:
            values[name] = reader(full, held[key])
        elif needed:
            raise ImpactError(f"Protocole : il manque « {full} » ({needed}).")
    for section in {section for section, *_ in _KEYS if section}:
        for key in told.get(section, {}):
            if (section, key) not in {(each, name) for each, name, *_ in _KEYS}:
                raise ImpactError(f"Protocole : la clé « {section}.{key} » n’existe pas{_nearest(key)}.")
    values["subgroups"] = _subgroups(told.get("subgroups", []))
    protocol = Protocol(**values, sha256=sha256)
    _hold_together(protocol)
    return protocol


def _nearest(key: str) -> str:
    near = get_close_matches(key, [name for _, name, *_ in _KEYS], 1)
    return f" ; vouliez-vous dire « {near[0]} »" if near else ""


def _hold_together(protocol: Protocol) -> None:
    if protocol.since and protocol.until and protocol.since >= protocol.until:
        raise ImpactError("Protocole : « population.since » doit précéder « population.until ».")
    if twice := [name for name in protocol.secondary if name in protocol.primary]:
        raise ImpactError(f"Protocole : le critère « {twice[0]} » est à la fois principal et secondaire.")
    if both := [name for name in protocol.controls if name in protocol.covariates]:
        raise ImpactError(
            f"Protocole : « {both[0]} » est à la fois covariable et critère témoin ; l’ajustement le rend égal par "
            "construction. Retirez-le de l’une des deux listes."
        )
    if protocol.contrast is Contrast.NONE and (
        exits := [name for name in protocol.outcomes if not outcome(name).of_situation]
    ):
        raise ImpactError(
            f"Protocole : sans chantier il n’y a pas de fin de parcours, « {exits[0]} » ne se compare pas. Prenez un "
            "critère de situation, tel que « job_24 » ou « housed_24 »."
        )


def _text(key: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ImpactError(f"Protocole : « {key} » doit être un texte non vide.")
    return " ".join(value.split())


def _day(key: str, value: Any) -> date:
    if not isinstance(value, date) or isinstance(value, datetime) or value.year < 1980:
        raise ImpactError(f"Protocole : « {key} » doit être une date, telle que 2026-01-15 (sans guillemets).")
    return value


def _number(least: float, most: float) -> _Reader:
    def read(key: str, value: Any) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool) or not least <= value <= most:
            raise ImpactError(f"Protocole : « {key} » doit être un nombre entre {least:g} et {most:g}.")
        return float(value)

    return read


def _whole(least: int, most: int) -> _Reader:
    def read(key: str, value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise ImpactError(f"Protocole : « {key} » doit être un nombre entier entre {least} et {most}.")
        return value

    return read


def _flag(key: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ImpactError(f"Protocole : « {key} » doit être true ou false.")
    return value


def _term(terms: type[Term]) -> _Reader:
    def read(key: str, value: Any) -> Term:
        if not isinstance(value, str) or not terms.has(value):
            allowed = ", ".join(term.value for term in terms)
            raise ImpactError(f"Protocole : « {key} » doit être l’un de : {allowed}.")
        return terms(value)

    return read


def _several(reader: _Reader, *, least: int = 0) -> _Reader:
    def read(key: str, value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) < least:
            raise ImpactError(f"Protocole : « {key} » doit être une liste{' non vide' if least else ''}.")
        found = tuple(reader(key, each) for each in value)
        if len(set(found)) < len(found):
            raise ImpactError(f"Protocole : « {key} » nomme deux fois la même chose.")
        return found

    return read


def _outcome(key: str, value: Any) -> str:
    try:
        return outcome(str(value)).name
    except ImpactError as error:
        raise ImpactError(f"Protocole, « {key} » : {error}") from None


def _characteristic(key: str, value: Any) -> str:
    if value not in CHARACTERISTICS:
        raise ImpactError(
            f"Protocole : « {key} » nomme une caractéristique inconnue, « {value} » ; choisissez parmi "
            f"{', '.join(CHARACTERISTICS)}."
        )
    return str(value)


def _subgroups(told: Any) -> tuple[Subgroup, ...]:
    if not isinstance(told, list) or not all(isinstance(each, dict) for each in told):
        raise ImpactError("Protocole : un sous-groupe s’écrit sous [[subgroups]].")
    readers: dict[str, _Reader] = {
        "label": _text,
        "characteristic": _characteristic,
        "least": _number(-1e6, 1e6),
        "most": _number(-1e6, 1e6),
    }
    found = []
    for each in told:
        if set(each) != set(readers):
            raise ImpactError(f"Protocole : un sous-groupe a exactement les clés {', '.join(readers)}.")
        group = Subgroup(**{key: reader(f"subgroups.{key}", each[key]) for key, reader in readers.items()})
        if group.least > group.most:
            raise ImpactError(f"Protocole : le sous-groupe « {group.label} » a ses bornes à l’envers.")
        found.append(group)
    return tuple(found)


_KEYS: Final[tuple[tuple[str, str, str, _Reader, str], ...]] = (
    ("", "title", "title", _text, "le titre de l’étude"),
    ("", "dated", "dated", _day, "la date à laquelle il est arrêté, avant d’ouvrir les résultats"),
    ("", "authors", "authors", _text, "qui l’a écrit"),
    ("", "question", "question", _text, "ce que l’on veut savoir, en une phrase"),
    ("", "comparison", "contrast", _term(Contrast), "à quoi le dispositif est comparé"),
    ("population", "eligibility", "eligibility", _text, "qui est comparé à qui"),
    ("population", "since", "since", _day, ""),
    ("population", "until", "until", _day, ""),
    ("population", "least_age", "least_age", _whole(14, 100), ""),
    ("population", "territories", "territories", _several(_whole(1, 2**62)), ""),
    ("outcomes", "primary", "primary", _several(_outcome, least=1), "au moins un critère principal"),
    ("outcomes", "secondary", "secondary", _several(_outcome), ""),
    ("outcomes", "controls", "controls", _several(_characteristic), ""),
    ("follow_up", "months", "months", _whole(1, 120), ""),
    ("analysis", "covariates", "covariates", _several(_characteristic), ""),
    ("analysis", "estimators", "estimators", _several(_term(Planned), least=1), ""),
    ("analysis", "by_site", "by_site", _flag, ""),
    ("analysis", "alpha", "alpha", _number(0.0001, 0.5), ""),
    ("analysis", "correction", "correction", _term(Correction), ""),
    ("analysis", "detectable", "detectable", _number(0.0001, 1.0), ""),
)
"""Section, key, field, reader, and what the key is for where it must be there."""
