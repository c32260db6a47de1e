"""Addresses of a person's needs."""

from django.urls import path

from convergence.web.needs import views

urlpatterns = [
    path("<int:person_id>/besoins/", views.needs, name="needs"),
    path("<int:person_id>/besoins/evaluer/<slug:part>/", views.review, name="review-needs"),
    path("<int:person_id>/besoins/evaluations/<int:need_id>/", views.need, name="need"),
    path("<int:person_id>/besoins/evaluations/<int:need_id>/corriger/", views.correct, name="correct-need"),
    path("<int:person_id>/besoins/evaluations/<int:need_id>/retirer/", views.withdraw, name="withdraw-need"),
]
