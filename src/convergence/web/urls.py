"""Every address of the application; each view declares who may call it (web/rules.py)."""

from django.urls import include, path

from convergence.web import health
from convergence.web.entry import urls as entry
from convergence.web.meetings import urls as meetings
from convergence.web.network import urls as network
from convergence.web.settings.home import my_account
from convergence.web.today import views as today

urlpatterns = [
    path("", today.home, name="home"),
    path("aujourdhui/", today.today, name="today"),
    path("personnes/", include("convergence.web.people.urls")),
    path("personnes/", include("convergence.web.support.urls")),
    path("personnes/", include("convergence.web.path.urls")),
    path("personnes/", include("convergence.web.placements.urls")),
    path("personnes/", include("convergence.web.needs.urls")),
    path("personnes/", include("convergence.web.goals.urls")),
    path("personnes/", include("convergence.web.referrals.urls")),
    path("personnes/", include("convergence.web.documents.urls")),
    path("personnes/", include("convergence.web.hours.person_urls")),
    path("personnes/", include(meetings.about_a_person)),
    path("", include(meetings.urlpatterns)),
    path("candidatures/", include(entry.listed)),
    path("personnes/", include("convergence.web.entry.urls")),
    path("heures/", include("convergence.web.hours.urls")),
    path("", include("convergence.web.conferences.urls")),
    path("hors-ligne/", include("convergence.web.offline.urls")),
    path("suivi/", include("convergence.web.handover.urls")),
    path("personnes/", include("convergence.web.after.urls")),
    path("personnes/", include("convergence.web.exits.urls")),
    path("personnes/", include("convergence.web.funds.urls")),
    path("accueil/", include("convergence.web.hosts.urls")),
    path("ressemblances/", include("convergence.web.likeness.urls")),
    path("importer/", include("convergence.web.intake.urls")),
    path("reseau/annuaire/", include("convergence.web.directory.urls")),
    path("reseau/", include("convergence.web.network.urls")),
    path("places/", include(network.answered)),
    path("reponse/", include("convergence.web.partner.urls")),
    path("propositions/", include("convergence.web.desk.urls")),
    path("evaluation/", include("convergence.web.evaluation.urls")),
    path("reglages/", include("convergence.web.settings.urls")),
    path("mon-compte/", my_account, name="my-account"),
    path("sante/pret", health.ready, name="ready"),
    path("compte/", include("allauth.urls")),
]
