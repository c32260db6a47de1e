"""The territory drawn from its records, for the wall, the steering committee and a new partner; a table behind."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from convergence.network.models import Partner
from convergence.network.policies import KEEPERS
from convergence.referrals.figures import MEASURES, Counts, counts
from convergence.territories.models import Mission, Site, Territory
from convergence.vocabulary.domains import Domain
from convergence.vocabulary.roles import Role
from convergence.web.desk.common import Period, period_of, periods
from convergence.web.desk.picture import svg
from convergence.web.desk.scheme import DomainPart, Flow, PartnerPart, Scheme, SitePart, draw
from convergence.web.requests import Request
from convergence.web.rules import open_to
from convergence.web.templatetags.display import day

VIEWERS = (*KEEPERS, Role.SITE_MANAGER)
NO_OFFER = "0"
"""Key of the referrals for which an offer is still looked for."""
TEAM = (Role.COORDINATOR, Role.PARTNERSHIP_OFFICER)


@dataclass(frozen=True)
class Shown:
    """A territory over a period, as it is drawn."""

    territory: Territory
    period: Period
    scheme: Scheme


@open_to(*VIEWERS)
@require_safe
def show(request: Request) -> HttpResponse:
    """The drawing, and the same as a table."""
    shown = _shown(request)
    label = _("Schéma du territoire ; les mêmes nombres sont dans le tableau dessous.")
    drawing = mark_safe(svg(draw(shown.scheme), label))  # noqa: S308 - made here, its words escaped
    context = {
        "shown": shown,
        "territories": list(_territories(request).values()),
        "drawing": drawing,
        "periods": periods(request.identity.today),
        "domains": [part.domain for part in shown.scheme.domains],
        "site_rows": [
            (site, [site.opened.get(part.domain, 0) for part in shown.scheme.domains]) for site in shown.scheme.sites
        ],
    }
    return render(request, "desk/territory.html", context)


@open_to(*VIEWERS)
@require_safe
def picture(request: Request) -> HttpResponse:
    """The drawing alone, to print or to put into a document."""
    shown = _shown(request)
    response = HttpResponse(svg(draw(shown.scheme), shown.scheme.title, sheet=True), content_type="image/svg+xml")
    response["Content-Disposition"] = f'attachment; filename="territoire-{shown.period.code}.svg"'
    return response


def _territories(request: Request) -> dict[int, Territory]:
    """Territories that the actor coordinates, or at a site of which she is manager."""
    found: dict[int, Territory] = {}
    for mission in request.identity.missions:
        if mission.role in VIEWERS:
            place = mission.territory or (mission.site.territory if mission.site else None)
            if place is not None:
                found[place.pk] = place
    return found


def _shown(request: Request) -> Shown:
    territories = _territories(request)
    wanted = str(request.GET.get("territoire", ""))
    territory = next((place for key, place in territories.items() if not wanted or str(key) == wanted), None)
    if territory is None:
        raise Http404
    today = request.identity.today
    period = period_of(request.GET, today)
    return Shown(
        territory, period, scheme_of(territory, period, counts(territory.pk, period.first, period.last), today)
    )


def scheme_of(territory: Territory, period: Period, counted: Counts, today: date) -> Scheme:
    """What is drawn of a territory; three queries."""
    at_sites = counted.keys("site")
    open_or_counted = Q(open_over__contains=today) | Q(pk__in=at_sites)
    sites = [
        SitePart(str(site), {domain: counted.of("site", str(site.pk), domain) for domain in counted.domains})
        for site in Site.objects.filter(open_or_counted, territory=territory).order_by("label", "pk")
    ]
    by_domain: dict[Domain, list[PartnerPart]] = {domain: [] for domain in Domain}
    came = {domain: set(counted.keys("partner", domain)) for domain in counted.domains}
    partners = Partner.objects.filter(territory=territory).exclude(closed_on__lte=period.first)
    for pk, name, domains in partners.order_by("key", "pk").values_list("pk", "name", "domains"):
        for domain in {*map(Domain, domains), *(domain for domain, keys in came.items() if str(pk) in keys)}:
            by_domain[domain].append(PartnerPart(name, _flow(counted, "partner", str(pk), domain)))
    for domain, keys in came.items():
        if NO_OFFER in keys:
            nobody = _flow(counted, "partner", NO_OFFER, domain)
            by_domain[domain].append(PartnerPart(_("offre pas encore trouvée"), nobody))
    parts = [
        DomainPart(domain, _flow(counted, "site", None, domain), sorted(by_domain[domain], key=_most_first))
        for domain in Domain
        if by_domain[domain] or domain in counted.domains
    ]
    told = _("Mises en relation ouvertes : %(period)s ; où elles en sont le %(day)s") % {
        "period": period.label,
        "day": day(today),
    }
    return Scheme(str(territory), told, _team(territory, today), sites, parts)


def _flow(counted: Counts, part: str, key: str | None, domain: str) -> Flow:
    opened, placed, waits = (counted.of(part, key, domain, measure) for measure in MEASURES)
    return Flow(opened, placed, waits)


def _most_first(part: PartnerPart) -> tuple[int, str]:
    opened = part.flow.opened
    return (-opened if opened is not None else -1, part.name)


def _team(territory: Territory, today: date) -> list[str]:
    held = Mission.objects.filter(territory=territory, role__in=TEAM, valid__contains=today)
    numbers = dict(held.order_by().values_list("role").annotate(n=Count("user", distinct=True)))
    return [f"{role.label}\u00a0: {numbers[role.value]}" for role in TEAM if role.value in numbers] or [
        _("personne n’est encore en mission")
    ]
