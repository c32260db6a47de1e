"""The list of offers, an offer's page, its places said, and « est-ce encore libre ? » asked of many partners."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convergence.network.asks import ask_places
from convergence.network.directory.fields import said as label_of_code
from convergence.network.models import Capacity, Offer, SitePoint, Travel
from convergence.network.nearness import Point, near
from convergence.network.offers import add_offer, correct_offer
from convergence.network.places import Speaker, places_of, say_places
from convergence.network.policies import KEEPERS, READERS, SPEAKERS
from convergence.network.reading import Filters, offer_lines, offers
from convergence.territories.models import Site
from convergence.vocabulary.domains import Domain
from convergence.vocabulary.offers import OfferKind, SaidBy
from convergence.web.handling import act, answer
from convergence.web.network.common import (
    form_page,
    keeps,
    kept_or_404,
    offer_or_404,
    partner_or_404,
    speaks,
    to_offer,
    to_partner,
    way,
)
from convergence.web.network.forms import OfferForm, PlacesForm
from convergence.web.network.saying import said_of_nearness, said_of_places, who_said
from convergence.web.requests import Request
from convergence.web.rules import open_to

PAGE = 25
MOST_FIGURES = 20


@open_to(*READERS)
@require_safe
def listed(request: Request) -> HttpResponse:
    """Offers of the territories where the actor works, with their places now."""
    today = request.identity.today
    filters = Filters.of(request.GET, OfferKind)
    page = Paginator(offers(filters, today).values_list("pk", flat=True), PAGE).get_page(request.GET.get("page"))
    # Their partners and branches are read for the page alone, not for all that is sorted.
    shown = Offer.objects.filter(pk__in=list(page.object_list)).select_related("partner", "branch")
    lines = offer_lines(shown, today)
    context = {
        "filters": filters,
        "page": page,
        "lines": [(line, said_of_places(line.places, line.capacity, today)) for line in lines],
        "domains": Domain.choices(),
        "kinds": OfferKind.choices(),
        "may_keep": bool(request.identity.territory_ids(*KEEPERS)),
        "today": today,
    }
    return render(request, "network/offers_found.html" if request.htmx else "network/offers.html", context)


@open_to(*READERS)
@require_safe
def offer(request: Request, network_offer_id: int) -> HttpResponse:
    """An offer: its places, who said them and when, what it asks for, how far it is."""
    shown = offer_or_404(network_offer_id)
    today = request.identity.today
    figures = list(
        Capacity.objects.filter(offer=shown)
        .select_related("recorded_by")
        .order_by("-recorded_at", "-pk")[:MOST_FIGURES]
    )
    standing = next((row for row in figures if row.superseded_at is None), None)
    places = places_of([shown.pk], today)[shown.pk]
    context = {
        "offer": shown,
        "kind": OfferKind(shown.kind).label,
        "publics": [label_of_code("publics", code) for code in shown.publics],
        "themes": [label_of_code("thematiques", code) for code in shown.themes],
        "said": said_of_places(places, standing, today),
        "places": places,
        "capacity": standing,
        "figures": [(row, who_said(row, today)) for row in figures],
        "distances": _distances(shown),
        "may_keep": keeps(request, shown.territory_id),
        "may_speak": speaks(request, shown.territory_id),
        "today": today,
    }
    return render(request, "network/offer.html", context)


def _distances(shown: Offer) -> list[tuple[Site, str]]:
    """How far the offer is from each site of its territory whose distance is known; three queries at most."""
    if shown.branch is None:
        return []
    travels = {row.site_id: row.minutes for row in Travel.objects.current().filter(branch=shown.branch)}
    points = {
        row.site_id: Point(row.latitude, row.longitude)
        for row in SitePoint.objects.filter(territory_id=shown.territory_id)
    }
    found = [
        (site, near(points.get(site.pk), shown.branch, travels.get(site.pk)))
        for site in Site.objects.filter(territory_id=shown.territory_id, pk__in={*travels, *points})
    ]
    return [(site, said_of_nearness(how)) for site, how in sorted(found, key=lambda pair: pair[1].rank)]


@open_to(*KEEPERS)
@require_http_methods(["GET", "POST"])
def new_offer(request: Request, partner_id: int) -> HttpResponse:
    """What the partner offers; without places said, they are shown as not known."""
    partner = kept_or_404(request, partner_or_404(partner_id))
    initial = {"domain": partner.domains[0]} if partner.domains else {}
    form = OfferForm(request.POST or None, partner=partner, initial=initial)

    def work(form: OfferForm) -> str:
        made = add_offer(partner, form.facts())
        messages.success(
            request, _("L’offre est ajoutée. Ses places ne sont pas encore connues : dites-les quand vous le savez.")
        )
        return to_offer(made)[0]

    page = form_page(request, form, _("Ajouter une offre"), _("Ajouter l’offre"), way(to_partner(partner)))
    return answer(request, form, work, page)


@open_to(*KEEPERS)
@require_http_methods(["GET", "POST"])
def change_offer(request: Request, network_offer_id: int) -> HttpResponse:
    """Correct an offer, or end it by giving its last day."""
    row = kept_or_404(request, offer_or_404(network_offer_id))
    form = OfferForm(request.POST or None, partner=row.partner, row=row)

    def work(form: OfferForm) -> str:
        correct_offer(row, form.cleaned_data["seen"], form.facts())
        messages.success(request, _("L’offre est enregistrée."))
        return to_offer(row)[0]

    page = form_page(
        request, form, _("Corriger l’offre"), _("Enregistrer l’offre"), way(to_partner(row.partner), to_offer(row))
    )
    return answer(request, form, work, page, form.told)


@open_to(*SPEAKERS)
@require_http_methods(["GET", "POST"])
def say(request: Request, network_offer_id: int) -> HttpResponse:
    """How many places are free, who says so and when."""
    row = offer_or_404(network_offer_id)
    if not speaks(request, row.territory_id):
        raise Http404
    today = request.identity.today
    own_side = SaidBy.OFFICER if keeps(request, row.territory_id) else SaidBy.COUNSELLOR
    standing = Capacity.objects.current().filter(offer=row).first()
    form = PlacesForm(request.POST or None, offer=row, capacity=standing, own_side=own_side, today=today)

    def work(form: PlacesForm) -> str:
        given = form.cleaned_data
        speaker = Speaker(given["said_by"], given["said_by_name"])
        say_places(row.pk, form.figures(), speaker, given["said_on"], today=today)
        messages.success(request, _("Les places sont notées."))
        return to_offer(row)[0]

    page = form_page(
        request,
        form,
        _("Combien de places libres ?"),
        _("Noter les places"),
        way(to_partner(row.partner), to_offer(row)),
        intro=_("%(offer)s, %(partner)s") % {"offer": row.name, "partner": row.partner.name},
    )
    return answer(request, form, work, page)


@open_to(*KEEPERS)
@require_POST
def ask(request: Request) -> HttpResponse:
    """Ask the partners of the offers chosen, all at once, how many places are free."""
    chosen = [int(pk) for pk in request.POST.getlist("offre") if pk.isascii() and pk.isdigit() and len(pk) < 18]
    back = reverse("offers")
    user = request.identity.user
    assert user is not None  # noqa: S101 - for the type checker
    first = request.identity.missions[0]
    asked_by = _("%(name)s (%(place)s)") % {"name": user.get_full_name(), "place": first.territory or first.site}

    def work() -> None:
        ours = Offer.objects.filter(pk__in=chosen, territory_id__in=request.identity.territory_ids(*KEEPERS))
        asked = ask_places(
            list(ours.values_list("pk", flat=True)),
            asked_by,
            lambda token: request.build_absolute_uri(reverse("answer-places", args=[token])),
            today=request.identity.today,
        )
        if asked.asks:
            done = ngettext(
                "La question part vers un partenaire.", "La question part vers %(n)s partenaires.", len(asked.asks)
            )
            messages.success(request, done % {"n": len(asked.asks)})
        for partners, sentence in (
            (asked.waiting, _("Déjà interrogés aujourd’hui : %(names)s.")),
            (asked.unreachable, _("Aucun contact n’a accepté d’être écrit chez : %(names)s.")),
        ):
            if partners:
                names = ", ".join(row.name for row in partners[:10])
                messages.warning(request, sentence % {"names": names})

    act(request, work)
    return redirect(back)
