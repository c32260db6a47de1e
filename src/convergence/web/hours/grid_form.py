"""The grid of a site's month as one form: a card a contract, each cell with its own sentence when it is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _

from convergence.pathways.hours.models import MonthHours
from convergence.pathways.hours.reading import HoursLine, typed_of
from convergence.pathways.hours.recording import Change
from convergence.rules.typed_hours import said_plainly
from convergence.rules.worked_hours import Typed, absences_said, check_typed
from convergence.vocabulary.absences import HoursAbsence
from convergence.web.hours.cells import HoursField
from convergence.web.templatetags.display import period

LEAST_PAIRS = 2
"""Kinds of absence that a card has room for at first; an import may have brought more."""
ABSENCES = [("", _("aucune")), *HoursAbsence.choices()]


@dataclass
class Card:
    """A contract's card: its cells, and what somebody else wrote meanwhile."""

    line: HoursLine
    seen: BoundField
    planned: BoundField
    worked: BoundField
    absences: list[tuple[BoundField, BoundField]]
    days: str = ""
    theirs: MonthHours | None = None
    taken_back: bool = False

    @property
    def more_open(self) -> bool:
        """Whether a second absence was typed, or is wrong."""
        return any(cell.value() or cell.errors for pair in self.absences[1:] for cell in pair)

    @property
    def theirs_absences(self) -> str:
        return absences_said(typed_of(self.theirs)) if self.theirs else ""


