"""What the State's tool says of a person, beside what is noted here: her PASS, and hirings that differ."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from convergence.intake.cells import folded
from convergence.pathways.models import Contract, OfficialHire, OfficialPass
from convergence.pathways.official import HireSaid, PassSaid, differs, sayings_of, told_contract
from convergence.territories.periods import last_day
from convergence.vocabulary.passes import HireState, PassState
from convergence.web.handling import take_back
from convergence.web.people.looking import open_person
from convergence.web.people.marks import contract_words
from convergence.web.requests import Request
from convergence.web.rules import EMPLOYER, open_to
from convergence.web.templatetags.display import period


@dataclass(frozen=True)
class PassLine:
    """A PASS as the page shows it; ``holder`` only where the tool writes another name."""

    said: PassSaid
    period: str
    holder: str
    is_over: bool


@dataclass(frozen=True)
class HireLine:
    """A hiring that differs from our contract, the two side by side; ``contract`` is None where we have none."""

    said: HireSaid
    theirs: str
    contract: Contract | None
    ours: str


def sayings(person_id: int, names: Iterable[str], contracts: Sequence[Contract], today: date) -> dict[str, Any]:
    """What the person's page shows of it, in one query.

    :param names: hers, as noted.
    :param contracts: hers, current.
    """
    told = sayings_of(person_id)
    known = {_words(name) for name in names}
    passes = [
        PassLine(
            said,
            period(said.starts, said.last_day, today),
            said.holder if said.holder and _words(said.holder) not in known else "",
            said.last_day < today and said.state is not PassState.EXPIRED,
        )
        for _pk, said in told.passes
    ]
    hires = []
    for _pk, said in told.hires:
        ours = told_contract(said.site_id, said.starts, said.last_day, contracts)
        if differs(said, ours):
            hires.append(HireLine(said, _hire_words(said, today), ours, _contract_words(ours, today)))
    return {"official_passes": passes, "official_hires": hires}


def _words(name: str) -> tuple[str, ...]:
    """Equal for two spellings of one name, in whatever order."""
    return tuple(sorted(folded(name).split()))


def _hire_words(said: HireSaid, today: date) -> str:
    when = period(said.starts, said.last_day, today)
    return _("embauche annulée, %s") % when if said.state is HireState.CANCELLED else when


def _contract_words(contract: Contract | None, today: date) -> str:
    if contract is None:
        return ""
    return f"{contract_words(contract)}, {period(contract.starts, last_day(contract.valid), today)}"


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def official(request: Request, person_id: int) -> HttpResponse:
    """Every version of what was said; one that was noted in the wrong file can be taken back."""
    person, _compartments = open_person(request, person_id)
    passes = OfficialPass.objects.filter(person=person).select_related("recorded_by").order_by("number", "-pk")
    hires = OfficialHire.objects.filter(person=person).select_related("recorded_by", "site").order_by("series", "-pk")
    if request.method == "POST":
        rows: Any = passes if request.POST.get("of") == "pass" else hires
        given = request.POST.get("row", "")
        is_number = given.isascii() and given.isdigit() and len(given) < 19
        standing = rows.current().filter(pk=int(given)).first() if is_number else None
        if standing is None:
            messages.error(request, _("Cette information a déjà été retirée ou remplacée."))
        else:
            take_back(request, standing, _("C’est retiré ; ce qui avait été dit reste lisible dans l’historique."))
        return redirect("official-sayings", person_id=person.pk)
    today = request.identity.today
    context = {
        "person": person,
        "passes": [(row, PassState(row.state).label, period(row.starts, last_day(row.valid), today)) for row in passes],
        "hires": [(row, HireState(row.state).label, period(row.starts, last_day(row.valid), today)) for row in hires],
    }
    return render(request, "people/official.html", context)
