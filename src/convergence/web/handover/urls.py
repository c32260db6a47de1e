"""Addresses of who follows whom."""

from django.urls import path

from convergence.web.handover import views

urlpatterns = [
    path("", views.balance, name="care-balance"),
    path("<int:mission_id>/confier/", views.give, name="give-people"),
    path("recues/", views.received, name="received-people"),
    path("demandes/<int:offer_id>/reprendre/", views.take_back_offer, name="take-back-offer"),
    path("sans-referent/", views.find_referents, name="find-referents"),
]
