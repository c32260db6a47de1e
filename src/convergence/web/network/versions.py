"""Contacts, agreements and exchanges of a partner: added, corrected, withdrawn."""

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from convergence.network.agreements import add_agreement, correct_agreement
from convergence.network.exchanges import correct_exchange, note_exchange, take_step, telling_words
from convergence.network.models import Agreement, Contact, Exchange
from convergence.network.partners import add_contact, correct_contact, say_address
from convergence.network.policies import KEEPERS, SPEAKERS
from convergence.platform.dated import withdraw
from convergence.platform.errors import Refused
from convergence.web.handling import act, answer, see_anew
from convergence.web.network.common import (
    form_page,
    kept_or_404,
    partner_or_404,
    speaks,
    standing_or_404,
    to_partner,
    unchanged,
    way,
)
from convergence.web.network.forms import AgreementForm, ContactForm, ExchangeForm
from convergence.web.requests import Request
from convergence.web.rules import open_to


@open_to(*KEEPERS)
@require_http_methods(["GET", "POST"])
def new_contact(request: Request, partner_id: int) -> HttpResponse:
    """Somebody who works at the partner."""
    partner = kept_or_404(request, partner_or_404(partner_id))
    form = ContactForm(request.POST or None, partner=partner)

    def work(form: ContactForm) -> str:
        add_contact(partner, form.facts(), today=request.identity.today)
        messages.success(request, _("Le contact est ajouté."))
        return to_partner(partner)[0]

    page = form_page(request, form, _("Ajouter un contact"), _("Ajouter le contact"), way(to_partner(partner)))
    return answer(request, form, work, page)


@open_to(*KEEPERS)
@require_http_methods(["GET", "POST"])
def change_contact(request: Request, partner_contact_id: int) -> HttpResponse:
    """Correct a contact, or note her consent."""
    row = kept_or_404(request, standing_or_404(Contact, partner_contact_id))
    form = ContactForm(request.POST or None, partner=row.partner, row=row)

    def work(form: ContactForm) -> str:
        unchanged(row, form)
        correct_contact(row, form.facts(), today=request.identity.today)
        messages.success(request, _("Le contact est enregistré."))
        return to_partner(row.partner)[0]

    page = form_page(request, form, _("Corriger le contact"), _("Enregistrer le contact"), way(to_partner(row.partner)))
    return answer(request, form, work, page, partial(see_anew, form))


@open_to(*KEEPERS)
@require_POST
def contact_address(request: Request, partner_contact_id: int) -> HttpResponse:
    """Letters to this address come back; pressed again, it works anew."""
    row = kept_or_404(request, standing_or_404(Contact, partner_contact_id))
    works = row.refused_on is not None
    done = _("C’est noté : on peut à nouveau lui écrire.") if works else _("C’est noté : plus rien ne part là-bas.")
    act(request, partial(say_address, row, works=works, today=request.identity.today), done)
    return redirect("partner", partner_id=row.partner_id)


@open_to(*KEEPERS)
@require_POST
def remove_contact(request: Request, partner_contact_id: int) -> HttpResponse:
    """She no longer works there, or no longer wishes to be contacted."""
    return _remove(request, kept_or_404(request, standing_or_404(Contact, partner_contact_id)), _("Contact retiré."))


@open_to(*KEEPERS)
@require_http_methods(["GET", "POST"])
def new_agreement(request: Request, partner_id: int) -> HttpResponse:
    """What is agreed with the partner."""
    partner = kept_or_404(request, partner_or_404(partner_id))
    form = AgreementForm(request.POST or None, partner=partner, initial={"domains": partner.domains})

    def work(form: AgreementForm) -> str:
        add_agreement(partner, form.facts(), today=request.identity.today)
        messages.success(request, _("La convention est notée."))
        return to_partner(partner)[0]

    page = form_page(request, form, _("Noter une convention"), _("Noter la convention"), way(to_partner(partner)))
    return answer(request, form, work, page)


