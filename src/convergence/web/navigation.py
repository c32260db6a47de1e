"""The frame around every page: rail, search, who is signed in."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from convergence.network.policies import KEEPERS as NETWORK_KEEPERS
from convergence.network.policies import READERS as NETWORK_READERS
from convergence.web.evaluation.common import READERS as EVALUATION_READERS
from convergence.web.rules import CARE, EMPLOYER, SITE_TEAM
from convergence.web.settings.means import KEEPERS
from convergence.web.today.lines import asking_today


@dataclass(frozen=True)
class Item:
    """An entry of the rail."""

    url: str
    label: str
    icon: str
    current: bool
    count: int | None = None


@dataclass(frozen=True)
class Who:
    """The signed-in user as the rail shows her."""

    name: str
    role_label: str
    place_label: str


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of ``base.html``; empty for somebody who is not signed in."""
    identity = getattr(request, "identity", None)
    if identity is None or identity.user is None:
        return {"nav": [], "identity": None}
    first = identity.missions[0] if identity.missions else None
    place = (first.site or first.territory) if first else None
    without = _("accueil d’une personne") if identity.hosts else _("aucune mission")
    who = Who(identity.user.get_full_name(), str(first) if first else without, str(place or ""))
    entries = [("today", _("Aujourd’hui"), "calendar-check", bool(first) or not identity.hosts)]
    entries.append(("people", _("Personnes"), "users", identity.holds(*SITE_TEAM)))
    entries.append(("my-meetings", _("Rendez-vous"), "calendar-days", identity.holds(*CARE)))
    entries.append(("hosted", _("Personnes accueillies"), "door-open", identity.hosts))
    entries.append(("desk", _("Propositions"), "handshake", identity.holds(*NETWORK_KEEPERS)))
    entries.append(("network", _("Réseau"), "waypoints", identity.holds(*NETWORK_READERS)))
    entries.append(("candidacies", _("Candidatures"), "inbox", identity.holds(*EMPLOYER)))
    entries.append(("hours", _("Heures"), "clock", identity.holds(*SITE_TEAM)))
    entries.append(("evaluations", _("Évaluation"), "chart-no-axes-combined", identity.holds(*EVALUATION_READERS)))
    entries.append(("settings", _("Réglages"), "settings", identity.holds(*KEEPERS)))
    # A fragment asked for by htmx has no rail: nothing is counted for it.
    counted = identity.holds(*CARE) and not request.htmx  # type: ignore[attr-defined]
    counts = {}
    if counted:
        already = getattr(request, "asking", None)
        counts["today"] = asking_today(identity.user, identity.today) if already is None else already
    nav = [
        Item(reverse(name), label, icon, request.path.startswith(reverse(name)), counts.get(name))
        for name, label, icon, shown in entries
        if shown
    ]
    return {
        "nav": nav,
        "identity": who,
        "search_url": reverse("people") if identity.holds(*SITE_TEAM) else "",
        "account_url": reverse("my-account"),
        "today": identity.today,
    }
