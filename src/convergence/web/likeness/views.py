"""Files that look alike: the list, two files side by side, the decision and its undoing."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convergence.people.likeness.deciding import decide, lend_key
from convergence.people.likeness.models import Likeness, LikenessDecision, LikenessSearch
from convergence.people.likeness.searching import KIND
from convergence.platform import jobs
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.platform.models import Job
from convergence.territories.identity import Identity
from convergence.territories.models import Territory
from convergence.vocabulary.likeness import LikenessState, Verdict
from convergence.vocabulary.roles import Role
from convergence.web.handling import answer, retyped
from convergence.web.likeness.forms import SAID, DecisionForm
from convergence.web.likeness.pairs import DECIDERS, reached, shown
from convergence.web.requests import Request
from convergence.web.rules import open_to

PAGE = 20
JOURNAL_PAGE = 50
STATES = {
    "a-decider": (LikenessState.OPEN, gettext_lazy("À décider")),
    "pas-encore": (LikenessState.UNSURE, gettext_lazy("Pas encore tranché")),
    "lies": (LikenessState.LINKED, gettext_lazy("Liés")),
    "deux-personnes": (LikenessState.APART, gettext_lazy("Deux personnes")),
}
"""What the list may show: code in the address → state, heading."""


@open_to(*DECIDERS)
@require_safe
def likenesses(request: Request) -> HttpResponse:
    """The pairs that the actor may decide, the most probable first."""
    chosen = request.GET.get("etat", "")
    state, _label = STATES.get(chosen, STATES["a-decider"])
    rows = reached(request.identity).filter(state=state).select_related("decided_by").order_by("-probability", "pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "pairs": shown(list(page.object_list), "likenesses"),
        "state": state,
        "states": [(code, label, each is state) for code, (each, label) in STATES.items()],
        "territories": [
            (territory, LikenessSearch.objects.filter(territory=territory).first())
            for territory in territories_to_compare(request.identity)
        ],
    }
    return render(request, "likeness/list.html", context)


def territories_to_compare(identity: Identity) -> list[Territory]:
    """The territories whose files the actor may have compared now."""
    found: dict[int, Territory] = {}
    for mission in identity.missions:
        place = mission.territory if mission.role == Role.COORDINATOR else None
        if mission.role == Role.SITE_MANAGER and mission.site:
            place = mission.site.territory
        if place:
            found[place.pk] = place
    return list(found.values())


@open_to(Role.COORDINATOR, Role.SITE_MANAGER)
@require_POST
def compare(request: Request) -> HttpResponse:
    """Ask for a territory's files to be compared now."""
    allowed = {str(territory.pk): territory for territory in territories_to_compare(request.identity)}
    territory = allowed.get(request.POST.get("territory", ""))
    if territory is None or request.identity.user is None:
        raise Http404
    under_way = Job.objects.filter(kind=KIND, state__in=[Job.State.WAITING, Job.State.RUNNING])
    if under_way.filter(arguments__territory_id=territory.pk).exists():
        messages.info(request, _("La comparaison des dossiers est déjà en cours."))
    else:
        day = request.identity.today.isoformat()
        jobs.ask(KIND, request.identity.user.pk, territory_id=territory.pk, day=day)
        messages.success(
            request, _("La comparaison est lancée : les nouvelles paires apparaîtront ici dans quelques instants.")
        )
    return redirect("likenesses")


@open_to(*DECIDERS)
@require_http_methods(["GET", "POST"])
def likeness(request: Request, likeness_id: int) -> HttpResponse:
    """Two files side by side, and the decision."""
    pair = _pair_or_404(request, likeness_id)
    form = DecisionForm(request.POST or None, initial={"seen": pair.version})

    def work(form: DecisionForm) -> str:
        verdict = Verdict(form.cleaned_data["verdict"])
        decide(pair, form.cleaned_data["seen"], verdict, form.cleaned_data["words"])
        back = reverse("undo-likeness", args=[pair.pk])
        tags = f"undo:{back}?version={form.cleaned_data['seen'] + 1}"
        messages.success(request, _DONE[verdict](), extra_tags=tags)
        return reverse("likeness", args=[pair.pk]) if verdict is Verdict.SAME else reverse("likenesses")

    def show_theirs(_error: ChangedMeanwhile) -> None:
        retyped(form, seen=_pair_or_404(request, likeness_id).version)

    def page(status: int) -> HttpResponse:
        fresh = _pair_or_404(request, likeness_id)
        (side_by_side,) = shown([fresh], "likeness")
        lend_key(fresh)
        history = LikenessDecision.objects.filter(likeness=fresh).select_related("decided_by", "likeness")
        context: dict[str, Any] = {
            "pair": side_by_side,
            "form": form,
            "history": history,
            "verdicts": SAID if fresh.state == LikenessState.OPEN else SAID[:2],
        }
        return render(request, "likeness/pair.html", context, status=status)

    return answer(request, form, work, page, show_theirs)


_DONE = {
    Verdict.SAME: lambda: _("Les deux dossiers sont liés ; chacun garde ce qu’il contient."),
    Verdict.APART: lambda: _("C’est noté : ces deux dossiers ne seront plus proposés."),
    Verdict.UNSURE: lambda: _("C’est noté : la paire reste dans « pas encore tranché »."),
}


@open_to(*DECIDERS)
@require_POST
def undo(request: Request, likeness_id: int) -> HttpResponse:
    """Take a decision back, in one click."""
    pair = _pair_or_404(request, likeness_id)
    version = request.GET.get("version", "")
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise Refused(_("Cette décision n’est pas reconnue : ouvrez la paire pour la défaire."))
    was_linked = pair.state == LikenessState.LINKED
    if decide(pair, int(version), Verdict.UNDONE):
        said = _(
            "Ce lien est défait, mais d’autres liens réunissent encore ces deux dossiers : tant qu’ils tiennent, "
            "l’identité, le PASS et les jours utilisés restent partagés."
        )
        messages.warning(request, said)
    elif was_linked:
        messages.success(request, _("Le lien est défait : plus rien n’est partagé entre les deux dossiers."))
    else:
        messages.success(request, _("La décision est défaite : la paire est de nouveau à décider."))
    return redirect("likeness", likeness_id=pair.pk)


@open_to(Role.DATA_PROTECTION_OFFICER)
@require_safe
def decisions(request: Request) -> HttpResponse:
    """Who linked which files, when, and who took it back: by the files' numbers, without a name of theirs."""
    rows = LikenessDecision.objects.select_related("decided_by", "likeness").defer("words")
    page = Paginator(rows, JOURNAL_PAGE).get_page(request.GET.get("page"))
    return render(request, "likeness/decisions.html", {"page": page})


def _pair_or_404(request: Request, likeness_id: int) -> Likeness:
    pair = reached(request.identity).filter(pk=likeness_id).select_related("decided_by").first()
    if pair is None:
        raise Http404
    return pair
