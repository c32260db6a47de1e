"""Addresses that a partner reaches without an account."""

from django.urls import path

from convergence.web.partner import lists, page

urlpatterns = [
    path("liste/", lists.ask, name="partner-list"),
    path("liste/code/", lists.type_code, name="partner-list-code"),
    path("liste/ouvrir/", lists.open_referral, name="open-listed"),
    path("liste/rendez-vous.ics", lists.calendar, name="partner-list-calendar"),
    path("liste/fermer/", lists.close, name="close-partner-list"),
    path("<str:token>/", page.answer_page, name="partner-answer"),
    path("<str:token>/nouveau-lien/", page.new_link, name="renew-partner-answer"),
]
