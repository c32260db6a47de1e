"""One person's page, and recording a change in her life."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from convergence.people.models import PersonName
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.platform.submissions import once
from convergence.situations.models import Situation
from convergence.situations.recording import record_situation
from convergence.vocabulary.situations import ASPECTS
from convergence.web.people.forms import SituationForm
from convergence.web.people.looking import open_person
from convergence.web.requests import Request
from convergence.web.rules import CARE, SITE_TEAM, open_to


@open_to(*SITE_TEAM)
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    names = PersonName.objects.current().filter(kind="usual").order_by("sort_key")
    return render(request, "people/list.html", {"names": names})


@open_to(*SITE_TEAM)
@require_GET
def person(request: Request, person_id: int) -> HttpResponse:
    who, compartments = open_person(request, person_id)
    facts = Situation.objects.filter(person=who).current().order_by("aspect", "valid")
    return render(
        request,
        "people/person.html",
        {
            "person": who,
            "name": who.names.current().get(kind="usual"),
            "facts": facts,
            "compartments": compartments,
        },
    )


@open_to(*CARE)
@require_http_methods(["GET", "POST"])
def situation(request: Request, person_id: int, aspect: str) -> HttpResponse:
    who, _compartments = open_person(request, person_id)
    subject = ASPECTS.get(aspect)
    if subject is None:
        raise Http404
    running = Situation.objects.line_of(who.pk, aspect).current().order_by("-valid").first()
    form = SituationForm(
        request.POST or None,
        aspect=subject,
        today=request.identity.today,
        initial={"seen_version": running.pk if running else ""},
    )

    def work() -> HttpResponse:
        nonlocal running
        given = form.cleaned_data
        try:
            record_situation(
                who.pk,
                aspect,
                given["code"],
                given["since"],
                today=request.identity.today,
                seen_version=given["seen_version"],
                expires_on=given.get("expires_on"),
                detail=given["detail"],
            )
        except ChangedMeanwhile as error:
            form.add_error(None, str(error))
            running = error.fresh
            form.data = form.data.copy()
            form.data["seen_version"] = str(running.pk) if running else ""
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("La nouvelle situation est enregistrée."))
            return redirect("person", person_id=who.pk)
        return shown(409)

    def shown(status: int = 200) -> HttpResponse:
        context = {
            "person": who,
            "name": who.names.current().get(kind="usual"),
            "form": form,
            "running": running,
        }
        return render(request, "people/situation.html", context | {"aspect": subject}, status=status)

    if request.method == "POST":
        return once(request, work) if form.is_valid() else shown(422)
    return shown()
