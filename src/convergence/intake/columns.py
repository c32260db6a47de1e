"""Which column fills which field: guessed from the titles, then from what the column holds; corrected by the user."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as MappingType
from dataclasses import dataclass

from django.utils.translation import gettext as _

from convergence.intake import titles
from convergence.intake.cells import Cell, as_text, is_nothing, phone
from convergence.intake.dates import looks_like_date
from convergence.intake.fields import DATES, SEVERAL_COLUMNS, Field

OWN_COLUMNS = ("Ligne du fichier d’origine", "À corriger")
"""The two columns that ``refusals.workbook`` adds; never read as data, never part of a signature."""

_SAMPLE = 200
_EMAIL = re.compile(r"\S+@\S+\.\S+")
_UNTITLED = re.compile(r"colonne [a-z]{1,3}")
# Columns that hold dates without being one of the scheme's dates.
_MAY_HOLD_DATES = DATES | {Field.NOTE, Field.RQTH}


@dataclass(frozen=True, slots=True)
class Mapping:
    """For each column, the field that it fills (None: left out).

    :param fields: one entry a column, in the table's order.
    :param unsure: the columns guessed without a known title: worth a look by the user.
    """

    fields: tuple[Field | None, ...]
    unsure: frozenset[int] = frozenset()

    def columns(self, field: Field) -> tuple[int, ...]:
        return tuple(column for column, one in enumerate(self.fields) if one is field)

    def column(self, field: Field) -> int | None:
        found = self.columns(field)
        return found[0] if found else None

    @staticmethod
    def of_codes(codes: Iterable[str]) -> "Mapping":
        """What the user chose, a field's code for each column; an empty one leaves its column out."""
        return Mapping(tuple(Field(code) if code else None for code in codes))

    def faults(self) -> list[str]:
        """What prevents the import, a French sentence each; empty when the mapping can be used."""
        sentences = []
        names = {Field.FAMILY_NAME, Field.GIVEN_NAME, Field.FULL_NAME}
        if not names & set(self.fields):
            sentences.append(_("Indiquez la colonne qui contient le nom des personnes."))
        counts = Counter(field for field in self.fields if field)
        for field, count in counts.items():
            if count > 1 and field not in SEVERAL_COLUMNS:
                sentences.append(_("%d colonnes sont choisies pour « %s » : gardez-en une.") % (count, field.label))
        if Field.FULL_NAME in counts and counts.keys() & {Field.FAMILY_NAME, Field.GIVEN_NAME}:
            sentences.append(
                _("Choisissez soit « %(full)s », soit « %(family)s » et « %(given)s ».")
                % {
                    "full": Field.FULL_NAME.label,
                    "family": Field.FAMILY_NAME.label,
                    "given": Field.GIVEN_NAME.label,
                }
            )
        return sentences

    def to_memory(self, headers: Sequence[str]) -> dict[str, str]:
        """What to keep for the next file with the same ``signature``: by title, so that columns may move."""
        return {key: field.value if field else "" for key, field in zip(_keys(headers), self.fields, strict=True)}

    @staticmethod
    def from_memory(headers: Sequence[str], memory: MappingType[str, str]) -> "Mapping":
        """The mapping kept by ``to_memory``; a field or a title that no longer exists is left out."""
        known = {field.value: field for field in Field}
        return Mapping(tuple(known.get(memory.get(key, "")) for key in _keys(headers)))


def signature(headers: Sequence[str]) -> str:
    """What two files with the same titles share, in whatever order, case or accents: 64 hexadecimal digits."""
    own = {titles.title_key(title) for title in OWN_COLUMNS}
    keys = sorted(key for key in _keys(headers) if key not in own)
    return hashlib.sha256("\x1f".join(keys).encode()).hexdigest()


def _keys(headers: Sequence[str]) -> list[str]:
    """One key a column: its folded title, numbered from the second time on."""
    seen: Counter[str] = Counter()
    keys = []
    for title in headers:
        key = titles.title_key(title)
        seen[key] += 1
        keys.append(key if seen[key] == 1 else f"{key}#{seen[key]}")
    return keys


def guess(headers: Sequence[str], sample_rows: Iterable[Sequence[Cell]]) -> Mapping:
    """The most likely mapping.

    :param headers: the titles, one a column.
    :param sample_rows: some rows (the first 200 are enough), each with a cell a column.

    Titles first, the surest first; then columns without a title that plainly hold e-mail addresses, telephones or
    birth dates. Moving the columns does not change the answer.
    """
    contents = _contents(len(headers), sample_rows)
    own = {titles.title_key(title) for title in OWN_COLUMNS}
    candidates = []
    for column, title in enumerate(headers):
        if titles.title_key(title) in own:
            continue
        for field, mark in titles.marks(title):
            if contents[column].allows(field, mark):
                candidates.append((-mark, titles.title_key(title), title, field.value, column, field))
    chosen: dict[int, Field] = {}
    unsure: set[int] = set()
    for negative, _key, _title, _value, column, field in sorted(candidates):
        if column not in chosen and (field in SEVERAL_COLUMNS or field not in chosen.values()):
            chosen[column] = field
            if -negative < titles.KNOWN:
                unsure.add(column)
    unsure |= _guess_by_content(headers, contents, chosen)
    _settle_names(contents, chosen, unsure)
    return Mapping(tuple(chosen.get(column) for column in range(len(headers))), frozenset(unsure))


