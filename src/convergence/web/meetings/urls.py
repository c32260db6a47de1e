"""Addresses of meetings: under a person's file, and the actor's own."""

from django.urls import path

from convergence.web.meetings import appointments, feed, groups, joint, views

about_a_person = [
    path("<int:person_id>/rendez-vous/", views.meetings, name="meetings"),
    path("<int:person_id>/rendez-vous/nouveau/", appointments.new, name="new-appointment"),
    path("<int:person_id>/rendez-vous/<int:appointment_id>/", appointments.appointment, name="appointment"),
    path("<int:person_id>/rendez-vous/<int:appointment_id>/modifier/", appointments.change, name="change-appointment"),
    path("<int:person_id>/rendez-vous/<int:appointment_id>/annuler/", appointments.cancel, name="cancel-appointment"),
    path("<int:person_id>/rendez-vous/<int:appointment_id>/presence/", appointments.note, name="note-appointment"),
    path("<int:person_id>/rendez-vous/<int:appointment_id>/rouvrir/", appointments.reopen, name="reopen-appointment"),
    path(
        "<int:person_id>/rendez-vous/<int:appointment_id>/retirer/", appointments.withdraw, name="withdraw-appointment"
    ),
    path("<int:person_id>/concerte/informer/", joint.new, name="new-joint-support"),
    path("<int:person_id>/concerte/<int:joint_id>/", joint.joint, name="joint-support"),
    path("<int:person_id>/concerte/<int:joint_id>/opposition/", joint.objection, name="joint-objection"),
    path("<int:person_id>/concerte/<int:joint_id>/retirer/", joint.withdraw, name="withdraw-joint-support"),
]

urlpatterns = [
    path("rendez-vous/", views.mine, name="my-meetings"),
    path("rendez-vous/collectif/nouveau/", groups.new, name="new-gathering"),
    path("rendez-vous/collectif/<int:group_id>/", groups.correct, name="gathering"),
    path("mon-compte/calendrier/", feed.my_feed, name="my-feed"),
    path("mon-compte/calendrier/fermer/", feed.close, name="close-my-feed"),
    path("calendrier/<str:token>.ics", feed.feed, name="calendar-feed"),
]
