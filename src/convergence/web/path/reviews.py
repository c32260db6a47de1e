"""The one-year review of a demand: corrected on a form, printed as PDF or as a spreadsheet."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from convergence.pathways.models import Extension, OfficialPass
from convergence.people.models import CivilStatus, Person
from convergence.reports.reviews.printing import Heading, as_pdf, as_sheet
from convergence.reports.reviews.writing import MOST_MONTHS, Written, correct, review_of
from convergence.vocabulary.extensions import ExtensionMotive
from convergence.vocabulary.needs import NEEDS
from convergence.vocabulary.reviews import ReviewMark
from convergence.web.fields import VersionForm
from convergence.web.handling import answer, see_anew
from convergence.web.people.looking import Reach, open_person
from convergence.web.requests import Request
from convergence.web.rows import latest_of, row_of
from convergence.web.rules import CARE, open_to

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ReviewForm(VersionForm):
    """Months asked for, what was done, and a mark with a few words for each need that the author writes."""

    months = forms.IntegerField(label=gettext_lazy("Mois demandés"), min_value=1, max_value=MOST_MONTHS)
    done = forms.CharField(
        label=gettext_lazy("Ce qui a été fait"),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=gettext_lazy(
            "Écrit d’après le dossier : relisez et corrigez. Rien de santé ni de justice ici : ce texte est lu par "
            "toute l’équipe qui accompagne."
        ),
    )

    def __init__(self, *args: Any, written: Written, reach: Reach, **options: Any) -> None:
        super().__init__(*args, **options)
        self.needs = [each for each in written.needs if each.kind.compartment.value in reach.written]
        self.initial = {"months": written.months, "done": written.done, "seen_version": written.version}
        for each in self.needs:
            code = each.kind.code
            self.fields[f"mark_{code}"] = forms.ChoiceField(
                label=each.kind.label,
                required=False,
                choices=[("", _("non évalué")), *ReviewMark.choices()],
                initial=each.mark.value if each.mark else "",
            )
            self.fields[f"words_{code}"] = forms.CharField(
                label=_("Précisions : %(need)s") % {"need": each.kind.label.lower()},
                required=False,
                max_length=500,
                initial=each.words,
            )

    @property
    def lines(self) -> list[tuple[Any, Any]]:
        """Each need's two fields, side by side."""
        return [(self[f"mark_{each.kind.code}"], self[f"words_{each.kind.code}"]) for each in self.needs]

    @property
    def marks(self) -> dict[str, tuple[str, str]]:
        given = self.cleaned_data
        codes = [each.kind.code for each in self.needs]
        return {code: (given[f"mark_{code}"], given[f"words_{code}"]) for code in codes}


@open_to(*CARE)
@require_http_methods(["GET", "POST"])
def review(request: Request, person_id: int, extension_id: int) -> HttpResponse:
    """Read and correct the review of a demand."""
    person, reach = open_person(request, person_id)
    today = request.identity.today
    demand = demand_of(person, extension_id)
    written = review_of(demand, today, reach)
    form = ReviewForm(request.POST or None, written=written, reach=reach)

    def work(form: ReviewForm) -> str:
        given = form.cleaned_data
        seen = given["seen_version"]
        correct(demand, given["months"], given["done"], form.marks, seen_version=seen, today=today)
        messages.success(request, _("Le bilan est enregistré ; la version précédente reste conservée."))
        return reverse("review", args=[person.pk, demand.pk])

    def page(status: int) -> HttpResponse:
        context = {
            "person": person,
            "form": form,
            "demand": demand,
            "written": written,
            "elsewhere": [each.label for each in NEEDS.values() if each.compartment.value not in reach.written],
        }
        return render(request, "path/review.html", context, status=status)

    return answer(request, form, work, page, partial(see_anew, form))


def demand_of(person: Person, extension_id: int) -> Extension:
    shown = row_of(Extension, person, extension_id)
    return latest_of(shown) if shown.superseded_at else shown


@open_to(*CARE)
@require_safe
def pdf(request: Request, person_id: int, extension_id: int) -> HttpResponse:
    written, heading = _printed(request, person_id, extension_id)
    return _file(as_pdf(written, heading), "application/pdf", "bilan.pdf")


@open_to(*CARE)
@require_safe
def sheet(request: Request, person_id: int, extension_id: int) -> HttpResponse:
    written, heading = _printed(request, person_id, extension_id)
    return _file(as_sheet(written, heading), SPREADSHEET, "bilan.xlsx")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    # The name says nothing of the person: downloads stay on shared machines.
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _printed(request: Request, person_id: int, extension_id: int) -> tuple[Written, Heading]:
    person, reach = open_person(request, person_id)
    today = request.identity.today
    demand = demand_of(person, extension_id)
    civil = CivilStatus.objects.current().filter(person=person).first()
    said = OfficialPass.objects.current().filter(person=person).order_by("-valid").first()
    sites = request.identity.sites(*CARE)
    return review_of(demand, today, reach), Heading(
        name=person.usual_name,
        birth=civil.birth if civil else "",
        pass_number=str(said) if said else "",
        structure=", ".join(str(site) for site in sites),
        motive=ExtensionMotive(demand.motive).label,
        until=demand.until,
        author=str(request.identity.user),
    )
