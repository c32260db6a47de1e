"""The list of conferences, one conference with its agenda, and the sheet that one prints."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convergence.access.models import User
from convergence.people.models import PersonName
from convergence.platform.errors import ChangedMeanwhile
from convergence.support.conferences.models import Conference, Discussion
from convergence.support.conferences.reading import agenda_of
from convergence.support.conferences.recording import (
    cancel_conference,
    change_conference,
    plan_conference,
    put_on_agenda,
)
from convergence.territories.models import Mission, Site
from convergence.vocabulary.people import NameKind
from convergence.web.conferences.forms import AgendaForm, ConferenceForm
from convergence.web.handling import act, answer, see_anew
from convergence.web.people.looking import open_person, record_look
from convergence.web.requests import Request
from convergence.web.rules import CARE, open_to
from convergence.web.today.lines import supported_at

PAGE = 25


def standing(conference_id: int) -> Conference:
    """The conference as it stands, for somebody who takes part.

    :raises Http404: none, cancelled, or not for this actor.
    """
    shown = Conference.objects.filter(pk=conference_id).first()
    current = Conference.objects.current().filter(series=shown.series).select_related("site") if shown else None
    found = current.first() if current is not None else None
    if found is None:
        raise Http404
    return found


def sites_of(conference: Conference) -> list[Site]:
    """The site where it is held, then the others."""
    others = Site.objects.filter(pk__in=conference.also_sites)
    return [conference.site, *others] if conference.also_sites else [conference.site]


@open_to(*CARE)
@require_safe
def conferences(request: Request) -> HttpResponse:
    """Conferences to come and past of the actor's sites, the latest day first."""
    rows = Conference.objects.current().select_related("site").order_by("-held_on", "-pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "conferences/list.html", {"page": page})


@open_to(*CARE)
@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Plan a conference."""
    actor = request.identity.user
    form = _form(request, initial={"held_on": request.identity.today, "colleagues": [actor.pk] if actor else []})

    def work(form: ConferenceForm) -> str:
        given = form.cleaned_data
        made = plan_conference(
            given["sites"], given["held_on"], given["colleagues"], given["guests"], today=request.identity.today
        )
        messages.success(request, _("La réunion est notée. De qui y parler, avec son accord ?"))
        return reverse("conference", args=[made.pk])

    return answer(request, form, work, _form_page(request, form, _("Une réunion d’équipe"), _("Noter la réunion")))


@open_to(*CARE)
@require_http_methods(["GET", "POST"])
def change(request: Request, conference_id: int) -> HttpResponse:
    """Another day, other people round the table."""
    shown = standing(conference_id)
    initial = {
        "held_on": shown.held_on,
        "sites": [shown.site_id, *shown.also_sites],
        "colleagues": shown.colleagues,
        "guests": shown.guests,
        "seen_version": shown.pk,
    }
    form = _form(request, initial=initial, conference=shown)

    def work(form: ConferenceForm) -> str:
        given = form.cleaned_data
        if given["seen_version"] != str(shown.pk):
            raise ChangedMeanwhile(_("Quelqu’un a changé cette réunion pendant que vous écriviez : relisez-la."), shown)
        changed = change_conference(
            shown, given["sites"], given["held_on"], given["colleagues"], given["guests"], today=request.identity.today
        )
        messages.success(request, _("La réunion est modifiée."))
        return reverse("conference", args=[changed.pk])

    heading = _("Modifier la réunion")
    return answer(
        request, form, work, _form_page(request, form, heading, _("Enregistrer la réunion")), partial(see_anew, form)
    )


@open_to(*CARE)
@require_POST
def cancel(request: Request, conference_id: int) -> HttpResponse:
    """It is not held, and nothing was decided there."""
    shown = standing(conference_id)
    if act(request, partial(cancel_conference, shown), _("La réunion est annulée.")):
        return redirect("conferences")
    return redirect("conference", conference_id=shown.pk)


@open_to(*CARE)
@require_safe
def conference(request: Request, conference_id: int) -> HttpResponse:
    """Who attends, whom one speaks of, and what was decided; each person on the page is on record as looked at."""
    shown = standing(conference_id)
    lines = agenda_of(shown)
    if lines:
        record_look(request, [line.discussion.person_id for line in lines])
    context = {
        "conference": shown,
        "sites": sites_of(shown),
        "team": User.objects.filter(pk__in=shown.colleagues),
        "lines": lines,
        "over": shown.held_on <= request.identity.today,
    }
    return render(request, "conferences/conference.html", context)


@open_to(*CARE)
@require_safe
def sheet(request: Request, conference_id: int) -> HttpResponse:
    """The agenda on paper: initials and order, nothing else about anybody; a sheet is left on a table."""
    shown = standing(conference_id)
    lines = agenda_of(shown)
    if lines:
        record_look(request, [line.discussion.person_id for line in lines])
    context = {
        "conference": shown,
        "sites": sites_of(shown),
        "team": User.objects.filter(pk__in=shown.colleagues),
        "lines": lines,
    }
    return render(request, "conferences/sheet.html", context)


@open_to(*CARE)
@require_http_methods(["GET", "POST"])
def add(request: Request, conference_id: int) -> HttpResponse:
    """Put somebody on the agenda, with her agreement."""
    shown = standing(conference_id)
    today = request.identity.today
    form = AgendaForm(request.POST or None, names=_to_discuss(request, shown), today=today)

    def work(form: AgendaForm) -> str:
        person, _reach = open_person(request, form.cleaned_data["person"])
        put_on_agenda(shown, person.pk, form.agreement(), form.cleaned_data["question"], today=today)
        messages.success(request, _("%(name)s est à l’ordre du jour.") % {"name": person.usual_name})
        return reverse("conference", args=[shown.pk])

    def page(status: int) -> HttpResponse:
        return render(request, "conferences/add.html", {"conference": shown, "form": form}, status=status)

    return answer(request, form, work, page)


def _to_discuss(request: Request, shown: Conference) -> list[PersonName]:
    """Those whom the conference's sites support and who are not on the agenda yet, as far as the actor reads."""
    there = Discussion.objects.current().filter(conference=shown.series).values("person_id")
    names = PersonName.objects.current().filter(
        kind=NameKind.USUAL,
        person_id__in=supported_at([shown.site_id, *shown.also_sites], request.identity.today),
    )
    return list(names.exclude(person_id__in=there).order_by("sort_key", "pk"))


def _form(request: Request, initial: dict[str, Any], conference: Conference | None = None) -> ConferenceForm:
    """Of the actor's own sites, and those that the conference has already; their teams of support."""
    own = {site.pk: site for site in request.identity.sites(*CARE)}
    if conference is not None:
        own |= {site.pk: site for site in sites_of(conference)}
    missions = Mission.objects.held_on(request.identity.today).filter(site_id__in=own, role__in=CARE)
    team = {mission.user_id: mission.user for mission in missions.select_related("user")}
    if conference is not None:
        team |= {user.pk: user for user in User.objects.filter(pk__in=conference.colleagues)}
    return ConferenceForm(
        request.POST if request.method == "POST" else None,
        sites=sorted(own.values(), key=str),
        team=_in_order(team.values()),
        initial=initial,
    )


def _in_order(team: Iterable[User]) -> list[User]:
    return sorted(team, key=lambda user: (user.family_name, user.given_name))


def _form_page(request: Request, form: ConferenceForm, heading: str, button: str) -> Any:
    def page(status: int) -> HttpResponse:
        return render(
            request, "conferences/form.html", {"form": form, "heading": heading, "button": button}, status=status
        )

    return page
