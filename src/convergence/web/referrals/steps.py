"""The steps of a referral, from the person's agreement to what became of it; each is one form or one button."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from convergence.network.models import Contact
from convergence.referrals.models import Referral
from convergence.referrals.recording.answers import (
    accept,
    finish,
    propose_date,
    put_on_waiting_list,
    refuse_for_partner,
    start,
)
from convergence.referrals.recording.facts import confirm_fact, fact_meant
from convergence.referrals.recording.notes import note as write_note
from convergence.referrals.recording.steps import By
from convergence.referrals.recording.team import (
    agree,
    cancel,
    confirm_date,
    note_undelivered,
    preview,
    propose,
    refuse_for_person,
    send,
    send_again,
    undo,
    withdraw_sharing,
)
from convergence.referrals.sharing import chosen, lines_offered
from convergence.rules.referrals import WITH_PARTNER, Move, moves
from convergence.vocabulary.referrals import Audience, ReferralState
from convergence.web.fields import VersionForm
from convergence.web.handling import act, answer, see_anew
from convergence.web.referrals.common import PARTIES, Opened, form_page, list_of, open_referral, page_of
from convergence.web.referrals.forms import (
    AgreeForm,
    AnswerForm,
    DayForm,
    FactForm,
    FinishForm,
    NoteForm,
    ReasonForm,
    SendForm,
)
from convergence.web.requests import Request
from convergence.web.rules import CARE, open_to

Form = TypeVar("Form", bound=VersionForm)


def _expecting(request: Request, person_id: int, referral_id: int, move: Move) -> Opened:
    """:raises Http404: no such referral, or one in which the actor's side does not make this move now."""
    opened = open_referral(request, person_id, referral_id)
    if move not in moves(ReferralState(opened.referral.state), opened.side) and request.method != "POST":
        raise Http404
    return opened


def _initial(opened: Opened, **more: object) -> dict[str, object]:
    return {"seen_version": opened.referral.pk, "on": opened.today} | more


def _step(
    request: Request, opened: Opened, form: Form, heading: str, button: str, work: Callable[[Form], Referral], done: str
) -> HttpResponse:
    """A form that takes one step, and leads back to the referral."""

    def worked(form: Form) -> str:
        referral = work(form)
        messages.success(request, done)
        return page_of(referral)

    def page(status: int) -> HttpResponse:
        back = page_of(opened.referral)
        return form_page(request, opened.person, form, heading, button, status, back=back)

    return answer(request, form, worked, page, partial(see_anew, form))


def _pressed(request: Request, opened: Opened, work: Callable[[], Referral | None], done: str) -> HttpResponse:
    """A button that takes one step."""
    made: list[Referral | None] = []
    if act(request, lambda: made.append(work()), done) and made[0] is None:
        return redirect(list_of(opened.person))
    return redirect(page_of(opened.referral))


def _pressed_by(
    request: Request, person_id: int, referral_id: int, step: Callable[[Referral, By], Referral | None], done: str
) -> HttpResponse:
    """A button that takes one step from the version shown."""
    opened = open_referral(request, person_id, referral_id)
    by = opened.by(request.POST.get("seen_version", ""))
    return _pressed(request, opened, partial(step, opened.referral, by), done)


@open_to(*CARE)
@require_POST
def put_to_her(request: Request, person_id: int, referral_id: int) -> HttpResponse:
    """The offer is put to the person, who thinks about it."""
    opened = open_referral(request, person_id, referral_id)
    by = opened.by(request.POST.get("seen_version", ""))
    work = partial(propose, opened.referral, opened.today, by)
    return _pressed(request, opened, work, _("C’est noté : la personne y réfléchit."))


