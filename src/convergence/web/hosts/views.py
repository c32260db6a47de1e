"""Opening and closing the access of a host, and the two pages that a host reads."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convergence.access.models import User
from convergence.pathways.clocks import path_of
from convergence.pathways.models import Contract
from convergence.pathways.placements.reading import learning_of
from convergence.people.hosts.recording import end_host, open_host
from convergence.people.models import CivilStatus, Host
from convergence.people.naming import names_of
from convergence.rules.clocks import read
from convergence.rules.decisions import ahead
from convergence.rules.words import clock_said, decision_said
from convergence.web.handling import act, answer
from convergence.web.hosts.forms import HostForm
from convergence.web.path.common import form_page
from convergence.web.people.looking import open_person, record_look
from convergence.web.people.marks import contract_words, in_words, last_day
from convergence.web.requests import Request
from convergence.web.rows import row_of
from convergence.web.rules import EMPLOYER, open_to, signed_in
from convergence.web.settings.invitations import invite
from convergence.web.templatetags.display import period


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def new(request: Request, person_id: int) -> HttpResponse:
    """Open a person's work path to somebody at the structure where it goes on."""
    person, _reach = open_person(request, person_id)
    today = request.identity.today
    form = HostForm(request.POST or None, today=today)

    def work(form: HostForm) -> str:
        host = open_host(person.pk, form.hosting(), today)
        inviter = request.identity.user
        if host.last_login is None and isinstance(inviter, User):
            invite(request, host, inviter)
        messages.success(request, _("L’accès est ouvert : %(who)s lira son parcours de travail.") % {"who": host})
        return f"{reverse('path', args=[person.pk])}#ailleurs"

    def page(status: int) -> HttpResponse:
        said = [
            _("Elle ou il lira le nom, les coordonnées et le parcours de travail de cette seule personne."),
            _("Rien de social, de santé ou de justice ne lui est montré ; elle ou il n’écrit rien ici."),
        ]
        back = f"{reverse('path', args=[person.pk])}#ailleurs"
        heading, button = _("Le parcours continue ailleurs"), _("Ouvrir l’accès")
        return form_page(request, person, form, heading, button, status, said=said, back=back)

    return answer(request, form, work, page)


@open_to(*EMPLOYER)
@require_POST
def end(request: Request, person_id: int, host_id: int) -> HttpResponse:
    """Close the access of a host, at once."""
    person, _reach = open_person(request, person_id)
    act(request, partial(end_host, row_of(Host, person, host_id)), _("L’accès est fermé : plus rien n’est lu par là."))
    return redirect(f"{reverse('path', args=[person.pk])}#ailleurs")


@signed_in
@require_safe
def hosted(request: Request) -> HttpResponse:
    """Those whom the actor hosts today, by name."""
    today = request.identity.today
    held = list(Host.objects.current().valid_on(today).filter(user=request.identity.user).order_by("valid", "pk"))
    ids = [host.person_id for host in held]
    record_look(request, ids)
    names = names_of(ids)
    rows = [
        (str(names.get(host.person_id, "")), host, period(host.starts, last_day(host.ends), today)) for host in held
    ]
    return render(request, "hosts/hosted.html", {"rows": rows})


@signed_in
@require_safe
def person(request: Request, person_id: int) -> HttpResponse:
    """The work path of somebody whom the actor hosts today: to read, and nothing to write.

    :raises Http404: she hosts nobody of that number today.
    """
    who, _reach = open_person(request, person_id)
    today = request.identity.today
    host = Host.objects.current().valid_on(today).filter(user=request.identity.user, person=who).first()
    if host is None:
        raise Http404
    path = path_of(who.pk)
    reading = read(path, today)
    contracts = Contract.objects.current().filter(person=who).select_related("site").order_by("-valid")
    context: dict[str, Any] = {
        "person": who,
        "host": host,
        "until": last_day(host.ends),
        "civil": CivilStatus.objects.current().filter(person=who).first(),
        "clocks": [clock_said(clock) for clock in reading.clocks],
        "ahead": [decision_said(each, today) for each in ahead(path, reading)],
        "contracts": [(in_words(row, today), contract_words(row)) for row in contracts],
        "learning": [(line, period(line.first_day, line.last_day, today)) for line in learning_of(who.pk)],
    }
    return render(request, "hosts/person.html", context)
