"""What one may set, and one's own account."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from convergence.access.models import User
from convergence.territories.administering import change
from convergence.territories.models import Site, Territory
from convergence.vocabulary.roles import Role
from convergence.web.handling import answer
from convergence.web.requests import Request
from convergence.web.rules import CARE, open_to, signed_in
from convergence.web.settings.forms import OwnNameForm
from convergence.web.settings.means import KEEPERS
from convergence.web.settings.pages import actor_of


@open_to(*KEEPERS)
@require_safe
def settings(request: Request) -> HttpResponse:
    identity = request.identity
    context = {
        "is_administrator": identity.holds(Role.ADMINISTRATOR),
        "administers_all": identity.administers_all,
        "coordinates": identity.holds(Role.COORDINATOR),
        "sites": Site.objects.filter(open_over__contains=identity.today, pk__in=identity.site_ids(Role.SITE_MANAGER)),
        "territories": Territory.objects.filter(pk__in=identity.territory_ids(Role.COORDINATOR)),
    }
    return render(request, "settings/home.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def my_account(request: Request) -> HttpResponse:
    account = User.objects.get(pk=actor_of(request).pk)
    form = OwnNameForm(request.POST or None, row=account)

    def work(form: OwnNameForm) -> str:
        given = form.cleaned_data
        change(account, given["seen"], given_name=given["given_name"], family_name=given["family_name"])
        messages.success(request, _("Votre nom est enregistré."))
        return reverse("my-account")

    def page(status: int) -> HttpResponse:
        context = {
            "form": form,
            "account": account,
            "missions": request.identity.missions,
            "keeps_appointments": request.identity.holds(*CARE),
        }
        return render(request, "settings/my_account.html", context, status=status)

    return answer(request, form, work, page, form.told)
