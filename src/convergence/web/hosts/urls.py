"""Addresses of what a host reads."""

from django.urls import path

from convergence.web.hosts import views

urlpatterns = [
    path("", views.hosted, name="hosted"),
    path("<int:person_id>/", views.person, name="hosted-person"),
]
