"""Forms of the evaluation pages."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from convergence.analysis.conventions import TWO_YEARS
from convergence.analysis.explore import Explorer, Line, Settings
from convergence.evidence.models import Dataset
from convergence.territories.models import Territory
from convergence.web.evaluation import words
from convergence.web.fields import LineField
from convergence.web.templatetags.display import euros, number

MOST = 64 * 1024 * 1024
"""Bytes of a dataset that comes by the browser."""
LONGEST_TEXT = 50_000
EFFECTS = (100, 75, 50)
BEFORE_AFTER = "before_after"
RATES = ("0", "2.5", "4.5")


class AskForm(forms.Form):
    """What an evaluation is asked of."""

    title = LineField(label=gettext_lazy("Titre"), max_length=120)
    dataset = forms.ModelChoiceField(Dataset.objects.none(), label=gettext_lazy("Jeu de données"), empty_label=None)
    comparison = forms.ModelChoiceField(
        Dataset.objects.none(),
        label=gettext_lazy("Personnes de comparaison"),
        required=False,
        empty_label=gettext_lazy("Celles du jeu de données, s’il en a"),
        help_text=gettext_lazy("Un autre chantier, une liste d’attente ou un extrait administratif, gardés ici."),
    )
    territory = forms.ModelChoiceField(
        Territory.objects.none(),
        label=gettext_lazy("Territoire évalué"),
        required=False,
        empty_label=gettext_lazy("Plusieurs territoires"),
        help_text=gettext_lazy("Sa coordination lira les résultats, et pourra les publier."),
    )
    seed = forms.IntegerField(
        label=gettext_lazy("Graine des tirages"),
        min_value=0,
        max_value=2**31 - 1,
        initial=1,
        help_text=gettext_lazy("La même graine sur les mêmes données donne les mêmes chiffres."),
    )
    protocol = forms.CharField(
        label=gettext_lazy("Protocole (TOML)"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )
    scenario = forms.CharField(
        label=gettext_lazy("Scénario (TOML)"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        kept = Dataset.objects.defer("wrapped_key")
        self.fields["dataset"].queryset = kept.exclude(kind=Dataset.Kind.COMPARISON)  # type: ignore[attr-defined]
        self.fields["comparison"].queryset = kept  # type: ignore[attr-defined]
        self.fields["territory"].queryset = Territory.objects.all()  # type: ignore[attr-defined]

    def clean_comparison(self) -> Dataset | None:
        chosen: Dataset | None = self.cleaned_data["comparison"]
        if chosen is not None and chosen == self.cleaned_data.get("dataset"):
            raise forms.ValidationError(
                _("Un jeu ne se compare pas à lui-même : ses chantiers ordinaires et sa liste d’attente le sont déjà.")
            )
        return chosen

    def clean_protocol(self) -> str:
        return _toml(self.cleaned_data["protocol"])

    def clean_scenario(self) -> str:
        return _toml(self.cleaned_data["scenario"])


def _toml(text: str) -> str:
    """The text, once it reads as TOML; what it says is checked by the run."""
    try:
        tomllib.loads(text.replace("\r\n", "\n"))
    except (ValueError, RecursionError) as error:  # a number of thousands of digits is no TOMLDecodeError
        raise forms.ValidationError(
            _("Ce texte n’est pas du TOML (%(what)s) : corrigez-le, ou laissez vide.") % {"what": str(error)[:120]}
        ) from None
    return text.replace("\r\n", "\n")


class DatasetForm(forms.Form):
    """A dataset, or people to compare with, in one zip file."""

    name = LineField(
        label=gettext_lazy("Comment l’appeler"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("À défaut : sa sorte et le dernier jour connu, ou le nom que dit comparison.toml."),
    )
    file = forms.FileField(label=gettext_lazy("Dossier du jeu ou des personnes de comparaison, en un fichier zip"))


@dataclass(frozen=True)
class Slider:
    """A field drawn as a range, and what it stands at in words."""

    field: BoundField
    says: str
    about: str


class ExploreForm(forms.Form):
    """What a reader moves, all of it in the address. What is absent stands at its central value.

    Prices are percents of the central price, so that the central one is exactly there.
    """

    def __init__(self, data: Mapping[str, Any], explorer: Explorer) -> None:
        super().__init__({})
        self.explorer = explorer
        about = explorer.about
        # What people would have become without the scheme stands before what they were before it.
        contrasts = sorted(about.contrasts, key=lambda each: each.code == BEFORE_AFTER)
        self.fields["comparaison"] = _choice(_("Comparaison"), [(each.code, each.label) for each in contrasts])
        self.fields["point-de-vue"] = _choice(_("Point de vue"), [(p.code, p.label) for p in about.perspectives])
        self.fields["places"] = _percent(_("Places libérées comptées"), 0, 100, 50, step=5)
        self.fields["effet"] = _choice(_("Effet conservé"), [(str(share), f"{share}\u00a0%") for share in EFFECTS])
        rates = [(rate, f"{number(float(rate), 0 if rate == '0' else 1)}\u00a0%") for rate in RATES]
        self.fields["actualisation"] = _choice(_("Actualisation par an"), rates)
        self.fields["mois"] = _choice(_("Bilan à"), [(str(month), _months(month)) for month in self.months])
        if TWO_YEARS in self.months:
            self.fields["mois"].initial = str(TWO_YEARS)
        self.priced = {line.item: line for line in about.lines if line.price}
        self.taken = {line.item: line for line in about.lines if line.take_up}
        for item, line in self.priced.items():
            assert line.price is not None  # noqa: S101 - chosen so
            low, high = (100 * end / line.price.central for end in (line.price.low, line.price.high))
            self.fields[f"prix-{item}"] = _percent(line.label, int(low), -int(-high // 1), 100)
        for item, line in self.taken.items():
            assert line.take_up is not None  # noqa: S101 - chosen so
            low, high = 100 * line.take_up.low, 100 * line.take_up.high
            self.fields[f"recours-{item}"] = _percent(
                line.label, int(low), -int(-high // 1), round(100 * line.take_up.central)
            )
        central = {name: field.initial for name, field in self.fields.items()}
        self.data = central | {name: data[name] for name in self.fields if data.get(name)}

    @property
    def months(self) -> list[int]:
        """The months at which the balance may be read: each year, and the last month."""
        horizon = self.explorer.horizon
        return sorted({*range(12, horizon + 1, 12), horizon}, reverse=True)

    def value(self, name: str) -> Any:
        """What a field stands at: what was given, else its central value; the latter too where that was refused."""
        given = self.cleaned_data.get(name)
        return self.fields[name].initial if given in (None, "") else given

    def settings(self) -> Settings:
        """What the reader chose."""
        return Settings(
            contrast=self.value("comparaison"),
            perspective=self.value("point-de-vue"),
            capacity_share=self.value("places") / 100,
            effect=int(self.value("effet")) / 100,
            discount=float(self.value("actualisation")) / 100,
            price_factors={item: self.value(f"prix-{item}") / 100 for item in self.priced},
            take_up={
                item: self.value(f"recours-{item}") / 100 for item in self.taken if self._moved(f"recours-{item}")
            },
        )

    @property
    def month(self) -> int:
        return int(self.value("mois"))

    def chosen(self) -> dict[str, str]:
        """What differs from the central values, as an address says it."""
        return {name: str(self.value(name)) for name in self.fields if self._moved(name)}

    def _moved(self, name: str) -> bool:
        return bool(self.value(name) != self.fields[name].initial)

    def shares(self) -> Iterator[Slider]:
        """The slider of freed places."""
        yield Slider(self["places"], f"{self.value('places')}\u00a0%", "")

    def choices(self) -> list[BoundField]:
        """What is chosen in a list."""
        return [self["point-de-vue"], self["effet"], self["actualisation"]]

    def sliders(self) -> list[Slider]:
        """All of them."""
        return [*self.shares(), *self.take_ups(), *self.prices()]

    @property
    def moved_price(self) -> bool:
        return any(self._moved(f"prix-{item}") for item in self.priced)

    @property
    def moved_take_up(self) -> bool:
        return any(self._moved(f"recours-{item}") for item in self.taken)

    def prices(self) -> Iterator[Slider]:
        """The sliders of unit prices."""
        for item, line in self.priced.items():
            yield self._price(f"prix-{item}", line)

    def _price(self, name: str, line: Line) -> Slider:
        price = line.price
        assert price is not None  # noqa: S101 - the line was chosen for its price

        def said(amount: float) -> str:
            if not price.is_money:
                return number(amount, 3)
            return euros(amount, 2 if price.central < 100 else 0)

        between = _("de %(low)s à %(high)s, %(year)s\u00a0; %(source)s") % {
            "low": said(price.low),
            "high": said(price.high),
            "year": price.year,
            "source": price.source,
        }
        if not price.checked:
            between += " " + _("(à vérifier dans la source)")
        chosen = said(price.central * self.value(name) / 100)
        return Slider(self[name], f"{chosen} / {words.unit(price.unit)}" if price.is_money else chosen, between)

    def take_ups(self) -> Iterator[Slider]:
        """The sliders of take-up."""
        for item, line in self.taken.items():
            name = f"recours-{item}"
            assert line.take_up is not None  # noqa: S101 - the line was chosen for it
            yield Slider(self[name], f"{self.value(name)}\u00a0%", line.take_up.source)


def _choice(label: str, choices: list[tuple[str, str]]) -> forms.ChoiceField:
    field = forms.ChoiceField(label=label, choices=choices, required=False, initial=choices[0][0])
    field.error_messages["invalid_choice"] = _("Ce choix n’existe pas ici : prenez-en un de la liste.")
    return field


def _percent(label: str, low: int, high: int, central: int, *, step: int = 1) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=low,
        max_value=high,
        initial=central,
        required=False,
        widget=forms.NumberInput(attrs={"type": "range", "step": step}),
    )


def _months(month: int) -> str:
    if month % 12:
        return _("%(n)d mois") % {"n": month}
    years = month // 12
    return _("%(months)d mois (fin de la %(rank)s année)") % {
        "months": month,
        "rank": _("1re") if years == 1 else f"{years}e",
    }
