"""Addresses of case conferences."""

from django.urls import path

from convergence.web.conferences import decisions, views

urlpatterns = [
    path("reunions/", views.conferences, name="conferences"),
    path("reunions/nouvelle/", views.new, name="new-conference"),
    path("reunions/<int:conference_id>/", views.conference, name="conference"),
    path("reunions/<int:conference_id>/modifier/", views.change, name="change-conference"),
    path("reunions/<int:conference_id>/annuler/", views.cancel, name="cancel-conference"),
    path("reunions/<int:conference_id>/ordre-du-jour/", views.sheet, name="conference-sheet"),
    path("reunions/<int:conference_id>/personnes/ajouter/", views.add, name="add-to-agenda"),
    path("personnes/<int:person_id>/reunions/<int:discussion_id>/avancer/", decisions.move, name="move-up-on-agenda"),
    path(
        "personnes/<int:person_id>/reunions/<int:discussion_id>/retirer/",
        decisions.take_off,
        name="take-off-agenda",
    ),
    path("personnes/<int:person_id>/reunions/<int:discussion_id>/decider/", decisions.new, name="new-decision"),
    path(
        "personnes/<int:person_id>/decisions/<int:decision_id>/retirer/",
        decisions.withdraw_decision,
        name="withdraw-decision",
    ),
]
