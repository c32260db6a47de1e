"""Addresses of a person's contacts and notes."""

from django.urls import path

from convergence.web.support import contacts, notes

urlpatterns = [
    path("<int:person_id>/contacts/noter/", contacts.record, name="record-contact"),
    path("<int:person_id>/contacts/<int:contact_id>/annuler/", contacts.undo, name="undo-contact"),
    path("<int:person_id>/notes/", notes.notes, name="notes"),
    path("<int:person_id>/notes/<int:note_id>/corriger/", notes.correct, name="correct-note"),
]
