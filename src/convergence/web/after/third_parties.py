"""Employers and landlords: kept with the person's agreement, heard when they warn, answered."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.support.after.models import ExtendedSupport, ThirdParty, ThirdPartyWarning
from convergence.support.after.recording import agree_third_party, answer_warning, end_agreement, note_warning
from convergence.vocabulary.extended_support import SupportOpener, ThirdPartyRole
from convergence.web.after.forms import AnswerForm, ThirdPartyForm, WarningForm
from convergence.web.after.threads import form_page, latest, row_of, threads_at
from convergence.web.handling import answer, retyped
from convergence.web.people.looking import open_person
from convergence.web.requests import Request
from convergence.web.rules import CARE, open_to
from convergence.web.support.common import writes_social


@open_to(*CARE)
@require_http_methods(["GET", "POST"])
def new(request: Request, person_id: int, thread_id: int) -> HttpResponse:
    person, reach = open_person(request, person_id)
    writes_social(reach)
    thread = row_of(ExtendedSupport, person, thread_id)
    today = request.identity.today
    role = ThirdPartyRole.EMPLOYER if thread.opener == SupportOpener.JOB else ThirdPartyRole.LANDLORD
    form = ThirdPartyForm(request.POST or None, initial={"role": role.value, "agreed_on": today})

    def work(form: ThirdPartyForm) -> str:
        given = form.cleaned_data
        agree_third_party(
            thread, ThirdPartyRole(given["role"]), given["name"], given["reach"], given["agreed_on"], today
        )
        messages.success(request, _("Le contact est noté, avec l’accord de la personne."))
        return threads_at(person)

    def page(status: int) -> HttpResponse:
        heading, button = _("Un employeur ou un bailleur à joindre"), _("Noter ce contact")
        return form_page(request, person, form, heading, button, status, str(thread))

    return answer(request, form, work, page)


@open_to(*CARE)
@require_POST
def end(request: Request, person_id: int, third_party_id: int) -> HttpResponse:
    """The person withdraws her agreement."""
    person, reach = open_person(request, person_id)
    writes_social(reach)
    try:
        end_agreement(row_of(ThirdParty, person, third_party_id), request.identity.today)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("L’accord est retiré : ce contact n’est plus montré."))
    return redirect(threads_at(person))


@open_to(*CARE)
@require_http_methods(["GET", "POST"])
def warn(request: Request, person_id: int, third_party_id: int) -> HttpResponse:
    """Whoever takes the call notes what is said: an alert until somebody answers."""
    person, reach = open_person(request, person_id)
    writes_social(reach)
    known = row_of(ThirdParty, person, third_party_id)
    today = request.identity.today
    form = WarningForm(request.POST or None, initial={"on": today})

    def work(form: WarningForm) -> str:
        note_warning(known, form.cleaned_data["words"], form.cleaned_data["on"], today)
        messages.success(request, _("L’alerte est notée : elle reste affichée jusqu’à la réponse."))
        return threads_at(person)

    def page(status: int) -> HttpResponse:
        heading, button = _("Une alerte d’un employeur ou d’un bailleur"), _("Noter cette alerte")
        return form_page(request, person, form, heading, button, status, str(known) if known.ends is None else "")

    return answer(request, form, work, page)


@open_to(*CARE)
@require_http_methods(["GET", "POST"])
def answer_to(request: Request, person_id: int, warning_id: int) -> HttpResponse:
    """What was done about a warning."""
    person, reach = open_person(request, person_id)
    writes_social(reach)
    said = latest(row_of(ThirdPartyWarning, person, warning_id))
    today = request.identity.today
    form = AnswerForm(
        request.POST or None, initial={"on": said.answered_on or today, "answer": said.answer, "seen_version": said.pk}
    )

    def work(form: AnswerForm) -> str:
        given = form.cleaned_data
        answer_warning(said, given["answer"], given["on"], seen_version=given["seen_version"], today=today)
        messages.success(request, _("La réponse est notée."))
        return threads_at(person)

    def show_theirs(error: ChangedMeanwhile) -> None:
        retyped(form, seen_version=str(error.fresh.pk) if error.fresh else "")

    def page(status: int) -> HttpResponse:
        return form_page(request, person, form, _("Répondre à une alerte"), _("Noter la réponse"), status, said.words)

    return answer(request, form, work, page, show_theirs)
