"""Accounts and missions: who may sign in, and who works where, as what, from when to when."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convergence.access.models import User
from convergence.territories import administering
from convergence.territories.models import Mission, Site, Territory
from convergence.territories.periods import ONE_DAY
from convergence.vocabulary.roles import Role
from convergence.web.handling import answer
from convergence.web.requests import Request
from convergence.web.rules import open_to
from convergence.web.settings.forms import AccountForm, ClosingForm, MissionDatesForm, MissionForm, SettingForm
from convergence.web.settings.history import history_of
from convergence.web.settings.invitations import forget_addresses, invite, tell_former_address
from convergence.web.settings.pages import Places, actor_of, administers_mission, form_page, mission_rows, way
from convergence.web.settings.second_factor import has_second_factor, withdraw_second_factor

PAGE = 50
PREFILLED = ("lieu", "fonction")
"""What an address may say beforehand of a mission to give: "site-12" or "territory-3", and the role's code."""
WITH_PLACES = Mission.objects.select_related("site__territory", "territory", "user")


def setup_address(where: Site | Territory | None) -> str:
    """Where the setting up of a place is followed; empty for the whole instance."""
    if where is None:
        return ""
    return reverse("site-setup" if isinstance(where, Site) else "territory-setup", args=[where.pk])


def _way_to(account: User | None = None) -> Places:
    places = way((reverse("accounts"), _("Comptes et missions")))
    if account:
        places.append((reverse("account", args=[account.pk]), account.get_full_name()))
    return places


def _accounts(request: Request) -> QuerySet[User]:
    """Every account; for the administrator of a territory, those that she opened or that have worked there."""
    if request.identity.administers_all:
        return User.objects.all()
    own = request.identity.territory_ids(Role.ADMINISTRATOR)
    worked = Mission.objects.filter(Q(site__territory__in=own) | Q(territory__in=own))
    return User.objects.filter(Q(opened_by=actor_of(request)) | Q(pk__in=worked.values("user")))


def _account_or_404(request: Request, account_id: int, *, changing: bool = False) -> User:
    """:raises Refused: ``changing`` an account that signs in on another territory too."""
    account = get_object_or_404(_accounts(request), pk=account_id)
    if changing:
        administering.check_may_change(request.identity, account)
    return account


def _found(accounts: QuerySet[User], words: str) -> QuerySet[User]:
    """Accounts whose names or address contain each of the words."""
    for word in words.split()[:8]:
        accounts = accounts.filter(
            Q(given_name__unaccent__icontains=word)
            | Q(family_name__unaccent__icontains=word)
            | Q(email__icontains=word)
        )
    return accounts


