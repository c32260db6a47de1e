"""Addresses of the network."""

from django.urls import path

from convergence.web.network import answering, map_page, offers, partners, versions

urlpatterns = [
    path("", partners.network, name="network"),
    path("carte/", map_page.show, name="network-map"),
    path("chantiers/<int:site_id>/situer/", partners.locate_site, name="locate-site"),
    path("offres/", offers.listed, name="offers"),
    path("offres/demander/", offers.ask, name="ask-places"),
    path("offres/<int:network_offer_id>/", offers.offer, name="offer"),
    path("offres/<int:network_offer_id>/corriger/", offers.change_offer, name="change-offer"),
    path("offres/<int:network_offer_id>/places/", offers.say, name="say-places"),
    path("partenaires/nouveau/", partners.new_partner, name="new-partner"),
    path("partenaires/<int:partner_id>/", partners.partner, name="partner"),
    path("partenaires/<int:partner_id>/corriger/", partners.change_partner, name="change-partner"),
    path("partenaires/<int:partner_id>/fin/", partners.end_partner, name="end-partner"),
    path("partenaires/<int:partner_id>/etablissements/nouveau/", partners.new_branch, name="new-branch"),
    path("partenaires/<int:partner_id>/contacts/nouveau/", versions.new_contact, name="new-partner-contact"),
    path("partenaires/<int:partner_id>/conventions/nouvelle/", versions.new_agreement, name="new-agreement"),
    path("partenaires/<int:partner_id>/offres/nouvelle/", offers.new_offer, name="new-offer"),
    path("partenaires/<int:partner_id>/echanges/nouveau/", versions.new_exchange, name="new-exchange"),
    path("etablissements/<int:branch_id>/corriger/", partners.change_branch, name="change-branch"),
    path("etablissements/<int:branch_id>/trajet/", partners.travel, name="branch-travel"),
    path("contacts/<int:partner_contact_id>/corriger/", versions.change_contact, name="change-partner-contact"),
    path("contacts/<int:partner_contact_id>/adresse/", versions.contact_address, name="partner-contact-address"),
    path("contacts/<int:partner_contact_id>/retirer/", versions.remove_contact, name="remove-partner-contact"),
    path("conventions/<int:agreement_id>/corriger/", versions.change_agreement, name="change-agreement"),
    path("conventions/<int:agreement_id>/retirer/", versions.remove_agreement, name="remove-agreement"),
    path("echanges/<int:exchange_id>/corriger/", versions.change_exchange, name="change-exchange"),
    path("echanges/<int:exchange_id>/retirer/", versions.remove_exchange, name="remove-exchange"),
    path("echanges/<int:exchange_id>/fait/", versions.step_taken, name="step-taken"),
]

answered = [
    path("<str:ask_token>/", answering.answer_places, name="answer-places"),
    path("<str:ask_token>/nouveau-lien/", answering.renew, name="renew-answer-places"),
]
"""What a partner reaches by a single-purpose link."""
