"""The directory's page: what is looked for stays in the address, results follow as one types."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from convergence.network.directory.fields import category_choices, choices_of, said, themes_of
from convergence.network.directory.models import Entry, Town
from convergence.network.directory.search import (
    MOST_COUNTED,
    PAGE,
    RADIUSES,
    Found,
    Wanted,
    search,
    town_named,
    towns_like,
)
from convergence.network.models import Offer
from convergence.network.policies import KEEPERS, READERS
from convergence.network.reading import Filters as OfferFilters
from convergence.network.reading import offer_lines, offers
from convergence.web.network.saying import said_of_places
from convergence.web.requests import Request
from convergence.web.rules import open_to

OURS = 5
"""Offers of our own network shown above the directory."""


@dataclass(frozen=True)
class Filters:
    """What the address asks for; an unknown or malformed value filters nothing.

    :ivar place: as typed; ``town`` is what it means, None where it means no town of the directory.
    """

    words: str = ""
    category: str = ""
    theme: str = ""
    public: str = ""
    free_of_charge: bool = False
    free_places: bool = False
    place: str = ""
    radius: int | None = None
    page: int = 1

    @classmethod
    def of(cls, query: Mapping[str, Any]) -> "Filters":
        def text(name: str) -> str:
            return str(query.get(name, "")).replace("\x00", "").strip()[:120]

        def code(name: str, known: list[tuple[str, str]]) -> str:
            return text(name) if text(name) in dict(known) else ""

        category = code("categorie", category_choices())
        radius, page = text("rayon"), text("page")
        return cls(
            words=text("mots"),
            category=category,
            theme=code("theme", themes_of(category)) if category else "",
            public=code("public", choices_of("publics")),
            free_of_charge=text("frais") == "gratuit",
            free_places=text("places") == "libres",
            place=text("lieu"),
            radius=int(radius) if radius in map(str, RADIUSES) else None,
            page=int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 4 and int(page) else 1,
        )

    def wanted(self, town: Town | None) -> Wanted:
        tags = [f"theme:{self.theme}"] if self.theme else [f"category:{self.category}"] if self.category else []
        tags += [f"public:{self.public}"] if self.public else []
        tags += ["fee:gratuit"] if self.free_of_charge else []
        return Wanted(self.words, tags, town, self.radius if town else None)

    @property
    def any(self) -> bool:
        return self != Filters(page=self.page)


@open_to(*READERS)
@require_safe
def directory(request: Request) -> HttpResponse:
    """Our own offers that match, then the directory's structures and services."""
    filters = Filters.of(request.GET)
    town = town_named(filters.place) if filters.place else None
    context: dict[str, Any] = {"filters": filters, "town": town, "unknown_place": bool(filters.place) and town is None}
    context |= _ours(request, filters)
    # Places are ours alone: no directory says how many are free.
    if not filters.free_places and not context["unknown_place"]:
        context |= _found(filters, town)
    if request.htmx:
        return render(request, "directory/results.html", context)
    context |= {
        "categories": category_choices(),
        "themes": themes_of(filters.category) if filters.category else [],
        "publics": choices_of("publics"),
        "radiuses": RADIUSES,
        "keeps": bool(request.identity.territory_ids(*KEEPERS)),
        "is_empty": not Entry.objects.exists(),
    }
    return render(request, "directory/page.html", context)


def _found(filters: Filters, town: Town | None) -> dict[str, Any]:
    results = search(filters.wanted(town), filters.page)
    # Shown page by page as far as it was counted.
    page = Paginator(range(results.count), PAGE).get_page(filters.page)
    return {"results": results, "page": page, "cap": MOST_COUNTED, "lines": [_line(found) for found in results.found]}


def _line(found: Found) -> dict[str, Any]:
    record = found.record
    themes = record.value("thematiques") or []
    return {
        "found": found,
        "kilometres": found.kilometres,
        "themes": [said("thematiques", code) for code in themes[:3]],
        "more_themes": max(0, len(themes) - 3),
        "commune": record.value("commune") or found.structure.value("commune"),
        "free_of_charge": record.value("frais") == "gratuit",
        "remote": "a-distance" in (record.value("modes_accueil") or []),
    }


def _ours(request: Request, filters: Filters) -> dict[str, Any]:
    """Our network's offers that the same words, place and themes find, with their places now."""
    if not filters.any:
        return {"ours": [], "ours_count": 0}
    asked = OfferFilters(words=filters.words, area=_area(filters.place), free=filters.free_places)
    found = offers(asked, request.identity.today)
    if filters.theme:
        found = found.filter(themes__contains=[filters.theme])
    elif filters.category:
        found = found.filter(themes__overlap=[code for code, _label in themes_of(filters.category)])
    if filters.public:
        found = found.filter(publics__overlap=[filters.public, "tous-publics"])
    shown: list[Offer] = list(found[: OURS + 1])
    today = request.identity.today
    lines = offer_lines(shown[:OURS], today)
    return {
        "ours": [(line, said_of_places(line.places, line.capacity, today)) for line in lines],
        "more_of_ours": len(shown) > OURS,
    }


def _area(place: str) -> str:
    """« Nom (75010) » is how a town is proposed; offers are found by either."""
    return place.partition("(")[0].strip()


@open_to(*READERS)
@require_safe
def towns(request: Request) -> HttpResponse:
    """Towns to choose from as one types."""
    return render(request, "directory/towns.html", {"towns": towns_like(str(request.GET.get("lieu", "")))})
