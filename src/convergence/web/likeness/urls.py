"""Addresses of the files that look alike."""

from django.urls import path

from convergence.web.likeness import views

urlpatterns = [
    path("", views.likenesses, name="likenesses"),
    path("comparer/", views.compare, name="compare-files"),
    path("decisions/", views.decisions, name="likeness-decisions"),
    path("<int:likeness_id>/", views.likeness, name="likeness"),
    path("<int:likeness_id>/defaire/", views.undo, name="undo-likeness"),
]
