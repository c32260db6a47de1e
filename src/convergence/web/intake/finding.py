"""An import of one's own, and where it stands."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from convergence.intake.holding import KEPT
from convergence.intake.models import Import
from convergence.platform.models import Job
from convergence.web.requests import Request

BIG = ("file", "plan", "returned")
LISTED = 10


def open_import(request: Request, import_id: UUID) -> Import:
    """:raises Http404: there is none, or it is somebody else's: the two look the same."""
    held = Import.objects.filter(pk=import_id).select_related("site", "job").first()
    if held is None:
        raise Http404
    return held


def address_of(held: Import) -> str:
    """The page where an import goes on."""
    if held.job is None:
        return reverse("import-columns" if held.plan is None else "import-preview", args=[held.pk])
    return reverse("import-result" if held.job.state == Job.State.DONE else "import-progress", args=[held.pk])


def gone(held: Import) -> bool:
    """Whether its week is over and nothing of the file is left to work on."""
    return held.wrapped_key is None and held.ended_at is None


def kept_until(held: Import) -> datetime:
    return held.uploaded_at + KEPT


def own_imports() -> list[dict[str, Any]]:
    """The actor's latest imports, as the first page lists them."""
    rows = []
    for held in Import.objects.defer(*BIG).select_related("site", "job").order_by("-uploaded_at")[:LISTED]:
        if gone(held):
            continue
        rows.append({"import": held, "href": address_of_light(held), "state": _state(held)})
    return rows


def address_of_light(held: Import) -> str:
    """Where the import goes on, without reading what is sealed: the columns' page leads further by itself."""
    if held.job is None:
        return reverse("import-columns", args=[held.pk])
    return address_of(held)


def _state(held: Import) -> str:
    if held.job is None:
        return _("à terminer")
    if held.job.state == Job.State.DONE:
        return held.job.sentence
    return str(Job.State(held.job.state).label)
