"""The export of the State's tool on its way in: what was recognised, then ours and theirs side by side."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from convergence.intake import holding
from convergence.intake.actor import Importer
from convergence.intake.holding import About, Official
from convergence.intake.models import Import
from convergence.intake.official.preview import preview as plan_people
from convergence.intake.official.profiles import profile, version_of
from convergence.intake.official.rows import employers, latest_application
from convergence.intake.official.writing import planner_of
from convergence.intake.planning import Verb
from convergence.intake.reading import Table
from convergence.intake.titles import title_key
from convergence.territories.models import Site
from convergence.web.fields import DayField
from convergence.web.handling import answer
from convergence.web.intake.finding import kept_until
from convergence.web.requests import Request
from convergence.web.templatetags.display import day as in_words

SHOWN = 300
"""People of each kind that the preview shows."""
MOST_EMPLOYERS = 20
ELSEWHERE = "elsewhere"
"""The choice of an employer that is none of the actor's sites."""


class ExportForm(forms.Form):
    """The day of the export, and which of its employers is which site."""

    said_on = DayField(
        label=gettext_lazy("Export téléchargé le"),
        help_text=gettext_lazy("Ce qu’un export plus récent a déjà dit n’est pas remplacé."),
    )

    def __init__(
        self,
        *args: Any,
        told: Official,
        table: Table,
        sites: Iterable[Site],
        default: Site,
        today: date,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.table, self.today, self.told = table, today, told
        self.employers = employers(table)[:MOST_EMPLOYERS]
        made = told.said_on or told.made_on or ""
        # A workbook may say that it was made to-morrow, or by a clock that was never set.
        self.initial["said_on"] = min(made, today.isoformat()) or today.isoformat()
        own = list(sites)
        choices = [(ELSEWHERE, _("un autre employeur")), *((str(site.pk), site.name) for site in own)]
        for place, employer in enumerate(self.employers):
            self.fields[f"site-{place}"] = forms.ChoiceField(
                label=employer,
                choices=choices,
                initial=told.sites.get(employer, ELSEWHERE) if told.said_on else self._likely(employer, own, default),
            )

    def _likely(self, employer: str, own: list[Site], default: Site) -> int | str:
        """The site of that name; where the export names one employer only, the one chosen at the first step."""
        key = title_key(employer)
        named = [site.pk for site in own if title_key(site.name) == key]
        if len(named) == 1:
            return named[0]
        return default.pk if len(self.employers) == 1 else ELSEWHERE

    @property
    def site_fields(self) -> list[forms.BoundField]:
        return [self[f"site-{place}"] for place in range(len(self.employers))]

    def clean_said_on(self) -> date:
        said_on: date = self.cleaned_data["said_on"]
        if said_on > self.today:
            raise forms.ValidationError(_("Cette date est dans le futur."))
        latest = latest_application(self.table, self.today)
        if latest is not None and said_on < latest:
            sentence = _("Ce fichier contient une candidature du %s : il n’a pas été téléchargé avant.")
            raise forms.ValidationError(sentence % in_words(latest))
        return said_on

    def settled(self) -> Official:
        """What is known of the export now."""
        given = {employer: self.cleaned_data[f"site-{place}"] for place, employer in enumerate(self.employers)}
        return Official(
            version=self.told.version,
            made_on=self.told.made_on,
            said_on=self.cleaned_data["said_on"].isoformat(),
            sites={employer: int(site) for employer, site in given.items() if site != ELSEWHERE},
        )


def columns(request: Request, held: Import, about: About, told: Official) -> HttpResponse:
    """What was recognised; then the whole export is held against what is noted."""
    today = request.identity.today
    table = holding.table_of(held)
    importer = Importer.of(held.actor_id, today)
    form = ExportForm(
        request.POST or None,
        told=told,
        table=table,
        sites=importer.sites.values(),
        default=held.site,
        today=today,
    )
    version = version_of(date.fromisoformat(told.version))

    def work(form: ExportForm) -> str:
        about.official = form.settled()
        plan = plan_people(planner_of(held, about, importer, today), table, version, today)
        holding.write_about(held, about)
        holding.write_plan(held, plan)
        held.decisions = {}
        held.save()
        return reverse("import-preview", args=[held.pk])

    read = set(profile().parts.values())
    context = {
        "import": held,
        "about": about,
        "form": form,
        "rows": len(table.rows),
        "version": version,
        "notices": table.notices,
        "read_titles": [title for title in table.headers if title_key(title) in read],
        "left_titles": [title for title in table.headers if title_key(title) not in read],
    }
    return answer(request, form, work, lambda status: render(request, "intake/official.html", context, status=status))


def preview(request: Request, held: Import, about: About, plan: dict[str, Any]) -> HttpResponse:
    """What will be noted, what differs, who is unknown here, what was refused."""
    told = about.official
    groups: dict[str, list[Any]] = {verb.value: [] for verb in Verb} | {"unknown": []}
    for row in plan["rows"]:
        is_unknown = row["unknown"] and row["verb"] == Verb.ASK.value
        groups["unknown" if is_unknown else row["verb"]].append(row)
    context = {
        "import": held,
        "about": about,
        "plan": plan,
        "said_on": date.fromisoformat(told.said_on) if told and told.said_on else None,
        "groups": {
            code: {"rows": rows[:SHOWN], "count": len(rows), "hidden": max(0, len(rows) - SHOWN)}
            for code, rows in groups.items()
        },
        "differing": sum(1 for row in groups["change"] if row["choices"][0]["conflicts"]),
        "unchanged": plan["counts"][Verb.NOTHING.value],
        "writes": bool(groups["change"] or groups["ask"] or groups["unknown"]),
        "kept_until": kept_until(held),
    }
    return render(request, "intake/official_preview.html", context)


def decisions(request: Request, plan: dict[str, Any]) -> dict[str, str]:
    """Line → what to do of the person; name of a difference → « theirs » where ours is to give way."""
    given = {}
    for row in plan["rows"]:
        number = str(row["number"])
        answer_given = request.POST.get(f"row-{number}", "")
        choices = [choice["code"] for choice in row["choices"]]
        if row["verb"] == Verb.ASK.value:
            if not answer_given and row["unknown"] and "let_all_in" in request.POST:
                answer_given = str(choices[0])
            if answer_given in choices:
                given[number] = answer_given
        elif row["verb"] == Verb.CHANGE.value and answer_given == "leave":
            given[number] = "leave"
        for choice in row["choices"]:
            for conflict in choice["conflicts"]:
                if conflict["open"] and request.POST.get(conflict["name"]) == "theirs":
                    given[conflict["name"]] = "theirs"
    return given
