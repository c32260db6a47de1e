"""A person made by hand, and correcting who she is."""

from dataclasses import dataclass
from typing import Any, Self

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from convergence.people.entry import admit
from convergence.people.identity import correct_identity, version_of
from convergence.people.models import CivilStatus, Person, PersonName
from convergence.people.search import search_people
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.people import NameKind
from convergence.web.handling import answer, retyped
from convergence.web.people.coming_back import formers_of
from convergence.web.people.forms import AdmissionForm, NewcomerForm, OtherNameForm
from convergence.web.people.looking import open_person
from convergence.web.requests import Request
from convergence.web.rules import EMPLOYER, open_to

MOST_ALIKE = 5


@dataclass(frozen=True)
class Noted:
    """Every version of somebody's names and civil status, the latest first; two queries."""

    names: list[PersonName]
    statuses: list[CivilStatus]

    @classmethod
    def of(cls, person: Person) -> Self:
        names = person.names.select_related("recorded_by").order_by("-pk")
        return cls(list(names), list(person.civil_statuses.select_related("recorded_by").order_by("-pk")))

    def running(self) -> dict[str, str]:
        """The identity as the form shows it."""
        name = next((name for name in self.names if name.kind == NameKind.USUAL and not name.superseded_at), None)
        civil = next((civil for civil in self.statuses if not civil.superseded_at), None)
        shown_name, shown_civil = name or PersonName(), civil or CivilStatus()
        return {
            "given_name": shown_name.given_name,
            "family_name": shown_name.family_name,
            "sex": shown_civil.sex,
            "birth": shown_civil.birth,
            "languages": shown_civil.languages,
            "phone": shown_civil.phone,
            "email": shown_civil.email,
            "seen_version": version_of(name, civil),
        }


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def admission(request: Request) -> HttpResponse:
    """Welcome somebody; those of the same name whom the actor already reads are shown before a second file."""
    today = request.identity.today
    form = AdmissionForm(request.POST or None, today=today, site_ids=request.identity.site_ids(*EMPLOYER))
    alike: list[PersonName] = []
    known_before = formers_of(request, form)

    def work(form: AdmissionForm) -> str:
        given = form.cleaned_data
        if "not_the_same" not in request.POST:
            found = search_people(f"{given['given_name']} {given['family_name']}", MOST_ALIKE)
            alike.extend(PersonName.objects.current().filter(person_id__in=found, kind=NameKind.USUAL))
            if alike:
                raise Refused(_("Des personnes que vous accompagnez portent un nom proche : est-ce l’une d’elles ?"))
        person = admit(form.newcomer(), given["site"].pk, given["since"])
        messages.success(request, _("Le dossier est ouvert. Notez maintenant sa situation."))
        return reverse("person", args=[person.pk])

    def page(status: int) -> HttpResponse:
        return render(
            request,
            "people/admission.html",
            {"form": form, "alike": alike, "known_before": known_before},
            status=status,
        )

    return page(200) if known_before else answer(request, form, work, page)


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def identity(request: Request, person_id: int) -> HttpResponse:
    """Correct the usual name and the civil status."""
    person, compartments = open_person(request, person_id)
    if Compartment.CONTACT.value not in compartments:
        raise Http404
    noted = Noted.of(person)
    form = NewcomerForm(request.POST or None, today=request.identity.today, initial=noted.running())

    def work(form: NewcomerForm) -> str:
        correct_identity(person.pk, form.newcomer(), form.cleaned_data["seen_version"])
        messages.success(request, _("L’identité est corrigée ; la version précédente reste lisible."))
        return reverse("person", args=[person.pk])

    def show_theirs(_error: ChangedMeanwhile) -> None:
        nonlocal noted
        noted = Noted.of(person)
        retyped(form, seen_version=noted.running()["seen_version"])

    def page(status: int) -> HttpResponse:
        context: dict[str, Any] = {"person": person, "form": form, "now": noted.running()}
        context |= {"heading": _("Identité"), "button": _("Enregistrer la correction")}
        context |= {"names": noted.names, "statuses": noted.statuses}
        return render(request, "people/identity.html", context | {"changed": status == 409}, status=status)

    return answer(request, form, work, page, show_theirs)


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def other_name(request: Request, person_id: int) -> HttpResponse:
    """One more name or spelling, by which she is found too."""
    person, _compartments = open_person(request, person_id)
    form = OtherNameForm(request.POST or None)

    def work(form: OtherNameForm) -> str:
        PersonName.objects.create(person=person, **form.cleaned_data)
        messages.success(request, _("Ce nom est ajouté : la recherche le connaît aussi."))
        return reverse("person", args=[person.pk])

    def page(status: int) -> HttpResponse:
        return render(
            request,
            "people/simple_form.html",
            {"person": person, "form": form, "heading": _("Autre nom"), "button": _("Ajouter ce nom")},
            status=status,
        )

    return answer(request, form, work, page)
