"""The person takes back what she agreed to share with the officers: they read her name no more."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from convergence.people.models import Sharing
from convergence.people.sharing.recording import withdraw_agreement
from convergence.web.handling import act
from convergence.web.people.looking import open_person
from convergence.web.referrals.common import list_of
from convergence.web.requests import Request
from convergence.web.rows import row_of
from convergence.web.rules import CARE, open_to


@open_to(*CARE)
@require_POST
def withdraw(request: Request, person_id: int, sharing_id: int) -> HttpResponse:
    """Withdraw an agreement with the officers; one with a partner is withdrawn on its referral's page."""
    person, _reach = open_person(request, person_id)
    sharing = row_of(Sharing, person, sharing_id)
    done = _("L’accord est retiré : l’équipe mutualisée ne lit plus rien d’elle dans ce domaine.")
    act(request, lambda: withdraw_agreement(sharing, request.identity.today), done)
    return redirect(list_of(person))
