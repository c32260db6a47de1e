"""Every address of the application; each view declares who may call it (web/rules.py)."""

from django.urls import include, path

from convergence.web import health
from convergence.web.people import views as people
from convergence.web.today import views as today

urlpatterns = [
    path("", today.home, name="home"),
    path("aujourdhui/", today.today, name="today"),
    path("personnes/", people.people, name="people"),
    path("personnes/<int:person_id>/", people.person, name="person"),
    path("personnes/<int:person_id>/noter/<slug:aspect>/", people.situation, name="record-situation"),
    path("sante/vie", health.alive, name="alive"),
    path("sante/pret", health.ready, name="ready"),
    path("compte/", include("allauth.urls")),
]
