"""Something done in a group, typed once for everybody; corrected afterwards on the same form."""

from collections.abc import Iterable, Sequence

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from convergence.access.models import User
from convergence.people.models import PersonName
from convergence.platform.errors import ChangedMeanwhile
from convergence.support.meetings.groups import correct_gathering, record_gathering, rows_of
from convergence.support.models import GroupAttendance
from convergence.territories.models import Mission
from convergence.vocabulary.meetings import Outcome
from convergence.vocabulary.people import NameKind
from convergence.web.handling import answer, retyped
from convergence.web.meetings.forms import GatheringForm
from convergence.web.people.looking import record_look
from convergence.web.requests import Request
from convergence.web.rules import CARE, open_to
from convergence.web.today.lines import supported_at


@open_to(*CARE)
@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Who was at the workshop: one form, one line in each person's file."""
    identity = request.identity
    assert identity.user is not None  # noqa: S101 - she holds a role
    people = people_around(request)
    team = team_here(request)
    form = GatheringForm(
        request.POST or None,
        people=people,
        team=team,
        initial={"on": identity.today, "colleagues": [identity.user.pk]},
    )

    def work(form: GatheringForm) -> str:
        given = form.cleaned_data
        record_gathering(
            form.gathering(),
            given["came"],
            given["absent"],
            among=[name.person_id for name in people],
            team=[user.pk for user in team],
            today=identity.today,
        )
        n = len(given["came"])
        words = ngettext(
            "C’est noté dans chaque dossier : %(n)s personne présente.",
            "C’est noté dans chaque dossier : %(n)s personnes présentes.",
            n,
        )
        messages.success(request, words % {"n": n})
        return reverse("my-meetings")

    def page(status: int) -> HttpResponse:
        return _page(request, form, _("Noter un temps collectif"), _("Enregistrer pour chaque personne"), status)

    return answer(request, form, work, page)


@open_to(*CARE)
@require_http_methods(["GET", "POST"])
def correct(request: Request, group_id: int) -> HttpResponse:
    """See and correct what was noted, for those of the group whom the actor accompanies."""
    identity = request.identity
    shown = GroupAttendance.objects.filter(pk=group_id).first()
    rows = rows_of(shown.gathering) if shown else []
    if not rows:
        raise Http404
    record_look(request, [row.person_id for row in rows])
    first = rows[0]
    people = people_around(request, [row.person_id for row in rows])
    team = team_here(request, first.colleagues)
    initial = {
        "kind": first.kind,
        "title": first.title,
        "on": first.starts,
        "minutes": first.minutes,
        "colleagues": first.colleagues,
        "compartment": first.compartment,
        "came": [row.person_id for row in rows if row.outcome == Outcome.CAME],
        "absent": [row.person_id for row in rows if row.outcome == Outcome.ABSENT],
        "seen": _seen(rows),
    }
    form = GatheringForm(request.POST or None, people=people, team=team, initial=initial)

    def work(form: GatheringForm) -> str:
        given = form.cleaned_data
        correct_gathering(
            first.gathering,
            form.gathering(),
            given["came"],
            given["absent"],
            among=[name.person_id for name in people],
            team=[user.pk for user in team],
            seen=form.seen_rows(),
            actor_id=identity.user.pk if identity.user else None,
            today=identity.today,
        )
        messages.success(request, _("C’est corrigé dans chaque dossier ; ce qui était noté reste gardé."))
        return reverse("my-meetings")

    def show_theirs(error: ChangedMeanwhile) -> None:
        retyped(form, seen=_seen(rows_of(first.gathering)))

    def page(status: int) -> HttpResponse:
        return _page(request, form, _("Corriger un temps collectif"), _("Enregistrer la correction"), status)

    return answer(request, form, work, page, show_theirs)


def people_around(request: Request, more: Sequence[int] = ()) -> list[PersonName]:
    """The people supported today at the actor's sites, and those named, by usual name; one query."""
    identity = request.identity
    here = supported_at(identity.site_ids(*CARE), identity.today)
    names = PersonName.objects.current().filter(Q(person_id__in=here) | Q(person_id__in=more), kind=NameKind.USUAL)
    return list(names.order_by("sort_key", "pk"))


def team_here(request: Request, more: Sequence[int] = ()) -> list[User]:
    """Those who support people at the actor's sites, herself first, and those named; one or two queries."""
    identity = request.identity
    sites = identity.site_ids(*CARE)
    missions = Mission.objects.held_on(identity.today).filter(site_id__in=sites, role__in=CARE).select_related("user")
    team = {mission.user_id: mission.user for mission in missions}
    missing = set(more) - set(team)
    if missing:
        team |= {user.pk: user for user in User.objects.filter(pk__in=missing)}
    return sorted(team.values(), key=lambda user: (user != identity.user, str(user)))


def _seen(rows: Iterable[GroupAttendance]) -> str:
    return ",".join(str(row.pk) for row in rows)


def _page(request: Request, form: GatheringForm, heading: str, button: str, status: int) -> HttpResponse:
    return render(
        request, "meetings/gathering.html", {"form": form, "heading": heading, "button": button}, status=status
    )
