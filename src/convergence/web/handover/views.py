"""Who follows whom; offering people to a colleague, answering, and finding a referent for those without one."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convergence.people.care import FOLLOWING, assign
from convergence.people.handovers.giving import (
    accept,
    check_followed,
    decline,
    offer,
    offered_among,
    offered_at,
    received_by,
    take_back,
)
from convergence.people.handovers.models import HandOver
from convergence.people.handovers.watching import followed_names, leaving, waiting, without_referent
from convergence.people.naming import names_of
from convergence.support.balance import loads
from convergence.territories.identity import Identity
from convergence.territories.models import Mission
from convergence.territories.periods import last_day
from convergence.vocabulary.handovers import HandOverState
from convergence.vocabulary.roles import Role
from convergence.web.handling import act, answer
from convergence.web.handover.forms import AnswerForm, OfferForm, ReferentsForm
from convergence.web.requests import Request
from convergence.web.rules import CARE, EMPLOYER, open_to
from convergence.web.templatetags.display import day


@dataclass(frozen=True)
class OfferLine:
    """One person handed over, as lists show her."""

    offer: HandOver
    name: str

    @property
    def period(self) -> str:
        """« du 7 au 18 décembre 2026 », or for good."""
        if self.offer.ends is None:
            return _("à partir du %(first)s, pour la suite") % {"first": day(self.offer.starts)}
        last = last_day(self.offer.valid)
        return _("du %(first)s au %(last)s") % {"first": day(self.offer.starts), "last": day(last)}

    @property
    def declined(self) -> bool:
        return _declined(self.offer)


def today_section(identity: Identity) -> dict[str, Any]:
    """What Today says of follow-ups; empty when nothing waits: one query, two more for a manager."""
    assert identity.user is not None  # noqa: S101 - Today is for those who signed in
    context: dict[str, Any] = {}
    sites = identity.site_ids(*EMPLOYER)
    if sites:
        waits = waiting(identity.user, sites, identity.today)
        context = {name: n for name, n in vars(waits).items() if n}
    managed = identity.site_ids(Role.SITE_MANAGER)
    if managed and (ending := leaving(managed, identity.today)):
        context["leaving"] = ending
    return context


@open_to(*EMPLOYER)
@require_safe
def balance(request: Request) -> HttpResponse:
    """How many people each colleague follows, who has no referent, and what is handed over without an answer yet."""
    identity = request.identity
    sites, today = identity.site_ids(*EMPLOYER), identity.today
    offers = offered_at(sites, today)
    context = {
        "loads": loads(sites, today),
        "several_sites": len(set(sites)) > 1,
        "without": list(without_referent(sites, today)),
        "offers": lines_of(offers),
        "leaving": leaving(sites, today),
        "me": identity.user,
        "received": sum(row.receiver.user_id == identity.user.pk for row in offers if not _declined(row))
        if identity.user
        else 0,
    }
    return render(request, "handover/balance.html", context)


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def give(request: Request, mission_id: int) -> HttpResponse:
    """Hand over people whom this mission follows: one's own, or a colleague's who cannot do it."""
    identity = request.identity
    sites, today = identity.site_ids(*EMPLOYER), identity.today
    giver = Mission.objects.filter(pk=mission_id, site_id__in=sites, role__in=FOLLOWING).select_related("user", "site")
    mission = giver.first()
    if mission is None or identity.user is None:
        raise Http404
    actor = identity.user
    colleagues = [
        load for load in loads([mission.site_id or 0], today) if load.mission.user_id not in (mission.user_id, actor.pk)
    ]
    names = list(followed_names(mission, today))
    form = OfferForm(request.POST or None, names=names, loads=colleagues, initial={"first": today})

    def work(form: OfferForm) -> str:
        receiver = next(load.mission for load in colleagues if load.mission.pk == form.cleaned_data["mission"])
        offers = offer(form.chosen(), mission, receiver, form.absence(), actor_id=actor.pk, today=today)
        said = ngettext(
            "C’est demandé pour une personne : %(name)s verra la demande en ouvrant Convergence.",
            "C’est demandé pour %(n)s personnes : %(name)s verra la demande en ouvrant Convergence.",
            len(offers),
        )
        messages.success(request, said % {"n": len(offers), "name": receiver.user})
        return reverse("care-balance")

    def page(status: int) -> HttpResponse:
        context = {
            "form": form,
            "mission": mission,
            "mine": mission.user_id == actor.pk,
            "colleagues": colleagues,
            "hints": hints_of(colleagues),
            "names": names,
        }
        return render(request, "handover/give.html", context, status=status)

    return answer(request, form, work, page)


@open_to(*CARE)
@require_http_methods(["GET", "POST"])
def received(request: Request) -> HttpResponse:
    """What colleagues ask of the actor: accept or refuse each, or all."""
    identity = request.identity
    assert identity.user is not None  # noqa: S101 - she holds a role
    today = identity.today
    lines = lines_of(received_by(identity.user, today))
    choices = [(line.offer.pk, line.name) for line in lines]
    form = AnswerForm(request.POST or None, choices=choices)

    def work(form: AnswerForm) -> str:
        chosen = offered_among(form.cleaned_data["offers"], today)
        accepts = form.cleaned_data["answer"] == "accept"
        for asked in chosen:
            accept(asked, today=today) if accepts else decline(asked)
        if accepts:
            said = ngettext("Vous suivez une personne de plus.", "Vous suivez %(n)s personnes de plus.", len(chosen))
        else:
            said = ngettext(
                "C’est refusé pour une personne : qui vous la confiait la suit toujours.",
                "C’est refusé pour %(n)s personnes : qui vous les confiait les suit toujours.",
                len(chosen),
            )
        messages.success(request, said % {"n": len(chosen)})
        return reverse("received-people") if len(chosen) < len(lines) else reverse("today")

    def page(status: int) -> HttpResponse:
        context = {"form": form, "lines": lines, "chosen": set(form["offers"].value() or [])}
        return render(request, "handover/received.html", context, status=status)

    return answer(request, form, work, page)


@open_to(*EMPLOYER)
@require_POST
def take_back_offer(request: Request, offer_id: int) -> HttpResponse:
    """What was asked of a colleague no longer is; she has not answered."""
    asked = HandOver.objects.filter(pk=offer_id, giver__site__in=request.identity.site_ids(*EMPLOYER)).first()
    if asked is None:
        raise Http404
    act(request, partial(take_back, asked), _("La demande est reprise : rien ne change pour cette personne."))
    return redirect("care-balance")


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def find_referents(request: Request) -> HttpResponse:
    """Say who follows those whom nobody follows."""
    identity = request.identity
    sites, today = identity.site_ids(*EMPLOYER), identity.today
    names = list(without_referent(sites, today))
    team = loads(sites, today)
    form = ReferentsForm(request.POST or None, names=names, loads=team)

    def work(form: ReferentsForm) -> str:
        mission = next(load.mission for load in team if load.mission.pk == form.cleaned_data["mission"])
        people = form.chosen()
        for person_id in people:
            assign(person_id, mission, today)
        check_followed()
        said = ngettext("%(name)s suit une personne de plus.", "%(name)s suit %(n)s personnes de plus.", len(people))
        messages.success(request, said % {"name": mission.user, "n": len(people)})
        return reverse("care-balance")

    def page(status: int) -> HttpResponse:
        context = {"form": form, "names": names, "hints": hints_of(team), "team": team}
        return render(request, "handover/find_referents.html", context, status=status)

    return answer(request, form, work, page)


def lines_of(offers: Sequence[HandOver]) -> list[OfferLine]:
    """With the name of each; one query."""
    names = names_of({row.person_id for row in offers})
    return [OfferLine(row, str(names.get(row.person_id, ""))) for row in offers]


def hints_of(team: Sequence[Any]) -> dict[str, str]:
    """What each colleague has before her, beside her name."""
    return {
        str(load.mission.pk): ngettext("suit une personne", "suit %(n)s personnes", load.people) % {"n": load.people}
        + ", "
        + ngettext("dont %(n)s demande quelque chose", "dont %(n)s demandent quelque chose", load.asking)
        % {"n": load.asking}
        for load in team
    }


def _declined(row: HandOver) -> bool:
    return bool(row.state == HandOverState.DECLINED)
