"""Addresses of one person's hours."""

from django.urls import path

from convergence.web.hours import person

urlpatterns = [
    path("<int:person_id>/heures/", person.person_hours, name="person-hours"),
    path("<int:person_id>/heures/phc/<uuid:contract>/", person.plan, name="plan-phc"),
    path("<int:person_id>/heures/semaines/<int:week_id>/", person.week, name="phc-week"),
    path("<int:person_id>/heures/semaines/<int:week_id>/retirer/", person.withdraw_week, name="withdraw-phc-week"),
]
