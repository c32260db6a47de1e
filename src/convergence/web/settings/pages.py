"""What the pages of the settings share: the way back, a page that is one form, missions as rows."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from convergence.territories.models import Mission, Site, Territory
from convergence.web.requests import Request
from convergence.web.settings.forms import SettingForm
from convergence.web.templatetags.display import period

Places = list[tuple[str, str]]


def way(*places: tuple[str, str]) -> Places:
    """The way back from a page of the settings: (address, label) pairs after the settings' own."""
    return [(reverse("settings"), _("Réglages")), *places]


def form_page(
    request: Request,
    form: SettingForm,
    title: str,
    action: str,
    places: Places,
    *,
    intro: str = "",
    tone: str = "",
) -> Callable[[int], HttpResponse]:
    """Draws a page that is one form.

    :param action: what its button does, in words.
    :param places: the way back; the last one is also where "Annuler" leads.
    :param tone: "late" for what is hard to undo.
    """

    def draw(status: int) -> HttpResponse:
        context = {
            "form": form,
            "title": title,
            "action": action,
            "places": places,
            "cancel": places[-1][0],
            "intro": intro,
            "tone": tone,
        }
        return render(request, "settings/form.html", context, status=status)

    return draw


@dataclass(frozen=True)
class MissionRow:
    """A mission as the tables show it."""

    mission: Mission
    place: str
    dates: str
    may_change: bool


@dataclass(frozen=True)
class MissionRows:
    """Missions of somebody or of a place: those of today and to come, then those that ended."""

    present: list[MissionRow]
    past: list[MissionRow]


def mission_rows(missions: Iterable[Mission], request: Request) -> MissionRows:
    """The missions as rows, in their order; nobody changes her own, nor one of a place that she does not administer."""
    today, actor_id = request.identity.today, actor_of(request).pk
    present: list[MissionRow] = []
    past: list[MissionRow] = []
    for mission in missions:
        has_ended = mission.last_day is not None and mission.last_day < today
        row = MissionRow(
            mission,
            place=str(mission.site or mission.territory or _("toute l’instance")),
            dates=period(mission.since, mission.last_day, today),
            may_change=mission.user_id != actor_id and administers_mission(request, mission),
        )
        (past if has_ended else present).append(row)
    return MissionRows(present, past)


def actor_of(request: Request) -> Any:
    """The signed-in user; the rules of these pages let nobody else come here."""
    user = request.identity.user
    assert user is not None  # noqa: S101 - for the type checker
    return user


def whole_instance(request: Request) -> None:
    """:raises PermissionDenied: the actor administers one territory only."""
    if not request.identity.administers_all:
        raise PermissionDenied


def administered_or_404(request: Request, where: Site | Territory) -> None:
    """:raises Http404: the place is not of a territory that the actor administers."""
    if not request.identity.administers(where):
        raise Http404


def administers_mission(request: Request, mission: Mission) -> bool:
    where = mission.site or mission.territory
    return request.identity.administers(where) if where else request.identity.administers_all
