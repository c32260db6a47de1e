"""Addresses of a person's goals and actions."""

from django.urls import path

from convergence.web.goals import actions, views

urlpatterns = [
    path("<int:person_id>/objectifs/nouveau/", views.new, name="new-goal"),
    path("<int:person_id>/objectifs/<int:goal_id>/", views.goal, name="goal"),
    path("<int:person_id>/objectifs/<int:goal_id>/corriger/", views.correct, name="correct-goal"),
    path("<int:person_id>/objectifs/<int:goal_id>/terminer/", views.close, name="close-goal"),
    path("<int:person_id>/objectifs/<int:goal_id>/retirer/", views.withdraw, name="withdraw-goal"),
    path("<int:person_id>/objectifs/<int:goal_id>/actions/nouvelle/", actions.new, name="new-action"),
    path("<int:person_id>/actions/<int:action_id>/", actions.settle, name="settle-action"),
    path("<int:person_id>/actions/<int:action_id>/modifier/", actions.correct, name="correct-action"),
    path("<int:person_id>/actions/<int:action_id>/rouvrir/", actions.reopen, name="reopen-action"),
    path("<int:person_id>/actions/<int:action_id>/retirer/", actions.withdraw, name="withdraw-action"),
]