@open_to(Role.ADMINISTRATOR)
@require_safe
def accounts(request: Request) -> HttpResponse:
    words = request.GET.get("q", "").replace("\x00", "").strip()[:80]
    closed = request.GET.get("comptes") == "fermes"
    found = _found(_accounts(request), words)
    counted = found.aggregate(open=Count("pk", filter=Q(is_active=True)), closed=Count("pk", filter=Q(is_active=False)))
    running = Prefetch(
        "missions", WITH_PLACES.filter(valid__contains=request.identity.today), to_attr="missions_of_today"
    )
    shown = found.filter(is_active=not closed).prefetch_related(running).order_by("family_name", "given_name", "pk")
    context = {
        "words": words,
        "places": way(),
        "closed": closed,
        "counted": counted,
        "page": Paginator(shown, PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "settings/accounts.html", context)


@open_to(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def open_account(request: Request) -> HttpResponse:
    form = AccountForm(request.POST or None)
    page = form_page(
        request,
        form,
        _("Ouvrir un compte"),
        _("Ouvrir le compte et envoyer l’invitation"),
        _way_to(),
        intro=_("La personne reçoit un message avec un lien pour choisir elle-même son mot de passe."),
    )

    def work(form: AccountForm) -> str:
        given = form.cleaned_data
        actor = actor_of(request)
        account = administering.open_account(
            given["email"], given["given_name"], given["family_name"], actor_id=actor.pk
        )
        invite(request, account, actor)
        messages.success(
            request, _("Le compte est ouvert et l’invitation part. Donnez maintenant une mission à cette personne.")
        )
        # From the list of what is left to set up, the place and the function are known already.
        asked = {name: request.GET[name] for name in PREFILLED if name in request.GET}
        if asked:
            return f"{reverse('give-mission', args=[account.pk])}?{urlencode(asked)}"
        return reverse("account", args=[account.pk])

    return answer(request, form, work, page)


@open_to(Role.ADMINISTRATOR)
@require_safe
def account(request: Request, account_id: int) -> HttpResponse:
    account = _account_or_404(request, account_id)
    actor = actor_of(request)
    missions = list(WITH_PLACES.filter(user=account).order_by("-valid"))
    context = {
        "account": account,
        "places": _way_to(),
        "rows": mission_rows(missions, request),
        "is_own": account.pk == actor.pk,
        "may_change": administering.may_change(request.identity, account),
        "has_second_factor": has_second_factor(account),
        "history": history_of([account, *missions], request.identity.today),
    }
    return render(request, "settings/account.html", context)


@open_to(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def change_account(request: Request, account_id: int) -> HttpResponse:
    account = _account_or_404(request, account_id, changing=True)
    former = account.email
    form = AccountForm(request.POST or None, row=account)
    page = form_page(request, form, _("Modifier le compte"), _("Enregistrer le compte"), _way_to(account))

    def work(form: AccountForm) -> str:
        given = form.cleaned_data
        changed = administering.change_account(
            account, given["seen"], given["email"], given["given_name"], given["family_name"]
        )
        forget_addresses(changed)
        if changed.email != former:
            tell_former_address(request, changed, former, actor_of(request))
        messages.success(request, _("Le compte est modifié."))
        return reverse("account", args=[account.pk])

    return answer(request, form, work, page, form.told)


@open_to(Role.ADMINISTRATOR)
@require_POST
def send_invitation(request: Request, account_id: int) -> HttpResponse:
    account = _account_or_404(request, account_id, changing=True)
    if account.is_active:
        invite(request, account, actor_of(request))
        messages.success(request, _("Une nouvelle invitation part à l’adresse %s.") % account.email)
    else:
        messages.error(request, _("Ce compte est fermé : rouvrez-le avant d’envoyer une invitation."))
    return redirect("account", account_id=account.pk)


@open_to(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def close_account(request: Request, account_id: int) -> HttpResponse:
    account = _account_or_404(request, account_id, changing=True)
    form = ClosingForm(request.POST or None, row=account, today=request.identity.today)
    page = form_page(
        request,
        form,
        _("Fermer le compte"),
        _("Fermer le compte"),
        _way_to(account),
        intro=_("Cette personne ne pourra plus se connecter. Ce qu’elle a écrit reste, à son nom ; rien n’est effacé."),
        tone="late",
    )

    def work(form: ClosingForm) -> str:
        given = form.cleaned_data
        administering.close_account(account, given["seen"], given["last_day"], actor_id=actor_of(request).pk)
        messages.success(request, _("Le compte est fermé."))
        if account.missions.filter(valid__contains=given["last_day"] + ONE_DAY).exists():
            messages.warning(
                request,
                _(
                    "Une de ses missions suit encore des personnes : elle reste ouverte jusqu’à ce que la direction du "
                    "chantier les confie à quelqu’un d’autre, et ne lit plus rien."
                ),
            )
        return reverse("account", args=[account.pk])

    return answer(request, form, work, page, form.told)


@open_to(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def remove_second_factor(request: Request, account_id: int) -> HttpResponse:
    account = _account_or_404(request, account_id, changing=True)
    form = SettingForm(request.POST if request.method == "POST" else None)
    page = form_page(
        request,
        form,
        _("Retirer le code de connexion"),
        _("Retirer le code"),
        _way_to(account),
        intro=_(
            "Pour %s, dont le téléphone est perdu : son mot de passe suffira de nouveau pour entrer, ses codes de "
            "secours ne serviront plus, et un message l’en avertit. Assurez-vous que la demande vient bien de "
            "cette personne : vous ne pourrez pas remettre son code."
        )
        % account,
        tone="late",
    )

    def work(form: SettingForm) -> str:
        withdraw_second_factor(request, account, actor_of(request))
        messages.success(
            request, _("Le code de connexion est retiré ; un message part à l’adresse %s.") % account.email
        )
        return reverse("account", args=[account.pk])

    return answer(request, form, work, page)


@open_to(Role.ADMINISTRATOR)
@require_POST
def reopen_account(request: Request, account_id: int) -> HttpResponse:
    account = _account_or_404(request, account_id, changing=True)
    administering.reopen_account(account)
    messages.success(request, _("Le compte est de nouveau ouvert. Ses missions terminées le restent."))
    return redirect("account", account_id=account.pk)


@open_to(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def give_mission(request: Request, account_id: int) -> HttpResponse:
    account = _account_or_404(request, account_id)
    asked = {"place": request.GET.get("lieu", "")[:40], "role": request.GET.get("fonction", "")[:40]}
    form = MissionForm(request.POST or None, identity=request.identity, initial=asked)
    page = form_page(request, form, _("Donner une mission"), _("Donner cette mission"), _way_to(account))
    after = reverse("account", args=[account.pk])

    def work(form: MissionForm) -> str:
        given = form.cleaned_data
        administering.give_mission(
            account,
            given["role"],
            given["since"],
            given["last_day"],
            actor_id=actor_of(request).pk,
            site=form.sites.get(given["place"]),
            territory=form.territories.get(given["place"]),
        )
        messages.success(request, _("La mission est enregistrée."))
        if "lieu" in request.GET:
            # Given from the list of what is left to set up there: the way leads back to it.
            return setup_address(form.sites.get(given["place"]) or form.territories.get(given["place"])) or after
        return after

    return answer(request, form, work, page)


@open_to(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def change_mission(request: Request, mission_id: int) -> HttpResponse:
    mission = get_object_or_404(WITH_PLACES, pk=mission_id)
    if not administers_mission(request, mission):
        raise Http404
    form = MissionDatesForm(request.POST or None, row=mission)
    where = mission.site or mission.territory or _("toute l’instance")
    page = form_page(
        request,
        form,
        _("Dates de la mission"),
        _("Enregistrer les dates"),
        _way_to(mission.user),
        intro=f"{mission}, {where}.",
    )

    def work(form: MissionDatesForm) -> str:
        given = form.cleaned_data
        administering.date_mission(
            mission, given["seen"], given["since"], given["last_day"], actor_id=actor_of(request).pk
        )
        messages.success(request, _("Les dates de la mission sont enregistrées."))
        return reverse("account", args=[mission.user_id])

    return answer(request, form, work, page, form.told)
