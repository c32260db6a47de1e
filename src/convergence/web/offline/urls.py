"""Addresses of the page that works off-line; its worker's scope is this folder and nothing else."""

from django.urls import path

from convergence.web.offline import views

urlpatterns = [
    path("", views.page, name="offline"),
    path("travailleur.js", views.worker, name="offline-worker"),
    path("journee/", views.day, name="offline-day"),
    path("notes/<int:person_id>/", views.note, name="offline-note"),
]
