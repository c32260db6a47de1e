"""Addresses of the desk."""

from django.urls import path

from convergence.web.desk import figures, territory, views

urlpatterns = [
    path("", views.desk, name="desk"),
    path("besoins/", views.needs, name="unmet-needs"),
    path("territoire/", territory.show, name="territory-drawn"),
    path("territoire/schema.svg", territory.picture, name="territory-picture"),
    path("chiffres/", figures.show, name="network-figures"),
    path("chiffres/chiffres.xlsx", figures.sheet, name="network-figures-sheet"),
    path("<str:block>/", views.whole_list, name="desk-list"),
]
