"""Which site's hours a page is about."""

from django.http import Http404

from convergence.territories.models import Site
from convergence.vocabulary.roles import Role
from convergence.web.requests import Request
from convergence.web.rules import SITE_TEAM


def own_sites(request: Request, *roles: Role) -> list[Site]:
    """The sites where the actor works today, each once, by name."""
    sites = {site.pk: site for site in request.identity.sites(*(roles or SITE_TEAM))}
    return sorted(sites.values(), key=str)


def own_site(request: Request, site_id: int, *roles: Role) -> Site:
    """:raises Http404: the actor does not work there, or not as one of these roles."""
    for site in own_sites(request, *roles):
        if site.pk == site_id:
            return site
    raise Http404
