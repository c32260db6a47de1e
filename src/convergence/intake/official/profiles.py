"""Which file is an export of the State's tool, of which version: known by its titles, as data (``profiles.toml``)."""

import io
import re
import tomllib
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from convergence.intake.cells import folded
from convergence.intake.columns import OWN_COLUMNS
from convergence.intake.kinds import UnreadableFile
from convergence.intake.titles import title_key
from convergence.vocabulary.contracts import ContractKind
from convergence.vocabulary.passes import HireState, PassState
from convergence.vocabulary.people import Sex

PARTS = (
    "title", "family_name", "given_name", "email", "phone", "birth", "employer", "employer_kind", "applied_on",
    "application_state", "hire_starts", "hire_ends", "pass_number", "pass_starts", "pass_ends", "pass_state",
)  # fmt: skip
"""What the rows are read for: the keys of ``[parts]``."""

MOST_NAMED = 6
"""How many columns a sentence names."""


@dataclass(frozen=True)
class Version:
    """The titles of an export from a day on, until the next version."""

    since: date
    columns: tuple[str, ...]

    @property
    def keys(self) -> dict[str, str]:
        """Folded title → title."""
        return {title_key(title): title for title in self.columns}


@dataclass(frozen=True)
class Profile:
    """The whole of ``profiles.toml``; words of the file are folded.

    :param parts: what is read → its title, folded.
    :param application_states: None for an application that is no hiring.
    """

    versions: tuple[Version, ...]
    parts: dict[str, str]
    titles: dict[str, Sex]
    pass_states: dict[str, PassState]
    application_states: dict[str, HireState | None]
    contract_kinds: dict[str, ContractKind]


@cache
def profile() -> Profile:
    """The profile, read once and checked.

    :raises ValueError: a version lacks a column that is read; KeyError: the file lacks a part.
    """
    raw = tomllib.loads(files("convergence.intake.official").joinpath("profiles.toml").read_text(encoding="utf-8"))
    made = Profile(
        versions=tuple(Version(row["since"], tuple(row["columns"])) for row in raw["version"]),
        parts={part: title_key(raw["parts"][part]) for part in PARTS},
        titles={folded(word): Sex(code) for word, code in raw["titles"].items()},
        pass_states={folded(word): PassState(code) for word, code in raw["pass_states"].items()},
        application_states={
            folded(word): HireState(code) if code else None for word, code in raw["application_states"].items()
        },
        contract_kinds={folded(word): ContractKind(code) for word, code in raw["contract_kinds"].items()},
    )
    for version in made.versions:
        if lost := set(made.parts.values()) - version.keys.keys():
            raise ValueError(f"the version of {version.since} lacks {sorted(lost)}")
    return made


def version_of(since: date) -> Version:
    """:raises ValueError: no version begins that day."""
    for version in profile().versions:
        if version.since == since:
            return version
    raise ValueError(f"no version of {since}")


def recognise(headers: Sequence[str]) -> Version | None:
    """The version of the export that has these titles; None for a list that is none.

    A file with at least half of an export's titles is one: where the others are not all there, it is of another
    version. Titles that come on top of all those of a version are left out.

    :raises UnreadableFile: an export of another version; the sentence names what it lacks and what is not known.
    """
    found = {title_key(title): title for title in headers}
    whole = [version for version in profile().versions if version.keys.keys() <= found.keys()]
    if whole:
        return max(whole, key=lambda version: version.since)
    closest = max(profile().versions, key=lambda version: (len(version.keys.keys() & found.keys()), version.since))
    if 2 * len(closest.keys.keys() & found.keys()) < len(closest.columns):
        return None
    raise UnreadableFile("other_version", _other_version(closest, found))


def unknown_titles(version: Version, headers: Sequence[str]) -> list[str]:
    """The titles that come on top of those of the version."""
    own = {title_key(title) for title in OWN_COLUMNS}
    return [title for title in headers if title_key(title) not in version.keys.keys() | own]


def _other_version(closest: Version, found: dict[str, str]) -> str:
    missing = [title for key, title in closest.keys.items() if key not in found]
    extra = unknown_titles(closest, list(found.values()))
    said = _(
        "Cet export des emplois de l’inclusion est d’une autre version que celles que l’import connaît. "
        "Il y manque : %s."
    ) % _named(missing)
    if extra:
        said += " " + _("Colonnes inconnues : %s.") % _named(extra)
    return said + " " + _("Rien n’a été lu : téléchargez un nouvel export, sans en changer les colonnes.")


def _named(titles: Sequence[str]) -> str:
    shown = ", ".join(f"«\u00a0{title}\u00a0»" for title in titles[:MOST_NAMED])
    hidden = len(titles) - MOST_NAMED
    if hidden <= 0:
        return shown
    return ngettext("%(shown)s et %(hidden)d autre", "%(shown)s et %(hidden)d autres", hidden) % {
        "shown": shown,
        "hidden": hidden,
    }


_CREATED = re.compile(rb"<dcterms:created[^>]*>(\d{4}-\d\d-\d\d)T")


def made_on(content: bytes) -> date | None:
    """The day on which the platform made the workbook; None for a text file, or where it does not say."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open("docProps/core.xml") as core:
            found = _CREATED.search(core.read(64 * 1024))
            return date.fromisoformat(found[1].decode()) if found else None
    except (zipfile.BadZipFile, KeyError, ValueError, OSError):
        return None
