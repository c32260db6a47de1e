"""Addresses of a person's documents, papers and rights."""

from django.urls import path

from convergence.web.documents import deposit, rights, views

urlpatterns = [
    path("<int:person_id>/documents/", views.documents, name="documents"),
    path("<int:person_id>/documents/deposer/<slug:kind>/", deposit.deposit, name="keep-document"),
    path("<int:person_id>/documents/<int:document_id>/", views.document, name="document"),
    path("<int:person_id>/documents/<int:document_id>/pages/<int:page>/", views.page, name="document-page"),
    path("<int:person_id>/documents/<int:document_id>/corriger/", views.correct, name="correct-document"),
    path("<int:person_id>/documents/<int:document_id>/remplacer/", deposit.replace, name="replace-document"),
    path("<int:person_id>/documents/<int:document_id>/retirer/", views.take_back, name="take-back-document"),
    path("<int:person_id>/droits/<slug:act>/fait/", rights.note, name="note-right-act"),
    path("<int:person_id>/droits/faits/<int:act_id>/annuler/", rights.undo, name="undo-right-act"),
]