@open_to(*CARE)
@require_http_methods(["GET", "POST"])
def agreed(request: Request, person_id: int, referral_id: int) -> HttpResponse:
    """Choose with the person what the partner will read, show it as it will be read, and note her agreement."""
    opened = _expecting(request, person_id, referral_id, Move.AGREE)
    offered = lines_offered(opened.person.pk, opened.today)
    explained = _("Nous avons choisi ensemble ce que le partenaire lira ; l’accord se retire à tout moment.")
    initial = _initial(opened, explained=explained)
    form = AgreeForm(request.POST or None, today=opened.today, offered=offered, initial=initial)
    seen = None
    if request.method == "POST" and form.is_valid():
        lines, message = form.cleaned_data["lines"], form.cleaned_data["message"]
        made: list[object] = []
        looked = act(request, lambda: made.append(preview(opened.referral, *chosen(offered, lines, message))))
        seen = made[0] if looked else None

    def work(form: AgreeForm) -> str:
        given = form.cleaned_data
        by = opened.by(given["seen_version"])
        referral = agree(opened.referral, given["lines"], given["message"], form.consent(), by)
        messages.success(request, _("L’accord est noté, et ce que le partenaire lira est arrêté."))
        return page_of(referral)

    def page(status: int) -> HttpResponse:
        heading, button = _("Ce que le partenaire lira"), _("La personne est d’accord")
        more = {"template": "referrals/agree.html", "back": page_of(opened.referral), "shared": seen}
        return form_page(request, opened.person, form, heading, button, status, **more)

    if request.POST.get("look"):
        return page(200 if seen else 422)
    return answer(request, form, work, page, partial(see_anew, form))


@open_to(*PARTIES)
@require_http_methods(["GET", "POST"])
def sent(request: Request, person_id: int, referral_id: int) -> HttpResponse:
    """Send the referral to the partner, or one more link for what it has to answer."""
    opened = open_referral(request, person_id, referral_id)
    state, first = ReferralState(opened.referral.state), opened.referral.sent_on is None
    offer = opened.referral.offer
    possible = state in WITH_PARTNER or Move.SEND in moves(state, opened.side)
    if offer is None or (request.method != "POST" and not possible):
        raise Http404
    contacts = Contact.objects.current().filter(partner=offer.partner_id, agreed_on__isnull=False)
    contacts = contacts.filter(refused_on=None).exclude(email="")
    initial = _initial(opened)
    known = contacts.order_by("-main", "pk")
    form = SendForm(request.POST or None, contacts=known, other=first, initial=initial)

    def address(token: str) -> str:
        return request.build_absolute_uri(reverse("partner-answer", args=[token]))

    def work(form: SendForm) -> Referral:
        contact, by = form.cleaned_data["contact"], opened.by(form.cleaned_data["seen_version"])
        to = UUID(contact) if contact else None
        if first:
            return send(opened.referral, to, address, by)
        if to is not None:
            send_again(opened.referral, to, address, by)
        return opened.referral

    heading = _("Envoyer au partenaire") if first else _("Envoyer un nouveau lien")
    return _step(request, opened, form, heading, heading, work, _("C’est envoyé."))


@open_to(*PARTIES)
@require_POST
def undelivered(request: Request, person_id: int, referral_id: int) -> HttpResponse:
    """The letter came back, or somebody learnt that the contact's address does not work."""
    done = _("C’est noté : appelez le partenaire, ou corrigez l’adresse de son contact puis renvoyez la demande.")
    return _pressed_by(request, person_id, referral_id, note_undelivered, done)


@open_to(*CARE)
@require_http_methods(["GET", "POST"])
def refused_by_her(request: Request, person_id: int, referral_id: int) -> HttpResponse:
    """The person says no."""
    opened = _expecting(request, person_id, referral_id, Move.REFUSE_FOR_PERSON)
    form = ReasonForm(request.POST or None, initial=_initial(opened))

    def work(form: ReasonForm) -> Referral:
        given = form.cleaned_data
        return refuse_for_person(opened.referral, given["reason"], given["on"], opened.by(given["seen_version"]))

    heading, done = _("La personne refuse"), _("C’est noté : la page du partenaire est fermée.")
    return _step(request, opened, form, heading, _("Noter son refus"), work, done)


@open_to(*PARTIES)
@require_http_methods(["GET", "POST"])
def answered(request: Request, person_id: int, referral_id: int) -> HttpResponse:
    """Note what the partner answered by telephone or by letter."""
    opened = _expecting(request, person_id, referral_id, Move.ACCEPT)
    form = AnswerForm(request.POST or None, initial=_initial(opened))

    def work(form: AnswerForm) -> Referral:
        given, referral = form.cleaned_data, opened.referral
        by, at = opened.by(given["seen_version"]), form.appointment()
        if given["answer"] == "accept":
            return accept(referral, by, at)
        if given["answer"] == "wait":
            return put_on_waiting_list(referral, by, given["full_until"])
        if given["answer"] == "refuse":
            return refuse_for_partner(referral, given["reason"], by)
        if at is None:
            raise Http404
        return propose_date(referral, at, by)

    heading = _("Noter la réponse du partenaire")
    return _step(request, opened, form, heading, _("Enregistrer la réponse"), work, _("La réponse est notée."))


