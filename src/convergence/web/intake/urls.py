"""Addresses of an import."""

from django.urls import path

from convergence.web.intake import results, views

urlpatterns = [
    path("", views.upload, name="import-people"),
    path("modele/", views.template_file, name="import-template"),
    path("<uuid:import_id>/colonnes/", views.columns, name="import-columns"),
    path("<uuid:import_id>/apercu/", views.preview, name="import-preview"),
    path("<uuid:import_id>/abandonner/", views.abandon, name="import-abandon"),
    path("<uuid:import_id>/avancement/", results.progress, name="import-progress"),
    path("<uuid:import_id>/resultat/", results.result, name="import-result"),
    path("<uuid:import_id>/a-corriger/", results.returned, name="import-returned"),
]
