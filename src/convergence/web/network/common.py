"""What the pages of the network share: the way back, a page that is one form, who keeps what."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from convergence.network.models import Offer, Partner
from convergence.network.policies import KEEPERS, SPEAKERS
from convergence.platform.dated import Version
from convergence.platform.errors import ChangedMeanwhile
from convergence.web.requests import Request
from convergence.web.rows import latest_of

Row = TypeVar("Row", bound=Version)
Way = list[tuple[str, str]]


def way(*places: tuple[str, str]) -> Way:
    """The way back from a page of the network: (address, label) pairs after the network's own."""
    return [(reverse("network"), _("Réseau")), *places]


def to_partner(partner: Partner) -> tuple[str, str]:
    return reverse("partner", args=[partner.pk]), partner.name


def to_offer(offer: Offer) -> tuple[str, str]:
    return reverse("offer", args=[offer.pk]), offer.name


def keeps(request: Request, territory_id: int) -> bool:
    """Whether the actor keeps the network of this territory."""
    return territory_id in request.identity.territory_ids(*KEEPERS)


def speaks(request: Request, territory_id: int) -> bool:
    """Whether the actor says how many places are free on this territory."""
    sites = {site.territory_id for site in request.identity.sites(*SPEAKERS)}
    return keeps(request, territory_id) or territory_id in sites


def partner_or_404(partner_id: int) -> Partner:
    return get_object_or_404(Partner, pk=partner_id)


def offer_or_404(offer_id: int) -> Offer:
    return get_object_or_404(Offer.objects.select_related("partner", "branch"), pk=offer_id)


def kept_or_404(request: Request, row: Any) -> Any:
    """The row, where the actor keeps the network of its territory. :raises Http404: she only reads it."""
    if not keeps(request, row.territory_id):
        raise Http404
    return row


def standing_or_404(model: type[Row], pk: int) -> Row:
    """The version that stands of the series to which this one belongs. :raises Http404: none, or withdrawn."""
    found = get_object_or_404(model, pk=pk)
    latest = latest_of(found)
    if latest.superseded_at is not None:
        raise Http404
    return latest


def unchanged(row: Version, form: Form) -> None:
    """:raises ChangedMeanwhile: the form showed an earlier version."""
    if form.cleaned_data["seen_version"] != str(row.pk):
        raise ChangedMeanwhile(
            _("Quelqu’un a modifié cette fiche pendant que vous écriviez : comparez avant d’enregistrer."), row
        )


def form_page(
    request: Request, form: Form, title: str, action: str, places: Way, *, intro: str = "", **more: Any
) -> Callable[[int], HttpResponse]:
    """Draws a page that is one form.

    :param action: what its button does, in words.
    :param places: the way back; the last one is also where one returns without changing anything.
    """

    def draw(status: int) -> HttpResponse:
        context = {"form": form, "title": title, "action": action, "places": places, "intro": intro}
        return render(request, "network/form.html", context | {"cancel": places[-1][0]} | more, status=status)

    return draw
