"""The pages of one person's file, as tabs under her name: each role finds those that it may open."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from convergence.vocabulary.roles import Role
from convergence.web.requests import Request
from convergence.web.rules import CARE, EMPLOYER, SITE_TEAM


@dataclass(frozen=True)
class Tab:
    """A page of the file: the name of its address, its label, the roles that may open it."""

    name: str
    label: str | Promise
    roles: tuple[Role, ...]


TABS = (
    Tab("person", _("En bref"), SITE_TEAM),
    Tab("path", _("Parcours"), EMPLOYER),
    Tab("needs", _("Besoins"), CARE),
    Tab("referrals", _("Mises en relation"), CARE),
    Tab("meetings", _("Rendez-vous"), CARE),
    Tab("person-hours", _("Heures"), SITE_TEAM),
    Tab("documents", _("Documents"), EMPLOYER),
    Tab("after", _("Après"), EMPLOYER),
)


@dataclass(frozen=True)
class ShownTab:
    label: str
    href: str
    current: bool


def tabs_of(request: Request, person_id: int) -> list[ShownTab]:
    """The tabs that the actor may open; none for somebody who has but one page."""
    here = request.resolver_match.view_name if request.resolver_match else ""
    held = [tab for tab in TABS if request.identity.holds(*tab.roles)]
    if len(held) < 2:
        return []
    return [ShownTab(str(tab.label), reverse(tab.name, args=[person_id]), tab.name == here) for tab in held]
