"""Addresses of the statuses that the FSE+ asks for."""

from django.urls import path

from convergence.web.funds import views

urlpatterns = [
    path("<int:person_id>/suite/fse/<slug:stage>/", views.status, name="fund-status"),
]
