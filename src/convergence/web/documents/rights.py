"""Noting in one touch what was done to keep a right, and undoing it."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from convergence.platform.errors import Refused
from convergence.platform.submissions import once
from convergence.support.models import RightAct
from convergence.support.rights.recording import note_act
from convergence.vocabulary.right_acts import RIGHT_ACTS
from convergence.web.documents.common import documents_of
from convergence.web.fields import DayField
from convergence.web.handling import take_back
from convergence.web.people.looking import open_person
from convergence.web.requests import Request
from convergence.web.rules import CARE, open_to


class ActForm(forms.Form):
    """When it was done, and for which time."""

    done_on = DayField(label=gettext_lazy("Fait le"), error_messages={"required": gettext_lazy("Donnez une date.")})
    occurrence = DayField(required=False, widget=forms.HiddenInput)


@open_to(*CARE)
@require_POST
def note(request: Request, person_id: int, act: str) -> HttpResponse:
    """Note that it is done; a date that cannot be is said, and nothing is written."""
    person, reach = open_person(request, person_id)
    subject = RIGHT_ACTS.get(act)
    if subject is None or subject.compartment.value not in reach.written:
        raise Http404
    back = f"{documents_of(person)}#papiers-et-droits"

    def work() -> HttpResponse:
        form = ActForm(request.POST)
        try:
            if not form.is_valid():
                raise Refused(next(iter(form.errors.values()))[0])
            given = form.cleaned_data
            noted = note_act(
                person.pk, act, given["done_on"], occurrence=given["occurrence"], today=request.identity.today
            )
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            undo = reverse("undo-right-act", args=[person.pk, noted.pk])
            messages.success(request, _("C’est noté."), extra_tags=f"undo:{undo}")
        return redirect(back)

    return once(request, work)


@open_to(*CARE)
@require_POST
def undo(request: Request, person_id: int, act_id: int) -> HttpResponse:
    """Take back what was noted a moment ago: it is asked for again."""
    person, _reach = open_person(request, person_id)
    noted = RightAct.objects.filter(person=person, pk=act_id).first()
    if noted is None:
        raise Http404
    take_back(request, noted, _("C’est annulé."))
    return redirect(f"{documents_of(person)}#papiers-et-droits")
