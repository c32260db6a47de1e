"""Recording a contact: in one touch from a list, or with its kind and day on a page of its own."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from convergence.support.contacts import record_contact, undo_contact
from convergence.territories.choices import offered_at
from convergence.vocabulary.contacts import ContactKind
from convergence.web.handling import act, answer
from convergence.web.people.looking import open_person
from convergence.web.requests import Request
from convergence.web.rules import CARE, open_to
from convergence.web.support.common import back, writes_social
from convergence.web.support.forms import ContactForm


@open_to(*CARE)
@require_http_methods(["GET", "POST"])
def record(request: Request, person_id: int) -> HttpResponse:
    """Somebody met, called or wrote to the person, or tried to; undone from the message that says it."""
    person, reach = open_person(request, person_id)
    writes_social(reach)
    today, actor = request.identity.today, request.identity.user
    form = ContactForm(
        request.POST if request.method == "POST" else None,
        today=today,
        without=offered_at(request.identity.sites(*CARE)).contacts_aside,
        initial={"next": back(request, reverse("person", args=[person.pk]))},
        auto_id="contact_%s",
    )

    def work(form: ContactForm) -> str:
        given = form.cleaned_data
        contact = record_contact(
            person.pk, given["kind"], given["on"], actor_id=actor.pk if actor else None, today=today
        )
        undo_address = reverse("undo-contact", args=[person.pk, contact.pk])
        words = _("%(name)s, c’est noté : %(kind)s.") % {
            "name": person.usual_name,
            "kind": ContactKind(contact.kind).label.lower(),
        }
        messages.success(request, words, extra_tags=f"undo:{undo_address}")
        return back(request, reverse("person", args=[person.pk]))

    def page(status: int) -> HttpResponse:
        return render(request, "support/contact.html", {"person": person, "form": form}, status=status)

    return answer(request, form, work, page)


@open_to(*CARE)
@require_POST
def undo(request: Request, person_id: int, contact_id: int) -> HttpResponse:
    person, _compartments = open_person(request, person_id)
    actor = request.identity.user
    act(
        request,
        partial(undo_contact, person, contact_id, actor_id=actor.pk if actor else None),
        _("C’est annulé : ce contact ne compte plus."),
    )
    return HttpResponseRedirect(back(request, reverse("person", args=[person.pk])))