@open_to(*KEEPERS)
@require_http_methods(["GET", "POST"])
def change_agreement(request: Request, agreement_id: int) -> HttpResponse:
    """Correct, extend or end an agreement."""
    row = kept_or_404(request, standing_or_404(Agreement, agreement_id))
    form = AgreementForm(request.POST or None, partner=row.partner, row=row)

    def work(form: AgreementForm) -> str:
        unchanged(row, form)
        correct_agreement(row, form.facts(), today=request.identity.today)
        messages.success(request, _("La convention est enregistrée."))
        return to_partner(row.partner)[0]

    page = form_page(
        request,
        form,
        _("Corriger ou prolonger la convention"),
        _("Enregistrer la convention"),
        way(to_partner(row.partner)),
        intro=_("Pour la renouveler, donnez-lui son nouveau dernier jour : ce qu’elle disait avant reste lisible."),
    )
    return answer(request, form, work, page, partial(see_anew, form))


@open_to(*KEEPERS)
@require_POST
def remove_agreement(request: Request, agreement_id: int) -> HttpResponse:
    """It was noted by mistake."""
    row = kept_or_404(request, standing_or_404(Agreement, agreement_id))
    return _remove(request, row, _("Convention retirée : elle était notée par erreur."))


@open_to(*SPEAKERS)
@require_http_methods(["GET", "POST"])
def new_exchange(request: Request, partner_id: int) -> HttpResponse:
    """What was said with the partner."""
    partner = partner_or_404(partner_id)
    if not speaks(request, partner.territory_id):
        raise Http404
    form = ExchangeForm(
        request.POST or None, partner=partner, initial={"held_on": request.identity.today, "kind": "call"}
    )

    def work(form: ExchangeForm) -> str:
        _nobody_is_named(form)
        note_exchange(partner, form.facts(), today=request.identity.today)
        messages.success(request, _("L’échange est noté."))
        return f"{to_partner(partner)[0]}#echanges"

    page = form_page(request, form, _("Noter un échange"), _("Noter l’échange"), way(to_partner(partner)))
    return answer(request, form, work, page)


@open_to(*SPEAKERS)
@require_http_methods(["GET", "POST"])
def change_exchange(request: Request, exchange_id: int) -> HttpResponse:
    """Correct what was noted."""
    row = standing_or_404(Exchange, exchange_id)
    form = ExchangeForm(request.POST or None, partner=row.partner, row=row)

    def work(form: ExchangeForm) -> str:
        unchanged(row, form)
        _nobody_is_named(form)
        correct_exchange(row, form.facts(), today=request.identity.today)
        messages.success(request, _("L’échange est enregistré."))
        return f"{to_partner(row.partner)[0]}#echanges"

    page = form_page(request, form, _("Corriger l’échange"), _("Enregistrer l’échange"), way(to_partner(row.partner)))
    return answer(request, form, work, page, partial(see_anew, form))


@open_to(*SPEAKERS)
@require_POST
def remove_exchange(request: Request, exchange_id: int) -> HttpResponse:
    """It was noted by mistake."""
    return _remove(request, standing_or_404(Exchange, exchange_id), _("Échange retiré."))


@open_to(*SPEAKERS)
@require_POST
def step_taken(request: Request, exchange_id: int) -> HttpResponse:
    """The next step of an exchange was taken."""
    row = standing_or_404(Exchange, exchange_id)
    act(request, partial(take_step, row, request.identity.today), _("C’est fait : bien noté."))
    return redirect(to_partner(row.partner)[0])


def _nobody_is_named(form: ExchangeForm) -> None:
    """:raises Refused: words may tell of a person, and nobody said that they do not."""
    if form.cleaned_data["nobody_named"]:
        return
    words = telling_words(f"{form.cleaned_data['words']} {form.cleaned_data['next_step']}")
    if words:
        form.ask_whether_named(words)
        raise Refused(_("Relisez avant d’enregistrer : ce fil n’est pas le dossier d’une personne."))


def _remove(request: Request, row: "Contact | Agreement | Exchange", done: str) -> HttpResponse:
    act(request, partial(withdraw, row), done)
    return redirect(to_partner(row.partner)[0])
