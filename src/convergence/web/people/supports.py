"""Which sites support the person: handing her over to another, and ending a support."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from convergence.pathways.exits.recording import latest_pathway
from convergence.people.entry import end_support, open_support
from convergence.people.models import Support
from convergence.territories.models import Site
from convergence.vocabulary.compartments import Compartment
from convergence.web.handling import answer
from convergence.web.people.forms import EndSupportForm, HandOverForm
from convergence.web.people.looking import open_person
from convergence.web.requests import Request
from convergence.web.rules import EMPLOYER, open_to


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def hand_over(request: Request, person_id: int) -> HttpResponse:
    """Another site of the territory supports the person too."""
    person, reach = open_person(request, person_id)
    if Compartment.IDENTITY.value not in reach.written:
        raise Http404
    today = request.identity.today
    supports = Support.objects.current().filter(person=person)
    others = Site.objects.filter(territory__sites__in=supports.values("site_id"), open_over__contains=today)
    others = others.exclude(pk__in=supports.valid_on(today).values("site_id")).distinct()
    form = HandOverForm(request.POST or None, sites=others, today=today)

    def work(form: HandOverForm) -> str:
        open_support(person.pk, form.cleaned_data["site"].pk, form.cleaned_data["since"], today=today)
        messages.success(request, _("L’équipe de ce chantier lit maintenant son dossier et peut y écrire."))
        return reverse("person", args=[person.pk])

    def page(status: int) -> HttpResponse:
        context = {"person": person, "form": form, "heading": _("Confier à un autre chantier aussi")}
        return render(
            request, "people/simple_form.html", context | {"button": _("Confier à ce chantier")}, status=status
        )

    return answer(request, form, work, page)


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def end(request: Request, person_id: int, site_id: int) -> HttpResponse:
    """The site's support ends: its team reads the file up to the last day, and not after."""
    person, _reach = open_person(request, person_id)
    today = request.identity.today
    support = Support.objects.current().valid_on(today).filter(person=person, site_id=site_id).first()
    if support is None or site_id not in request.identity.site_ids(*EMPLOYER):
        raise Http404
    form = EndSupportForm(request.POST or None, today=today)

    def work(form: EndSupportForm) -> str:
        last_day = form.cleaned_data["last_day"]
        end_support(person.pk, site_id, last_day, today=today)
        messages.success(request, _("La fin de l’accompagnement est notée."))
        return reverse("people") if last_day < today else reverse("person", args=[person.pk])

    def page(status: int) -> HttpResponse:
        pathway = latest_pathway(person.pk)
        heading = _("Fin de l’accompagnement par %(site)s") % {"site": support.site}
        context = {"person": person, "form": form, "heading": heading, "button": _("Noter cette fin")}
        context["runs_on"] = pathway is not None and pathway.ends is None
        return render(request, "people/simple_form.html", context, status=status)

    return answer(request, form, work, page)
