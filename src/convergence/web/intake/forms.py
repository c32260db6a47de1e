"""Forms of an import."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from convergence.intake.cells import as_text
from convergence.intake.columns import Mapping
from convergence.intake.fields import Field
from convergence.intake.reading import Table
from convergence.territories.models import Site

EXTENSIONS = ".xlsx,.ods,.xls,.csv,.txt,.tsv"


class UploadForm(forms.Form):
    """The file, and the site of the people whose row names none."""

    site = forms.ModelChoiceField(label=_("Chantier des personnes de la liste"), queryset=Site.objects.none())
    file = forms.FileField(
        label=_("Votre fichier"),
        max_length=200,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": EXTENSIONS}),
        error_messages={
            "required": _("Choisissez le fichier à importer."),
            "invalid": _("Choisissez le fichier à importer."),
        },
    )

    def __init__(self, *args: Any, site_ids: list[int], **options: Any) -> None:
        super().__init__(*args, **options)
        site = self.fields["site"]
        assert isinstance(site, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        site.queryset = Site.objects.filter(pk__in=site_ids)
        site.empty_label = None
        site.initial = site_ids[0] if site_ids else None
        if len(site_ids) == 1:
            site.widget = forms.HiddenInput()


class ColumnsForm(forms.Form):
    """One choice a column; another sheet of the workbook where there are several."""

    def __init__(self, *args: Any, table: Table, mapping: Mapping, sheet: str | None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.table = table
        self.unsure = mapping.unsure
        choices = [("", _("ne pas reprendre")), *((one.value, one.label) for one in Field)]
        for place, (title, chosen) in enumerate(zip(table.headers, mapping.fields, strict=True)):
            self.fields[f"column-{place}"] = forms.ChoiceField(
                label=title, choices=choices, required=False, initial=chosen.value if chosen else ""
            )
        sheets = [one.name for one in table.sheets if not one.hidden]
        self.sheets = sheets if len(sheets) > 1 else []
        if self.sheets:
            self.fields["sheet"] = forms.ChoiceField(
                label=_("Feuille du classeur"),
                choices=[(name, name) for name in sheets],
                required=False,
                initial=sheet or table.sheet,
            )

    @property
    def columns(self) -> list[dict[str, Any]]:
        """Each column as the page shows it: its select, a few of its cells, whether the guess is unsure."""
        return [
            {"field": self[f"column-{place}"], "samples": samples(self.table, place), "unsure": place in self.unsure}
            for place in range(len(self.table.headers))
        ]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for sentence in self.mapping().faults() if not self.errors else ():
            self.add_error(None, sentence)
        return given

    def mapping(self) -> Mapping:
        chosen = [self.cleaned_data.get(f"column-{place}", "") for place in range(len(self.table.headers))]
        return Mapping.of_codes(chosen)


def samples(table: Table, place: int, most: int = 3) -> list[str]:
    """The first different cells of a column, as people would read them."""
    found: dict[str, None] = {}
    for row in table.rows:
        text = " ".join(as_text(row.cells[place]).split())
        if text:
            found.setdefault(text if len(text) <= 40 else text[:39] + "…")
        if len(found) == most:
            break
    return list(found)
