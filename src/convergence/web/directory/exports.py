"""Taking the directory away: our network, and what the same search finds, in two formats."""

import io
import json
import zipfile
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from convergence.network.directory import hsds
from convergence.network.directory.exporting import Export, export, not_expressed
from convergence.network.directory.models import DirectoryRecord, Service, Structure
from convergence.network.directory.search import MOST_EXPORTED, search_all, town_named
from convergence.network.models import Branch, Offer
from convergence.network.policies import KEEPERS
from convergence.web.directory.searching import Filters
from convergence.web.requests import Request
from convergence.web.rules import open_to

DATA_INCLUSION, HSDS = "data-inclusion", "hsds"
_WHEN = (1980, 1, 1, 0, 0, 0)
"""The same rows make the same bytes."""


@open_to(*KEEPERS)
@require_safe
def download(request: Request, directory_format: str) -> HttpResponse:
    """A zip of JSON files, with a page that says what could not be expressed."""
    if directory_format not in (DATA_INCLUSION, HSDS):
        raise Http404
    filters = Filters.of(request.GET)
    made = _export(request, filters)
    structures, services = made.structures, made.services
    if directory_format == HSDS:
        files: dict[str, Any] = {
            "services.json": hsds.services(services, structures),
            "organizations.json": hsds.organizations(structures),
        }
    else:
        files = {"structures.json": structures, "services.json": services}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            text = json.dumps(content, ensure_ascii=False, indent=1)
            archive.writestr(zipfile.ZipInfo(name, _WHEN), text, zipfile.ZIP_DEFLATED)
        archive.writestr(zipfile.ZipInfo("LISEZ-MOI.txt", _WHEN), _read_me(made, filters), zipfile.ZIP_DEFLATED)
    response = HttpResponse(packed.getvalue(), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="annuaire-{directory_format}.zip"'
    return response


def _export(request: Request, filters: Filters) -> Export:
    today = request.identity.today
    territories = request.identity.territory_ids(*KEEPERS)
    branches = Branch.objects.filter(territory_id__in=territories, closed_on=None, partner__closed_on=None)
    offers = Offer.objects.filter(territory_id__in=territories, partner__closed_on=None).filter(
        Q(open_over__endswith__isnull=True) | Q(open_over__endswith__gt=today)
    )
    return export(
        branches.select_related("partner").order_by("pk"),
        offers.select_related("partner", "branch").order_by("pk"),
        _records(filters),
        today,
    )


def _records(filters: Filters) -> list[DirectoryRecord]:
    """What we corrected, and what the search finds; a search for everything adds nothing: its sources publish it."""
    found: list[DirectoryRecord] = [
        *Structure.objects.exclude(corrected={}).filter(closed_on=None),
        *Service.objects.exclude(corrected={}).filter(closed_on=None).select_related("structure"),
    ]
    if filters.any:
        town = town_named(filters.place) if filters.place else None
        if town is not None or not filters.place:
            found += search_all(filters.wanted(town))
    return found


def _read_me(made: Export, filters: Filters) -> str:
    lines = [
        _("%(structures)d structures et %(services)d services, vérifiés avec le schéma data·inclusion v1.")
        % {"structures": len(made.structures), "services": len(made.services)},
        _("Nos partenaires et leurs offres, nos corrections de l’annuaire, et les résultats de la recherche.")
        if filters.any
        else _("Nos partenaires et leurs offres, et ce que nous avons corrigé dans l’annuaire."),
        _("Une recherche ajoute au plus %d fiches.") % MOST_EXPORTED,
        "",
        _("Ce que ce format n’exprime pas :"),
        *(f"- {each}" for each in not_expressed()),
    ]
    if made.left_out:
        lines += ["", _("Ce qui a été laissé de côté :"), *(f"- {key} : {why}" for key, why in made.left_out)]
    return "\r\n".join(lines) + "\r\n"
