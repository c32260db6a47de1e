"""Addresses of a person's path and of its decisions."""

from django.urls import path

from convergence.web.hosts import views as hosts
from convergence.web.path import amendments, contracts, extensions, reviews, suspensions, views

urlpatterns = [
    path("<int:person_id>/parcours/", views.path_page, name="path"),
    path("<int:person_id>/parcours/pass/", suspensions.new_pass, name="note-pass"),
    path("<int:person_id>/parcours/pass/fin/", suspensions.end, name="end-pass"),
    path("<int:person_id>/parcours/pass/<int:pass_id>/retirer/", suspensions.withdraw_pass, name="withdraw-pass"),
    path("<int:person_id>/parcours/suspensions/nouvelle/", suspensions.new, name="new-suspension"),
    path("<int:person_id>/parcours/suspensions/<int:suspension_id>/", suspensions.correct, name="suspension"),
    path(
        "<int:person_id>/parcours/suspensions/<int:suspension_id>/retirer/",
        suspensions.withdraw_suspension,
        name="withdraw-suspension",
    ),
    path("<int:person_id>/parcours/prolonger/pass/", extensions.new_pass, name="extend-pass"),
    path("<int:person_id>/parcours/prolonger/cddi/", extensions.new_cddi, name="extend-cddi"),
    path("<int:person_id>/parcours/prolongations/<int:extension_id>/", extensions.extension, name="extension"),
    path("<int:person_id>/parcours/prolongations/<int:extension_id>/envoyer/", extensions.send, name="ask-extension"),
    path(
        "<int:person_id>/parcours/prolongations/<int:extension_id>/accorder/",
        extensions.accept,
        name="grant-extension",
    ),
    path(
        "<int:person_id>/parcours/prolongations/<int:extension_id>/refuser/",
        extensions.decline,
        name="refuse-extension",
    ),
    path(
        "<int:person_id>/parcours/prolongations/<int:extension_id>/retirer/",
        extensions.withdraw_extension,
        name="withdraw-extension",
    ),
    path("<int:person_id>/parcours/prolongations/<int:extension_id>/bilan/", reviews.review, name="review"),
    path("<int:person_id>/parcours/prolongations/<int:extension_id>/bilan.pdf", reviews.pdf, name="review-pdf"),
    path("<int:person_id>/parcours/prolongations/<int:extension_id>/bilan.xlsx", reviews.sheet, name="review-sheet"),
    path("<int:person_id>/parcours/contrat/", contracts.renewal, name="renew-contract"),
    path("<int:person_id>/parcours/contrats/<int:contract_id>/avenant/", amendments.amendment, name="new-amendment"),
    path(
        "<int:person_id>/parcours/avenants/<int:amendment_id>/retirer/",
        amendments.withdraw_amendment,
        name="withdraw-amendment",
    ),
    path("<int:person_id>/parcours/derogation/", contracts.derogation, name="new-derogation"),
    path("<int:person_id>/parcours/accueil/nouveau/", hosts.new, name="new-host"),
    path("<int:person_id>/parcours/accueil/<int:host_id>/fermer/", hosts.end, name="end-host"),
    path(
        "<int:person_id>/parcours/derogations/<int:derogation_id>/retirer/",
        contracts.withdraw_derogation,
        name="withdraw-derogation",
    ),
]