@dataclass(frozen=True, slots=True)
class _Content:
    """What a column holds, in shares of its filled cells."""

    filled: int
    dates: float
    emails: float
    phones: float
    several_words: float
    birth_dates: float

    def allows(self, field: Field, mark: int) -> bool:
        """Whether the content does not contradict the field."""
        if self.filled < 2:
            return True
        if field in DATES:
            return mark >= titles.KNOWN or self.dates >= 0.3
        if self.dates > 0.7 and field not in _MAY_HOLD_DATES:
            return False
        if self.emails > 0.7:
            return field in {Field.EMAIL, Field.COUNSELLOR, Field.NOTE, Field.EXTERNAL_ID}
        return field is not Field.EMAIL or mark >= titles.KNOWN


def _contents(width: int, sample_rows: Iterable[Sequence[Cell]]) -> list[_Content]:
    columns: list[list[Cell]] = [[] for _column in range(width)]
    for number, row in enumerate(sample_rows):
        if number == _SAMPLE:
            break
        for column, cell in enumerate(row[:width]):
            if not is_nothing(cell):
                columns[column].append(cell)
    return [_content(cells) for cells in columns]


def _content(cells: list[Cell]) -> _Content:
    if not cells:
        return _Content(0, 0, 0, 0, 0, 0)
    texts = [as_text(cell) for cell in cells]
    dates = [looks_like_date(cell) for cell in cells]

    def share(marks: Iterable[object]) -> float:
        return sum(1 for mark in marks if mark) / len(cells)

    years = [re.search(r"(?:19[3-9]\d|200\d)(?!\d)", text) for text in texts]
    return _Content(
        filled=len(cells),
        dates=share(dates),
        emails=share(_EMAIL.search(text) for text in texts),
        phones=share(
            isinstance(cell, str) and len(text) < 30 and phone(text) for cell, text in zip(cells, texts, strict=True)
        ),
        several_words=share(len(text.split()) > 1 for text in texts),
        birth_dates=share(is_date and year for is_date, year in zip(dates, years, strict=True)),
    )


def _guess_by_content(headers: Sequence[str], contents: list[_Content], chosen: dict[int, Field]) -> set[int]:
    """Fill what is missing from columns that have no title, or (telephone, e-mail) « contact » for a title."""
    added: set[int] = set()
    for field in (Field.EMAIL, Field.PHONE, Field.BIRTH_DATE):
        if field in chosen.values():
            continue
        free = [
            column
            for column, title in enumerate(headers)
            if column not in chosen
            and (
                _UNTITLED.fullmatch(titles.title_key(title))
                or (field is not Field.BIRTH_DATE and titles.title_key(title) in {"contact", "contacts", "coordonnees"})
            )
        ]
        shares = {
            column: {
                Field.EMAIL: contents[column].emails,
                Field.PHONE: contents[column].phones,
                Field.BIRTH_DATE: contents[column].birth_dates,
            }[field]
            for column in free
        }
        likely = [column for column, share in shares.items() if share > 0.7 and contents[column].filled]
        if len(likely) == 1:
            chosen[likely[0]] = field
            added.add(likely[0])
    return added


def _settle_names(contents: list[_Content], chosen: dict[int, Field], unsure: set[int]) -> None:
    """« Nom » alone may hold both names; « Nom d’usage » alone is the name; « Salarié » beside « Prénom » too."""
    by_field = {field: column for column, field in chosen.items()}
    if Field.FAMILY_NAME not in by_field and Field.FULL_NAME not in by_field and Field.OTHER_NAME in by_field:
        others = [column for column, field in chosen.items() if field is Field.OTHER_NAME]
        if len(others) == 1:
            chosen[others[0]] = Field.FAMILY_NAME
            unsure.add(others[0])
    elif Field.FULL_NAME in by_field and Field.GIVEN_NAME in by_field and Field.FAMILY_NAME not in by_field:
        chosen[by_field[Field.FULL_NAME]] = Field.FAMILY_NAME
        unsure.add(by_field[Field.FULL_NAME])
    elif Field.FULL_NAME in by_field and Field.FAMILY_NAME in by_field:
        extra = by_field[Field.FULL_NAME] if Field.GIVEN_NAME in by_field else by_field[Field.FAMILY_NAME]
        del chosen[extra]
        unsure.discard(extra)
    elif Field.FAMILY_NAME in by_field and Field.GIVEN_NAME not in by_field:
        column = by_field[Field.FAMILY_NAME]
        if contents[column].several_words > 0.7:
            chosen[column] = Field.FULL_NAME
            unsure.add(column)
