"""Addresses of a person's placements and trainings."""

from django.urls import path

from convergence.web.placements import views

PLACEMENT = "<int:person_id>/parcours/immersions/<int:placement_id>/"
TRAINING = "<int:person_id>/parcours/formations/<int:training_id>/"

urlpatterns = [
    path("<int:person_id>/parcours/immersions/nouvelle/", views.new_placement, name="new-placement"),
    path(PLACEMENT, views.detail, name="placement"),
    path(f"{PLACEMENT}corriger/", views.correct, name="correct-placement"),
    path(f"{PLACEMENT}resultat/", views.result, name="placement-result"),
    path(f"{PLACEMENT}retirer/", views.withdraw, name="withdraw-placement"),
    path("<int:person_id>/parcours/formations/nouvelle/", views.new_training, name="new-training"),
    path(TRAINING, views.detail, name="training"),
    path(f"{TRAINING}corriger/", views.correct, name="correct-training"),
    path(f"{TRAINING}resultat/", views.result, name="training-result"),
    path(f"{TRAINING}retirer/", views.withdraw, name="withdraw-training"),
]
