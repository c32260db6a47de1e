"""A person made by hand, and correcting who she is."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from convergence.people.entry import admit
from convergence.people.identity import correct_identity, identity_version
from convergence.people.models import CivilStatus, PersonName
from convergence.people.search import search_people
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.people import NameKind
from convergence.web.handling import answer, retyped
from convergence.web.people.forms import AdmissionForm, NewcomerForm, OtherNameForm
from convergence.web.people.looking import open_person
from convergence.web.requests import Request
from convergence.web.rules import EMPLOYER, open_to

MOST_ALIKE = 5


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def admission(request: Request) -> HttpResponse:
    """Welcome somebody; those of the same name whom the actor already reads are shown before a second file."""
    today = request.identity.today
    form = AdmissionForm(request.POST or None, today=today, site_ids=request.identity.site_ids(*EMPLOYER))
    alike: list[PersonName] = []

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
        return render(request, "people/admission.html", {"form": form, "alike": alike}, status=status)

    return answer(request, form, work, page)


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def identity(request: Request, person_id: int) -> HttpResponse:
    """Correct the usual name and the civil status."""
    person, compartments = open_person(request, person_id)
    if Compartment.CONTACT.value not in compartments:
        raise Http404
    form = NewcomerForm(request.POST or None, today=request.identity.today, initial=initial_of(person_id))

    def work(form: NewcomerForm) -> str:
        correct_identity(person.pk, form.newcomer(), form.cleaned_data["seen_version"])
        messages.success(request, _("L’identité est corrigée ; la version précédente reste lisible."))
        return reverse("person", args=[person.pk])

    def show_theirs(_error: ChangedMeanwhile) -> None:
        retyped(form, seen_version=identity_version(person_id))

    def page(status: int) -> HttpResponse:
        context: dict[str, Any] = {"person": person, "form": form, "now": initial_of(person_id)}
        context |= {"heading": _("Identité"), "button": _("Enregistrer la correction")}
        context["names"] = person.names.select_related("recorded_by").order_by("-pk")
        context["statuses"] = person.civil_statuses.select_related("recorded_by").order_by("-pk")
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


def initial_of(person_id: int) -> dict[str, str]:
    """The identity as the form shows it."""
    name = PersonName.objects.current().filter(person_id=person_id, kind="usual").first() or PersonName()
    civil = CivilStatus.objects.current().filter(person_id=person_id).first() or CivilStatus()
    return {
        "given_name": name.given_name,
        "family_name": name.family_name,
        "sex": civil.sex,
        "birth": civil.birth,
        "languages": civil.languages,
        "phone": civil.phone,
        "email": civil.email,
        "seen_version": identity_version(person_id),
    }
