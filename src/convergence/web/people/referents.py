"""Who is around the person: her referents at the site, and those she has elsewhere."""

from django.contrib import messages
from django.db.backends.postgresql.psycopg_any import DateRange
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from convergence.people.care import assign
from convergence.people.handovers.giving import check_followed
from convergence.people.models import OutsideReferent, Support
from convergence.platform.dated import revise, withdraw
from convergence.platform.errors import ChangedMeanwhile
from convergence.territories.choices import offered_at
from convergence.territories.models import Mission
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.roles import Role
from convergence.web.handling import answer
from convergence.web.people.forms import OutsideReferentForm, ReferentForm
from convergence.web.people.looking import open_person
from convergence.web.requests import Request
from convergence.web.rules import CARE, EMPLOYER, open_to

READERS = {
    Compartment.SOCIAL.value: gettext_lazy("l’équipe d’accompagnement du chantier"),
    Compartment.HEALTH.value: gettext_lazy("l’équipe d’accompagnement, comme la santé"),
    Compartment.JUSTICE.value: gettext_lazy("le référent seul, comme les contraintes judiciaires"),
}


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def referent(request: Request, person_id: int) -> HttpResponse:
    """Say who follows the person at her site."""
    person, _compartments = open_person(request, person_id)
    today = request.identity.today
    sites = Support.objects.current().valid_on(today).filter(person=person).values("site_id")
    missions = (
        Mission.objects.held_on(today)
        .filter(site_id__in=sites, role__in=[Role.COUNSELLOR, Role.SUPPORT_WORKER, Role.WORK_SUPERVISOR])
        .select_related("user")
    )
    form = ReferentForm(request.POST or None, missions=missions, today=today)

    def work(form: ReferentForm) -> str:
        assign(person.pk, form.cleaned_data["mission"], form.cleaned_data["since"])
        check_followed()
        messages.success(request, _("Le référent est noté."))
        return reverse("person", args=[person.pk])

    def page(status: int) -> HttpResponse:
        return render(
            request,
            "people/simple_form.html",
            {"person": person, "form": form, "heading": _("Qui suit cette personne"), "button": _("Enregistrer")},
            status=status,
        )

    return answer(request, form, work, page)


@open_to(*CARE)
@require_http_methods(["GET", "POST"])
def outside_referent(request: Request, person_id: int) -> HttpResponse:
    """Add a social referent whom the person already has elsewhere."""
    person, compartments = open_person(request, person_id)
    readers = [(code, str(words)) for code, words in READERS.items() if code in compartments]
    bodies = offered_at(request.identity.sites(*CARE)).bodies
    form = OutsideReferentForm(request.POST or None, compartments=readers, bodies=bodies)

    def work(form: OutsideReferentForm) -> str:
        given = dict(form.cleaned_data)
        valid = DateRange(given.pop("since"), None)
        OutsideReferent.objects.create(person=person, valid=valid, **given)
        messages.success(request, _("Le contact est ajouté."))
        return reverse("person", args=[person.pk])

    def page(status: int) -> HttpResponse:
        return render(
            request,
            "people/outside_referent.html",
            {"person": person, "form": form, "heading": _("Référent extérieur"), "button": _("Ajouter ce référent")},
            status=status,
        )

    return answer(request, form, work, page)


@open_to(*CARE)
@require_POST
def end_outside_referent(request: Request, person_id: int, referent_id: int) -> HttpResponse:
    """This referent no longer follows the person from today on."""
    person, _compartments = open_person(request, person_id)
    row = OutsideReferent.objects.current().filter(person=person, pk=referent_id).first()
    if row is None:
        raise Http404
    today = request.identity.today
    try:
        if row.starts is not None and row.starts >= today:
            withdraw(row)
        else:
            revise(row, valid=DateRange(row.starts, today))
    except ChangedMeanwhile as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Ce suivi est noté comme terminé."))
    return redirect("person", person_id=person.pk)
