"""Addresses of the end of a path."""

from django.urls import path

from convergence.web.exits import views

urlpatterns = [
    path("<int:person_id>/suite/fin-de-parcours/", views.new, name="new-exit"),
    path("<int:person_id>/suite/fin-de-parcours/<int:exit_id>/annuler/", views.undo_exit, name="undo-exit"),
]