@open_to(*PARTIES)
@require_http_methods(["GET", "POST"])
def begun(request: Request, person_id: int, referral_id: int) -> HttpResponse:
    """Note that it began: keys handed over, a first day."""
    opened = _expecting(request, person_id, referral_id, Move.START)
    form = DayForm(request.POST or None, initial=_initial(opened))

    def work(form: DayForm) -> Referral:
        given = form.cleaned_data
        return start(opened.referral, given["on"], opened.by(given["seen_version"]))

    return _step(request, opened, form, _("C’est commencé"), _("Noter le début"), work, _("Le début est noté."))


@open_to(*PARTIES)
@require_http_methods(["GET", "POST"])
def ended(request: Request, person_id: int, referral_id: int) -> HttpResponse:
    """Note how it ended."""
    opened = _expecting(request, person_id, referral_id, Move.COMPLETE)
    form = FinishForm(request.POST or None, initial=_initial(opened))

    def work(form: FinishForm) -> Referral:
        given = form.cleaned_data
        by = opened.by(given["seen_version"])
        return finish(opened.referral, given["on"], by, completed=given["completed"] == "yes")

    return _step(request, opened, form, _("C’est terminé"), _("Noter la fin"), work, _("La fin est notée."))


@open_to(*CARE)
@require_http_methods(["GET", "POST"])
def changed(request: Request, person_id: int, referral_id: int) -> HttpResponse:
    """Confirm what the start changed in the person's life: only then is it a fact of hers."""
    opened = open_referral(request, person_id, referral_id)
    suggestion = fact_meant(opened.referral, opened.reach.written)
    if suggestion is None:
        raise Http404
    form = FactForm(request.POST or None, suggestion=suggestion, initial={"seen_version": opened.referral.pk})

    def work(form: FactForm) -> Referral:
        given = form.cleaned_data
        by = opened.by(given["seen_version"])
        confirm_fact(opened.referral, given["choice"], given["on"], by, opened.reach.written)
        return opened.referral

    heading, done = _("Ce qui a changé pour la personne"), _("C’est noté dans sa situation.")
    return _step(request, opened, form, heading, _("Confirmer"), work, done)


@open_to(*PARTIES)
@require_http_methods(["GET", "POST"])
def noted(request: Request, person_id: int, referral_id: int) -> HttpResponse:
    """Write a message to the other parties."""
    opened = open_referral(request, person_id, referral_id)
    audiences = [Audience.OFFICERS, Audience.PARTNER] if opened.referral.sent_on else [Audience.OFFICERS]
    form = NoteForm(request.POST or None, audiences=audiences)

    def work(form: NoteForm) -> str:
        given = form.cleaned_data
        write_note(opened.referral, given["words"], opened.side, Audience(given["audience"]), opened.today)
        return page_of(opened.referral)

    def page(status: int) -> HttpResponse:
        heading, back = _("Écrire un message"), page_of(opened.referral)
        return form_page(request, opened.person, form, heading, _("Envoyer le message"), status, back=back)

    return answer(request, form, work, page)


@open_to(*CARE)
@require_POST
def confirmed(request: Request, person_id: int, referral_id: int) -> HttpResponse:
    """The day that the partner proposed suits the person."""
    return _pressed_by(request, person_id, referral_id, confirm_date, _("La date est confirmée."))


@open_to(*CARE)
@require_POST
def cancelled(request: Request, person_id: int, referral_id: int) -> HttpResponse:
    """The referral has no object any more."""
    return _pressed_by(request, person_id, referral_id, cancel, _("La mise en relation est annulée."))


@open_to(*PARTIES)
@require_POST
def undone(request: Request, person_id: int, referral_id: int) -> HttpResponse:
    """Take back the last step, noted by mistake."""
    return _pressed_by(request, person_id, referral_id, undo, _("L’étape est reprise."))


@open_to(*CARE)
@require_POST
def withdrawn(request: Request, person_id: int, referral_id: int) -> HttpResponse:
    """The person takes back her agreement with the partner: its page closes at once."""
    opened = open_referral(request, person_id, referral_id)

    def work() -> Referral:
        withdraw_sharing(opened.referral, opened.today)
        return opened.referral

    done = _("L’accord est retiré : la page du partenaire est fermée. Ce qui a été envoyé reste listé.")
    return _pressed(request, opened, work, done)
