"""Addresses of what follows a path."""

from django.urls import path

from convergence.web.after import views

urlpatterns = [
    path("<int:person_id>/suite/", views.after, name="after"),
]
