"""Addresses of a person's referrals."""

from django.urls import path

from convergence.web.referrals import agreements, steps, views

ONE = "<int:person_id>/mises-en-relation/<int:referral_id>/"

urlpatterns = [
    path("<int:person_id>/mises-en-relation/", views.listed, name="referrals"),
    path("<int:person_id>/mises-en-relation/nouvelle/", views.new, name="new-referral"),
    path("<int:person_id>/mises-en-relation/demander/", views.ask, name="ask-officers"),
    path("<int:person_id>/accords/<int:sharing_id>/retirer/", agreements.withdraw, name="withdraw-agreement"),
    path(ONE, views.shown, name="referral"),
    path(f"{ONE}offre/", views.choose_offer, name="referral-offer"),
    path(f"{ONE}proposer/", steps.put_to_her, name="propose-referral"),
    path(f"{ONE}accord/", steps.agreed, name="agree-referral"),
    path(f"{ONE}envoyer/", steps.sent, name="send-referral"),
    path(f"{ONE}adresse/", steps.undelivered, name="address-does-not-work"),
    path(f"{ONE}refus/", steps.refused_by_her, name="refuse-referral"),
    path(f"{ONE}reponse/", steps.answered, name="note-answer"),
    path(f"{ONE}date/", steps.confirmed, name="confirm-date"),
    path(f"{ONE}debut/", steps.begun, name="note-start"),
    path(f"{ONE}fin/", steps.ended, name="note-end"),
    path(f"{ONE}situation/", steps.changed, name="confirm-fact"),
    path(f"{ONE}message/", steps.noted, name="referral-note"),
    path(f"{ONE}annuler/", steps.cancelled, name="cancel-referral"),
    path(f"{ONE}reprendre/", steps.undone, name="undo-referral"),
    path(f"{ONE}retirer-accord/", steps.withdrawn, name="withdraw-sharing"),
]
