"""One candidacy: opened, read, corrected; meetings with the candidate."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convergence.access.models import User
from convergence.pathways.entry.reading import Told
from convergence.pathways.entry.recording import correct_orientation, meet, receive, version_of
from convergence.pathways.models import CandidacyMeeting
from convergence.people.models import PersonName
from convergence.people.search import search_people
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.rules.retention import retention
from convergence.territories.models import Mission
from convergence.vocabulary.orientations import Referrer
from convergence.vocabulary.people import NameKind
from convergence.web.entry.common import address_of, form_page, open_candidacy, told_of
from convergence.web.entry.forms import MeetingForm, NewCandidacyForm, OrientationForm
from convergence.web.handling import answer, retyped, take_back
from convergence.web.requests import Request
from convergence.web.rules import EMPLOYER, open_to

MOST_ALIKE = 5


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Somebody is sent to a site; those of the same name whom the team knows are shown before a second file is made."""
    today = request.identity.today
    form = NewCandidacyForm(request.POST or None, today=today, sites=request.identity.sites(*EMPLOYER))
    alike: list[PersonName] = []

    def work(form: NewCandidacyForm) -> str:
        given = form.cleaned_data
        known = given["person"]
        if not known and "not_the_same" not in request.POST:
            found = search_people(f"{given['given_name']} {given['family_name']}", MOST_ALIKE)
            alike.extend(PersonName.objects.current().filter(person_id__in=found, kind=NameKind.USUAL))
            if alike:
                raise Refused(_("Des personnes que vous connaissez portent un nom proche : est-ce l’une d’elles ?"))
        candidacy = receive(known or form.newcomer(), given["site"].pk, form.orientation(), today)
        messages.success(request, _("La candidature est ouverte."))
        return address_of(candidacy)

    def page(status: int) -> HttpResponse:
        return render(request, "entry/new.html", {"form": form, "alike": alike}, status=status)

    return answer(request, form, work, page)


@open_to(*EMPLOYER)
@require_safe
def candidacy(request: Request, person_id: int, candidacy_id: int) -> HttpResponse:
    """Where a candidacy stands, and all that was noted of it."""
    person, shown = open_candidacy(request, person_id, candidacy_id)
    told = told_of(request, shown)
    context: dict[str, Any] = {
        "person": person,
        "told": told,
        "candidacy": shown,
        "referrer": Referrer(shown.referrer).label,
        "version": version_of(told.decisions),
        "retention": retention("candidacy", request.identity.today),
        "may_take_back": bool(told.decisions) and not told.started,
        "proof_lines": told.proof_lines,
        "next_step": next_step(told),
    }
    return render(request, "entry/candidacy.html", context)


def next_step(told: Told) -> str:
    """The one thing that the page proposes first: « meet », « decide », « start », or nothing."""
    if not told.is_open:
        return ""
    if told.hiring is not None:
        return "start" if told.hiring.first_day <= told.today else ""
    return "decide" if told.meetings or told.decisions else "meet"


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def correct(request: Request, person_id: int, candidacy_id: int) -> HttpResponse:
    person, shown = open_candidacy(request, person_id, candidacy_id)
    initial = {"referrer": shown.referrer, "body": shown.body, "oriented_on": shown.starts, "seen_version": shown.pk}
    form = OrientationForm(request.POST or None, initial=initial)

    def work(form: OrientationForm) -> str:
        fresh = correct_orientation(
            shown, form.orientation(), form.cleaned_data["seen_version"], request.identity.today
        )
        messages.success(request, _("L’orientation est corrigée ; la version précédente reste gardée."))
        return address_of(fresh)

    def show_theirs(error: ChangedMeanwhile) -> None:
        retyped(form, seen_version=str(error.fresh.pk) if error.fresh else "")

    def page(status: int) -> HttpResponse:
        heading, button = _("Corriger l’orientation"), _("Enregistrer la correction")
        return form_page(request, person, form, heading, button, address_of(shown), status)

    return answer(request, form, work, page, show_theirs)


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def met(request: Request, person_id: int, candidacy_id: int) -> HttpResponse:
    """Somebody of the team met the candidate, or waited for her in vain."""
    person, shown = open_candidacy(request, person_id, candidacy_id)
    today = request.identity.today
    team = Mission.objects.filter(site_id=shown.site_id).held_on(today)
    colleagues = User.objects.filter(pk__in=team.values("user_id"))
    user = request.identity.user
    initial = {"colleague": user.pk if user else None}
    form = MeetingForm(request.POST or None, colleagues=colleagues, today=today, initial=initial)

    def work(form: MeetingForm) -> str:
        given = form.cleaned_data
        meet(
            shown,
            given["on"],
            came=given["came"],
            words=given["words"].strip(),
            colleague_id=given["colleague"].pk,
            today=today,
        )
        messages.success(request, _("La rencontre est notée."))
        return address_of(shown)

    def page(status: int) -> HttpResponse:
        heading, button = _("Noter une rencontre"), _("Enregistrer la rencontre")
        return form_page(request, person, form, heading, button, address_of(shown), status)

    return answer(request, form, work, page)


@open_to(*EMPLOYER)
@require_POST
def withdraw_meeting(request: Request, person_id: int, candidacy_id: int, meeting_id: int) -> HttpResponse:
    _person, shown = open_candidacy(request, person_id, candidacy_id)
    meeting = CandidacyMeeting.objects.filter(candidacy=shown.series, pk=meeting_id).first()
    if meeting is None:
        raise Http404
    take_back(request, meeting, _("La rencontre est retirée ; elle reste gardée dans l’historique."))
    return redirect(address_of(shown))