class GridForm(forms.Form):
    """What stands and what is typed, line by line.

    :param lines: the contracts of the page, with what stands.
    :param earlier: rows that stood when the page was drawn and no longer do, by primary key.
    """

    def __init__(
        self,
        data: Any = None,
        *,
        lines: Sequence[HoursLine],
        month: date,
        earlier: Mapping[int, MonthHours],
    ) -> None:
        super().__init__(data)
        self.lines, self.month, self.earlier = lines, month, earlier
        self.conflicts: dict[UUID, MonthHours | None] = {}
        self._typed: dict[UUID, Typed] = {}
        for line in lines:
            self._add(line)

    def _add(self, line: HoursLine) -> None:
        key, typed = line.contract.series.hex, line.typed
        self.fields[f"{key}-seen"] = forms.CharField(
            required=False, widget=forms.HiddenInput, initial=line.row.pk if line.row else ""
        )
        self.fields[f"{key}-planned"] = HoursField(label=_("Prévues"), initial=typed.planned)
        self.fields[f"{key}-worked"] = HoursField(label=_("Faites"), initial=typed.worked)
        absent = list(typed.absent.items())
        for number in range(max(self._pairs(key), len(absent))):
            kind, hours = absent[number] if number < len(absent) else ("", None)
            self.fields[f"{key}-kind{number}"] = forms.ChoiceField(
                label=_("Absence"), choices=ABSENCES, required=False, initial=kind
            )
            self.fields[f"{key}-absent{number}"] = HoursField(label=_("En heures"), initial=hours)

    def _pairs(self, key: str) -> int:
        count = LEAST_PAIRS
        while self.is_bound and count < len(HoursAbsence) and f"{key}-kind{count}" in self.data:
            count += 1
        return count

    def _pairs_of(self, key: str) -> list[tuple[str, str]]:
        return [(name, name.replace("-kind", "-absent")) for name in self.fields if name.startswith(f"{key}-kind")]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        for line in self.lines:
            key = line.contract.series.hex
            absent = self._absent(key, given)
            typed = Typed(given.get(f"{key}-planned"), given.get(f"{key}-worked"), absent)
            self._typed[line.contract.series] = typed
            if typed == self._shown(line) or any(name.startswith(key) for name in self.errors):
                continue
            cells = {str(kind): hours for name, hours in self._pairs_of(key) if (kind := given.get(name))}
            for cell, refusal in check_typed(typed, line.contract.period, self.month):
                self.add_error(cells.get(cell, f"{key}-{cell}"), str(refusal))
        return given

    def _absent(self, key: str, given: Mapping[str, Any]) -> dict[HoursAbsence, Decimal]:
        absent: dict[HoursAbsence, Decimal] = {}
        for kind_name, hours_name in self._pairs_of(key):
            kind, hours = given.get(kind_name), given.get(hours_name)
            if kind and hours is None and hours_name not in self.errors:
                self.add_error(hours_name, _("Combien d’heures ? Écrivez-les, ou choisissez « aucune »."))
            elif hours and not kind and kind_name not in self.errors:
                self.add_error(kind_name, _("Quelle absence ? Choisissez-la, ou effacez ces heures."))
            elif kind and hours is not None:
                if HoursAbsence(kind) in absent:
                    self.add_error(kind_name, _("Cette absence est déjà comptée au-dessus : additionnez les heures."))
                elif hours:
                    absent[HoursAbsence(kind)] = hours
        return absent

    def _seen(self, line: HoursLine) -> int | None:
        text = str(self.data.get(f"{line.contract.series.hex}-seen", ""))
        return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None

    def _shown(self, line: HoursLine) -> Typed:
        """What the page showed of the line when it was drawn."""
        seen = self._seen(line)
        if seen is None:
            return Typed(planned=line.foreseen)
        row = line.row if line.row and line.row.pk == seen else self.earlier.get(seen)
        return typed_of(row) if row and row.contract == line.contract.series else Typed()

    def changes(self) -> list[Change]:
        """The lines that the typist changed."""
        return [
            Change(line.contract.series, self._seen(line), typed)
            for line in self.lines
            if (typed := self._typed[line.contract.series]) != self._shown(line)
        ]

    def show_theirs(self, fresh: Mapping[UUID, MonthHours | None], lines: Sequence[HoursLine]) -> None:
        """Keep all that was typed, take the others' lines as they stand, and say what was changed meanwhile.

        :param lines: the same contracts, read again.
        """
        changed = {change.contract for change in self.changes()}
        self.conflicts = dict(fresh)
        typed = self.data.copy()  # type: ignore[attr-defined]  # as a request holds it
        self.data = typed
        for line in lines:
            key = line.contract.series.hex
            typed[f"{key}-seen"] = str(line.row.pk) if line.row else ""
            if line.contract.series in changed:
                continue
            typed[f"{key}-planned"] = said_plainly(line.typed.planned)
            typed[f"{key}-worked"] = said_plainly(line.typed.worked)
            for number in range(self._pairs(key)):
                kind, hours = [*line.typed.absent.items(), *[("", None)] * len(HoursAbsence)][number]
                typed[f"{key}-kind{number}"] = str(kind)
                typed[f"{key}-absent{number}"] = said_plainly(hours)

    def wrong(self) -> list[dict[str, str]]:
        """What the top of the page says is wrong: whose line, and what, with the way to the cell."""
        found = [{"message": str(message), "href": ""} for message in self.non_field_errors()]
        names = {line.contract.series.hex: line.name for line in self.lines}
        for name, messages in self.errors.items():
            if name in self.fields:
                whose = names[name.partition("-")[0]]
                found += [
                    {"message": f"{whose}\u00a0: {message}", "href": f"#{self[name].auto_id}"} for message in messages
                ]
        return found

    def cards(self) -> list[Card]:
        """The lines in order, each with its cells."""
        return [self._card(line) for line in self.lines]

    def _card(self, line: HoursLine) -> Card:
        key, series = line.contract.series.hex, line.contract.series
        pairs = [(self[kind], self[hours]) for kind, hours in self._pairs_of(key)]
        card = Card(line, self[f"{key}-seen"], self[f"{key}-planned"], self[f"{key}-worked"], pairs)
        days = line.contract.within(self.month)
        if days is not None:
            card.days = period(days.first_day, days.last_day, days.first_day)
        if series in self.conflicts:
            card.theirs = self.conflicts[series]
            card.taken_back = card.theirs is None
        return card
