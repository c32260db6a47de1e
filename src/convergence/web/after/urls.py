"""Addresses of what follows a path."""

from django.urls import path

from convergence.web.after import third_parties, threads, views

urlpatterns = [
    path("<int:person_id>/suite/", views.after, name="after"),
    path("<int:person_id>/suite/accompagnement/nouveau/", threads.new, name="new-thread"),
    path("<int:person_id>/suite/accompagnement/<int:thread_id>/nouvelles/", threads.news, name="thread-news"),
    path("<int:person_id>/suite/accompagnement/<int:thread_id>/fin/", threads.stop, name="stop-thread"),
    path("<int:person_id>/suite/accompagnement/<int:thread_id>/rouvrir/", threads.reopen, name="reopen-thread"),
    path("<int:person_id>/suite/accompagnement/<int:thread_id>/retirer/", threads.withdraw, name="withdraw-thread"),
    path("<int:person_id>/suite/nouvelles/<int:news_id>/retirer/", threads.withdraw_told, name="withdraw-news"),
    path("<int:person_id>/suite/accompagnement/<int:thread_id>/contact/", third_parties.new, name="new-third-party"),
    path("<int:person_id>/suite/contact/<int:third_party_id>/retirer/", third_parties.end, name="end-third-party"),
    path("<int:person_id>/suite/contact/<int:third_party_id>/alerte/", third_parties.warn, name="new-warning"),
    path("<int:person_id>/suite/alerte/<int:warning_id>/", third_parties.answer_to, name="answer-warning"),
]
