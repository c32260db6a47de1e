"""Where the directory's sources and our corrections part: each difference is settled by a choice."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from convergence.network.directory.corrections import differences, kind_of, settle
from convergence.network.directory.models import Kind, Service, Structure
from convergence.network.policies import KEEPERS
from convergence.web.handling import act
from convergence.web.requests import Request
from convergence.web.rules import open_to

PAGE = 50
_MODELS = {Kind.STRUCTURE.value: Structure, Kind.SERVICE.value: Service}


@open_to(*KEEPERS)
@require_http_methods(["GET", "POST"])
def listed(request: Request) -> HttpResponse:
    """Our value beside theirs, and a button for each."""
    if request.method == "POST":
        return _settle(request)
    page = Paginator(list(differences()), PAGE).get_page(request.GET.get("page"))
    lines = [{"difference": each, "kind": kind_of(each.record).value} for each in page.object_list]
    return render(request, "directory/differences.html", {"page": page, "lines": lines})


def _settle(request: Request) -> HttpResponse:
    """One difference, by the button that was pressed: ``kind:id:field:ours`` or ``…:theirs``."""
    kind, _sign, rest = request.POST.get("choix", "").partition(":")
    number, _sign, rest = rest.partition(":")
    field, _sign, whose = rest.partition(":")
    model = _MODELS.get(kind)
    if model is not None and number.isascii() and number.isdigit() and len(number) < 18 and whose in {"ours", "theirs"}:
        record = get_object_or_404(model, pk=int(number))
        said = _("Notre valeur est gardée.") if whose == "ours" else _("La valeur de la source est prise.")
        act(request, lambda: settle(record, field, ours=whose == "ours"), said)
    return redirect("directory-differences")
