"""Addresses of the evaluations."""

from django.urls import path

from convergence.web.evaluation import acts, datasets, downloads, listing, page

urlpatterns = [
    path("", listing.evaluations, name="evaluations"),
    path("demander/", listing.ask_evaluation, name="ask-evaluation"),
    path("jeux/deposer/", datasets.bring_dataset, name="bring-dataset"),
    path("jeux/<uuid:dataset_id>/retirer/", datasets.remove_dataset, name="remove-dataset"),
    path("<uuid:evaluation_id>/", page.evaluation, name="evaluation"),
    path("<uuid:evaluation_id>/avancement/", page.progress, name="evaluation-progress"),
    path("<uuid:evaluation_id>/publier/", acts.publish_evaluation, name="publish-evaluation"),
    path("<uuid:evaluation_id>/ne-plus-publier/", acts.withdraw_evaluation, name="withdraw-evaluation"),
    path("<uuid:evaluation_id>/supprimer/", acts.remove_evaluation, name="remove-evaluation"),
    path("<uuid:evaluation_id>/rapport.pdf", downloads.report_pdf, name="evaluation-pdf"),
    path("<uuid:evaluation_id>/rapport.html", downloads.report_page, name="evaluation-html"),
    path("<uuid:evaluation_id>/tableaux.zip", downloads.tables, name="evaluation-tables"),
    path("<uuid:evaluation_id>/courbe.csv", downloads.curve, name="evaluation-curve"),
]
